/* conv2d_depthwise_rows.c - the rows of a depthwise convolution, vector by vector.
 *
 * A vector at the end of a row may hold what follows it in the field. Its places are not stored, or count as
 * 0. */
#ifndef AG_REAL
#include "kernels/conv2d_depthwise.h"

#include <string.h>

#include "core/isa.h"
#include "core/multiversion.h"

enum {
  ROWS = 8, /* of a tile: its sums hide how long an addition takes */
  TAPS = 5, /* whose sums are kept in registers at a time */
};

#define AG_SELF "kernels/conv2d_depthwise_rows.c"
#include "core/each_isa.h"

typedef void filter_f32(const agk_depthwise_band *, const float *, float, const float *, float *);
typedef void filter_f64(const agk_depthwise_band *, const double *, double, const double *, double *);
typedef void rows_f32(const agk_depthwise_band *, const float *, const float *, float *);
typedef void rows_f64(const agk_depthwise_band *, const double *, const double *, double *);

void agk_depthwise_filter_f32(const agk_depthwise_band *b, const float *w, float bias, const float *field,
                              float *y) {
  static filter_f32 *const of[] = AG_EACH_ISA(filter_f32);
  of[ag_isa_here()](b, w, bias, field, y);
}

void agk_depthwise_filter_f64(const agk_depthwise_band *b, const double *w, double bias, const double *field,
                              double *y) {
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
};

/* ---- y from x ---- */

/* The vectors of some rows that begin in one column; `rows` is a constant where this is inlined. */
AG_INLINE void AG_NAME(filter_tile)(const agk_depthwise_band *b, int rows, const AG_REAL *w, AG_REAL bias,
                                    int64_t left, const AG_REAL *field, AG_REAL *y) {
  AG_VECTOR sum[ROWS];
  for (int i = 0; i < rows; i++) sum[i] = AG_ALL(bias);
  for (int64_t k = 0; k < b->taps; k++) {
    const AG_REAL *from = field + b->offset[k];
    const AG_VECTOR x = AG_ALL(w[k]);
    for (int i = 0; i < rows; i++) sum[i] = AG_FMA(x, AG_LOAD(from + i * b->width), sum[i]);
  }
  for (int i = 0; i < rows; i++) {
    AG_REAL *to = y + i * b->columns;
    if (left >= AG_WIDTH)
      AG_STORE(to, sum[i]);
    else
      for (int64_t j = 0; j < left; j++) to[j] = sum[i][j];
  }
}

