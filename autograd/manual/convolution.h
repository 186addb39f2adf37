/* Convolution. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_CONVOLUTION_H
#define AUTOGRAD_MANUAL_CONVOLUTION_H

/* Where an option of the height would hold for the width, too: .padding = 1, .padding_w = AG_NO_PADDING. */
enum { AG_NO_PADDING = -0x7fffffff };

/* Padding of the four sides, as .sides = AG_SIDES(top, bottom, left, right), in place of .padding. */
typedef struct {
  bool given;
  int top, bottom, left, right;
} ag_sides;
#define AG_SIDES(top, bottom, left, right) ((ag_sides){true, top, bottom, left, right})

/* Cross-correlation: x (n, c, h, w), weight (o, c / groups, kh, kw) and optionally bias (o) give (n, o, h', w') with
 * h' = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) + 1. Defaults: stride 1, padding 0, dilation 1,
 * groups 1. The _w options set the width's value where it differs from the height's. .same = true pads so that y has
 * the size of x (PyTorch's padding = "same"; stride 1): by dilation (kernel - 1) places in all, the odd one behind.
 * With .channels_last = true x is (n, h, w, c) and y (n, h', w', o), the weight as before (PyTorch's memory format of that
 * name, as a shape): 3x3 kernels are faster so, and batch normalisation sees the rows of ag_reshape(x, (n h w, c)).
 *
 * Between batch normalisations with rectifiers, and with channels last, some options save what these would write and read:
 *   .norm     (3, c), of ag_batch_norm_map: the convolution is that of ag_norm_relu(x, norm), which is never made
 *   .moments  where (2, o) comes, mean and biased variance of each channel of y, for the next ag_batch_norm_map
 *   .pool     with .pool_sign (o), the weight of the batch normalisation behind: y (n, h' / pool, w' / pool, o) is of each
 *             window of pool x pool, side by side, the number that normalisation makes greatest, the least where the
 *             channel's sign is negative, else the greatest; so ag_norm_relu of it is max pooling of ag_norm_relu of all.
 *             Where the weight is 0 all are equal behind it, and the first greatest y has the gradient, as above 0.
 *             The moments are those of all. AG_EVALUE where pool is negative or larger than a result */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
  int stride, padding, dilation, groups;
  int stride_w, padding_w, dilation_w;
  ag_sides sides;
  bool same, channels_last;
  ag_tensor *norm, **moments, *pool_sign;
  int pool;
} ag_conv2d_args;
ag_tensor *ag_conv2d(ag_conv2d_args a);
/* The same for x (n, c, l) and weight (o, c / groups, k), treated as images of height 1: that is how messages of conv2d
 * show them. A convolution that sees no future has .sides = AG_SIDES(0, 0, dilation * (k - 1), 0). */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
  int stride, padding, dilation, groups;
  ag_sides sides;
  bool same;
} ag_conv1d_args;
ag_tensor *ag_conv1d(ag_conv1d_args a);

/* Transposed convolution: the gradient of ag_conv2d, with these options, to its x. x (n, c, h, w), weight
 * (c, o / groups, kh, kw) and optionally bias (o) give (n, o, h', w') with h' = (h - 1) stride - 2 padding +
 * dilation (kh - 1) + output_padding + 1. Defaults as above, output_padding 0; it must be below stride or dilation, and
 * .output_padding_w = AG_NO_PADDING stands for 0. */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
  int stride, padding, output_padding, groups, dilation;
  int stride_w, padding_w, output_padding_w, dilation_w;
} ag_conv_transpose2d_args;
ag_tensor *ag_conv_transpose2d(ag_conv_transpose2d_args a);
/* The same for x (n, c, l) and weight (c, o / groups, k). */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
  int stride, padding, output_padding, groups, dilation;
} ag_conv_transpose1d_args;
ag_tensor *ag_conv_transpose1d(ag_conv_transpose1d_args a);

/* The windows of x (n, c, h, w) as columns: (n, c kh kw, h' w'), whose row (c kh + i) kw + j holds element i, j of channel
 * c of each window, and 0 in the padding (PyTorch's unfold). h' = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) +
 * 1. Defaults as above, options in PyTorch's order. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, dilation, padding, stride;
  int kernel_w, dilation_w, padding_w, stride_w;
} ag_im2col_args;
ag_tensor *ag_im2col(ag_im2col_args a);
/* Its adjoint: x (n, c kh kw, windows) gives (n, c, h, w), where each element is added to the place that ag_im2col takes
 * it from (PyTorch's fold). */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int64_t h, w;
  int kernel, dilation, padding, stride;
  int kernel_w, dilation_w, padding_w, stride_w;
} ag_col2im_args;
ag_tensor *ag_col2im(ag_col2im_args a);

#endif
