/* The losses of regression, forward and backward in one go each: half of what a small network does beside its
 * products would be their steps.
 *
 *   mse_loss            l = (x - t)^2                        dx = 2 g (x - t) = -dt
 *   gaussian_nll_loss   l = (v + d^2 e^-v) / 2, d = t - x    dx = -g d e^-v = -dt,   dv = g (1 - d^2 e^-v) /
 * 2
 *
 * and of each its mean or its sum, in which g is one number. With full, log(2 pi) / 2 is added. */
#ifndef AG_REAL
#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/elementary.h"
#include "kernels/reduce.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

#define HALF_LOG_2PI 0.91893853320467274178

enum { CHUNK = 4096 }; /* elements that a thread takes at a time */

/* All operands have the shape of x: a target of shape (n, 1) against an x of shape (n) is a mistake that
 * would train without a word. */
static bool loss_shape(ag_call *call) {
  static const char *const mse[] = {"x", "target"}, *const likelihood[] = {"x", "log_variance", "target"};
  const char *const *names = call->n_in == 2 ? mse : likelihood;
  const ag_loss_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  for (int i = 1; i < call->n_in; i++) {
    if (ag_shape_equal(ag_shape_of(call->in[i]), shape)) continue;
    return ag_reject(call, AG_ESHAPE, "x %s and %s %s must have the same shape", ag_operand_text(call, 0),
                     names[i], ag_operand_text(call, i));
  }
  if (a->reduction != AG_MEAN && a->reduction != AG_SUM && a->reduction != AG_NONE)
    return ag_reject(call, AG_EVALUE, "reduction %d is none of AG_MEAN, AG_SUM and AG_NONE",
                     (int)a->reduction);
  call->shape[0] = a->reduction == AG_NONE ? shape : AG_SCALAR;
  return true;
}

/* What the sum of all elements, or each, is multiplied with. */
static double scale_of(const ag_loss_attributes *a, const ag_tensor *x) {
  return a->reduction == AG_MEAN ? 1 / (double)x->numel : 1;
}

/* g (scalar or like x), x, log_variance and target; the results are like x. */
static bool grad_shape(ag_call *call) {
  const ag_shape shape = ag_shape_of(call->in[1]);
  for (int i = 2; i < 4; i++)
    if (!ag_check_shape(call, i, i == 2 ? "log_variance" : "target", shape, "as x")) return false;
  if (call->in[0]->rank > 0 && !ag_check_shape(call, 0, "g", shape, "as x")) return false;
  call->shape[0] = call->shape[1] = shape;
  return true;
}

#define AG_SELF "ops/regression_loss.c"
#include "core/each_real.h"
#else

/* ---- Kernels ---- */

/* What a loop reads and writes. */
typedef struct {
  const AG_REAL *g, *x, *v, *t;
  AG_REAL *y, *dx, *dv;
  AG_REAL scale;
  int64_t step; /* of g, which is repeated where it is 0 */
  bool full;
} AG_NAME(job);

AG_MULTIVERSION static void AG_NAME(squares)(const AG_NAME(job) * j, int64_t begin, int64_t end) {
  const AG_REAL *restrict x = j->x, *restrict t = j->t;
  AG_REAL *restrict y = j->y;
  for (int64_t i = begin; i < end; i++) y[i] = (x[i] - t[i]) * (x[i] - t[i]);
}

AG_MULTIVERSION static void AG_NAME(likelihoods)(const AG_NAME(job) * j, int64_t begin, int64_t end) {
  const AG_REAL *restrict x = j->x, *restrict v = j->v, *restrict t = j->t;
  AG_REAL *restrict y = j->y;
  const AG_REAL constant = j->full ? (AG_REAL)HALF_LOG_2PI : 0;
  for (int64_t i = begin; i < end; i++) {
    const AG_REAL d = t[i] - x[i];
    y[i] = (AG_REAL)0.5 * (v[i] + d * d * AG_NAME(agk_exp)(-v[i])) + constant;
  }
}

