/* Windows of images as columns, and back: PyTorch's unfold and fold. With k numbering the elements (c, i, j)
 * of the window and l the windows (p, q), both in row-major order,
 *
 *   im2col  y[n, k, l] = x[n, c, p s + i d - p0, q s + j d - p1], 0 in the padding      dx = col2im(g)
 *   col2im  y = zeros with x[n, k, l] added at [n, c, p s + i d - p0, q s + j d - p1]   dx = im2col(g)
 */
#ifndef AG_REAL
#include <inttypes.h>

#include "kernels/im2col.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/conv2d.h"
#include "ops/sample.h"

/* The windows of an image of this shape, (n, c, h, w). */
static bool windows_of(const ag_call *call, ag_shape x, const ag_im2col_attributes *a,
                       agk_pool2d_geometry *g) {
  if (!ag_conv2d_check_options(call, &a->conv)) return false;
  *g = (agk_pool2d_geometry){.planes = x.dim[0] * x.dim[1], .h = x.dim[2], .w = x.dim[3]};
  for (int d = 0; d < 2; d++) {
    g->kernel[d] = a->kernel[d];
    g->stride[d] = a->conv.stride[d];
    g->padding[d] = a->conv.padding[d];
    g->dilation[d] = a->conv.dilation[d];
    if (a->kernel[d] >= 1 && a->kernel[d] <= INT32_MAX) continue;
    return ag_reject(call, AG_EVALUE, "kernel %" PRId64 " must be at least 1 and below 2^31", a->kernel[d]);
  }
  g->h_out = ag_conv2d_output(&a->conv, 0, g->h, g->kernel[0]);
  g->w_out = ag_conv2d_output(&a->conv, 1, g->w, g->kernel[1]);
  if (g->h_out > 0 && g->w_out > 0) return true;
  return ag_reject(call, AG_ESHAPE,
                   "kernel %" PRId64 "x%" PRId64 " with dilation %" PRId64 "x%" PRId64
                   " does not fit into %s with padding %" PRId64 "x%" PRId64,
                   a->kernel[0], a->kernel[1], a->conv.dilation[0], a->conv.dilation[1],
                   ag_shape_text(call->c, x), a->conv.padding[0], a->conv.padding[1]);
}

/* (n, c kh kw, windows); false where that many do not fit into memory's range. */
static bool columns_of(const ag_call *call, ag_shape x, const agk_pool2d_geometry *g, ag_shape *columns) {
  const int64_t rows = ag_shape_numel(AG_SHAPE(x.dim[1], g->kernel[0], g->kernel[1])),
                windows = ag_shape_numel(AG_SHAPE(g->h_out, g->w_out));
  *columns = AG_SHAPE(x.dim[0], rows, windows);
  if (ag_shape_numel(*columns) >= 0) return true;
  return ag_reject(call, AG_ESHAPE, "the windows of %s are too many", ag_shape_text(call->c, x));
}

static bool im2col_shape(ag_call *call) {
  const ag_shape x = ag_shape_of(call->in[0]);
  agk_pool2d_geometry g;
  if (x.rank != 4)
    return ag_reject(call, AG_ESHAPE, "x must be (n, c, h, w), found %s", ag_shape_text(call->c, x));
  if (x.dim[2] == 0 || x.dim[3] == 0)
    return ag_reject(call, AG_ESHAPE, "height and width must be at least 1, found %s",
                     ag_shape_text(call->c, x));
  return windows_of(call, x, call->attributes, &g) && columns_of(call, x, &g, &call->shape[0]);
}

/* The image that columns are put together to. */
static bool image_of(const ag_call *call, ag_shape *image) {
  const ag_im2col_attributes *a = call->attributes;
  const ag_shape x = ag_shape_of(call->in[0]);
  if (x.rank != 3) {
    return ag_reject(call, AG_ESHAPE, "x must be (n, c kh kw, windows), found %s", ag_shape_text(call->c, x));
  }
  for (int d = 0; d < 2; d++) {
    if (a->size[d] >= 1 && a->size[d] <= INT32_MAX && a->kernel[d] >= 1 && a->kernel[d] <= INT32_MAX)
      continue;
    return ag_reject(call, AG_EVALUE,
                     "size %" PRId64 " and kernel %" PRId64 " must be at least 1 and below 2^31", a->size[d],
                     a->kernel[d]);
  }
  const int64_t window = a->kernel[0] * a->kernel[1];
  *image = AG_SHAPE(x.dim[0], x.dim[1] / window, a->size[0], a->size[1]);
  if (x.dim[1] % window == 0) return true;
  return ag_reject(call, AG_ESHAPE,
                   "the elements of windows of %" PRId64 "x%" PRId64 " do not divide axis 1 of %s",
                   a->kernel[0], a->kernel[1], ag_shape_text(call->c, x));
}

