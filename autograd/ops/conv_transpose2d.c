/* Two-dimensional transposed convolution, as in PyTorch: the gradient of a convolution with respect to its
 * input, taken as a function of its own. With * for conv2d,
 *
 *   y = d<x, z * w>/dz + b, where z has the shape of y       dx = g * w
 *                                                            (dw, -) = conv2d_grad_weight(g, x),  db = sum g
 *
 * The attributes are those of that convolution, and the height and width of y. */
#ifndef AG_REAL
#include <inttypes.h>

#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"
#include "ops/conv2d.h"

static bool check_channels(const ag_call *call, ag_shape x, ag_shape weight, int64_t groups) {
  if (x.dim[1] % groups != 0 || weight.dim[1] > INT64_MAX / groups) {
    return ag_reject(call, AG_ESHAPE, "groups %" PRId64 " must divide the channels of x %s", groups,
                     ag_operand_text(call, 0));
  }
  if (weight.dim[0] == x.dim[1]) return true;
  return ag_reject(call, AG_ESHAPE, "weight %s wants %" PRId64 " channels, x %s has %" PRId64,
                   ag_operand_text(call, 1), weight.dim[0], ag_operand_text(call, 0), x.dim[1]);
}

/* The convolution whose output is x. */
static bool transpose_geometry(const ag_call *call, agk_conv2d_geometry *g) {
  const ag_conv2d_grad_attributes *a = call->attributes;
  const ag_shape x = ag_shape_of(call->in[0]), weight = ag_shape_of(call->in[1]);
  if (x.rank != 4)
    return ag_reject(call, AG_ESHAPE, "x must be (n, c, h, w), found %s", ag_operand_text(call, 0));
  if (weight.rank != 4) {
    return ag_reject(call, AG_ESHAPE, "weight must be (c, o / groups, kh, kw), found %s",
                     ag_operand_text(call, 1));
  }
  if (!ag_conv2d_check_options(call, &a->conv) || !check_channels(call, x, weight, a->conv.groups))
    return false;
  for (int d = 0; d < 2; d++) {
    if (a->size[d] >= 1 && ag_conv2d_output(&a->conv, d, a->size[d], weight.dim[2 + d]) == x.dim[2 + d])
      continue;
    return ag_reject(call, AG_ESHAPE,
                     "x %s and weight %s do not give an output of %" PRId64 "x%" PRId64
                     " with stride %" PRId64 "x%" PRId64 " and padding %" PRId64 "x%" PRId64,
                     ag_operand_text(call, 0), ag_operand_text(call, 1), a->size[0], a->size[1],
                     a->conv.stride[0], a->conv.stride[1], a->conv.padding[0], a->conv.padding[1]);
  }
  const ag_shape y = AG_SHAPE(x.dim[0], weight.dim[1] * a->conv.groups, a->size[0], a->size[1]);
  return ag_conv2d_geometry(call, y, weight, &a->conv, g);
}

static bool transpose_shape(ag_call *call) {
  if (call->n_in < 2 || call->n_in > 3) {
    return ag_reject(call, AG_EVALUE, "%d operands given; x, weight and optionally bias are wanted",
                     call->n_in);
  }
  agk_conv2d_geometry g;
  if (!transpose_geometry(call, &g)) return false;
  call->shape[0] = AG_SHAPE(g.n, g.c_in, g.h, g.w);
  return call->n_in == 2 ||
         ag_check_shape(call, 2, "bias", AG_SHAPE(g.c_in), "one number for each output channel");
}

#define AG_SELF "ops/conv_transpose2d.c"
#include "core/each_real.h"
#else

static void AG_NAME(add_bias)(int threads, const agk_conv2d_geometry *g, const AG_REAL *bias, AG_REAL *y) {
  const int64_t planes = g->n * g->c_in, plane = g->h * g->w;
  AG_PARALLEL_FOR(ag_team(threads, planes, planes * plane))
  for (int64_t p = 0; p < planes; p++) {
    const AG_REAL b = bias[p % g->c_in];
    for (int64_t i = 0; i < plane; i++) y[p * plane + i] += b;
  }
}

