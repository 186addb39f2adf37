/* Maximum over windows. Where the greatest element of a window lies is found from x each time.
 *
 *   max_pool2d(x)            y[p, q] = max x in window (p, q)                 dx = max_pool2d_grad(g, x)
 *   max_pool2d_grad(g, x)    y = zeros with g[p, q] added where x is greatest dg = max_pool2d_gather(h, x)
 *   max_pool2d_gather(h, x)  y[p, q] = h where x is greatest in window (p, q) dh = max_pool2d_grad(g, x)
 *   max_pool2d_indices(x)    y[p, q] = where x is greatest in window (p, q)
 *
 * The first of equal elements gets the whole gradient; a window that sees padding alone has none to give. In
 * adaptive_max_pool2d the windows share the plane; the gradients and places are the same operators. All know
 * images whose channels are last. */
#ifndef AG_REAL
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"
#include "ops/pool2d.h"

static bool max_pool2d_shape(ag_call *call) {
  agk_pool2d_geometry g;
  const ag_shape x = ag_shape_of(call->in[0]);
  if (!ag_pool2d_geometry(call, x, call->attributes, &g)) return false;
  call->shape[0] = ag_pool2d_resized(x, call->attributes, g.h_out, g.w_out);
  return true;
}

static bool max_pool2d_grad_shape(ag_call *call) {
  agk_pool2d_geometry g;
  const ag_shape x = ag_shape_of(call->in[1]);
  if (!ag_pool2d_geometry(call, x, call->attributes, &g)) return false;
  call->shape[0] = x;
  return ag_check_shape(call, 0, "g", ag_pool2d_resized(x, call->attributes, g.h_out, g.w_out),
                        "the shape of the pooling");
}

static bool max_pool2d_gather_shape(ag_call *call) {
  agk_pool2d_geometry g;
  const ag_shape x = ag_shape_of(call->in[1]);
  if (!ag_pool2d_geometry(call, x, call->attributes, &g)) return false;
  call->shape[0] = ag_pool2d_resized(x, call->attributes, g.h_out, g.w_out);
  return ag_check_shape(call, 0, "h", x, "the shape of x");
}

static bool max_pool2d_indices_shape(ag_call *call) {
  call->dtype[0] = AG_I64;
  return max_pool2d_shape(call);
}

#define AG_SELF "ops/max_pool2d.c"
#include "core/each_real.h"
#else

static void AG_NAME(max_pool2d)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!ag_pool2d_geometry(call, ag_shape_of(call->in[0]), call->attributes, &g)) return;
  AG_NAME(agk_max_pool2d_forward)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(max_pool2d_grad)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!ag_pool2d_geometry(call, ag_shape_of(call->in[1]), call->attributes, &g)) return;
  AG_NAME(agk_max_pool2d_backward)
  (call->threads, &g, ag_data(call->in[1]), ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(max_pool2d_gather)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!ag_pool2d_geometry(call, ag_shape_of(call->in[1]), call->attributes, &g)) return;
  AG_NAME(agk_max_pool2d_gather)
  (call->threads, &g, ag_data(call->in[1]), ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(max_pool2d_indices)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!ag_pool2d_geometry(call, ag_shape_of(call->in[0]), call->attributes, &g)) return;
  AG_NAME(agk_max_pool2d_places)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}
#endif

#ifndef AG_REAL

static void max_pool2d_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_apply(AG_HERE, &ag_op_max_pool2d_grad, 2, (ag_tensor *[]){g[0], node->in[0]}, node->attributes);
}

static void max_pool2d_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  if (!ag_needs(node, 0)) return;
  dx[0] =
      ag_apply(AG_HERE, &ag_op_max_pool2d_gather, 2, (ag_tensor *[]){g[0], node->in[1]}, node->attributes);
}

static void max_pool2d_gather_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  if (!ag_needs(node, 0)) return;
  dx[0] = ag_apply(AG_HERE, &ag_op_max_pool2d_grad, 2, (ag_tensor *[]){g[0], node->in[1]}, node->attributes);
}