AG_MULTIVERSION static void AG_NAME(likelihood_grads)(const AG_NAME(job) * j, int64_t begin, int64_t end) {
  const AG_REAL *restrict x = j->x, *restrict v = j->v, *restrict t = j->t, *restrict g = j->g;
  AG_REAL *restrict dx = j->dx, *restrict dv = j->dv;
  const AG_REAL scale = j->scale;
  const int64_t step = j->step;
  for (int64_t i = begin; i < end; i++) {
    const AG_REAL h = g[i * step] * scale, d = t[i] - x[i], e = AG_NAME(agk_exp)(-v[i]);
    dx[i] = -(h * e * (2 * d));
    dv[i] = h - h * (d * d) * e;
  }
}

/* Runs a loop over n elements. */
static void AG_NAME(run)(const ag_call *call, int64_t n,
                         void (*loop)(const AG_NAME(job) *, int64_t begin, int64_t end),
                         const AG_NAME(job) * j) {
  const int64_t chunks = ag_chunks(n, CHUNK);
  const int team = ag_team(call->threads, chunks, n);
  if (team == 1) {
    loop(j, 0, n);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range r = ag_chunk_range(i, chunks, n);
    loop(j, r.begin, r.end);
  }
}

/* ---- Forward ---- */

static void AG_NAME(mse_loss)(const ag_call *call) {
  const ag_loss_attributes *a = call->attributes;
  const int64_t n = call->in[0]->numel;
  const AG_NAME(job) j = {.x = ag_data(call->in[0]), .t = ag_data(call->in[1]), .y = ag_data(call->out[0])};
  if (a->reduction == AG_NONE) {
    AG_NAME(run)(call, n, AG_NAME(squares), &j);
    return;
  }
  const agk_reduce_geometry all = {1, n, 1};
  void *workspace = ag_scratch(call, AG_NAME(agk_reduce_sum_workspace)(&all, call->threads));
  if (!workspace) return;
  AG_NAME(agk_reduce_distance)(call->threads, n, j.x, j.t, j.y, workspace);
  *j.y = (AG_REAL)scale_of(a, call->in[0]) * *j.y;
}

static void AG_NAME(gaussian_nll_loss)(const ag_call *call) {
  const ag_loss_attributes *a = call->attributes;
  const int64_t n = call->in[0]->numel;
  AG_NAME(job)
  j = {.x = ag_data(call->in[0]),
       .v = ag_data(call->in[1]),
       .t = ag_data(call->in[2]),
       .y = ag_data(call->out[0]),
       .full = a->full};
  if (a->reduction == AG_NONE) {
    AG_NAME(run)(call, n, AG_NAME(likelihoods), &j);
    return;
  }
  const agk_reduce_geometry all = {1, n, 1};
  const size_t room = ag_aligned_size((size_t)n * sizeof(AG_REAL));
  char *scratch = ag_scratch(call, room + AG_NAME(agk_reduce_sum_workspace)(&all, call->threads));
  AG_REAL *loss = j.y;
  if (!scratch) return;
  j.y = (AG_REAL *)(void *)scratch;
  AG_NAME(run)(call, n, AG_NAME(likelihoods), &j);
  AG_NAME(agk_reduce_sum)(call->threads, &all, j.y, loss, scratch + room);
  *loss = (AG_REAL)scale_of(a, call->in[0]) * *loss;
}

static void AG_NAME(gaussian_nll_loss_grad)(const ag_call *call) {
  const ag_scale_attributes *a = call->attributes;
  const AG_NAME(job) j = {.g = ag_data(call->in[0]),
                          .x = ag_data(call->in[1]),
                          .v = ag_data(call->in[2]),
                          .t = ag_data(call->in[3]),
                          .dx = ag_data(call->out[0]),
                          .dv = ag_data(call->out[1]),
                          .scale = (AG_REAL)a->scale,
                          .step = call->in[0]->rank > 0};
  AG_NAME(run)(call, call->in[1]->numel, AG_NAME(likelihood_grads), &j);
}
#endif

