/* finite.h - looks for numbers that are NaN or infinite. */
#ifndef AG_REAL
#ifndef AG_KERNELS_FINITE_H
#define AG_KERNELS_FINITE_H
#include <stdint.h>

#define AG_SELF "kernels/finite.h"
#include "core/each_real.h"
#endif
#else

/* The first place in x (n) of a number that is not finite, or -1. */
int64_t AG_NAME(agk_find_not_finite)(int64_t n, const AG_REAL *x);
#endif
