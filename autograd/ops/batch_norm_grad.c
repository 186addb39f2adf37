/* The gradient of batch normalisation in training, and its own. With xhat = (x - mean) r, r = 1 / sqrt(var +
 * eps), m values in each channel and sums over them:
 *
 *   dx = w r (g - sum(g) / m - xhat sum(g xhat) / m),   dw = sum(g xhat),   db = sum(g)
 *
 * where, with the attribute relu, g counts as 0 where z = xhat w + b is not positive: there alone the bias b
 * is asked for, and what follows holds with this g and, in the end, for this g. (z is made by operators here,
 * and by the kernel there; they may round to different sides of 0.)
 *
 * As a function of its operands g, x, w and statistics (mean and var, each on its own), with incoming
 * gradients hx, hw, hb and, for each channel, a = sum(hx xhat), b = sum(g xhat), q = sum(hx g) - sum(hx)
 * sum(g) / m - a b / m,
 *
 *   <hx, dx> + <hw, dw> + <hb, db> = w r q + hw b + hb sum(g)
 *
 * has the gradients
 *
 *   to g:     w r (hx - sum(hx) / m - xhat a / m) + hw xhat + hb, whose first term is dx for g = hx
 *   to w:     r q
 *   to xhat:  u = hw g - (w r / m) (b hx + a g)
 *   to x:     r u
 *   to mean:  -r sum(u)
 *   to var:   -(r^2 / 2) (w r q + sum(u xhat)),   for dr/dvar = -r^3 / 2 and dxhat/dr = xhat / r.
 */
#ifndef AG_REAL
#include "ops/batch_norm.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

static bool batch_norm_grad_shape(ag_call *call) {
  const ag_shape g = ag_shape_of(call->in[0]);
  if (!ag_batch_norm_check(call, "g", g)) return false;
  call->shape[0] = g;
  call->shape[1] = call->shape[2] = AG_SHAPE(g.dim[1]);
  return ag_check_shape(call, 1, "x", g, "the shape of g") &&
         ag_check_shape(call, 2, "weight", AG_SHAPE(g.dim[1]), "one number for each channel") &&
         ag_check_shape(call, 3, "bias", AG_SHAPE(g.dim[1]), "one number for each channel") &&
         ag_check_shape(call, 4, "statistics", AG_SHAPE(2, g.dim[1]), "mean and variance of each channel");
}

#define AG_SELF "ops/batch_norm_grad.c"
#include "core/each_real.h"
#else

static void AG_NAME(batch_norm_grad)(const ag_call *call) {
  const agk_batch_norm_geometry g = ag_batch_norm_geometry(call->shape[0], call->attributes);
  void *workspace = ag_scratch(call, AG_NAME(agk_batch_norm_workspace)(&g));
  if (!workspace) return;
  const AG_REAL *mean = ag_data(call->in[4]), *var = mean + g.c;
  AG_NAME(agk_batch_norm_backward)
  (call->threads, &g, ag_data(call->in[1]), mean, var, ag_data(call->in[2]), ag_data(call->in[3]),
   ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]), ag_data(call->out[2]), workspace);
}
#endif

#ifndef AG_REAL

/* The sum over all axes but that of the channels, in the shape (1, c, 1, ...). */
static ag_tensor *sum(ag_tensor *x) {
  ag_axes axes = {.count = 1};
  for (int i = 2; i < ag_rank(x); i++) axes.axis[axes.count++] = i;
  return ag_sum(x, .axes = axes, .keepdim = true);
}

/* a sum of which an absent term is zero. */
static ag_tensor *plus(ag_tensor *a, ag_tensor *b) { return a && b ? ag_add(a, b) : a ? a : b; }

static ag_tensor *as_vector(ag_tensor *x) { return ag_reshape(x, AG_SHAPE(ag_numel(x))); }

/* What the gradients above share, in the shapes of x and (1, c, 1, ...). z is there with a rectifier alone.
 */
typedef struct {
  ag_tensor *g, *hx, *hw, *hb;
  ag_tensor *weight, *r, *xhat, *z, *a, *b, *q;
  double m;
} terms;

static terms find_terms(const ag_node *node, ag_tensor *const *h) {
  const ag_batch_norm_attributes *attributes = node->attributes;
  ag_tensor *g = node->in[0], *x = node->in[1], *statistics = node->in[4];
  terms t = {.hx = h[0], .m = (double)x->numel / (double)x->dim[1]};
  t.hw = h[1] ? ag_batch_norm_channels(h[1], x) : NULL;
  t.hb = h[2] ? ag_batch_norm_channels(h[2], x) : NULL;
  t.weight = ag_batch_norm_channels(node->in[2], x);
  t.r = ag_pow_scalar(ag_add_scalar(ag_batch_norm_row(statistics, 1, x), attributes->eps), -0.5);
  t.xhat = ag_mul(ag_sub(x, ag_batch_norm_row(statistics, 0, x)), t.r);
  if (attributes->relu) t.z = ag_add(ag_mul(t.xhat, t.weight), ag_batch_norm_channels(node->in[3], x));
  t.g = t.z ? ag_relu_grad(g, t.z) : g;
  t.b = sum(ag_mul(t.g, t.xhat));
  if (t.hx) {
    t.a = sum(ag_mul(t.hx, t.xhat));
    ag_tensor *products = ag_add(ag_mul(sum(t.hx), sum(t.g)), ag_mul(t.a, t.b));
    t.q = ag_sub(sum(ag_mul(t.hx, t.g)), ag_mul_scalar(products, 1 / t.m));
  }
  return t;
}

