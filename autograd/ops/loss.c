/* Losses that are made of operators; those of regression, in regression_loss.c, are operators. Nothing
 * broadcasts here: a target of shape (n, 1) against an x of shape (n) is a mistake that would train without a
 * word. */
#include <inttypes.h>
#include "ops/check.h"

/* Whether a loss may look at x and the others, which must have its shape. */
static bool loss_ready(ag_site at, const char *what, int n, ag_tensor *const *x, const char *const *names,
                       ag_tensor **result) {
  if (!ag_ready(at, what, n, x, result)) return false;
  ag_ctx *c = x[0]->c;
  for (int i = 1; i < n; i++) {
    if (ag_shape_equal(ag_shape_of(x[i]), ag_shape_of(x[0]))) continue;
    ag_fail(c, AG_ESHAPE, at, "%s: x %s and %s %s must have the same shape", what,
            ag_shape_text(c, ag_shape_of(x[0])), names[i], ag_shape_text(c, ag_shape_of(x[i])));
    return false;
  }
  return true;
}

static ag_tensor *reduce(ag_site at, const char *what, ag_tensor *loss, ag_reduction reduction) {
  switch (reduction) {
  case AG_MEAN: return (ag_mean)((ag_reduce_args){.at = at, .x = loss});
  case AG_SUM: return (ag_sum)((ag_reduce_args){.at = at, .x = loss});
  case AG_NONE: return loss;
  }
  ag_fail(loss->c, AG_EVALUE, at, "%s: reduction %d is none of AG_MEAN, AG_SUM and AG_NONE", what,
          (int)reduction);
  return &loss->c->nil;
}

/* ---- Distances ---- */

/* x - target; NULL, with what the loss returns in *result, when they do not fit. */
static ag_tensor *difference(const char *what, const ag_loss_args *a, ag_tensor **result) {
  ag_tensor *const operands[] = {a->x, a->target};
  const char *const names[] = {"x", "target"};
  if (!loss_ready(a->at, what, 2, operands, names, result)) return NULL;
  return (ag_sub)(a->at, a->x, a->target);
}

ag_tensor *(ag_l1_loss)(ag_loss_args a) {
  ag_tensor *result, *d = difference("l1_loss", &a, &result);
  return d ? reduce(a.at, "l1_loss", (ag_abs)(a.at, d), a.reduction) : result;
}

ag_tensor *(ag_smooth_l1_loss)(ag_smooth_l1_loss_args a) {
  ag_tensor *result,
      *d = difference("smooth_l1_loss", &(ag_loss_args){.at = a.at, .x = a.x, .target = a.target}, &result);
  const double beta = a.beta == 0 ? 1 : a.beta;
  if (!d) return result;
  if (!(beta > 0)) {
    ag_fail(d->c, AG_EVALUE, a.at, "smooth_l1_loss: beta %g must be greater than 0", beta);
    return &d->c->nil;
  }
  return reduce(a.at, "smooth_l1_loss", (ag_smooth_l1)(a.at, d, beta), a.reduction);
}

/* ---- Classes ---- */

/* Whether x is (n, classes) and target n labels 0 .. classes - 1. */
static bool labels_ready(const char *what, const ag_loss_args *a, ag_tensor **result) {
  const ag_tensor *x = a->x, *target = a->target;
  if (!ag_ready(a->at, what, 2, (ag_tensor *[]){a->x, a->target}, result)) return false;
  ag_ctx *c = x->c;
  const char *scores = ag_shape_text(c, ag_shape_of(x)), *labels = ag_shape_text(c, ag_shape_of(target));
  if (x->rank != 2) {
    ag_fail(c, AG_ESHAPE, a->at, "%s: x must be (n, classes), found %s", what, scores);
  } else if (target->dtype != AG_I64) {
    ag_fail(c, AG_EDTYPE, a->at, "%s: target is %s, wanted is int64", what, ag_dtype_name(target->dtype));
  } else if (target->rank != 1 || target->dim[0] != x->dim[0]) {
    ag_fail(c, AG_ESHAPE, a->at, "%s: target %s must hold one label for each of the %" PRId64 " rows of x %s",
            what, labels, x->dim[0], scores);
  } else {
    int64_t at;
    const int64_t *bad = ag_find_outside(target, 0, x->dim[1] - 1, &at);
    if (!bad) return true;
    ag_fail(c, AG_EVALUE, a->at, "%s: target %" PRId64 " at %" PRId64 " is not in 0 .. %" PRId64, what, *bad,
            at, x->dim[1] - 1);
  }
  return false;
}

/* -x[i, target[i]]. */
static ag_tensor *pick(const char *what, const ag_loss_args *a, ag_tensor *x) {
  ag_tensor *index = ag_new_view(a->at, a->target);
  if (!index) return &x->c->nil;
  index->rank = 2;
  index->dim[1] = 1;
  index->stride[1] = 1;
  ag_tensor *picked = (ag_reshape)(a->at, (ag_gather)(a->at, x, 1, index), ag_shape_of(a->target));
  return reduce(a->at, what, (ag_neg)(a->at, picked), a->reduction);
}

ag_tensor *(ag_nll_loss)(ag_loss_args a) {
  ag_tensor *result;
  return labels_ready("nll_loss", &a, &result) ? pick("nll_loss", &a, a.x) : result;
}

ag_tensor *(ag_cross_entropy)(ag_loss_args a) {
  ag_tensor *result;
  if (!labels_ready("cross_entropy", &a, &result)) return result;
  return pick("cross_entropy", &a, (ag_log_softmax)(a.at, a.x, 1));
}