static bool col2im_shape(ag_call *call) {
  agk_pool2d_geometry g;
  ag_shape image, columns;
  if (!image_of(call, &image) || !windows_of(call, image, call->attributes, &g)) return false;
  call->shape[0] = image;
  return columns_of(call, image, &g, &columns) &&
         ag_check_shape(call, 0, "x", columns, "the windows of that size");
}

#define AG_SELF "ops/im2col.c"
#include "core/each_real.h"
#else

static void AG_NAME(im2col)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!windows_of(call, ag_shape_of(call->in[0]), call->attributes, &g)) return;
  AG_NAME(agk_im2col)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(col2im)(const ag_call *call) {
  agk_pool2d_geometry g;
  if (!windows_of(call, call->shape[0], call->attributes, &g)) return;
  AG_NAME(agk_col2im)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}
#endif

#ifndef AG_REAL

static void im2col_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_im2col_attributes a = *(const ag_im2col_attributes *)node->attributes;
  for (int d = 0; d < 2; d++) a.size[d] = ag_dim(node->in[0], 2 + d);
  dx[0] = ag_apply(AG_HERE, &ag_op_col2im, 1, g, &a);
}

static void col2im_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_apply(AG_HERE, &ag_op_im2col, 1, g, node->attributes);
}

/* An addition for each element of each window. */
static double col2im_flops(const ag_call *call) { return (double)ag_numel(call->in[0]); }

#define OPTIONS(kh, kw, sh, sw, ph, pw, dh, dw, ...)                                                         \
  AG_WITH(ag_im2col_attributes, {{sh, sw}, {ph, pw}, {dh, dw}, 1}, {kh, kw}, __VA_ARGS__)
#define PLAIN(kh, kw, ...) OPTIONS(kh, kw, 1, 1, 0, 0, 1, 1, __VA_ARGS__)
#define ANY                                                                                                  \
  { 0, 0 }
static const ag_sample im2col_samples[] = {
    AG_WORKS(-2, 2, PLAIN(2, 3, ANY), AG_LIST(2, 2, 4, 5)),
    AG_WORKS(-2, 2, OPTIONS(3, 2, 2, 1, 1, 2, 1, 2, ANY), AG_LIST(2, 2, 5, 4)),
    AG_WORKS(-2, 2, OPTIONS(2, 2, 1, 3, 3, 0, 2, 1, ANY), AG_LIST(1, 3, 1, 5)),
    AG_WORKS(-2, 2, PLAIN(1, 1, ANY), AG_LIST(1, 2, 3, 2)),
    AG_WORKS(-2, 2, PLAIN(2, 2, ANY), AG_LIST(0, 2, 3, 4)),
    AG_WORKS(-2, 2, PLAIN(2, 2, ANY), AG_LIST(2, 0, 3, 4)),
    AG_REFUSED("im2col: x must be (n, c, h, w), found 2x4x5", PLAIN(2, 3, ANY), AG_LIST(2, 4, 5)),
    AG_REFUSED("im2col: height and width must be at least 1, found 2x2x0x5",
               OPTIONS(2, 2, 1, 1, 1, 1, 1, 1, ANY), AG_LIST(2, 2, 0, 5)),
    AG_REFUSED("im2col: kernel 0 must be at least 1 and below 2^31", PLAIN(2, 0, ANY), AG_LIST(2, 2, 4, 5)),
    AG_REFUSED("im2col: stride 0 must be at least 1 and below 2^31", OPTIONS(2, 2, 0, 1, 0, 0, 1, 1, ANY),
               AG_LIST(2, 2, 4, 5)),
    AG_REFUSED("im2col: kernel 3x3 with dilation 1x3 does not fit into 2x2x4x5 with padding 0x0",
               OPTIONS(3, 3, 1, 1, 0, 0, 1, 3, ANY), AG_LIST(2, 2, 4, 5)),
    AG_NO_MORE,
};

