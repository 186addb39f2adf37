/* conv2d.c - the forward convolution: pieces of the column matrix made and multiplied by one thread each.
 *
 * The unit of work is a band of output rows of one image and group, so no two units write to the same place.
 */
#ifndef AG_REAL
#include "kernels/conv2d.h"

#include "kernels/conv2d_depthwise.h"
#include "kernels/conv2d_grey_last.h"
#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_planes.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/product.h"

#define AG_SELF "kernels/conv2d.c"
#include "core/each_real.h"
#else

size_t AG_NAME(agk_conv2d_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_forward_workspace)(g, threads, false);
  if (agk_grey_last_suits(g)) return AG_NAME(agk_grey_last_forward_workspace)(g, threads);
  if (g->channels_last) return AG_NAME(agk_planes_forward_workspace)(g, threads);
  if (agk_depthwise_suits(g)) return AG_NAME(agk_depthwise_forward_workspace)(g, threads);
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t part = AG_NAME(agk_im2col_field_bytes)(g, &plan) + AG_NAME(agk_im2col_piece_bytes)(&plan);
  return agk_im2col_offsets_bytes(&plan) + (size_t)threads * part;
}

/* The matrices of one image and one group. */
typedef struct {
  const AG_REAL *w, *bias;
  AG_REAL *y;
} AG_NAME(job);

/* y[o, p] += sum over the k of one slice of w[o, k] columns[k, p]; the first slice starts from the bias. */
static void AG_NAME(multiply)(const agk_conv2d_plan *plan, const void *job, ag_range k, ag_range p,
                              const AG_REAL *columns, int64_t step) {
  const AG_NAME(job) *j = job;
  const bool first = k.begin == 0;
  const agk_product_geometry product = {.m = plan->group_out,
                                        .n = p.end - p.begin,
                                        .k = k.end - k.begin,
                                        .a = {plan->depth, 1},
                                        .b = {step, 1},
                                        .c = {plan->columns, 1},
                                        .from = first ? (agk_steps){1, 0} : (agk_steps){plan->columns, 1}};
  AG_REAL *y = j->y + p.begin;
  AG_NAME(agk_product)(&product, j->w + k.begin, columns, first ? j->bias : y, y);
}

void AG_NAME(agk_conv2d_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                 const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_forward)(threads, g, NULL, x, w, bias, y, workspace);
    return;
  }
  if (agk_grey_last_suits(g)) {
    AG_NAME(agk_grey_last_forward)(threads, g, x, w, bias, y, workspace);
    return;
  }
  if (g->channels_last) {
    AG_NAME(agk_planes_forward)(threads, g, x, w, bias, y, workspace);
    return;
  }
  if (agk_depthwise_suits(g)) {
    AG_NAME(agk_depthwise_forward)(threads, g, x, w, bias, y, workspace);
    return;
  }
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t field = AG_NAME(agk_im2col_field_bytes)(g, &plan),
               piece = AG_NAME(agk_im2col_piece_bytes)(&plan);
  const int64_t units = g->n * g->groups * plan.bands;
  if (plan.columns == 0 || plan.group_out == 0) return;
  agk_im2col_offsets(g, &plan, workspace);
  char *parts = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  const int64_t work = g->n * g->c_out * plan.columns * (plan.depth / 16 + 1);
  AG_PARALLEL_FOR(ag_team(threads, units, work))
  for (int64_t u = 0; u < units; u++) {
    const int64_t group = u / plan.bands % g->groups, image_group = u / plan.bands;
    char *part = parts + (size_t)ag_thread_index() * (field + piece);
    const AG_NAME(job) j = {.w = w + group * plan.group_out * plan.depth,
                            .bias = bias ? bias + group * plan.group_out : NULL,
                            .y = y + image_group * plan.group_out * plan.columns};
    AG_NAME(agk_im2col_each_piece)
    (g, &plan, ag_chunk_range(u % plan.bands, plan.bands, g->h_out),
     x + image_group * plan.group_in * g->h * g->w, workspace, (AG_REAL *)(void *)part,
     (AG_REAL *)(void *)(part + field), AG_NAME(multiply), &j);
  }
}
#endif
