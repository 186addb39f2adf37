/* Products of operands whose ranks are fixed, made of matmul and mul, and the trace.
 *
 *   mm, bmm, mv, dot   matmul             outer   z[i][j] = x[i] y[j]
 *   trace              the sum of the diagonal
 */
#include "ops/check.h"

/* Whether x and y have these ranks and, of rank 3, one size of batch; matmul says what else does not fit. */
static bool check(ag_site at, const char *name, ag_tensor *x, int rank_x, ag_tensor *y, int rank_y,
                  ag_tensor **result) {
  if (!ag_ready(at, name, 2, (ag_tensor *[]){x, y}, result)) return false;
  const char *of_x = ag_shape_text(x->c, ag_shape_of(x)), *of_y = ag_shape_text(x->c, ag_shape_of(y));
  if (x->rank != rank_x || y->rank != rank_y) {
    ag_fail(x->c, AG_ESHAPE, at, "%s: operands have rank %d and %d, found %s and %s", name, rank_x, rank_y,
            of_x, of_y);
    return false;
  }
  const bool batches = rank_x == 3 && x->dim[0] != y->dim[0];
  if (batches) ag_fail(x->c, AG_ESHAPE, at, "%s: the batches of %s and %s differ", name, of_x, of_y);
  return !batches;
}

ag_tensor *(ag_mm)(ag_site at, ag_tensor *x, ag_tensor *y) {
  ag_tensor *result;
  return check(at, "mm", x, 2, y, 2, &result) ? (ag_matmul)(at, x, y) : result;
}

ag_tensor *(ag_bmm)(ag_site at, ag_tensor *x, ag_tensor *y) {
  ag_tensor *result;
  return check(at, "bmm", x, 3, y, 3, &result) ? (ag_matmul)(at, x, y) : result;
}

ag_tensor *(ag_mv)(ag_site at, ag_tensor *x, ag_tensor *y) {
  ag_tensor *result;
  return check(at, "mv", x, 2, y, 1, &result) ? (ag_matmul)(at, x, y) : result;
}

ag_tensor *(ag_dot)(ag_site at, ag_tensor *x, ag_tensor *y) {
  ag_tensor *result;
  return check(at, "dot", x, 1, y, 1, &result) ? (ag_matmul)(at, x, y) : result;
}

ag_tensor *(ag_outer)(ag_site at, ag_tensor *x, ag_tensor *y) {
  ag_tensor *result;
  if (!check(at, "outer", x, 1, y, 1, &result)) return result;
  return (ag_mul)(at, (ag_unsqueeze)(at, x, 1), y);
}

ag_tensor *(ag_trace)(ag_site at, ag_tensor *x) {
  ag_tensor *result;
  if (!ag_ready(at, "trace", 1, &x, &result)) return result;
  if (x->rank != 2) {
    ag_fail(x->c, AG_ESHAPE, at, "trace: %s is not a matrix", ag_shape_text(x->c, ag_shape_of(x)));
    return result;
  }
  return (ag_sum)((ag_reduce_args){.at = at, .x = (ag_diagonal)(at, x, 0, 0, 1)});
}
