/* conv2d_depthwise.c - the depthwise convolution and its gradients, plane by plane and band by band.
 *
 * The unit of work of the forward convolution is a band of one image and group, that of the gradients one
 * plane of x or all planes of a group, so no two units write to the same place. */
#ifndef AG_REAL
#include "kernels/conv2d_depthwise.h"

#include <string.h>

enum { MOST_FILTERS = 2 }; /* of a group: more make a matrix that is worth a product */

bool agk_depthwise_suits(const agk_conv2d_geometry *g) {
  return g->c_in == g->groups && g->c_out <= MOST_FILTERS * g->groups && g->kh * g->kw > 1;
}

#define AG_SELF "kernels/conv2d_depthwise.c"
#include "core/each_real.h"
#else

enum { AG_NAME(LANES) = AGK_DEPTHWISE_LANE_BYTES / sizeof(AG_REAL) };

static agk_depthwise_band AG_NAME(band)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                        const int64_t *offset, ag_range rows) {
  return (agk_depthwise_band){rows.end - rows.begin, g->w_out, plan->width, plan->taps, offset};
}

size_t AG_NAME(agk_depthwise_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return agk_im2col_offsets_bytes(&plan) + (size_t)threads * AG_NAME(agk_im2col_field_bytes)(g, &plan);
}

size_t AG_NAME(agk_depthwise_grad_input_workspace)(const agk_conv2d_geometry *g, int threads) {
  return AG_NAME(agk_depthwise_forward_workspace)(g, threads);
}

void AG_NAME(agk_depthwise_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t bytes = AG_NAME(agk_im2col_field_bytes)(g, &plan);
  const int64_t units = g->n * g->groups * plan.bands;
  char *fields = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  agk_im2col_offsets(g, &plan, workspace);
  AG_PARALLEL_FOR(ag_team(threads, units, g->n * g->c_out * plan.columns * (plan.taps / 8 + 1)))
  for (int64_t u = 0; u < units; u++) {
    const int64_t plane = u / plan.bands, group = plane % g->groups;
    const ag_range rows = ag_chunk_range(u % plan.bands, plan.bands, g->h_out);
    const agk_depthwise_band b = AG_NAME(band)(g, &plan, workspace, rows);
    AG_REAL *field = (AG_REAL *)(void *)(fields + (size_t)ag_thread_index() * bytes);
    AG_NAME(agk_im2col_field)(g, &plan, 1, rows, x + plane * g->h * g->w, field);
    for (int64_t i = 0; i < plan.group_out; i++) {
      const int64_t o = group * plan.group_out + i;
      AG_NAME(agk_depthwise_filter)
      (&b, w + o * plan.taps, bias ? bias[o] : 0, field,
       y + (plane * plan.group_out + i) * plan.columns + rows.begin * g->w_out);
    }
  }
}

void AG_NAME(agk_depthwise_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                       const AG_REAL *w, AG_REAL *gx, void *workspace) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t bytes = AG_NAME(agk_im2col_field_bytes)(g, &plan);
  const int64_t planes = g->n * g->groups, in = g->h * g->w;
  char *fields = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  agk_im2col_offsets(g, &plan, workspace);
  AG_PARALLEL_FOR(
      ag_team(threads, planes, planes * in + g->n * g->c_out * plan.columns * (plan.taps / 8 + 1)))
  for (int64_t p = 0; p < planes; p++) {
    AG_REAL *field = (AG_REAL *)(void *)(fields + (size_t)ag_thread_index() * bytes);
    memset(gx + p * in, 0, (size_t)in * sizeof *gx);
    for (int64_t i = 0; i < plan.bands; i++) {
      const ag_range rows = ag_chunk_range(i, plan.bands, g->h_out);
      const agk_depthwise_band b = AG_NAME(band)(g, &plan, workspace, rows);
      memset(field, 0, bytes);
      for (int64_t j = 0; j < plan.group_out; j++) {
        AG_NAME(agk_depthwise_spread)
        (&b, w + (p % g->groups * plan.group_out + j) * plan.taps,
         gy + (p * plan.group_out + j) * plan.columns + rows.begin * g->w_out, field);
      }
      AG_NAME(agk_im2col_add_field)(g, &plan, 1, rows, field, gx + p * in);
    }
  }
}

/* ---- The gradient with respect to the weights ---- */

/* Sums of one group: in lanes those of one image, in double those of all. */
static size_t AG_NAME(lane_bytes)(const agk_conv2d_plan *plan) {
  return (size_t)(plan->group_out * plan->taps) * AGK_DEPTHWISE_LANE_BYTES;
}

static size_t AG_NAME(part_bytes)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  const size_t sums = (size_t)(plan->group_out * plan->taps) * sizeof(double);
  return AG_NAME(agk_im2col_field_bytes)(g, plan) + AG_NAME(lane_bytes)(plan) + agk_aligned_size(sums);
}

size_t AG_NAME(agk_depthwise_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return agk_im2col_offsets_bytes(&plan) + (size_t)threads * AG_NAME(part_bytes)(g, &plan);
}

/* lanes = the products of one plane of x with the planes of gy that were made of it. */
static void AG_NAME(correlate_plane)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                     const int64_t *offset, const AG_REAL *x, const AG_REAL *gy,
                                     AG_REAL *field, AG_REAL *lanes) {
  memset(lanes, 0, AG_NAME(lane_bytes)(plan));
  for (int64_t i = 0; i < plan->bands; i++) {
    const ag_range rows = ag_chunk_range(i, plan->bands, g->h_out);
    const agk_depthwise_band b = AG_NAME(band)(g, plan, offset, rows);
    AG_NAME(agk_im2col_field)(g, plan, 1, rows, x, field);
    for (int64_t j = 0; j < plan->group_out; j++) {
      AG_NAME(agk_depthwise_correlate)
      (&b, field, gy + j * plan->columns + rows.begin * g->w_out, lanes + j * plan->taps * AG_NAME(LANES));
    }
  }
}

void AG_NAME(agk_depthwise_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                        const AG_REAL *gy, AG_REAL *gw, void *workspace) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t field_bytes = AG_NAME(agk_im2col_field_bytes)(g, &plan),
               lane_bytes = AG_NAME(lane_bytes)(&plan);
  const int64_t weights = plan.group_out * plan.taps;
  char *parts = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  agk_im2col_offsets(g, &plan, workspace);
  AG_PARALLEL_FOR(ag_team(threads, g->groups, g->n * g->c_out * plan.columns * (plan.taps / 8 + 1)))
  for (int64_t group = 0; group < g->groups; group++) {
    char *part = parts + (size_t)ag_thread_index() * AG_NAME(part_bytes)(g, &plan);
    AG_REAL *field = (AG_REAL *)(void *)part, *lanes = (AG_REAL *)(void *)(part + field_bytes);
    double *sums = (double *)(void *)(part + field_bytes + lane_bytes);
    for (int64_t i = 0; i < weights; i++) sums[i] = 0;
    for (int64_t image = 0; image < g->n; image++) {
      const int64_t plane = image * g->groups + group;
      AG_NAME(correlate_plane)
      (g, &plan, workspace, x + plane * g->h * g->w, gy + plane * plan.group_out * plan.columns, field,
       lanes);
      for (int64_t i = 0; i < weights; i++)
        for (int l = 0; l < AG_NAME(LANES); l++) sums[i] += (double)lanes[i * AG_NAME(LANES) + l];
    }
    for (int64_t i = 0; i < weights; i++) gw[group * weights + i] = (AG_REAL)sums[i];
  }
}
#endif
