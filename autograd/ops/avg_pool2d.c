/* Mean over windows; what lies in the padding counts as 0.
 *
 *   avg_pool2d       y[p, q] = sum of x in window (p, q) / d[p, q]                   dx = avg_pool2d_grad(g)
 *   avg_pool2d_grad  y[i, j] = sum over the windows (p, q) of (i, j) of g / d[p, q]  dg = avg_pool2d(h)
 *
 * d is the size of the window with its padding or without, or any number. In adaptive_avg_pool2d the windows
 * share the plane; the gradients are the same operators. */
#ifndef AG_REAL
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"
#include "ops/pool2d.h"

static bool avg_pool2d_shape(ag_call *call) {
  agk_pool2d_geometry g;
  const ag_shape x = ag_shape_of(call->in[0]);
  if (!ag_pool2d_geometry(call, x, call->attributes, &g)) return false;
  call->shape[0] = ag_pool2d_resized(x, call->attributes, g.h_out, g.w_out);
  return true;
}

static bool avg_pool2d_grad_shape(ag_call *call) {
  const ag_avg_pool2d_grad_attributes *a = call->attributes;
  agk_pool2d_geometry geometry;
  const ag_shape g = ag_shape_of(call->in[0]);
  if (!ag_check_images(call, "g", g, a->pool.channels_last)) return false;
  call->shape[0] = ag_pool2d_resized(g, &a->pool, a->size[0], a->size[1]);
  return ag_pool2d_geometry(call, call->shape[0], &a->pool, &geometry) &&
         ag_check_shape(call, 0, "g", ag_pool2d_resized(g, &a->pool, geometry.h_out, geometry.w_out),
                        "the shape of the pooling");
}

#define AG_SELF "ops/avg_pool2d.c"
#include "core/each_real.h"
#else

static void AG_NAME(avg_pool2d)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!ag_pool2d_geometry(call, ag_shape_of(call->in[0]), call->attributes, &g)) return;
  AG_NAME(agk_avg_pool2d_forward)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(avg_pool2d_grad)(const ag_call *call) {
  const ag_avg_pool2d_grad_attributes *a = call->attributes;
  agk_pool2d_geometry g;
  if (!ag_pool2d_geometry(call, call->shape[0], &a->pool, &g)) return;
  AG_NAME(agk_avg_pool2d_backward)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}
#endif

#ifndef AG_REAL

static void avg_pool2d_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_pool2d_attributes *a = node->attributes;
  const int64_t *size = &node->in[0]->dim[ag_height_axis(a->channels_last)];
  const ag_avg_pool2d_grad_attributes back = {*a, {size[0], size[1]}};
  dx[0] = ag_apply(AG_HERE, &ag_op_avg_pool2d_grad, 1, g, &back);
}

static void avg_pool2d_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_avg_pool2d_grad_attributes *a = node->attributes;
  dx[0] = ag_apply(AG_HERE, &ag_op_avg_pool2d, 1, g, &a->pool);
}

/* As many as the pooling whose gradient it is. */
static double avg_pool2d_grad_flops(const ag_call *call) {
  const ag_avg_pool2d_grad_attributes *a = call->attributes;
  return ag_pool2d_work(&a->pool, ag_numel(call->in[0]), ag_numel(call->out[0]));
}

