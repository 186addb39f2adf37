/* Both gradients of convolution at once, which costs less than one after the other. With y = x * w + b for
 * conv2d,
 *
 *   conv2d_backward(g, x, w) = d<g, x * w + b>/d(x, w, b) = conv2d_grad_input(g, w), conv2d_grad_weight(x, g)
 *
 * With the incoming gradients h, k and l of the three results,
 *
 *   dg = h * w + x * k + l,   dx = conv2d_grad_input(g, k),   dw = conv2d_grad_weight(h, g). */
#ifndef AG_REAL
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/conv2d.h"
#include "ops/sample.h"

static bool conv2d_backward_shape(ag_call *call) {
  agk_conv2d_geometry g;
  const ag_shape x = ag_shape_of(call->in[1]), weight = ag_shape_of(call->in[2]);
  if (!ag_conv2d_geometry(call, x, weight, call->attributes, &g)) return false;
  call->shape[0] = x;
  call->shape[1] = weight;
  call->shape[2] = AG_SHAPE(g.c_out);
  return ag_check_shape(call, 0, "g", ag_conv2d_images(call->attributes, g.n, g.c_out, g.h_out, g.w_out),
                        "the shape of the convolution");
}

#define AG_SELF "ops/conv2d_backward.c"
#include "core/each_real.h"
#else

static void AG_NAME(conv2d_backward)(const ag_call *call) {
  agk_conv2d_geometry g;
  if (!ag_conv2d_geometry(call, ag_shape_of(call->in[1]), ag_shape_of(call->in[2]), call->attributes, &g))
    return;
  void *workspace = ag_scratch(call, AG_NAME(agk_conv2d_backward_workspace)(&g, call->threads));
  if (!workspace) return;
  AG_NAME(agk_conv2d_backward)
  (call->threads, &g, ag_data(call->in[1]), ag_data(call->in[0]), ag_data(call->in[2]), ag_data(call->out[0]),
   ag_data(call->out[1]), ag_data(call->out[2]), workspace);
}
#endif

#ifndef AG_REAL

/* h * w + x * k + l. */
static ag_tensor *to_gradient(const ag_node *node, ag_tensor *const *h) {
  ag_tensor *g = node->in[0], *x = node->in[1], *weight = node->in[2], *sum = NULL;
  if (h[1])
    sum = ag_apply(AG_HERE, &ag_op_conv2d, h[2] ? 3 : 2, (ag_tensor *[]){x, h[1], h[2]}, node->attributes);
  else if (h[2])
    sum = ag_expand(ag_conv2d_of_channels(node->attributes, h[2]), ag_shape_of(g));
  if (!h[0]) return sum;
  ag_tensor *first = ag_apply(AG_HERE, &ag_op_conv2d, 2, (ag_tensor *[]){h[0], weight}, node->attributes);
  return sum ? ag_add(first, sum) : first;
}

static void conv2d_backward_vjp(const ag_node *node, ag_tensor *const *h, ag_tensor **dx) {
  const ag_conv2d_attributes *a = node->attributes;
  ag_tensor *g = node->in[0], *x = node->in[1], *weight = node->in[2];
  const int height = ag_height_axis(a->channels_last);
  const ag_conv2d_grad_attributes of_input = {*a, {x->dim[height], x->dim[height + 1]}},
                                  of_weight = {*a, {weight->dim[2], weight->dim[3]}};
  if (ag_needs(node, 0)) dx[0] = to_gradient(node, h);
  if (ag_needs(node, 1) && h[1])
    dx[1] = ag_apply(AG_HERE, &ag_op_conv2d_grad_input, 2, (ag_tensor *[]){g, h[1]}, &of_input);
  if (ag_needs(node, 2) && h[0]) {
    ag_tensor *dw[2];
    ag_apply_all(AG_HERE, &ag_op_conv2d_grad_weight, 2, (ag_tensor *[]){h[0], g}, &of_weight, dw);
    dx[2] = dw[0];
  }
}

