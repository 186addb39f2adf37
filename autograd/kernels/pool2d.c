/* pool2d.c - pooling over windows, plane by plane.
 *
 * A plane is the unit of work: its gradients are scattered by one thread, in the order of the outputs.
 * Windows of 2x2 that tile the plane, the common case, have a loop of their own for the maximum. */
#ifndef AG_REAL
#include "kernels/pool2d.h"

#include <math.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"

/* The positions of a window along one axis that lie inside the plane: begin, begin + dilation, ... < end. */
static inline ag_range window(const agk_pool2d_geometry *g, int axis, int64_t o) {
  const int64_t size = axis == 0 ? g->h : g->w, step = g->dilation[axis];
  ag_range r = {o * g->stride[axis] - g->padding[axis], 0};
  r.end = r.begin + (g->kernel[axis] - 1) * step + 1;
  if (r.begin < 0) r.begin += (-r.begin + step - 1) / step * step;
  if (r.end > size) r.end = size;
  return r;
}

static bool tiles_by_two(const agk_pool2d_geometry *g) {
  bool yes = true;
  for (int d = 0; d < 2; d++)
    yes = yes && g->kernel[d] == 2 && g->stride[d] == 2 && g->padding[d] == 0 && g->dilation[d] == 1;
  return yes && 2 * g->h_out <= g->h && 2 * g->w_out <= g->w;
}

/* What an average is divided by: the size of the window as far as it reaches into the plane, or into the
 * padding. */
static double divisor(const agk_pool2d_geometry *g, bool count_include_pad, int64_t oy, int64_t ox) {
  double area = 1;
  for (int d = 0; d < 2; d++) {
    const int64_t o = d == 0 ? oy : ox, size = d == 0 ? g->h : g->w, pad = g->padding[d];
    int64_t begin = o * g->stride[d] - pad, end = begin + g->kernel[d];
    const int64_t least = count_include_pad ? -pad : 0, most = count_include_pad ? size + pad : size;
    if (begin < least) begin = least;
    if (end > most) end = most;
    area *= (double)(end - begin);
  }
  return area;
}

#define AG_SELF "kernels/pool2d.c"
#include "core/each_real.h"
#else

static void AG_NAME(max_plane)(const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y, int64_t *index) {
  for (int64_t oy = 0; oy < g->h_out; oy++) {
    const ag_range rows = window(g, 0, oy);
    for (int64_t ox = 0; ox < g->w_out; ox++) {
      const ag_range columns = window(g, 1, ox);
      AG_REAL best = -(AG_REAL)INFINITY;
      int64_t place =
          rows.begin < rows.end && columns.begin < columns.end ? rows.begin * g->w + columns.begin : -1;
      for (int64_t i = rows.begin; i < rows.end; i += g->dilation[0])
        for (int64_t j = columns.begin; j < columns.end; j += g->dilation[1]) {
          const AG_REAL v = x[i * g->w + j];
          const bool better = (v > best) | (v != v);
          best = better ? v : best;
          place = better ? i * g->w + j : place;
        }
      *y++ = best;
      *index++ = place;
    }
  }
}

/* The same for 2x2 windows side by side, without a branch on the data. */
AG_MULTIVERSION static void AG_NAME(max_plane_2x2)(const agk_pool2d_geometry *g, const AG_REAL *restrict x,
                                                   AG_REAL *restrict y, int64_t *restrict index) {
  const int64_t w = g->w, w_out = g->w_out;
  for (int64_t oy = 0; oy < g->h_out; oy++, y += w_out, index += w_out) {
    const AG_REAL *above = x + 2 * oy * w, *below = above + w;
    for (int64_t ox = 0; ox < w_out; ox++) {
      const AG_REAL a = above[2 * ox], b = above[2 * ox + 1], c = below[2 * ox], d = below[2 * ox + 1];
      const int64_t right = (b > a) | (b != b), low_right = (d > c) | (d != d);
      const AG_REAL high = right ? b : a, low = low_right ? d : c;
      const int64_t down = (low > high) | (low != low);
      y[ox] = down ? low : high;
      index[ox] = 2 * (oy * w + ox) + right + down * (w + low_right - right);
    }
  }
}

