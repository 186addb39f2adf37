/* norm_rows.c - the passes of batch normalisation over vectors and small planes, whose images are rows.
 *
 * A column of these rows belongs to one channel, so sums are taken down the columns, and the numbers of the
 * channels are spread over them first: then all loops go along a row and are vector code. Short rows are
 * worked on as one long row with others; a strip of a long one at a time. What is left over of the rows is
 * one more, shorter row. */
#ifndef AG_REAL
#include <stdbool.h>
#include <string.h>

#include "kernels/norm_passes.h"

enum {
  LONG = 128,    /* columns that are worth a loop */
  COLUMNS = 512, /* of a strip, the numbers of which lie in the nearest cache */
  LANES = 32,    /* columns that are summed in registers */
  ROWS = 32,     /* of a block: as many numbers as a lane of norm_planes.c adds */
};

/* Row r, column j lies at r * stride + j from `begin`. A row has `fold` images, each with s numbers of each
 * of the channels. */
typedef struct {
  ag_range channels;
  int64_t begin, rows, stride, width, fold;
} strip;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* The strips of a unit, in pairs: the rows of some channels, and what they leave over. */
static int64_t strips_of(const agk_batch_norm_geometry *g, ag_range channels) {
  return 2 * ag_chunks(channels.end - channels.begin, COLUMNS / g->s);
}

static strip strip_of(const agk_batch_norm_geometry *g, ag_range images, ag_range channels, int64_t i,
                      int64_t strips) {
  const int64_t n = images.end - images.begin, length = g->c * g->s;
  const ag_range in = ag_chunk_range(i / 2, strips / 2, channels.end - channels.begin);
  strip t = {.channels = {channels.begin + in.begin, channels.begin + in.end}, .fold = 1};
  if (length < LONG && in.end - in.begin == g->c) t.fold = least(ag_chunks(LONG, length), n);
  t.rows = n / t.fold;
  t.begin = images.begin * length + t.channels.begin * g->s;
  if (i % 2) {
    t.begin += t.rows * t.fold * length;
    t.fold = n % t.fold;
    t.rows = t.fold > 0;
  }
  t.stride = t.fold * length;
  t.width = t.fold * (in.end - in.begin) * g->s;
  return t;
}

#define AG_SELF "kernels/norm_rows.c"
#include "core/each_real.h"
#else

/* ---- From channels to columns, and back ---- */

/* What each channel has, in all of its columns. */
static void AG_NAME(spread)(strip t, int64_t s, const AG_REAL *of_channel, AG_REAL *column) {
  const int64_t channels = t.channels.end - t.channels.begin, apart = channels * s;
  for (int64_t k = 0; k < s; k++)
    for (int64_t c = 0; c < channels; c++) column[c * s + k] = of_channel[t.channels.begin + c];
  for (int64_t f = 1; f < t.fold; f++) memcpy(column + f * apart, column, (size_t)apart * sizeof *column);
}

/* The moments of the columns of one channel, from those of each. */
static agk_norm_moments AG_NAME(unite)(strip t, int64_t s, const double *mean, const double *square) {
  const int64_t apart = t.width / t.fold;
  const double columns = (double)(t.fold * s), count = (double)t.rows;
  double middle = 0, sum = 0;
  for (int64_t f = 0; f < t.fold; f++)
    for (int64_t k = 0; k < s; k++) middle += mean[f * apart + k];
  middle /= columns;
  for (int64_t f = 0; f < t.fold; f++)
    for (int64_t k = 0; k < s; k++) {
      const double d = mean[f * apart + k] - middle;
      sum += square[f * apart + k] + count * (d * d);
    }
  return (agk_norm_moments){columns * count, middle, sum};
}

/* ---- Blocks ---- */

/* h and h d of some columns of a block, summed down; their sums stay in registers where `width` is known when
 * this is compiled. */
AG_INLINE void AG_NAME(add_columns)(agk_norm_terms h, const int64_t width, int64_t rows, int64_t stride,
                                    const AG_REAL *x, const AG_REAL *gy, const AG_REAL *mean,
                                    const AG_REAL *scale, const AG_REAL *shift, AG_REAL *restrict sum,
                                    AG_REAL *restrict product) {
  AG_REAL all[LANES] = {0}, all_d[LANES] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL d = x[r * stride + j] - mean[j];
      AG_REAL v = h == AGK_OF_X ? d : gy[r * stride + j];
      if (h == AGK_OF_RECTIFIED) v = d * scale[j] + shift[j] <= 0 ? 0 : v;
      all[j] += v;
      all_d[j] += v * d;
    }
  for (int64_t j = 0; j < width; j++) sum[j] = all[j], product[j] = all_d[j];
}

