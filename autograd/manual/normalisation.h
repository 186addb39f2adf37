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

/* In training, each element becomes 0 with probability p, else x / (1 - p); stream "dropout". Else x. */
ag_tensor *ag_dropout(ag_site at, ag_tensor *x, double p, bool training);

/* exp(x) / sum(exp(x)) and its logarithm along one axis. */
ag_tensor *ag_softmax(ag_site at, ag_tensor *x, int axis);
ag_tensor *ag_log_softmax(ag_site at, ag_tensor *x, int axis);

#endif
