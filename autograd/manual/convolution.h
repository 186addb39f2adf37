/* Convolution. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_CONVOLUTION_H
#define AUTOGRAD_MANUAL_CONVOLUTION_H

/* Where an option of the height would hold for the width, too: .padding = 1, .padding_w = AG_NO_PADDING. */
enum { AG_NO_PADDING = -0x7fffffff };

/* Cross-correlation: x (n, c, h, w), weight (o, c / groups, kh, kw) and optionally bias (o) give (n, o, h', w') with
 * h' = floor((h + 2 padding - dilation (kh - 1) - 1) / stride) + 1. Defaults: stride 1, padding 0, dilation 1,
 * groups 1. The _w options set the width's value where it differs from the height's. */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
  int stride, padding, dilation, groups;
  int stride_w, padding_w, dilation_w;
} ag_conv2d_args;
ag_tensor *ag_conv2d(ag_conv2d_args a);

#endif
