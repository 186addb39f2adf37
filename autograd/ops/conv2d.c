/* Two-dimensional convolution (cross-correlation, as in PyTorch).
 *
 *   y[n, o, p, q] = b[o] + sum over c, i, j of w[o, c, i, j] x[n, c, p s + i d - p0, q s + j d - p1]
 *
 *   dx = conv2d_grad_input(g, w),   (dw, db) = conv2d_grad_weight(x, g),   or both with conv2d_backward
 */
#ifndef AG_REAL
#include "ops/conv2d.h"

#include <inttypes.h>

#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

bool ag_conv2d_check_options(const ag_call *call, const ag_conv2d_attributes *a) {
  const struct {
    const char *name;
    int64_t value[2], least;
  } options[] = {{"stride", {a->stride[0], a->stride[1]}, 1},
                 {"padding", {a->padding[0], a->padding[1]}, 0},
                 {"padding", {a->padding[0] + a->beyond[0], a->padding[1] + a->beyond[1]}, 0},
                 {"dilation", {a->dilation[0], a->dilation[1]}, 1},
                 {"groups", {a->groups, a->groups}, 1}};
  for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
    for (int k = 0; k < 2; k++) {
      if (options[i].value[k] >= options[i].least && options[i].value[k] <= INT32_MAX) continue;
      return ag_reject(call, AG_EVALUE, "%s %" PRId64 " must be at least %" PRId64 " and below 2^31",
                       options[i].name, options[i].value[k], options[i].least);
    }
  }
  return true;
}

static bool check_channels(const ag_call *call, ag_shape x, ag_shape weight, const ag_conv2d_attributes *a) {
  const char *whole = ag_shape_text(call->c, x), *kernel = ag_shape_text(call->c, weight);
  const int64_t groups = a->groups;
  if (!ag_check_images(call, "x", x, a->channels_last)) return false;
  const int64_t channels = x.dim[ag_channels_axis(a->channels_last)];
  if (weight.rank != 4)
    return ag_reject(call, AG_ESHAPE, "weight must be (o, c / groups, kh, kw), found %s", kernel);
  if (channels % groups != 0 || weight.dim[0] % groups != 0) {
    return ag_reject(call, AG_ESHAPE, "groups %" PRId64 " must divide the channels of x %s and of weight %s",
                     groups, whole, kernel);
  }
  if (channels / groups != weight.dim[1]) {
    return ag_reject(call, AG_ESHAPE,
                     "weight %s wants %" PRId64 " channels in each of %" PRId64 " groups, x %s has %" PRId64,
                     kernel, weight.dim[1], groups, whole, channels / groups);
  }
  return true;
}

int64_t ag_conv2d_output(const ag_conv2d_attributes *a, int d, int64_t size, int64_t kernel) {
  return agk_conv2d_output(size + a->beyond[d], kernel, a->stride[d], a->padding[d], a->dilation[d]);
}

bool ag_conv2d_geometry(const ag_call *call, ag_shape x, ag_shape weight, const ag_conv2d_attributes *a,
                        agk_conv2d_geometry *g) {
  if (!ag_conv2d_check_options(call, a) || !check_channels(call, x, weight, a)) return false;
  const int height = ag_height_axis(a->channels_last);
  *g = (agk_conv2d_geometry){.n = x.dim[0],
                             .c_in = x.dim[ag_channels_axis(a->channels_last)],
                             .h = x.dim[height],
                             .w = x.dim[height + 1],
                             .c_out = weight.dim[0],
                             .kh = weight.dim[2],
                             .kw = weight.dim[3],
                             .groups = a->groups,
                             .direct = !ag_winograd(call->c),
                             .channels_last = a->channels_last};
  for (int k = 0; k < 2; k++) {
    g->stride[k] = a->stride[k];
    g->padding[k] = a->padding[k];
    g->dilation[k] = a->dilation[k];
  }
  g->h_out = ag_conv2d_output(a, 0, g->h, g->kh);
  g->w_out = ag_conv2d_output(a, 1, g->w, g->kw);
  if (g->kh > 0 && g->kw > 0 && g->h_out > 0 && g->w_out > 0) return true;
  return ag_reject(call, AG_ESHAPE,
                   "weight %s with dilation %" PRId64 "x%" PRId64
                   " does not fit into x %s with padding %" PRId64 "x%" PRId64,
                   ag_shape_text(call->c, weight), a->dilation[0], a->dilation[1], ag_shape_text(call->c, x),
                   a->padding[0], a->padding[1]);
}

