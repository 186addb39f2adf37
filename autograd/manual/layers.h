/* Layers: structs of parameters with PyTorch's default initialisation (stream "init"). A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_LAYERS_H
#define AUTOGRAD_MANUAL_LAYERS_H

/* In place: uniform or normal with the deviation of He et al. 2015 or Glorot and Bengio 2010. fan_in is
 * weight's size without axis 0; fan_out without axis 1. */
void ag_init_uniform(ag_tensor *x, double low, double high);
void ag_init_normal(ag_tensor *x, double mean, double deviation);
void ag_init_constant(ag_tensor *x, double value);
/* U(-b, b), b = gain sqrt(3 / fan_in), gain = sqrt(2 / (1 + slope^2)). */
void ag_init_kaiming_uniform(ag_tensor *weight, double slope);
/* U(-b, b), b = gain sqrt(6 / (fan_in + fan_out)). */
void ag_init_xavier_uniform(ag_tensor *weight, double gain);

/* Parameters "name.weight" (out, in) and "name.bias" (out), both U(-1/sqrt(in), 1/sqrt(in)). */
typedef struct {
  ag_tensor *weight, *bias;
} ag_linear_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t in, out;
  bool no_bias;
} ag_linear_layer_new_args;
ag_linear_layer ag_linear_layer_new(ag_linear_layer_new_args a);
ag_tensor *ag_linear_layer_call(ag_site at, const ag_linear_layer *layer, ag_tensor *x);

/* Parameters "name.weight" (out, in / groups, kernel) and "name.bias" (out), U(+-1/sqrt(fan_in)). */
typedef struct {
  ag_tensor *weight, *bias;
  int stride, padding, dilation, groups;
  bool same;
} ag_conv1d_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t in, out, kernel;
  int stride, padding, dilation, groups;
  bool no_bias, same;
} ag_conv1d_layer_new_args;
ag_conv1d_layer ag_conv1d_layer_new(ag_conv1d_layer_new_args a);
ag_tensor *ag_conv1d_layer_call(ag_site at, const ag_conv1d_layer *layer, ag_tensor *x);

/* Parameters "name.weight" (out, in / groups, kernel, kernel) and "name.bias" (out), U(+-1/sqrt(fan_in)). */
typedef struct {
  ag_tensor *weight, *bias;
  int stride, padding, dilation, groups;
  bool same, channels_last;
} ag_conv2d_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t in, out, kernel;
  int stride, padding, dilation, groups;
  bool no_bias, same, channels_last;
} ag_conv2d_layer_new_args;
ag_conv2d_layer ag_conv2d_layer_new(ag_conv2d_layer_new_args a);
ag_tensor *ag_conv2d_layer_call(ag_site at, const ag_conv2d_layer *layer, ag_tensor *x);

/* Parameters "name.weight" (in, out / groups, kernel, kernel) and "name.bias" (out), U(+-1/sqrt(fan_in)) where fan_in is
 * that of the weight's shape, as in PyTorch: out / groups kernel^2. */
typedef struct {
  ag_tensor *weight, *bias;
  int stride, padding, output_padding, groups, dilation;
} ag_conv_transpose2d_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t in, out, kernel;
  int stride, padding, output_padding, groups, dilation;
  bool no_bias;
} ag_conv_transpose2d_layer_new_args;
ag_conv_transpose2d_layer ag_conv_transpose2d_layer_new(ag_conv_transpose2d_layer_new_args a);
ag_tensor *ag_conv_transpose2d_layer_call(ag_site at, const ag_conv_transpose2d_layer *layer, ag_tensor *x);

/* Parameters "name.weight" (ones), "name.bias" (zeros), buffers "name.running_mean", "name.running_var". */
typedef struct {
  ag_tensor *weight, *bias, *running_mean, *running_var;
  double momentum, eps;
} ag_batch_norm_layer;
ag_batch_norm_layer ag_batch_norm_layer_new(ag_site at, ag_ctx *c, const char *name, int64_t channels);
ag_tensor *ag_batch_norm_layer_call(ag_site at, const ag_batch_norm_layer *layer, ag_tensor *x, bool training);
/* ag_relu of it, in the same pass over memory. */
ag_tensor *ag_batch_norm_relu_layer_call(ag_site at, const ag_batch_norm_layer *layer, ag_tensor *x, bool training);
/* A convolution with a batch normalisation, a rectifier and max pooling behind it, for channels that are last, in which
 * each pass over memory does what the next would read again. A block reads x through *norm, which a block before has left
 * or NULL for x as it is, and leaves the norm of its result: of the last one ag_norm_relu(y, norm) is made. pool 0: none. */
ag_tensor *ag_conv2d_norm_layer_call(ag_site at, const ag_conv2d_layer *layer, const ag_batch_norm_layer *normalisation, ag_tensor *x, int pool, bool training, ag_tensor **norm);

/* Parameters "name.weight" (ones) and "name.bias" (zeros) of the shape that is normalised. */
typedef struct {
  ag_tensor *weight, *bias;
  double eps;
} ag_layer_norm_layer;
ag_layer_norm_layer ag_layer_norm_layer_new(ag_site at, ag_ctx *c, const char *name, ag_shape shape);
ag_tensor *ag_layer_norm_layer_call(ag_site at, const ag_layer_norm_layer *layer, ag_tensor *x);
/* Parameters "name.weight" (ones) and "name.bias" (zeros), one number for each channel. */
typedef struct {
  ag_tensor *weight, *bias;
  int64_t groups;
  double eps;
} ag_group_norm_layer;
ag_group_norm_layer ag_group_norm_layer_new(ag_site at, ag_ctx *c, const char *name, int64_t groups, int64_t channels);
ag_tensor *ag_group_norm_layer_call(ag_site at, const ag_group_norm_layer *layer, ag_tensor *x);

/* Parameter "name.weight" (n, d), standard normal; with .padded, row padding_idx is 0 and has no gradient. */
typedef struct {
  ag_tensor *weight;
  bool padded;
  int64_t padding_idx;
} ag_embedding_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t n, d;
  bool padded;
  int64_t padding_idx;
} ag_embedding_layer_new_args;
ag_embedding_layer ag_embedding_layer_new(ag_embedding_layer_new_args a);
ag_tensor *ag_embedding_layer_call(ag_site at, const ag_embedding_layer *layer, ag_tensor *index);

#endif
