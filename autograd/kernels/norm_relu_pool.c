/* norm_relu_pool.c - the greatest of max((x - mean) scale + shift, 0) in windows side by side, channels last.
 *
 * Where the greatest is above 0, it is that of the numbers before the rectifier, at the same place; so these
 * are compared, and the winner is rectified. All channels of a window are visited side by side before the
 * next window, which reads x and writes its gradient from end to end. 2x2 windows have a loop of their own,
 * where the four numbers of a channel stay in registers.
 *
 * The sums of up to BLOCK windows are kept in the tensor's own type, those of blocks in double. */
#ifndef AG_REAL
#include <stdbool.h>
#include <string.h>

#include "kernels/norm_relu_whole.h"

enum {
  BLOCK = 32, /* windows */
  STRIP = 64, /* channels that are compared at a time where windows have any size */
};

/* Rows of windows, in all planes. */
static int64_t rows_of(const agk_pool2d_geometry *g) { return g->planes * g->h_out; }

static int64_t chunks_of(const agk_pool2d_geometry *g) {
  return agk_norm_relu_chunks(rows_of(g), g->kernel[0] * g->w * g->channels);
}

#define AG_SELF "kernels/norm_relu_pool.c"
#include "core/each_real.h"
#else

/* As wide as an element, so that both fill vectors alike. */
#if AG_REAL_BYTES == 4
typedef int32_t AG_NAME(number);
#else
typedef int64_t AG_NAME(number);
#endif

/* Sums of h and of h (x - mean) of each channel: of a block, and of the blocks before. */
typedef struct {
  AG_REAL *h, *hx;
  agk_norm_sums *all;
  int windows; /* in the block */
} AG_NAME(sums);

/* ---- A window of 2x2, whose pixels are `right` and `down` apart ---- */

AG_INLINE void AG_NAME(greatest_of_two)(int64_t c, int64_t right, int64_t down, const AG_REAL *x,
                                        const AG_REAL *norm, AG_REAL *y) {
  const AG_REAL *mean = norm, *scale = norm + c, *shift = norm + 2 * c;
  AG_SIMD
  for (int64_t j = 0; j < c; j++) {
    const AG_REAL m = mean[j], s = scale[j], t = shift[j];
    const AG_REAL v0 = (x[j] - m) * s + t, v1 = (x[j + right] - m) * s + t, v2 = (x[j + down] - m) * s + t,
                  v3 = (x[j + down + right] - m) * s + t;
    const AG_REAL upper = AGK_BEATS(v1, v0) ? v1 : v0, lower = AGK_BEATS(v3, v2) ? v3 : v2,
                  best = AGK_BEATS(lower, upper) ? lower : upper;
    y[j] = best <= 0 ? 0 : best;
  }
}

AG_INLINE void AG_NAME(grad_of_two)(int64_t c, int64_t right, int64_t down, const AG_REAL *x,
                                    const AG_REAL *norm, const AG_REAL *gy, AG_REAL *gx, AG_NAME(sums) sums) {
  const AG_REAL *mean = norm, *scale = norm + c, *shift = norm + 2 * c;
  AG_SIMD
  for (int64_t j = 0; j < c; j++) {
    const AG_REAL m = mean[j], s = scale[j], t = shift[j];
    const AG_REAL d0 = x[j] - m, d1 = x[j + right] - m, d2 = x[j + down] - m, d3 = x[j + down + right] - m;
    const AG_REAL v0 = d0 * s + t, v1 = d1 * s + t, v2 = d2 * s + t, v3 = d3 * s + t;
    const bool upper_is_right = AGK_BEATS(v1, v0), lower_is_right = AGK_BEATS(v3, v2);
    const AG_REAL upper = upper_is_right ? v1 : v0, lower = lower_is_right ? v3 : v2;
    const bool is_lower = AGK_BEATS(lower, upper);
    const AG_REAL best = is_lower ? lower : upper, h = best <= 0 ? 0 : gy[j], g = h * s;
    const AG_REAL d_upper = upper_is_right ? d1 : d0, d_lower = lower_is_right ? d3 : d2;
    const AG_REAL above = is_lower ? 0 : g, below = is_lower ? g : 0;
    sums.h[j] += h;
    sums.hx[j] += h * (is_lower ? d_lower : d_upper);
    gx[j] = upper_is_right ? 0 : above;
    gx[j + right] = upper_is_right ? above : 0;
    gx[j + down] = lower_is_right ? 0 : below;
    gx[j + down + right] = lower_is_right ? below : 0;
  }
}

