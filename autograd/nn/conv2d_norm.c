/* A convolution and the batch normalisation behind it, as parts of a chain:
 *
 *   y = conv2d(norm_relu(x, norm), weight), pooled;   norm of y = batch_norm_map(moments of all results)
 *
 * What the pooling leaves has fewer numbers than the moments are of, so these are counted here. */
#include "nn/layer.h"
#include "ops/conv2d.h"

/* The values of each channel of a convolution. */
static int64_t values(const ag_conv2d_args *a) {
  const ag_conv2d_attributes k = ag_conv2d_options(a);
  int64_t n = ag_dim(a->x, 0);
  for (int d = 0; d < 2; d++) {
    const int64_t size = ag_dim(a->x, 1 + d);
    n *= a->same ? size : ag_conv2d_output(&k, d, size, ag_dim(a->weight, 2 + d));
  }
  return n;
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
  *norm = (ag_batch_norm_map)((ag_batch_norm_map_args){.at = at,
                                                       .x = y,
                                                       .moments = moments,
                                                       .weight = normalisation->weight,
                                                       .bias = normalisation->bias,
                                                       .running_mean = normalisation->running_mean,
                                                       .running_var = normalisation->running_var,
                                                       .training = training,
                                                       .momentum = normalisation->momentum,
                                                       .eps = normalisation->eps,
                                                       .count = values(&a)});
  return y;
}
