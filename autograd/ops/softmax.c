/* Softmax along one axis, and its logarithm.
 *
 *   softmax           y = exp(x) / sum exp(x)           dx = softmax_grad(g, y)
 *   log_softmax       y = x - log sum exp(x)            dx = log_softmax_grad(g, y)
 *   softmax_grad      z = y (g - s), s = sum(g y)       dg = softmax_grad(h, y),          dy = h (g - s) - g
 * sum(h y) log_softmax_grad  z = g - exp(y) sum(g)             dg = h - sum(h exp(y)),           dy = -h
 * exp(y) sum(g)
 *
 * where h is the incoming gradient of z. Sums run along the axis. */
#ifndef AG_REAL
#include "kernels/softmax.h"
#include "ops/catalogue.h"
#include "ops/choice.h"
#include "ops/sample.h"

static bool softmax_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[0]);
  return ag_check_lane(call, call->shape[0], a->axis);
}

static bool softmax_grad_shape(ag_call *call) {
  return softmax_shape(call) && ag_check_shape(call, 1, "y", call->shape[0], "the shape of g");
}

static agk_reduce_geometry geometry_of(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  return ag_lane_geometry(call->shape[0], a->axis);
}

#define AG_SELF "ops/softmax.c"
#include "core/each_real.h"
#else

static void AG_NAME(softmax)(const ag_call *call) {
  const agk_reduce_geometry g = geometry_of(call);
  AG_NAME(agk_softmax_forward)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(log_softmax)(const ag_call *call) {
  const agk_reduce_geometry g = geometry_of(call);
  AG_NAME(agk_log_softmax_forward)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(softmax_grad)(const ag_call *call) {
  const agk_reduce_geometry g = geometry_of(call);
  AG_NAME(agk_softmax_backward)
  (call->threads, &g, ag_data(call->in[1]), ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(log_softmax_grad)(const ag_call *call) {
  const agk_reduce_geometry g = geometry_of(call);
  AG_NAME(agk_log_softmax_backward)
  (call->threads, &g, ag_data(call->in[1]), ag_data(call->in[0]), ag_data(call->out[0]));
}
#endif

#ifndef AG_REAL

static ag_tensor *sum_along(const ag_node *node, ag_tensor *x) {
  const ag_axis_attributes *a = node->attributes;
  return ag_sum(x, .axes = AG_AXES(a->axis), .keepdim = true);
}

static void softmax_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_apply(AG_HERE, &ag_op_softmax_grad, 2, (ag_tensor *[]){g[0], node->out[0]}, node->attributes);
}

static void log_softmax_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] =
      ag_apply(AG_HERE, &ag_op_log_softmax_grad, 2, (ag_tensor *[]){g[0], node->out[0]}, node->attributes);
}

static void softmax_grad_vjp(const ag_node *node, ag_tensor *const *h, ag_tensor **dx) {
  ag_tensor *g = node->in[0], *y = node->in[1];
  if (ag_needs(node, 0))
    dx[0] = ag_apply(AG_HERE, &ag_op_softmax_grad, 2, (ag_tensor *[]){h[0], y}, node->attributes);
  if (ag_needs(node, 1)) {
    ag_tensor *centred = ag_sub(g, sum_along(node, ag_mul(g, y)));
    dx[1] = ag_sub(ag_mul(h[0], centred), ag_mul(g, sum_along(node, ag_mul(h[0], y))));
  }
}

static void log_softmax_grad_vjp(const ag_node *node, ag_tensor *const *h, ag_tensor **dx) {
  ag_tensor *weighted = ag_mul(h[0], ag_exp(node->in[1]));
  if (ag_needs(node, 0)) dx[0] = ag_sub(h[0], sum_along(node, weighted));
  if (ag_needs(node, 1)) dx[1] = ag_neg(ag_mul(weighted, sum_along(node, node->in[0])));
}

#define ALONG(axis) AG_WITH(ag_axis_attributes, axis)
#define SAMPLES(name)                                                                                        \
  AG_WORKS(-2, 2, ALONG(1), AG_LIST(3, 5)), AG_WORKS(-2, 2, ALONG(-2), AG_LIST(2, 3, 4)),                    \
      AG_WORKS(-2, 2, ALONG(1), AG_LIST(2, 1)), AG_WORKS(-90, 90, ALONG(0), AG_LIST(3, 7)),                  \
      AG_WORKS(-2, 2, ALONG(1), AG_LIST(0, 3)),                                                              \
      AG_REFUSED(name ": axis 2 does not exist in 2x3", ALONG(2), AG_LIST(2, 3))
#define GRAD_SAMPLES(name)                                                                                   \
  AG_WORKS(-1, 1, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 5)),                                                   \
      AG_WORKS(-1, 1, ALONG(-2), AG_LIST(2, 3, 4), AG_LIST(2, 3, 4)),                                        \
      AG_WORKS(-1, 1, ALONG(0), AG_LIST(2, 1), AG_LIST(2, 1)),                                               \
      AG_REFUSED(name ": axis -3 does not exist in 2x3", ALONG(-3), AG_LIST(2, 3), AG_LIST(2, 3)),           \
      AG_REFUSED(name ": y is 1x3, wanted is 2x3, the shape of g", ALONG(1), AG_LIST(2, 3), AG_LIST(1, 3))

