/* What the operators share that normalise with known statistics on the way. */
#ifndef AG_OPS_NORM_RELU_H
#define AG_OPS_NORM_RELU_H

#include "kernels/norm_relu_whole.h"
#include "ops/attributes.h"

/* The reason why their gradient operators have no vjp. */
#define AG_NORM_RELU_PLAIN "a recorded pass has the same from other operators"

/* Refuses operand i, the norm, unless it has mean, scale and shift of each of the channels. */
bool ag_norm_relu_check(const ag_call *call, int i, int64_t channels);
/* Row mean, scale or shift (norm_passes.h) of norm, (c). */
ag_tensor *ag_norm_relu_row(ag_tensor *norm, int row);
/* x - mean. */
ag_tensor *ag_norm_relu_centred(ag_tensor *x, ag_tensor *norm);
/* The gradient of norm, from h (..., c), the gradient of what the rectifier passes, and x - mean there. */
ag_tensor *ag_norm_relu_to_norm(ag_tensor *h, ag_tensor *centred, ag_tensor *norm);

#endif
