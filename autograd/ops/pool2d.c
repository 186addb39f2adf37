/* The shape rule of pooling: h' = floor((h + 2 padding - dilation (kernel - 1) - 1) / stride) + 1, and w'
 * alike. */
#include "ops/pool2d.h"

#include <inttypes.h>

bool ag_pool2d_geometry(const ag_call *call, ag_shape x, const ag_pool2d_attributes *a,
                        agk_pool2d_geometry *g) {
  const int64_t kernel = a->kernel, stride = a->stride, padding = a->padding, dilation = a->dilation;
  const char *text = ag_shape_text(call->c, x);
  if (x.rank != 4) return ag_reject(call, AG_ESHAPE, "x must be (n, c, h, w), found %s", text);
  if (kernel < 1 || stride < 1 || dilation < 1 || kernel > INT32_MAX || stride > INT32_MAX ||
      dilation > INT32_MAX) {
    return ag_reject(call, AG_EVALUE,
                     "kernel %" PRId64 ", stride %" PRId64 " and dilation %" PRId64
                     " must be at least 1 and below 2^31",
                     kernel, stride, dilation);
  }
  if (padding < 0 || padding > kernel / 2) {
    return ag_reject(call, AG_EVALUE,
                     "padding %" PRId64 " must be at least 0 and at most half of kernel %" PRId64, padding,
                     kernel);
  }
  *g = (agk_pool2d_geometry){.planes = x.dim[0] * x.dim[1],
                             .h = x.dim[2],
                             .w = x.dim[3],
                             .kernel = {kernel, kernel},
                             .stride = {stride, stride},
                             .padding = {padding, padding},
                             .dilation = {dilation, dilation}};
  const int64_t h = g->h + 2 * padding - dilation * (kernel - 1) - 1,
                w = g->w + 2 * padding - dilation * (kernel - 1) - 1;
  g->h_out = h / stride + 1;
  g->w_out = w / stride + 1;
  if (h >= 0 && w >= 0) return true;
  return ag_reject(call, AG_ESHAPE,
                   "kernel %" PRId64 " with dilation %" PRId64
                   " does not fit into x %s with padding %" PRId64,
                   kernel, dilation, text, padding);
}

ag_shape ag_pool2d_result(ag_shape x, const agk_pool2d_geometry *g) {
  return AG_SHAPE(x.dim[0], x.dim[1], g->h_out, g->w_out);
}

double ag_pool2d_flops(const ag_call *call) {
  const ag_pool2d_attributes *a = call->attributes;
  return (double)ag_numel(call->out[0]) * (double)(a->kernel * a->kernel);
}