static bool conv2d_shape(ag_call *call) {
  if (call->n_in < 2 || call->n_in > 3) {
    return ag_reject(call, AG_EVALUE, "%d operands given; x, weight and optionally bias are wanted",
                     call->n_in);
  }
  agk_conv2d_geometry g;
  if (!ag_conv2d_geometry(call, ag_shape_of(call->in[0]), ag_shape_of(call->in[1]), call->attributes, &g))
    return false;
  call->shape[0] = ag_conv2d_images(call->attributes, g.n, g.c_out, g.h_out, g.w_out);
  return call->n_in == 2 ||
         ag_check_shape(call, 2, "bias", AG_SHAPE(g.c_out), "one number for each output channel");
}

#define AG_SELF "ops/conv2d.c"
#include "core/each_real.h"
#else

static void AG_NAME(conv2d)(const ag_call *call) {
  agk_conv2d_geometry g;
  if (!ag_conv2d_geometry(call, ag_shape_of(call->in[0]), ag_shape_of(call->in[1]), call->attributes, &g))
    return;
  void *workspace = ag_scratch(call, AG_NAME(agk_conv2d_forward_workspace)(&g, call->threads));
  if (!workspace) return;
  const AG_REAL *bias = call->n_in == 3 ? ag_data(call->in[2]) : NULL;
  AG_NAME(agk_conv2d_forward)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), bias, ag_data(call->out[0]), workspace);
}
#endif

#ifndef AG_REAL

ag_tensor *ag_conv2d_of_channels(const ag_conv2d_attributes *a, ag_tensor *x) {
  return ag_reshape(x, ag_conv2d_images(a, 1, ag_numel(x), 1, 1));
}

ag_tensor *ag_conv2d_sum(const ag_conv2d_attributes *a, ag_tensor *images) {
  return a->channels_last ? ag_sum(images, .axes = AG_AXES(0, 1, 2))
                          : ag_sum(images, .axes = AG_AXES(0, 2, 3));
}

static void conv2d_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_conv2d_attributes *a = node->attributes;
  ag_tensor *x = node->in[0], *weight = node->in[1], *of[3] = {NULL, NULL, NULL};
  const int height = ag_height_axis(a->channels_last);
  const ag_conv2d_grad_attributes of_input = {*a, {x->dim[height], x->dim[height + 1]}},
                                  of_weight = {*a, {weight->dim[2], weight->dim[3]}};
  if (ag_needs(node, 0) && ag_needs(node, 1)) {
    ag_apply_all(AG_HERE, &ag_op_conv2d_backward, 3, (ag_tensor *[]){g[0], x, weight}, a, of);
  } else if (ag_needs(node, 0)) {
    of[0] = ag_apply(AG_HERE, &ag_op_conv2d_grad_input, 2, (ag_tensor *[]){g[0], weight}, &of_input);
  } else if (ag_needs(node, 1)) {
    ag_apply_all(AG_HERE, &ag_op_conv2d_grad_weight, 2, (ag_tensor *[]){x, g[0]}, &of_weight, of + 1);
  }
  for (int i = 0; i < node->n_in; i++)
    if (ag_needs(node, i)) dx[i] = of[i] ? of[i] : ag_conv2d_sum(a, g[0]);
}

static double conv2d_flops(const ag_call *call) {
  return (double)call->out[0]->numel * (2.0 * ag_conv2d_window(call->in[1]) + (call->n_in == 3));
}

#define OPTIONS(sh, sw, ph, pw, dh, dw, ...)                                                                 \
  AG_WITH(ag_conv2d_attributes, {sh, sw}, {ph, pw}, {dh, dw}, __VA_ARGS__)
