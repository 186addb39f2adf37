/* y = w h + b on top of the inner layers h. */
#include "models/mlp.h"

#include <inttypes.h>

static trunk_config inner(const mlp_config *config) {
  return (trunk_config){config->inputs, config->layers, config->width, config->activation};
}

static bool outputs_possible(const mlp_config *config) {
  return config->outputs >= 1 && config->outputs <= TRUNK_MAX_SIZE;
}

mlp mlp_new(ag_ctx *c, const mlp_config *config) {
  const trunk_config t = inner(config);
  mlp m = {.trunk = trunk_new(c, "mlp", &t)};
  if (!outputs_possible(config)) {
    ag_fail(c, AG_EVALUE, "mlp", "%" PRId64 " outputs cannot be built; take 1 to %d", config->outputs,
            TRUNK_MAX_SIZE);
  }
  if (ag_error(c) != AG_OK) return m;
  char name[32];
  snprintf(name, sizeof name, "fc%" PRId64, config->layers + 1);
  m.output = ag_linear_layer_new(c, name, config->width, config->outputs);
  return m;
}

ag_tensor *mlp_forward(const mlp *m, ag_tensor *x) {
  return ag_linear_layer_call(&m->output, trunk_forward(&m->trunk, x));
}

int64_t mlp_parameters(const mlp_config *config) {
  const trunk_config t = inner(config);
  const int64_t parameters = outputs_possible(config) ? trunk_parameters(&t) : 0;
  return parameters ? parameters + (config->width + 1) * config->outputs : 0;
}

int64_t mlp_multiply_adds(const mlp_config *config) {
  const trunk_config t = inner(config);
  const int64_t multiply_adds = outputs_possible(config) ? trunk_multiply_adds(&t) : 0;
  return multiply_adds ? multiply_adds + config->width * config->outputs : 0;
}
