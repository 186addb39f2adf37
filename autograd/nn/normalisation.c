/* Layers that normalise each sample by itself: scale 1 and shift 0 at the start, eps 1e-5 as in PyTorch. */
#include "nn/layer.h"

#include <inttypes.h>

ag_layer_norm_layer(ag_layer_norm_layer_new)(ag_site at, ag_ctx *c, const char *name, ag_shape shape) {
  if (shape.rank < 1)
    ag_fail(c, AG_ESHAPE, at, "layer_norm layer %s: the shape must have an axis, found scalar", name);
  ag_layer_norm_layer layer = {.weight = ag_layer_tensor(at, c, name, "weight", AG_TRAINED, shape),
                               .bias = ag_layer_tensor(at, c, name, "bias", AG_TRAINED, shape),
                               .eps = 1e-5};
  ag_init_constant(layer.weight, 1);
  return layer;
}

ag_tensor *(ag_layer_norm_layer_call)(ag_site at, const ag_layer_norm_layer *layer, ag_tensor *x) {
  return (ag_layer_norm)((ag_layer_norm_args){.at = at,
                                              .x = x,
                                              .shape = ag_shape_of(layer->weight),
                                              .weight = layer->weight,
                                              .bias = layer->bias,
                                              .eps = layer->eps});
}

ag_group_norm_layer(ag_group_norm_layer_new)(ag_site at, ag_ctx *c, const char *name, int64_t groups,
                                             int64_t channels) {
  if (channels < 1 || groups < 1 || channels % groups != 0) {
    ag_fail(c, AG_EVALUE, at, "group_norm layer %s: groups %" PRId64 " must divide channels %" PRId64, name,
            groups, channels);
  }
  const ag_shape shape = AG_SHAPE(channels);
  ag_group_norm_layer layer = {.weight = ag_layer_tensor(at, c, name, "weight", AG_TRAINED, shape),
                               .bias = ag_layer_tensor(at, c, name, "bias", AG_TRAINED, shape),
                               .groups = groups,
                               .eps = 1e-5};
  ag_init_constant(layer.weight, 1);
  return layer;
}

ag_tensor *(ag_group_norm_layer_call)(ag_site at, const ag_group_norm_layer *layer, ag_tensor *x) {
  return (ag_group_norm)((ag_group_norm_args){.at = at,
                                              .x = x,
                                              .groups = layer->groups,
                                              .weight = layer->weight,
                                              .bias = layer->bias,
                                              .eps = layer->eps});
}
