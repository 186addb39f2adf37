/* norm_rows.c - the passes of batch normalisation over vectors and small planes, whose images are rows.
 *
 * A column of these rows belongs to one channel, so sums are taken down the columns, and the numbers of the
 * channels are spread over them first: then all loops go along a row and are vector code. */
#ifndef AG_REAL
#include <stdbool.h>

#include "kernels/norm_moments.h"

enum {
  COLUMNS = AGK_STRIP_COLUMNS,
  LANES = 32, /* columns that are summed in registers */
  ROWS = 32,  /* of a block: as many numbers as a lane of norm_planes.c adds */
};

#define AG_SELF "kernels/norm_rows.c"
#include "core/each_real.h"
#else

/* ---- Blocks ---- */

/* h and h d of some columns of a block, summed down; their sums stay in registers where `width` is known when
 * this is compiled. */
AG_INLINE void AG_NAME(add_columns)(bool relu, const int64_t width, int64_t rows, int64_t stride,
                                    const AG_REAL *x, const AG_REAL *gy, const AG_REAL *mean,
                                    const AG_REAL *scale, const AG_REAL *shift, AG_REAL *restrict sum,
                                    AG_REAL *restrict product) {
  AG_REAL all[LANES] = {0}, all_d[LANES] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL d = x[r * stride + j] - mean[j];
      const AG_REAL g = gy[r * stride + j], v = relu && d * scale[j] + shift[j] <= 0 ? 0 : g;
      all[j] += v;
      all_d[j] += v * d;
    }
  for (int64_t j = 0; j < width; j++) sum[j] = all[j], product[j] = all_d[j];
}

AG_INLINE void AG_NAME(add_rows)(bool relu, agk_norm_strip t, ag_range rows, const AG_REAL *x,
                                 const AG_REAL *gy, const AG_REAL *mean, const AG_REAL *scale,
                                 const AG_REAL *shift, AG_REAL *sum, AG_REAL *product) {
  const int64_t begin = rows.begin * t.stride, n = rows.end - rows.begin;
  for (int64_t j = 0; j < t.width; j += LANES) {
    const AG_REAL *of_x = x + begin + j, *of_gy = gy + begin + j;
    if (t.width - j >= LANES) AG_NAME(add_columns)
    (relu, LANES, n, t.stride, of_x, of_gy, mean + j, scale + j, shift + j, sum + j, product + j);
    else AG_NAME(add_columns)(relu, t.width - j, n, t.stride, of_x, of_gy, mean + j, scale + j, shift + j,
                              sum + j, product + j);
  }
}

AG_MULTIVERSION static void AG_NAME(block_sums)(bool relu, agk_norm_strip t, ag_range rows, const AG_REAL *x,
                                                const AG_REAL *gy, AG_REAL (*of)[COLUMNS], AG_REAL *h,
                                                AG_REAL *hx) {
  if (relu)
    AG_NAME(add_rows)(true, t, rows, x, gy, of[AGK_MEAN], of[AGK_SCALE], of[AGK_SHIFT], h, hx);
  else
    AG_NAME(add_rows)
  (false, t, rows, x, gy, of[AGK_MEAN], of[AGK_MEAN], of[AGK_MEAN], h, hx);
}

/* Rows of y. */
AG_INLINE void AG_NAME(write_rows)(bool relu, agk_norm_strip t, const AG_REAL *restrict x,
                                   const AG_REAL *restrict mean, const AG_REAL *restrict scale,
                                   const AG_REAL *restrict shift, AG_REAL *restrict y) {
  for (int64_t r = 0; r < t.rows; r++)
    for (int64_t j = 0; j < t.width; j++) {
      const AG_REAL z = (x[r * t.stride + j] - mean[j]) * scale[j] + shift[j];
      y[r * t.stride + j] = relu && z <= 0 ? 0 : z;
    }
}

