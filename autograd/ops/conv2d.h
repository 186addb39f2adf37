/* What the three operators of convolution share. */
#ifndef AG_OPS_CONV2D_H
#define AG_OPS_CONV2D_H

#include "kernels/conv2d.h"
#include "ops/attributes.h"

/* Refuses strides, paddings, dilations and groups that make no sense, or that could overflow. */
bool ag_conv2d_check_options(const ag_call *call, const ag_conv2d_attributes *a);
/* n images of these channels, height and width. */
static inline ag_shape ag_conv2d_images(const ag_conv2d_attributes *a, int64_t n, int64_t c, int64_t h,
                                        int64_t w) {
  return a->channels_last ? AG_SHAPE(n, h, w, c) : AG_SHAPE(n, c, h, w);
}
/* One number for each channel as images to be expanded, and the axes that a sum over all else goes through.
 */
ag_tensor *ag_conv2d_of_channels(const ag_conv2d_attributes *a, ag_tensor *x);
ag_tensor *ag_conv2d_sum(const ag_conv2d_attributes *a, ag_tensor *images);
/* The output size along axis d, 0 or 1, of an input of this size; 0 or less where the kernel does not fit. */
int64_t ag_conv2d_output(const ag_conv2d_attributes *a, int d, int64_t size, int64_t kernel);
/* The convolution of x and weight with these shapes; stores the error, and returns false, where they do not
 * fit. */
bool ag_conv2d_geometry(const ag_call *call, ag_shape x, ag_shape weight, const ag_conv2d_attributes *a,
                        agk_conv2d_geometry *g);

/* The options that the user wrote, with defaults filled in; `same` is left to conv2d. */
ag_conv2d_attributes ag_conv2d_options(const ag_conv2d_args *a);
/* ag_conv2d with a norm, or for moments: operator conv2d_moments. */
ag_tensor *ag_conv2d_with_moments(const ag_conv2d_args *a, const ag_conv2d_attributes *options);
/* The padding of the width: the height's where nothing else is said. */
static inline int ag_padding_of_width(int height, int width) {
  return width == AG_NO_PADDING ? 0 : width ? width : height;
}

/* The multiply-adds of the direct algorithm for one element of y. */
static inline double ag_conv2d_window(const ag_tensor *weight) {
  return (double)(ag_dim(weight, 1) * ag_dim(weight, 2) * ag_dim(weight, 3));
}

#endif
