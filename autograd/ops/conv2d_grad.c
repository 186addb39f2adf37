/* The gradients of convolution, and theirs. With y = x * w + b for conv2d, <g, x * w + b> is linear in each
 * of g, x, and (w, b):
 *
 *   conv2d_grad_input(g, w) = d<g, x * w + b>/dx             dg = h * w,       dw = conv2d_grad_weight(h, g)
 *   conv2d_grad_weight(x, g) = d<g, x * w + b>/d(w, b)       dg = x * h + k,   dx = conv2d_grad_input(g, h)
 *
 * where h, or h and k, is the incoming gradient. So the three operators are closed under differentiation. */
#ifndef AG_REAL
#include <inttypes.h>

#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"
#include "ops/conv2d.h"

static bool check_rank(const ag_call *call, ag_shape g, const ag_conv2d_attributes *a) {
  if (g.rank == 4) return true;
  return ag_reject(call, AG_ESHAPE, "g must be %s, found %s",
                   a->channels_last ? "(n, h, w, o)" : "(n, o, h, w)", ag_shape_text(call->c, g));
}

/* x and weight are as large as the attributes and the operands say. */
static bool grad_input_geometry(const ag_call *call, agk_conv2d_geometry *g) {
  const ag_conv2d_grad_attributes *a = call->attributes;
  const ag_shape gy = ag_shape_of(call->in[0]), weight = ag_shape_of(call->in[1]);
  if (!check_rank(call, gy, &a->conv)) return false;
  const int64_t channels = weight.rank == 4 ? weight.dim[1] * a->conv.groups : 0;
  const ag_shape x = ag_conv2d_images(&a->conv, gy.dim[0], channels, a->size[0], a->size[1]);
  return ag_conv2d_geometry(call, x, weight, &a->conv, g);
}

static bool grad_weight_geometry(const ag_call *call, agk_conv2d_geometry *g) {
  const ag_conv2d_grad_attributes *a = call->attributes;
  const ag_shape x = ag_shape_of(call->in[0]), gy = ag_shape_of(call->in[1]);
  if (!check_rank(call, gy, &a->conv)) return false;
  const int axis = ag_channels_axis(a->conv.channels_last);
  const int64_t groups = a->conv.groups < 1 ? 1 : a->conv.groups,
                channels = x.rank == 4 ? x.dim[axis] / groups : 0;
  return ag_conv2d_geometry(call, x, AG_SHAPE(gy.dim[axis], channels, a->size[0], a->size[1]), &a->conv, g);
}

static bool check_gradient(const ag_call *call, int i, const agk_conv2d_geometry *g) {
  const ag_conv2d_grad_attributes *a = call->attributes;
  return ag_check_shape(call, i, "g", ag_conv2d_images(&a->conv, g->n, g->c_out, g->h_out, g->w_out),
                        "the shape of the convolution");
}

static bool grad_input_shape(ag_call *call) {
  agk_conv2d_geometry g;
  if (!grad_input_geometry(call, &g)) return false;
  const ag_conv2d_grad_attributes *a = call->attributes;
  call->shape[0] = ag_conv2d_images(&a->conv, g.n, g.c_in, g.h, g.w);
  return check_gradient(call, 0, &g);
}

static bool grad_weight_shape(ag_call *call) {
  agk_conv2d_geometry g;
  if (!grad_weight_geometry(call, &g)) return false;
  call->shape[0] = AG_SHAPE(g.c_out, g.c_in / g.groups, g.kh, g.kw);
  call->shape[1] = AG_SHAPE(g.c_out);
  return check_gradient(call, 1, &g);
}

#define AG_SELF "ops/conv2d_grad.c"
#include "core/each_real.h"
#else

static void AG_NAME(grad_input)(const ag_call *call) {
  agk_conv2d_geometry g;
  if (!grad_input_geometry(call, &g)) return;
  void *workspace = ag_scratch(call, AG_NAME(agk_conv2d_grad_input_workspace)(&g, call->threads));
  if (!workspace) return;
  AG_NAME(agk_conv2d_grad_input)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->out[0]), workspace);
}

static void AG_NAME(grad_weight)(const ag_call *call) {
  agk_conv2d_geometry g;
  if (!grad_weight_geometry(call, &g)) return;
  void *workspace = ag_scratch(call, AG_NAME(agk_conv2d_grad_weight_workspace)(&g, call->threads));
  if (!workspace) return;
  AG_NAME(agk_conv2d_grad_weight)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->out[0]),
   ag_data(call->out[1]), workspace);
}
#endif

#ifndef AG_REAL

