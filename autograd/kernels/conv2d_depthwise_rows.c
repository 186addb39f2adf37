/* conv2d_depthwise_rows.c - the rows of a depthwise convolution, vector by vector.
 *
 * A vector at the end of a row may hold what follows it in the field. Its places are not stored. */
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
#else

enum {
  AG_NAME(FILTERS) = AG_BYTES == 64 ? 4 : 2, /* that share what is read, as registers allow */
  AG_NAME(ROWS) = 4,                         /* of a tile */
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
#endif
