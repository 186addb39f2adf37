/* whole.h - reductions of whole numbers and truths, of which false is less than true.
 *
 * Arrays are seen as (outer, reduce, inner), as in reduce.h. Sums and products are those of int64 and wrap
 * around as in two's complement. Nothing is rounded, so the order of the work does not show. */
#ifndef AG_TYPE
#ifndef AG_KERNELS_WHOLE_H
#define AG_KERNELS_WHOLE_H
#include <stdbool.h>

#include "kernels/reduce.h"

/* y[o, i] = the sum, or the product, over r of x[o, r, i]. There is no workspace. */
void agk_reduce_sum_i64(int threads, const agk_reduce_geometry *g, const int64_t *x, int64_t *y,
                        void *workspace);
void agk_reduce_prod_i64(int threads, const agk_reduce_geometry *g, const int64_t *x, int64_t *y,
                         void *workspace);
/* y[r] = x[0] + ... + x[r], or in reverse x[r] + ... + x[reduce - 1]. */
void agk_cumsum_i64(int threads, const agk_reduce_geometry *g, bool reverse, const int64_t *x, int64_t *y);
/* y[r] = x[0] ... x[r]. */
void agk_cumprod_i64(int threads, const agk_reduce_geometry *g, const int64_t *x, int64_t *y);

#define AG_SELF "kernels/whole.h"
#include "core/each_dtype.h"
#endif
#elif AG_BITS > 0

/* y[o, i] = the greatest (least) x[o, r, i] and index[o, i] = its first r. y or index may be NULL if not
 * wanted. reduce must be at least 1. */
void AG_NAME(agk_reduce_max)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                             int64_t *index);
void AG_NAME(agk_reduce_min)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                             int64_t *index);
#endif
