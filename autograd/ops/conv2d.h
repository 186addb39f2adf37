/* What the three operators of convolution share. */
#ifndef AG_OPS_CONV2D_H
#define AG_OPS_CONV2D_H

#include "kernels/conv2d.h"
#include "ops/attributes.h"

/* The convolution of x and weight with these shapes; stores the error, and returns false, where they do not
 * fit. */
bool ag_conv2d_geometry(const ag_call *call, ag_shape x, ag_shape weight, const ag_conv2d_attributes *a,
                        agk_conv2d_geometry *g);

/* The multiply-adds of the direct algorithm for one element of y. */
static inline double ag_conv2d_window(const ag_tensor *weight) {
  return (double)(ag_dim(weight, 1) * ag_dim(weight, 2) * ag_dim(weight, 3));
}

#endif
