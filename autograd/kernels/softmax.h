/* softmax.h - softmax and log-softmax along the middle axis of a contiguous (outer, axis, inner) array, and
 * their gradients.
 *
 * The greatest element is subtracted before exp, so nothing overflows. The geometry is that of reduce.h with
 * the axis in `reduce`. Results may be written over an input of the same shape. */
#ifndef AG_REAL
#ifndef AG_KERNELS_SOFTMAX_H
#define AG_KERNELS_SOFTMAX_H
#include "kernels/reduce.h"

#define AG_SELF "kernels/softmax.h"
#include "core/each_real.h"
#endif
#else

/* y = exp(x - max) / sum exp(x - max). */
void AG_NAME(agk_softmax_forward)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y);

/* y = x - max - log(sum exp(x - max)). */
void AG_NAME(agk_log_softmax_forward)(int threads, const agk_reduce_geometry *g, const AG_REAL *x,
                                      AG_REAL *y);

/* gx = y (gy - sum(gy y)) for y = softmax(x). */
void AG_NAME(agk_softmax_backward)(int threads, const agk_reduce_geometry *g, const AG_REAL *y,
                                   const AG_REAL *gy, AG_REAL *gx);

/* gx = gy - exp(y) sum(gy) for y = log_softmax(x). */
void AG_NAME(agk_log_softmax_backward)(int threads, const agk_reduce_geometry *g, const AG_REAL *y,
                                       const AG_REAL *gy, AG_REAL *gx);
#endif
