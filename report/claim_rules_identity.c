/* The rule of claim_rules.h about mathematics. With sigma = 1, that is log sigma^2 = 0,
 *
 *   mean of 1/2 log(2 pi sigma^2) + (y - mu)^2 / (2 sigma^2)  =  1/2 log(2 pi) + 1/2 mean of (y - mu)^2
 *
 * and the derivative by mu is half that of the squared error. Both sides are computed by the engine's losses,
 * in float64, on the prices that the Gaussian regressor predicted for the test part, or where there is no
 * such run on a few fixed numbers. */
#include <autograd.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "report/claim_rules.h"

typedef struct {
  const double *y, *mu;
  int64_t n;
  const char *of;
} pairs;

static const double some_y[] = {-1.5, 0.25, 0.75, 2}, some_mu[] = {-1, 0.5, 0.125, -3};

static pairs pairs_of(const evidence_cell *c) {
  const run_tensor *y = evidence_tensor(c, "test/price"), *mu = evidence_tensor(c, "test/mean");
  if (!y || !mu || y->type != TENSOR_FLOAT64 || mu->type != TENSOR_FLOAT64 || y->shape[0] != mu->shape[0])
    return (pairs){some_y, some_mu, sizeof some_y / sizeof some_y[0], "fixed numbers"};
  return (pairs){y->data, mu->data, y->shape[0], "predictions of the Gaussian regressor"};
}

/* In units of 100,000 dollars. */
static ag_tensor *scaled(ag_ctx *c, const double *values, int64_t n) {
  double *room = memory_new((size_t)n, sizeof *room);
  for (int64_t i = 0; i < n; i++) room[i] = values[i] / 1e5;
  ag_tensor *x = ag_from_double(c, AG_SHAPE(n), room);
  free(room);
  return x;
}

static ag_tensor *gradient(ag_tensor *loss, ag_tensor *of) {
  ag_tensor *g = NULL;
  ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 1, .inputs = &of, .grads = &g);
  return g;
}

/* The larger of the relative differences of the values and of the gradients. */
static double difference(ag_ctx *c, const pairs *p) {
  ag_set_dtype(c, AG_F64);
  ag_tensor *y = scaled(c, p->y, p->n), *mu = scaled(c, p->mu, p->n), *zero = ag_zeros(c, AG_SHAPE(p->n));
  ag_set_requires_grad(mu, true);
  ag_tensor *likelihood = ag_gaussian_nll_loss(mu, zero, y, .full = true), *error = ag_mse_loss(mu, y);
  ag_tensor *by_likelihood = gradient(likelihood, mu), *by_error = gradient(error, mu);
  if (ag_error(c) != AG_OK) return INFINITY;
  ag_tensor *gradients = ag_max(ag_abs(ag_sub(by_likelihood, ag_mul_scalar(by_error, 0.5))));
  double expected = 0.5 * log(2 * acos(-1)) + 0.5 * ag_item(error);
  double values = fabs(ag_item(likelihood) - expected) / fabs(expected),
         slopes = ag_item(gradients) / ag_item(ag_max(ag_abs(by_error)));
  return ag_error(c) == AG_OK ? fmax(values, slopes) : INFINITY;
}

void rule_identity(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  const pairs p = pairs_of(evidence_at(row, cross, part->value));
  ag_ctx *c = ag_ctx_new();
  double off = c ? difference(c, &p) : INFINITY;
  ag_ctx_free(c);
  const char *within = off < 1e-12 ? "below" : "not below";
  finding_fact(f,
               memory_format("with σ = 1, on %" PRId64
                             " %s: the likelihood and ½ log(2π) + ½ of the squared error, and their "
                             "gradients, differ by a share %s 1e-12",
                             p.n, p.of, within),
               0, off < 1e-12 ? VERDICT_REPRODUCED : VERDICT_NOT_REPRODUCED);
}
