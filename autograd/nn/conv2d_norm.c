/* A convolution and the batch normalisation behind it, as parts of a chain:
 *
 *   y = conv2d(norm_relu(x, norm), weight), pooled;   norm of y = batch_norm_map(moments of all results)
 *
 * What the pooling leaves has fewer numbers than the moments are of, so these are counted here. */
#include "nn/layer.h"

/* The results along a side of `size` pixels. */
static int64_t results(const ag_conv2d_layer *layer, int64_t size, int64_t kernel) {
  const int64_t stride = layer->stride ? layer->stride : 1, dilation = layer->dilation ? layer->dilation : 1;
  return layer->same ? size : (size + 2 * layer->padding - dilation * (kernel - 1) - 1) / stride + 1;
}

ag_tensor *(ag_conv2d_norm_layer_call)(ag_site at, const ag_conv2d_layer *layer,
                                       const ag_batch_norm_layer *normalisation, ag_tensor *x, int pool,
                                       bool training, ag_tensor **norm) {
  ag_tensor *moments = NULL;
  ag_conv2d_args a = ag_conv2d_layer_args(at, layer, x);
  a.norm = *norm;
  a.moments = training ? &moments : NULL;
  if (pool != 0 && pool != 1) {
    a.pool = pool;
    a.pool_sign = normalisation->weight;
  }
  ag_tensor *y = (ag_conv2d)(a);
  if (ag_is_nil(y)) return *norm = y;
  const int64_t kernel = ag_dim(layer->weight, 2);
  *norm = (ag_batch_norm_map)((ag_batch_norm_map_args){
      .at = at,
      .x = y,
      .moments = moments,
      .weight = normalisation->weight,
      .bias = normalisation->bias,
      .running_mean = normalisation->running_mean,
      .running_var = normalisation->running_var,
      .training = training,
      .momentum = normalisation->momentum,
      .eps = normalisation->eps,
      .count = ag_dim(x, 0) * results(layer, ag_dim(x, 1), kernel) * results(layer, ag_dim(x, 2), kernel)});
  return y;
}
