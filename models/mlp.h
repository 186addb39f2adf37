/* A multilayer perceptron: `layers` inner layers of `width` neurons, each followed by the activation, and a
 * fully connected layer to the outputs. Parameters "fc1.weight", "fc1.bias", ..., the last layer is fc(layers
 * + 1). */
#ifndef MODELS_MLP_H
#define MODELS_MLP_H

#include <autograd.h>

#include "models/trunk.h"

typedef struct {
  int64_t inputs, layers, width, outputs; /* layers counts the inner ones, 1 to TRUNK_MAX_LAYERS */
  const char *activation;                 /* see models/activation.h */
} mlp_config;

typedef struct {
  trunk trunk;
  ag_linear_layer output;
} mlp;

/* A new network, initialised as PyTorch does; AG_EVALUE with one line for sizes that cannot be built. */
mlp mlp_new(ag_ctx *c, const mlp_config *config);

/* (B, outputs) from x (B, inputs). */
ag_tensor *mlp_forward(const mlp *m, ag_tensor *x);

/* How many numbers are trained; 0 for sizes that mlp_new refuses. */
int64_t mlp_parameters(const mlp_config *config);

/* Multiplications with addition of one sample's forward pass; 0 for sizes that mlp_new refuses. */
int64_t mlp_multiply_adds(const mlp_config *config);

#endif
