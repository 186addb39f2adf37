/* conv2d_depthwise_rows.c - the rows of a depthwise convolution, vector by vector.
 *
 * A vector at the end of a row may hold what follows it in the field. Its places are not stored, or count as
 * 0. */
#ifndef AG_REAL
#include "kernels/conv2d_depthwise.h"

#include <string.h>

#include "core/isa.h"
#include "core/multiversion.h"

#define AG_SELF "kernels/conv2d_depthwise_rows.c"
#include "core/each_isa.h"

typedef void filter_f32(const agk_depthwise_band *, const float *, const float *, const float *, float *);
typedef void filter_f64(const agk_depthwise_band *, const double *, const double *, const double *, double *);
typedef void spread_f32(const agk_depthwise_band *, const float *, const float *, float *);
typedef void spread_f64(const agk_depthwise_band *, const double *, const double *, double *);
typedef void correlate_f32(const agk_depthwise_band *, const agk_depthwise_images *, const float *,
                           const float *, double *);
typedef void correlate_f64(const agk_depthwise_band *, const agk_depthwise_images *, const double *,
                           const double *, double *);

void agk_depthwise_filter_f32(const agk_depthwise_band *b, const float *w, const float *bias,
                              const float *field, float *y) {
  static filter_f32 *const of[] = AG_EACH_ISA(filter_f32);
  of[ag_isa_here()](b, w, bias, field, y);
}

void agk_depthwise_filter_f64(const agk_depthwise_band *b, const double *w, const double *bias,
                              const double *field, double *y) {
  static filter_f64 *const of[] = AG_EACH_ISA(filter_f64);
  of[ag_isa_here()](b, w, bias, field, y);
}

void agk_depthwise_spread_f32(const agk_depthwise_band *b, const float *w, const float *gy, float *field) {
  static spread_f32 *const of[] = AG_EACH_ISA(spread_f32);
  of[ag_isa_here()](b, w, gy, field);
}

void agk_depthwise_spread_f64(const agk_depthwise_band *b, const double *w, const double *gy, double *field) {
  static spread_f64 *const of[] = AG_EACH_ISA(spread_f64);
  of[ag_isa_here()](b, w, gy, field);
}

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
  AG_NAME(FILTERS) = AG_BYTES == 64 ? 4 : 2,            /* that share what is read, as registers allow */
  AG_NAME(ROWS) = 4,                                    /* of a tile */
  AG_NAME(TAPS) = AG_BYTES == 64 ? 9 : 5, /* of a filter whose sums are kept in registers at a time */
  AG_NAME(SHARERS) = 2,                   /* filters whose sums these are */
};

/* ---- y from x ---- */

/* The first `left` places of a vector. A row shorter than a vector may also write what lies behind it, if
 * that is `free`: the row that follows is written later. */
AG_INLINE void AG_NAME(store_first)(int64_t left, bool is_free, AG_VECTOR v, AG_REAL *to) {
  if (left >= AG_WIDTH || is_free) {
    AG_STORE(to, v);
    return;
  }
  AG_REAL whole[AG_WIDTH];
  AG_STORE(whole, v);
  const AG_REAL *from = whole;
  for (int64_t some = AG_WIDTH / 2; some > 0; some /= 2)
    if (left & some) {
      memcpy(to, from, (size_t)some * sizeof *to);
      to += some;
      from += some;
    }
}

/* The vectors of some rows, from row r and column q on, by some filters; both numbers are constants where
 * this is inlined. The memory of the next filters is asked for: a store that misses the cache waits until
 * its line has been read. */
AG_INLINE void AG_NAME(filter_tile)(const agk_depthwise_band *b, const int rows, const int filters, int64_t r,
                                    int64_t q, const AG_REAL *w, const AG_REAL *bias, const AG_REAL *field,
                                    AG_REAL *y) {
  AG_VECTOR sum[AG_NAME(FILTERS)][AG_NAME(ROWS)];
  field += r * b->width + q;
  for (int f = 0; f < filters; f++)
    for (int i = 0; i < rows; i++) sum[f][i] = AG_ALL(bias ? bias[f] : 0);
  for (int64_t k = 0; k < b->taps; k++)
    for (int i = 0; i < rows; i++) {
      const AG_VECTOR x = AG_LOAD(field + b->offset[k] + i * b->width);
      for (int f = 0; f < filters; f++) sum[f][i] = AG_FMA(AG_ALL(w[f * b->taps + k]), x, sum[f][i]);
    }
  for (int f = 0; f < filters; f++)
    for (int i = 0; i < rows; i++) {
      const int64_t at = (r + i) * b->columns + q;
      const bool is_free = b->columns < AG_WIDTH && at + AG_WIDTH <= b->rows * b->columns;
      __builtin_prefetch(y + (filters + f) * b->plane + at, 1);
      AG_NAME(store_first)(b->columns - q, is_free, sum[f][i], y + f * b->plane + at);
    }
}

AG_INLINE void AG_NAME(filter_rows)(const agk_depthwise_band *b, const int filters, const AG_REAL *w,
                                    const AG_REAL *bias, const AG_REAL *field, AG_REAL *y) {
  int64_t r = 0;
#define TILES(count)                                                                                         \
  for (; r + (count) <= b->rows; r += (count))                                                               \
    for (int64_t q = 0; q < b->columns; q += AG_WIDTH)                                                       \
  AG_NAME(filter_tile)(b, count, filters, r, q, w, bias, field, y)
  TILES(AG_NAME(ROWS));
  TILES(2);
  TILES(1);
#undef TILES
}

static void AG_NAME(filter)(const agk_depthwise_band *b, const AG_REAL *w, const AG_REAL *bias,
                            const AG_REAL *field, AG_REAL *y) {
  int64_t f = 0;
  for (; f + AG_NAME(FILTERS) <= b->filters; f += AG_NAME(FILTERS)) AG_NAME(filter_rows)
  (b, AG_NAME(FILTERS), w + f * b->taps, bias ? bias + f : NULL, field, y + f * b->plane);
  for (; f < b->filters; f++)
    AG_NAME(filter_rows)(b, 1, w + f * b->taps, bias ? bias + f : NULL, field, y + f * b->plane);
}

/* ---- x from y ---- */

static void AG_NAME(spread)(const agk_depthwise_band *b, const AG_REAL *w, const AG_REAL *gy,
                            AG_REAL *field) {
  for (int64_t k = 0; k < b->taps; k++) {
    const AG_REAL *restrict from = gy;
    AG_REAL *restrict to = field + b->offset[k];
    const AG_REAL x = w[k];
    for (int64_t r = 0; r < b->rows; r++, from += b->columns, to += b->width)
      for (int64_t q = 0; q < b->columns; q++) to[q] += x * from[q];
  }
}

/* ---- w from both ---- */

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
