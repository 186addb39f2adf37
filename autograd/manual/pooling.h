/* Pooling and interpolation. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_POOLING_H
#define AUTOGRAD_MANUAL_POOLING_H

/* Pooling of (n, c, h, w) by windows of kernel x kernel_w; stride 0 stands for the kernel's size. The _w options set
 * the width's value where it differs from the height's; .padding_w = AG_NO_PADDING pads the height alone. padding is at
 * most half of the kernel; padded places count as -infinity in max_pool2d and as zeros in avg_pool2d.
 * h' = floor((h + 2 padding - dilation (kernel - 1) - 1) / stride) + 1; with .ceil_mode = true the quotient is rounded
 * up, but no window begins behind the plane's last row. The first of equal elements is the greatest, and gets the
 * whole gradient; NaN is greater than any number. With .channels_last = true x is (n, h, w, c) and y (n, h', w', c), of
 * the same bits. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding, dilation;
  int kernel_w, stride_w, padding_w, dilation_w;
  bool ceil_mode, channels_last;
} ag_max_pool2d_args;
ag_tensor *ag_max_pool2d(ag_max_pool2d_args a);
/* Where these elements lie in their planes, h w + column (int64; PyTorch's return_indices); -1 for a window that sees
 * padding alone. */
ag_tensor *ag_max_pool2d_indices(ag_max_pool2d_args a);
/* The mean of each window, whose divisor counts padded places unless .exclude_padding = true (PyTorch's
 * count_include_pad = False), or is .divisor (divisor_override) where that is not 0. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding;
  int kernel_w, stride_w, padding_w;
  bool ceil_mode, exclude_padding;
  int divisor;
  bool channels_last;
} ag_avg_pool2d_args;
ag_tensor *ag_avg_pool2d(ag_avg_pool2d_args a);
/* Pooling to planes of h x w, whatever x has: window i of the h covers rows floor(i H / h) to ceil((i + 1) H / h), so that
 * neighbours overlap where h does not divide H, the height of x; columns alike. */
ag_tensor *ag_adaptive_avg_pool2d(ag_site at, ag_tensor *x, int64_t h, int64_t w);
ag_tensor *ag_adaptive_max_pool2d(ag_site at, ag_tensor *x, int64_t h, int64_t w);
ag_tensor *ag_adaptive_max_pool2d_indices(ag_site at, ag_tensor *x, int64_t h, int64_t w);

/* The same for (n, c, l), treated as images of height 1: that is how messages of the inner operator show them. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding, dilation;
  bool ceil_mode;
} ag_max_pool1d_args;
ag_tensor *ag_max_pool1d(ag_max_pool1d_args a);
ag_tensor *ag_max_pool1d_indices(ag_max_pool1d_args a);
typedef struct {
  ag_site at;
  ag_tensor *x;
  int kernel, stride, padding;
  bool ceil_mode, exclude_padding;
} ag_avg_pool1d_args;
ag_tensor *ag_avg_pool1d(ag_avg_pool1d_args a);
ag_tensor *ag_adaptive_avg_pool1d(ag_site at, ag_tensor *x, int64_t l);
ag_tensor *ag_adaptive_max_pool1d(ag_site at, ag_tensor *x, int64_t l);
ag_tensor *ag_adaptive_max_pool1d_indices(ag_site at, ag_tensor *x, int64_t l);

/* x (n, c, h, w) in the size .size x .size_w, or (n, c, l) in the length .size; or in floor(h scale) x floor(w scale_w).
 * The _w options set the width's value where it differs from the height's. Output o of an axis is
 *   AG_NEAREST        x[floor(o in / out)]
 *   AG_NEAREST_EXACT  x[floor((o + 1/2) in / out)]
 *   AG_LINEAR         between the two elements around (o + 1/2) in / out - 1/2; in images bilinear
 *   AG_CUBIC          of the four around it (Keys 1981, a = -3/4); images alone
 *   AG_AREA           as in ag_adaptive_avg_pool2d and _pool1d
 * where a given scale stands for out / in. With .align_corners = true, which is for AG_LINEAR and AG_CUBIC, the place is
 * o (in - 1) / (out - 1). */
typedef enum { AG_NEAREST, AG_NEAREST_EXACT, AG_LINEAR, AG_CUBIC, AG_AREA } ag_interpolation;
typedef struct {
  ag_site at;
  ag_tensor *x;
  int64_t size, size_w;
  double scale, scale_w;
  ag_interpolation mode;
  bool align_corners;
} ag_interpolate_args;
ag_tensor *ag_interpolate(ag_interpolate_args a);

#endif