AG_INLINE void AG_NAME(add_rows)(agk_norm_terms h, strip t, ag_range rows, const AG_REAL *x,
                                 const AG_REAL *gy, const AG_REAL *mean, const AG_REAL *scale,
                                 const AG_REAL *shift, AG_REAL *sum, AG_REAL *product) {
  const int64_t begin = rows.begin * t.stride, n = rows.end - rows.begin;
  for (int64_t j = 0; j < t.width; j += LANES) {
    const AG_REAL *of_x = x + begin + j, *of_gy = h == AGK_OF_X ? of_x : gy + begin + j;
    if (t.width - j >= LANES) AG_NAME(add_columns)
    (h, LANES, n, t.stride, of_x, of_gy, mean + j, scale + j, shift + j, sum + j, product + j);
    else AG_NAME(add_columns)(h, t.width - j, n, t.stride, of_x, of_gy, mean + j, scale + j, shift + j,
                              sum + j, product + j);
  }
}

/* Around `pivot`. */
AG_MULTIVERSION static void AG_NAME(block_moments)(strip t, ag_range rows, const AG_REAL *x,
                                                   const AG_REAL *pivot, AG_REAL *sum, AG_REAL *square) {
  AG_NAME(add_rows)(AGK_OF_X, t, rows, x, NULL, pivot, pivot, pivot, sum, square);
}

AG_MULTIVERSION static void AG_NAME(block_sums)(bool relu, strip t, ag_range rows, const AG_REAL *x,
                                                const AG_REAL *gy, AG_REAL (*of)[COLUMNS], AG_REAL *h,
                                                AG_REAL *hx) {
  if (relu)
    AG_NAME(add_rows)(AGK_OF_RECTIFIED, t, rows, x, gy, of[AGK_MEAN], of[AGK_SCALE], of[AGK_SHIFT], h, hx);
  else
    AG_NAME(add_rows)
  (AGK_OF_GY, t, rows, x, gy, of[AGK_MEAN], of[AGK_MEAN], of[AGK_MEAN], h, hx);
}

/* Joins a block with the rows before it. */
AG_MULTIVERSION static void AG_NAME(join_columns)(strip t, ag_range rows, const AG_REAL *restrict sum,
                                                  const AG_REAL *restrict square, AG_REAL *restrict pivot,
                                                  double *restrict mean, double *restrict all) {
  const double before = (double)rows.begin, count = (double)(rows.end - rows.begin),
               share = count / (double)rows.end;
  for (int64_t j = 0; j < t.width; j++) {
    const double d = (double)sum[j], of_block = (double)pivot[j] + d / count, apart = of_block - mean[j];
    mean[j] += apart * share;
    all[j] += (double)square[j] - d * d / count + apart * apart * before * share;
    pivot[j] = (AG_REAL)mean[j];
  }
}

/* Rows of y. */
AG_INLINE void AG_NAME(write_rows)(bool relu, strip t, const AG_REAL *restrict x,
                                   const AG_REAL *restrict mean, const AG_REAL *restrict scale,
                                   const AG_REAL *restrict shift, AG_REAL *restrict y) {
  for (int64_t r = 0; r < t.rows; r++)
    for (int64_t j = 0; j < t.width; j++) {
      const AG_REAL z = (x[r * t.stride + j] - mean[j]) * scale[j] + shift[j];
      y[r * t.stride + j] = relu && z <= 0 ? 0 : z;
    }
}

AG_MULTIVERSION static void AG_NAME(rows_of_y)(bool relu, strip t, const AG_REAL *x, AG_REAL (*of)[COLUMNS],
                                               AG_REAL *y) {
  if (relu)
    AG_NAME(write_rows)(true, t, x, of[AGK_MEAN], of[AGK_SCALE], of[AGK_SHIFT], y);
  else
    AG_NAME(write_rows)(false, t, x, of[AGK_MEAN], of[AGK_SCALE], of[AGK_SHIFT], y);
}

AG_INLINE void AG_NAME(write_gradient)(bool relu, strip t, const AG_REAL *restrict x,
                                       const AG_REAL *restrict gy, AG_REAL (*of)[COLUMNS],
                                       AG_REAL *restrict gx) {
  const AG_REAL *restrict mean = of[AGK_MEAN], *restrict scale = of[AGK_SCALE],
                          *restrict shift = of[AGK_SHIFT], *restrict offset = of[AGK_OFFSET],
                          *restrict slope = of[AGK_SLOPE];
  for (int64_t r = 0; r < t.rows; r++)
    for (int64_t j = 0; j < t.width; j++) {
      const AG_REAL d = x[r * t.stride + j] - mean[j], g = gy[r * t.stride + j],
                    h = relu && d * scale[j] + shift[j] <= 0 ? 0 : g;
      gx[r * t.stride + j] = scale[j] * (h - offset[j] - d * slope[j]);
    }
}

AG_MULTIVERSION static void AG_NAME(rows_of_gx)(bool relu, strip t, const AG_REAL *x, const AG_REAL *gy,
                                                AG_REAL (*of)[COLUMNS], AG_REAL *gx) {
  if (relu)
    AG_NAME(write_gradient)(true, t, x, gy, of, gx);
  else
    AG_NAME(write_gradient)(false, t, x, gy, of, gx);
}

/* ---- Strips ---- */

