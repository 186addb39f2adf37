/* avg_pool2d.c - the mean of each window, plane by plane. Rows of windows are summed position by position,
 * with all windows of a row side by side; 2x2 windows side by side have a loop of their own. Several channels
 * go to a file of their own. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/pool2d.h"
#include "kernels/reduce.h"

double agk_pool2d_divisor(const agk_pool2d_geometry *g, int64_t oy, int64_t ox) {
  if (g->divisor) return (double)g->divisor;
  double area = 1;
  for (int d = 0; d < 2; d++) {
    const int64_t o = d == 0 ? oy : ox, most = (d == 0 ? g->h : g->w) + g->padding[d];
    ag_range r = agk_pool2d_window(g, d, o);
    if (!g->inside_only && !g->adaptive) {
      r.begin = o * g->stride[d] - g->padding[d];
      r.end = r.begin + g->kernel[d] < most ? r.begin + g->kernel[d] : most;
    }
    area *= (double)(r.end - r.begin);
  }
  return area;
}

#define AG_SELF "kernels/avg_pool2d.c"
#include "core/each_real.h"
#else

AG_MULTIVERSION static void AG_NAME(average_by_two)(const agk_pool2d_geometry *g, const AG_REAL *restrict x,
                                                    AG_REAL *restrict y) {
  const int64_t w = g->w, w_out = g->w_out;
  for (int64_t oy = 0; oy < g->h_out; oy++, x += 2 * w, y += w_out)
    for (int64_t o = 0; o < w_out; o++)
      y[o] = (x[2 * o] + x[2 * o + 1] + x[w + 2 * o] + x[w + 2 * o + 1]) / 4;
}

AG_MULTIVERSION static void AG_NAME(spread_by_two)(const agk_pool2d_geometry *g, const AG_REAL *restrict gy,
                                                   AG_REAL *restrict gx) {
  const int64_t w = g->w, w_out = g->w_out;
  for (int64_t oy = 0; oy < g->h_out; oy++, gx += 2 * w, gy += w_out) {
    for (int64_t o = 0; o < w_out; o++) gx[2 * o] = gx[2 * o + 1] = gy[o] / 4;
    for (int64_t o = 2 * w_out; o < w; o++) gx[o] = 0;
    memcpy(gx + w, gx, (size_t)w * sizeof *gx);
  }
  memset(gx, 0, (size_t)((g->h - 2 * g->h_out) * w) * sizeof *gx);
}

/* y += x for n elements of x, `step` apart. */
AG_INLINE void AG_NAME(add)(int64_t n, int64_t step, const AG_REAL *restrict x, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i * step];
}

AG_MULTIVERSION static void AG_NAME(sum_windows)(const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  const int64_t step = g->stride[1];
  for (int64_t o = 0; o < g->h_out * g->w_out; o++) y[o] = 0;
  for (int64_t j = 0; j < g->kernel[1]; j++) {
    const ag_range o = agk_pool2d_inside(g, 1, j);
    const int64_t n = o.end - o.begin, first = o.begin * step - g->padding[1] + j;
    for (int64_t oy = 0; oy < g->h_out; oy++) {
      const ag_range rows = agk_pool2d_window(g, 0, oy);
      for (int64_t i = rows.begin; i < rows.end; i++) {
        const AG_REAL *from = x + i * g->w + first;
        AG_REAL *to = y + oy * g->w_out + o.begin;
        if (step == 1)
          AG_NAME(add)(n, 1, from, to);
        else if (step == 2)
          AG_NAME(add)(n, 2, from, to);
        else
          AG_NAME(add)(n, step, from, to);
      }
    }
  }
}

/* Windows that share the plane are of different sizes: one after the other. */
static void AG_NAME(average_shares)(const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  for (int64_t oy = 0; oy < g->h_out; oy++) {
    const ag_range rows = agk_pool2d_window(g, 0, oy);
    for (int64_t ox = 0; ox < g->w_out; ox++) {
      const ag_range columns = agk_pool2d_window(g, 1, ox);
      double sum = 0;
      for (int64_t i = rows.begin; i < rows.end; i++)
        sum += AG_NAME(agk_sum)(columns.end - columns.begin, x + i * g->w + columns.begin);
      *y++ = (AG_REAL)(sum / agk_pool2d_divisor(g, oy, ox));
    }
  }
}

static void AG_NAME(average_plane)(const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  if (agk_pool2d_by_two(g)) {
    AG_NAME(average_by_two)(g, x, y);
    return;
  }
  if (g->adaptive) {
    AG_NAME(average_shares)(g, x, y);
    return;
  }
  AG_NAME(sum_windows)(g, x, y);
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, y++) *y /= (AG_REAL)agk_pool2d_divisor(g, oy, ox);
}

static void AG_NAME(spread_plane)(const agk_pool2d_geometry *g, const AG_REAL *gy, AG_REAL *gx) {
  if (agk_pool2d_by_two(g)) {
    AG_NAME(spread_by_two)(g, gy, gx);
    return;
  }
  memset(gx, 0, (size_t)(g->h * g->w) * sizeof *gx);
  for (int64_t oy = 0; oy < g->h_out; oy++) {
    const ag_range rows = agk_pool2d_window(g, 0, oy);
    for (int64_t ox = 0; ox < g->w_out; ox++) {
      const ag_range columns = agk_pool2d_window(g, 1, ox);
      const AG_REAL share = *gy++ / (AG_REAL)agk_pool2d_divisor(g, oy, ox);
      for (int64_t i = rows.begin; i < rows.end; i++)
        for (int64_t j = columns.begin; j < columns.end; j++) gx[i * g->w + j] += share;
    }
  }
}

void AG_NAME(agk_avg_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                     AG_REAL *y) {
  if (g->channels != 1) {
    AG_NAME(agk_avg_last_forward)(threads, g, x, y);
    return;
  }
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * (g->kernel[0] * g->kernel[1] + 8)))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(average_plane)(g, x + p * in, y + p * out);
}

void AG_NAME(agk_avg_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *gy,
                                      AG_REAL *gx) {
  if (g->channels != 1) {
    AG_NAME(agk_avg_last_backward)(threads, g, gy, gx);
    return;
  }
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * (in + out * (g->kernel[0] * g->kernel[1] + 8))))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(spread_plane)(g, gy + p * out, gx + p * in);
}
#endif