static void AG_NAME(transpose)(const ag_call *call) {
  agk_conv2d_geometry g;
  if (!transpose_geometry(call, &g)) return;
  void *workspace = ag_scratch(call, AG_NAME(agk_conv2d_grad_input_workspace)(&g, call->threads));
  if (!workspace) return;
  AG_REAL *y = ag_data(call->out[0]);
  AG_NAME(agk_conv2d_grad_input)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]), y, workspace);
  if (call->n_in == 3) AG_NAME(add_bias)(call->threads, &g, ag_data(call->in[2]), y);
}
#endif

#ifndef AG_REAL

static void transpose_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_conv2d_grad_attributes *a = node->attributes;
  ag_tensor *x = node->in[0], *weight = node->in[1];
  const ag_conv2d_grad_attributes of_weight = {a->conv, {weight->dim[2], weight->dim[3]}};
  if (ag_needs(node, 0)) dx[0] = ag_apply(AG_HERE, &ag_op_conv2d, 2, (ag_tensor *[]){g[0], weight}, &a->conv);
  if (ag_needs(node, 1)) {
    ag_tensor *dw[2] = {NULL, NULL};
    ag_apply_all(AG_HERE, &ag_op_conv2d_grad_weight, 2, (ag_tensor *[]){g[0], x}, &of_weight, dw);
    dx[1] = dw[0];
  }
  if (node->n_in == 3 && ag_needs(node, 2)) dx[2] = ag_sum(g[0], .axes = AG_AXES(0, 2, 3));
}

static double transpose_flops(const ag_call *call) {
  return 2.0 * (double)ag_numel(call->in[0]) * ag_conv2d_window(call->in[1]) +
         (call->n_in == 3 ? (double)ag_numel(call->out[0]) : 0);
}

#define OPTIONS(sh, sw, ph, pw, dh, dw, groups, h, w)                                                        \
  AG_WITH(ag_conv2d_grad_attributes, {{sh, sw}, {ph, pw}, {dh, dw}, groups}, {h, w})
