/* Mean, variance and standard deviation, made of operators.
 *
 *   mean = sum(x) / n,   var = sum((x - mean)^2) / (n - correction),   std = sqrt(var)
 *
 * in two passes: the square of a difference does not cancel as the difference of squares does. */
#include "ops/check.h"

/* The number of elements that one result stands for; -1, and an error, for axes that are not there. */
static int64_t reduced_count(ag_site at, const char *what, const ag_tensor *x, ag_axes axes) {
  bool in_set[AG_MAX_RANK];
  int64_t n = 1;
  if (!ag_axis_set(x->c, at, what, ag_shape_of(x), axes, in_set)) return -1;
  for (int i = 0; i < x->rank; i++) n *= in_set[i] ? x->dim[i] : 1;
  return n;
}

ag_tensor *(ag_mean)(ag_reduce_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "mean", 1, &a.x, &result)) return result;
  const int64_t n = reduced_count(a.at, "mean", a.x, a.axes);
  return (ag_mul_scalar)(a.at, (ag_sum)(a), 1 / (double)n);
}

ag_tensor *(ag_var)(ag_var_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "var", 1, &a.x, &result)) return result;
  const int64_t n = reduced_count(a.at, "var", a.x, a.axes);
  ag_tensor *mean = (ag_mean)((ag_reduce_args){a.at, a.x, a.axes, true});
  ag_tensor *squares = (ag_squared_difference)(a.at, a.x, mean);
  ag_tensor *sum = (ag_sum)((ag_reduce_args){a.at, squares, a.axes, a.keepdim});
  const int64_t freedom = a.biased || n == 0 ? n : n - 1;
  return (ag_mul_scalar)(a.at, sum, 1 / (double)freedom);
}

ag_tensor *(ag_std)(ag_var_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "std", 1, &a.x, &result) || reduced_count(a.at, "std", a.x, a.axes) < 0) return result;
  return (ag_root)(a.at, (ag_var)(a), 2);
}
