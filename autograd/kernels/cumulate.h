/* cumulate.h - what grows along one axis of a contiguous array.
 *
 * Arrays are seen as (outer, reduce, inner), as in reduce.h, and the results have the same shape. The
 * elements that share all coordinates but that along the axis are a lane. A lane is computed from its start
 * to its end, in double, so that it rounds and overflows as the definition says; lanes are shared among
 * threads. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CUMULATE_H
#define AG_KERNELS_CUMULATE_H
#include <stdbool.h>

#include "kernels/reduce.h"

#define AG_SELF "kernels/cumulate.h"
#include "core/each_real.h"
#endif
#else

/* y[r] = x[0] + ... + x[r], or in reverse x[r] + ... + x[reduce - 1]. */
void AG_NAME(agk_cumsum)(int threads, const agk_reduce_geometry *g, bool reverse, const AG_REAL *x,
                         AG_REAL *y);
/* y[r] = x[0] ... x[r]. */
void AG_NAME(agk_cumprod)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y);
/* y[r] = log(exp(x[0]) + ... + exp(x[r])), without overflow. */
void AG_NAME(agk_logcumsumexp)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y);
/* y[r] = a[r - 1] y[r - 1] + b[r] from y[0] = b[0], or in reverse y[r] = a[r] y[r + 1] + b[r] from the last
 * one. a is one element shorter along the axis. */
void AG_NAME(agk_recurrence)(int threads, const agk_reduce_geometry *g, bool reverse, const AG_REAL *a,
                             const AG_REAL *b, AG_REAL *y);
/* y[r] = the greatest (least) of x[0] ... x[r] and index[r] = its place: the last of equal ones, and the last
 * NaN once there is one, as in PyTorch. */
void AG_NAME(agk_cummax)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                         int64_t *index);
void AG_NAME(agk_cummin)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                         int64_t *index);
#endif
