/* Batch normalisation (Ioffe and Szegedy 2015) of x (n, c, ...), over all axes but that of the channels.
 *
 *   y = (x - mean) r w + b,   r = 1 / sqrt(var + eps),   statistics (2, c) = mean and biased var of x
 *
 * or, with the attribute relu, max(y, 0) in the same pass: its gradient counts g as 0 where y <= 0.
 *
 * With m values in each channel, g the gradient of y and (gm, gv) that of the statistics,
 *
 *   dx = batch_norm_grad(g, ...) + (gm + 2 gv (x - mean)) / m.
 *
 * The statistics are a result because batch_norm_grad needs them as operand; what its own gradient says of
 * them comes back here as (gm, gv), so that higher derivatives are complete. */
#ifndef AG_REAL
#include "ops/batch_norm.h"

#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

agk_batch_norm_geometry ag_batch_norm_geometry(ag_shape x, const ag_batch_norm_attributes *a) {
  agk_batch_norm_geometry g = {x.dim[0], x.dim[1], 1, a->eps, a->relu};
  for (int i = 2; i < x.rank; i++) g.s *= x.dim[i];
  return g;
}

bool ag_batch_norm_check(const ag_call *call, const char *what, ag_shape x) {
  if (x.rank < 2)
    return ag_reject(call, AG_ESHAPE, "%s must be (n, c, ...), found %s", what, ag_shape_text(call->c, x));
  const agk_batch_norm_geometry g = ag_batch_norm_geometry(x, call->attributes);
  if (g.n * g.s > 1) return true;
  return ag_reject(call, AG_ESHAPE, "training wants more than one value in each channel, %s %s has %d", what,
                   ag_shape_text(call->c, x), (int)(g.n * g.s));
}

static bool batch_norm_shape(ag_call *call) {
  const ag_shape x = ag_shape_of(call->in[0]);
  if (!ag_batch_norm_check(call, "x", x)) return false;
  call->shape[0] = x;
  call->shape[1] = AG_SHAPE(2, x.dim[1]);
  return ag_check_shape(call, 1, "weight", AG_SHAPE(x.dim[1]), "one number for each channel") &&
         ag_check_shape(call, 2, "bias", AG_SHAPE(x.dim[1]), "one number for each channel");
}

#define AG_SELF "ops/batch_norm.c"
#include "core/each_real.h"
#else

static void AG_NAME(batch_norm)(const ag_call *call) {
  const agk_batch_norm_geometry g = ag_batch_norm_geometry(ag_shape_of(call->in[0]), call->attributes);
  void *workspace = ag_scratch(call, AG_NAME(agk_batch_norm_workspace)(&g));
  if (!workspace) return;
  AG_REAL *mean = ag_data(call->out[1]), *var = mean + g.c;
  AG_NAME(agk_batch_norm_forward)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->in[2]), ag_data(call->out[0]),
   mean, var, workspace);
}

/* running += momentum (batch - running), element by element; the running values may be strided. */
static void AG_NAME(move)(ag_tensor *running, double momentum, const void *batch, double scale) {
  for (int64_t i = 0; i < running->numel; i++) {
    AG_REAL *r = (AG_REAL *)(void *)running->data + i * running->stride[0];
    *r = (AG_REAL)((double)*r + momentum * (scale * (double)((const AG_REAL *)batch)[i] - (double)*r));
  }
  ag_overwritten(running);
}
#endif

#ifndef AG_REAL

ag_tensor *ag_batch_norm_channels(ag_tensor *values, const ag_tensor *x) {
  ag_shape shape = {.rank = x->rank, .dim = {1, x->dim[1]}};
  for (int i = 2; i < shape.rank; i++) shape.dim[i] = 1;
  return ag_reshape(values, shape);
}

ag_tensor *ag_batch_norm_row(ag_tensor *pair, int row, const ag_tensor *x) {
  return ag_batch_norm_channels(ag_slice(pair, 0, row, row + 1, 1), x);
}

