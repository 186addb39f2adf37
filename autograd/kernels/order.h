/* order.h - elements of a contiguous array in the order of their size along one axis.
 *
 * The array is seen as (outer, reduce, inner), as in reduce.h. Equal elements, 0 and -0 too, keep the order
 * in which they lie; NaN counts as greater than every number, and one NaN as equal to another; of truths
 * false is the least. So the order is the same whatever the algorithm, the cut of the work and the number of
 * threads. */
#ifndef AG_TYPE
#ifndef AG_KERNELS_ORDER_H
#define AG_KERNELS_ORDER_H
#include <stdbool.h>

#include "kernels/reduce.h"

/* Bytes of scratch memory for the kernels below. */
size_t agk_order_workspace(const agk_reduce_geometry *g, int threads);

#define AG_SELF "kernels/order.h"
#include "core/each_dtype.h"
#endif
#else

/* y[o, j, i] = the elements of x[o, :, i] from the least, or the greatest, on for 0 <= j < count, and index
 * their places; count is at most reduce. */
void AG_NAME(agk_order)(int threads, const agk_reduce_geometry *g, int64_t count, bool descending,
                        const AG_TYPE *x, AG_TYPE *y, int64_t *index, void *workspace);
/* y[o, i] = the element at place k of that order, from the least on, and index its place; with nan_wins the
 * first NaN where there is one. */
void AG_NAME(agk_pick)(int threads, const agk_reduce_geometry *g, int64_t k, bool nan_wins, const AG_TYPE *x,
                       AG_TYPE *y, int64_t *index, void *workspace);
#endif
