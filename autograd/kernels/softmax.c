/* softmax.c - log-sum-exp, softmax, log-softmax and their gradients.
 *
 * Where the axis lies along memory, a row is the unit of work: its exponentials are made in blocks, which are
 * summed pairwise and joined in double. Else a strip of columns of one outer index is the unit, and the
 * vectors run across the columns, whose sums are double. So a long axis costs no precision. */
#ifndef AG_REAL
#include "kernels/softmax.h"

#include <math.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/elementary.h"

enum {
  STRIP = 64,   /* columns taken together */
  BLOCK = 256,  /* elements of a row taken together, */
  STEP = 16,    /* and those of a vector of the widest kind */
  EXP_COST = 4, /* elementary operations that exp takes */
};

#define AG_SELF "kernels/softmax.c"
#include "core/each_real.h"
#else

#include "kernels/lanes.h"

/* Rows. */

/* 0 in place of -infinity and infinity: exp(x - top) is then exp(x), which gives 0 and infinity where
 * infinity
 * - infinity would give NaN. That is for logsumexp; a softmax of such a row is NaN, as in PyTorch. */
AG_INLINE AG_REAL AG_NAME(finite)(AG_REAL top) { return AG_MATH(fabs)(top) == (AG_REAL)INFINITY ? 0 : top; }

AG_INLINE void AG_NAME(top_step)(const AG_REAL *x, AG_REAL lane[AGK_LANES]) {
  for (int l = 0; l < AGK_LANES; l++) lane[l] = AG_NAME(winner)(false, x[l], lane[l]);
}

/* What is subtracted from a row: its maximum, or NaN if there is one. The last step may look at elements
 * again, which changes nothing. */
AG_INLINE AG_REAL AG_NAME(top)(int64_t n, const AG_REAL *x) {
  AG_REAL lane[AGK_LANES], top = -(AG_REAL)INFINITY;
  if (n < AGK_LANES) {
    for (int64_t i = 0; i < n; i++) top = AG_NAME(winner)(false, x[i], top);
    return top;
  }
  for (int l = 0; l < AGK_LANES; l++) lane[l] = x[l];
  for (int64_t i = AGK_LANES; i + AGK_LANES <= n; i += AGK_LANES) AG_NAME(top_step)(x + i, lane);
  AG_NAME(top_step)(x + n - AGK_LANES, lane);
  return AG_NAME(best_lane)(false, lane);
}

AG_MULTIVERSION static AG_REAL AG_NAME(row_top)(int64_t n, const AG_REAL *x) { return AG_NAME(top)(n, x); }

/* y = exp(x - top), and y = x / sum. n is a constant where they are called for each step of a row, whose last
 * one may begin within the one before: so there is vector code for all. */
AG_INLINE void AG_NAME(exps)(int64_t n, const AG_REAL *restrict x, AG_REAL top, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = AG_NAME(agk_exp)(x[i] - top);
}

AG_INLINE void AG_NAME(quotients)(int64_t n, const AG_REAL *restrict x, AG_REAL sum, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] / sum;
}

#define STEPS(f, n, x, number, y)                                                                            \
  do {                                                                                                       \
    if ((n) < STEP) f(n, x, number, y);                                                                      \
    for (int64_t i = 0; i + STEP <= (n); i += STEP) f(STEP, (x) + i, number, (y) + i);                       \
    if ((n) > STEP) f(STEP, (x) + (n)-STEP, number, (y) + (n)-STEP);                                         \
  } while (0)

AG_MULTIVERSION static void AG_NAME(row_exp)(int64_t n, const AG_REAL *x, AG_REAL top, AG_REAL *y) {
  STEPS(AG_NAME(exps), n, x, top, y);
}

AG_MULTIVERSION static void AG_NAME(row_divide)(int64_t n, AG_REAL sum, AG_REAL *y) {
  for (int64_t i = 0; i < n; i++) y[i] = y[i] / sum;
}

/* A row of one block, in one go. */
AG_MULTIVERSION static void AG_NAME(softmax_block)(int64_t n, const AG_REAL *x, AG_REAL *y) {
  AG_REAL room[BLOCK];
  const AG_REAL top = AG_NAME(top)(n, x);
  room[0] = 0; /* of a row of none */
  STEPS(AG_NAME(exps), n, x, top, room);
  const AG_REAL sum = AG_NAME(agk_sum)(n, room);
  STEPS(AG_NAME(quotients), n, room, sum, y);
}
#undef STEPS