#define WINDOWS(...) AG_WITH(ag_pool2d_attributes, __VA_ARGS__)
#define POOL(k, s, p, d) WINDOWS({k, k}, {s, s}, {p, p}, {d, d})
#define WIDE WINDOWS({1, 3}, {2, 1}, {0, 1}, {1, 2})
#define SHARES(...) WINDOWS(.adaptive = true, .output = {__VA_ARGS__})
#define CEIL WINDOWS({3, 2}, {2, 2}, {1, 0}, {1, 1}, .ceil_mode = true)
#define LAST(k, s, p, d) WINDOWS({k, k}, {s, s}, {p, p}, {d, d}, .channels_last = true)
#define WIDE_LAST WINDOWS({1, 3}, {2, 1}, {0, 1}, {1, 2}, .ceil_mode = true, .channels_last = true)
static const ag_sample max_pool2d_samples[] = {
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 3, 4, 6)),
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, POOL(3, 2, 1, 1), AG_LIST(1, 2, 7, 5)),
    AG_WORKS(-2, 2, POOL(2, 1, 1, 3), AG_LIST(2, 1, 7, 8)),
    AG_WORKS(-2, 2, POOL(2, 3, 0, 1), AG_LIST(1, 2, 6, 9)),
    AG_WORKS(-2, 2, POOL(1, 1, 0, 1), AG_LIST(1, 1, 1, 1)),
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(0, 2, 4, 4)),
    AG_WORKS(-2, 2, WIDE, AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, CEIL, AG_LIST(2, 1, 6, 5)),
    AG_WORKS(-2, 2, WINDOWS({4, 4}, {3, 3}, {0, 0}, {1, 1}, .ceil_mode = true), AG_LIST(1, 2, 3, 2)),
    AG_WORKS(-2, 2, WINDOWS({2, 2}, {3, 3}, {1, 1}, {1, 1}, .ceil_mode = true), AG_LIST(1, 2, 5, 6)),
    AG_WORKS(-2, 2, LAST(2, 2, 0, 1), AG_LIST(2, 4, 6, 3)),
    AG_WORKS(-2, 2, LAST(2, 2, 0, 1), AG_LIST(1, 5, 7, 17)),
    AG_WORKS(-2, 2, LAST(2, 2, 0, 1), AG_LIST(2, 4, 6, 1)),
    AG_WORKS(-2, 2, LAST(2, 2, 0, 1), AG_LIST(2, 4, 6, 0)),
    AG_WORKS(-2, 2, LAST(3, 2, 1, 1), AG_LIST(2, 7, 5, 4)),
    AG_WORKS(-2, 2, LAST(2, 1, 1, 3), AG_LIST(1, 7, 8, 2)),
    AG_WORKS(-2, 2, WIDE_LAST, AG_LIST(2, 6, 7, 3)),
    AG_REFUSED("max_pool2d: x must be (n, c, h, w), found 3x4x4", POOL(2, 2, 0, 1), AG_LIST(3, 4, 4)),
    AG_REFUSED("max_pool2d: kernel 0, stride 2 and dilation 1 must be at least 1 and below 2^31",
               POOL(0, 2, 0, 1), AG_LIST(1, 3, 4, 4)),
    AG_REFUSED("max_pool2d: padding 2 must be at least 0 and at most half of kernel 3", POOL(3, 2, 2, 1),
               AG_LIST(1, 3, 4, 4)),
    AG_REFUSED("max_pool2d: kernel 5 with dilation 1 does not fit into x 1x3x4x4 with padding 0",
               POOL(5, 2, 0, 1), AG_LIST(1, 3, 4, 4)),
    AG_REFUSED("max_pool2d: kernel 3 with dilation 2 does not fit into x 1x3x2x4 with padding 0",
               WINDOWS({1, 3}, {1, 1}, {0, 0}, {1, 2}), AG_LIST(1, 3, 2, 4)),
    AG_REFUSED("max_pool2d: kernel 2 with dilation 1 does not fit into x 1x3x0x4 with padding 1",
               POOL(2, 2, 1, 1), AG_LIST(1, 3, 0, 4)),
    AG_REFUSED("max_pool2d: x must be (n, h, w, c), found 4x4x3", LAST(2, 2, 0, 1), AG_LIST(4, 4, 3)),
    AG_REFUSED("max_pool2d: kernel 3 with dilation 1 does not fit into x 1x2x4x3 with padding 0",
               LAST(3, 1, 0, 1), AG_LIST(1, 2, 4, 3)),
    AG_REFUSED("max_pool2d: kernel 65536x65536 must have less than 2^31 elements", LAST(65536, 1, 0, 1),
               AG_LIST(1, 2, 4, 3)),
    AG_NO_MORE,
};