static const ag_sample softmax_samples[] = {SAMPLES("softmax"), AG_NO_MORE};
static const ag_sample log_softmax_samples[] = {SAMPLES("log_softmax"), AG_NO_MORE};
static const ag_sample softmax_grad_samples[] = {GRAD_SAMPLES("softmax_grad"), AG_NO_MORE};
static const ag_sample log_softmax_grad_samples[] = {GRAD_SAMPLES("log_softmax_grad"), AG_NO_MORE};

const ag_op ag_op_softmax = {.name = "softmax",
                             .formula = "e^x / sum e^x along an axis",
                             .shapes = "x -> the same",
                             .n_in = 1,
                             .attribute_size = sizeof(ag_axis_attributes),
                             .shape = softmax_shape,
                             .forward = {softmax_f32, softmax_f64},
                             .vjp = softmax_vjp,
                             .samples = softmax_samples};

const ag_op ag_op_log_softmax = {.name = "log_softmax",
                                 .formula = "x - ln(sum e^x) along an axis",
                                 .shapes = "x -> the same",
                                 .n_in = 1,
                                 .attribute_size = sizeof(ag_axis_attributes),
                                 .shape = softmax_shape,
                                 .forward = {log_softmax_f32, log_softmax_f64},
                                 .vjp = log_softmax_vjp,
                                 .samples = log_softmax_samples};

const ag_op ag_op_softmax_grad = {.name = "softmax_grad",
                                  .formula = "y (g - sum(g y)) along an axis",
                                  .shapes = "x, the same -> the same",
                                  .n_in = 2,
                                  .attribute_size = sizeof(ag_axis_attributes),
                                  .shape = softmax_grad_shape,
                                  .forward = {softmax_grad_f32, softmax_grad_f64},
                                  .vjp = softmax_grad_vjp,
                                  .samples = softmax_grad_samples};

const ag_op ag_op_log_softmax_grad = {.name = "log_softmax_grad",
                                      .formula = "g - e^y sum(g) along an axis",
                                      .shapes = "x, the same -> the same",
                                      .n_in = 2,
                                      .attribute_size = sizeof(ag_axis_attributes),
                                      .shape = softmax_grad_shape,
                                      .forward = {log_softmax_grad_f32, log_softmax_grad_f64},
                                      .vjp = log_softmax_grad_vjp,
                                      .samples = log_softmax_grad_samples};

ag_tensor *(ag_softmax)(ag_site at, ag_tensor *x, int axis) {
  return ag_apply(at, &ag_op_softmax, 1, &x, &(ag_axis_attributes){axis});
}

ag_tensor *(ag_log_softmax)(ag_site at, ag_tensor *x, int axis) {
  return ag_apply(at, &ag_op_log_softmax, 1, &x, &(ag_axis_attributes){axis});
}
#endif