#ifndef AG_REAL

/* ---- Backward ---- */

static void mse_loss_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *x = node->in[0], *t = node->in[1];
  ag_tensor *twice = ag_mul_scalar(g[0], 2 * scale_of(node->attributes, x));
  if (ag_needs(node, 0)) dx[0] = ag_scaled_difference(twice, x, t);
  if (ag_needs(node, 1)) dx[1] = ag_scaled_difference(twice, t, x);
}

static void gaussian_nll_loss_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_scale_attributes half = {scale_of(node->attributes, node->in[0]) / 2};
  ag_tensor *operands[] = {g[0], node->in[0], node->in[1], node->in[2]};
  ag_apply_all(AG_HERE, &ag_op_gaussian_nll_loss_grad, 4, operands, &half, dx);
  if (ag_needs(node, 2)) dx[2] = ag_neg(dx[0]);
}

/* Of dx = -2 h d e^-v and dv = h (1 - d^2 e^-v) with h = scale g: for a and b, the gradients of these, and s
 * = 2 a + b d,   dg = scale (b - s d e^-v),   dx = 2 (a + b d) h e^-v = -dt,   dv = s d h e^-v. */
static void gaussian_nll_loss_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const double scale = ((const ag_scale_attributes *)node->attributes)->scale;
  ag_tensor *zero = ag_filled(AG_HERE, node->c, node->in[1]->dtype, AG_SCALAR, 0);
  if (!zero) return;
  ag_tensor *a = g[0] ? g[0] : zero, *b = g[1] ? g[1] : zero;
  ag_tensor *d = ag_sub(node->in[3], node->in[1]), *e = ag_exp(ag_neg(node->in[2]));
  ag_tensor *bd = ag_mul(b, d), *sd = ag_mul(ag_add(ag_mul_scalar(a, 2), bd), d);
  ag_tensor *he = ag_mul(ag_mul_scalar(node->in[0], scale), e);
  if (ag_needs(node, 0)) dx[0] = ag_mul_scalar(ag_sub(b, ag_mul(sd, e)), scale);
  if (ag_needs(node, 2)) dx[2] = ag_mul(sd, he);
  if (!ag_needs(node, 1) && !ag_needs(node, 3)) return;
  dx[1] = ag_mul(ag_mul_scalar(ag_add(a, bd), 2), he);
  if (ag_needs(node, 3)) dx[3] = ag_neg(dx[1]);
}

#define BY(...) AG_WITH(ag_loss_attributes, __VA_ARGS__)
static const ag_sample mse_loss_samples[] = {
    AG_WORKS(-2, 2, BY(AG_MEAN), AG_LIST(3, 4), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, BY(AG_SUM), AG_LIST(7), AG_LIST(7)),
    AG_WORKS(-2, 2, BY(AG_NONE), AG_LIST(2, 3), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, BY(AG_MEAN), AG_POINT, AG_POINT),
    AG_WORKS(-2, 2, BY(AG_SUM), AG_LIST(0, 3), AG_LIST(0, 3)),
    AG_WORKS(-2, 2, BY(AG_MEAN), AG_LIST(2500), AG_LIST(2500)),
    AG_REFUSED("mse_loss: x 5x4 and target 5x1 must have the same shape", BY(AG_MEAN), AG_LIST(5, 4),
               AG_LIST(5, 1)),
    AG_REFUSED("mse_loss: reduction 7 is none of AG_MEAN, AG_SUM and AG_NONE", BY((ag_reduction)7),
               AG_LIST(2), AG_LIST(2)),
    AG_NO_MORE,
};

