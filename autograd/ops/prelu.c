/* The rectifier whose slope below 0 is learned (He et al. 2015), made of operators.
 *
 *   y = x > 0 ? x : w x       dx = x > 0 ? g : w g,   dw = sum over all but the channels of (x > 0 ? 0 : x g)
 *
 * A weight for each channel broadcasts once it has the axes that follow the channels' as well. */
#include <inttypes.h>

#include "ops/check.h"

ag_tensor *(ag_prelu)(ag_site at, ag_tensor *x, ag_tensor *weight) {
  ag_tensor *result;
  if (!ag_ready(at, "prelu", 2, (ag_tensor *[]){x, weight}, &result)) return result;
  ag_ctx *c = x->c;
  const int64_t channels = x->rank < 2 ? 1 : x->dim[1];
  if (weight->rank > 1 || (weight->numel != 1 && weight->numel != channels)) {
    ag_fail(c, AG_ESHAPE, at,
            "prelu: weight %s must be one number or one for each of the %" PRId64 " channels of x %s",
            ag_shape_text(c, ag_shape_of(weight)), channels, ag_shape_text(c, ag_shape_of(x)));
    return result;
  }
  ag_shape shape = {0};
  if (weight->numel != 1) {
    shape.rank = x->rank - 1;
    shape.dim[0] = channels;
    for (int i = 1; i < shape.rank; i++) shape.dim[i] = 1;
  }
  return (ag_parametric_relu)(at, x, (ag_reshape)(at, weight, shape));
}
