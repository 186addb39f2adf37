/* norm_moments.c - the moments of channels, down the columns of rows.
 *
 * Vectors go along a row and stay in their columns, where each has its two sums in registers, around a pivot
 * that is the same in all columns of a channel. Columns have their order of additions whatever the width of a
 * vector, so AVX2 and AVX-512 give the same bits. */
#ifndef AG_REAL
#include "kernels/norm_moments.h"

enum {
  COLUMNS = AGK_STRIP_COLUMNS,
  ROWS = 32,   /* of a block: as many numbers as a lane of norm_planes.c adds */
  VECTORS = 4, /* that are summed at a time: so many hide the latency of an addition */
};

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

#define AG_SELF "kernels/norm_moments.c"
#include "core/each_isa.h"

typedef void add_strip_f32(const agk_norm_strip *t, int64_t s, const float *x, agk_norm_moments *m);
typedef void add_strip_f64(const agk_norm_strip *t, int64_t s, const double *x, agk_norm_moments *m);

void agk_norm_add_strip_f32(ag_isa isa, const agk_norm_strip *t, int64_t s, const float *x,
                            agk_norm_moments *m) {
  static add_strip_f32 *const of[] = AG_EACH_ISA(add_strip_f32);
  of[isa](t, s, x, m);
}

void agk_norm_add_strip_f64(ag_isa isa, const agk_norm_strip *t, int64_t s, const double *x,
                            agk_norm_moments *m) {
  static add_strip_f64 *const of[] = AG_EACH_ISA(add_strip_f64);
  of[isa](t, s, x, m);
}
#else

enum { AG_NAME(LANES) = VECTORS * (int)sizeof(AG_VECTOR) / (int)sizeof(AG_REAL) };
#define LANES AG_NAME(LANES)

/* ---- Sums ---- */

/* Of d = x - pivot and of d d, down LANES columns of a block. */
AG_INLINE void AG_NAME(sum_lanes)(int64_t rows, int64_t stride, const AG_REAL *x, const AG_REAL *pivot,
                                  AG_REAL *sum, AG_REAL *square) {
  AG_VECTOR all[VECTORS], squares[VECTORS];
  AG_UNROLL
  for (int v = 0; v < VECTORS; v++) all[v] = squares[v] = (AG_VECTOR){0};
  for (int64_t r = 0; r < rows; r++) {
    AG_UNROLL
    for (int v = 0; v < VECTORS; v++) {
      const AG_VECTOR d = AG_LOAD(x + r * stride + v * AG_WIDTH) - AG_LOAD(pivot + v * AG_WIDTH);
      all[v] += d;
      squares[v] = AG_FMA(d, d, squares[v]);
    }
  }
  AG_UNROLL
  for (int v = 0; v < VECTORS; v++) {
    AG_STORE(sum + v * AG_WIDTH, all[v]);
    AG_STORE(square + v * AG_WIDTH, squares[v]);
  }
}

/* Of fewer columns than lanes: behind them, zeros take their places. */
static void AG_NAME(sum_few)(int64_t width, int64_t rows, int64_t stride, const AG_REAL *x,
                             const AG_REAL *pivot, AG_REAL *sum, AG_REAL *square) {
  AG_REAL wide[(ROWS + 1) * LANES];
  for (int64_t j = 0; j < LANES; j++) wide[j] = j < width ? pivot[j] : 0;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < LANES; j++) wide[(r + 1) * LANES + j] = j < width ? x[r * stride + j] : 0;
  AG_NAME(sum_lanes)(rows, LANES, wide + LANES, wide, sum, square);
}

/* Adds those of a block to those of the columns. The last lanes begin before the end of the ones before them;
 * what both have counts once. */
static void AG_NAME(add_block)(const agk_norm_strip *t, int64_t rows, const AG_REAL *x, const AG_REAL *pivot,
                               double *restrict sum, double *restrict square) {
  AG_REAL sums[LANES], squares[LANES];
  if (t->width < LANES) {
    AG_NAME(sum_few)(t->width, rows, t->stride, x, pivot, sums, squares);
    for (int64_t j = 0; j < t->width; j++) sum[j] += (double)sums[j], square[j] += (double)squares[j];
    return;
  }
  for (int64_t i = 0; i < t->width; i += LANES) {
    const int64_t j = least(i, t->width - LANES);
    AG_NAME(sum_lanes)(rows, t->stride, x + j, pivot + j, sums, squares);
    for (int64_t k = 0; k < i - j; k++) sums[k] = squares[k] = 0;
    for (int64_t k = 0; k < LANES; k++) sum[j + k] += (double)sums[k];
    for (int64_t k = 0; k < LANES; k++) square[j + k] += (double)squares[k];
  }
}

