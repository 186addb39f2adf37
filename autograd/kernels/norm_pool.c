/* norm_pool.c - windows of an image, a vector of channels at a time, whose numbers stay in registers. The
 * last vector is moved back to the end of the channels; fewer channels than a vector has are one that is not
 * full.
 *
 * The pixels of a window lie in several rows, which is not the order that prefetchers like. So a row of
 * windows is asked for while the one before it is worked on. */
#ifndef AG_REAL
#include "kernels/norm_pool.h"

#include "core/multiversion.h"
#include "kernels/pool2d.h"

/* The rows of a line. */
enum { MEAN, OFFSET, SLOPE, SIGN };

enum { LINE = 64 }; /* bytes of a cache line */

#define AG_SELF "kernels/norm_pool.c"
#include "core/each_real.h"
#else

#include "kernels/vector32.h"

/* Places of windows, as wide as the elements. */
#if AG_REAL_BYTES == 4
typedef int32_t AG_NAME(places) __attribute__((vector_size(BYTES)));
#else
typedef int64_t AG_NAME(places) __attribute__((vector_size(BYTES)));
#endif

/* A window, from the first channel of its first pixel on: c numbers from one pixel to the next, and `line`
 * from one row of pixels to the next. What is asked for lies at y + ahead. */
typedef struct {
  int64_t c, line, ahead;
  const AG_REAL *y;
} AG_NAME(window);

/* ---- Some channels of a window, from j on: W where n is known to be W when this is compiled, or fewer ----
 */

AG_INLINE void AG_NAME(load)(const int64_t n, const AG_REAL *p, AG_NAME(vector) * v) {
  *v = (AG_NAME(vector)){0};
  if (n == W) *v = LOAD(p);
  for (int64_t l = 0; l < n && n != W; l++) (*v)[l] = p[l];
}

AG_INLINE void AG_NAME(store)(const int64_t n, AG_REAL *p, const AG_NAME(vector) * v) {
  if (n == W) STORE(p, *v);
  for (int64_t l = 0; l < n && n != W; l++) p[l] = (*v)[l];
}

/* The y with the greatest s y of a window, and which place it has in reading order. */
AG_INLINE void AG_NAME(find)(const int64_t n, const int64_t pool, const AG_NAME(window) * w, int64_t j,
                             const AG_REAL *sign, AG_NAME(vector) * q, AG_NAME(places) * place) {
  const AG_NAME(vector) one = (AG_NAME(vector)){0} + 1;
  AG_NAME(vector) s, best, v;
  AG_NAME(places) here = {0};
  AG_NAME(load)(n, sign + j, &s);
  s = PICK(s < 0, -one, one);
  AG_NAME(load)(n, w->y + j, &best);
  best *= s;
  *place = here;
  for (int64_t i = 1; i < pool * pool; i++) {
    AG_NAME(load)(n, w->y + i / pool * w->line + i % pool * w->c + j, &v);
    v *= s;
    const AG_NAME(mask) better = AGK_BEATS(v, best);
    here += 1;
    best = PICK(better, v, best);
    *place = ((AG_NAME(places))better & here) | (~(AG_NAME(places))better & *place);
  }
  *q = best * s;
}

AG_INLINE void AG_NAME(pool_some)(const int64_t n, const int64_t pool, const AG_NAME(window) * w, int64_t j,
                                  const AG_REAL *sign, AG_REAL *q) {
  AG_NAME(vector) best;
  AG_NAME(places) place;
  AG_NAME(find)(n, pool, w, j, sign, &best, &place);
  AG_NAME(store)(n, q + j, &best);
}

/* The gradient of rows first <= i < last, where the window begins in total. */
AG_INLINE void AG_NAME(spread_some)(const int64_t n, const int64_t pool, int64_t first, int64_t last,
                                    const AG_NAME(window) * w, int64_t j, const AG_REAL *of,
                                    const AG_REAL *gq, AG_REAL *total) {
  AG_NAME(vector) best, g, mean, offset, slope;
  AG_NAME(places) place, here = {0};
  AG_NAME(find)(n, pool, w, j, of + SIGN * w->c, &best, &place);
  AG_NAME(load)(n, gq + j, &g);
  AG_NAME(load)(n, of + MEAN * w->c + j, &mean);
  AG_NAME(load)(n, of + OFFSET * w->c + j, &offset);
  AG_NAME(load)(n, of + SLOPE * w->c + j, &slope);
  for (int64_t i = 0; i < pool * pool; i++, here += 1) {
    if (i / pool < first || i / pool >= last) continue;
    const int64_t at = i / pool * w->line + i % pool * w->c + j;
    AG_NAME(vector) y;
    AG_NAME(load)(n, w->y + at, &y);
    y = ONLY((AG_NAME(mask))(place == here), g) + offset + (y - mean) * slope;
    AG_NAME(store)(n, total + at, &y);
  }
}

/* ---- All channels of a window ---- */

