/* cumulate.c - sums, products and extremes that grow along an axis.
 *
 * Adjacent lanes are computed together, a strip of them, so that the loop over them becomes vector code; what
 * has grown so far stays on the stack. A strip of one lane is compiled apart, where it stays in a register.
 */
#ifndef AG_REAL
#include <math.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/cumulate.h"

enum { STRIP = 64 };

/* log(e^x + e^y). Equal infinities have no difference to work with. */
static double log_add(double x, double y) {
  const double most = x > y || x != x ? x : y, least = x > y || x != x ? y : x;
  return least == most && isinf(most) ? most : most + log1p(exp(least - most));
}

/* The lanes [first, first + width) of one outer index. */
typedef struct {
  agk_reduce_geometry g;
  bool reverse, least;
  const void *a, *x;
  void *y;
  int64_t *index;
} job;

typedef void strip(const job *j, int64_t outer, int64_t first, int64_t width);

static void each_strip(int threads, const job *j, int64_t cost, strip *f) {
  const int64_t strips = ag_chunks(j->g.inner, STRIP), units = j->g.outer * strips;
  AG_PARALLEL_FOR(ag_team(threads, units, cost * j->g.outer * j->g.reduce * j->g.inner))
  for (int64_t u = 0; u < units; u++) {
    const ag_range lanes = ag_chunk_range(u % strips, strips, j->g.inner);
    f(j, u / strips, lanes.begin, lanes.end - lanes.begin);
  }
}

/* Step i of `length` along a lane is place r of `reduce`. */
AG_INLINE int64_t place_of_step(bool reverse, int64_t length, int64_t i) {
  return reverse ? length - 1 - i : i;
}

#define AG_SELF "kernels/cumulate.c"
#include "core/each_real.h"
#else

AG_INLINE void AG_NAME(cumsum)(const job *j, int64_t outer, int64_t first, int64_t width) {
  double sum[STRIP] = {0};
  for (int64_t i = 0; i < j->g.reduce; i++) {
    const int64_t r = place_of_step(j->reverse, j->g.reduce, i);
    const int64_t row = (outer * j->g.reduce + r) * j->g.inner + first;
    const AG_REAL *x = (const AG_REAL *)j->x + row;
    AG_REAL *y = (AG_REAL *)j->y + row;
    for (int64_t k = 0; k < width; k++) {
      sum[k] += (double)x[k];
      y[k] = (AG_REAL)sum[k];
    }
  }
}

AG_INLINE void AG_NAME(cumprod)(const job *j, int64_t outer, int64_t first, int64_t width) {
  double product[STRIP];
  for (int64_t k = 0; k < width; k++) product[k] = 1;
  for (int64_t r = 0; r < j->g.reduce; r++) {
    const int64_t row = (outer * j->g.reduce + r) * j->g.inner + first;
    const AG_REAL *x = (const AG_REAL *)j->x + row;
    AG_REAL *y = (AG_REAL *)j->y + row;
    for (int64_t k = 0; k < width; k++) {
      product[k] *= (double)x[k];
      y[k] = (AG_REAL)product[k];
    }
  }
}

/* Before the first step, what has grown is 0, and nothing of a is read. */
AG_INLINE void AG_NAME(recurrence)(const job *j, int64_t outer, int64_t first, int64_t width) {
  double last[STRIP];
  for (int64_t i = 0; i < j->g.reduce; i++) {
    const int64_t r = place_of_step(j->reverse, j->g.reduce, i), link = j->reverse ? r : r - 1;
    const int64_t row = (outer * j->g.reduce + r) * j->g.inner + first;
    const AG_REAL *b = (const AG_REAL *)j->x + row;
    AG_REAL *y = (AG_REAL *)j->y + row;
    if (i == 0) {
      for (int64_t k = 0; k < width; k++) last[k] = (double)b[k];
    } else {
      const AG_REAL *a = (const AG_REAL *)j->a + (outer * (j->g.reduce - 1) + link) * j->g.inner + first;
      for (int64_t k = 0; k < width; k++) last[k] = (double)a[k] * last[k] + (double)b[k];
    }
    for (int64_t k = 0; k < width; k++) y[k] = (AG_REAL)last[k];
  }
}

