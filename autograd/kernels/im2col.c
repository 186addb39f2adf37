/* im2col.c - plane by plane, and in it position by position of the window, with all windows of a row side by
 * side. */
#ifndef AG_REAL
#include "kernels/im2col.h"

#include <string.h>

#define AG_SELF "kernels/im2col.c"
#include "core/each_real.h"
#else

/* One element of the window: its row i and column j, the windows where it lies inside the plane, and the
 * place in the plane of that of the first window. */
typedef struct {
  ag_range p, q;
  int64_t first;
} AG_NAME(element);

static AG_NAME(element) AG_NAME(element_of)(const agk_pool2d_geometry *g, int64_t k) {
  const int64_t i = k / g->kernel[1], j = k % g->kernel[1];
  return (AG_NAME(element)){.p = agk_pool2d_inside(g, 0, i),
                            .q = agk_pool2d_inside(g, 1, j),
                            .first = (i * g->dilation[0] - g->padding[0]) * g->w + j * g->dilation[1] -
                                     g->padding[1]};
}

AG_MULTIVERSION static void AG_NAME(take)(const agk_pool2d_geometry *g, const AG_REAL *restrict x,
                                          AG_REAL *restrict y) {
  const int64_t out = g->h_out * g->w_out, step = g->stride[1];
  for (int64_t k = 0; k < g->kernel[0] * g->kernel[1]; k++, y += out) {
    const AG_NAME(element) e = AG_NAME(element_of)(g, k);
    memset(y, 0, (size_t)out * sizeof *y);
    for (int64_t p = e.p.begin; p < e.p.end; p++) {
      const AG_REAL *from = x + p * g->stride[0] * g->w + e.first;
      AG_REAL *to = y + p * g->w_out;
      if (step == 1)
        for (int64_t q = e.q.begin; q < e.q.end; q++) to[q] = from[q];
      else
        for (int64_t q = e.q.begin; q < e.q.end; q++) to[q] = from[q * step];
    }
  }
}

AG_MULTIVERSION static void AG_NAME(give)(const agk_pool2d_geometry *g, const AG_REAL *restrict y,
                                          AG_REAL *restrict x) {
  const int64_t out = g->h_out * g->w_out, step = g->stride[1];
  memset(x, 0, (size_t)(g->h * g->w) * sizeof *x);
  for (int64_t k = 0; k < g->kernel[0] * g->kernel[1]; k++, y += out) {
    const AG_NAME(element) e = AG_NAME(element_of)(g, k);
    for (int64_t p = e.p.begin; p < e.p.end; p++) {
      AG_REAL *to = x + p * g->stride[0] * g->w + e.first;
      const AG_REAL *from = y + p * g->w_out;
      if (step == 1)
        for (int64_t q = e.q.begin; q < e.q.end; q++) to[q] += from[q];
      else
        for (int64_t q = e.q.begin; q < e.q.end; q++) to[q * step] += from[q];
    }
  }
}

void AG_NAME(agk_im2col)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  const int64_t in = g->h * g->w, columns = g->kernel[0] * g->kernel[1] * g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * columns))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(take)(g, x + p * in, y + p * columns);
}

void AG_NAME(agk_col2im)(int threads, const agk_pool2d_geometry *g, const AG_REAL *y, AG_REAL *x) {
  const int64_t in = g->h * g->w, columns = g->kernel[0] * g->kernel[1] * g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * (in + columns)))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(give)(g, y + p * columns, x + p * in);
}
#endif