static void AG_NAME(strip_moments)(strip t, int64_t s, const AG_REAL *x, agk_norm_moments *m) {
  AG_REAL pivot[COLUMNS], sum[COLUMNS], square[COLUMNS];
  double mean[COLUMNS] = {0}, all[COLUMNS] = {0};
  const int64_t blocks = ag_chunks(t.rows, ROWS);
  const ag_range first = ag_chunk_range(0, blocks, t.rows);
  AG_NAME(block_moments)(t, first, x, x, sum, square);
  for (int64_t j = 0; j < t.width; j++) pivot[j] = x[j] + sum[j] / (AG_REAL)first.end;
  for (int64_t b = 0; b < blocks; b++) {
    const ag_range rows = ag_chunk_range(b, blocks, t.rows);
    AG_NAME(block_moments)(t, rows, x, pivot, sum, square);
    AG_NAME(join_columns)(t, rows, sum, square, pivot, mean, all);
  }
  for (int64_t c = t.channels.begin; c < t.channels.end; c++) {
    const int64_t at = (c - t.channels.begin) * s;
    agk_norm_join(&m[c], AG_NAME(unite)(t, s, mean + at, all + at));
  }
}

static void AG_NAME(strip_sums)(const agk_batch_norm_geometry *g, strip t, const AG_REAL *x,
                                const AG_REAL *gy, AG_REAL (*of)[COLUMNS], agk_norm_sums *s) {
  AG_REAL h[COLUMNS], hx[COLUMNS];
  double all[COLUMNS] = {0}, all_x[COLUMNS] = {0};
  const int64_t blocks = ag_chunks(t.rows, ROWS);
  for (int64_t b = 0; b < blocks; b++) {
    AG_NAME(block_sums)(g->relu, t, ag_chunk_range(b, blocks, t.rows), x, gy, of, h, hx);
    for (int64_t j = 0; j < t.width; j++) all[j] += (double)h[j];
    for (int64_t j = 0; j < t.width; j++) all_x[j] += (double)hx[j];
  }
  int64_t j = 0;
  for (int64_t f = 0; f < t.fold; f++)
    for (int64_t c = t.channels.begin; c < t.channels.end; c++)
      for (int64_t k = 0; k < g->s; k++, j++) {
        s[c].h += all[j];
        s[c].hx += all_x[j];
      }
}

/* ---- The passes ---- */

static void AG_NAME(moments)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                             const AG_REAL *x, agk_norm_moments *m) {
  const int64_t strips = strips_of(g, channels);
  for (int64_t c = channels.begin; c < channels.end; c++) m[c] = (agk_norm_moments){0, 0, 0};
  for (int64_t i = 0; i < strips; i++) {
    const strip t = strip_of(g, images, channels, i, strips);
    if (t.rows > 0) AG_NAME(strip_moments)(t, g->s, x + t.begin, m);
  }
}

static void AG_NAME(write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                           const AG_REAL *x, const AG_REAL *of, AG_REAL *y) {
  const int64_t strips = strips_of(g, channels);
  AG_REAL room[AGK_NUMBERS][COLUMNS];
  for (int64_t i = 0; i < strips; i++) {
    const strip t = strip_of(g, images, channels, i, strips);
    if (t.rows == 0) continue;
    for (int k = AGK_MEAN; k <= AGK_SHIFT; k++) AG_NAME(spread)(t, g->s, of + k * g->c, room[k]);
    AG_NAME(rows_of_y)(g->relu, t, x + t.begin, room, y + t.begin);
  }
}

static void AG_NAME(grad_sums)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                               const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of, agk_norm_sums *s) {
  const int64_t strips = strips_of(g, channels);
  AG_REAL room[AGK_NUMBERS][COLUMNS];
  for (int64_t c = channels.begin; c < channels.end; c++) s[c] = (agk_norm_sums){0, 0};
  for (int64_t i = 0; i < strips; i++) {
    const strip t = strip_of(g, images, channels, i, strips);
    if (t.rows == 0) continue;
    for (int k = AGK_MEAN; k <= AGK_SHIFT; k++) AG_NAME(spread)(t, g->s, of + k * g->c, room[k]);
    AG_NAME(strip_sums)(g, t, x + t.begin, gy + t.begin, room, s);
  }
}

static void AG_NAME(grad_write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                                const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of, AG_REAL *gx) {
  const int64_t strips = strips_of(g, channels);
  AG_REAL room[AGK_NUMBERS][COLUMNS];
  for (int64_t i = 0; i < strips; i++) {
    const strip t = strip_of(g, images, channels, i, strips);
    if (t.rows == 0) continue;
    for (int k = AGK_MEAN; k <= AGK_SLOPE; k++) AG_NAME(spread)(t, g->s, of + k * g->c, room[k]);
    AG_NAME(rows_of_gx)(g->relu, t, x + t.begin, gy + t.begin, room, gx + t.begin);
  }
}

const AG_NAME(agk_norm_passes)
    AG_NAME(agk_norm_rows) = {AG_NAME(moments), AG_NAME(write), AG_NAME(grad_sums), AG_NAME(grad_write)};
#endif