static const ag_sample max_pool2d_grad_samples[] = {
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 3, 2, 3), AG_LIST(2, 3, 4, 6)),
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 2, 2, 3), AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, POOL(3, 2, 1, 1), AG_LIST(1, 2, 4, 3), AG_LIST(1, 2, 7, 5)),
    AG_WORKS(-2, 2, WIDE, AG_LIST(2, 2, 3, 5), AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, CEIL, AG_LIST(2, 1, 4, 3), AG_LIST(2, 1, 6, 5)),
    AG_WORKS(-2, 2, SHARES(2, 3), AG_LIST(2, 2, 2, 3), AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, LAST(2, 2, 0, 1), AG_LIST(2, 2, 3, 3), AG_LIST(2, 5, 7, 3)),
    AG_WORKS(-2, 2, LAST(3, 2, 1, 1), AG_LIST(1, 4, 3, 9), AG_LIST(1, 7, 5, 9)),
    AG_REFUSED("max_pool2d_grad: x must be (n, c, h, w), found 3x4x6", POOL(2, 2, 0, 1), AG_LIST(3, 2, 3),
               AG_LIST(3, 4, 6)),
    AG_REFUSED("max_pool2d_grad: g is 2x3x2x2, wanted is 2x3x2x3, the shape of the pooling", POOL(2, 2, 0, 1),
               AG_LIST(2, 3, 2, 2), AG_LIST(2, 3, 4, 6)),
    AG_REFUSED("max_pool2d_grad: g is 2x3x2x3, wanted is 2x2x3x3, the shape of the pooling", LAST(2, 2, 0, 1),
               AG_LIST(2, 3, 2, 3), AG_LIST(2, 4, 6, 3)),
    AG_NO_MORE,
};

static const ag_sample max_pool2d_gather_samples[] = {
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 3, 4, 6), AG_LIST(2, 3, 4, 6)),
    AG_WORKS(-2, 2, POOL(3, 2, 1, 1), AG_LIST(1, 2, 7, 5), AG_LIST(1, 2, 7, 5)),
    AG_WORKS(-2, 2, CEIL, AG_LIST(2, 1, 6, 5), AG_LIST(2, 1, 6, 5)),
    AG_WORKS(-2, 2, SHARES(3, 2), AG_LIST(1, 2, 4, 5), AG_LIST(1, 2, 4, 5)),
    AG_WORKS(-2, 2, LAST(3, 2, 1, 1), AG_LIST(2, 7, 5, 3), AG_LIST(2, 7, 5, 3)),
    AG_WORKS(-2, 2, LAST(2, 2, 1, 3), AG_LIST(1, 2, 3, 2), AG_LIST(1, 2, 3, 2)),
    AG_REFUSED("max_pool2d_gather: x must be (n, c, h, w), found 3x4x6", POOL(2, 2, 0, 1), AG_LIST(3, 4, 6),
               AG_LIST(3, 4, 6)),
    AG_REFUSED("max_pool2d_gather: h is 2x3x4x4, wanted is 2x3x4x6, the shape of x", POOL(2, 2, 0, 1),
               AG_LIST(2, 3, 4, 4), AG_LIST(2, 3, 4, 6)),
    AG_NO_MORE,
};

static const ag_sample adaptive_max_pool2d_samples[] = {
    AG_WORKS(-2, 2, SHARES(2, 3), AG_LIST(2, 2, 4, 6)),
    AG_WORKS(-2, 2, SHARES(3, 2), AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, SHARES(4, 5), AG_LIST(1, 2, 3, 2)),
    AG_WORKS(-2, 2, SHARES(1, 1), AG_LIST(2, 2, 3, 4)),
    AG_WORKS(-2, 2, SHARES(2, 0), AG_LIST(2, 2, 3, 4)),
    AG_WORKS(-2, 2, SHARES(2, 2), AG_LIST(0, 2, 3, 4)),
    AG_REFUSED("adaptive_max_pool2d: x must be (n, c, h, w), found 3x4", SHARES(2, 2), AG_LIST(3, 4)),
    AG_REFUSED("adaptive_max_pool2d: output size 2147483648 must be at least 0 and below 2^31",
               SHARES(2147483648, 1), AG_LIST(2, 2, 3, 4)),
    AG_REFUSED("adaptive_max_pool2d: x 2x2x3x0 has planes without elements", SHARES(2, 2),
               AG_LIST(2, 2, 3, 0)),
    AG_NO_MORE,
};

static const ag_sample max_pool2d_indices_samples[] = {
    AG_WORKS(-2, 2, LAST(2, 2, 0, 1), AG_LIST(2, 5, 6, 3)),
    AG_WORKS(-2, 2, LAST(2, 2, 1, 3), AG_LIST(1, 2, 3, 2)),
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(2, 3, 5, 6)),
    AG_WORKS(-2, 2, POOL(2, 2, 1, 3), AG_LIST(1, 1, 2, 2)),
    AG_WORKS(-2, 2, CEIL, AG_LIST(2, 1, 6, 5)),
    AG_WORKS(-2, 2, SHARES(2, 3), AG_LIST(2, 2, 5, 7)),
    AG_WORKS(-2, 2, POOL(2, 2, 0, 1), AG_LIST(0, 2, 4, 4)),
    AG_REFUSED("max_pool2d_indices: x must be (n, c, h, w), found 3x4x4", POOL(2, 2, 0, 1), AG_LIST(3, 4, 4)),
    AG_NO_MORE,
};

