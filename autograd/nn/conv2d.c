/* The convolution layer with a square kernel and PyTorch's default initialisation: weight and bias from
 * U(-1/sqrt(fan_in), 1/sqrt(fan_in)), fan_in = in / groups * kernel^2. */
#include "nn/layer.h"

#include <inttypes.h>
#include <math.h>

/* Stores what is wrong with the sizes, if anything is; after that no tensor is made. */
static void check(const ag_conv2d_layer_new_args *a, int groups) {
  if (a->in < 1 || a->out < 1 || a->kernel < 1) {
    ag_fail(a->c, AG_EVALUE, a->at,
            "conv2d layer %s: in %" PRId64 ", out %" PRId64 ", kernel %" PRId64 "; all must be at least 1",
            a->name, a->in, a->out, a->kernel);
  } else if (a->stride < 0 || a->padding < 0 || a->dilation < 0 || groups < 1) {
    ag_fail(a->c, AG_EVALUE, a->at,
            "conv2d layer %s: stride %d, padding %d, dilation %d, groups %d; none may be negative", a->name,
            a->stride, a->padding, a->dilation, a->groups);
  } else if (a->in % groups != 0 || a->out % groups != 0) {
    ag_fail(a->c, AG_EVALUE, a->at, "conv2d layer %s: groups %d must divide in %" PRId64 " and out %" PRId64,
            a->name, groups, a->in, a->out);
  }
}

ag_conv2d_layer(ag_conv2d_layer_new)(ag_conv2d_layer_new_args a) {
  const int groups = a.groups == 0 ? 1 : a.groups;
  ag_conv2d_layer layer = {
      .stride = a.stride, .padding = a.padding, .dilation = a.dilation, .groups = a.groups};
  check(&a, groups);
  const int64_t in = groups > 0 ? a.in / groups : 0;
  const ag_shape shape = AG_SHAPE(a.out, in, a.kernel, a.kernel);
  const double bound = 1 / sqrt((double)in * (double)a.kernel * (double)a.kernel);
  layer.weight = ag_layer_tensor(a.at, a.c, a.name, "weight", AG_TRAINED, shape);
  ag_init_uniform(layer.weight, -bound, bound);
  if (a.no_bias) return layer;
  layer.bias = ag_layer_tensor(a.at, a.c, a.name, "bias", AG_TRAINED, AG_SHAPE(a.out));
  ag_init_uniform(layer.bias, -bound, bound);
  return layer;
}

ag_tensor *(ag_conv2d_layer_call)(ag_site at, const ag_conv2d_layer *layer, ag_tensor *x) {
  return (ag_conv2d)((ag_conv2d_args){.at = at,
                                      .x = x,
                                      .weight = layer->weight,
                                      .bias = layer->bias,
                                      .stride = layer->stride,
                                      .padding = layer->padding,
                                      .dilation = layer->dilation,
                                      .groups = layer->groups});
}