static const ag_sample col2im_samples[] = {
    AG_WORKS(-2, 2, PLAIN(2, 3, {4, 5}), AG_LIST(2, 12, 9)),
    AG_WORKS(-2, 2, OPTIONS(3, 2, 2, 1, 1, 2, 1, 2, {5, 4}), AG_LIST(2, 12, 18)),
    AG_WORKS(-2, 2, OPTIONS(2, 2, 1, 3, 3, 0, 2, 1, {1, 5}), AG_LIST(1, 12, 10)),
    AG_WORKS(-2, 2, PLAIN(2, 2, {3, 4}), AG_LIST(0, 8, 6)),
    AG_REFUSED("col2im: x must be (n, c kh kw, windows), found 12x9", PLAIN(2, 3, {4, 5}), AG_LIST(12, 9)),
    AG_REFUSED("col2im: size 0 and kernel 3 must be at least 1 and below 2^31", PLAIN(2, 3, {4, 0}),
               AG_LIST(2, 12, 9)),
    AG_REFUSED("col2im: the elements of windows of 2x3 do not divide axis 1 of 2x13x9", PLAIN(2, 3, {4, 5}),
               AG_LIST(2, 13, 9)),
    AG_REFUSED("col2im: x is 2x12x8, wanted is 2x12x9, the windows of that size", PLAIN(2, 3, {4, 5}),
               AG_LIST(2, 12, 8)),
    AG_REFUSED("col2im: kernel 2x3 with dilation 1x1 does not fit into 2x2x1x5 with padding 0x0",
               PLAIN(2, 3, {1, 5}), AG_LIST(2, 12, 8)),
    AG_NO_MORE,
};

const ag_op ag_op_im2col = {.name = "im2col",
                            .formula = "the windows of x as columns",
                            .shapes = "(n, c, h, w) -> (n, c kh kw, windows)",
                            .n_in = 1,
                            .attribute_size = sizeof(ag_im2col_attributes),
                            .shape = im2col_shape,
                            .forward = {im2col_f32, im2col_f64},
                            .vjp = im2col_vjp,
                            .samples = im2col_samples};

const ag_op ag_op_col2im = {.name = "col2im",
                            .formula = "the columns x added up where im2col takes them from",
                            .shapes = "(n, c kh kw, windows) -> (n, c, h, w)",
                            .n_in = 1,
                            .attribute_size = sizeof(ag_im2col_attributes),
                            .shape = col2im_shape,
                            .forward = {col2im_f32, col2im_f64},
                            .vjp = col2im_vjp,
                            .flops = col2im_flops,
                            .samples = col2im_samples};

static ag_im2col_attributes options(const ag_im2col_args *a) {
  return (ag_im2col_attributes){.conv = ag_conv2d_options(&(ag_conv2d_args){.stride = a->stride,
                                                                            .padding = a->padding,
                                                                            .dilation = a->dilation,
                                                                            .stride_w = a->stride_w,
                                                                            .padding_w = a->padding_w,
                                                                            .dilation_w = a->dilation_w}),
                                .kernel = {a->kernel, a->kernel_w ? a->kernel_w : a->kernel}};
}

ag_tensor *(ag_im2col)(ag_im2col_args a) {
  const ag_im2col_attributes k = options(&a);
  return ag_apply(a.at, &ag_op_im2col, 1, &a.x, &k);
}

ag_tensor *(ag_col2im)(ag_col2im_args a) {
  ag_im2col_attributes k = options(&(ag_im2col_args){.kernel = a.kernel,
                                                     .dilation = a.dilation,
                                                     .padding = a.padding,
                                                     .stride = a.stride,
                                                     .kernel_w = a.kernel_w,
                                                     .dilation_w = a.dilation_w,
                                                     .padding_w = a.padding_w,
                                                     .stride_w = a.stride_w});
  k.size[0] = a.h;
  k.size[1] = a.w;
  return ag_apply(a.at, &ag_op_col2im, 1, &a.x, &k);
}
#endif
