/* All gradients of the affine map at once: they read the same gradient, and small ones share one parallel
 * loop. With z = x w' + b, and y = max(z, 0) where it is given,
 *
 *   h = g, or y > 0 ? g : 0
 *   linear_backward(g, x, w, y) = d<h, z>/d(x, w, b) = h w, h' x, sum of h over all rows
 *
 * With the incoming gradients p, q and r of the three results,
 *
 *   dh = p w' + x q' + r,   dg = dh, or y > 0 ? dh : 0,   dx = h q,   dw = h' p.
 *
 * The first result is empty, and p is left out, where the weights alone are asked for. */
#ifndef AG_REAL
#include "kernels/linear_backward.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/linear.h"
#include "ops/sample.h"

static bool linear_backward_shape(ag_call *call) {
  if (call->n_in < 3 || call->n_in > 4)
    return ag_reject(call, AG_EVALUE, "%d operands given; g, x, weight and optionally y are wanted",
                     call->n_in);
  const ag_linear_backward_attributes *a = call->attributes;
  ag_shape y;
  if (!ag_linear_shape(call, 1, &y)) return false;
  call->shape[0] = a->only_weight ? AG_SHAPE(0) : ag_shape_of(call->in[1]);
  call->shape[1] = ag_shape_of(call->in[2]);
  call->shape[2] = AG_SHAPE(ag_dim(call->in[2], 0));
  return ag_check_shape(call, 0, "g", y, "the shape of x w'") &&
         (call->n_in == 3 || ag_check_shape(call, 3, "y", y, "the shape of x w'"));
}

#define AG_SELF "ops/linear_backward.c"
#include "core/each_real.h"
#else

static void AG_NAME(linear_backward)(const ag_call *call) {
  const ag_linear_backward_attributes *a = call->attributes;
  const agk_linear_geometry g = {.rows = ag_linear_rows(call->in[1]),
                                 .in = ag_dim(call->in[2], 1),
                                 .out = ag_dim(call->in[2], 0),
                                 .only_weight = a->only_weight};
  void *workspace = ag_scratch(call, AG_NAME(agk_linear_backward_workspace)(&g, call->threads));
  if (!workspace) return;
  const AG_NAME(agk_linear_gradients) operands = {.g = ag_data(call->in[0]),
                                                  .x = ag_data(call->in[1]),
                                                  .w = ag_data(call->in[2]),
                                                  .y = call->n_in == 4 ? ag_data(call->in[3]) : NULL,
                                                  .gx = ag_data(call->out[0]),
                                                  .gw = ag_data(call->out[1]),
                                                  .gb = ag_data(call->out[2])};
  AG_NAME(agk_linear_backward)(call->threads, &g, &operands, workspace);
}
#endif

#ifndef AG_REAL

/* p w' + x q' + r, or NULL where all three are. */
static ag_tensor *to_h(const ag_node *node, ag_tensor *const *incoming, ag_tensor *p) {
  ag_tensor *g = node->in[0], *x = node->in[1], *weight = node->in[2];
  ag_tensor *q = incoming[1], *r = incoming[2], *sum = NULL;
  if (q)
    sum = ag_linear(x, q, r);
  else if (r)
    sum = ag_expand(r, ag_shape_of(g));
  if (!p) return sum;
  ag_tensor *first = ag_linear(p, weight);
  return sum ? ag_add(first, sum) : first;
}

static void linear_backward_vjp(const ag_node *node, ag_tensor *const *incoming, ag_tensor **dx) {
  const ag_linear_backward_attributes *a = node->attributes;
  ag_tensor *g = node->in[0], *x = node->in[1], *y = node->n_in == 4 ? node->in[3] : NULL;
  ag_tensor *p = a->only_weight ? NULL : incoming[0], *q = incoming[1];
  if (ag_needs(node, 0)) {
    dx[0] = to_h(node, incoming, p);
    if (y && dx[0]) dx[0] = ag_relu_grad(dx[0], y);
  }
  const bool to_x = ag_needs(node, 1) && q, to_weight = ag_needs(node, 2) && p;
  if (!to_x && !to_weight) return;
  ag_tensor *h = ag_linear_matrix(y ? ag_relu_grad(g, y) : g);
  if (to_x) dx[1] = ag_reshape(ag_matmul(h, q), ag_shape_of(x));
  if (to_weight) dx[2] = ag_matmul(ag_transpose(h, 0, 1), ag_linear_matrix(p));
}

static double linear_backward_flops(const ag_call *call) {
  const ag_linear_backward_attributes *a = call->attributes;
  return (double)ag_numel(call->in[0]) *
         ((a->only_weight ? 2 : 4) * (double)ag_dim(call->in[2], 1) + 1 + (call->n_in == 4));
}

#define ONLY(weight) AG_WITH(ag_linear_backward_attributes, weight)
#define ALL ONLY(false)
static const ag_sample linear_backward_samples[] = {
    AG_WORKS(-2, 2, ALL, AG_LIST(3, 4), AG_LIST(3, 5), AG_LIST(4, 5), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, ALL, AG_LIST(3, 4), AG_LIST(3, 5), AG_LIST(4, 5)),
    AG_WORKS(-2, 2, ONLY(true), AG_LIST(3, 4), AG_LIST(3, 5), AG_LIST(4, 5), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, ONLY(true), AG_LIST(2, 1, 4), AG_LIST(2, 1, 3), AG_LIST(4, 3)),
    AG_WORKS(-2, 2, ALL, AG_LIST(2, 1, 1), AG_LIST(2, 1, 3), AG_LIST(1, 3), AG_LIST(2, 1, 1)),
    AG_WORKS(-2, 2, ALL, AG_LIST(2), AG_LIST(7), AG_LIST(2, 7), AG_LIST(2)),
    AG_WORKS(-2, 2, ALL, AG_LIST(0, 2), AG_LIST(0, 3), AG_LIST(2, 3), AG_LIST(0, 2)),
    AG_WORKS(-2, 2, ALL, AG_LIST(2, 3), AG_LIST(2, 0), AG_LIST(3, 0), AG_LIST(2, 3)),
    AG_REFUSED("linear_backward: weight 10x64 wants 64 features, x 32x128 has 128", ALL, AG_LIST(32, 10),
               AG_LIST(32, 128), AG_LIST(10, 64)),
    AG_REFUSED("linear_backward: g is 3x5, wanted is 3x4, the shape of x w'", ALL, AG_LIST(3, 5),
               AG_LIST(3, 5), AG_LIST(4, 5)),
    AG_REFUSED("linear_backward: y is 4x3, wanted is 3x4, the shape of x w'", ALL, AG_LIST(3, 4),
               AG_LIST(3, 5), AG_LIST(4, 5), AG_LIST(4, 3)),
    AG_REFUSED("linear_backward: 2 operands given; g, x, weight and optionally y are wanted", ALL,
               AG_LIST(3, 4), AG_LIST(3, 5)),
    AG_NO_MORE,
};

const ag_op ag_op_linear_backward = {
    .name = "linear_backward",
    .formula = "d<g, x w' + b>/dx, /dw and /db, or the same of max(x w' + b, 0) = y",
    .shapes = "(..., out), (..., in), (out, in), optionally (..., out) -> (..., in), (out, in), (out)",
    .n_in = -1,
    .n_out = 3,
    .attribute_size = sizeof(ag_linear_backward_attributes),
    .shape = linear_backward_shape,
    .forward = {linear_backward_f32, linear_backward_f64},
    .vjp = linear_backward_vjp,
    .flops = linear_backward_flops,
    .samples = linear_backward_samples};
#endif