AG_MULTIVERSION static void AG_NAME(row_subtract)(int64_t n, const AG_REAL *x, AG_REAL top, AG_REAL lse,
                                                  AG_REAL *y) {
  for (int64_t i = 0; i < n; i++) y[i] = x[i] - top - lse;
}

/* The sum of exp(x - top), which are left in y where it is given. */
static double AG_NAME(row_exp_sum)(int64_t n, const AG_REAL *x, AG_REAL top, AG_REAL *y) {
  AG_REAL room[BLOCK];
  double sum = 0;
  for (int64_t i = 0; i < n; i += BLOCK) {
    const int64_t some = n - i < BLOCK ? n - i : BLOCK;
    AG_REAL *to = y ? y + i : room;
    AG_NAME(row_exp)(some, x + i, top, to);
    sum += (double)AG_NAME(agk_sum)(some, to);
  }
  return sum;
}

static void AG_NAME(softmax_row)(int64_t n, const AG_REAL *x, AG_REAL *y) {
  if (n <= BLOCK) {
    AG_NAME(softmax_block)(n, x, y);
    return;
  }
  const double sum = AG_NAME(row_exp_sum)(n, x, AG_NAME(row_top)(n, x), y);
  AG_NAME(row_divide)(n, (AG_REAL)sum, y);
}

static void AG_NAME(log_softmax_row)(int64_t n, const AG_REAL *x, AG_REAL *y) {
  const AG_REAL top = AG_NAME(row_top)(n, x);
  AG_NAME(row_subtract)(n, x, top, (AG_REAL)log(AG_NAME(row_exp_sum)(n, x, top, NULL)), y);
}

/* gx = y (gy - sum(gy y)), after the products have been left in gx. */
AG_MULTIVERSION static void AG_NAME(row_products)(int64_t n, const AG_REAL *y, const AG_REAL *gy,
                                                  AG_REAL *to) {
  for (int64_t i = 0; i < n; i++) to[i] = gy[i] * y[i];
}

AG_MULTIVERSION static void AG_NAME(row_centre)(int64_t n, const AG_REAL *y, const AG_REAL *gy, AG_REAL dot,
                                                AG_REAL *gx) {
  for (int64_t i = 0; i < n; i++) gx[i] = y[i] * (gy[i] - dot);
}

AG_MULTIVERSION static void AG_NAME(row_log_centre)(int64_t n, const AG_REAL *y, const AG_REAL *gy,
                                                    AG_REAL sum, AG_REAL *gx) {
  for (int64_t i = 0; i < n; i++) gx[i] = gy[i] - AG_NAME(agk_exp)(y[i]) * sum;
}

static void AG_NAME(softmax_grad_row)(int64_t n, const AG_REAL *y, const AG_REAL *gy, AG_REAL *gx) {
  AG_REAL room[BLOCK];
  double dot = 0;
  for (int64_t i = 0; i < n; i += BLOCK) {
    const int64_t some = n - i < BLOCK ? n - i : BLOCK;
    AG_NAME(row_products)(some, y + i, gy + i, room);
    dot += (double)AG_NAME(agk_sum)(some, room);
  }
  AG_NAME(row_centre)(n, y, gy, (AG_REAL)dot, gx);
}

static void AG_NAME(log_softmax_grad_row)(int64_t n, const AG_REAL *y, const AG_REAL *gy, AG_REAL *gx) {
  AG_NAME(row_log_centre)(n, y, gy, AG_NAME(agk_sum)(n, gy), gx);
}

/* Strips of columns. */

/* top[j] = what is subtracted from column j. */
AG_MULTIVERSION static void AG_NAME(tops)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                          AG_REAL *top) {
  for (int64_t j = 0; j < width; j++) top[j] = -(AG_REAL)INFINITY;
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) top[j] = AG_NAME(winner)(false, x[r * ld + j], top[j]);
}

/* lse[j] = log(sum over the axis of exp(x - top)). */
AG_MULTIVERSION static void AG_NAME(log_sums)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                              const AG_REAL *top, AG_REAL *lse) {
  double sum[STRIP] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) sum[j] += (double)AG_NAME(agk_exp)(x[r * ld + j] - top[j]);
  for (int64_t j = 0; j < width; j++) lse[j] = (AG_REAL)log(sum[j]);
}

