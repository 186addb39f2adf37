/* mu = w h + b and log sigma^2 = v h + c on top of the inner layers h. */
#include "models/gaussian_regressor.h"

static trunk_config inner(const gaussian_regressor_config *config) {
  return (trunk_config){config->inputs, config->layers, config->width, config->activation};
}

gaussian_regressor gaussian_regressor_new(ag_ctx *c, const gaussian_regressor_config *config) {
  const trunk_config t = inner(config);
  gaussian_regressor m = {.trunk = trunk_new(c, "gaussian_regressor", &t)};
  if (ag_error(c) != AG_OK) return m;
  m.mu = ag_linear_layer_new(c, "mu", config->width, 1);
  m.log_variance = ag_linear_layer_new(c, "log_variance", config->width, 1);
  return m;
}

gaussian_prediction gaussian_regressor_forward(const gaussian_regressor *m, ag_tensor *x) {
  ag_tensor *h = trunk_forward(&m->trunk, x);
  return (gaussian_prediction){ag_linear_layer_call(&m->mu, h), ag_linear_layer_call(&m->log_variance, h)};
}

int64_t gaussian_regressor_parameters(const gaussian_regressor_config *config) {
  const trunk_config t = inner(config);
  const int64_t parameters = trunk_parameters(&t);
  return parameters ? parameters + 2 * (config->width + 1) : 0;
}

int64_t gaussian_regressor_multiply_adds(const gaussian_regressor_config *config) {
  const trunk_config t = inner(config);
  const int64_t multiply_adds = trunk_multiply_adds(&t);
  return multiply_adds ? multiply_adds + 2 * config->width : 0;
}
