/* conv2d_depthwise_rows.c - the rows of a depthwise convolution, vector by vector.
 *
 * A vector at the end of a row may hold what follows it in the field. Its places are not stored, or count as
 * 0. */
#ifndef AG_REAL
#include "kernels/conv2d_depthwise.h"

#include <string.h>

#include "core/isa.h"
#include "core/multiversion.h"

/* Taps of a filter whose sums are kept in registers at a time. */
enum { TAPS = 5 };

#define AG_SELF "kernels/conv2d_depthwise_rows.c"
#include "core/each_isa.h"

typedef void filter_f32(const agk_depthwise_band *, const float *, const float *, const float *, float *);
typedef void filter_f64(const agk_depthwise_band *, const double *, const double *, const double *, double *);
typedef void rows_f32(const agk_depthwise_band *, const float *, const float *, float *);
typedef void rows_f64(const agk_depthwise_band *, const double *, const double *, double *);

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
  static rows_f32 *const of[] = AG_EACH_ISA(spread_f32);
  of[ag_isa_here()](b, w, gy, field);
}

void agk_depthwise_spread_f64(const agk_depthwise_band *b, const double *w, const double *gy, double *field) {
  static rows_f64 *const of[] = AG_EACH_ISA(spread_f64);
  of[ag_isa_here()](b, w, gy, field);
}

void agk_depthwise_correlate_f32(const agk_depthwise_band *b, const float *field, const float *gy,
                                 float *lanes) {
  static rows_f32 *const of[] = AG_EACH_ISA(correlate_f32);
  of[ag_isa_here()](b, field, gy, lanes);
}

void agk_depthwise_correlate_f64(const agk_depthwise_band *b, const double *field, const double *gy,
                                 double *lanes) {
  static rows_f64 *const of[] = AG_EACH_ISA(correlate_f64);
  of[ag_isa_here()](b, field, gy, lanes);
}
#else

enum {
  AG_NAME(LANES) = AGK_DEPTHWISE_LANE_BYTES / sizeof(AG_REAL),
  AG_NAME(PARTS) = AGK_DEPTHWISE_LANE_BYTES / AG_BYTES, /* vectors that the lanes are */
  AG_NAME(FILTERS) = AG_BYTES == 64 ? 4 : 2,            /* that share what is read, as registers allow */
  AG_NAME(ROWS) = 4,                                    /* of a tile */
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
  for (int64_t j = 0; j < left; j++) to[j] = whole[j];
}

/* The vectors of some rows, from row r and column q on, by some filters; both numbers are constants where
 * this is inlined. */
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

/* The last numbers of gy, at most a vector of them, and so many zeros behind them: where gy ends within a
 * vector, that is read from here. */
AG_INLINE void AG_NAME(copy_end)(int64_t n, const AG_REAL *gy, AG_REAL end[2 * AG_WIDTH]) {
  const int64_t some = n < AG_WIDTH ? n : AG_WIDTH;
  for (int64_t j = 0; j < some; j++) end[j] = gy[n - some + j];
  for (int64_t j = some; j < 2 * AG_WIDTH; j++) end[j] = 0;
}

/* Some taps of some filters, and part v of their lanes: the products over all rows, and where `bias` the sums
 * of gy behind them. The numbers of both and `bias` are constants where this is inlined. */