AG_MULTIVERSION static void AG_NAME(softmax_strip)(int64_t rows, int64_t ld, int64_t width, const AG_REAL *x,
                                                   AG_REAL *y) {
  AG_REAL top[STRIP];
  double sum[STRIP] = {0};
  AG_NAME(tops)(rows, ld, width, x, top);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) {
      const AG_REAL e = AG_NAME(agk_exp)(x[r * ld + j] - top[j]);
      y[r * ld + j] = e;
      sum[j] += (double)e;
    }
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) y[r * ld + j] = y[r * ld + j] / (AG_REAL)sum[j];
}

AG_MULTIVERSION static void AG_NAME(log_softmax_strip)(int64_t rows, int64_t ld, int64_t width,
                                                       const AG_REAL *x, AG_REAL *y) {
  AG_REAL top[STRIP], lse[STRIP];
  AG_NAME(tops)(rows, ld, width, x, top);
  AG_NAME(log_sums)(rows, ld, width, x, top, lse);
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) y[r * ld + j] = x[r * ld + j] - top[j] - lse[j];
}

AG_MULTIVERSION static void AG_NAME(softmax_grad_strip)(int64_t rows, int64_t ld, int64_t width,
                                                        const AG_REAL *y, const AG_REAL *gy, AG_REAL *gx) {
  double dot[STRIP] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) dot[j] += (double)gy[r * ld + j] * (double)y[r * ld + j];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) gx[r * ld + j] = y[r * ld + j] * (gy[r * ld + j] - (AG_REAL)dot[j]);
}

AG_MULTIVERSION static void AG_NAME(log_softmax_grad_strip)(int64_t rows, int64_t ld, int64_t width,
                                                            const AG_REAL *y, const AG_REAL *gy,
                                                            AG_REAL *gx) {
  double sum[STRIP] = {0};
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++) sum[j] += (double)gy[r * ld + j];
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = 0; j < width; j++)
      gx[r * ld + j] = gy[r * ld + j] - AG_NAME(agk_exp)(y[r * ld + j]) * (AG_REAL)sum[j];
}

/* Where the columns of unit u begin, and how many they are. */
static int64_t AG_NAME(strip)(const agk_reduce_geometry *g, int64_t u, int64_t *width) {
  const int64_t strips = ag_chunks(g->inner, STRIP);
  *width = 1;
  if (g->inner == 1) return u * g->reduce;
  const ag_range j = ag_chunk_range(u % strips, strips, g->inner);
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
    AG_REAL *to = y + u / strips * g->inner + ag_chunk_range(u % strips, strips, g->inner).begin;
    if (g->inner == 1) {
      top[0] = AG_NAME(finite)(AG_NAME(row_top)(g->reduce, x + at));
      lse[0] = (AG_REAL)log(AG_NAME(row_exp_sum)(g->reduce, x + at, top[0], NULL));
    } else {
      AG_NAME(tops)(g->reduce, g->inner, width, x + at, top);
      for (int64_t j = 0; j < width; j++) top[j] = AG_NAME(finite)(top[j]);
      AG_NAME(log_sums)(g->reduce, g->inner, width, x + at, top, lse);
    }
    for (int64_t j = 0; j < width; j++) to[j] = top[j] + lse[j];
  }
}

void AG_NAME(agk_softmax_forward)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y) {
  const int64_t units = AG_NAME(units)(g);
  AG_PARALLEL_FOR(ag_team(threads, units, AG_NAME(work)(g)))
  for (int64_t u = 0; u < units; u++) {
    int64_t width;
    const int64_t at = AG_NAME(strip)(g, u, &width);
    if (g->inner == 1)
      AG_NAME(softmax_row)(g->reduce, x + at, y + at);
    else
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
    if (g->inner == 1)
      AG_NAME(log_softmax_row)(g->reduce, x + at, y + at);
    else
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
    if (g->inner == 1)
      AG_NAME(softmax_grad_row)(g->reduce, y + at, gy + at, gx + at);
    else
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
    if (g->inner == 1)
      AG_NAME(log_softmax_grad_row)(g->reduce, y + at, gy + at, gx + at);
    else
      AG_NAME(log_softmax_grad_strip)(g->reduce, g->inner, width, y + at, gy + at, gx + at);
  }
}
#endif