#define PLAIN OPTIONS(1, 1, 0, 0, 1, 1, 1)
#define LAST(...) OPTIONS(__VA_ARGS__, .channels_last = true)
static const ag_sample conv2d_samples[] = {
    AG_WORKS(-1, 1, PLAIN, AG_LIST(2, 3, 7, 5), AG_LIST(4, 3, 3, 3), AG_LIST(4)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 1, 1), AG_LIST(2, 1, 6, 7), AG_LIST(3, 1, 5, 3)),
    AG_WORKS(-1, 1, OPTIONS(1, 2, 1, 0, 1, 2, 2), AG_LIST(1, 4, 5, 5), AG_LIST(6, 2, 3, 2), AG_LIST(6)),
    AG_WORKS(-1, 1, OPTIONS(3, 2, 0, 3, 2, 3, 2), AG_LIST(3, 2, 9, 8), AG_LIST(2, 1, 2, 3), AG_LIST(2)),
    AG_WORKS(-1, 1, OPTIONS(2, 2, 0, 0, 1, 1, 1), AG_LIST(2, 3, 4, 4), AG_LIST(5, 3, 1, 1)),
    AG_WORKS(-1, 1, OPTIONS(1, 1, 0, 1, 1, 1, 1, {1, -1}), AG_LIST(2, 2, 5, 4), AG_LIST(3, 2, 2, 2),
             AG_LIST(3)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 1, 0, 1, 2, 2, {3, 2}), AG_LIST(2, 4, 5, 4), AG_LIST(2, 2, 3, 2),
             AG_LIST(2)),
    AG_WORKS(-1, 1, OPTIONS(1, 1, 0, 0, 1, 1, 1, {0, 2}), AG_LIST(2, 2, 3, 4), AG_LIST(3, 2, 1, 1)),
    AG_WORKS(-1, 1, PLAIN, AG_LIST(0, 3, 4, 4), AG_LIST(5, 3, 3, 3), AG_LIST(5)),
    AG_WORKS(-1, 1, LAST(2, 1, 1, 0, 1, 2, 2, {0, 1}), AG_LIST(2, 5, 4, 4), AG_LIST(6, 2, 3, 2), AG_LIST(6)),
    AG_WORKS(-1, 1, LAST(1, 1, 1, 1, 1, 1, 1, {0, 0}), AG_LIST(2, 5, 6, 1), AG_LIST(3, 1, 3, 3), AG_LIST(3)),
    AG_REFUSED("conv2d: weight 8x3x5x5 wants 3 channels in each of 1 groups, x 2x1x16x16 has 1", PLAIN,
               AG_LIST(2, 1, 16, 16), AG_LIST(8, 3, 5, 5)),
    AG_REFUSED("conv2d: groups 3 must divide the channels of x 2x4x5x5 and of weight 8x2x3x3",
               OPTIONS(1, 1, 0, 0, 1, 1, 3), AG_LIST(2, 4, 5, 5), AG_LIST(8, 2, 3, 3)),
    AG_REFUSED("conv2d: x must be (n, c, h, w), found 3x5x5", PLAIN, AG_LIST(3, 5, 5), AG_LIST(8, 3, 3, 3)),
    AG_REFUSED("conv2d: x must be (n, h, w, c), found 5x5x3", LAST(1, 1, 0, 0, 1, 1, 1), AG_LIST(5, 5, 3),
               AG_LIST(8, 3, 3, 3)),
    AG_REFUSED("conv2d: weight 8x3x3x3 wants 3 channels in each of 1 groups, x 2x3x5x5 has 5",
               LAST(1, 1, 0, 0, 1, 1, 1), AG_LIST(2, 3, 5, 5), AG_LIST(8, 3, 3, 3)),
    AG_REFUSED("conv2d: weight must be (o, c / groups, kh, kw), found 8x27", PLAIN, AG_LIST(1, 3, 5, 5),
               AG_LIST(8, 27)),
    AG_REFUSED("conv2d: weight 8x1x7x7 with dilation 1x1 does not fit into x 2x1x5x5 with padding 0x0", PLAIN,
               AG_LIST(2, 1, 5, 5), AG_LIST(8, 1, 7, 7)),
    AG_REFUSED("conv2d: bias is 1x8, wanted is 8, one number for each output channel", PLAIN,
               AG_LIST(2, 1, 5, 5), AG_LIST(8, 1, 3, 3), AG_LIST(1, 8)),
    AG_REFUSED("conv2d: stride 0 must be at least 1 and below 2^31", OPTIONS(0, 1, 0, 0, 1, 1, 1),
               AG_LIST(2, 1, 5, 5), AG_LIST(8, 1, 3, 3)),
    AG_REFUSED("conv2d: padding -1 must be at least 0 and below 2^31", OPTIONS(1, 1, 0, -1, 1, 1, 1),
               AG_LIST(2, 1, 5, 5), AG_LIST(8, 1, 3, 3)),
    AG_REFUSED("conv2d: padding -2 must be at least 0 and below 2^31", OPTIONS(1, 1, 1, 1, 1, 1, 1, {0, -3}),
               AG_LIST(2, 1, 5, 5), AG_LIST(8, 1, 3, 3)),
    AG_REFUSED("conv2d: 1 operands given; x, weight and optionally bias are wanted", PLAIN,
               AG_LIST(2, 1, 5, 5)),
    AG_NO_MORE,
};

