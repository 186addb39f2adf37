/* Layers of convolutions with square kernels and PyTorch's default initialisation: weight and bias from
 * U(-1/sqrt(fan_in), 1/sqrt(fan_in)), fan_in = the size of weight without axis 0. */
#include "nn/layer.h"

#include <inttypes.h>
#include <math.h>

/* What the kinds of layers share. A kernel of `axes` axes; the weight of a transposed convolution begins with
 * the channels of x. */
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *kind, *name;
  int64_t in, out, kernel;
  int stride, padding, dilation, groups, output_padding;
  int axes;
  bool transposed, no_bias;
} plan;

/* Stores what is wrong with the sizes, if anything is; after that no tensor is made. */
static void check(const plan *a, int groups) {
  if (a->in < 1 || a->out < 1 || a->kernel < 1) {
    ag_fail(a->c, AG_EVALUE, a->at,
            "%s layer %s: in %" PRId64 ", out %" PRId64 ", kernel %" PRId64 "; all must be at least 1",
            a->kind, a->name, a->in, a->out, a->kernel);
  } else if (a->stride < 0 || a->padding < 0 || a->dilation < 0 || groups < 1) {
    ag_fail(a->c, AG_EVALUE, a->at,
            "%s layer %s: stride %d, padding %d, dilation %d, groups %d; none may be negative", a->kind,
            a->name, a->stride, a->padding, a->dilation, a->groups);
  } else if (a->output_padding < 0) {
    ag_fail(a->c, AG_EVALUE, a->at, "%s layer %s: output_padding %d may not be negative", a->kind, a->name,
            a->output_padding);
  } else if (a->in % groups != 0 || a->out % groups != 0) {
    ag_fail(a->c, AG_EVALUE, a->at, "%s layer %s: groups %d must divide in %" PRId64 " and out %" PRId64,
            a->kind, a->name, groups, a->in, a->out);
  }
}

static void make(const plan *a, ag_tensor **weight, ag_tensor **bias) {
  const int groups = a->groups == 0 ? 1 : a->groups;
  check(a, groups);
  const int64_t first = a->transposed ? a->in : a->out, all = a->transposed ? a->out : a->in;
  ag_shape shape = {.rank = 2 + a->axes, .dim = {first, groups > 0 ? all / groups : 0}};
  double fan_in = (double)shape.dim[1];
  for (int i = 0; i < a->axes; i++) {
    shape.dim[2 + i] = a->kernel;
    fan_in *= (double)a->kernel;
  }
  const double bound = 1 / sqrt(fan_in);
  *weight = ag_layer_tensor(a->at, a->c, a->name, "weight", AG_TRAINED, shape);
  ag_init_uniform(*weight, -bound, bound);
  if (a->no_bias) return;
  *bias = ag_layer_tensor(a->at, a->c, a->name, "bias", AG_TRAINED, AG_SHAPE(a->out));
  ag_init_uniform(*bias, -bound, bound);
}

ag_conv1d_layer(ag_conv1d_layer_new)(ag_conv1d_layer_new_args a) {
  ag_conv1d_layer layer = {
      .stride = a.stride, .padding = a.padding, .dilation = a.dilation, .groups = a.groups, .same = a.same};
  const plan p = {a.at,
                  a.c,
                  "conv1d",
                  a.name,
                  a.in,
                  a.out,
                  a.kernel,
                  a.stride,
                  a.padding,
                  a.dilation,
                  a.groups,
                  .axes = 1,
                  .no_bias = a.no_bias};
  make(&p, &layer.weight, &layer.bias);
  return layer;
}

ag_tensor *(ag_conv1d_layer_call)(ag_site at, const ag_conv1d_layer *layer, ag_tensor *x) {
  return (ag_conv1d)((ag_conv1d_args){.at = at,
                                      .x = x,
                                      .weight = layer->weight,
                                      .bias = layer->bias,
                                      .stride = layer->stride,
                                      .padding = layer->padding,
                                      .dilation = layer->dilation,
                                      .groups = layer->groups,
                                      .same = layer->same});
}

ag_conv2d_layer(ag_conv2d_layer_new)(ag_conv2d_layer_new_args a) {
  ag_conv2d_layer layer = {.stride = a.stride,
                           .padding = a.padding,
                           .dilation = a.dilation,
                           .groups = a.groups,
                           .same = a.same,
                           .channels_last = a.channels_last};
  const plan p = {a.at,
                  a.c,
                  "conv2d",
                  a.name,
                  a.in,
                  a.out,
                  a.kernel,
                  a.stride,
                  a.padding,
                  a.dilation,
                  a.groups,
                  .axes = 2,
                  .no_bias = a.no_bias};
  make(&p, &layer.weight, &layer.bias);
  return layer;
}

ag_conv2d_args ag_conv2d_layer_args(ag_site at, const ag_conv2d_layer *layer, ag_tensor *x) {
  return (ag_conv2d_args){.at = at,
                          .x = x,
                          .weight = layer->weight,
                          .bias = layer->bias,
                          .stride = layer->stride,
                          .padding = layer->padding,
                          .dilation = layer->dilation,
                          .groups = layer->groups,
                          .same = layer->same,
                          .channels_last = layer->channels_last};
}

ag_tensor *(ag_conv2d_layer_call)(ag_site at, const ag_conv2d_layer *layer, ag_tensor *x) {
  return (ag_conv2d)(ag_conv2d_layer_args(at, layer, x));
}

ag_conv_transpose2d_layer(ag_conv_transpose2d_layer_new)(ag_conv_transpose2d_layer_new_args a) {
  ag_conv_transpose2d_layer layer = {.stride = a.stride,
                                     .padding = a.padding,
                                     .output_padding = a.output_padding,
                                     .groups = a.groups,
                                     .dilation = a.dilation};
  const plan p = {a.at,
                  a.c,
                  "conv_transpose2d",
                  a.name,
                  a.in,
                  a.out,
                  a.kernel,
                  a.stride,
                  a.padding,
                  a.dilation,
                  a.groups,
                  a.output_padding,
                  .axes = 2,
                  .transposed = true,
                  .no_bias = a.no_bias};
  make(&p, &layer.weight, &layer.bias);
  return layer;
}

ag_tensor *(ag_conv_transpose2d_layer_call)(ag_site at, const ag_conv_transpose2d_layer *layer,
                                            ag_tensor *x) {
  return (ag_conv_transpose2d)((ag_conv_transpose2d_args){.at = at,
                                                          .x = x,
                                                          .weight = layer->weight,
                                                          .bias = layer->bias,
                                                          .stride = layer->stride,
                                                          .padding = layer->padding,
                                                          .output_padding = layer->output_padding,
                                                          .groups = layer->groups,
                                                          .dilation = layer->dilation});
}
