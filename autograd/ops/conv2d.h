/* What the three operators of convolution share. */
#ifndef AG_OPS_CONV2D_H
#define AG_OPS_CONV2D_H

#include "kernels/conv2d.h"
#include "ops/attributes.h"

/* The convolution of x and weight with these shapes; stores the error, and returns false, where they do not
 * fit. */
bool ag_conv2d_geometry(const ag_call *call, ag_shape x, ag_shape weight, const ag_conv2d_attributes *a,
                        agk_conv2d_geometry *g);

#endif
