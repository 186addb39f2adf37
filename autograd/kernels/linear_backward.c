/* linear_backward.c - the gradients of an affine layer: those of a large one are made one after the other,
 * each by all threads. */
#ifndef AG_REAL
#include "kernels/linear_backward.h"

#include "core/parallel.h"
#include "kernels/adjacent.h"
#include "kernels/gemm.h"
#include "kernels/linear_backward_parts.h"
#include "kernels/reduce.h"

enum { CHUNK = 16384 }; /* elements of g that are rectified at a time */

static int64_t at_least_1(int64_t n) { return n > 0 ? n : 1; }

static agk_gemm_geometry of_weight(const agk_linear_geometry *g) {
  const int64_t in = at_least_1(g->in), out = at_least_1(g->out);
  return (agk_gemm_geometry){
      .trans_a = true, .m = g->out, .n = g->in, .k = g->rows, .lda = out, .ldb = in, .ldc = in, .batch = 1};
}

static agk_gemm_geometry of_input(const agk_linear_geometry *g) {
  const int64_t in = at_least_1(g->in), out = at_least_1(g->out);
  return (agk_gemm_geometry){
      .m = g->rows, .n = g->in, .k = g->out, .lda = out, .ldb = in, .ldc = in, .batch = 1};
}

static agk_reduce_geometry of_bias(const agk_linear_geometry *g) {
  return (agk_reduce_geometry){1, g->rows, g->out};
}

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

#define AG_SELF "kernels/linear_backward.c"
#include "core/each_real.h"
#else

/* What the products and the sum need, one after the other. */
static size_t AG_NAME(bytes_of_each)(const agk_linear_geometry *g, int threads) {
  const agk_gemm_geometry weight = of_weight(g), input = of_input(g);
  const agk_reduce_geometry bias = of_bias(g);
  return ag_aligned_size(larger(
      AG_NAME(agk_reduce_sum_workspace)(&bias, threads),
      larger(AG_NAME(agk_gemm_workspace)(&weight, threads), AG_NAME(agk_gemm_workspace)(&input, threads))));
}

size_t AG_NAME(agk_linear_backward_workspace)(const agk_linear_geometry *g, int threads) {
  if (AG_NAME(agk_linear_backward_is_small)(g))
    return AG_NAME(agk_linear_backward_parts_workspace)(g, threads);
  return AG_NAME(bytes_of_each)(g, threads) + (size_t)(g->rows * g->out) * sizeof(AG_REAL);
}

/* h = y > 0 ? g : 0, and g where y is NaN. */
static void AG_NAME(rectify_all)(int threads, int64_t n, const AG_REAL *g, const AG_REAL *y, AG_REAL *h) {
  const int64_t chunks = ag_chunks(n, CHUNK);
  const int team = ag_team(threads, chunks, n);
  if (team == 1) {
    AG_NAME(agk_rectify_gradient)(n, g, y, h);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range r = ag_chunk_range(i, chunks, n);
    AG_NAME(agk_rectify_gradient)(r.end - r.begin, g + r.begin, y + r.begin, h + r.begin);
  }
}

static void AG_NAME(one_by_one)(int threads, const agk_linear_geometry *g,
                                const AG_NAME(agk_linear_gradients) * o, char *workspace) {
  const agk_gemm_geometry weight = of_weight(g), input = of_input(g);
  const agk_reduce_geometry bias = of_bias(g);
  AG_REAL *h = (AG_REAL *)(void *)(workspace + AG_NAME(bytes_of_each)(g, threads));
  if (o->y) AG_NAME(rectify_all)(threads, g->rows * g->out, o->g, o->y, h);
  const AG_REAL *from = o->y ? h : o->g;
  if (!g->only_weight) AG_NAME(agk_gemm)(threads, &input, from, o->w, 0, o->gx, workspace);
  AG_NAME(agk_gemm)(threads, &weight, from, o->x, 0, o->gw, workspace);
  AG_NAME(agk_reduce_sum)(threads, &bias, from, o->gb, workspace);
}

void AG_NAME(agk_linear_backward)(int threads, const agk_linear_geometry *g,
                                  const AG_NAME(agk_linear_gradients) * o, void *workspace) {
  if (AG_NAME(agk_linear_backward_is_small)(g))
    AG_NAME(agk_linear_backward_parts)(threads, g, o, workspace);
  else
    AG_NAME(one_by_one)(threads, g, o, workspace);
}
#endif
