/* conv2d_depthwise_sums.c - the gradients of a depthwise convolution's weights: sums of products over the
 * rows of a band, vector by vector.
 *
 * Column q is summed in lane q mod LANES, whatever the instruction set, so that the bits are the same;
 * shorter vectors pass several times, for one part of the lanes at a time. Sums stay in registers over the
 * same band of some images. */
#ifndef AG_REAL
#include <string.h>

#include "core/isa.h"
#include "core/multiversion.h"
#include "kernels/conv2d_depthwise.h"

#define AG_SELF "kernels/conv2d_depthwise_sums.c"
#include "core/each_isa.h"

typedef void correlate_f32(const agk_depthwise_band *, const agk_depthwise_images *, const float *,
                           const float *, double *);
typedef void correlate_f64(const agk_depthwise_band *, const agk_depthwise_images *, const double *,
                           const double *, double *);

void agk_depthwise_correlate_f32(const agk_depthwise_band *b, const agk_depthwise_images *m,
                                 const float *field, const float *gy, double *sums) {
  static correlate_f32 *const of[] = AG_EACH_ISA(correlate_f32);
  of[ag_isa_here()](b, m, field, gy, sums);
}

void agk_depthwise_correlate_f64(const agk_depthwise_band *b, const agk_depthwise_images *m,
                                 const double *field, const double *gy, double *sums) {
  static correlate_f64 *const of[] = AG_EACH_ISA(correlate_f64);
  of[ag_isa_here()](b, m, field, gy, sums);
}
#else

enum {
  AG_NAME(LANES) = AGK_DEPTHWISE_LANE_BYTES / sizeof(AG_REAL),
  AG_NAME(PARTS) = AGK_DEPTHWISE_LANE_BYTES / AG_BYTES, /* vectors that the lanes are */
  AG_NAME(TAPS) = AG_BYTES == 64 ? 9 : 5, /* of a filter whose sums are kept in registers at a time, and */
  AG_NAME(SHARERS) = 2,                   /* filters that share what is read of the field */
};

typedef __typeof__(_Generic((AG_REAL)0, float : (int32_t)0, double : (int64_t)0)) AG_NAME(integer);
typedef AG_NAME(integer) AG_NAME(integers) __attribute__((vector_size(AG_BYTES)));

/* The last numbers of gy for some filters, filled up with zeros to a vector for each. */
static void AG_NAME(copy_last)(int filters, int64_t left, const AG_REAL *gy, int64_t plane, AG_REAL *last) {
  memset(last, 0, (size_t)(filters * AG_WIDTH) * sizeof *last);
  for (int f = 0; f < filters; f++)
    for (int64_t j = 0; j < left && j < AG_WIDTH; j++) last[f * AG_WIDTH + j] = gy[f * plane + j];
}

/* As many numbers as a vector of double has. */
typedef AG_REAL AG_NAME(few) __attribute__((vector_size(AG_BYTES / 8 * sizeof(AG_REAL)), may_alias));
typedef double AG_NAME(doubles) __attribute__((vector_size(AG_BYTES), aligned(8), may_alias));

/* The sums of some taps += vectors in which lanes of them were summed. */
static void AG_NAME(add_to_doubles)(int count, const AG_VECTOR *vector, double *sums) {
  for (int i = 0; i < count; i++, sums += AG_NAME(LANES))
    for (int l = 0; l < AG_WIDTH; l += AG_BYTES / 8) {
      const AG_NAME(few) x = *(const AG_NAME(few) *)(const void *)((const AG_REAL *)&vector[i] + l);
      *(AG_NAME(doubles) *)(void *)(sums + l) += __builtin_convertvector(x, AG_NAME(doubles));
    }
}

/* sum[f][k] += a vector of gy for each filter times one of the field for each tap, in the lanes that are
 * kept, and where `bias` the vector of gy behind them. */
