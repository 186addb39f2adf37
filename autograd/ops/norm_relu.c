/* Batch normalisation whose statistics are known, and the rectifier behind it, of x (..., c) with norm (3,
 * c):
 *
 *   norm_relu(x, norm)           z = max((x - mean) scale + shift, 0),   mean, scale, shift = rows of norm
 *   norm_relu_grad(g, x, norm)   dx = h scale,   dnorm = (- scale sum(h), sum(h (x - mean)), sum(h)),
 *                                with h = g, or 0 where z = 0, and sums over all but the channels
 *
 * The latter reads x and g once, and has no derivative of its own: a recorded pass takes the same from
 * operators that have, which go through memory more often. */
#ifndef AG_REAL
#include "ops/norm_relu.h"

#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* How many rows of channels x has; 0 where there are no channels. */
static int64_t rows_of(const ag_tensor *x) {
  const int64_t c = x->dim[x->rank - 1];
  return c ? x->numel / c : 0;
}

bool ag_norm_relu_check(const ag_call *call, int i, int64_t channels) {
  return ag_check_shape(call, i, "norm", AG_SHAPE(AGK_NORM_ROWS, channels),
                        "mean, scale and shift of each channel");
}

static bool check(const ag_call *call, int i, ag_shape x) {
  if (x.rank == 0) return ag_reject(call, AG_ESHAPE, "x must be (..., c), found scalar");
  return ag_norm_relu_check(call, i, x.dim[x.rank - 1]);
}

static bool norm_relu_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  return check(call, 1, call->shape[0]);
}

static bool norm_relu_grad_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[1]);
  call->shape[1] = ag_shape_of(call->in[2]);
  return check(call, 2, call->shape[0]) && ag_check_shape(call, 0, "g", call->shape[0], "the shape of x");
}

#define AG_SELF "ops/norm_relu.c"
#include "core/each_real.h"
#else

static void AG_NAME(norm_relu)(const ag_call *call) {
  const ag_tensor *x = call->in[0];
  AG_NAME(agk_norm_relu_forward)
  (call->threads, rows_of(x), x->dim[x->rank - 1], ag_data(x), ag_data(call->in[1]), ag_data(call->out[0]));
}

static void AG_NAME(norm_relu_grad)(const ag_call *call) {
  const ag_tensor *x = call->in[1];
  const int64_t rows = rows_of(x), c = x->dim[x->rank - 1];
  void *workspace = ag_scratch(call, AG_NAME(agk_norm_relu_workspace)(rows, c));
  if (!workspace) return;
  AG_NAME(agk_norm_relu_backward)
  (call->threads, rows, c, ag_data(x), ag_data(call->in[2]), ag_data(call->in[0]), ag_data(call->out[0]),
   ag_data(call->out[1]), workspace);
}
#endif

#ifndef AG_REAL

ag_tensor *ag_norm_relu_row(ag_tensor *norm, int row) { return ag_select(norm, 0, row); }

ag_tensor *ag_norm_relu_centred(ag_tensor *x, ag_tensor *norm) {
  return ag_sub(x, ag_norm_relu_row(norm, AGK_MEAN));
}

/* The sum over all axes but the last, (c). */
static ag_tensor *sum_of_channels(ag_tensor *x) {
  const ag_shape matrix = AG_SHAPE(rows_of(x), x->dim[x->rank - 1]);
  return ag_sum(ag_reshape(x, matrix), .axes = AG_AXES(0));
}

ag_tensor *ag_norm_relu_to_norm(ag_tensor *h, ag_tensor *centred, ag_tensor *norm) {
  ag_tensor *sum = sum_of_channels(h), *rows[AGK_NORM_ROWS];
  rows[AGK_MEAN] = ag_neg(ag_mul(sum, ag_norm_relu_row(norm, AGK_SCALE)));
  rows[AGK_SCALE] = sum_of_channels(ag_mul(h, centred));
  rows[AGK_SHIFT] = sum;
  return ag_stack(AGK_NORM_ROWS, rows, 0);
}