/* Of all columns in some rows: of a block in their own type, of blocks in double. */
static void AG_NAME(sum_rows)(const agk_norm_strip *t, ag_range rows, const AG_REAL *x, const AG_REAL *pivot,
                              double *sum, double *square) {
  const int64_t n = rows.end - rows.begin, blocks = ag_chunks(n, ROWS);
  for (int64_t j = 0; j < t->width; j++) sum[j] = square[j] = 0;
  for (int64_t b = 0; b < blocks; b++) {
    const ag_range r = ag_chunk_range(b, blocks, n);
    AG_NAME(add_block)
    (t, r.end - r.begin, x + (rows.begin + r.begin) * t->stride, pivot, sum, square);
  }
}

/* ---- Channels ---- */

/* What the columns of each channel come to, in place of the first columns. */
static void AG_NAME(unite)(const agk_norm_strip *t, int64_t s, double *column) {
  const int64_t channels = t->channels.end - t->channels.begin, apart = channels * s;
  for (int64_t f = 1; f < t->fold; f++)
    for (int64_t j = 0; j < apart; j++) column[j] += column[f * apart + j];
  for (int64_t c = 0; c < channels && s > 1; c++) {
    double sum = 0;
    for (int64_t k = 0; k < s; k++) sum += column[c * s + k];
    column[c] = sum;
  }
}

/* The means of some rows. */
static void AG_NAME(find_means)(const agk_norm_strip *t, int64_t s, ag_range rows, const AG_REAL *x,
                                AG_REAL *mean) {
  double sum[COLUMNS], square[COLUMNS];
  const double n = (double)(rows.end - rows.begin);
  const AG_REAL *first = x + rows.begin * t->stride;
  AG_NAME(sum_rows)(t, rows, x, first, sum, square);
  for (int64_t j = 0; j < t->width; j++) sum[j] += n * (double)first[j];
  AG_NAME(unite)(t, s, sum);
  for (int64_t c = 0; c < t->channels.end - t->channels.begin; c++)
    mean[c] = (AG_REAL)(sum[c] / (n * (double)(t->fold * s)));
}

/* Joins `count` numbers of each channel with those before. */
static void AG_NAME(join)(int64_t channels, double count, const AG_REAL *pivot, const double *sum,
                          const double *square, agk_norm_moments *m) {
  AG_SIMD
  for (int64_t c = 0; c < channels; c++) {
    const double d = sum[c] / count;
    agk_norm_join(&m[c], (agk_norm_moments){count, (double)pivot[c] + d, square[c] - sum[c] * d});
  }
}

/* As many rows at a time as there are numbers before them, around the mean of these; where these are fewer
 * than a block, that around its own. */
static void AG_NAME(add_strip)(const agk_norm_strip *t, int64_t s, const AG_REAL *x, agk_norm_moments *m) {
  AG_REAL mean[COLUMNS], pivot[COLUMNS];
  double sum[COLUMNS], square[COLUMNS];
  const int64_t channels = t->channels.end - t->channels.begin, columns = t->fold * s;
  ag_range rows = {0, 0};
  for (; rows.begin < t->rows; rows.begin = rows.end) {
    const int64_t left = t->rows - rows.begin, block = least(ROWS, left),
                  before = (int64_t)m->count / columns;
    rows.end = rows.begin + (before < block ? block : least(before, left));
    if (before < block)
      AG_NAME(find_means)(t, s, rows, x, mean);
    else
      for (int64_t c = 0; c < channels; c++) mean[c] = (AG_REAL)m[c].mean;
    AG_OF_REAL(agk_norm_spread)(*t, s, mean, pivot);
    AG_NAME(sum_rows)(t, rows, x, pivot, sum, square);
    AG_NAME(unite)(t, s, sum);
    AG_NAME(unite)(t, s, square);
    AG_NAME(join)(channels, (double)((rows.end - rows.begin) * columns), mean, sum, square, m);
  }
}
#undef LANES
#endif
