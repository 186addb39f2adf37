/* conv2d_grad_weight.c - the gradients of a convolution with respect to its weights and its bias.
 *
 *   gw = sum over images and blocks of columns of gy columns^T
 *
 * The blocks are dealt out to a fixed number of chunks; each chunk sums its own, one after the other, and the
 * sums of the chunks are added in their order. */
#ifndef AG_REAL
#include <cblas.h>
#include <string.h>

#include "core/multiversion.h"
#include "kernels/blas.h"
#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/reduce.h"

enum { MAX_CHUNKS = 8 };

static int64_t chunks_of(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  const int64_t blocks = g->n * plan->blocks;
  return blocks < MAX_CHUNKS ? blocks : MAX_CHUNKS;
}

#define AG_SELF "kernels/conv2d_grad_weight.c"
#include "core/each_real.h"
#else

static int64_t AG_NAME(weights)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  return g->c_out * plan->depth;
}

static size_t AG_NAME(sums_bytes)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  const int64_t chunks = chunks_of(g, plan);
  return chunks < 2 ? 0
                    : agk_aligned_size((size_t)((chunks - 1) * AG_NAME(weights)(g, plan)) * sizeof(AG_REAL));
}

static size_t AG_NAME(columns_bytes)(const agk_conv2d_plan *plan) {
  return plan->direct ? 0 : agk_aligned_size((size_t)(plan->depth * plan->width) * sizeof(AG_REAL));
}

size_t AG_NAME(agk_conv2d_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_grad_weight_workspace)(g, threads);
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return AG_NAME(sums_bytes)(g, &plan) + (size_t)threads * AG_NAME(columns_bytes)(&plan);
}

/* to = the sum over the blocks of one chunk, for one group. */
static void AG_NAME(sum_chunk)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan, int64_t group,
                               ag_range blocks, const AG_REAL *x, const AG_REAL *gy, AG_REAL *to,
                               AG_REAL *columns) {
  for (int64_t b = blocks.begin; b < blocks.end; b++) {
    const int64_t image = b / plan->blocks * g->groups + group;
    const ag_range p = ag_chunk(b % plan->blocks, plan->blocks, plan->columns);
    const int width = (int)(p.end - p.begin);
    const AG_REAL *from = x + image * plan->group_in * g->h * g->w;
    if (!plan->direct) AG_NAME(agk_im2col)(g, plan->group_in, p, from, columns);
    AG_BLAS(gemm)
    (CblasRowMajor, CblasNoTrans, CblasTrans, (int)plan->group_out, (int)plan->depth, width, 1,
     gy + image * plan->group_out * plan->columns + p.begin, (int)plan->columns,
     plan->direct ? from + p.begin : columns, plan->direct ? (int)plan->columns : width,
     b == blocks.begin ? 0 : 1, to, (int)plan->depth);
  }
}

AG_MULTIVERSION static void AG_NAME(add)(int64_t n, const AG_REAL *restrict x, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

void AG_NAME(agk_conv2d_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                     const AG_REAL *gy, AG_REAL *gw, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_grad_weight)(threads, g, x, gy, gw, workspace);
    return;
  }
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const int64_t weights = AG_NAME(weights)(g, &plan), chunks = chunks_of(g, &plan);
  if (weights == 0) return;
  if (chunks == 0) memset(gw, 0, (size_t)weights * sizeof *gw);
  AG_REAL *sums = workspace;
  char *columns = (char *)workspace + AG_NAME(sums_bytes)(g, &plan);
  const size_t part = AG_NAME(columns_bytes)(&plan);
  const int64_t units = chunks * g->groups;
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(threads, units, g->n * plan.columns * plan.depth * (g->c_out / 16 + 1)))
  for (int64_t u = 0; u < units; u++) {
    const int64_t chunk = u / g->groups, group = u % g->groups;
    AG_REAL *to = chunk == 0 ? gw : sums + (chunk - 1) * weights;
    AG_NAME(sum_chunk)
    (g, &plan, group, ag_chunk(chunk, chunks, g->n * plan.blocks), x, gy,
     to + group * plan.group_out * plan.depth,
     part ? (AG_REAL *)(columns + (size_t)ag_thread_index() * part) : NULL);
  }
  agk_blas_end(state);
  const int64_t ranges = ag_chunks(weights, 4096);
  AG_PARALLEL_FOR(ag_team(threads, ranges, weights * chunks))
  for (int64_t i = 0; i < ranges; i++) {
    const ag_range r = ag_chunk(i, ranges, weights);
    for (int64_t chunk = 1; chunk < chunks; chunk++)
      AG_NAME(add)(r.end - r.begin, sums + (chunk - 1) * weights + r.begin, gw + r.begin);
  }
}

/* The sums over planes are exact to a few roundings, and the sum over images runs in double. */
void AG_NAME(agk_conv2d_grad_bias)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                   AG_REAL *gb) {
  const int64_t plane = g->h_out * g->w_out;
  AG_PARALLEL_FOR(ag_team(threads, g->c_out, g->n * g->c_out * plane / 4))
  for (int64_t o = 0; o < g->c_out; o++) {
    double sum = 0;
    for (int64_t image = 0; image < g->n; image++)
      sum += AG_NAME(agk_sum)(plane, gy + (image * g->c_out + o) * plane);
    gb[o] = (AG_REAL)sum;
  }
}
#endif
