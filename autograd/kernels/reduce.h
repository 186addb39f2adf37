/* reduce.h - reductions of one axis (or several adjacent ones) of a contiguous array.
 *
 * The array is seen as (outer, reduce, inner) and the result as (outer, inner). A full reduction has outer =
 * inner = 1; sizes may be 0. */
#ifndef AG_REAL
#ifndef AG_KERNELS_REDUCE_H
#define AG_KERNELS_REDUCE_H
#include <stddef.h>
#include <stdint.h>

#include "core/parallel.h"

typedef struct {
  int64_t outer, reduce, inner;
} agk_reduce_geometry;

/* Parts that are enough to balance the cores, and the elements of one that pay for a thread. */
enum { AGK_MOST_PARTS = 64, AGK_PART = 1 << 15 };

/* How many parts each reduction is cut into, by the shape alone, where `strip` columns are reduced together:
 * 1 unless there are few results of many elements. */
static inline int64_t agk_reduce_parts(const agk_reduce_geometry *g, int64_t strip) {
  const int64_t units = g->outer * ag_chunks(g->inner, strip);
  if (units == 0 || units >= AGK_MOST_PARTS) return 1;
  const int64_t width = g->inner < strip ? g->inner : strip;
  const int64_t parts = g->reduce * width / AGK_PART, most = AGK_MOST_PARTS / units;
  if (parts < 2) return 1;
  return parts < most ? parts : most;
}

/* Bytes of scratch memory for agk_reduce_prod; 0 where each result is computed by one thread. */
size_t agk_reduce_prod_workspace(const agk_reduce_geometry *g);

#define AG_SELF "kernels/reduce.h"
#include "core/each_real.h"
#endif
#else

/* The sum of n adjacent elements in the calling thread, pairwise over blocks: the error grows with log(n). */
AG_REAL AG_NAME(agk_sum)(int64_t n, const AG_REAL *x);

/* Bytes of scratch memory for agk_reduce_sum and the like; 0 where each result is summed by one
 * thread. */
size_t AG_NAME(agk_reduce_sum_workspace)(const agk_reduce_geometry *g, int threads);

/* y[o, i] = sum over r of x[o, r, i], pairwise: the error grows with log(reduce). An empty sum is 0. */
void AG_NAME(agk_reduce_sum)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                             void *workspace);

/* y[o, i] = the product over r of x[o, r, i]. An empty product is 1. */
void AG_NAME(agk_reduce_prod)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                              void *workspace);

/* y[o, i] = sum over r of (x[o, r, i] - centre[o, i])^2, as agk_reduce_sum and with its workspace. */
void AG_NAME(agk_reduce_squares)(int threads, const agk_reduce_geometry *g, const AG_REAL *x,
                                 const AG_REAL *centre, AG_REAL *y, void *workspace);

/* *y = sum over i of (x[i] - other[i])^2, with the workspace of a sum of n numbers. */
void AG_NAME(agk_reduce_distance)(int threads, int64_t n, const AG_REAL *x, const AG_REAL *other, AG_REAL *y,
                                  void *workspace);

/* y[o, i] = the greatest (least) x[o, r, i] and index[o, i] = its r; the first of equal elements wins, and
 * the first NaN beats every number, as in PyTorch. y or index may be NULL if not wanted. reduce must be at
 * least 1. */
void AG_NAME(agk_reduce_max)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                             int64_t *index);
void AG_NAME(agk_reduce_min)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                             int64_t *index);

/* y[o, i] = log(sum over r of exp(x[o, r, i])) = m + log(sum exp(x - m)) with m = max x, so that nothing
 * overflows. -infinity for an empty sum and where all terms are -infinity. */
void AG_NAME(agk_reduce_logsumexp)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y);
#endif
