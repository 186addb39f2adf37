/* Norms of vectors, made of operators: PyTorch's linalg.vector_norm, with its gradients.
 *
 *   p = 0     how many x are not 0            no gradient
 *   p = 1     sum |x|                         g sign(x)
 *   p = 2     sqrt(sum x^2)                   g x / y, 0 where y = 0
 *   p = inf   max |x|, of -inf min |x|        shared among equal |x|
 *   others    (sum |x|^p)^(1/p)               g sign(x) |x|^(p-1) y^(1-p), 0 where x = 0 or y = 0
 */
#include <math.h>

#include "ops/check.h"

/* Of nothing there is no extreme, and a negative power of 0 is no norm. */
static bool has_elements(const ag_norm_args *a) {
  const ag_shape shape = ag_shape_of(a->x);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(a->x->c, a->at, "norm", shape, a->axes, in_set)) return false;
  for (int i = 0; i < shape.rank && (a->p < 0 || isinf(a->p)); i++) {
    if (!in_set[i] || shape.dim[i] > 0) continue;
    ag_fail(a->x->c, AG_EVALUE, a->at, "norm: axis %d of %s has no elements, which have no norm for p = %g",
            i, ag_shape_text(a->x->c, shape), a->p);
    return false;
  }
  return true;
}

ag_tensor *(ag_norm)(ag_norm_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "norm", 1, &a.x, &result)) return result;
  const double p = a.nonzero ? 0 : a.p == 0 ? 2 : a.p;
  ag_reduce_args over = {a.at, a.x, a.axes, a.keepdim};
  if (!has_elements(&a)) return result;
  if (p == 0) {
    ag_tensor *zero = ag_filled(a.at, a.x->c, a.x->dtype, AG_SCALAR, 0);
    if (!zero) return result;
    over.x = (ag_add_scalar)(a.at, (ag_neg)(a.at, (ag_equal_mask)(a.at, a.x, zero)), 1);
    return (ag_sum)(over);
  }
  if (p == 2) {
    over.x = (ag_square)(a.at, a.x);
    return (ag_root)(a.at, (ag_sum)(over), 2);
  }
  over.x = p == 1 || isinf(p) ? (ag_abs)(a.at, a.x) : (ag_abs_pow)(a.at, a.x, p);
  if (isinf(p)) return p > 0 ? (ag_max)(over) : (ag_min)(over);
  return p == 1 ? (ag_sum)(over) : (ag_root)(a.at, (ag_sum)(over), p);
}
