/* Inner layers: h0 = x, h(i) = activation(h(i-1) w(i)' + b(i)). */
#include "models/trunk.h"

#include <inttypes.h>

static bool within(int64_t value, int64_t most) { return value >= 1 && value <= most; }

static bool possible(const trunk_config *config) {
  return within(config->layers, TRUNK_MAX_LAYERS) && within(config->inputs, TRUNK_MAX_SIZE) &&
         within(config->width, TRUNK_MAX_SIZE);
}

trunk trunk_new(ag_ctx *c, const char *model, const trunk_config *config) {
  trunk m = {.activation = activation_find(model, c, config->activation)};
  if (!possible(config)) {
    ag_fail(c, AG_EVALUE, model,
            "%" PRId64 " inner layers of width %" PRId64 " on %" PRId64
            " inputs cannot be built; take 1 to %d layers, 1 to %d for the others",
            config->layers, config->width, config->inputs, TRUNK_MAX_LAYERS, TRUNK_MAX_SIZE);
  }
  if (ag_error(c) != AG_OK) return m;
  m.layers = config->layers;
  for (int64_t i = 0; i < m.layers; i++) {
    char name[32];
    snprintf(name, sizeof name, "fc%" PRId64, i + 1);
    m.fc[i] = ag_linear_layer_new(c, name, i == 0 ? config->inputs : config->width, config->width);
  }
  return m;
}

ag_tensor *trunk_forward(const trunk *m, ag_tensor *x) {
  for (int64_t i = 0; i < m->layers; i++) x = activation_of_layer(m->activation, &m->fc[i], x);
  return x;
}

int64_t trunk_multiply_adds(const trunk_config *config) {
  return possible(config) ? config->width * (config->inputs + (config->layers - 1) * config->width) : 0;
}

int64_t trunk_parameters(const trunk_config *config) {
  return possible(config) ? trunk_multiply_adds(config) + config->layers * config->width : 0;
}
