/* conv2d.c - the forward convolution: blocks of patches made and multiplied by one thread each.
 *
 * The unit of work is a block of columns of one image and group, so no two units write to the same place. */
#ifndef AG_REAL
#include "kernels/conv2d.h"

#include <cblas.h>
#include <string.h>

#include "kernels/blas.h"
#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_winograd.h"

#define AG_SELF "kernels/conv2d.c"
#include "core/each_real.h"
#else

static size_t AG_NAME(block_bytes)(const agk_conv2d_plan *plan) {
  return plan->direct ? 0 : agk_aligned_size((size_t)(plan->depth * plan->width) * sizeof(AG_REAL));
}

size_t AG_NAME(agk_conv2d_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_forward_workspace)(g, threads);
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return (size_t)threads * AG_NAME(block_bytes)(&plan);
}

/* y[o, p] = bias[o] + sum over k of w[o, k] columns[k, p] for the columns p of one image and the channels o
 * of one group. BLAS adds to what y holds at no cost, so the bias goes there first. */
static void AG_NAME(forward_block)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan, ag_range p,
                                   const AG_REAL *x, const AG_REAL *w, const AG_REAL *bias, AG_REAL *y,
                                   AG_REAL *columns) {
  const int64_t width = p.end - p.begin;
  if (bias || plan->depth == 0)
    for (int64_t o = 0; o < plan->group_out; o++)
      for (int64_t i = p.begin; i < p.end; i++) y[o * plan->columns + i] = bias ? bias[o] : 0;
  if (plan->depth == 0) return;
  if (!plan->direct) AG_NAME(agk_im2col)(g, plan->group_in, p, x, columns);
  AG_BLAS(gemm)
  (CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)plan->group_out, (int)width, (int)plan->depth, 1, w,
   (int)plan->depth, plan->direct ? x + p.begin : columns, (int)(plan->direct ? plan->columns : width),
   bias ? 1 : 0, y + p.begin, (int)plan->columns);
}

void AG_NAME(agk_conv2d_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                 const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_forward)(threads, g, x, w, bias, y, workspace);
    return;
  }
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t part = AG_NAME(block_bytes)(&plan);
  const int64_t units = g->n * g->groups * plan.blocks;
  if (units == 0 || plan.group_out == 0) return;
  const int64_t work = g->n * g->c_out * plan.columns * (plan.depth / 16 + 1);
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(threads, units, work))
  for (int64_t u = 0; u < units; u++) {
    const int64_t block = u % plan.blocks, group = u / plan.blocks % g->groups,
                  image = u / plan.blocks / g->groups;
    AG_REAL *columns = part ? (AG_REAL *)((char *)workspace + (size_t)ag_thread_index() * part) : NULL;
    AG_NAME(forward_block)
    (g, &plan, ag_chunk(block, plan.blocks, plan.columns),
     x + (image * g->groups + group) * plan.group_in * g->h * g->w, w + group * plan.group_out * plan.depth,
     bias ? bias + group * plan.group_out : NULL,
     y + (image * g->groups + group) * plan.group_out * plan.columns, columns);
  }
  agk_blas_end(state);
}
#endif
