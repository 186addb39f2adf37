/* max_pool2d_last.c - the greatest element of each window where several channels lie beside each other.
 *
 * Window by window, with all channels of a strip side by side, in reading order: so there are no elements to
 * be parted and no rows that are too short for a vector. Which place of its window is the greatest of each
 * channel is counted from 0 among the places inside of the plane; a second walk through the window gives or
 * takes there. 2x2 windows side by side have a file of their own.
 *
 * The bits are those of the same channels as planes. */
#ifndef AG_REAL
#include <math.h>
#include <string.h>

#include "kernels/pool2d.h"

/* The pixels p of a window that lie inside of the plane, in reading order. */
#define EACH_PIXEL(p, g, rows, columns)                                                                      \
  for (int64_t row_ = (rows).begin; row_ < (rows).end; row_ += (g)->dilation[0])                             \
    for (int64_t column_ = (columns).begin, p = row_ * (g)->w + column_; column_ < (columns).end;            \
         column_ += (g)->dilation[1], p += (g)->dilation[1])

#define AG_SELF "kernels/max_pool2d_last.c"
#include "core/each_real.h"
#undef EACH_PIXEL
#else

/* The number of a place in its window. As wide as an element, so that both fill vectors alike. */
#if AG_REAL_BYTES == 4
typedef int32_t AG_NAME(number);
#else
typedef int64_t AG_NAME(number);
#endif

AG_INLINE void AG_NAME(compare)(int64_t n, const AG_REAL *restrict x, AG_REAL *restrict best) {
  for (int64_t c = 0; c < n; c++) best[c] = AGK_BEATS(x[c], best[c]) ? x[c] : best[c];
}

AG_INLINE void AG_NAME(compare_and_note)(int64_t n, AG_NAME(number) k, const AG_REAL *restrict x,
                                         AG_REAL *restrict best, AG_NAME(number) *restrict where) {
  for (int64_t c = 0; c < n; c++) {
    const bool better = AGK_BEATS(x[c], best[c]);
    best[c] = better ? x[c] : best[c];
    where[c] = better ? k : where[c];
  }
}

AG_INLINE void AG_NAME(add_where)(int64_t n, AG_NAME(number) k, const AG_NAME(number) *restrict where,
                                  const AG_REAL *restrict g, AG_REAL *restrict y) {
  for (int64_t c = 0; c < n; c++) y[c] = where[c] == k ? y[c] + g[c] : y[c];
}

AG_INLINE void AG_NAME(take_where)(int64_t n, AG_NAME(number) k, const AG_NAME(number) *restrict where,
                                   const AG_REAL *restrict h, AG_REAL *restrict y) {
  for (int64_t c = 0; c < n; c++) y[c] = where[c] == k ? h[c] : y[c];
}

/* In which place of the window the greatest of n channels lie; 0 where it sees padding alone. */
AG_INLINE void AG_NAME(find)(const agk_pool2d_geometry *g, int64_t n, ag_range rows, ag_range columns,
                             const AG_REAL *x, AG_NAME(number) * where) {
  AG_REAL best[AGK_POOL2D_STRIP];
  AG_NAME(number) k = 0;
  for (int64_t c = 0; c < n; c++) best[c] = -(AG_REAL)INFINITY, where[c] = 0;
  EACH_PIXEL(p, g, rows, columns) AG_NAME(compare_and_note)(n, k++, x + p * g->channels, best, where);
}

AG_MULTIVERSION static void AG_NAME(max_strip)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                               AG_REAL *y) {
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, y += g->channels) {
      const ag_range rows = agk_pool2d_window(g, 0, oy), columns = agk_pool2d_window(g, 1, ox);
      for (int64_t c = 0; c < n; c++) y[c] = -(AG_REAL)INFINITY;
      EACH_PIXEL(p, g, rows, columns) AG_NAME(compare)(n, x + p * g->channels, y);
    }
}