AG_INLINE void AG_NAME(add_products)(int filters, int taps, bool bias, const AG_REAL *gy, int64_t gy_step,
                                     AG_NAME(integers) kept, const int64_t *offset, const AG_REAL *field,
                                     AG_VECTOR sum[AG_NAME(SHARERS)][AG_NAME(TAPS) + 1]) {
  AG_VECTOR g[AG_NAME(SHARERS)];
  for (int f = 0; f < filters; f++) g[f] = (AG_VECTOR)(kept & (AG_NAME(integers))AG_LOAD(gy + f * gy_step));
  for (int k = 0; k < taps; k++) {
    const AG_VECTOR x = (AG_VECTOR)(kept & (AG_NAME(integers))AG_LOAD(field + offset[k]));
    for (int f = 0; f < filters; f++) sum[f][k] = AG_FMA(g[f], x, sum[f][k]);
  }
  for (int f = 0; f < filters && bias; f++) sum[f][taps] += g[f];
}

/* Some taps of some filters, and part v of their lanes: the products over all rows, and where `bias` the sums
 * of gy behind them. The numbers of both, `bias` and `is_short` (a row is less than the lanes) are constants
 * where this is inlined. Lanes of a short row that no column falls into sum whatever lies there, and are left
 * out in the end. With the bias, which comes last, gy of the next filters is asked for. */
AG_INLINE void AG_NAME(correlate_part)(const agk_depthwise_band *b, const agk_depthwise_images *m,
                                       const int filters, const int taps, const bool bias,
                                       const bool is_short, int64_t v, const int64_t *offset,
                                       const AG_REAL *field, const AG_REAL *gy, int64_t room, double *sums) {
  AG_VECTOR sum[AG_NAME(SHARERS)][AG_NAME(TAPS) + 1], all_sums[AG_NAME(SHARERS)][AG_NAME(TAPS) + 1];
  AG_REAL last[AG_NAME(SHARERS) * AG_WIDTH];
  AG_NAME(integers) kept;
  const AG_NAME(integers) all = ~(AG_NAME(integers)){0};
  AG_NAME(integer) lane[AG_WIDTH];
  const int64_t step = (b->taps + 1) * AG_NAME(LANES), first = v * AG_WIDTH;
  const int64_t whole = is_short ? 0 : b->columns / AG_NAME(LANES) * AG_NAME(LANES);
  const int64_t tail = b->columns - whole - first;
  for (int l = 0; l < AG_WIDTH; l++) lane[l] = -(l < tail);
  memcpy(&kept, lane, sizeof kept);
  for (int f = 0; f < filters; f++)
    for (int k = 0; k < taps + bias; k++) sum[f][k] = AG_ALL(0);
  for (int64_t i = 0; i < m->count; i++)
    for (int64_t r = 0; r < b->rows; r++) {
      const int64_t at = i * m->gy_step + r * b->columns + first;
      const AG_REAL *of_field = field + i * m->field_step + r * b->width + first, *of_gy = gy + at;
      for (int64_t q = 0; q < whole; q += AG_NAME(LANES)) {
        for (int f = 0; f < filters && bias; f++) __builtin_prefetch(of_gy + (filters + f) * b->plane + q);
        AG_NAME(add_products)(filters, taps, bias, of_gy + q, b->plane, all, offset, of_field + q, sum);
      }
      if (tail <= 0) continue;
      const AG_REAL *from = of_gy + whole;
      int64_t from_step = b->plane;
      if (at + whole + (filters - 1) * b->plane + AG_WIDTH > room) {
        AG_NAME(copy_last)(filters, tail, from, b->plane, last);
        from = last;
        from_step = AG_WIDTH;
      }
      for (int f = 0; f < filters && bias; f++) __builtin_prefetch(of_gy + (filters + f) * b->plane + whole);
      AG_NAME(add_products)
      (filters, taps, bias, from, from_step, is_short ? all : kept, offset, of_field + whole, sum);
    }
  for (int f = 0; f < filters; f++)
    for (int k = 0; k < taps + bias; k++)
      all_sums[f][k] = is_short ? (AG_VECTOR)(kept & (AG_NAME(integers))sum[f][k]) : sum[f][k];
  for (int f = 0; f < filters; f++)
    AG_NAME(add_to_doubles)(taps + bias, all_sums[f], sums + f * step + first);
}

