/* reduce_extreme.c - greatest and least elements, and where they are.
 *
 * Where values alone are wanted, lanes of a row or the columns of a strip are compared, and NaN stays once it
 * is there. Where places are wanted too, a row is searched for its extreme value by independent lanes first,
 * which ignore NaN but remember having seen one, and then for the first place that holds it; columns keep
 * their places beside their values. Nothing is rounded, so the order of the work does not show. */
#ifndef AG_REAL
#include <math.h>
#include <stdbool.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/reduce.h"

enum {
  STRIP = 32,        /* columns searched together, with their places, */
  VALUE_STRIP = 512, /* and those of which the values alone are wanted */
};

/* The number of parts that each row is cut into; columns are not. */
static int64_t parts_of(const agk_reduce_geometry *g) { return g->inner == 1 ? agk_reduce_parts(g, 1) : 1; }

#define AG_SELF "kernels/reduce_extreme.c"
#include "core/each_real.h"
#else

#include "kernels/lanes.h"

/* The extremes of numbers and of NaN in lanes of their own, which is a shorter way from one element to the
 * next. */
AG_INLINE void AG_NAME(value_step)(bool least, const AG_REAL *x, AG_REAL lane[AGK_LANES],
                                   AG_REAL nan[AGK_LANES]) {
  for (int l = 0; l < AGK_LANES; l++) {
    lane[l] = AG_NAME(beats)(least, x[l], lane[l]) ? x[l] : lane[l];
    nan[l] = x[l] == x[l] ? nan[l] : x[l];
  }
}

/* The value of the extreme of n >= 1 adjacent elements. The last step may look at elements again, which
 * changes nothing. */
AG_INLINE AG_REAL AG_NAME(value)(bool least, int64_t n, const AG_REAL *x) {
  AG_REAL lane[AGK_LANES], nan[AGK_LANES], best = x[0];
  if (n < AGK_LANES) {
    for (int64_t i = 1; i < n; i++) best = AG_NAME(winner)(least, x[i], best);
    return best;
  }
  for (int l = 0; l < AGK_LANES; l++) lane[l] = nan[l] = least ? (AG_REAL)INFINITY : -(AG_REAL)INFINITY;
  for (int64_t i = 0; i + AGK_LANES <= n; i += AGK_LANES) AG_NAME(value_step)(least, x + i, lane, nan);
  AG_NAME(value_step)(least, x + n - AGK_LANES, lane, nan);
  for (int l = 0; l < AGK_LANES; l++) lane[l] = nan[l] == nan[l] ? lane[l] : nan[l];
  return AG_NAME(best_lane)(least, lane);
}

AG_MULTIVERSION static AG_REAL AG_NAME(value_max)(int64_t n, const AG_REAL *x) {
  return AG_NAME(value)(false, n, x);
}
AG_MULTIVERSION static AG_REAL AG_NAME(value_min)(int64_t n, const AG_REAL *x) {
  return AG_NAME(value)(true, n, x);
}

AG_INLINE void AG_NAME(values)(bool least, int64_t rows, int64_t ld, int64_t width, const AG_REAL *restrict x,
                               AG_REAL *restrict best) {
  for (int64_t j = 0; j < width; j++) best[j] = x[j];
  for (int64_t r = 1; r < rows; r++)
    for (int64_t j = 0; j < width; j++) best[j] = AG_NAME(winner)(least, x[r * ld + j], best[j]);
}

AG_MULTIVERSION static void AG_NAME(values_max)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                                AG_REAL *best) {
  AG_NAME(values)(false, rows, ld, width, x, best);
}
AG_MULTIVERSION static void AG_NAME(values_min)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                                AG_REAL *best) {
  AG_NAME(values)(true, rows, ld, width, x, best);
}

/* The place of the extreme of n >= 1 adjacent elements. */
AG_INLINE int64_t AG_NAME(row)(bool least, int64_t n, const AG_REAL *x) {
  AG_REAL lane[AGK_LANES], best = x[0];
  int64_t i = 0;
  bool nan = false;
  for (int l = 0; l < AGK_LANES; l++) lane[l] = x[0];
  for (; i + AGK_LANES <= n; i += AGK_LANES) {
    int odd = 0;
    for (int l = 0; l < AGK_LANES; l++) {
      lane[l] = AG_NAME(beats)(least, x[i + l], lane[l]) ? x[i + l] : lane[l];
      odd |= x[i + l] != x[i + l];
    }
    if (odd) {
      nan = true;
      break;
    }
  }
  for (; i < n && !nan; i++) {
    if (AG_NAME(beats)(least, x[i], best)) best = x[i];
    nan = x[i] != x[i];
  }
  for (int l = 0; l < AGK_LANES; l++)
    if (AG_NAME(beats)(least, lane[l], best)) best = lane[l];
  i = 0;
  while (nan ? x[i] == x[i] : x[i] != best) i++;
  return i;
}

AG_MULTIVERSION static int64_t AG_NAME(row_max)(int64_t n, const AG_REAL *x) {
  return AG_NAME(row)(false, n, x);
}
AG_MULTIVERSION static int64_t AG_NAME(row_min)(int64_t n, const AG_REAL *x) {
  return AG_NAME(row)(true, n, x);
}