static void norm_relu_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *x = node->in[0], *norm = node->in[1];
  if (node->c->transient) {
    ag_apply_all(AG_HERE, &ag_op_norm_relu_grad, 3, (ag_tensor *[]){g[0], x, norm}, NULL, dx);
    return;
  }
  ag_tensor *h = ag_relu_grad(g[0], node->out[0]);
  if (ag_needs(node, 0)) dx[0] = ag_mul(h, ag_norm_relu_row(norm, AGK_SCALE));
  if (ag_needs(node, 1)) dx[1] = ag_norm_relu_to_norm(h, ag_norm_relu_centred(x, norm), norm);
}

static const ag_sample norm_relu_samples[] = {
    AG_WORKS(-2, 2, NULL, AG_LIST(3, 2, 2, 3), AG_LIST(3, 3)),
    AG_WORKS(-2, 2, NULL, AG_LIST(9, 17), AG_LIST(3, 17)),
    AG_WORKS(-2, 2, NULL, AG_LIST(5, 1), AG_LIST(3, 1)),
    AG_WORKS(-2, 2, NULL, AG_LIST(6), AG_LIST(3, 6)),
    AG_WORKS(-2, 2, NULL, AG_LIST(0, 4), AG_LIST(3, 4)),
    AG_REFUSED("norm_relu: x must be (..., c), found scalar", NULL, AG_POINT, AG_LIST(3, 1)),
    AG_REFUSED("norm_relu: norm is 2x3, wanted is 3x3, mean, scale and shift of each channel", NULL,
               AG_LIST(4, 3), AG_LIST(2, 3)),
    AG_REFUSED("norm_relu: norm is 3x4, wanted is 3x3, mean, scale and shift of each channel", NULL,
               AG_LIST(4, 3), AG_LIST(3, 4)),
    AG_NO_MORE,
};

static const ag_sample norm_relu_grad_samples[] = {
    AG_WORKS(-2, 2, NULL, AG_LIST(3, 2, 2, 3), AG_LIST(3, 2, 2, 3), AG_LIST(3, 3)),
    AG_WORKS(-2, 2, NULL, AG_LIST(70, 37), AG_LIST(70, 37), AG_LIST(3, 37)),
    AG_WORKS(-2, 2, NULL, AG_LIST(6), AG_LIST(6), AG_LIST(3, 6)),
    AG_WORKS(-2, 2, NULL, AG_LIST(0, 4), AG_LIST(0, 4), AG_LIST(3, 4)),
    AG_REFUSED("norm_relu_grad: x must be (..., c), found scalar", NULL, AG_POINT, AG_POINT, AG_LIST(3, 1)),
    AG_REFUSED("norm_relu_grad: norm is 3, wanted is 3x3, mean, scale and shift of each channel", NULL,
               AG_LIST(4, 3), AG_LIST(4, 3), AG_LIST(3)),
    AG_REFUSED("norm_relu_grad: g is 3x4, wanted is 4x3, the shape of x", NULL, AG_LIST(3, 4), AG_LIST(4, 3),
               AG_LIST(3, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_norm_relu = {.name = "norm_relu",
                               .formula = "max((x - norm[0]) norm[1] + norm[2], 0)",
                               .shapes = "(..., c), (3, c) -> (..., c)",
                               .n_in = 2,
                               .shape = norm_relu_shape,
                               .forward = {norm_relu_f32, norm_relu_f64},
                               .vjp = norm_relu_vjp,
                               .samples = norm_relu_samples};

const ag_op ag_op_norm_relu_grad = {.name = "norm_relu_grad",
                                    .formula = "gradients of norm_relu to x and norm",
                                    .shapes = "(..., c) twice, (3, c) -> (..., c), (3, c)",
                                    .n_in = 3,
                                    .n_out = 2,
                                    .shape = norm_relu_grad_shape,
                                    .forward = {norm_relu_grad_f32, norm_relu_grad_f64},
                                    .not_differentiable = AG_NORM_RELU_PLAIN,
                                    .samples = norm_relu_grad_samples};

ag_tensor *(ag_norm_relu)(ag_site at, ag_tensor *x, ag_tensor *norm) {
  return ag_apply(at, &ag_op_norm_relu, 2, (ag_tensor *[]){x, norm}, NULL);
}
#endif