void AG_NAME(agk_max_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y,
                                     int64_t *index) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  const bool by_two = tiles_by_two(g);
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * (g->kernel[0] * g->kernel[1] + 4)))
  for (int64_t p = 0; p < g->planes; p++)
    (by_two ? AG_NAME(max_plane_2x2) : AG_NAME(max_plane))(g, x + p * in, y + p * out, index + p * out);
}

void AG_NAME(agk_max_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *gy,
                                      const int64_t *index, AG_REAL *gx) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * (in + 4 * out)))
  for (int64_t p = 0; p < g->planes; p++) {
    AG_REAL *plane = gx + p * in;
    memset(plane, 0, (size_t)in * sizeof *plane);
    for (int64_t o = p * out; o < (p + 1) * out; o++)
      if (index[o] >= 0) plane[index[o]] += gy[o];
  }
}

void AG_NAME(agk_max_pool2d_gather)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    const int64_t *index, AG_REAL *y) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * 4))
  for (int64_t p = 0; p < g->planes; p++)
    for (int64_t o = p * out; o < (p + 1) * out; o++) y[o] = index[o] >= 0 ? x[p * in + index[o]] : 0;
}

static void AG_NAME(average_plane)(const agk_pool2d_geometry *g, bool count_include_pad, const AG_REAL *x,
                                   AG_REAL *y) {
  for (int64_t oy = 0; oy < g->h_out; oy++) {
    const ag_range rows = window(g, 0, oy);
    for (int64_t ox = 0; ox < g->w_out; ox++) {
      const ag_range columns = window(g, 1, ox);
      AG_REAL sum = 0;
      for (int64_t i = rows.begin; i < rows.end; i++)
        for (int64_t j = columns.begin; j < columns.end; j++) sum += x[i * g->w + j];
      *y++ = rows.begin < rows.end && columns.begin < columns.end
                 ? sum / (AG_REAL)divisor(g, count_include_pad, oy, ox)
                 : 0;
    }
  }
}

static void AG_NAME(spread_plane)(const agk_pool2d_geometry *g, bool count_include_pad, const AG_REAL *gy,
                                  AG_REAL *gx) {
  memset(gx, 0, (size_t)(g->h * g->w) * sizeof *gx);
  for (int64_t oy = 0; oy < g->h_out; oy++) {
    const ag_range rows = window(g, 0, oy);
    for (int64_t ox = 0; ox < g->w_out; ox++) {
      const ag_range columns = window(g, 1, ox);
      const AG_REAL share = *gy++ / (AG_REAL)divisor(g, count_include_pad, oy, ox);
      for (int64_t i = rows.begin; i < rows.end; i++)
        for (int64_t j = columns.begin; j < columns.end; j++) gx[i * g->w + j] += share;
    }
  }
}

void AG_NAME(agk_avg_pool2d_forward)(int threads, const agk_pool2d_geometry *g, bool count_include_pad,
                                     const AG_REAL *x, AG_REAL *y) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * (g->kernel[0] * g->kernel[1] + 8)))
  for (int64_t p = 0; p < g->planes; p++)
    AG_NAME(average_plane)(g, count_include_pad, x + p * in, y + p * out);
}

void AG_NAME(agk_avg_pool2d_backward)(int threads, const agk_pool2d_geometry *g, bool count_include_pad,
                                      const AG_REAL *gy, AG_REAL *gx) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * (in + out * (g->kernel[0] * g->kernel[1] + 8))))
  for (int64_t p = 0; p < g->planes; p++)
    AG_NAME(spread_plane)(g, count_include_pad, gy + p * out, gx + p * in);
}
#endif
