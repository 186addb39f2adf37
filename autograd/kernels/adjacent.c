/* adjacent.c - loops over adjacent numbers that several kernels share. */
#ifndef AG_REAL
#include "kernels/adjacent.h"

#include "core/multiversion.h"

#define AG_SELF "kernels/adjacent.c"
#include "core/each_real.h"
#else

AG_MULTIVERSION void AG_NAME(agk_add)(int64_t n, const AG_REAL *restrict x, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

AG_MULTIVERSION void AG_NAME(agk_rectify_gradient)(int64_t n, const AG_REAL *restrict g,
                                                   const AG_REAL *restrict y, AG_REAL *restrict h) {
  for (int64_t i = 0; i < n; i++) h[i] = y[i] <= 0 ? 0 : g[i];
}
#endif
