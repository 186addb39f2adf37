/* max_pool2d.c - the greatest element of each window, plane by plane.
 *
 * Where it lies is not kept but found again from x, which takes less memory and no more time. In general,
 * rows of windows are compared position by position, with all windows of a row side by side.
 *
 * 2x2 windows side by side are too small for that. There every element of a band of rows is seen as the
 * corner of a window: high(p) = max(x(p), x(p + 1)) and max(high(p), high(p + w)) are plain vector code, of
 * which one value in four is taken. The gradient goes the other way in the same manner. */
#ifndef AG_REAL
#include <math.h>
#include <string.h>

#include "kernels/pool2d.h"

enum { BAND = 1024 }; /* elements of a band, in the first cache */

/* Whether x takes the place of y as the greatest. */
#define BEATS(x, y) ((x) > (y) || (x) != (x))

/* The rows of windows whose 2x2 windows make a band; 0 where the plane is too wide for that. */
static int64_t band_rows(const agk_pool2d_geometry *g) {
  return agk_pool2d_by_two(g) ? BAND / (2 * g->w) : 0;
}

#define AG_SELF "kernels/max_pool2d.c"
#include "core/each_real.h"
#undef BEATS
#else

/* high(p) = max(x(p), x(p + 1)); the last has no neighbour. */
AG_INLINE void AG_NAME(pairs)(int64_t n, const AG_REAL *restrict x, AG_REAL *restrict high) {
  for (int64_t p = 0; p + 1 < n; p++) high[p] = BEATS(x[p + 1], x[p]) ? x[p + 1] : x[p];
  high[n - 1] = x[n - 1];
}

/* `rows` rows of 2x2 windows. */
AG_MULTIVERSION static void AG_NAME(max_band)(int64_t rows, int64_t w, int64_t w_out,
                                              const AG_REAL *restrict x, AG_REAL *restrict y) {
  AG_REAL high[BAND];
  const int64_t n = 2 * rows * w;
  AG_NAME(pairs)(n, x, high);
  for (int64_t p = 0; p + w < n; p++) high[p] = BEATS(high[p + w], high[p]) ? high[p + w] : high[p];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t o = 0; o < w_out; o++) y[r * w_out + o] = high[2 * (r * w + o)];
}

/* Their gradients. At first only corners have one; it goes down where the lower pair is greater, then right.
 * A row of zeros lies on each side of the band, so that every element has neighbours above and below. */
AG_MULTIVERSION static void AG_NAME(grad_band)(int64_t rows, int64_t w, int64_t w_out,
                                               const AG_REAL *restrict x, const AG_REAL *restrict gy,
                                               AG_REAL *restrict gx) {
  AG_REAL highs[2 * BAND], corners[2 * BAND], of_pair[BAND];
  AG_REAL *restrict high = highs + w, *restrict corner = corners + w;
  const int64_t n = 2 * rows * w;
  memset(highs, 0, (size_t)w * sizeof *high);
  AG_NAME(pairs)(n, x, high);
  memset(high + n, 0, (size_t)w * sizeof *high);
  memset(corners, 0, (size_t)(n + w) * sizeof *corner);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t o = 0; o < w_out; o++) corner[2 * (r * w + o)] = gy[r * w_out + o];
  for (int64_t p = 0; p < n; p++)
    of_pair[p] =
        (BEATS(high[p + w], high[p]) ? 0 : corner[p]) + (BEATS(high[p], high[p - w]) ? corner[p - w] : 0);
  gx[0] = BEATS(x[1], x[0]) ? 0 : of_pair[0];
  for (int64_t p = 1; p + 1 < n; p++)
    gx[p] = (BEATS(x[p + 1], x[p]) ? 0 : of_pair[p]) + (BEATS(x[p], x[p - 1]) ? of_pair[p - 1] : 0);
  gx[n - 1] = BEATS(x[n - 1], x[n - 2]) ? of_pair[n - 2] : 0;
}

/* y = max(y, x) for n elements of x, `step` apart. */
AG_INLINE void AG_NAME(compare)(int64_t n, int64_t step, const AG_REAL *restrict x, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = BEATS(x[i * step], y[i]) ? x[i * step] : y[i];
}

AG_MULTIVERSION static void AG_NAME(max_general)(const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  const int64_t step = g->stride[1];
  for (int64_t o = 0; o < g->h_out * g->w_out; o++) y[o] = -(AG_REAL)INFINITY;
  for (int64_t j = 0; j < g->kernel[1]; j++) {
    const ag_range o = agk_pool2d_inside(g, 1, j);
    const int64_t n = o.end - o.begin, first = o.begin * step - g->padding[1] + j * g->dilation[1];
    for (int64_t oy = 0; oy < g->h_out; oy++) {
      const ag_range rows = agk_pool2d_window(g, 0, oy);
      for (int64_t i = rows.begin; i < rows.end; i += g->dilation[0]) {
        const AG_REAL *from = x + i * g->w + first;
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
  const int64_t band = band_rows(g);
  if (g->adaptive) AG_NAME(gather_plane)(g, x, x, y);
  if (band == 0 && !g->adaptive) AG_NAME(max_general)(g, x, y);
  for (int64_t oy = 0; oy < g->h_out && band > 0; oy += band) {
    const int64_t left = g->h_out - oy;
    AG_NAME(max_band)(left < band ? left : band, g->w, g->w_out, x + 2 * oy * g->w, y + oy * g->w_out);
  }
}

static void AG_NAME(grad_plane)(const agk_pool2d_geometry *g, const AG_REAL *x, const AG_REAL *gy,
                                AG_REAL *gx) {
  const int64_t band = band_rows(g), done = band > 0 ? 2 * g->h_out * g->w : 0;
  for (int64_t oy = 0; oy < g->h_out && band > 0; oy += band) {
    const int64_t left = g->h_out - oy, at = 2 * oy * g->w;
    AG_NAME(grad_band)(left < band ? left : band, g->w, g->w_out, x + at, gy + oy * g->w_out, gx + at);
  }
  memset(gx + done, 0, (size_t)(g->h * g->w - done) * sizeof *gx);
  for (int64_t oy = 0; oy < g->h_out && band == 0; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, gy++) {
      const int64_t place = AG_NAME(place)(g, oy, ox, x);
      if (place >= 0) gx[place] += *gy;
    }
}

void AG_NAME(agk_max_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                     AG_REAL *y) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * g->kernel[0] * g->kernel[1]))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(max_plane)(g, x + p * in, y + p * out);
}

void AG_NAME(agk_max_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                      const AG_REAL *gy, AG_REAL *gx) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * (in + out * g->kernel[0] * g->kernel[1])))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(grad_plane)(g, x + p * in, gy + p * out, gx + p * in);
}

void AG_NAME(agk_max_pool2d_gather)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *h, AG_REAL *y) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * g->kernel[0] * g->kernel[1]))
  for (int64_t p = 0; p < g->planes; p++) AG_NAME(gather_plane)(g, x + p * in, h + p * in, y + p * out);
}

void AG_NAME(agk_max_pool2d_places)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    int64_t *places) {
  const int64_t in = g->h * g->w, out = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->planes, g->planes * out * g->kernel[0] * g->kernel[1]))
  for (int64_t p = 0; p < g->planes; p++)
    for (int64_t o = 0; o < out; o++)
      places[p * out + o] = AG_NAME(place)(g, o / g->w_out, o % g->w_out, x + p * in);
}
#endif
