/* conv2d_grad_input.c - the gradient of a convolution with respect to its input.
 *
 * In general the gradients of the patches, W^T gy, are added to where the patches came from. With stride 1
 * the gradient is also a convolution: of gy with the kernels turned by 180 degrees, input and output channels
 * exchanged, and padding d (k - 1) - p. That saves the scattering and costs h w multiplications where the
 * other way costs h_out w_out, so it is taken where the output is about as large as the input and has
 * channels enough for BLAS (15.2 ms against 17.7 ms for 64 channels of 16x16, padded). */
#ifndef AG_REAL
#include <string.h>

#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/product.h"

static agk_conv2d_geometry transposed(const agk_conv2d_geometry *g) {
  return (agk_conv2d_geometry){
      .n = g->n,
      .c_in = g->c_out,
      .h = g->h_out,
      .w = g->w_out,
      .c_out = g->c_in,
      .kh = g->kh,
      .kw = g->kw,
      .stride = {1, 1},
      .padding = {g->dilation[0] * (g->kh - 1) - g->padding[0], g->dilation[1] * (g->kw - 1) - g->padding[1]},
      .dilation = {g->dilation[0], g->dilation[1]},
      .groups = g->groups,
      .h_out = g->h,
      .w_out = g->w,
      .direct = g->direct,
  };
}

static bool better_as_convolution(const agk_conv2d_geometry *g) {
  return g->stride[0] == 1 && g->stride[1] == 1 && 8 * g->h * g->w <= 9 * g->h_out * g->w_out &&
         g->c_in / g->groups >= 16;
}

#define AG_SELF "kernels/conv2d_grad_input.c"
#include "core/each_real.h"
#else

static size_t AG_NAME(weight_bytes)(const agk_conv2d_geometry *g) {
  return agk_aligned_size((size_t)(g->c_out * (g->c_in / g->groups) * g->kh * g->kw) * sizeof(AG_REAL));
}

static size_t AG_NAME(patch_bytes)(const agk_conv2d_plan *plan) {
  return agk_aligned_size((size_t)(plan->channels * plan->taps * AGK_PIECE) * sizeof(AG_REAL));
}

size_t AG_NAME(agk_conv2d_grad_input_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_grad_input_workspace)(g, threads);
  if (better_as_convolution(g)) {
    const agk_conv2d_geometry t = transposed(g);
    return AG_NAME(weight_bytes)(g) + AG_NAME(agk_conv2d_forward_workspace)(&t, threads);
  }
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return (size_t)threads * AG_NAME(patch_bytes)(&plan);
}

/* turned[group, c, o, i, j] = w[group, o, c, kh - 1 - i, kw - 1 - j]. */
static void AG_NAME(turn_weights)(const agk_conv2d_geometry *g, const AG_REAL *w, AG_REAL *turned) {
  const int64_t in = g->c_in / g->groups, out = g->c_out / g->groups, taps = g->kh * g->kw;
  for (int64_t group = 0; group < g->groups; group++, w += in * out * taps, turned += in * out * taps)
    for (int64_t c = 0; c < in; c++)
      for (int64_t o = 0; o < out; o++)
        for (int64_t t = 0; t < taps; t++)
          turned[(c * out + o) * taps + t] = w[(o * in + c) * taps + taps - 1 - t];
}

/* The input gradient of one image and one group, by way of the gradients of its patches. */
static void AG_NAME(scatter_image)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                   const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *patches) {
  memset(gx, 0, (size_t)(plan->group_in * g->h * g->w) * sizeof *gx);
  if (plan->depth == 0 || plan->group_out == 0) return;
  for (int64_t s = 0; s < plan->slices; s++) {
    const ag_range c = ag_chunk(s, plan->slices, plan->group_in);
    agk_product_geometry product = {.m = (c.end - c.begin) * plan->taps,
                                    .k = plan->group_out,
                                    .a = {1, plan->depth},
                                    .b = {plan->columns, 1}};
    for (int64_t at = 0; at < plan->columns; at += AGK_PIECE) {
      const ag_range p = {at, at + AGK_PIECE < plan->columns ? at + AGK_PIECE : plan->columns};
      product.n = p.end - p.begin;
      product.c = (agk_steps){product.n, 1};
      AG_NAME(agk_product)(&product, w + c.begin * plan->taps, gy + at, NULL, patches);
      AG_NAME(agk_col2im)(g, c.end - c.begin, p, patches, gx + c.begin * g->h * g->w);
    }
  }
}

void AG_NAME(agk_conv2d_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                    const AG_REAL *w, AG_REAL *gx, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_grad_input)(threads, g, gy, w, gx, workspace);
    return;
  }
  if (better_as_convolution(g)) {
    const agk_conv2d_geometry t = transposed(g);
    AG_REAL *turned = workspace;
    AG_NAME(turn_weights)(g, w, turned);
    AG_NAME(agk_conv2d_forward)
    (threads, &t, gy, turned, NULL, gx, (char *)workspace + AG_NAME(weight_bytes)(g));
    return;
  }
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t part = AG_NAME(patch_bytes)(&plan);
  const int64_t units = g->n * g->groups;
  const int64_t work =
      g->n * g->c_in * g->h * g->w + g->n * g->groups * plan.columns * plan.depth * (plan.group_out / 16 + 1);
  AG_PARALLEL_FOR(ag_team(threads, units, work))
  for (int64_t u = 0; u < units; u++) AG_NAME(scatter_image)
  (g, &plan, gy + u * plan.group_out * plan.columns, w + u % g->groups * plan.group_out * plan.depth,
   gx + u * plan.group_in * g->h * g->w, (AG_REAL *)((char *)workspace + (size_t)ag_thread_index() * part));
}
#endif
