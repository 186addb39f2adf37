/* The models behind one face: a configuration chooses a type object, and the training loop sees no
 * difference. */
#ifndef EXPERIMENTS_NETWORK_H
#define EXPERIMENTS_NETWORK_H

#include <autograd.h>

#include "experiments/config.h"

typedef struct network_type network_type;

/* A network of a configuration; its parameters live in the root scope of its context. */
typedef struct {
  const network_type *type;
  void *model; /* one of the structs of models/ */
} network;

/* What it says of a batch: `value` (n, outputs) are logits of digits or a price; `log_variance` (n, 1) with
 * the Gaussian model only. */
typedef struct {
  ag_tensor *value, *log_variance;
} network_output;

/* Errors go to the context, as everywhere in the engine. */
network network_new(ag_ctx *c, const config *k);
void network_free(network *n); /* the struct; the parameters are the context's */

/* x is (n, 1, 16, 16) for digits and (n, 4) for houses. */
network_output network_forward(const network *n, ag_tensor *x, bool training);

/* How many numbers are trained; of one sample, multiply-adds of the forward pass and numbers that the inner
 * layers give. */
int64_t network_parameters(const config *k);
int64_t network_multiply_adds(const config *k);
int64_t network_activations(const config *k);

/* Seconds that one training step of a whole batch takes on one core of an ordinary machine: rough, for
 * ordering runs and for a first guess of the time they need. */
double network_step_seconds(const config *k);

#endif