AG_INLINE void AG_NAME(correlate_part)(const agk_depthwise_band *b, const int filters, const int taps,
                                       const bool bias, int64_t v, const int64_t *offset,
                                       const AG_REAL *field, const AG_REAL *gy, AG_REAL *lanes) {
  AG_VECTOR sum[AG_NAME(FILTERS)][TAPS + 1], g[AG_NAME(FILTERS)];
  AG_NAME(integers) kept;
  AG_NAME(integer) lane[AG_WIDTH];
  const int64_t step = (b->taps + 1) * AG_NAME(LANES), first = v * AG_WIDTH;
  const int64_t whole = b->columns / AG_NAME(LANES) * AG_NAME(LANES), tail = b->columns - whole - first;
  const int64_t all = b->rows * b->columns, some = all < AG_WIDTH ? all : AG_WIDTH;
  AG_REAL end[AG_NAME(FILTERS)][2 * AG_WIDTH];
  for (int l = 0; l < AG_WIDTH; l++) lane[l] = -(l < tail);
  memcpy(&kept, lane, sizeof kept);
  for (int f = 0; f < filters && tail > 0; f++) AG_NAME(copy_end)(all, gy + f * b->plane, end[f]);
  for (int f = 0; f < filters; f++)
    for (int k = 0; k < taps + bias; k++) sum[f][k] = AG_LOAD(lanes + f * step + k * AG_NAME(LANES) + first);
  for (int64_t r = 0; r < b->rows; r++) {
    const AG_REAL *of_field = field + r * b->width + first, *of_gy = gy + r * b->columns + first;
    for (int64_t q = 0; q < whole; q += AG_NAME(LANES)) {
      for (int f = 0; f < filters; f++) g[f] = AG_LOAD(of_gy + f * b->plane + q);
      for (int k = 0; k < taps; k++) {
        const AG_VECTOR x = AG_LOAD(of_field + offset[k] + q);
        for (int f = 0; f < filters; f++) sum[f][k] = AG_FMA(g[f], x, sum[f][k]);
      }
      for (int f = 0; f < filters && bias; f++) sum[f][taps] += g[f];
    }
    if (tail <= 0) continue;
    const int64_t there = (b->rows - r) * b->columns - first - whole;
    for (int f = 0; f < filters; f++) {
      const AG_REAL *from = there < AG_WIDTH ? end[f] + some - there : of_gy + f * b->plane + whole;
      g[f] = (AG_VECTOR)(kept & (AG_NAME(integers))AG_LOAD(from));
    }
    for (int k = 0; k < taps; k++) {
      const AG_VECTOR x = AG_LOAD(of_field + offset[k] + whole);
      for (int f = 0; f < filters; f++)
        sum[f][k] = AG_FMA(g[f], (AG_VECTOR)(kept & (AG_NAME(integers))x), sum[f][k]);
    }
    for (int f = 0; f < filters && bias; f++) sum[f][taps] += g[f];
  }
  for (int f = 0; f < filters; f++)
    for (int k = 0; k < taps + bias; k++) AG_STORE(lanes + f * step + k * AG_NAME(LANES) + first, sum[f][k]);
}

typedef void AG_NAME(correlation)(const agk_depthwise_band *b, const int64_t *offset, const AG_REAL *field,
                                  const AG_REAL *gy, AG_REAL *lanes);

#define CORRELATION(name, filters, taps, bias)                                                               \
  static void AG_NAME(name)(const agk_depthwise_band *b, const int64_t *offset, const AG_REAL *field,        \
                            const AG_REAL *gy, AG_REAL *lanes) {                                             \
    for (int64_t v = 0; v < AG_NAME(PARTS); v++)                                                             \
      AG_NAME(correlate_part)(b, filters, taps, bias, v, offset, field, gy, lanes);                          \
  }
#define COUNT(n)                                                                                             \
  CORRELATION(one_##n, 1, n, false)                                                                          \
  CORRELATION(one_last_##n, 1, n, true)                                                                      \
  CORRELATION(some_##n, AG_NAME(FILTERS), n, false)                                                          \
  CORRELATION(some_last_##n, AG_NAME(FILTERS), n, true)
COUNT(1)
COUNT(2)
COUNT(3)
COUNT(4)
COUNT(5)
#undef COUNT
#undef CORRELATION

/* The taps are shared among as few pieces as can be, equally; the sums of gy come with the last. */
static void AG_NAME(correlate)(const agk_depthwise_band *b, const AG_REAL *field, const AG_REAL *gy,
                               AG_REAL *lanes) {
#define COUNTS(kind)                                                                                         \
  { AG_NAME(kind##_1), AG_NAME(kind##_2), AG_NAME(kind##_3), AG_NAME(kind##_4), AG_NAME(kind##_5) }
  static AG_NAME(correlation) *const of[2][2][TAPS] = {{COUNTS(one), COUNTS(one_last)},
                                                       {COUNTS(some), COUNTS(some_last)}};
#undef COUNTS
  const int64_t pieces = ag_chunks(b->taps, TAPS), step = (b->taps + 1) * AG_NAME(LANES);
  for (int64_t f = 0, filters; f < b->filters; f += filters) {
    const bool some = b->filters - f >= AG_NAME(FILTERS);
    filters = some ? AG_NAME(FILTERS) : 1;
    for (int64_t i = 0; i < pieces; i++) {
      const ag_range k = ag_chunk_range(i, pieces, b->taps);
      of[some][i == pieces - 1][k.end - k.begin - 1](b, b->offset + k.begin, field, gy + f * b->plane,
                                                     lanes + f * step + k.begin * AG_NAME(LANES));
    }
  }
}
#endif
