/* softmax.c - log-sum-exp, softmax, log-softmax and their gradients.
 *
 * A strip of columns of one outer index is the unit of work; sums over the axis run in double, so a long axis
 * costs no precision. */
#ifndef AG_REAL
#include "kernels/softmax.h"

#include <math.h>

#include "core/multiversion.h"
#include "core/parallel.h"

enum {
  STRIP = 64,   /* columns taken together */
  EXP_COST = 16 /* elementary operations that exp takes */
};

#define AG_SELF "kernels/softmax.c"
#include "core/each_real.h"
#else

/* top[j] = the maximum over the axis, NaN if there is one, but 0 in place of -infinity and infinity: exp(x -
 * top) is then exp(x), which gives 0 and infinity where infinity - infinity would give NaN. */
AG_MULTIVERSION static void AG_NAME(tops)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                          AG_REAL *top) {
  for (int64_t j = 0; j < width; j++) top[j] = -(AG_REAL)INFINITY;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL v = x[r * ld + j];
      top[j] = v > top[j] || v != v ? v : top[j];
    }
  for (int64_t j = 0; j < width; j++) top[j] = AG_MATH(fabs)(top[j]) == (AG_REAL)INFINITY ? 0 : top[j];
}

/* top as above, and lse[j] = log(sum over the axis of exp(x - top)). */
static void AG_NAME(log_sums)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x, AG_REAL *top,
                              AG_REAL *lse) {
  double sum[STRIP] = {0};
  AG_NAME(tops)(rows, ld, width, x, top);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) sum[j] += (double)AG_MATH(exp)(x[r * ld + j] - top[j]);
  for (int64_t j = 0; j < width; j++) lse[j] = (AG_REAL)log(sum[j]);
}

static void AG_NAME(softmax_strip)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x, AG_REAL *y) {
  AG_REAL top[STRIP];
  double sum[STRIP] = {0};
  AG_NAME(tops)(rows, ld, width, x, top);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL e = AG_MATH(exp)(x[r * ld + j] - top[j]);
      y[r * ld + j] = e;
      sum[j] += (double)e;
    }
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) y[r * ld + j] = y[r * ld + j] / (AG_REAL)sum[j];
}

static void AG_NAME(log_softmax_strip)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                       AG_REAL *y) {
  AG_REAL top[STRIP], lse[STRIP];
  AG_NAME(log_sums)(rows, ld, width, x, top, lse);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) y[r * ld + j] = x[r * ld + j] - top[j] - lse[j];
}

static void AG_NAME(softmax_grad_strip)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *y,
                                        const AG_REAL *gy, AG_REAL *gx) {
  double dot[STRIP] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) dot[j] += (double)gy[r * ld + j] * (double)y[r * ld + j];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) gx[r * ld + j] = y[r * ld + j] * (gy[r * ld + j] - (AG_REAL)dot[j]);
}

static void AG_NAME(log_softmax_grad_strip)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *y,
                                            const AG_REAL *gy, AG_REAL *gx) {
  double sum[STRIP] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) sum[j] += (double)gy[r * ld + j];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++)
      gx[r * ld + j] = gy[r * ld + j] - AG_MATH(exp)(y[r * ld + j]) * (AG_REAL)sum[j];
}

/* Where the columns of unit u begin, and how many they are. */
static int64_t AG_NAME(strip)(const agk_reduce_geometry *g, int64_t u, int64_t *width) {
  const int64_t strips = ag_chunks(g->inner, STRIP);
  const ag_range j = ag_chunk(u % strips, strips, g->inner);
  *width = j.end - j.begin;
  return u / strips * g->reduce * g->inner + j.begin;
}

static int64_t AG_NAME(units)(const agk_reduce_geometry *g) { return g->outer * ag_chunks(g->inner, STRIP); }

static int64_t AG_NAME(work)(const agk_reduce_geometry *g) {
  return g->outer * g->reduce * g->inner * EXP_COST;
}

void AG_NAME(agk_reduce_logsumexp)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y) {
  const int64_t units = AG_NAME(units)(g), strips = ag_chunks(g->inner, STRIP);
  AG_PARALLEL_FOR(ag_team(threads, units, AG_NAME(work)(g)))
  for (int64_t u = 0; u < units; u++) {
    AG_REAL top[STRIP], lse[STRIP];
    int64_t width;
    const int64_t at = AG_NAME(strip)(g, u, &width);
    AG_REAL *to = y + u / strips * g->inner + ag_chunk(u % strips, strips, g->inner).begin;
    AG_NAME(log_sums)(g->reduce, g->inner, width, x + at, top, lse);
    for (int64_t j = 0; j < width; j++) to[j] = top[j] + lse[j];
  }
}

void AG_NAME(agk_softmax_forward)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y) {
  const int64_t units = AG_NAME(units)(g);
  AG_PARALLEL_FOR(ag_team(threads, units, AG_NAME(work)(g)))
  for (int64_t u = 0; u < units; u++) {
    int64_t width;
    const int64_t at = AG_NAME(strip)(g, u, &width);
    AG_NAME(softmax_strip)(g->reduce, g->inner, width, x + at, y + at);
  }
}

void AG_NAME(agk_log_softmax_forward)(int threads, const agk_reduce_geometry *g, const AG_REAL *x,
                                      AG_REAL *y) {
  const int64_t units = AG_NAME(units)(g);
  AG_PARALLEL_FOR(ag_team(threads, units, AG_NAME(work)(g)))
  for (int64_t u = 0; u < units; u++) {
    int64_t width;
    const int64_t at = AG_NAME(strip)(g, u, &width);
    AG_NAME(log_softmax_strip)(g->reduce, g->inner, width, x + at, y + at);
  }
}

void AG_NAME(agk_softmax_backward)(int threads, const agk_reduce_geometry *g, const AG_REAL *y,
                                   const AG_REAL *gy, AG_REAL *gx) {
  const int64_t units = AG_NAME(units)(g);
  AG_PARALLEL_FOR(ag_team(threads, units, g->outer * g->reduce * g->inner * 2))
  for (int64_t u = 0; u < units; u++) {
    int64_t width;
    const int64_t at = AG_NAME(strip)(g, u, &width);
    AG_NAME(softmax_grad_strip)(g->reduce, g->inner, width, y + at, gy + at, gx + at);
  }
}

void AG_NAME(agk_log_softmax_backward)(int threads, const agk_reduce_geometry *g, const AG_REAL *y,
                                       const AG_REAL *gy, AG_REAL *gx) {
  const int64_t units = AG_NAME(units)(g);
  AG_PARALLEL_FOR(ag_team(threads, units, AG_NAME(work)(g)))
  for (int64_t u = 0; u < units; u++) {
    int64_t width;
    const int64_t at = AG_NAME(strip)(g, u, &width);
    AG_NAME(log_softmax_grad_strip)(g->reduce, g->inner, width, y + at, gy + at, gx + at);
  }
}
#endif