AG_MULTIVERSION static void AG_NAME(grad_strip)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                                const AG_REAL *gy, AG_REAL *gx) {
  AG_NAME(number) where[AGK_POOL2D_STRIP];
  for (int64_t p = 0; p < g->h * g->w; p++) memset(gx + p * g->channels, 0, (size_t)n * sizeof *gx);
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, gy += g->channels) {
      const ag_range rows = agk_pool2d_window(g, 0, oy), columns = agk_pool2d_window(g, 1, ox);
      AG_NAME(number) k = 0;
      AG_NAME(find)(g, n, rows, columns, x, where);
      EACH_PIXEL(p, g, rows, columns) AG_NAME(add_where)(n, k++, where, gy, gx + p * g->channels);
    }
}

AG_MULTIVERSION static void AG_NAME(gather_strip)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                                  const AG_REAL *h, AG_REAL *y) {
  AG_NAME(number) where[AGK_POOL2D_STRIP];
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, y += g->channels) {
      const ag_range rows = agk_pool2d_window(g, 0, oy), columns = agk_pool2d_window(g, 1, ox);
      AG_NAME(number) k = 0;
      AG_NAME(find)(g, n, rows, columns, x, where);
      for (int64_t c = 0; c < n; c++) y[c] = 0;
      EACH_PIXEL(p, g, rows, columns) AG_NAME(take_where)(n, k++, where, h + p * g->channels, y);
    }
}

AG_MULTIVERSION static void AG_NAME(places_strip)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                                  int64_t *places) {
  AG_NAME(number) where[AGK_POOL2D_STRIP];
  for (int64_t oy = 0; oy < g->h_out; oy++)
    for (int64_t ox = 0; ox < g->w_out; ox++, places += g->channels) {
      const ag_range rows = agk_pool2d_window(g, 0, oy), columns = agk_pool2d_window(g, 1, ox);
      AG_NAME(number) k = 0;
      AG_NAME(find)(g, n, rows, columns, x, where);
      for (int64_t c = 0; c < n; c++) places[c] = -1;
      EACH_PIXEL(p, g, rows, columns) {
        for (int64_t c = 0; c < n; c++) places[c] = where[c] == k ? p : places[c];
        k++;
      }
    }
}

void AG_NAME(agk_max_last_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y) {
  AG_PARALLEL_FOR(agk_pool2d_strip_team(threads, g))
  for (int64_t i = 0; i < agk_pool2d_strips(g); i++) {
    const agk_pool2d_strip s = agk_pool2d_strip_at(g, i);
    if (agk_pool2d_by_two(g))
      AG_NAME(agk_max_last_two)(g, s.n, x + s.x, y + s.y);
    else
      AG_NAME(max_strip)(g, s.n, x + s.x, y + s.y);
  }
}

void AG_NAME(agk_max_last_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *gy, AG_REAL *gx) {
  AG_PARALLEL_FOR(agk_pool2d_strip_team(threads, g))
  for (int64_t i = 0; i < agk_pool2d_strips(g); i++) {
    const agk_pool2d_strip s = agk_pool2d_strip_at(g, i);
    if (agk_pool2d_by_two(g))
      AG_NAME(agk_max_last_two_grad)(g, s.n, x + s.x, gy + s.y, gx + s.x);
    else
      AG_NAME(grad_strip)(g, s.n, x + s.x, gy + s.y, gx + s.x);
  }
}

void AG_NAME(agk_max_last_gather)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                  const AG_REAL *h, AG_REAL *y) {
  AG_PARALLEL_FOR(agk_pool2d_strip_team(threads, g))
  for (int64_t i = 0; i < agk_pool2d_strips(g); i++) {
    const agk_pool2d_strip s = agk_pool2d_strip_at(g, i);
    AG_NAME(gather_strip)(g, s.n, x + s.x, h + s.x, y + s.y);
  }
}

void AG_NAME(agk_max_last_places)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                  int64_t *places) {
  AG_PARALLEL_FOR(agk_pool2d_strip_team(threads, g))
  for (int64_t i = 0; i < agk_pool2d_strips(g); i++) {
    const agk_pool2d_strip s = agk_pool2d_strip_at(g, i);
    AG_NAME(places_strip)(g, s.n, x + s.x, places + s.y);
  }
}
#endif