static void grad_input_vjp(const ag_node *node, ag_tensor *const *h, ag_tensor **dx) {
  const ag_conv2d_grad_attributes *a = node->attributes;
  ag_tensor *g = node->in[0], *weight = node->in[1];
  const ag_conv2d_grad_attributes of_weight = {a->conv, {weight->dim[2], weight->dim[3]}};
  if (ag_needs(node, 0)) dx[0] = ag_apply(AG_HERE, &ag_op_conv2d, 2, (ag_tensor *[]){h[0], weight}, &a->conv);
  if (ag_needs(node, 1)) {
    ag_tensor *dw[2] = {NULL, NULL};
    ag_apply_all(AG_HERE, &ag_op_conv2d_grad_weight, 2, (ag_tensor *[]){h[0], g}, &of_weight, dw);
    dx[1] = dw[0];
  }
}

static void grad_weight_vjp(const ag_node *node, ag_tensor *const *h, ag_tensor **dx) {
  const ag_conv2d_grad_attributes *a = node->attributes;
  ag_tensor *x = node->in[0], *g = node->in[1];
  const int height = ag_height_axis(a->conv.channels_last);
  const ag_conv2d_grad_attributes of_input = {a->conv, {x->dim[height], x->dim[height + 1]}};
  if (ag_needs(node, 0) && h[0])
    dx[0] = ag_apply(AG_HERE, &ag_op_conv2d_grad_input, 2, (ag_tensor *[]){g, h[0]}, &of_input);
  if (!ag_needs(node, 1)) return;
  if (h[0]) {
    dx[1] = ag_apply(AG_HERE, &ag_op_conv2d, h[1] ? 3 : 2, (ag_tensor *[]){x, h[0], h[1]}, &a->conv);
  } else {
    dx[1] = ag_expand(ag_conv2d_of_channels(&a->conv, h[1]), ag_shape_of(g));
  }
}

/* The multiply-adds of the convolution itself, whichever of its arguments is differentiated. */
static double grad_input_flops(const ag_call *call) {
  return 2.0 * (double)ag_numel(call->in[0]) * ag_conv2d_window(call->in[1]);
}

/* ... and the sum of the gradient for the bias. */
static double grad_weight_flops(const ag_call *call) {
  return (double)ag_numel(call->in[1]) * (2 * ag_conv2d_window(call->out[0]) + 1);
}

#define OPTIONS(sh, sw, ph, pw, dh, dw, groups, h, w) BEYOND(sh, sw, ph, pw, dh, dw, groups, 0, 0, h, w)
#define BEYOND(sh, sw, ph, pw, dh, dw, groups, bh, bw, h, w)                                                 \
  AG_WITH(ag_conv2d_grad_attributes, {{sh, sw}, {ph, pw}, {dh, dw}, groups, {bh, bw}}, {h, w})
#define PLAIN(h, w) OPTIONS(1, 1, 0, 0, 1, 1, 1, h, w)
#define LAST(sh, sw, ph, pw, dh, dw, groups, bh, bw, h, w)                                                   \
  AG_WITH(ag_conv2d_grad_attributes, {{sh, sw}, {ph, pw}, {dh, dw}, groups, {bh, bw}, true}, {h, w})
static const ag_sample grad_input_samples[] = {
    AG_WORKS(-1, 1, PLAIN(7, 5), AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 1, 1, 6, 7), AG_LIST(2, 3, 3, 7), AG_LIST(3, 1, 5, 3)),
    AG_WORKS(-1, 1, OPTIONS(1, 2, 1, 0, 1, 2, 2, 5, 5), AG_LIST(1, 6, 5, 2), AG_LIST(6, 2, 3, 2)),
    AG_WORKS(-1, 1, BEYOND(1, 1, 0, 1, 1, 1, 1, 1, -1, 5, 4), AG_LIST(2, 3, 5, 4), AG_LIST(3, 2, 2, 2)),
    AG_WORKS(-1, 1, BEYOND(2, 1, 1, 0, 1, 2, 2, 3, 2, 5, 4), AG_LIST(2, 2, 4, 4), AG_LIST(2, 2, 3, 2)),
    AG_WORKS(-1, 1, BEYOND(1, 1, 0, 0, 1, 1, 1, 0, 2, 3, 4), AG_LIST(2, 3, 3, 6), AG_LIST(3, 2, 1, 1)),
    AG_WORKS(-1, 1, LAST(2, 1, 1, 0, 1, 2, 2, 3, 2, 5, 4), AG_LIST(2, 4, 4, 2), AG_LIST(2, 2, 3, 2)),
    AG_WORKS(-1, 1, LAST(1, 1, 1, 1, 1, 1, 1, 0, 0, 5, 6), AG_LIST(2, 5, 6, 3), AG_LIST(3, 1, 3, 3)),
    AG_REFUSED("conv2d_grad_input: g must be (n, h, w, o), found 5x3x4",
               LAST(1, 1, 0, 0, 1, 1, 1, 0, 0, 7, 5), AG_LIST(5, 3, 4), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv2d_grad_input: g is 2x4x5x3, wanted is 2x4x5x4, the shape of the convolution",
               PLAIN(7, 6), AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv2d_grad_input: g must be (n, o, h, w), found 4x5x3", PLAIN(7, 5), AG_LIST(4, 5, 3),
               AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv2d_grad_input: stride 0 must be at least 1 and below 2^31",
               OPTIONS(1, 0, 0, 0, 1, 1, 1, 7, 5), AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3)),
    AG_NO_MORE,
};

