/* interpolate.h - images of another size: each row is a weighted sum of a few rows, and each of its numbers
 * one of a few numbers of that sum. Planes are the N * C images of a batch; everything is contiguous: x
 * (planes, h, w), y (planes, h_out, w_out). */
#ifndef AG_REAL
#ifndef AG_KERNELS_INTERPOLATE_H
#define AG_KERNELS_INTERPOLATE_H
#include <stdint.h>

/* Along one axis, output o is the sum of weight[o taps + t] x[index[o taps + t]] over t < taps. With one tap
 * the weight is 1 and not read. */
#define AGK_MOST_TAPS 4

#define AG_SELF "kernels/interpolate.h"
#include "core/each_real.h"
#endif
#else

typedef struct {
  int64_t in, out;
  int taps;
  const int64_t *index;
  const AG_REAL *weight;
} AG_NAME(agk_axis);

/* y = x interpolated. rows is scratch of w numbers for each thread. */
void AG_NAME(agk_interpolate)(int threads, int64_t planes, const AG_NAME(agk_axis) * height,
                              const AG_NAME(agk_axis) * width, const AG_REAL *x, AG_REAL *y, AG_REAL *rows);

/* gx = d<gy, y>/dx, the adjoint. */
void AG_NAME(agk_interpolate_adjoint)(int threads, int64_t planes, const AG_NAME(agk_axis) * height,
                                      const AG_NAME(agk_axis) * width, const AG_REAL *gy, AG_REAL *gx,
                                      AG_REAL *rows);
#endif
