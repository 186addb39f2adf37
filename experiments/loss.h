/* The losses behind one face. */
#ifndef EXPERIMENTS_LOSS_H
#define EXPERIMENTS_LOSS_H

#include "experiments/network.h"

/* The loss that the configuration names, averaged over the batch. target is (n, outputs): one-hot digits, or
 * prices as the model sees them; label is (n) int64 for digits and NULL for houses. mse_softmax    mean
 * (softmax(z) - target)^2 over samples and classes cross_entropy  mean of log sum exp z - z[label] mse_raw
 * mean (z - target)^2 over samples and classes mse            mean (y - target)^2 gaussian_nll   mean of 1/2
 * log(2 pi sigma^2) + (target - mu)^2 / (2 sigma^2) */
ag_tensor *loss_of(const config *k, network_output out, ag_tensor *target, ag_tensor *label);

#endif