#define PLAIN(h, w) OPTIONS(1, 1, 0, 0, 1, 1, 1, h, w)
static const ag_sample transpose_samples[] = {
    AG_WORKS(-1, 1, PLAIN(7, 5), AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3), AG_LIST(3)),
    AG_WORKS(-1, 1, OPTIONS(2, 1, 2, 1, 1, 1, 1, 6, 7), AG_LIST(2, 3, 3, 7), AG_LIST(3, 1, 5, 3)),
    AG_WORKS(-1, 1, OPTIONS(1, 2, 1, 0, 1, 2, 2, 5, 5), AG_LIST(1, 6, 5, 2), AG_LIST(6, 2, 3, 2), AG_LIST(4)),
    AG_WORKS(-1, 1, OPTIONS(3, 3, 0, 0, 1, 1, 1, 7, 9), AG_LIST(1, 2, 2, 3), AG_LIST(2, 2, 2, 2), AG_LIST(2)),
    AG_WORKS(-1, 1, OPTIONS(2, 2, 0, 0, 1, 1, 3, 4, 4), AG_LIST(2, 3, 2, 2), AG_LIST(3, 1, 2, 2)),
    AG_WORKS(-1, 1, PLAIN(4, 5), AG_LIST(0, 2, 3, 4), AG_LIST(2, 3, 2, 2), AG_LIST(3)),
    AG_REFUSED("conv_transpose2d: x must be (n, c, h, w), found 4x5x3", PLAIN(7, 5), AG_LIST(4, 5, 3),
               AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv_transpose2d: weight must be (c, o / groups, kh, kw), found 4x27", PLAIN(7, 5),
               AG_LIST(2, 4, 5, 3), AG_LIST(4, 27)),
    AG_REFUSED("conv_transpose2d: weight 3x4x3x3 wants 3 channels, x 2x4x5x3 has 4", PLAIN(7, 5),
               AG_LIST(2, 4, 5, 3), AG_LIST(3, 4, 3, 3)),
    AG_REFUSED("conv_transpose2d: groups 3 must divide the channels of x 2x4x5x3",
               OPTIONS(1, 1, 0, 0, 1, 1, 3, 7, 5), AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED(
        "conv_transpose2d: x 1x2x1x1 and weight 2x1x2x2 do not give an output of 0x0 with stride 1x1 and "
        "padding 1x1",
        OPTIONS(1, 1, 1, 1, 1, 1, 1, 0, 0), AG_LIST(1, 2, 1, 1), AG_LIST(2, 1, 2, 2)),
    AG_REFUSED(
        "conv_transpose2d: x 2x4x5x3 and weight 4x3x3x3 do not give an output of 7x6 with stride 1x1 and "
        "padding 0x0",
        PLAIN(7, 6), AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv_transpose2d: bias is 4, wanted is 3, one number for each output channel", PLAIN(7, 5),
               AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3), AG_LIST(4)),
    AG_REFUSED("conv_transpose2d: stride 0 must be at least 1 and below 2^31",
               OPTIONS(0, 1, 0, 0, 1, 1, 1, 7, 5), AG_LIST(2, 4, 5, 3), AG_LIST(4, 3, 3, 3)),
    AG_REFUSED("conv_transpose2d: 1 operands given; x, weight and optionally bias are wanted", PLAIN(7, 5),
               AG_LIST(2, 4, 5, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_conv_transpose2d = {
    .name = "conv_transpose2d",
    .formula = "d<x, conv2d(z, weight)>/dz, plus bias",
    .shapes = "(n, c, h, w), (c, o / groups, kh, kw), optionally (o) -> (n, o, h', w')",
    .n_in = -1,
    .attribute_size = sizeof(ag_conv2d_grad_attributes),
    .shape = transpose_shape,
    .forward = {transpose_f32, transpose_f64},
    .vjp = transpose_vjp,
    .flops = transpose_flops,
    .samples = transpose_samples};

/* ---- The public function ---- */

/* (h - 1) stride - 2 padding + dilation (kernel - 1) + output_padding + 1; the shape rule refuses what is cut
 * off here, lest it overflows. */
static int64_t output_size(const ag_conv2d_attributes *k, int d, int64_t size, int64_t kernel, int64_t more) {
  if (size > INT32_MAX) size = INT32_MAX;
  if (kernel > INT32_MAX) kernel = INT32_MAX;
  return (size - 1) * k->stride[d] - 2 * k->padding[d] + k->dilation[d] * (kernel - 1) + more + 1;
}

/* x with zeros behind it along an axis, so that it has this size. */
static ag_tensor *lengthened(ag_site at, ag_tensor *x, int axis, int64_t size) {
  ag_slice_grad_attributes a = {{axis, 0, ag_dim(x, axis), 1}, ag_shape_of(x)};
  a.shape.dim[axis] = size;
  return ag_apply(at, &ag_op_slice_grad, 1, &x, &a);
}

ag_tensor *(ag_conv_transpose2d)(ag_conv_transpose2d_args a) {
  ag_tensor *result, *x = a.x;
  if (!ag_ready(a.at, "conv_transpose2d", 2, (ag_tensor *[]){x, a.weight}, &result)) return result;
  ag_conv2d_grad_attributes k = {.conv = ag_conv2d_options(&(ag_conv2d_args){.stride = a.stride,
                                                                             .padding = a.padding,
                                                                             .dilation = a.dilation,
                                                                             .groups = a.groups,
                                                                             .stride_w = a.stride_w,
                                                                             .padding_w = a.padding_w,
                                                                             .dilation_w = a.dilation_w})};
  const int64_t more[2] = {a.output_padding, ag_padding_of_width(a.output_padding, a.output_padding_w)};
  for (int d = 0; d < 2; d++) {
    const int64_t size = ag_dim(x, 2 + d), kernel = ag_dim(a.weight, 2 + d);
    if (more[d] != 0 && (more[d] < 0 || (more[d] >= k.conv.stride[d] && more[d] >= k.conv.dilation[d]))) {
      ag_fail(x->c, AG_EVALUE, a.at,
              "conv_transpose2d: output_padding %" PRId64 " must be at least 0, and below stride %" PRId64
              " or dilation %" PRId64,
              more[d], k.conv.stride[d], k.conv.dilation[d]);
      return result;
    }
    k.size[d] = output_size(&k.conv, d, size, kernel, more[d]);
    /* The convolution of so large an output would have more places than x: there, x counts as 0. */
    if (more[d] > 0 && more[d] >= k.conv.stride[d] && k.conv.stride[d] > 0 && x->rank == 4 && size > 0)
      x = lengthened(a.at, x, 2 + d, size + more[d] / k.conv.stride[d]);
  }
  return ag_apply(a.at, &ag_op_conv_transpose2d, a.bias ? 3 : 2, (ag_tensor *[]){x, a.weight, a.bias}, &k);
}
#endif
