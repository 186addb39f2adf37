/* norm_relu with max pooling behind it, of images x (n, h, w, c); windows of kernel x kernel lie side by
 * side:
 *
 *   norm_relu_max_pool2d(x, norm)           y = max_pool2d(z),   z = norm_relu(x, norm)
 *   norm_relu_max_pool2d_grad(g, x, norm)   dx = h scale where z is greatest, 0 elsewhere, with h = g, or 0
 * where y = 0;   dnorm = (- scale sum(h), sum(h (x' - mean)), sum(h)), x' = x where z is greatest
 *
 * z is never written, and made from x once more by the gradient. As with norm_relu, the latter is for passes
 * that are not recorded. A recorded one makes z, and has dx by max_pool2d_grad and x' - mean by
 * max_pool2d_gather. */
#ifndef AG_REAL
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/norm_relu.h"
#include "ops/pool2d.h"
#include "ops/sample.h"

/* The pooling by itself. */
static ag_pool2d_attributes pooling(const ag_norm_relu_max_pool2d_attributes *a) {
  const int64_t p = a->kernel;
  return (ag_pool2d_attributes){{p, p}, {p, p}, {0, 0}, {1, 1}, .channels_last = true};
}

static bool geometry_of(const ag_call *call, const ag_tensor *x, agk_pool2d_geometry *g) {
  const ag_pool2d_attributes pool = pooling(call->attributes);
  return ag_pool2d_geometry(call, ag_shape_of(x), &pool, g);
}

/* The shape of y, where x and norm, which is operand i, fit. */
static bool check(const ag_call *call, const ag_tensor *x, int i, ag_shape *y) {
  agk_pool2d_geometry g;
  if (!geometry_of(call, x, &g)) return false;
  *y = AG_SHAPE(g.planes, g.h_out, g.w_out, g.channels);
  return ag_norm_relu_check(call, i, g.channels);
}

static bool norm_relu_max_pool2d_shape(ag_call *call) { return check(call, call->in[0], 1, &call->shape[0]); }

static bool norm_relu_max_pool2d_grad_shape(ag_call *call) {
  ag_shape y;
  if (!check(call, call->in[1], 2, &y)) return false;
  call->shape[0] = ag_shape_of(call->in[1]);
  call->shape[1] = ag_shape_of(call->in[2]);
  return ag_check_shape(call, 0, "g", y, "the shape of the pooling");
}

#define AG_SELF "ops/norm_relu_pool.c"
#include "core/each_real.h"
#else

static void AG_NAME(norm_relu_max_pool2d)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!geometry_of(call, call->in[0], &g)) return;
  AG_NAME(agk_norm_relu_pool_forward)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->out[0]));
}

static void AG_NAME(norm_relu_max_pool2d_grad)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!geometry_of(call, call->in[1], &g)) return;
  void *workspace = ag_scratch(call, AG_NAME(agk_norm_relu_pool_workspace)(&g));
  if (!workspace) return;
  AG_NAME(agk_norm_relu_pool_backward)
  (call->threads, &g, ag_data(call->in[1]), ag_data(call->in[2]), ag_data(call->in[0]), ag_data(call->out[0]),
   ag_data(call->out[1]), workspace);
}
#endif

#ifndef AG_REAL

static void norm_relu_max_pool2d_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *x = node->in[0], *norm = node->in[1];
  if (node->c->transient) {
    ag_tensor *operands[] = {g[0], x, norm};
    ag_apply_all(AG_HERE, &ag_op_norm_relu_max_pool2d_grad, 3, operands, node->attributes, dx);
    return;
  }
  const ag_pool2d_attributes pool = pooling(node->attributes);
  ag_tensor *z = ag_detach(ag_norm_relu(x, norm)), *h = ag_relu_grad(g[0], node->out[0]);
  if (ag_needs(node, 0)) {
    ag_tensor *spread = ag_apply(AG_HERE, &ag_op_max_pool2d_grad, 2, (ag_tensor *[]){h, z}, &pool);
    dx[0] = ag_mul(spread, ag_norm_relu_row(norm, AGK_SCALE));
  }
  if (ag_needs(node, 1)) {
    ag_tensor *operands[] = {ag_norm_relu_centred(x, norm), z};
    dx[1] = ag_norm_relu_to_norm(h, ag_apply(AG_HERE, &ag_op_max_pool2d_gather, 2, operands, &pool), norm);
  }
}