static void AG_NAME(logcumsumexp_strip)(const job *j, int64_t outer, int64_t first, int64_t width) {
  double sum[STRIP];
  for (int64_t k = 0; k < width; k++) sum[k] = -(double)INFINITY;
  for (int64_t r = 0; r < j->g.reduce; r++) {
    const int64_t row = (outer * j->g.reduce + r) * j->g.inner + first;
    for (int64_t k = 0; k < width; k++) {
      sum[k] = log_add(sum[k], (double)((const AG_REAL *)j->x)[row + k]);
      ((AG_REAL *)j->y)[row + k] = (AG_REAL)sum[k];
    }
  }
}

static void AG_NAME(extreme_strip)(const job *j, int64_t outer, int64_t first, int64_t width) {
  AG_REAL best[STRIP];
  int64_t place[STRIP];
  for (int64_t r = 0; r < j->g.reduce; r++) {
    const int64_t row = (outer * j->g.reduce + r) * j->g.inner + first;
    const AG_REAL *x = (const AG_REAL *)j->x + row;
    AG_REAL *y = (AG_REAL *)j->y + row;
    for (int64_t k = 0; k < width; k++) {
      const bool no_worse = r == 0 || (j->least ? x[k] <= best[k] : x[k] >= best[k]);
      place[k] = no_worse || x[k] != x[k] ? r : place[k];
      best[k] = no_worse || x[k] != x[k] ? x[k] : best[k];
      y[k] = best[k];
      j->index[row + k] = place[k];
    }
  }
}

AG_MULTIVERSION static void AG_NAME(cumsum_strip)(const job *j, int64_t outer, int64_t first, int64_t width) {
  if (width == 1)
    AG_NAME(cumsum)(j, outer, first, 1);
  else
    AG_NAME(cumsum)(j, outer, first, width);
}

AG_MULTIVERSION static void AG_NAME(cumprod_strip)(const job *j, int64_t outer, int64_t first,
                                                   int64_t width) {
  if (width == 1)
    AG_NAME(cumprod)(j, outer, first, 1);
  else
    AG_NAME(cumprod)(j, outer, first, width);
}

AG_MULTIVERSION static void AG_NAME(recurrence_strip)(const job *j, int64_t outer, int64_t first,
                                                      int64_t width) {
  if (width == 1)
    AG_NAME(recurrence)(j, outer, first, 1);
  else
    AG_NAME(recurrence)(j, outer, first, width);
}

void AG_NAME(agk_cumsum)(int threads, const agk_reduce_geometry *g, bool reverse, const AG_REAL *x,
                         AG_REAL *y) {
  each_strip(threads, &(job){.g = *g, .reverse = reverse, .x = x, .y = y}, 1, AG_NAME(cumsum_strip));
}

void AG_NAME(agk_cumprod)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y) {
  each_strip(threads, &(job){.g = *g, .x = x, .y = y}, 1, AG_NAME(cumprod_strip));
}

void AG_NAME(agk_logcumsumexp)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y) {
  each_strip(threads, &(job){.g = *g, .x = x, .y = y}, 64, AG_NAME(logcumsumexp_strip));
}

void AG_NAME(agk_recurrence)(int threads, const agk_reduce_geometry *g, bool reverse, const AG_REAL *a,
                             const AG_REAL *b, AG_REAL *y) {
  each_strip(threads, &(job){.g = *g, .reverse = reverse, .a = a, .x = b, .y = y}, 2,
             AG_NAME(recurrence_strip));
}

void AG_NAME(agk_cummax)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                         int64_t *index) {
  each_strip(threads, &(job){.g = *g, .x = x, .y = y, .index = index}, 4, AG_NAME(extreme_strip));
}

void AG_NAME(agk_cummin)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                         int64_t *index) {
  each_strip(threads, &(job){.g = *g, .least = true, .x = x, .y = y, .index = index}, 4,
             AG_NAME(extreme_strip));
}
#endif
