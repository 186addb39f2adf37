/* Functions of the user's that gradient checks, transforms and checkpoints call: what they may leave behind
 * and what they may return. */
#include "core/function.h"

/* Puts scopes and recording back to what they were. */
static void rebalance(ag_ctx *c, ag_site at, const char *what, int depth, int no_grad) {
  if (c->depth != depth || c->too_deep > 0) {
    ag_fail(c, AG_ESTATE, at, "%s: fn has not as many ag_scope_end as ag_scope_begin", what);
  }
  if (c->no_grad != no_grad) {
    ag_fail(c, AG_ESTATE, at, "%s: fn has not as many ag_no_grad_end as ag_no_grad_begin", what);
  }
  c->no_grad = no_grad;
  c->too_deep = 0;
  while (c->depth > depth) ag_scope_end(c);
  while (c->depth < depth) ag_scope_begin(c);
}

ag_tensor *ag_evaluate(ag_site at, const char *what, ag_ctx *c, ag_function *fn, ag_tensor *const *inputs,
                       void *user) {
  if (!fn) ag_fail(c, AG_EVALUE, at, "%s: there is no fn", what);
  if (c->status != AG_OK) return NULL;
  const int depth = c->depth, no_grad = c->no_grad;
  ag_tensor *y = fn(inputs, user);
  rebalance(c, at, what, depth, no_grad);
  if (c->status != AG_OK) return NULL;
  if (ag_is_nil(y)) {
    ag_fail(c, AG_EVALUE, at, "%s: fn returned no tensor", what);
  } else if (y->c != c) {
    ag_fail(c, AG_ESTATE, at, "%s: fn returned a tensor of another context", what);
  } else if (!ag_alive(y)) {
    ag_fail(c, AG_ESTATE, at, "%s: fn returned a tensor whose scope has ended", what);
  } else if (y->dtype != AG_F32 && y->dtype != AG_F64) {
    ag_fail(c, AG_EDTYPE, at, "%s: fn returned %s, wanted is float32 or float64", what,
            ag_dtype_name(y->dtype));
  }
  return c->status == AG_OK ? y : NULL;
}
