/* The shape rule of pooling, along each axis:
 *
 *   h' = floor((h + 2 padding - dilation (kernel - 1) - 1) / stride) + 1
 *
 * With ceil_mode it rounds up, and drops a window that would begin in the padding behind the plane. Adaptive
 * pooling is told h' instead. */
#include "ops/pool2d.h"

#include <inttypes.h>

#include "ops/check.h"

/* Whether the options of one axis make sense. */
static bool check_options(const ag_call *call, const ag_pool2d_attributes *a, int d) {
  const int64_t kernel = a->kernel[d], stride = a->stride[d], padding = a->padding[d],
                dilation = a->dilation[d];
  if (kernel < 1 || stride < 1 || dilation < 1 || kernel > INT32_MAX || stride > INT32_MAX ||
      dilation > INT32_MAX) {
    return ag_reject(call, AG_EVALUE,
                     "kernel %" PRId64 ", stride %" PRId64 " and dilation %" PRId64
                     " must be at least 1 and below 2^31",
                     kernel, stride, dilation);
  }
  if (padding >= 0 && padding <= kernel / 2) return true;
  return ag_reject(call, AG_EVALUE,
                   "padding %" PRId64 " must be at least 0 and at most half of kernel %" PRId64, padding,
                   kernel);
}

/* How many windows there are along one axis; 0 where none fits. */
static int64_t count_windows(int64_t size, const ag_pool2d_attributes *a, int d) {
  const int64_t stride = a->stride[d], padding = a->padding[d];
  int64_t room = size + 2 * padding - a->dilation[d] * (a->kernel[d] - 1) - 1;
  if (a->ceil_mode) room += stride - 1;
  if (size == 0 || room < 0) return 0;
  const int64_t count = room / stride + 1;
  return a->ceil_mode && (count - 1) * stride >= size + padding ? count - 1 : count;
}

/* Adaptive pooling. The kernel is the greatest that a window can have; it only tells the work. */
static bool share_plane(const ag_call *call, ag_shape x, const ag_pool2d_attributes *a,
                        agk_pool2d_geometry *g) {
  const int64_t size[2] = {g->h, g->w};
  g->adaptive = true;
  g->h_out = a->output[0];
  g->w_out = a->output[1];
  for (int d = 0; d < 2; d++) {
    if (a->output[d] < 0 || a->output[d] > INT32_MAX) {
      return ag_reject(call, AG_EVALUE, "output size %" PRId64 " must be at least 0 and below 2^31",
                       a->output[d]);
    }
    if (size[d] == 0)
      return ag_reject(call, AG_ESHAPE, "x %s has planes without elements", ag_shape_text(call->c, x));
    g->kernel[d] = a->output[d] ? size[d] / a->output[d] + 2 : 0;
    g->dilation[d] = 1;
  }
  return true;
}

/* Windows of one size. */
static bool place_windows(const ag_call *call, ag_shape x, const ag_pool2d_attributes *a,
                          agk_pool2d_geometry *g) {
  if (!check_options(call, a, 0) || !check_options(call, a, 1)) return false;
  if (a->channels_last && a->kernel[0] * a->kernel[1] > INT32_MAX) {
    return ag_reject(call, AG_EVALUE, "kernel %" PRId64 "x%" PRId64 " must have less than 2^31 elements",
                     a->kernel[0], a->kernel[1]);
  }
  g->h_out = count_windows(g->h, a, 0);
  g->w_out = count_windows(g->w, a, 1);
  g->inside_only = a->exclude_padding;
  g->divisor = a->divisor;
  for (int d = 0; d < 2; d++) {
    g->kernel[d] = a->kernel[d];
    g->stride[d] = a->stride[d];
    g->padding[d] = a->padding[d];
    g->dilation[d] = a->dilation[d];
  }
  if (g->h_out > 0 && g->w_out > 0) return true;
  const int d = g->h_out > 0;
  return ag_reject(call, AG_ESHAPE,
                   "kernel %" PRId64 " with dilation %" PRId64
                   " does not fit into x %s with padding %" PRId64,
                   a->kernel[d], a->dilation[d], ag_shape_text(call->c, x), a->padding[d]);
}

bool ag_pool2d_geometry(const ag_call *call, ag_shape x, const ag_pool2d_attributes *a,
                        agk_pool2d_geometry *g) {
  if (!ag_check_images(call, "x", x, a->channels_last)) return false;
  const int height = ag_height_axis(a->channels_last);
  *g = (agk_pool2d_geometry){.planes = a->channels_last ? x.dim[0] : x.dim[0] * x.dim[1],
                             .channels = a->channels_last ? x.dim[3] : 1,
                             .h = x.dim[height],
                             .w = x.dim[height + 1]};
  return a->adaptive ? share_plane(call, x, a, g) : place_windows(call, x, a, g);
}

ag_shape ag_pool2d_resized(ag_shape x, const ag_pool2d_attributes *a, int64_t h, int64_t w) {
  const int height = ag_height_axis(a->channels_last);
  x.dim[height] = h;
  x.dim[height + 1] = w;
  return x;
}

double ag_pool2d_work(const ag_pool2d_attributes *a, int64_t numel, int64_t whole) {
  return a->adaptive ? (double)whole : (double)numel * (double)a->kernel[0] * (double)a->kernel[1];
}

double ag_pool2d_flops(const ag_call *call) {
  return ag_pool2d_work(call->attributes, ag_numel(call->out[0]), ag_numel(call->in[0]));
}

static void set_axis(ag_pool2d_attributes *a, int d, ag_pool_options o) {
  a->kernel[d] = o.kernel;
  a->stride[d] = o.stride ? o.stride : o.kernel;
  a->padding[d] = o.padding == AG_NO_PADDING ? 0 : o.padding;
  a->dilation[d] = o.dilation ? o.dilation : 1;
}

ag_pool2d_attributes ag_pool2d_options(ag_pool_options height, ag_pool_options width, bool ceil_mode) {
  ag_pool2d_attributes a = {.ceil_mode = ceil_mode};
  set_axis(&a, 0, height);
  set_axis(&a, 1, width);
  return a;
}

ag_pool_options ag_pool_width(ag_pool_options height, ag_pool_options width) {
  if (!width.kernel) width.kernel = height.kernel;
  if (!width.stride) width.stride = height.stride;
  if (!width.padding) width.padding = height.padding;
  if (!width.dilation) width.dilation = height.dilation;
  return width;
}

ag_pool2d_attributes ag_pool2d_shares(int64_t h, int64_t w) {
  return (ag_pool2d_attributes){.adaptive = true, .output = {h, w}};
}
