/* The batch normalisation layer: scale 1, shift 0, running mean 0 and running variance 1 at the start,
 * momentum and eps as in PyTorch. */
#include "nn/layer.h"

#include <inttypes.h>

ag_batch_norm_layer(ag_batch_norm_layer_new)(ag_site at, ag_ctx *c, const char *name, int64_t channels) {
  if (channels < 1) {
    ag_fail(c, AG_EVALUE, at, "batch_norm layer %s: %" PRId64 " channels; there must be at least 1", name,
            channels);
  }
  const ag_shape shape = AG_SHAPE(channels);
  ag_batch_norm_layer layer = {
      .weight = ag_layer_tensor(at, c, name, "weight", AG_TRAINED, shape),
      .bias = ag_layer_tensor(at, c, name, "bias", AG_TRAINED, shape),
      .running_mean = ag_layer_tensor(at, c, name, "running_mean", AG_REMEMBERED, shape),
      .running_var = ag_layer_tensor(at, c, name, "running_var", AG_REMEMBERED, shape),
      .momentum = 0.1,
      .eps = 1e-5,
  };
  ag_init_constant(layer.weight, 1);
  ag_init_constant(layer.running_var, 1);
  return layer;
}

static ag_tensor *call(ag_site at, const ag_batch_norm_layer *layer, ag_tensor *x, bool training, bool relu) {
  return (ag_batch_norm)((ag_batch_norm_args){.at = at,
                                              .x = x,
                                              .weight = layer->weight,
                                              .bias = layer->bias,
                                              .running_mean = layer->running_mean,
                                              .running_var = layer->running_var,
                                              .training = training,
                                              .relu = relu,
                                              .momentum = layer->momentum,
                                              .eps = layer->eps});
}

ag_tensor *(ag_batch_norm_layer_call)(ag_site at, const ag_batch_norm_layer *layer, ag_tensor *x,
                                      bool training) {
  return call(at, layer, x, training, false);
}

ag_tensor *(ag_batch_norm_relu_layer_call)(ag_site at, const ag_batch_norm_layer *layer, ag_tensor *x,
                                           bool training) {
  return call(at, layer, x, training, true);
}
