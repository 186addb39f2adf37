/* Normalisation and dropout. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_NORMALISATION_H
#define AUTOGRAD_MANUAL_NORMALISATION_H

/* (x - mean) / sqrt(var + eps) * weight + bias for each channel of x (n, c, ...) (Ioffe and Szegedy 2015).
 * In training, mean and biased var are the batch's, and the running ones, where given, move by
 * running += momentum (batch - running), the variance's unbiased; else the running ones are used.
 * weight, bias, running_mean and running_var have shape (c). Defaults: momentum 0.1, eps 1e-5.
 * relu asks for max(y, 0) in place of y: one pass over memory less than ag_relu, and the same numbers. */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias, *running_mean, *running_var;
  bool training, relu;
  double momentum, eps;
} ag_batch_norm_args;
ag_tensor *ag_batch_norm(ag_batch_norm_args a);

/* What ag_batch_norm does to x (..., c), whose channels are last: norm (3, c), mean, scale = weight / sqrt(var + eps) and
 * shift = bias of each channel, for ag_norm_relu and for .norm of ag_conv2d. moments (2, c) are mean and biased variance of
 * count values (0: as many as x has), as ag_conv2d puts them into .moments; training takes these and moves the running
 * ones, else the running ones are used and moments may be NULL. All is differentiable. */
typedef struct {
  ag_site at;
  ag_tensor *x, *moments, *weight, *bias, *running_mean, *running_var;
  bool training;
  double momentum, eps;
  int64_t count;
} ag_batch_norm_map_args;
ag_tensor *ag_batch_norm_map(ag_batch_norm_map_args a);

/* max((x - norm[0]) norm[1] + norm[2], 0) for each channel of x (..., c), with norm (3, c): batch normalisation whose
 * statistics are known, and the rectifier behind it. What follows from x for the statistics is the caller's to say. */
ag_tensor *ag_norm_relu(ag_site at, ag_tensor *x, ag_tensor *norm);

/* (x - mean) / sqrt(var + eps) of each row of n numbers, in the last axes that have this shape, with the biased var
 * (Ba, Kiros and Hinton 2016); times weight plus bias, both of the shape, where given. eps 0 stands for 1e-5. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_shape shape;
  ag_tensor *weight, *bias;
  double eps;
} ag_layer_norm_args;
ag_tensor *ag_layer_norm(ag_layer_norm_args a);
/* x / sqrt(mean(x^2) + eps) in the last axes that have this shape, times weight where given (Zhang and Sennrich 2019).
 * eps 0 stands for the distance from 1 to the next number of the type of x. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_shape shape;
  ag_tensor *weight;
  double eps;
} ag_rms_norm_args;
ag_tensor *ag_rms_norm(ag_rms_norm_args a);
/* The same as layer_norm over the c / groups channels of each group of x (n, c, ...) and all that follows, with weight and
 * bias (c) (Wu and He 2018). groups must divide c. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  int64_t groups;
  ag_tensor *weight, *bias;
  double eps;
} ag_group_norm_args;
ag_tensor *ag_group_norm(ag_group_norm_args a);
/* The same over each channel of x (n, c, ...) by itself, which must have more than one element (Ulyanov et al. 2016). */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
  double eps;
} ag_instance_norm_args;
ag_tensor *ag_instance_norm(ag_instance_norm_args a);
/* x / max(|x|_p, eps) along one axis, of none axis 1. 0 stands for p 2 and eps 1e-12. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  double p;
  ag_axes axes;
  double eps;
} ag_normalize_args;
ag_tensor *ag_normalize(ag_normalize_args a);

/* In training, each element becomes 0 with probability p, else x / (1 - p); stream "dropout". Else x. */
ag_tensor *ag_dropout(ag_site at, ag_tensor *x, double p, bool training);

/* exp(x) / sum(exp(x)) and its logarithm along one axis. */
ag_tensor *ag_softmax(ag_site at, ag_tensor *x, int axis);
ag_tensor *ag_log_softmax(ag_site at, ag_tensor *x, int axis);

#endif