#define SIZE(p) AG_WITH(ag_norm_relu_max_pool2d_attributes, p)
static const ag_sample norm_relu_max_pool2d_samples[] = {
    AG_WORKS(-2, 2, SIZE(2), AG_LIST(2, 4, 6, 3), AG_LIST(3, 3)),
    AG_WORKS(-2, 2, SIZE(2), AG_LIST(1, 5, 7, 17), AG_LIST(3, 17)),
    AG_WORKS(-2, 2, SIZE(2), AG_LIST(2, 4, 2, 1), AG_LIST(3, 1)),
    AG_WORKS(-2, 2, SIZE(3), AG_LIST(2, 7, 3, 2), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, SIZE(1), AG_LIST(1, 2, 3, 2), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, SIZE(2), AG_LIST(0, 4, 6, 3), AG_LIST(3, 3)),
    AG_REFUSED("norm_relu_max_pool2d: x must be (n, h, w, c), found 4x6x3", SIZE(2), AG_LIST(4, 6, 3),
               AG_LIST(3, 3)),
    AG_REFUSED("norm_relu_max_pool2d: kernel 0, stride 0 and dilation 1 must be at least 1 and below 2^31",
               SIZE(0), AG_LIST(2, 4, 6, 3), AG_LIST(3, 3)),
    AG_REFUSED("norm_relu_max_pool2d: kernel 5 with dilation 1 does not fit into x 2x4x6x3 with padding 0",
               SIZE(5), AG_LIST(2, 4, 6, 3), AG_LIST(3, 3)),
    AG_REFUSED("norm_relu_max_pool2d: norm is 3x4, wanted is 3x3, mean, scale and shift of each channel",
               SIZE(2), AG_LIST(2, 4, 6, 3), AG_LIST(3, 4)),
    AG_NO_MORE,
};

static const ag_sample norm_relu_max_pool2d_grad_samples[] = {
    AG_WORKS(-2, 2, SIZE(2), AG_LIST(2, 2, 3, 3), AG_LIST(2, 4, 6, 3), AG_LIST(3, 3)),
    AG_WORKS(-2, 2, SIZE(2), AG_LIST(3, 4, 5, 37), AG_LIST(3, 9, 11, 37), AG_LIST(3, 37)),
    AG_WORKS(-2, 2, SIZE(3), AG_LIST(2, 2, 1, 70), AG_LIST(2, 7, 5, 70), AG_LIST(3, 70)),
    AG_WORKS(-2, 2, SIZE(1), AG_LIST(1, 2, 3, 2), AG_LIST(1, 2, 3, 2), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, SIZE(2), AG_LIST(0, 2, 3, 3), AG_LIST(0, 4, 6, 3), AG_LIST(3, 3)),
    AG_REFUSED("norm_relu_max_pool2d_grad: x must be (n, h, w, c), found 4x6x3", SIZE(2), AG_LIST(2, 3, 3),
               AG_LIST(4, 6, 3), AG_LIST(3, 3)),
    AG_REFUSED("norm_relu_max_pool2d_grad: norm is 3x4, wanted is 3x3, mean, scale and shift of each channel",
               SIZE(2), AG_LIST(2, 2, 3, 3), AG_LIST(2, 4, 6, 3), AG_LIST(3, 4)),
    AG_REFUSED("norm_relu_max_pool2d_grad: g is 2x3x2x3, wanted is 2x2x3x3, the shape of the pooling",
               SIZE(2), AG_LIST(2, 3, 2, 3), AG_LIST(2, 4, 6, 3), AG_LIST(3, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_norm_relu_max_pool2d = {
    .name = "norm_relu_max_pool2d",
    .formula = "greatest max((x - norm[0]) norm[1] + norm[2], 0) of each window",
    .shapes = "(n, h, w, c), (3, c) -> (n, h', w', c)",
    .n_in = 2,
    .attribute_size = sizeof(ag_norm_relu_max_pool2d_attributes),
    .shape = norm_relu_max_pool2d_shape,
    .forward = {norm_relu_max_pool2d_f32, norm_relu_max_pool2d_f64},
    .vjp = norm_relu_max_pool2d_vjp,
    .samples = norm_relu_max_pool2d_samples};

const ag_op ag_op_norm_relu_max_pool2d_grad = {
    .name = "norm_relu_max_pool2d_grad",
    .formula = "gradients of norm_relu_max_pool2d to x and norm",
    .shapes = "(n, h', w', c), (n, h, w, c), (3, c) -> (n, h, w, c), (3, c)",
    .n_in = 3,
    .n_out = 2,
    .attribute_size = sizeof(ag_norm_relu_max_pool2d_attributes),
    .shape = norm_relu_max_pool2d_grad_shape,
    .forward = {norm_relu_max_pool2d_grad_f32, norm_relu_max_pool2d_grad_f64},
    .not_differentiable = AG_NORM_RELU_PLAIN,
    .samples = norm_relu_max_pool2d_grad_samples};

ag_tensor *(ag_norm_relu_max_pool2d)(ag_site at, ag_tensor *x, ag_tensor *norm, int kernel) {
  const ag_norm_relu_max_pool2d_attributes attributes = {kernel};
  return ag_apply(at, &ag_op_norm_relu_max_pool2d, 2, (ag_tensor *[]){x, norm}, &attributes);
}
#endif