typedef void AG_NAME(correlation)(const agk_depthwise_band *b, const agk_depthwise_images *m,
                                  const int64_t *offset, const AG_REAL *field, const AG_REAL *gy,
                                  int64_t room, double *sums);

#define CORRELATION(name, filters, taps, bias)                                                               \
  static void AG_NAME(name)(const agk_depthwise_band *b, const agk_depthwise_images *m,                      \
                            const int64_t *offset, const AG_REAL *field, const AG_REAL *gy, int64_t room,    \
                            double *sums) {                                                                  \
    for (int64_t v = 0; v < AG_NAME(PARTS); v++)                                                             \
      if (b->columns < AG_NAME(LANES))                                                                       \
        AG_NAME(correlate_part)(b, m, filters, taps, bias, true, v, offset, field, gy, room, sums);          \
      else                                                                                                   \
        AG_NAME(correlate_part)(b, m, filters, taps, bias, false, v, offset, field, gy, room, sums);         \
  }
#define COUNT(n)                                                                                             \
  CORRELATION(one_##n, 1, n, false)                                                                          \
  CORRELATION(one_last_##n, 1, n, true)                                                                      \
  CORRELATION(some_##n, AG_NAME(SHARERS), n, false)                                                          \
  CORRELATION(some_last_##n, AG_NAME(SHARERS), n, true)
COUNT(1)
COUNT(2)
COUNT(3)
COUNT(4)
COUNT(5)
#if AG_BYTES == 64
COUNT(6)
COUNT(7)
COUNT(8)
COUNT(9)
#endif
#undef COUNT
#undef CORRELATION

/* The taps are shared among as few pieces as can be, equally; the sums of gy come with the last. */
static void AG_NAME(correlate)(const agk_depthwise_band *b, const agk_depthwise_images *m,
                               const AG_REAL *field, const AG_REAL *gy, double *sums) {
#if AG_BYTES == 64
#define COUNTS(kind)                                                                                         \
  {                                                                                                          \
    AG_NAME(kind##_1), AG_NAME(kind##_2), AG_NAME(kind##_3), AG_NAME(kind##_4), AG_NAME(kind##_5),           \
        AG_NAME(kind##_6), AG_NAME(kind##_7), AG_NAME(kind##_8), AG_NAME(kind##_9)                           \
  }
#else
#define COUNTS(kind)                                                                                         \
  { AG_NAME(kind##_1), AG_NAME(kind##_2), AG_NAME(kind##_3), AG_NAME(kind##_4), AG_NAME(kind##_5) }
#endif
  static AG_NAME(correlation) *const of[2][2][AG_NAME(TAPS)] = {{COUNTS(one), COUNTS(one_last)},
                                                                {COUNTS(some), COUNTS(some_last)}};
#undef COUNTS
  const int64_t pieces = ag_chunks(b->taps, AG_NAME(TAPS)), step = (b->taps + 1) * AG_NAME(LANES);
  for (int64_t f = 0, filters; f < b->filters; f += filters) {
    const bool some = b->filters - f >= AG_NAME(SHARERS);
    filters = some ? AG_NAME(SHARERS) : 1;
    for (int64_t i = 0; i < pieces; i++) {
      const ag_range k = ag_chunk_range(i, pieces, b->taps);
      of[some][i == pieces - 1][k.end - k.begin - 1](b, m, b->offset + k.begin, field, gy + f * b->plane,
                                                     m->room - f * b->plane,
                                                     sums + f * step + k.begin * AG_NAME(LANES));
    }
  }
}
#endif