/* ---- A window of any size ---- */

/* The greatest number before the rectifier of n channels, which place of the window has it, in reading order,
 * and how far x is from the mean there. */
typedef struct {
  AG_REAL v[STRIP], d[STRIP];
  AG_NAME(number) place[STRIP];
} AG_NAME(winner);

AG_INLINE void AG_NAME(find)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x, const AG_REAL *norm,
                             AG_NAME(winner) * best) {
  const int64_t c = g->channels;
  const AG_REAL *mean = norm, *scale = norm + c, *shift = norm + 2 * c;
  AG_NAME(number) k = 0;
  for (int64_t row = 0; row < g->kernel[0]; row++)
    for (int64_t column = 0; column < g->kernel[0]; column++, k++) {
      const AG_REAL *at = x + (row * g->w + column) * c;
      AG_SIMD
      for (int64_t j = 0; j < n; j++) {
        const AG_REAL d = at[j] - mean[j], v = d * scale[j] + shift[j];
        const bool better = k == 0 || AGK_BEATS(v, best->v[j]);
        best->v[j] = better ? v : best->v[j];
        best->d[j] = better ? d : best->d[j];
        best->place[j] = better ? k : best->place[j];
      }
    }
}

AG_INLINE void AG_NAME(greatest)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                 const AG_REAL *norm, AG_REAL *y) {
  AG_NAME(winner) best;
  AG_NAME(find)(g, n, x, norm, &best);
  for (int64_t j = 0; j < n; j++) y[j] = best.v[j] <= 0 ? 0 : best.v[j];
}

AG_INLINE void AG_NAME(grad)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x, const AG_REAL *norm,
                             const AG_REAL *gy, AG_REAL *gx, AG_REAL *sum_h, AG_REAL *sum_hx) {
  const AG_REAL *scale = norm + g->channels;
  AG_REAL to[STRIP];
  AG_NAME(winner) best;
  AG_NAME(find)(g, n, x, norm, &best);
  AG_SIMD
  for (int64_t j = 0; j < n; j++) {
    const AG_REAL h = best.v[j] <= 0 ? 0 : gy[j];
    sum_h[j] += h;
    sum_hx[j] += h * best.d[j];
    to[j] = h * scale[j];
  }
  AG_NAME(number) k = 0;
  for (int64_t row = 0; row < g->kernel[0]; row++)
    for (int64_t column = 0; column < g->kernel[0]; column++, k++) {
      AG_REAL *at = gx + (row * g->w + column) * g->channels;
      for (int64_t j = 0; j < n; j++) at[j] = best.place[j] == k ? to[j] : 0;
    }
}

/* ---- Rows of windows ---- */

/* Where a row of windows begins in x. */
static int64_t AG_NAME(place)(const agk_pool2d_geometry *g, int64_t row) {
  return (row / g->h_out * g->h + row % g->h_out * g->kernel[0]) * g->w * g->channels;
}

AG_MULTIVERSION static void AG_NAME(write_rows)(const agk_pool2d_geometry *g, ag_range rows, const AG_REAL *x,
                                                const AG_REAL *norm, AG_REAL *y) {
  const int64_t c = g->channels, step = g->kernel[0] * c;
  for (int64_t r = rows.begin; r < rows.end; r++)
    for (int64_t i = 0; i < g->w_out; i++) {
      const AG_REAL *at = x + AG_NAME(place)(g, r) + i * step;
      AG_REAL *to = y + (r * g->w_out + i) * c;
      if (g->kernel[0] == 2) {
        AG_NAME(greatest_of_two)(c, c, g->w * c, at, norm, to);
        continue;
      }
      for (int64_t j = 0; j < c; j += STRIP) AG_NAME(greatest)
      (g, c - j < STRIP ? c - j : STRIP, at + j, norm + j, to + j);
    }
}

/* The block ends. */
AG_INLINE void AG_NAME(settle_block)(int64_t c, AG_NAME(sums) * s) {
  for (int64_t j = 0; j < c; j++) {
    s->all[j].h += (double)s->h[j];
    s->all[j].hx += (double)s->hx[j];
    s->h[j] = s->hx[j] = 0;
  }
  s->windows = 0;
}

