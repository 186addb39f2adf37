/* Reductions: operators that make axes disappear. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_REDUCTIONS_H
#define AUTOGRAD_MANUAL_REDUCTIONS_H

/* Reductions over axes (default: all); keepdim leaves axes of size 1. Empty sums are 0, empty means NaN. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool keepdim;
} ag_reduce_args;
ag_tensor *ag_sum(ag_reduce_args a);
ag_tensor *ag_mean(ag_reduce_args a);
/* Largest element; NaN wins. The gradient is shared evenly among equal ones (torch.amax). */
ag_tensor *ag_max(ag_reduce_args a);
/* log(sum(exp(x))), computed without overflow. */
ag_tensor *ag_logsumexp(ag_reduce_args a);
/* sum((x - mean)^2) / (n - correction). correction is 1 unless .biased is set. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_axes axes;
  bool keepdim, biased;
} ag_var_args;
ag_tensor *ag_var(ag_var_args a);
/* Index (int64) of the largest element along one axis, or of the flattened tensor; the first wins, NaN too. */
ag_tensor *ag_argmax(ag_reduce_args a);

#endif