AG_INLINE void AG_NAME(pool_window)(const int64_t pool, const AG_NAME(window) * w, const AG_REAL *sign,
                                    AG_REAL *q) {
  const int64_t last = w->c - W;
  for (int64_t j = 0; j <= last; j += W) AG_NAME(pool_some)(W, pool, w, j, sign, q);
  if (last < 0) AG_NAME(pool_some)(w->c, pool, w, 0, sign, q);
  if (last > 0 && w->c % W) AG_NAME(pool_some)(W, pool, w, last, sign, q);
}

AG_INLINE void AG_NAME(spread_window)(const int64_t pool, int64_t first, int64_t last,
                                      const AG_NAME(window) * w, const AG_REAL *of, const AG_REAL *gq,
                                      AG_REAL *total) {
  const int64_t end = w->c - W;
  for (int64_t j = 0; j <= end; j += W) {
    for (int64_t i = 0; i < pool * pool * W; i += LINE / AG_REAL_BYTES)
      __builtin_prefetch(w->y + w->ahead + pool * pool * j + i, 0, 2);
    AG_NAME(spread_some)(W, pool, first, last, w, j, of, gq, total);
  }
  if (end < 0) AG_NAME(spread_some)(w->c, pool, first, last, w, 0, of, gq, total);
  if (end > 0 && w->c % W) AG_NAME(spread_some)(W, pool, first, last, w, end, of, gq, total);
}

/* ---- Rows of windows ---- */

AG_INLINE void AG_NAME(pool_image)(const int64_t pool, const agk_norm_windows *g, const AG_REAL *y,
                                   const AG_REAL *sign, AG_REAL *q) {
  const int64_t c = g->channels, line = g->columns * c;
  for (int64_t i = 0; i < g->rows / pool; i++)
    for (int64_t k = 0; k < g->columns / pool; k++, q += c) {
      const AG_NAME(window) w = {c, line, 0, y + i * pool * line + k * pool * c};
      AG_NAME(pool_window)(pool, &w, sign, q);
    }
}

AG_MULTIVERSION void AG_NAME(agk_norm_pool)(const agk_norm_windows *g, const AG_REAL *y, const AG_REAL *sign,
                                            AG_REAL *q) {
  if (g->pool == 2)
    AG_NAME(pool_image)(2, g, y, sign, q);
  else
    AG_NAME(pool_image)(g->pool, g, y, sign, q);
}

/* Pixels beside each other that no window covers. */
AG_INLINE void AG_NAME(line_pixels)(int64_t pixels, int64_t c, const AG_REAL *y, const AG_REAL *of,
                                    AG_REAL *total) {
  for (int64_t i = 0; i < pixels * c; i += c)
    for (int64_t j = 0; j < c; j++)
      total[i + j] = of[OFFSET * c + j] + (y[i + j] - of[MEAN * c + j]) * of[SLOPE * c + j];
}

/* Rows first <= i < last of a row of windows; y and total begin with the first row of the windows. */
AG_INLINE void AG_NAME(spread_row)(const int64_t pool, const agk_norm_windows *g, int64_t first, int64_t last,
                                   const AG_REAL *y, const AG_REAL *of, const AG_REAL *gq, AG_REAL *total) {
  const int64_t c = g->channels, line = g->columns * c, windows = g->columns / pool, covered = windows * pool;
  for (int64_t k = 0; k < windows; k++) {
    const AG_NAME(window) w = {c, line, pool * line + k * pool * (pool - 1) * c, y + k * pool * c};
    AG_NAME(spread_window)(pool, first, last, &w, of, gq + k * c, total + k * pool * c);
  }
  for (int64_t i = first; i < last; i++) AG_NAME(line_pixels)
  (g->columns - covered, c, y + i * line + covered * c, of, total + i * line + covered * c);
}

/* The windows that reach into the rows. */
AG_INLINE void AG_NAME(spread)(const int64_t pool, const agk_norm_windows *g, ag_range rows, const AG_REAL *y,
                               const AG_REAL *of, const AG_REAL *gq, AG_REAL *total) {
  const int64_t line = g->columns * g->channels, of_windows = g->columns / pool * g->channels,
                covered = g->rows / pool * pool;
  int64_t row = rows.begin;
  while (row < rows.end && row < covered) {
    const int64_t window = row / pool, begin = window * pool, left = rows.end - begin;
    const int64_t last = left < pool ? left : pool;
    AG_NAME(spread_row)
    (pool, g, row - begin, last, y + begin * line, of, gq + window * of_windows,
     total + (begin - rows.begin) * line);
    row = begin + last;
  }
  AG_NAME(line_pixels)
  ((rows.end - row) * g->columns, g->channels, y + row * line, of, total + (row - rows.begin) * line);
}

AG_MULTIVERSION void AG_NAME(agk_norm_pool_add_line)(const agk_norm_windows *g, ag_range rows,
                                                     const AG_REAL *y, const AG_REAL *line, const AG_REAL *gq,
                                                     AG_REAL *total) {
  if (g->pool == 2)
    AG_NAME(spread)(2, g, rows, y, line, gq, total);
  else
    AG_NAME(spread)(g->pool, g, rows, y, line, gq, total);
}
#endif