/* What no window covers: columns behind those of this row, and rows behind the last ones of a plane. */
AG_INLINE void AG_NAME(clear_rest)(const agk_pool2d_geometry *g, int64_t row, AG_REAL *gx) {
  const int64_t p = g->kernel[0], line = g->w * g->channels, covered = g->w_out * p * g->channels;
  for (int64_t i = 0; i < p; i++) memset(gx + i * line + covered, 0, (size_t)(line - covered) * sizeof *gx);
  if (row % g->h_out == g->h_out - 1)
    memset(gx + p * line, 0, (size_t)((g->h - p * g->h_out) * line) * sizeof *gx);
}

AG_MULTIVERSION static void AG_NAME(grad_rows)(const agk_pool2d_geometry *g, ag_range rows, const AG_REAL *x,
                                               const AG_REAL *norm, const AG_REAL *gy, AG_REAL *gx,
                                               AG_NAME(sums) s) {
  const int64_t c = g->channels, step = g->kernel[0] * c;
  for (int64_t j = 0; j < c; j++) s.all[j] = (agk_norm_sums){0, 0}, s.h[j] = s.hx[j] = 0;
  for (int64_t r = rows.begin; r < rows.end; r++) {
    const int64_t begin = AG_NAME(place)(g, r);
    for (int64_t i = 0; i < g->w_out; i++) {
      const AG_REAL *at = x + begin + i * step, *from = gy + (r * g->w_out + i) * c;
      AG_REAL *to = gx + begin + i * step;
      if (g->kernel[0] == 2) AG_NAME(grad_of_two)(c, c, g->w * c, at, norm, from, to, s);
      for (int64_t j = 0; j < c && g->kernel[0] != 2; j += STRIP) AG_NAME(grad)
      (g, c - j < STRIP ? c - j : STRIP, at + j, norm + j, from + j, to + j, s.h + j, s.hx + j);
      if (++s.windows == BLOCK) AG_NAME(settle_block)(c, &s);
    }
    AG_NAME(clear_rest)(g, r, gx + begin);
  }
  AG_NAME(settle_block)(c, &s);
}

/* ---- The drivers ---- */

void AG_NAME(agk_norm_relu_pool_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                         const AG_REAL *norm, AG_REAL *y) {
  const int64_t rows = rows_of(g), chunks = chunks_of(g);
  AG_PARALLEL_FOR(ag_team(threads, chunks, g->planes * g->h * g->w * g->channels))
  for (int64_t i = 0; i < chunks; i++) AG_NAME(write_rows)(g, ag_chunk_range(i, chunks, rows), x, norm, y);
}

/* The sums of all chunks, and behind them those of their blocks. */
static size_t AG_NAME(sums_bytes)(const agk_pool2d_geometry *g) {
  return (size_t)((chunks_of(g) + 1) * g->channels) * sizeof(agk_norm_sums);
}

size_t AG_NAME(agk_norm_relu_pool_workspace)(const agk_pool2d_geometry *g) {
  return AG_NAME(sums_bytes)(g) + (size_t)(chunks_of(g) * 2 * g->channels) * sizeof(AG_REAL);
}

void AG_NAME(agk_norm_relu_pool_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                          const AG_REAL *norm, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gnorm,
                                          void *workspace) {
  const int64_t rows = rows_of(g), chunks = chunks_of(g), c = g->channels;
  agk_norm_sums *all = workspace;
  AG_REAL *blocks = (void *)((char *)workspace + AG_NAME(sums_bytes)(g));
  AG_PARALLEL_FOR(ag_team(threads, chunks, 2 * g->planes * g->h * g->w * g->channels))
  for (int64_t i = 0; i < chunks; i++) {
    const AG_NAME(sums) s = {blocks + 2 * i * c, blocks + (2 * i + 1) * c, all + i * c, 0};
    AG_NAME(grad_rows)(g, ag_chunk_range(i, chunks, rows), x, norm, gy, gx, s);
  }
  agk_norm_relu_join(chunks, c, all);
  AG_NAME(agk_norm_relu_settle)(c, all, norm, gnorm);
}
#endif
