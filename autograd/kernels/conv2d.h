/* conv2d.h - two-dimensional convolution (cross-correlation, as in PyTorch's conv2d) and its gradients.
 *
 *   y[n, o, p, q] = bias[o] + sum over c, i, j of w[o, c, i, j] x[n, c', p s0 + i d0 - p0, q s1 + j d1 - p1]
 *
 * with stride s, dilation d, zero padding p and c' = c + (c_in / groups) * (group of o). Index 0 of a pair is
 * the height's, 1 the width's. Shapes: x (n, c_in, h, w), w (c_out, c_in / groups, kh, kw), bias (c_out), y
 * (n, c_out, h_out, w_out), with h_out = floor((h + 2 padding[0] - dilation[0] (kh - 1) - 1) / stride[0]) +
 * 1, and w_out alike; where it is another, there is more or less padding behind the last row. With
 * `channels_last` x is (n, h, w, c_in) and y (n, h_out, w_out, c_out). Everything is contiguous; results are
 * written, not added to. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_H
#define AG_KERNELS_CONV2D_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int64_t n, c_in, h, w;
  int64_t c_out, kh, kw;
  int64_t stride[2], padding[2], dilation[2];
  int64_t groups;       /* divides c_in and c_out */
  int64_t h_out, w_out; /* agk_conv2d_output gives those of equal paddings */
  bool direct;          /* sums the products themselves: Winograd's way is not taken */
  bool channels_last;   /* the channels of a pixel are beside each other, not its columns */
} agk_conv2d_geometry;

/* The output size along one axis by the formula above; 0 or less where the kernel does not fit. */
int64_t agk_conv2d_output(int64_t size, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation);

#define AG_SELF "kernels/conv2d.h"
#include "core/each_real.h"
#endif
#else

/* Bytes of scratch memory for the function of that name, with the same `threads`. Workspaces are aligned to
 * 64 bytes. */
size_t AG_NAME(agk_conv2d_forward_workspace)(const agk_conv2d_geometry *g, int threads);
size_t AG_NAME(agk_conv2d_grad_input_workspace)(const agk_conv2d_geometry *g, int threads);
size_t AG_NAME(agk_conv2d_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads);

/* y = conv2d(x, w) + bias; bias may be NULL. */
void AG_NAME(agk_conv2d_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                 const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace);

/* gx = d<gy, conv2d(x, w)>/dx: the transposed convolution of gy. */
void AG_NAME(agk_conv2d_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                    const AG_REAL *w, AG_REAL *gx, void *workspace);

/* gw = d<gy, conv2d(x, w)>/dw and gb = d<gy, bias>/dbias, the sums of gy over images and places. */
void AG_NAME(agk_conv2d_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                     const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace);

/* Both at once. */
size_t AG_NAME(agk_conv2d_backward_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_conv2d_backward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                  const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw, AG_REAL *gb,
                                  void *workspace);
#endif