static ag_tensor *to_g(const ag_node *node, const terms *t) {
  const ag_batch_norm_attributes *a = node->attributes, plain = {a->eps, false};
  ag_tensor *out[3] = {NULL}, *operands[] = {t->hx, node->in[1], node->in[2], node->in[3], node->in[4]};
  if (t->hx) ag_apply_all(AG_HERE, &ag_op_batch_norm_grad, 5, operands, &plain, out);
  ag_tensor *affine = plus(t->hw ? ag_mul(t->hw, t->xhat) : NULL, t->hb), *to_h = plus(out[0], affine);
  return t->z ? ag_relu_grad(to_h, t->z) : to_h;
}

static ag_tensor *to_xhat(const terms *t) {
  ag_tensor *through_w = t->hw ? ag_mul(t->hw, t->g) : NULL;
  if (!t->hx) return through_w;
  ag_tensor *scale = ag_mul_scalar(ag_mul(t->weight, t->r), -1 / t->m);
  return plus(through_w, ag_mul(scale, ag_add(ag_mul(t->b, t->hx), ag_mul(t->a, t->g))));
}

/* The pair (to mean, to var) as (2, c). */
static ag_tensor *to_statistics(const terms *t, ag_tensor *u) {
  ag_tensor *mean = ag_neg(ag_mul(t->r, sum(u)));
  ag_tensor *inner = plus(t->hx ? ag_mul(ag_mul(t->weight, t->r), t->q) : NULL, sum(ag_mul(u, t->xhat)));
  ag_tensor *var = ag_mul(ag_mul_scalar(ag_square(t->r), -0.5), inner);
  return ag_stack(2, ((ag_tensor *[]){as_vector(mean), as_vector(var)}), 0);
}

static void batch_norm_grad_vjp(const ag_node *node, ag_tensor *const *h, ag_tensor **dx) {
  const terms t = find_terms(node, h);
  ag_tensor *u = to_xhat(&t);
  if (ag_needs(node, 0)) dx[0] = to_g(node, &t);
  if (ag_needs(node, 1) && u) dx[1] = ag_mul(t.r, u);
  if (ag_needs(node, 2) && t.hx) dx[2] = as_vector(ag_mul(t.r, t.q));
  if (ag_needs(node, 4) && u) dx[4] = to_statistics(&t, u);
}

#define EPS(...) AG_WITH(ag_batch_norm_attributes, __VA_ARGS__)
static const ag_sample batch_norm_grad_samples[] = {
    AG_WORKS(0.3, 2, EPS(1e-5), AG_LIST(3, 2, 2, 3), AG_LIST(3, 2, 2, 3), AG_LIST(2), AG_LIST(2),
             AG_LIST(2, 2)),
    AG_WORKS(0.3, 2, EPS(0.1), AG_LIST(5, 3), AG_LIST(5, 3), AG_LIST(3), AG_LIST(3), AG_LIST(2, 3)),
    AG_WORKS(0.3, 2, EPS(1e-3), AG_LIST(1, 1, 7), AG_LIST(1, 1, 7), AG_LIST(1), AG_LIST(1), AG_LIST(2, 1)),
    AG_WORKS(0.3, 2, EPS(1e-5, true), AG_LIST(3, 2, 2, 3), AG_LIST(3, 2, 2, 3), AG_LIST(2), AG_LIST(2),
             AG_LIST(2, 2)),
    AG_WORKS(0.3, 2, EPS(0.1, true), AG_LIST(5, 3), AG_LIST(5, 3), AG_LIST(3), AG_LIST(3), AG_LIST(2, 3)),
    AG_REFUSED("batch_norm_grad: g must be (n, c, ...), found 4", EPS(1e-5), AG_LIST(4), AG_LIST(4),
               AG_LIST(4), AG_LIST(4), AG_LIST(2, 4)),
    AG_REFUSED("batch_norm_grad: training wants more than one value in each channel, g 1x3 has 1", EPS(1e-5),
               AG_LIST(1, 3), AG_LIST(1, 3), AG_LIST(3), AG_LIST(3), AG_LIST(2, 3)),
    AG_REFUSED("batch_norm_grad: x is 4x3, wanted is 5x3, the shape of g", EPS(1e-5), AG_LIST(5, 3),
               AG_LIST(4, 3), AG_LIST(3), AG_LIST(3), AG_LIST(2, 3)),
    AG_REFUSED("batch_norm_grad: weight is 5, wanted is 3, one number for each channel", EPS(1e-5),
               AG_LIST(5, 3), AG_LIST(5, 3), AG_LIST(5), AG_LIST(3), AG_LIST(2, 3)),
    AG_REFUSED("batch_norm_grad: bias is 3x1, wanted is 3, one number for each channel", EPS(1e-5),
               AG_LIST(5, 3), AG_LIST(5, 3), AG_LIST(3), AG_LIST(3, 1), AG_LIST(2, 3)),
    AG_REFUSED("batch_norm_grad: statistics is 3x2, wanted is 2x3, mean and variance of each channel",
               EPS(1e-5), AG_LIST(5, 3), AG_LIST(5, 3), AG_LIST(3), AG_LIST(3), AG_LIST(3, 2)),
    AG_NO_MORE,
};

const ag_op ag_op_batch_norm_grad = {.name = "batch_norm_grad",
                                     .formula = "gradients of batch_norm to x, weight and bias",
                                     .shapes =
                                         "(n, c, ...) twice, (c) twice, (2, c) -> (n, c, ...), (c) twice",
                                     .n_in = 5,
                                     .n_out = 3,
                                     .attribute_size = sizeof(ag_batch_norm_attributes),
                                     .shape = batch_norm_grad_shape,
                                     .forward = {batch_norm_grad_f32, batch_norm_grad_f64},
                                     .vjp = batch_norm_grad_vjp,
                                     .samples = batch_norm_grad_samples};
#endif
