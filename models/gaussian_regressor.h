/* A regressor that knows how unsure it is: for each sample it gives a normal distribution N(mu,
 * exp(log_variance)). Inner layers as in an mlp, then two heads. Trained with ag_gaussian_nll_loss(mu,
 * log_variance, target), whose shapes are all (B, 1). Parameters "fc1.weight", ..., "mu.weight", "mu.bias",
 * "log_variance.weight", "log_variance.bias".
 *
 * Source: Nix and Weigend, "Estimating the mean and variance of the target probability distribution",
 * ICNN 1994. */
#ifndef MODELS_GAUSSIAN_REGRESSOR_H
#define MODELS_GAUSSIAN_REGRESSOR_H

#include <autograd.h>

#include "models/trunk.h"

typedef struct {
  int64_t inputs, layers, width; /* layers counts the inner ones, 1 to TRUNK_MAX_LAYERS */
  const char *activation;        /* see models/activation.h */
} gaussian_regressor_config;

typedef struct {
  trunk trunk;
  ag_linear_layer mu, log_variance;
} gaussian_regressor;

/* What the network says of a batch: (B, 1) each. The standard deviation is exp(log_variance / 2). */
typedef struct {
  ag_tensor *mu, *log_variance;
} gaussian_prediction;

/* A new network, initialised as PyTorch does; AG_EVALUE with one line for sizes that cannot be built. */
gaussian_regressor gaussian_regressor_new(ag_ctx *c, const gaussian_regressor_config *config);

/* The distributions for x (B, inputs). */
gaussian_prediction gaussian_regressor_forward(const gaussian_regressor *m, ag_tensor *x);

/* How many numbers are trained; 0 for sizes that gaussian_regressor_new refuses. */
int64_t gaussian_regressor_parameters(const gaussian_regressor_config *config);

/* Multiplications with addition of one sample's forward pass; 0 for sizes that _new refuses. */
int64_t gaussian_regressor_multiply_adds(const gaussian_regressor_config *config);

#endif