static double conv2d_backward_flops(const ag_call *call) {
  return (double)ag_numel(call->in[0]) * (4 * ag_conv2d_window(call->in[2]) + 1);
}

#define OPTIONS(sh, sw, ph, pw, dh, dw, ...)                                                                 \
  AG_WITH(ag_conv2d_attributes, {sh, sw}, {ph, pw}, {dh, dw}, __VA_ARGS__)
#define PLAIN OPTIONS(1, 1, 0, 0, 1, 1, 1)
#define LAST(...) OPTIONS(__VA_ARGS__, .channels_last = true)
static const ag_sample conv2d_backward_samples[] = {
    AG_WORKS(-1, 1, PLAIN, AG_LIST(2, 4, 5, 3), AG_LIST(2, 3, 7, 5), AG_LIST(4, 3, 3, 3)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 1, 1), AG_LIST(2, 3, 3, 7), AG_LIST(2, 1, 6, 7),
             AG_LIST(3, 1, 5, 3)),
    AG_WORKS(-1, 1, OPTIONS(1, 2, 1, 0, 1, 2, 2), AG_LIST(1, 6, 5, 2), AG_LIST(1, 4, 5, 5),
             AG_LIST(6, 2, 3, 2)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 1, 0, 1, 2, 2, {3, 2}), AG_LIST(2, 2, 4, 4), AG_LIST(2, 4, 5, 4),
             AG_LIST(2, 2, 3, 2)),
    AG_WORKS(-1, 1, PLAIN, AG_LIST(0, 4, 5, 3), AG_LIST(0, 3, 7, 5), AG_LIST(4, 3, 3, 3)),
    AG_WORKS(-1, 1, LAST(2, 1, 1, 0, 1, 2, 2, {3, 2}), AG_LIST(2, 4, 4, 2), AG_LIST(2, 5, 4, 4),
             AG_LIST(2, 2, 3, 2)),
    AG_WORKS(-1, 1, LAST(1, 1, 1, 1, 1, 1, 1, {0, 0}), AG_LIST(2, 5, 6, 3), AG_LIST(2, 5, 6, 1),
             AG_LIST(3, 1, 3, 3)),
    AG_REFUSED("conv2d_backward: g is 2x4x5x3, wanted is 2x5x3x4, the shape of the convolution",
               LAST(1, 1, 0, 0, 1, 1, 1), AG_LIST(2, 4, 5, 3), AG_LIST(2, 7, 5, 3), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv2d_backward: g is 2x4x5x4, wanted is 2x4x5x3, the shape of the convolution", PLAIN,
               AG_LIST(2, 4, 5, 4), AG_LIST(2, 3, 7, 5), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv2d_backward: x must be (n, c, h, w), found 3x7x5", PLAIN, AG_LIST(2, 4, 5, 3),
               AG_LIST(3, 7, 5), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv2d_backward: groups 0 must be at least 1 and below 2^31", OPTIONS(1, 1, 0, 0, 1, 1, 0),
               AG_LIST(2, 4, 5, 3), AG_LIST(2, 3, 7, 5), AG_LIST(4, 3, 3, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_conv2d_backward = {
    .name = "conv2d_backward",
    .formula = "d<g, conv2d(x, w) + b>/dx, /dw and /db",
    .shapes =
        "(n, o, h', w'), (n, c, h, w), (o, c / groups, kh, kw) -> (n, c, h, w), (o, c / groups, kh, kw), (o)",
    .n_in = 3,
    .n_out = 3,
    .attribute_size = sizeof(ag_conv2d_attributes),
    .shape = conv2d_backward_shape,
    .forward = {conv2d_backward_f32, conv2d_backward_f64},
    .vjp = conv2d_backward_vjp,
    .flops = conv2d_backward_flops,
    .samples = conv2d_backward_samples};
#endif
