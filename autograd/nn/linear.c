/* The fully connected layer, y = x w' + b, with PyTorch's default initialisation:
 * w and b from U(-1/sqrt(in), 1/sqrt(in)), which is kaiming_uniform with slope sqrt(5). */
#include "nn/layer.h"

#include <inttypes.h>
#include <math.h>

ag_linear_layer(ag_linear_layer_new)(ag_linear_layer_new_args a) {
  if (a.in < 1 || a.out < 1) {
    ag_fail(a.c, AG_EVALUE, a.at,
            "linear layer %s: %" PRId64 " inputs and %" PRId64 " outputs; there must be at least 1 of each",
            a.name, a.in, a.out);
  }
  ag_linear_layer layer = {
      .weight = ag_layer_tensor(a.at, a.c, a.name, "weight", AG_TRAINED, AG_SHAPE(a.out, a.in))};
  const double bound = 1 / sqrt((double)a.in);
  ag_init_uniform(layer.weight, -bound, bound);
  if (a.no_bias) return layer;
  layer.bias = ag_layer_tensor(a.at, a.c, a.name, "bias", AG_TRAINED, AG_SHAPE(a.out));
  ag_init_uniform(layer.bias, -bound, bound);
  return layer;
}

ag_tensor *(ag_linear_layer_call)(ag_site at, const ag_linear_layer *layer, ag_tensor *x) {
  return (ag_linear)((ag_linear_args){.at = at, .x = x, .weight = layer->weight, .bias = layer->bias});
}
