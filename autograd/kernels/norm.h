/* norm.h - batch normalisation over the axes N and S of contiguous (N, C, S) arrays (S = H * W for images, 1
 * for vectors), and the rectifier behind it in the same pass.
 *
 *   z = (x - mean[c]) * rstd[c] * weight[c] + bias[c],   rstd = 1 / sqrt(var + eps),
 *   y = z, or max(z, 0) where `relu`
 *
 * Source: Ioffe and Szegedy, "Batch Normalization", 2015. Blocks of at most 1024 numbers are summed in their
 * own type, and the sums of blocks in double: so sums have a relative error of a few roundings of sums of |.|
 * for any N * S. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_H
#define AG_KERNELS_NORM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int64_t n, c, s;
  double eps;
  bool relu;
} agk_batch_norm_geometry;

#define AG_SELF "kernels/norm.h"
#include "core/each_real.h"
#endif
#else

/* Bytes of scratch memory for both, aligned to 64 bytes. */
size_t AG_NAME(agk_batch_norm_workspace)(const agk_batch_norm_geometry *g);

/* mean[c], the biased variance var[c] = sum (x - mean)^2 / (N S), and y. N S must be at least 1. */
void AG_NAME(agk_batch_norm_forward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                     const AG_REAL *weight, const AG_REAL *bias, AG_REAL *y, AG_REAL *mean,
                                     AG_REAL *var, void *workspace);

/* With h = gy, or 0 where `relu` and y = 0, xhat = (x - mean) rstd and means over N and S:
 *   gbias = sum h,   gweight = sum h xhat,   gx = weight rstd (h - mean(h) - xhat mean(h xhat)). */
void AG_NAME(agk_batch_norm_backward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                      const AG_REAL *mean, const AG_REAL *var, const AG_REAL *weight,
                                      const AG_REAL *bias, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gweight,
                                      AG_REAL *gbias, void *workspace);
#endif
