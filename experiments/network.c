#include "experiments/network.h"

#include <stdlib.h>

#include "experiments/samples.h"
#include "models/cnn.h"
#include "models/gaussian_regressor.h"
#include "models/mlp.h"

struct network_type {
  void *(*make)(ag_ctx *c, const config *k);
  network_output (*forward)(const void *model, ag_tensor *x, bool training);
  int64_t (*parameters)(const config *k);
  int64_t (*multiply_adds)(const config *k);
  int64_t (*activations)(const config *k);
};

static const char *activation_of(const config *k) {
  return config_find("activation")->choices[k->activation];
}

/* ---- cnn ----------------------------------------------------------------------------------------------- */

static cnn_config cnn_of(const config *k) {
  return (cnn_config){.in_channels = 1,
                      .side = DIGIT_SIDE,
                      .layers = k->conv_layers,
                      .channels = k->conv_channels,
                      .kernel = k->conv_kernel,
                      .padding = k->conv_padding,
                      .classes = DIGIT_CLASSES,
                      .activation = activation_of(k),
                      .batch_norm = k->conv_batch_norm != 0,
                      .pool = k->conv_pool,
                      .dropout = k->conv_dropout,
                      .zero_head = k->init_head == INIT_ZEROS};
}

static void *cnn_make(ag_ctx *c, const config *k) {
  cnn *m = memory_new(1, sizeof *m);
  cnn_config shape = cnn_of(k);
  *m = cnn_new(c, &shape);
  return m;
}

static network_output cnn_call(const void *model, ag_tensor *x, bool training) {
  return (network_output){.value = cnn_forward(model, x, training)};
}

static int64_t cnn_count(const config *k) {
  cnn_config shape = cnn_of(k);
  return cnn_parameters(&shape);
}

static int64_t cnn_work(const config *k) {
  cnn_config shape = cnn_of(k);
  return cnn_multiply_adds(&shape);
}

static int64_t cnn_activations(const config *k) {
  int64_t numbers = 0, side = DIGIT_SIDE;
  for (int64_t i = 0; i < k->conv_layers; i++) {
    side += 2 * k->conv_padding - k->conv_kernel + 1;
    numbers += k->conv_channels * side * side;
  }
  return numbers;
}

/* ---- mlp ----------------------------------------------------------------------------------------------- */

static mlp_config mlp_of(const config *k) {
  bool classes = k->problem == PROBLEM_DIGITS;
  return (mlp_config){.inputs = classes ? DIGIT_PIXELS : HOUSE_FEATURES,
                      .layers = k->mlp_layers,
                      .width = k->mlp_width,
                      .outputs = classes ? DIGIT_CLASSES : 1,
                      .activation = activation_of(k)};
}

static void *mlp_make(ag_ctx *c, const config *k) {
  mlp *m = memory_new(1, sizeof *m);
  mlp_config shape = mlp_of(k);
  *m = mlp_new(c, &shape);
  return m;
}

static network_output mlp_call(const void *model, ag_tensor *x, bool training) {
  (void)training;
  return (network_output){.value = mlp_forward(model, ag_flatten(x, 1))};
}

static int64_t mlp_count(const config *k) {
  mlp_config shape = mlp_of(k);
  return mlp_parameters(&shape);
}

static int64_t mlp_work(const config *k) {
  mlp_config shape = mlp_of(k);
  return mlp_multiply_adds(&shape);
}

static int64_t mlp_activations(const config *k) { return k->mlp_layers * k->mlp_width; }

/* ---- gaussian ------------------------------------------------------------------------------------------ */

static gaussian_regressor_config gaussian_of(const config *k) {
  return (gaussian_regressor_config){.inputs = HOUSE_FEATURES,
                                     .layers = k->mlp_layers,
                                     .width = k->mlp_width,
                                     .activation = activation_of(k)};
}

static void *gaussian_make(ag_ctx *c, const config *k) {
  gaussian_regressor *m = memory_new(1, sizeof *m);
  gaussian_regressor_config shape = gaussian_of(k);
  *m = gaussian_regressor_new(c, &shape);
  return m;
}

static network_output gaussian_call(const void *model, ag_tensor *x, bool training) {
  (void)training;
  gaussian_prediction p = gaussian_regressor_forward(model, x);
  return (network_output){.value = p.mu, .log_variance = p.log_variance};
}

static int64_t gaussian_count(const config *k) {
  gaussian_regressor_config shape = gaussian_of(k);
  return gaussian_regressor_parameters(&shape);
}

static int64_t gaussian_work(const config *k) {
  gaussian_regressor_config shape = gaussian_of(k);
  return gaussian_regressor_multiply_adds(&shape);
}

/* ---- the face ------------------------------------------------------------------------------------------ */

static const network_type types[] = {
    [MODEL_CNN] = {cnn_make, cnn_call, cnn_count, cnn_work, cnn_activations},
    [MODEL_MLP] = {mlp_make, mlp_call, mlp_count, mlp_work, mlp_activations},
    [MODEL_GAUSSIAN] = {gaussian_make, gaussian_call, gaussian_count, gaussian_work, mlp_activations},
};

network network_new(ag_ctx *c, const config *k) {
  const network_type *type = &types[k->model];
  return (network){.type = type, .model = type->make(c, k)};
}

void network_free(network *n) {
  free(n->model);
  n->model = NULL;
}

network_output network_forward(const network *n, ag_tensor *x, bool training) {
  return n->type->forward(n->model, x, training);
}

int64_t network_parameters(const config *k) { return types[k->model].parameters(k); }

int64_t network_multiply_adds(const config *k) { return types[k->model].multiply_adds(k); }

int64_t network_activations(const config *k) { return types[k->model].activations(k); }

double network_step_seconds(const config *k) {
  /* A step costs the forward pass three times, a visit to each activation costs as much as some 260
   * multiply-adds, and every step has a price of its own, whatever its size. Fitted to the 90 runs of the
   * report on one core of 3.7 GHz. */
  double sample = (double)network_multiply_adds(k) + 260 * (double)network_activations(k);
  return 1e-5 + 3 * sample * (double)k->batch / 200e9;
}
