/* The table of nonlinearities: a name and its operator. */
#include "models/activation.h"

#include <string.h>

/* Where the negative side of leaky_relu is not named, PyTorch's slope. */
#define LEAKY_SLOPE 0.01

static ag_tensor *relu(ag_tensor *x) { return ag_relu(x); }
static ag_tensor *leaky_relu(ag_tensor *x) { return ag_leaky_relu(x, LEAKY_SLOPE); }
static ag_tensor *sigmoid(ag_tensor *x) { return ag_sigmoid(x); }
static ag_tensor *hyperbolic_tangent(ag_tensor *x) { return ag_tanh(x); }
static ag_tensor *gelu(ag_tensor *x) { return ag_gelu(x); }
static ag_tensor *softplus(ag_tensor *x) { return ag_softplus(x); }

static const struct {
  const char *name;
  activation_fn *apply;
} table[] = {
    {"relu", relu}, {"leaky_relu", leaky_relu}, {"sigmoid", sigmoid}, {"tanh", hyperbolic_tangent},
    {"gelu", gelu}, {"softplus", softplus},
};
#define COUNT (sizeof table / sizeof *table)

activation_fn *activation_find(ag_site at, ag_ctx *c, const char *name) {
  for (size_t i = 0; i < COUNT; i++) {
    if (name && strcmp(table[i].name, name) == 0) return table[i].apply;
  }
  char known[128];
  size_t length = 0;
  for (size_t i = 0; i < COUNT && length < sizeof known; i++) {
    length += (size_t)snprintf(known + length, sizeof known - length, "%s%s", i ? ", " : "", table[i].name);
  }
  ag_fail(c, AG_EVALUE, at, "activation %s is not known; known are %s", name ? name : "(none)", known);
  return NULL;
}

ag_tensor *activation_of_layer(activation_fn *activation, const ag_linear_layer *layer, ag_tensor *x) {
  if (activation == relu) return ag_linear_relu(x, layer->weight, layer->bias);
  return activation(ag_linear_layer_call(layer, x));
}
