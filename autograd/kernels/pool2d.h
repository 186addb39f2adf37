/* pool2d.h - two-dimensional pooling over windows.
 *
 * Output (p, q) of a plane looks at rows p s0 - p0 + i d0 (0 <= i < kernel[0]) and columns alike; what lies
 * in the padding is skipped. Planes are the N * C images of a batch; everything is contiguous: x (planes, h,
 * w), y and index (planes, h_out, w_out). Average pooling ignores the dilation (set it to 1). Any h_out is
 * served, so ceil_mode too. */
#ifndef AG_REAL
#ifndef AG_KERNELS_POOL2D_H
#define AG_KERNELS_POOL2D_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t planes, h, w;
  int64_t kernel[2], stride[2], padding[2], dilation[2]; /* [0] height, [1] width */
  int64_t h_out, w_out;
} agk_pool2d_geometry;

#define AG_SELF "kernels/pool2d.h"
#include "core/each_real.h"
#endif
#else

/* y = the greatest element of the window and index = its place i * w + j in its plane. The first of equal
 * elements wins; NaN beats every number, and the last NaN wins, as in PyTorch. A window that sees padding
 * only gives -infinity and index -1. */
void AG_NAME(agk_max_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y,
                                     int64_t *index);

/* gx[plane, index[o]] = sum of the gy[o] that point there, 0 elsewhere. */
void AG_NAME(agk_max_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *gy,
                                      const int64_t *index, AG_REAL *gx);

/* y[o] = x[plane, index[o]], 0 where the index is -1: the derivative of the line above with respect to gy. */
void AG_NAME(agk_max_pool2d_gather)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    const int64_t *index, AG_REAL *y);

/* y = sum of the window / divisor. The divisor counts the padding (PyTorch's default) where
 * count_include_pad, else the elements of the window inside the plane; what lies beyond the padding
 * (ceil_mode) is never counted. */
void AG_NAME(agk_avg_pool2d_forward)(int threads, const agk_pool2d_geometry *g, bool count_include_pad,
                                     const AG_REAL *x, AG_REAL *y);

/* gx = sum over the windows that contain the element of gy / divisor. */
void AG_NAME(agk_avg_pool2d_backward)(int threads, const agk_pool2d_geometry *g, bool count_include_pad,
                                      const AG_REAL *gy, AG_REAL *gx);
#endif