/* (gm + 2 gv (x - mean)) / m. */
static ag_tensor *through_statistics(const ag_node *node, ag_tensor *g) {
  ag_tensor *x = node->in[0], *centred = ag_sub(x, ag_batch_norm_row(node->out[1], 0, x));
  ag_tensor *sum =
      ag_add(ag_batch_norm_row(g, 0, x), ag_mul(ag_mul_scalar(ag_batch_norm_row(g, 1, x), 2), centred));
  return ag_mul_scalar(sum, (double)x->dim[1] / (double)x->numel);
}

static void batch_norm_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  if (g[0]) {
    ag_tensor *operands[] = {g[0], node->in[0], node->in[1], node->in[2], node->out[1]};
    ag_apply_all(AG_HERE, &ag_op_batch_norm_grad, 5, operands, node->attributes, dx);
  }
  if (g[1] && ag_needs(node, 0)) {
    ag_tensor *more = through_statistics(node, g[1]);
    dx[0] = g[0] ? ag_add(dx[0], more) : more;
  }
}

#define EPS(...) AG_WITH(ag_batch_norm_attributes, __VA_ARGS__)
static const ag_sample batch_norm_samples[] = {
    AG_WORKS(-2, 2, EPS(1e-5), AG_LIST(3, 2, 2, 3), AG_LIST(2), AG_LIST(2)),
    AG_WORKS(-2, 2, EPS(0.1), AG_LIST(5, 3), AG_LIST(3), AG_LIST(3)),
    AG_WORKS(0.5, 3, EPS(1e-3), AG_LIST(1, 2, 7), AG_LIST(2), AG_LIST(2)),
    AG_WORKS(-2, 2, EPS(1e-5), AG_LIST(4, 1, 1, 2, 2), AG_LIST(1), AG_LIST(1)),
    AG_WORKS(-2, 2, EPS(1e-5, true), AG_LIST(3, 2, 2, 3), AG_LIST(2), AG_LIST(2)),
    AG_WORKS(-2, 2, EPS(0.1, true), AG_LIST(5, 3), AG_LIST(3), AG_LIST(3)),
    AG_REFUSED("batch_norm: x must be (n, c, ...), found 5", EPS(1e-5), AG_LIST(5), AG_LIST(5), AG_LIST(5)),
    AG_REFUSED("batch_norm: training wants more than one value in each channel, x 1x3x1x1 has 1", EPS(1e-5),
               AG_LIST(1, 3, 1, 1), AG_LIST(3), AG_LIST(3)),
    AG_REFUSED("batch_norm: training wants more than one value in each channel, x 0x3 has 0", EPS(1e-5),
               AG_LIST(0, 3), AG_LIST(3), AG_LIST(3)),
    AG_REFUSED("batch_norm: weight is 4, wanted is 3, one number for each channel", EPS(1e-5), AG_LIST(4, 3),
               AG_LIST(4), AG_LIST(3)),
    AG_REFUSED("batch_norm: bias is 1x3, wanted is 3, one number for each channel", EPS(1e-5), AG_LIST(4, 3),
               AG_LIST(3), AG_LIST(1, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_batch_norm = {
    .name = "batch_norm",
    .formula = "(x - mean) / sqrt(var + eps) weight + bias, or max(.., 0) of it, and (mean, var)",
    .shapes = "(n, c, ...), (c), (c) -> (n, c, ...), (2, c)",
    .n_in = 3,
    .n_out = 2,
    .attribute_size = sizeof(ag_batch_norm_attributes),
    .shape = batch_norm_shape,
    .forward = {batch_norm_f32, batch_norm_f64},
    .vjp = batch_norm_vjp,
    .samples = batch_norm_samples};

/* Whether all that is given for the channels of x has one number for each. */
static bool channels_ready(const ag_batch_norm_args *a, ag_tensor **result) {
  if (!ag_ready(a->at, "batch_norm", 1, &a->x, result)) return false;
  ag_tensor *x = a->x;
  const char *const names[] = {"weight", "bias", "running_mean", "running_var"};
  ag_tensor *const given[] = {a->weight, a->bias, a->running_mean, a->running_var};
  if (x->rank < 2) {
    ag_fail(x->c, AG_ESHAPE, a->at, "batch_norm: x must be (n, c, ...), found %s",
            ag_shape_text(x->c, ag_shape_of(x)));
    return false;
  }
  for (int i = 0; i < 4; i++) {
    if (!given[i]) continue;
    if (!ag_ready(a->at, "batch_norm", 2, (ag_tensor *[]){x, given[i]}, result)) return false;
    if (given[i]->dtype == x->dtype && ag_shape_equal(ag_shape_of(given[i]), AG_SHAPE(x->dim[1]))) continue;
    ag_fail(x->c, AG_ESHAPE, a->at, "batch_norm: %s is %s %s, x %s %s wants one %s for each channel",
            names[i], ag_dtype_name(given[i]->dtype), ag_shape_text(x->c, ag_shape_of(given[i])),
            ag_dtype_name(x->dtype), ag_shape_text(x->c, ag_shape_of(x)), ag_dtype_name(x->dtype));
    return false;
  }
  return true;
}

void ag_batch_norm_remember(ag_tensor *running_mean, ag_tensor *running_var, double momentum,
                            const ag_tensor *statistics, int64_t elements) {
  const int64_t channels = statistics->dim[1];
  const double n = (double)(elements / (channels ? channels : 1));
  const char *mean = statistics->data, *var = mean + channels * (int64_t)ag_dtype_size(statistics->dtype);
  if (statistics->c->repeats) return;
  void (*move)(ag_tensor *, double, const void *, double) = statistics->dtype == AG_F32 ? move_f32 : move_f64;
  if (running_mean) move(running_mean, momentum, mean, 1);
  if (running_var) move(running_var, momentum, var, n / (n - 1));
}

static ag_tensor *train(const ag_batch_norm_args *a, ag_tensor *weight, ag_tensor *bias) {
  const ag_batch_norm_attributes attributes = {a->eps != 0 ? a->eps : 1e-5, a->relu};
  const double momentum = a->momentum != 0 ? a->momentum : 0.1;
  ag_tensor *out[2];
  if (!ag_apply_all(a->at, &ag_op_batch_norm, 3, (ag_tensor *[]){a->x, weight, bias}, &attributes, out))
    return out[0];
  ag_batch_norm_remember(a->running_mean, a->running_var, momentum, out[1], a->x->numel);
  return out[0];
}

/* y = (b - mean s) + x s with s = w / sqrt(var + eps). */
static ag_tensor *evaluate(const ag_batch_norm_args *a, ag_tensor *weight, ag_tensor *bias) {
  const ag_site at = a->at;
  ag_tensor *rstd =
      (ag_pow_scalar)(at, (ag_add_scalar)(at, a->running_var, a->eps != 0 ? a->eps : 1e-5), -0.5);
  ag_tensor *scale = (ag_mul)(at, weight, rstd);
  ag_tensor *shift = (ag_sub)(at, bias, (ag_mul)(at, a->running_mean, scale));
  ag_tensor *of_x[] = {ag_batch_norm_channels(shift, a->x), a->x, ag_batch_norm_channels(scale, a->x)};
  return (a->relu ? ag_addcmul_relu : ag_addcmul)(at, of_x[0], of_x[1], of_x[2]);
}

ag_tensor *(ag_batch_norm)(ag_batch_norm_args a) {
  ag_tensor *result;
  if (!channels_ready(&a, &result)) return result;
  ag_ctx *c = a.x->c;
  const ag_shape shape = AG_SHAPE(a.x->dim[1]);
  if (!a.training && !(a.running_mean && a.running_var)) {
    ag_fail(c, AG_EVALUE, a.at,
            "batch_norm: evaluation wants running_mean and running_var, one of them is NULL");
    return result;
  }
  ag_tensor *weight = a.weight ? a.weight : ag_filled(a.at, c, a.x->dtype, shape, 1);
  ag_tensor *bias = a.bias ? a.bias : ag_filled(a.at, c, a.x->dtype, shape, 0);
  if (!weight || !bias) return result;
  return a.training ? train(&a, weight, bias) : evaluate(&a, weight, bias);
}
#endif