#define WINDOWS(...) AG_WITH(ag_pool2d_attributes, __VA_ARGS__)
#define POOL(k, s, p, d) WINDOWS({k, k}, {s, s}, {p, p}, {d, d})
#define CEIL {3, 2}, {2, 3}, {1, 0}, {1, 1}, .ceil_mode = true
#define INSIDE CEIL, .exclude_padding = true
#define BY_SEVEN CEIL, .divisor = 7
#define LAST(k, s, p) {k, k}, {s, s}, {p, p}, {1, 1}, .channels_last = true
#define SHARES(...) .adaptive = true, .output = {__VA_ARGS__}
static const ag_sample avg_pool2d_samples[] = {
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 3, 4, 6)),
    AG_WORKS(-2, 2, POOL(3, 2, 1, 1), AG_LIST(1, 2, 7, 5)),
    AG_WORKS(-2, 2, POOL(4, 1, 2, 1), AG_LIST(2, 1, 5, 4)),
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(0, 2, 4, 4)),
    AG_WORKS(-2, 2, WINDOWS(CEIL), AG_LIST(2, 2, 6, 7)),
    AG_WORKS(-2, 2, WINDOWS(INSIDE), AG_LIST(2, 2, 6, 7)),
    AG_WORKS(-2, 2, WINDOWS(BY_SEVEN), AG_LIST(2, 2, 6, 7)),
    AG_WORKS(-2, 2, WINDOWS({2, 2}, {2, 2}, {0, 0}, {1, 1}, .divisor = -3), AG_LIST(1, 2, 4, 5)),
    AG_WORKS(-2, 2, WINDOWS(LAST(2, 2, 0)), AG_LIST(2, 4, 7, 3)),
    AG_WORKS(-2, 2, WINDOWS(LAST(3, 2, 1)), AG_LIST(1, 7, 5, 9)),
    AG_WORKS(-2, 2, WINDOWS(LAST(2, 2, 0)), AG_LIST(2, 4, 7, 0)),
    AG_WORKS(-2, 2, WINDOWS(INSIDE, .channels_last = true), AG_LIST(2, 6, 7, 2)),
    AG_REFUSED("avg_pool2d: x must be (n, h, w, c), found 4x4x3", WINDOWS(LAST(2, 2, 0)), AG_LIST(4, 4, 3)),
    AG_REFUSED("avg_pool2d: x must be (n, c, h, w), found 4x4", POOL(2, 2, 0, 1), AG_LIST(4, 4)),
    AG_REFUSED("avg_pool2d: kernel 2, stride -1 and dilation 1 must be at least 1 and below 2^31",
               POOL(2, -1, 0, 1), AG_LIST(1, 3, 4, 4)),
    AG_REFUSED("avg_pool2d: padding -1 must be at least 0 and at most half of kernel 3", POOL(3, 2, -1, 1),
               AG_LIST(1, 3, 4, 4)),
    AG_REFUSED("avg_pool2d: kernel 7 with dilation 1 does not fit into x 1x3x4x4 with padding 1",
               POOL(7, 2, 1, 1), AG_LIST(1, 3, 4, 4)),
    AG_NO_MORE,
};

#define BACK_OF(h, w, ...) AG_WITH(ag_avg_pool2d_grad_attributes, {__VA_ARGS__}, {h, w})
#define BACK(k, s, p, h, w) BACK_OF(h, w, {k, k}, {s, s}, {p, p}, {1, 1})
static const ag_sample avg_pool2d_grad_samples[] = {
    AG_WORKS(-2, 2, BACK(2, 2, 0, 4, 6), AG_LIST(2, 3, 2, 3)),
    AG_WORKS(-2, 2, BACK(3, 2, 1, 7, 5), AG_LIST(1, 2, 4, 3)),
    AG_WORKS(-2, 2, BACK(2, 3, 0, 9, 7), AG_LIST(2, 1, 3, 2)),
    AG_WORKS(-2, 2, BACK_OF(6, 7, CEIL), AG_LIST(2, 2, 4, 3)),
    AG_WORKS(-2, 2, BACK_OF(6, 7, INSIDE), AG_LIST(2, 2, 4, 3)),
    AG_WORKS(-2, 2, BACK_OF(6, 7, BY_SEVEN), AG_LIST(2, 2, 4, 3)),
    AG_WORKS(-2, 2, BACK_OF(5, 7, SHARES(2, 3)), AG_LIST(2, 2, 2, 3)),
    AG_WORKS(-2, 2, BACK_OF(5, 7, LAST(2, 2, 0)), AG_LIST(2, 2, 3, 3)),
    AG_WORKS(-2, 2, BACK_OF(7, 5, LAST(3, 2, 1)), AG_LIST(1, 4, 3, 9)),
    AG_WORKS(-2, 2, BACK_OF(6, 7, INSIDE, .channels_last = true), AG_LIST(2, 4, 3, 2)),
    AG_REFUSED("avg_pool2d_grad: g must be (n, h, w, c), found 2x3", BACK_OF(4, 6, LAST(2, 2, 0)),
               AG_LIST(2, 3)),
    AG_REFUSED("avg_pool2d_grad: g is 2x3x2x3, wanted is 2x3x3x3, the shape of the pooling",
               BACK(2, 2, 0, 6, 6), AG_LIST(2, 3, 2, 3)),
    AG_REFUSED("avg_pool2d_grad: g must be (n, c, h, w), found 2x3", BACK(2, 2, 0, 4, 6), AG_LIST(2, 3)),
    AG_NO_MORE,
};

