#include "experiments/loss.h"

typedef ag_tensor *loss_fn(network_output out, ag_tensor *target, ag_tensor *label);

static ag_tensor *mse_softmax(network_output out, ag_tensor *target, ag_tensor *label) {
  (void)label;
  return ag_mse_loss(ag_softmax(out.value, 1), target);
}

static ag_tensor *cross_entropy(network_output out, ag_tensor *target, ag_tensor *label) {
  (void)target;
  return ag_cross_entropy(out.value, label);
}

static ag_tensor *mse(network_output out, ag_tensor *target, ag_tensor *label) {
  (void)label;
  return ag_mse_loss(out.value, target);
}

static ag_tensor *gaussian_nll(network_output out, ag_tensor *target, ag_tensor *label) {
  (void)label;
  return ag_gaussian_nll_loss(out.value, out.log_variance, target, .full = true);
}

ag_tensor *loss_of(const config *k, network_output out, ag_tensor *target, ag_tensor *label) {
  static loss_fn *const losses[] = {
      [LOSS_MSE_SOFTMAX] = mse_softmax,
      [LOSS_CROSS_ENTROPY] = cross_entropy,
      [LOSS_MSE_RAW] = mse,
      [LOSS_MSE] = mse,
      [LOSS_GAUSSIAN_NLL] = gaussian_nll,
  };
  return losses[k->loss](out, target, label);
}