static const ag_sample grad_weight_samples[] = {
    AG_WORKS(-1, 1, PLAIN(3, 3), AG_LIST(2, 3, 7, 5), AG_LIST(2, 4, 5, 3)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 1, 1, 5, 3), AG_LIST(2, 1, 6, 7), AG_LIST(2, 3, 3, 7)),
    AG_WORKS(-1, 1, OPTIONS(1, 2, 1, 0, 1, 2, 2, 3, 2), AG_LIST(1, 4, 5, 5), AG_LIST(1, 6, 5, 2)),
    AG_WORKS(-1, 1, BEYOND(1, 1, 0, 1, 1, 1, 1, 1, -1, 2, 2), AG_LIST(2, 2, 5, 4), AG_LIST(2, 3, 5, 4)),
    AG_WORKS(-1, 1, BEYOND(2, 1, 1, 0, 1, 2, 2, 3, 2, 3, 2), AG_LIST(2, 4, 5, 4), AG_LIST(2, 2, 4, 4)),
    AG_WORKS(-1, 1, BEYOND(1, 1, 0, 0, 1, 1, 1, 0, 2, 1, 1), AG_LIST(2, 2, 3, 4), AG_LIST(2, 3, 3, 6)),
    AG_WORKS(-1, 1, PLAIN(3, 3), AG_LIST(0, 3, 7, 5), AG_LIST(0, 4, 5, 3)),
    AG_WORKS(-1, 1, LAST(2, 1, 1, 0, 1, 2, 2, 3, 2, 3, 2), AG_LIST(2, 5, 4, 4), AG_LIST(2, 4, 4, 2)),
    AG_WORKS(-1, 1, LAST(1, 1, 1, 1, 1, 1, 1, 0, 0, 3, 3), AG_LIST(2, 5, 6, 1), AG_LIST(2, 5, 6, 3)),
    AG_REFUSED("conv2d_grad_weight: x must be (n, h, w, c), found 7x5x3",
               LAST(1, 1, 0, 0, 1, 1, 1, 0, 0, 3, 3), AG_LIST(7, 5, 3), AG_LIST(2, 5, 3, 4)),
    AG_REFUSED("conv2d_grad_weight: g is 2x4x5x3, wanted is 2x4x5x4, the shape of the convolution",
               PLAIN(3, 2), AG_LIST(2, 3, 7, 5), AG_LIST(2, 4, 5, 3)),
    AG_REFUSED("conv2d_grad_weight: g must be (n, o, h, w), found 2x5x3", PLAIN(3, 3), AG_LIST(2, 3, 7, 5),
               AG_LIST(2, 5, 3)),
    AG_REFUSED("conv2d_grad_weight: groups 0 must be at least 1 and below 2^31",
               OPTIONS(1, 1, 0, 0, 1, 1, 0, 3, 3), AG_LIST(2, 3, 7, 5), AG_LIST(2, 4, 5, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_conv2d_grad_input = {.name = "conv2d_grad_input",
                                       .formula = "d<g, conv2d(x, w)>/dx",
                                       .shapes = "(n, o, h', w'), (o, c / groups, kh, kw) -> (n, c, h, w)",
                                       .n_in = 2,
                                       .attribute_size = sizeof(ag_conv2d_grad_attributes),
                                       .shape = grad_input_shape,
                                       .forward = {grad_input_f32, grad_input_f64},
                                       .vjp = grad_input_vjp,
                                       .flops = grad_input_flops,
                                       .samples = grad_input_samples};

const ag_op ag_op_conv2d_grad_weight = {.name = "conv2d_grad_weight",
                                        .formula = "d<g, conv2d(x, w) + b>/dw and /db",
                                        .shapes =
                                            "(n, c, h, w), (n, o, h', w') -> (o, c / groups, kh, kw), (o)",
                                        .n_in = 2,
                                        .n_out = 2,
                                        .attribute_size = sizeof(ag_conv2d_grad_attributes),
                                        .shape = grad_weight_shape,
                                        .forward = {grad_weight_f32, grad_weight_f64},
                                        .vjp = grad_weight_vjp,
                                        .flops = grad_weight_flops,
                                        .samples = grad_weight_samples};
#endif
