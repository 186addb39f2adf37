/* Mean and standard deviation, made of operators.
 *
 *   mean = sum(x) / n,   std = sqrt(var) */
#include "ops/check.h"

/* The number of elements that one result stands for; -1, and an error, for axes that are not there and for
 * integers. */
static int64_t reduced_count(ag_site at, const char *what, const ag_tensor *x, ag_axes axes) {
  bool in_set[AG_MAX_RANK];
  int64_t n = 1;
  if (x->dtype != AG_F32 && x->dtype != AG_F64) {
    ag_fail(x->c, AG_EDTYPE, at, "%s: operand 0 is %s, wanted is float32 or float64; cast it first", what,
            ag_dtype_name(x->dtype));
    return -1;
  }
  if (!ag_axis_set(x->c, at, what, ag_shape_of(x), axes, in_set)) return -1;
  for (int i = 0; i < x->rank; i++) n *= in_set[i] ? x->dim[i] : 1;
  return n;
}

ag_tensor *(ag_mean)(ag_reduce_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "mean", 1, &a.x, &result)) return result;
  if (a.x->dtype != AG_F32 && a.x->dtype != AG_F64) {
    ag_fail(a.x->c, AG_EDTYPE, a.at, "mean: operand 0 is %s, wanted is float32 or float64; cast it first",
            ag_dtype_name(a.x->dtype));
    return result;
  }
  const int64_t n = reduced_count(a.at, "mean", a.x, a.axes);
  return (ag_mul_scalar)(a.at, (ag_sum)(a), 1 / (double)n);
}

ag_tensor *(ag_std)(ag_var_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "std", 1, &a.x, &result) || reduced_count(a.at, "std", a.x, a.axes) < 0) return result;
  return (ag_root)(a.at, (ag_var)(a), 2);
}
