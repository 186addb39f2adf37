/* What convolution between normalisations and its gradient share. */
#ifndef AG_OPS_CONV2D_MOMENTS_H
#define AG_OPS_CONV2D_MOMENTS_H

#include "kernels/conv2d.h"
#include "ops/attributes.h"

/* In place of an operand that is not given. */
enum { AG_NO_OPERAND = -1 };

/* The convolution of operand x with the one behind it as weight, where images have their channels last and
 * are not empty; its operand `norm`, where it is given; and the pooling. Stores the error, and returns false,
 * where they do not fit. */
bool ag_conv2d_moments_geometry(const ag_call *call, int x, int norm, int64_t pool,
                                const ag_conv2d_attributes *a, agk_conv2d_geometry *g);

#endif