static const ag_sample gaussian_nll_loss_samples[] = {
    AG_WORKS(-2, 2, BY(AG_MEAN), AG_LIST(3, 4), AG_LIST(3, 4), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, BY(AG_SUM, true), AG_LIST(7), AG_LIST(7), AG_LIST(7)),
    AG_WORKS(-2, 2, BY(AG_NONE, true), AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, BY(AG_NONE), AG_POINT, AG_POINT, AG_POINT),
    AG_WORKS(-2, 2, BY(AG_SUM), AG_LIST(0, 3), AG_LIST(0, 3), AG_LIST(0, 3)),
    AG_REFUSED("gaussian_nll_loss: x 5x4 and log_variance 5 must have the same shape", BY(AG_MEAN),
               AG_LIST(5, 4), AG_LIST(5), AG_LIST(5, 4)),
    AG_REFUSED("gaussian_nll_loss: x 5x4 and target 5x1 must have the same shape", BY(AG_MEAN), AG_LIST(5, 4),
               AG_LIST(5, 4), AG_LIST(5, 1)),
    AG_NO_MORE,
};

#define SCALED(by) AG_WITH(ag_scale_attributes, by)
static const ag_sample gaussian_nll_loss_grad_samples[] = {
    AG_WORKS(-2, 2, SCALED(0.5), AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, SCALED(0.05), AG_POINT, AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, SCALED(0.5), AG_POINT, AG_POINT, AG_POINT, AG_POINT),
    AG_WORKS(-2, 2, SCALED(0.5), AG_POINT, AG_LIST(0, 3), AG_LIST(0, 3), AG_LIST(0, 3)),
    AG_REFUSED("gaussian_nll_loss_grad: target is 3, wanted is 2x3, as x", SCALED(0.5), AG_POINT,
               AG_LIST(2, 3), AG_LIST(2, 3), AG_LIST(3)),
    AG_REFUSED("gaussian_nll_loss_grad: g is 3, wanted is 2x3, as x", SCALED(0.5), AG_LIST(3), AG_LIST(2, 3),
               AG_LIST(2, 3), AG_LIST(2, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_mse_loss = {.name = "mse_loss",
                              .formula = "(x - target)^2, their mean or their sum",
                              .shapes = "x, x -> x or ()",
                              .n_in = 2,
                              .attribute_size = sizeof(ag_loss_attributes),
                              .shape = loss_shape,
                              .forward = {mse_loss_f32, mse_loss_f64},
                              .vjp = mse_loss_vjp,
                              .samples = mse_loss_samples};

const ag_op ag_op_gaussian_nll_loss = {
    .name = "gaussian_nll_loss",
    .formula = "(log_variance + (target - x)^2 e^-log_variance) / 2, their mean or their sum",
    .shapes = "x, x, x -> x or ()",
    .n_in = 3,
    .attribute_size = sizeof(ag_loss_attributes),
    .shape = loss_shape,
    .forward = {gaussian_nll_loss_f32, gaussian_nll_loss_f64},
    .vjp = gaussian_nll_loss_vjp,
    .samples = gaussian_nll_loss_samples};

const ag_op ag_op_gaussian_nll_loss_grad = {
    .name = "gaussian_nll_loss_grad",
    .formula = "-2 h d e^-log_variance and h (1 - d^2 e^-log_variance) for h = scale g and d = target - x",
    .shapes = "() or x, x, x, x -> x, x",
    .n_in = 4,
    .n_out = 2,
    .attribute_size = sizeof(ag_scale_attributes),
    .shape = grad_shape,
    .forward = {gaussian_nll_loss_grad_f32, gaussian_nll_loss_grad_f64},
    .vjp = gaussian_nll_loss_grad_vjp,
    .samples = gaussian_nll_loss_grad_samples};

ag_tensor *(ag_mse_loss)(ag_loss_args a) {
  const ag_loss_attributes attributes = {a.reduction, false};
  return ag_apply(a.at, &ag_op_mse_loss, 2, (ag_tensor *[]){a.x, a.target}, &attributes);
}

ag_tensor *(ag_gaussian_nll_loss)(ag_gaussian_nll_loss_args a) {
  const ag_loss_attributes attributes = {a.reduction, a.full};
  return ag_apply(a.at, &ag_op_gaussian_nll_loss, 3, (ag_tensor *[]){a.x, a.log_variance, a.target},
                  &attributes);
}
#endif
