/* conv2d_grad_weight.c - the gradients of a convolution with respect to its weights and its bias.
 *
 *   gw^T = sum over images and pieces of columns gy^T
 *
 * so that rows of the column matrix are read as they were made. Bands of output rows are dealt out to a fixed
 * number of chunks; each chunk sums its own, one after the other, and the sums of the chunks are added in
 * their order. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/adjacent.h"
#include "kernels/conv2d_depthwise.h"
#include "kernels/conv2d_grey_last.h"
#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_planes.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/product.h"
#include "kernels/reduce.h"

enum { MAX_CHUNKS = 8 };

static int64_t chunks_of(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  const int64_t bands = g->n * plan->bands;
  return bands < MAX_CHUNKS ? bands : MAX_CHUNKS;
}

#define AG_SELF "kernels/conv2d_grad_weight.c"
#include "core/each_real.h"
#else

static int64_t AG_NAME(weights)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  return g->c_out * plan->depth;
}

/* The sums of all chunks, gw^T of each group. */
static size_t AG_NAME(sums_bytes)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  return ag_aligned_size((size_t)(chunks_of(g, plan) * AG_NAME(weights)(g, plan)) * sizeof(AG_REAL));
}

size_t AG_NAME(agk_conv2d_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_backward_workspace)(g, threads, false, false, true);
  if (agk_grey_last_suits(g)) return AG_NAME(agk_grey_last_grad_weight_workspace)(g, threads);
  if (g->channels_last) return AG_NAME(agk_planes_grad_weight_workspace)(g, threads);
  if (agk_depthwise_suits(g)) return AG_NAME(agk_depthwise_grad_weight_workspace)(g, threads);
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t part = AG_NAME(agk_im2col_field_bytes)(g, &plan) + AG_NAME(agk_im2col_piece_bytes)(&plan);
  return agk_im2col_offsets_bytes(&plan) + AG_NAME(sums_bytes)(g, &plan) + (size_t)threads * part;
}

/* The matrices of one image and one group; the patch that starts the sum of a chunk, -1 for none. */
typedef struct {
  const AG_REAL *gy;
  AG_REAL *sum;
  int64_t start;
} AG_NAME(job);

/* sum[k, o] (+)= the sum over some patches p of columns[k, p] gy[o, p], for the k of one slice. */
static void AG_NAME(multiply)(const agk_conv2d_plan *plan, const void *job, ag_range k, ag_range p,
                              const AG_REAL *columns, int64_t step) {
  const AG_NAME(job) *j = job;
  const agk_steps in_rows = {plan->group_out, 1};
  const agk_product_geometry product = {.m = k.end - k.begin,
                                        .n = plan->group_out,
                                        .k = p.end - p.begin,
                                        .a = {step, 1},
                                        .b = {1, plan->columns},
                                        .c = in_rows,
                                        .from = in_rows};
  AG_REAL *sum = j->sum + k.begin * plan->group_out;
  AG_NAME(agk_product)(&product, columns, j->gy + p.begin, p.begin == j->start ? NULL : sum, sum);
}

/* gw = the sums of all chunks, and rows become columns. Overwrites the first sum. */
static void AG_NAME(finish)(const agk_conv2d_plan *plan, int64_t groups, int64_t chunks, AG_REAL *sums,
                            AG_REAL *gw) {
  const int64_t group = plan->depth * plan->group_out;
  for (int64_t chunk = 1; chunk < chunks; chunk++)
    AG_NAME(agk_add)(groups * group, sums + chunk * groups * group, sums);
  for (int64_t i = 0; i < groups; i++)
    for (int64_t o = 0; o < plan->group_out; o++)
      for (int64_t k = 0; k < plan->depth; k++) *gw++ = sums[i * group + k * plan->group_out + o];
}

/* The sums over planes are exact to a few roundings, and the sum over images runs in double. */
static void AG_NAME(sum_bias)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy, AG_REAL *gb) {
  const int64_t plane = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->c_out, g->n * g->c_out * plane / 4))
  for (int64_t o = 0; o < g->c_out; o++) {
    double sum = 0;
    for (int64_t image = 0; image < g->n; image++)
      sum += AG_NAME(agk_sum)(plane, gy + (image * g->c_out + o) * plane);
    gb[o] = (AG_REAL)sum;
  }
}

void AG_NAME(agk_conv2d_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                     const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_backward)(threads, g, NULL, x, gy, NULL, NULL, gw, gb, workspace);
    return;
  }
  if (agk_grey_last_suits(g)) {
    AG_NAME(agk_grey_last_grad_weight)(threads, g, x, gy, gw, gb, workspace);
    return;
  }
  if (g->channels_last) {
    AG_NAME(agk_planes_grad_weight)(threads, g, x, gy, gw, gb, workspace);
    return;
  }
  if (agk_depthwise_suits(g)) {
    AG_NAME(agk_depthwise_grad_weight)(threads, g, x, gy, gw, gb, workspace);
    return;
  }
  AG_NAME(sum_bias)(threads, g, gy, gb);
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const int64_t weights = AG_NAME(weights)(g, &plan), chunks = chunks_of(g, &plan);
  if (weights == 0) return;
  if (chunks == 0) {
    memset(gw, 0, (size_t)weights * sizeof *gw);
    return;
  }
  const size_t field = AG_NAME(agk_im2col_field_bytes)(g, &plan),
               piece = AG_NAME(agk_im2col_piece_bytes)(&plan);
  char *after = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  AG_REAL *sums = (AG_REAL *)(void *)after;
  char *parts = after + AG_NAME(sums_bytes)(g, &plan);
  agk_im2col_offsets(g, &plan, workspace);
  const int64_t units = chunks * g->groups;
  AG_PARALLEL_FOR(ag_team(threads, units, g->n * plan.columns * plan.depth * (g->c_out / 16 + 1)))
  for (int64_t u = 0; u < units; u++) {
    const int64_t chunk = u / g->groups, group = u % g->groups;
    const ag_range bands = ag_chunk_range(chunk, chunks, g->n * plan.bands);
    char *part = parts + (size_t)ag_thread_index() * (field + piece);
    for (int64_t b = bands.begin; b < bands.end; b++) {
      const int64_t image_group = b / plan.bands * g->groups + group;
      const ag_range band = ag_chunk_range(b % plan.bands, plan.bands, g->h_out);
      const AG_NAME(job) j = {.gy = gy + image_group * plan.group_out * plan.columns,
                              .sum = sums + u * plan.depth * plan.group_out,
                              .start = b == bands.begin ? band.begin * g->w_out : -1};
      AG_NAME(agk_im2col_each_piece)
      (g, &plan, band, x + image_group * plan.group_in * g->h * g->w, workspace, (AG_REAL *)(void *)part,
       (AG_REAL *)(void *)(part + field), AG_NAME(multiply), &j);
    }
  }
  AG_NAME(finish)(&plan, g->groups, chunks, sums, gw);
}
#endif
