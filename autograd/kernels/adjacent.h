/* adjacent.h - loops over adjacent numbers that several kernels share, in the calling thread. */
#ifndef AG_REAL
#ifndef AG_KERNELS_ADJACENT_H
#define AG_KERNELS_ADJACENT_H
#include <stdint.h>

#define AG_SELF "kernels/adjacent.h"
#include "core/each_real.h"
#endif
#else

/* y += x. */
void AG_NAME(agk_add)(int64_t n, const AG_REAL *restrict x, AG_REAL *restrict y);

/* h = y > 0 ? g : 0, and g where y is NaN: the gradient in front of what was rectified to y. */
void AG_NAME(agk_rectify_gradient)(int64_t n, const AG_REAL *restrict g, const AG_REAL *restrict y,
                                   AG_REAL *restrict h);
#endif
