/* avg_pool2d_last.c - the mean of each window where several channels lie beside each other: window by window,
 * with all channels of a strip side by side. Sums are made in the order in which the same channels as planes
 * make them, so the bits are the same: column by column, and row by row in 2x2 windows side by side. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/pool2d.h"

#define AG_SELF "kernels/avg_pool2d_last.c"
#include "core/each_real.h"
#else

/* ---- 2x2 windows side by side ---- */

/* n channels of a window with the pixels a, b above c, d. */
AG_INLINE void AG_NAME(mean_of_four)(int64_t n, const AG_REAL *restrict a, const AG_REAL *restrict b,
                                     const AG_REAL *restrict c, const AG_REAL *restrict d,
                                     AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = (a[i] + b[i] + c[i] + d[i]) / 4;
}

AG_MULTIVERSION static void AG_NAME(average_two)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                                 AG_REAL *y) {
  const int64_t right = g->channels, down = g->w * right;
  for (int64_t oy = 0; oy < g->h_out; oy++, x += 2 * down)
    for (int64_t ox = 0; ox < g->w_out; ox++, y += right) {
      const AG_REAL *at = x + 2 * ox * right;
      AG_NAME(mean_of_four)(n, at, at + right, at + down, at + down + right, y);
    }
}

AG_INLINE void AG_NAME(share_with_four)(int64_t n, const AG_REAL *restrict g, AG_REAL *restrict to_a,
                                        AG_REAL *restrict to_b, AG_REAL *restrict to_c,
                                        AG_REAL *restrict to_d) {
  for (int64_t i = 0; i < n; i++) to_a[i] = to_b[i] = to_c[i] = to_d[i] = g[i] / 4;
}

AG_MULTIVERSION static void AG_NAME(spread_two)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *gy,
                                                AG_REAL *gx) {
  const int64_t right = g->channels, down = g->w * right;
  const size_t size = (size_t)n * sizeof *gx;
  for (int64_t oy = 0; oy < g->h_out; oy++, gx += 2 * down) {
    for (int64_t ox = 0; ox < g->w_out; ox++, gy += right) {
      AG_REAL *to = gx + 2 * ox * right;
      AG_NAME(share_with_four)(n, gy, to, to + right, to + down, to + down + right);
    }
    for (int64_t j = 2 * g->w_out; j < g->w; j++) {
      memset(gx + j * right, 0, size);
      memset(gx + down + j * right, 0, size);
    }
  }
  for (int64_t p = 0; p < (g->h - 2 * g->h_out) * g->w; p++) memset(gx + p * right, 0, size);
}

/* ---- Windows of any kind ---- */

AG_INLINE void AG_NAME(add)(int64_t n, const AG_REAL *restrict x, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

AG_MULTIVERSION static void AG_NAME(average_strip)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                                   AG_REAL *y) {
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, y += g->channels) {
      const ag_range rows = agk_pool2d_window(g, 0, oy), columns = agk_pool2d_window(g, 1, ox);
      const AG_REAL by = (AG_REAL)agk_pool2d_divisor(g, oy, ox);
      for (int64_t i = 0; i < n; i++) y[i] = 0;
      for (int64_t j = columns.begin; j < columns.end; j++)
        for (int64_t i = rows.begin; i < rows.end; i++) AG_NAME(add)(n, x + (i * g->w + j) * g->channels, y);
      for (int64_t i = 0; i < n; i++) y[i] /= by;
    }
}

AG_MULTIVERSION static void AG_NAME(spread_strip)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *gy,
                                                  AG_REAL *gx) {
  AG_REAL share[AGK_POOL2D_STRIP];
  for (int64_t p = 0; p < g->h * g->w; p++) memset(gx + p * g->channels, 0, (size_t)n * sizeof *gx);
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, gy += g->channels) {
      const ag_range rows = agk_pool2d_window(g, 0, oy), columns = agk_pool2d_window(g, 1, ox);
      const AG_REAL by = (AG_REAL)agk_pool2d_divisor(g, oy, ox);
      for (int64_t i = 0; i < n; i++) share[i] = gy[i] / by;
      for (int64_t i = rows.begin; i < rows.end; i++)
        for (int64_t j = columns.begin; j < columns.end; j++)
          AG_NAME(add)(n, share, gx + (i * g->w + j) * g->channels);
    }
}

/* ---- All strips ---- */

void AG_NAME(agk_avg_last_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  AG_PARALLEL_FOR(agk_pool2d_strip_team(threads, g))
  for (int64_t i = 0; i < agk_pool2d_strips(g); i++) {
    const agk_pool2d_strip s = agk_pool2d_strip_at(g, i);
    if (agk_pool2d_by_two(g))
      AG_NAME(average_two)(g, s.n, x + s.x, y + s.y);
    else
      AG_NAME(average_strip)(g, s.n, x + s.x, y + s.y);
  }
}

void AG_NAME(agk_avg_last_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *gy,
                                    AG_REAL *gx) {
  AG_PARALLEL_FOR(agk_pool2d_strip_team(threads, g))
  for (int64_t i = 0; i < agk_pool2d_strips(g); i++) {
    const agk_pool2d_strip s = agk_pool2d_strip_at(g, i);
    if (agk_pool2d_by_two(g))
      AG_NAME(spread_two)(g, s.n, gy + s.y, gx + s.x);
    else
      AG_NAME(spread_strip)(g, s.n, gy + s.y, gx + s.x);
  }
}
#endif
