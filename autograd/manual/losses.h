/* Losses. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_LOSSES_H
#define AUTOGRAD_MANUAL_LOSSES_H

/* Losses. x and target have the same shape; the result is the mean unless another reduction is asked for. */
typedef enum { AG_MEAN, AG_SUM, AG_NONE } ag_reduction;
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
} ag_loss_args;
/* (x - target)^2 */
ag_tensor *ag_mse_loss(ag_loss_args a);
/* |x - target| */
ag_tensor *ag_l1_loss(ag_loss_args a);
/* -x[i, target[i]] for log-probabilities x (n, classes) and int64 target (n). */
ag_tensor *ag_nll_loss(ag_loss_args a);
/* nll_loss(log_softmax(x)) for logits x (n, classes) and int64 target (n). */
ag_tensor *ag_cross_entropy(ag_loss_args a);
/* d = x - target: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2. beta 0 stands for 1. */
typedef struct {
  ag_site at;
  ag_tensor *x, *target;
  ag_reduction reduction;
  double beta;
} ag_smooth_l1_loss_args;
ag_tensor *ag_smooth_l1_loss(ag_smooth_l1_loss_args a);
/* (log_variance + (target - x)^2 exp(-log_variance)) / 2, plus log(2 pi) / 2 with full. */
typedef struct {
  ag_site at;
  ag_tensor *x, *log_variance, *target;
  ag_reduction reduction;
  bool full;
} ag_gaussian_nll_loss_args;
ag_tensor *ag_gaussian_nll_loss(ag_gaussian_nll_loss_args a);

#endif