const ag_op ag_op_conv2d = {
    .name = "conv2d",
    .formula = "cross-correlation of x with weight, plus bias; the channels may be last",
    .shapes = "(n, c, h, w), (o, c / groups, kh, kw), optionally (o) -> (n, o, h', w')",
    .n_in = -1,
    .attribute_size = sizeof(ag_conv2d_attributes),
    .shape = conv2d_shape,
    .forward = {conv2d_f32, conv2d_f64},
    .vjp = conv2d_vjp,
    .flops = conv2d_flops,
    .samples = conv2d_samples};

ag_conv2d_attributes ag_conv2d_options(const ag_conv2d_args *a) {
  ag_conv2d_attributes k = {.stride = {a->stride ? a->stride : 1},
                            .padding = {a->padding},
                            .dilation = {a->dilation ? a->dilation : 1},
                            .groups = a->groups ? a->groups : 1,
                            .channels_last = a->channels_last};
  k.stride[1] = a->stride_w ? a->stride_w : k.stride[0];
  k.padding[1] = ag_padding_of_width(a->padding, a->padding_w);
  k.dilation[1] = a->dilation_w ? a->dilation_w : k.dilation[0];
  if (!a->sides.given) return k;
  const int64_t sides[2][2] = {{a->sides.top, a->sides.bottom}, {a->sides.left, a->sides.right}};
  for (int d = 0; d < 2; d++) {
    k.padding[d] = sides[d][0];
    k.beyond[d] = sides[d][1] - sides[d][0];
  }
  return k;
}

/* Pads so that the output has the size of the input. An odd place goes behind the last row or column. */
static bool pad_to_same(const ag_conv2d_args *a, ag_conv2d_attributes *k, ag_tensor **result) {
  if (!ag_ready(a->at, "conv2d", 2, (ag_tensor *[]){a->x, a->weight}, result)) return false;
  if (k->stride[0] != 1 || k->stride[1] != 1) {
    ag_fail(a->x->c, AG_EVALUE, a->at,
            "conv2d: same keeps the size of x with stride 1 alone, found %" PRId64 "x%" PRId64, k->stride[0],
            k->stride[1]);
    return false;
  }
  for (int d = 0; d < 2; d++) {
    const int64_t kernel = ag_dim(a->weight, 2 + d);
    const int64_t more = kernel < 1 ? 0 : kernel > INT32_MAX ? INT32_MAX : kernel - 1;
    k->padding[d] = k->dilation[d] * more / 2;
    k->beyond[d] = k->dilation[d] * more % 2;
  }
  return true;
}

ag_tensor *(ag_conv2d)(ag_conv2d_args a) {
  ag_tensor *result;
  ag_conv2d_attributes k = ag_conv2d_options(&a);
  if (a.same && !pad_to_same(&a, &k, &result)) {
    if (a.moments) *a.moments = result;
    return result;
  }
  if (a.norm || a.moments || a.pool || a.pool_sign) return ag_conv2d_with_moments(&a, &k);
  return ag_apply(a.at, &ag_op_conv2d, a.bias ? 3 : 2, (ag_tensor *[]){a.x, a.weight, a.bias}, &k);
}
#endif
