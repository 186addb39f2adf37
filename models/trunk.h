/* The inner layers that the regressors share: `layers` times a fully connected layer and an activation,
 * (B, inputs) -> (B, width). Parameters are registered as "fc1.weight", "fc1.bias", "fc2.weight", ... */
#ifndef MODELS_TRUNK_H
#define MODELS_TRUNK_H

#include <autograd.h>

#include "models/activation.h"

#define TRUNK_MAX_LAYERS 64
#define TRUNK_MAX_SIZE 16777216

typedef struct {
  int64_t inputs, layers, width; /* layers 1 to TRUNK_MAX_LAYERS, the others 1 to TRUNK_MAX_SIZE */
  const char *activation;        /* see models/activation.h */
} trunk_config;

typedef struct {
  int64_t layers;
  activation_fn *activation;
  ag_linear_layer fc[TRUNK_MAX_LAYERS];
} trunk;

/* New inner layers for the named model; AG_EVALUE with one line for sizes that cannot be built. */
trunk trunk_new(ag_ctx *c, const char *model, const trunk_config *config);

/* (B, width) from x (B, inputs). */
ag_tensor *trunk_forward(const trunk *m, ag_tensor *x);

/* Numbers that are trained, and multiplications with addition for a sample; 0 where trunk_new refuses. */
int64_t trunk_parameters(const trunk_config *config);
int64_t trunk_multiply_adds(const trunk_config *config);

#endif