AG_MULTIVERSION static void AG_NAME(rows_of_y)(bool relu, agk_norm_strip t, const AG_REAL *x,
                                               AG_REAL (*of)[COLUMNS], AG_REAL *y) {
  if (relu)
    AG_NAME(write_rows)(true, t, x, of[AGK_MEAN], of[AGK_SCALE], of[AGK_SHIFT], y);
  else
    AG_NAME(write_rows)(false, t, x, of[AGK_MEAN], of[AGK_SCALE], of[AGK_SHIFT], y);
}

AG_INLINE void AG_NAME(write_gradient)(bool relu, agk_norm_strip t, const AG_REAL *restrict x,
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

AG_MULTIVERSION static void AG_NAME(rows_of_gx)(bool relu, agk_norm_strip t, const AG_REAL *x,
                                                const AG_REAL *gy, AG_REAL (*of)[COLUMNS], AG_REAL *gx) {
  if (relu)
    AG_NAME(write_gradient)(true, t, x, gy, of, gx);
  else
    AG_NAME(write_gradient)(false, t, x, gy, of, gx);
}

/* ---- Strips ---- */

static void AG_NAME(strip_sums)(const agk_batch_norm_geometry *g, agk_norm_strip t, const AG_REAL *x,
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
  const int64_t strips = agk_norm_strips(g, channels);
  for (int64_t i = 0; i < strips; i++) {
    const agk_norm_strip t = agk_norm_strip_of(g, images, channels, i, strips, AGK_MOMENTS_LANES);
    AG_NAME(agk_norm_add_strip)(ag_isa_here(), &t, g->s, x + t.begin, m + t.channels.begin);
  }
}

static void AG_NAME(write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                           const AG_REAL *x, const AG_REAL *of, AG_REAL *y) {
  const int64_t strips = agk_norm_strips(g, channels);
  AG_REAL room[AGK_NUMBERS][COLUMNS];
  for (int64_t i = 0; i < strips; i++) {
    const agk_norm_strip t = agk_norm_strip_of(g, images, channels, i, strips, AGK_STRIP_LONG);
    if (t.rows == 0) continue;
    for (int k = AGK_MEAN; k <= AGK_SHIFT; k++)
      AG_NAME(agk_norm_spread)(t, g->s, of + k * g->c + t.channels.begin, room[k]);
    AG_NAME(rows_of_y)(g->relu, t, x + t.begin, room, y + t.begin);
  }
}

static void AG_NAME(grad_sums)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                               const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of, agk_norm_sums *s) {
  const int64_t strips = agk_norm_strips(g, channels);
  AG_REAL room[AGK_NUMBERS][COLUMNS];
  for (int64_t c = channels.begin; c < channels.end; c++) s[c] = (agk_norm_sums){0, 0};
  for (int64_t i = 0; i < strips; i++) {
    const agk_norm_strip t = agk_norm_strip_of(g, images, channels, i, strips, AGK_STRIP_LONG);
    if (t.rows == 0) continue;
    for (int k = AGK_MEAN; k <= AGK_SHIFT; k++)
      AG_NAME(agk_norm_spread)(t, g->s, of + k * g->c + t.channels.begin, room[k]);
    AG_NAME(strip_sums)(g, t, x + t.begin, gy + t.begin, room, s);
  }
}

static void AG_NAME(grad_write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                                const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of, AG_REAL *gx) {
  const int64_t strips = agk_norm_strips(g, channels);
  AG_REAL room[AGK_NUMBERS][COLUMNS];
  for (int64_t i = 0; i < strips; i++) {
    const agk_norm_strip t = agk_norm_strip_of(g, images, channels, i, strips, AGK_STRIP_LONG);
    if (t.rows == 0) continue;
    for (int k = AGK_MEAN; k <= AGK_SLOPE; k++)
      AG_NAME(agk_norm_spread)(t, g->s, of + k * g->c + t.channels.begin, room[k]);
    AG_NAME(rows_of_gx)(g->relu, t, x + t.begin, gy + t.begin, room, gx + t.begin);
  }
}

const AG_NAME(agk_norm_passes)
    AG_NAME(agk_norm_rows) = {AG_NAME(moments), AG_NAME(write), AG_NAME(grad_sums), AG_NAME(grad_write)};
#endif
