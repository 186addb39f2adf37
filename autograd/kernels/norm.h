/* norm.h - batch normalisation over the axes N and S of contiguous (N, C, S) arrays (S = H * W for images, 1
 * for vectors).
 *
 *   y = (x - mean[c]) * rstd[c] * weight[c] + bias[c],   rstd = 1 / sqrt(var + eps)
 *
 * Source: Ioffe and Szegedy, "Batch Normalization", 2015. Sums run in double, so they hold for any N * S. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_H
#define AG_KERNELS_NORM_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t n, c, s;
} agk_batch_norm_geometry;

#define AG_SELF "kernels/norm.h"
#include "core/each_real.h"
#endif
#else

/* mean[c] and the biased variance var[c] = sum (x - mean)^2 / (N S), in two passes. NaN for N S = 0. */
void AG_NAME(agk_batch_norm_statistics)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                        AG_REAL *mean, AG_REAL *var);

/* rstd[c] = 1 / sqrt(var[c] + eps). */
void AG_NAME(agk_batch_norm_rstd)(int64_t c, double eps, const AG_REAL *var, AG_REAL *rstd);

/* y as above; weight may be NULL for ones, bias for zeros. y may be x. */
void AG_NAME(agk_batch_norm_forward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                     const AG_REAL *mean, const AG_REAL *rstd, const AG_REAL *weight,
                                     const AG_REAL *bias, AG_REAL *y);

/* With xhat = (x - mean) rstd and means over N and S:
 *   gbias = sum gy,   gweight = sum gy xhat,
 *   gx = weight rstd (gy - mean(gy) - xhat mean(gy xhat))   where mean and rstd are those of x (training),
 *   gx = weight rstd gy                                     where they are constants (evaluation).
 * weight may be NULL for ones; each of gx, gweight and gbias may be NULL if not wanted. */
void AG_NAME(agk_batch_norm_backward)(int threads, const agk_batch_norm_geometry *g, bool training,
                                      const AG_REAL *x, const AG_REAL *mean, const AG_REAL *rstd,
                                      const AG_REAL *weight, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gweight,
                                      AG_REAL *gbias);
#endif