const ag_op ag_op_max_pool2d = {.name = "max_pool2d",
                                .formula = "greatest x of each window",
                                .shapes = "(n, c, h, w) -> (n, c, h', w'), or c last",
                                .n_in = 1,
                                .attribute_size = sizeof(ag_pool2d_attributes),
                                .shape = max_pool2d_shape,
                                .forward = {max_pool2d_f32, max_pool2d_f64},
                                .vjp = max_pool2d_vjp,
                                .flops = ag_pool2d_flops,
                                .samples = max_pool2d_samples};

const ag_op ag_op_max_pool2d_grad = {.name = "max_pool2d_grad",
                                     .formula = "zeros with g added at the places of the greatest x",
                                     .shapes = "(n, c, h', w'), (n, c, h, w) -> (n, c, h, w), or c last",
                                     .n_in = 2,
                                     .attribute_size = sizeof(ag_pool2d_attributes),
                                     .shape = max_pool2d_grad_shape,
                                     .forward = {max_pool2d_grad_f32, max_pool2d_grad_f64},
                                     .vjp = max_pool2d_grad_vjp,
                                     .samples = max_pool2d_grad_samples};

const ag_op ag_op_max_pool2d_gather = {.name = "max_pool2d_gather",
                                       .formula = "h at the places of the greatest x",
                                       .shapes = "(n, c, h, w), (n, c, h, w) -> (n, c, h', w'), or c last",
                                       .n_in = 2,
                                       .attribute_size = sizeof(ag_pool2d_attributes),
                                       .shape = max_pool2d_gather_shape,
                                       .forward = {max_pool2d_gather_f32, max_pool2d_gather_f64},
                                       .vjp = max_pool2d_gather_vjp,
                                       .samples = max_pool2d_gather_samples};

const ag_op ag_op_adaptive_max_pool2d = {.name = "adaptive_max_pool2d",
                                         .formula = "greatest x of windows that share the plane",
                                         .shapes = "(n, c, h, w) -> (n, c, h', w')",
                                         .n_in = 1,
                                         .attribute_size = sizeof(ag_pool2d_attributes),
                                         .shape = max_pool2d_shape,
                                         .forward = {max_pool2d_f32, max_pool2d_f64},
                                         .vjp = max_pool2d_vjp,
                                         .flops = ag_pool2d_flops,
                                         .samples = adaptive_max_pool2d_samples};

const ag_op ag_op_max_pool2d_indices = {.name = "max_pool2d_indices",
                                        .formula = "place in its plane of the greatest x of each window",
                                        .shapes = "(n, c, h, w) -> (n, c, h', w'), or c last",
                                        .n_in = 1,
                                        .attribute_size = sizeof(ag_pool2d_attributes),
                                        .shape = max_pool2d_indices_shape,
                                        .forward = {max_pool2d_indices_f32, max_pool2d_indices_f64},
                                        .flops = ag_pool2d_flops,
                                        .not_differentiable = "the result is a place",
                                        .samples = max_pool2d_indices_samples};

static ag_pool2d_attributes options(const ag_max_pool2d_args *a) {
  const ag_pool_options height = {a->kernel, a->stride, a->padding, a->dilation},
                        width = {a->kernel_w, a->stride_w, a->padding_w, a->dilation_w};
  ag_pool2d_attributes attributes = ag_pool2d_options(height, ag_pool_width(height, width), a->ceil_mode);
  attributes.channels_last = a->channels_last;
  return attributes;
}

ag_tensor *(ag_max_pool2d)(ag_max_pool2d_args a) {
  const ag_pool2d_attributes attributes = options(&a);
  return ag_apply(a.at, &ag_op_max_pool2d, 1, &a.x, &attributes);
}

ag_tensor *(ag_max_pool2d_indices)(ag_max_pool2d_args a) {
  const ag_pool2d_attributes attributes = options(&a);
  return ag_apply(a.at, &ag_op_max_pool2d_indices, 1, &a.x, &attributes);
}

ag_tensor *(ag_adaptive_max_pool2d)(ag_site at, ag_tensor *x, int64_t h, int64_t w) {
  const ag_pool2d_attributes attributes = ag_pool2d_shares(h, w);
  return ag_apply(at, &ag_op_adaptive_max_pool2d, 1, &x, &attributes);
}

ag_tensor *(ag_adaptive_max_pool2d_indices)(ag_site at, ag_tensor *x, int64_t h, int64_t w) {
  const ag_pool2d_attributes attributes = ag_pool2d_shares(h, w);
  return ag_apply(at, &ag_op_max_pool2d_indices, 1, &x, &attributes);
}
#endif
