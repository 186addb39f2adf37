/* Nonlinearities by name, so that a configuration can choose one. */
#ifndef MODELS_ACTIVATION_H
#define MODELS_ACTIVATION_H

#include <autograd.h>

/* An elementwise function of x. */
typedef ag_tensor *activation_fn(ag_tensor *x);

/* The function of that name: "relu", "leaky_relu" (slope 0.01), "sigmoid", "tanh", "gelu" or "softplus". For
 * any other name it stores AG_EVALUE, "site: activation swish is not known; known are relu, ...", and returns
 * NULL. */
activation_fn *activation_find(ag_site at, ag_ctx *c, const char *name);

/* activation(layer(x)), in one pass over memory where there is an operator for both. */
ag_tensor *activation_of_layer(activation_fn *activation, const ag_linear_layer *layer, ag_tensor *x);

#endif