static void AG_NAME(filter)(const agk_depthwise_band *b, const AG_REAL *w, AG_REAL bias, const AG_REAL *field,
                            AG_REAL *y) {
  int64_t r = 0;
#define TILES(count)                                                                                         \
  for (; r + (count) <= b->rows; r += (count))                                                               \
    for (int64_t q = 0; q < b->columns; q += AG_WIDTH) AG_NAME(filter_tile)                                  \
  (b, count, w, bias, b->columns - q, field + r * b->width + q, y + r * b->columns + q)
  TILES(ROWS);
  TILES(4);
  TILES(2);
  TILES(1);
#undef TILES
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

/* The vector at p, 0 in place `left` and after; no more than `there` numbers are read. */
AG_INLINE AG_VECTOR AG_NAME(load_first)(const AG_REAL *p, AG_NAME(integers) kept, int64_t left,
                                        int64_t there) {
  AG_VECTOR v = {0};
  if (there >= AG_WIDTH) return (AG_VECTOR)(kept & (AG_NAME(integers))AG_LOAD(p));
  for (int64_t j = 0; j < left && j < AG_WIDTH; j++) v[j] = p[j];
  return v;
}

/* The products of some taps over all rows, and where `bias` the sums of gy behind them; `taps` and `bias` are
 * constants where this is inlined. */
AG_INLINE void AG_NAME(correlate_taps)(const agk_depthwise_band *b, const int taps, const bool bias,
                                       const int64_t *offset, const AG_REAL *field, const AG_REAL *gy,
                                       AG_REAL *lanes) {
  AG_VECTOR sum[TAPS + 1][AG_NAME(PARTS)];
  AG_NAME(integers) kept[AG_NAME(PARTS)];
  AG_NAME(integer) lane[AG_NAME(LANES)];
  const int64_t whole = b->columns / AG_NAME(LANES) * AG_NAME(LANES), tail = b->columns - whole;
  const AG_REAL *end = gy + b->rows * b->columns;
  for (int l = 0; l < AG_NAME(LANES); l++) lane[l] = -(l < tail);
  memcpy(kept, lane, sizeof kept);
  for (int k = 0; k < taps + bias; k++)
    for (int v = 0; v < AG_NAME(PARTS); v++) sum[k][v] = AG_LOAD(lanes + k * AG_NAME(LANES) + v * AG_WIDTH);
  for (int64_t r = 0; r < b->rows; r++, field += b->width, gy += b->columns) {
    for (int64_t q = 0; q < whole; q += AG_NAME(LANES))
      for (int v = 0; v < AG_NAME(PARTS); v++) {
        const AG_VECTOR g = AG_LOAD(gy + q + v * AG_WIDTH);
        for (int k = 0; k < taps; k++)
          sum[k][v] = AG_FMA(g, AG_LOAD(field + offset[k] + q + v * AG_WIDTH), sum[k][v]);
        if (bias) sum[taps][v] += g;
      }
    for (int v = 0; v < AG_NAME(PARTS); v++) {
      const int64_t q = whole + v * AG_WIDTH;
      if (q >= b->columns) break;
      const AG_VECTOR g = AG_NAME(load_first)(gy + q, kept[v], b->columns - q, end - gy - q);
      for (int k = 0; k < taps; k++) {
        const AG_VECTOR x = AG_LOAD(field + offset[k] + q);
        sum[k][v] = AG_FMA(g, (AG_VECTOR)(kept[v] & (AG_NAME(integers))x), sum[k][v]);
      }
      if (bias) sum[taps][v] += g;
    }
  }
  for (int k = 0; k < taps + bias; k++)
    for (int v = 0; v < AG_NAME(PARTS); v++) AG_STORE(lanes + k * AG_NAME(LANES) + v * AG_WIDTH, sum[k][v]);
}

typedef void AG_NAME(correlation)(const agk_depthwise_band *b, const int64_t *offset, const AG_REAL *field,
                                  const AG_REAL *gy, AG_REAL *lanes);

#define COUNT(n)                                                                                             \
  static void AG_NAME(correlate_##n)(const agk_depthwise_band *b, const int64_t *offset,                     \
                                     const AG_REAL *field, const AG_REAL *gy, AG_REAL *lanes) {              \
    AG_NAME(correlate_taps)(b, n, false, offset, field, gy, lanes);                                          \
  }                                                                                                          \
  static void AG_NAME(last_##n)(const agk_depthwise_band *b, const int64_t *offset, const AG_REAL *field,    \
                                const AG_REAL *gy, AG_REAL *lanes) {                                         \
    AG_NAME(correlate_taps)(b, n, true, offset, field, gy, lanes);                                           \
  }
COUNT(1)
COUNT(2)
COUNT(3)
COUNT(4)
COUNT(5)
#undef COUNT

/* The taps are shared among as few pieces as can be, equally; the sums of gy come with the last. */
static void AG_NAME(correlate)(const agk_depthwise_band *b, const AG_REAL *field, const AG_REAL *gy,
                               AG_REAL *lanes) {
  static AG_NAME(correlation) *const of[2][TAPS] = {
      {AG_NAME(correlate_1), AG_NAME(correlate_2), AG_NAME(correlate_3), AG_NAME(correlate_4),
       AG_NAME(correlate_5)},
      {AG_NAME(last_1), AG_NAME(last_2), AG_NAME(last_3), AG_NAME(last_4), AG_NAME(last_5)}};
  const int64_t pieces = ag_chunks(b->taps, TAPS);
  for (int64_t i = 0; i < pieces; i++) {
    const ag_range k = ag_chunk_range(i, pieces, b->taps);
    of[i == pieces - 1][k.end - k.begin - 1](b, b->offset + k.begin, field, gy,
                                             lanes + k.begin * AG_NAME(LANES));
  }
}
#endif