AG_INLINE void AG_NAME(columns)(bool least, int64_t rows, int64_t ld, int64_t width,
                                const AG_REAL *restrict x, AG_REAL *restrict best, int64_t *restrict place) {
  for (int64_t j = 0; j < width; j++) {
    best[j] = x[j];
    place[j] = 0;
  }
  for (int64_t r = 1; r < rows; r++)
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL v = x[r * ld + j];
      const bool better = AG_NAME(beats)(least, v, best[j]) || (v != v && best[j] == best[j]);
      place[j] = better ? r : place[j];
      best[j] = better ? v : best[j];
    }
}

AG_MULTIVERSION static void AG_NAME(columns_max)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                                 AG_REAL *best, int64_t *place) {
  AG_NAME(columns)(false, rows, ld, width, x, best, place);
}
AG_MULTIVERSION static void AG_NAME(columns_min)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                                 AG_REAL *best, int64_t *place) {
  AG_NAME(columns)(true, rows, ld, width, x, best, place);
}

/* Values [j.begin, j.end) of one outer index. */
static void AG_NAME(value_strip)(bool least, const agk_reduce_geometry *g, int64_t outer, ag_range j,
                                 const AG_REAL *x, AG_REAL *y) {
  x += outer * g->reduce * g->inner + j.begin;
  y += outer * g->inner + j.begin;
  if (g->inner == 1)
    *y = (least ? AG_NAME(value_min) : AG_NAME(value_max))(g->reduce, x);
  else
    (least ? AG_NAME(values_min) : AG_NAME(values_max))(g->reduce, g->inner, j.end - j.begin, x, y);
}

/* The same with their places. */
static void AG_NAME(extreme_strip)(bool least, const agk_reduce_geometry *g, int64_t outer, ag_range j,
                                   const AG_REAL *x, AG_REAL *y, int64_t *index) {
  AG_REAL best[STRIP];
  int64_t place[STRIP];
  x += outer * g->reduce * g->inner + j.begin;
  if (g->inner == 1) {
    place[0] = (least ? AG_NAME(row_min) : AG_NAME(row_max))(g->reduce, x);
    best[0] = x[place[0]];
  } else {
    (least ? AG_NAME(columns_min) : AG_NAME(columns_max))(g->reduce, g->inner, j.end - j.begin, x, best,
                                                          place);
  }
  for (int64_t i = 0; i < j.end - j.begin; i++) {
    const int64_t o = outer * g->inner + j.begin + i;
    if (y) y[o] = best[i];
    index[o] = place[i];
  }
}

/* Long rows, which are few: the extremes of their parts, in any order, and of these in theirs. */
static void AG_NAME(extreme_rows)(bool least, int threads, const agk_reduce_geometry *g, int64_t parts,
                                  const AG_REAL *x, AG_REAL *y, int64_t *index) {
  AG_REAL best[AGK_MOST_PARTS];
  int64_t place[AGK_MOST_PARTS];
  AG_PARALLEL_FOR(ag_team(threads, g->outer * parts, g->outer * g->reduce))
  for (int64_t u = 0; u < g->outer * parts; u++) {
    const ag_range r = ag_chunk_range(u % parts, parts, g->reduce);
    const agk_reduce_geometry part = {1, r.end - r.begin, 1};
    const AG_REAL *from = x + u / parts * g->reduce + r.begin;
    if (index)
      AG_NAME(extreme_strip)(least, &part, 0, (ag_range){0, 1}, from, &best[u], &place[u]);
    else
      AG_NAME(value_strip)(least, &part, 0, (ag_range){0, 1}, from, &best[u]);
  }
  for (int64_t u = 0; u < g->outer * parts; u++) {
    const int64_t o = u / parts, first = o * parts;
    const bool better =
        AG_NAME(beats)(least, best[u], best[first]) || (best[u] != best[u] && best[first] == best[first]);
    if (u != first && !better) continue;
    best[first] = best[u];
    if (y) y[o] = best[u];
    if (index) index[o] = ag_chunk_range(u % parts, parts, g->reduce).begin + place[u];
  }
}

static void AG_NAME(extreme)(bool least, int threads, const agk_reduce_geometry *g, const AG_REAL *x,
                             AG_REAL *y, int64_t *index) {
  const int64_t strips = ag_chunks(g->inner, index ? STRIP : VALUE_STRIP), units = g->outer * strips,
                parts = parts_of(g);
  if (parts > 1) {
    AG_NAME(extreme_rows)(least, threads, g, parts, x, y, index);
    return;
  }
  AG_PARALLEL_FOR(ag_team(threads, units, g->outer * g->reduce * g->inner))
  for (int64_t u = 0; u < units; u++) {
    const ag_range j = ag_chunk_range(u % strips, strips, g->inner);
    if (index)
      AG_NAME(extreme_strip)(least, g, u / strips, j, x, y, index);
    else
      AG_NAME(value_strip)(least, g, u / strips, j, x, y);
  }
}

void AG_NAME(agk_reduce_max)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                             int64_t *index) {
  AG_NAME(extreme)(false, threads, g, x, y, index);
}

void AG_NAME(agk_reduce_min)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                             int64_t *index) {
  AG_NAME(extreme)(true, threads, g, x, y, index);
}
#endif