static const ag_sample adaptive_avg_pool2d_samples[] = {
    AG_WORKS(-2, 2, WINDOWS(SHARES(2, 3)), AG_LIST(2, 2, 4, 6)),
    AG_WORKS(-2, 2, WINDOWS(SHARES(3, 2)), AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, WINDOWS(SHARES(4, 5)), AG_LIST(1, 2, 3, 2)),
    AG_WORKS(-2, 2, WINDOWS(SHARES(1, 1)), AG_LIST(2, 2, 3, 4)),
    AG_WORKS(-2, 2, WINDOWS(SHARES(0, 2)), AG_LIST(2, 2, 3, 4)),
    AG_WORKS(-2, 2, WINDOWS(SHARES(2, 2)), AG_LIST(0, 2, 3, 4)),
    AG_REFUSED("adaptive_avg_pool2d: x must be (n, c, h, w), found 3x4", WINDOWS(SHARES(2, 2)),
               AG_LIST(3, 4)),
    AG_REFUSED("adaptive_avg_pool2d: output size -1 must be at least 0 and below 2^31",
               WINDOWS(SHARES(2, -1)), AG_LIST(2, 2, 3, 4)),
    AG_REFUSED("adaptive_avg_pool2d: x 2x2x0x4 has planes without elements", WINDOWS(SHARES(2, 2)),
               AG_LIST(2, 2, 0, 4)),
    AG_NO_MORE,
};

const ag_op ag_op_avg_pool2d = {.name = "avg_pool2d",
                                .formula = "mean of x over each window",
                                .shapes = "(n, c, h, w) -> (n, c, h', w'), or c last",
                                .n_in = 1,
                                .attribute_size = sizeof(ag_pool2d_attributes),
                                .shape = avg_pool2d_shape,
                                .forward = {avg_pool2d_f32, avg_pool2d_f64},
                                .vjp = avg_pool2d_vjp,
                                .flops = ag_pool2d_flops,
                                .samples = avg_pool2d_samples};

const ag_op ag_op_avg_pool2d_grad = {.name = "avg_pool2d_grad",
                                     .formula = "each g shared evenly among its window",
                                     .shapes = "(n, c, h', w') -> (n, c, h, w), or c last",
                                     .n_in = 1,
                                     .attribute_size = sizeof(ag_avg_pool2d_grad_attributes),
                                     .shape = avg_pool2d_grad_shape,
                                     .forward = {avg_pool2d_grad_f32, avg_pool2d_grad_f64},
                                     .vjp = avg_pool2d_grad_vjp,
                                     .flops = avg_pool2d_grad_flops,
                                     .samples = avg_pool2d_grad_samples};

const ag_op ag_op_adaptive_avg_pool2d = {.name = "adaptive_avg_pool2d",
                                         .formula = "mean of x over windows that share the plane",
                                         .shapes = "(n, c, h, w) -> (n, c, h', w')",
                                         .n_in = 1,
                                         .attribute_size = sizeof(ag_pool2d_attributes),
                                         .shape = avg_pool2d_shape,
                                         .forward = {avg_pool2d_f32, avg_pool2d_f64},
                                         .vjp = avg_pool2d_vjp,
                                         .flops = ag_pool2d_flops,
                                         .samples = adaptive_avg_pool2d_samples};

ag_tensor *(ag_avg_pool2d)(ag_avg_pool2d_args a) {
  const ag_pool_options height = {a.kernel, a.stride, a.padding, 1},
                        width = {a.kernel_w, a.stride_w, a.padding_w, 1};
  ag_pool2d_attributes attributes = ag_pool2d_options(height, ag_pool_width(height, width), a.ceil_mode);
  attributes.exclude_padding = a.exclude_padding;
  attributes.divisor = a.divisor;
  attributes.channels_last = a.channels_last;
  return ag_apply(a.at, &ag_op_avg_pool2d, 1, &a.x, &attributes);
}

ag_tensor *(ag_adaptive_avg_pool2d)(ag_site at, ag_tensor *x, int64_t h, int64_t w) {
  const ag_pool2d_attributes attributes = ag_pool2d_shares(h, w);
  return ag_apply(at, &ag_op_adaptive_avg_pool2d, 1, &x, &attributes);
}
#endif
