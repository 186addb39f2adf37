/* conv2d_grad_input.c - the gradient of a convolution with respect to its input.
 *
 * In general the gradients of the patches, W^T gy, are added to where the patches came from. With stride 1
 * the gradient is also a convolution: of gy with the kernels turned by 180 degrees, input and output channels
 * exchanged, and padding d (k - 1) - p. That saves the scattering, copies patches of the output's channels
 * instead of the input's, and costs h w multiplications where the other way costs h_out w_out. So it is taken
 * where the output is about as large as the input and the input's channels are not much fewer. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/conv2d_depthwise.h"
#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_planes.h"
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
         (g->c_in >= g->c_out || g->c_in / g->groups >= 16);
}

#define AG_SELF "kernels/conv2d_grad_input.c"
#include "core/each_real.h"
#else

static size_t AG_NAME(weight_bytes)(const agk_conv2d_geometry *g) {
  return ag_aligned_size((size_t)(g->c_out * (g->c_in / g->groups) * g->kh * g->kw) * sizeof(AG_REAL));
}

size_t AG_NAME(agk_conv2d_grad_input_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_backward_workspace)(g, threads, false, true, false);
  if (g->channels_last) return AG_NAME(agk_planes_grad_input_workspace)(g, threads);
  if (better_as_convolution(g)) {
    const agk_conv2d_geometry t = transposed(g);
    return AG_NAME(weight_bytes)(g) + AG_NAME(agk_conv2d_forward_workspace)(&t, threads);
  }
  if (agk_depthwise_grad_input_suits(g)) return AG_NAME(agk_depthwise_grad_input_workspace)(g, threads);
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t part = AG_NAME(agk_im2col_field_bytes)(g, &plan) + AG_NAME(agk_im2col_piece_bytes)(&plan);
  return agk_im2col_offsets_bytes(&plan) + (size_t)threads * part;
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

/* The matrices of one image and one group, and the scratch memory of the thread. */
typedef struct {
  const AG_REAL *gy, *w;
  AG_REAL *gx;
  const int64_t *offset;
  AG_REAL *field, *piece;
} AG_NAME(job);

/* to[k, p] = sum over o of w[o, k] gy[o, p], the gradients of some patches p. */
static void AG_NAME(multiply)(const agk_conv2d_plan *plan, const AG_NAME(job) * j, ag_range k, ag_range p,
                              AG_REAL *to, int64_t step) {
  const agk_product_geometry product = {.m = k.end - k.begin,
                                        .n = p.end - p.begin,
                                        .k = plan->group_out,
                                        .a = {1, plan->depth},
                                        .b = {plan->columns, 1},
                                        .c = {step, 1}};
  AG_NAME(agk_product)(&product, j->w + k.begin, j->gy + p.begin, NULL, to);
}

/* Adds what one band of output rows gives for the channels of one slice. */
static void AG_NAME(add_band)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan, ag_range band,
                              ag_range c, const AG_NAME(job) * j) {
  const ag_range p = {band.begin * g->w_out, band.end * g->w_out},
                 k = {c.begin * plan->taps, c.end * plan->taps};
  memset(j->field, 0, AG_NAME(agk_im2col_field_bytes)(g, plan));
  for (int64_t at = p.begin; at < p.end; at += AGK_PIECE) {
    const ag_range columns = {at, at + AGK_PIECE < p.end ? at + AGK_PIECE : p.end};
    AG_NAME(multiply)(plan, j, k, columns, j->piece, AGK_PIECE_STEP);
    AG_NAME(agk_im2col_add_piece)
    (g, plan, k.end - k.begin, band.begin, columns, j->offset, j->piece, j->field);
  }
  AG_NAME(agk_im2col_add_field)(g, plan, c.end - c.begin, band, j->field, j->gx + c.begin * g->h * g->w);
}

/* The input gradient of one image and one group, by way of the gradients of its patches. */
static void AG_NAME(scatter_image)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                   const AG_NAME(job) * j) {
  if (plan->direct) {
    AG_NAME(multiply)
    (plan, j, (ag_range){0, plan->depth}, (ag_range){0, plan->columns}, j->gx, plan->columns);
    return;
  }
  memset(j->gx, 0, (size_t)(plan->group_in * g->h * g->w) * sizeof *j->gx);
  for (int64_t s = 0; s < plan->slices; s++)
    for (int64_t b = 0; b < plan->bands; b++) AG_NAME(add_band)
  (g, plan, ag_chunk_range(b, plan->bands, g->h_out), ag_chunk_range(s, plan->slices, plan->group_in), j);
}

void AG_NAME(agk_conv2d_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                    const AG_REAL *w, AG_REAL *gx, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_backward)(threads, g, NULL, NULL, gy, w, gx, NULL, NULL, workspace);
    return;
  }
  if (g->channels_last) {
    AG_NAME(agk_planes_grad_input)(threads, g, gy, w, gx, workspace);
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
  if (agk_depthwise_grad_input_suits(g)) {
    AG_NAME(agk_depthwise_grad_input)(threads, g, gy, w, gx, workspace);
    return;
  }
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t field = AG_NAME(agk_im2col_field_bytes)(g, &plan),
               piece = AG_NAME(agk_im2col_piece_bytes)(&plan);
  char *parts = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  agk_im2col_offsets(g, &plan, workspace);
  const int64_t units = g->n * g->groups;
  const int64_t work =
      g->n * g->c_in * g->h * g->w + g->n * g->groups * plan.columns * plan.depth * (plan.group_out / 16 + 1);
  AG_PARALLEL_FOR(ag_team(threads, units, work))
  for (int64_t u = 0; u < units; u++) {
    char *part = parts + (size_t)ag_thread_index() * (field + piece);
    const AG_NAME(job) j = {.gy = gy + u * plan.group_out * plan.columns,
                            .w = w + u % g->groups * plan.group_out * plan.depth,
                            .gx = gx + u * plan.group_in * g->h * g->w,
                            .offset = workspace,
                            .field = (AG_REAL *)(void *)part,
                            .piece = (AG_REAL *)(void *)(part + field)};
    AG_NAME(scatter_image)(g, &plan, &j);
  }
}
#endif
