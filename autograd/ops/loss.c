/* Losses of distances and of counts that are made of operators; those of regression, in regression_loss.c,
 * are operators. Nothing broadcasts here: a target of shape (n, 1) against an x of shape (n) is a mistake
 * that would train without a word. */
#include "ops/loss.h"

#include "ops/check.h"

#define TWO_PI 6.28318530717958647693

bool ag_loss_ready(ag_site at, const char *what, int n, ag_tensor *const *x, const char *const *names,
                   ag_tensor **result) {
  if (!ag_ready(at, what, n, x, result)) return false;
  ag_ctx *c = x[0]->c;
  for (int i = 1; i < n; i++) {
    if (ag_shape_equal(ag_shape_of(x[i]), ag_shape_of(x[0]))) continue;
    ag_fail(c, AG_ESHAPE, at, "%s: %s %s and %s %s must have the same shape", what, names[0],
            ag_shape_text(c, ag_shape_of(x[0])), names[i], ag_shape_text(c, ag_shape_of(x[i])));
    return false;
  }
  return true;
}

bool ag_loss_weight_ready(ag_site at, const char *what, const char *name, ag_tensor *x, ag_tensor *weight,
                          ag_tensor **result) {
  if (!weight) return true;
  if (!ag_ready(at, what, 2, (ag_tensor *[]){x, weight}, result)) return false;
  ag_shape both;
  if (ag_broadcast(ag_shape_of(x), ag_shape_of(weight), &both) && ag_shape_equal(both, ag_shape_of(x)))
    return true;
  ag_fail(x->c, AG_ESHAPE, at, "%s: %s %s does not broadcast to x %s", what, name,
          ag_shape_text(x->c, ag_shape_of(weight)), ag_shape_text(x->c, ag_shape_of(x)));
  return false;
}

ag_tensor *ag_loss_reduce(ag_site at, const char *what, ag_tensor *loss, ag_reduction reduction) {
  switch (reduction) {
  case AG_MEAN: return (ag_mean)((ag_reduce_args){.at = at, .x = loss});
  case AG_SUM: return (ag_sum)((ag_reduce_args){.at = at, .x = loss});
  case AG_NONE: return loss;
  case AG_BATCHMEAN: break;
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
  if (!ag_loss_ready(a->at, what, 2, operands, names, result)) return NULL;
  return (ag_sub)(a->at, a->x, a->target);
}

ag_tensor *(ag_l1_loss)(ag_loss_args a) {
  ag_tensor *result, *d = difference("l1_loss", &a, &result);
  return d ? ag_loss_reduce(a.at, "l1_loss", (ag_abs)(a.at, d), a.reduction) : result;
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
  return ag_loss_reduce(a.at, "smooth_l1_loss", (ag_smooth_l1)(a.at, d, beta), a.reduction);
}

/* delta times smooth_l1 with beta = delta. */
ag_tensor *(ag_huber_loss)(ag_huber_loss_args a) {
  ag_tensor *result,
      *d = difference("huber_loss", &(ag_loss_args){.at = a.at, .x = a.x, .target = a.target}, &result);
  const double delta = a.delta == 0 ? 1 : a.delta;
  if (!d) return result;
  if (!(delta > 0)) {
    ag_fail(d->c, AG_EVALUE, a.at, "huber_loss: delta %g must be greater than 0", delta);
    return &d->c->nil;
  }
  ag_tensor *loss = (ag_mul_scalar)(a.at, (ag_smooth_l1)(a.at, d, delta), delta);
  return ag_loss_reduce(a.at, "huber_loss", loss, a.reduction);
}

/* ---- Distributions ---- */

/* Whether x and target fit. */
static bool pair_ready(ag_site at, const char *what, ag_tensor *x, ag_tensor *target, ag_tensor **result) {
  static const char *const names[] = {"x", "target"};
  return ag_loss_ready(at, what, 2, (ag_tensor *[]){x, target}, names, result);
}

ag_tensor *(ag_kl_div)(ag_kl_div_args a) {
  const ag_site at = a.at;
  ag_tensor *result, *x = a.x, *t = a.target;
  if (!pair_ready(at, "kl_div", x, t, &result)) return result;
  ag_tensor *loss = a.log_target ? (ag_mul)(at, (ag_exp)(at, t), (ag_sub)(at, t, x))
                                 : (ag_sub)(at, (ag_xlogy)(at, t, t), (ag_mul)(at, t, x));
  if (a.reduction != AG_BATCHMEAN) return ag_loss_reduce(at, "kl_div", loss, a.reduction);
  if (x->rank == 0) {
    ag_fail(x->c, AG_ESHAPE, at, "kl_div: AG_BATCHMEAN wants an x with an axis, found scalar");
    return result;
  }
  return (ag_mul_scalar)(at, (ag_sum)((ag_reduce_args){.at = at, .x = loss}), 1 / (double)x->dim[0]);
}

/* Stirling's approximation of log(t!), t log(t) - t + log(2 pi t) / 2, where t > 1; else 0. What is not
 * chosen is computed for t = 1, so that its gradient is finite. */
static ag_tensor *stirling(ag_site at, ag_tensor *t) {
  ag_tensor *large = (ag_gt_scalar)(at, t, 1), *one = ag_filled(at, t->c, t->dtype, AG_SCALAR, 1),
            *zero = ag_filled(at, t->c, t->dtype, AG_SCALAR, 0);
  if (!one || !zero) return &t->c->nil;
  ag_tensor *safe = (ag_where)(at, large, t, one);
  ag_tensor *log = (ag_mul_scalar)(at, (ag_log)(at, (ag_mul_scalar)(at, safe, TWO_PI)), 0.5);
  ag_tensor *series = (ag_add)(at, (ag_sub)(at, (ag_mul)(at, safe, (ag_log)(at, safe)), safe), log);
  return (ag_where)(at, large, series, zero);
}

ag_tensor *(ag_poisson_nll_loss)(ag_poisson_nll_loss_args a) {
  const ag_site at = a.at;
  ag_tensor *result, *x = a.x, *t = a.target;
  if (!pair_ready(at, "poisson_nll_loss", x, t, &result)) return result;
  const double eps = a.eps != 0 ? a.eps : 1e-8;
  ag_tensor *rate = a.plain_input ? x : (ag_exp)(at, x);
  ag_tensor *log_rate = a.plain_input ? (ag_log)(at, (ag_add_scalar)(at, x, eps)) : x;
  ag_tensor *loss = (ag_sub)(at, rate, (ag_mul)(at, t, log_rate));
  if (a.full) loss = (ag_add)(at, loss, stirling(at, t));
  return ag_loss_reduce(at, "poisson_nll_loss", loss, a.reduction);
}
