/* max_pool2d.c - the greatest element of each window, plane by plane.
 *
 * Where it lies is not kept but found again from x, which takes less memory and no more time. In general,
 * rows of windows are compared position by position, with all windows of a row side by side. 2x2 windows side
 * by side are too small for that, and have a file of their own, as have several channels. */
#ifndef AG_REAL
#include <math.h>
#include <string.h>

#include "kernels/pool2d.h"

enum { PART = 4096 }; /* elements that a thread takes at a time, about: whole planes */

static int64_t parts_of(const agk_pool2d_geometry *g) {
  const int64_t plane = g->h * g->w;
  return ag_chunks(g->planes, plane < PART ? PART / (plane > 0 ? plane : 1) : 1);
}

#define AG_SELF "kernels/max_pool2d.c"
#include "core/each_real.h"
#else

/* y = max(y, x) for n elements of x, `step` apart. */
AG_INLINE void AG_NAME(compare)(int64_t n, int64_t step, const AG_REAL *restrict x, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = AGK_BEATS(x[i * step], y[i]) ? x[i * step] : y[i];
}

AG_MULTIVERSION static void AG_NAME(max_general)(const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  const int64_t step = g->stride[1];
  for (int64_t o = 0; o < g->h_out * g->w_out; o++) y[o] = -(AG_REAL)INFINITY;
  for (int64_t i = 0; i < g->kernel[0]; i++) {
    const ag_range rows = agk_pool2d_inside(g, 0, i);
    for (int64_t j = 0; rows.begin < rows.end && j < g->kernel[1]; j++) {
      const ag_range o = agk_pool2d_inside(g, 1, j);
      const int64_t n = o.end - o.begin, first = o.begin * step - g->padding[1] + j * g->dilation[1];
      for (int64_t oy = rows.begin; oy < rows.end; oy++) {
        const int64_t row = oy * g->stride[0] - g->padding[0] + i * g->dilation[0];
        const AG_REAL *from = x + row * g->w + first;
        AG_REAL *to = y + oy * g->w_out + o.begin;
        if (step == 1)
          AG_NAME(compare)(n, 1, from, to);
        else if (step == 2)
          AG_NAME(compare)(n, 2, from, to);
        else
          AG_NAME(compare)(n, step, from, to);
      }
    }
  }
}

/* Where the greatest element of window (oy, ox) lies in its plane; -1 where it sees padding only. */
static int64_t AG_NAME(place)(const agk_pool2d_geometry *g, int64_t oy, int64_t ox, const AG_REAL *x) {
  const ag_range rows = agk_pool2d_window(g, 0, oy), columns = agk_pool2d_window(g, 1, ox);
  if (rows.begin >= rows.end || columns.begin >= columns.end) return -1;
  int64_t place = rows.begin * g->w + columns.begin;
  for (int64_t i = rows.begin; i < rows.end; i += g->dilation[0])
    for (int64_t j = columns.begin; j < columns.end; j += g->dilation[1]) {
      const int64_t p = i * g->w + j;
      const bool better = (x[p] > x[place]) | (x[p] != x[p]);
      place = better ? p : place;
    }
  return place;
}

static void AG_NAME(gather_plane)(const agk_pool2d_geometry *g, const AG_REAL *x, const AG_REAL *h,
                                  AG_REAL *y) {
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++) {
      const int64_t place = AG_NAME(place)(g, oy, ox, x);
      *y++ = place >= 0 ? h[place] : 0;
    }
}

static void AG_NAME(max_plane)(const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  if (g->adaptive)
    AG_NAME(gather_plane)(g, x, x, y);
  else
    AG_NAME(max_general)(g, x, y);
}

static void AG_NAME(grad_plane)(const agk_pool2d_geometry *g, const AG_REAL *x, const AG_REAL *gy,
                                AG_REAL *gx) {
  memset(gx, 0, (size_t)(g->h * g->w) * sizeof *gx);
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, gy++) {
      const int64_t place = AG_NAME(place)(g, oy, ox, x);
      if (place >= 0) gx[place] += *gy;
    }
}

void AG_NAME(agk_max_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                     AG_REAL *y) {
  if (g->channels != 1) {
    AG_NAME(agk_max_last_forward)(threads, g, x, y);
    return;
  }
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out, parts = parts_of(g);
  AG_PARALLEL_FOR(ag_team(threads, parts, g->planes * out * g->kernel[0] * g->kernel[1]))
  for (int64_t i = 0; i < parts; i++) {
    const ag_range r = ag_chunk_range(i, parts, g->planes);
    if (agk_pool2d_by_two(g)) {
      AG_NAME(agk_max_two)(g, r.end - r.begin, x + r.begin * in, y + r.begin * out);
      continue;
    }
    for (int64_t p = r.begin; p < r.end; p++) AG_NAME(max_plane)(g, x + p * in, y + p * out);
  }
}

void AG_NAME(agk_max_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                      const AG_REAL *gy, AG_REAL *gx) {
  if (g->channels != 1) {
    AG_NAME(agk_max_last_backward)(threads, g, x, gy, gx);
    return;
  }
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out, parts = parts_of(g);
  AG_PARALLEL_FOR(ag_team(threads, parts, g->planes * (in + out * g->kernel[0] * g->kernel[1])))
  for (int64_t i = 0; i < parts; i++) {
    const ag_range r = ag_chunk_range(i, parts, g->planes);
    if (agk_pool2d_by_two(g)) {
      AG_NAME(agk_max_two_grad)(g, r.end - r.begin, x + r.begin * in, gy + r.begin * out, gx + r.begin * in);
      continue;
    }
    for (int64_t p = r.begin; p < r.end; p++) AG_NAME(grad_plane)(g, x + p * in, gy + p * out, gx + p * in);
  }
}

void AG_NAME(agk_max_pool2d_gather)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *h, AG_REAL *y) {
  if (g->channels != 1) {
    AG_NAME(agk_max_last_gather)(threads, g, x, h, y);
    return;
  }
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * g->kernel[0] * g->kernel[1]))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(gather_plane)(g, x + p * in, h + p * in, y + p * out);
}

void AG_NAME(agk_max_pool2d_places)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    int64_t *places) {
  if (g->channels != 1) {
    AG_NAME(agk_max_last_places)(threads, g, x, places);
    return;
  }
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * g->kernel[0] * g->kernel[1]))
  for (int64_t p = 0; p < g->planes; p++)
    for (int64_t o = 0; o < out; o++)
      places[p * out + o] = AG_NAME(place)(g, o / g->w_out, o % g->w_out, x + p * in);
}
#endif
