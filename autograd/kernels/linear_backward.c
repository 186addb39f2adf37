/* linear_backward.c - the gradients of an affine layer in one parallel loop where they are small.
 *
 * A step of a small network is over in microseconds, so what counts is which core holds what. A thread makes
 * the same part of both products, in one loop: those columns of h that gw wants it finds where it wrote
 * them as columns of the next layer's gx. It rectifies a copy of g for itself, for what another thread
 * writes has to be fetched, and what others read cannot be overwritten before they are told: a copy costs
 * less than sharing one.
 *
 * Larger gradients are made one after the other, each by all threads. */
#ifndef AG_REAL
#include "kernels/linear_backward.h"

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/gemm.h"
#include "kernels/reduce.h"

enum {
  NEAR = 1 << 18, /* bytes of g that a near cache holds beside what the products read */
  LINE = 64,      /* bytes that no two threads write */
  CHUNK = 16384,  /* elements of g that are rectified at a time */
};

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

static size_t whole_lines(size_t bytes) { return (bytes + LINE - 1) / LINE * LINE; }

static size_t larger(size_t a, size_t b) { return a > b ? a : b; }

#define AG_SELF "kernels/linear_backward.c"
#include "core/each_real.h"
#else

/* Whether both products are made of pieces, and h is small enough for each thread to have one. */
static bool AG_NAME(is_near)(const agk_linear_geometry *g) {
  const agk_gemm_geometry weight = of_weight(g), input = of_input(g);
  return AG_NAME(agk_gemm_pieces)(&weight) > 0 && AG_NAME(agk_gemm_pieces)(&input) > 0 &&
         g->rows * g->out * (int64_t)sizeof(AG_REAL) <= NEAR;
}

static size_t AG_NAME(bytes_of_h)(const agk_linear_geometry *g) {
  return whole_lines((size_t)(g->rows * g->out) * sizeof(AG_REAL));
}

/* What the products and the sum need, one after the other. */
static size_t AG_NAME(bytes_of_parts)(const agk_linear_geometry *g, int threads) {
  const agk_gemm_geometry weight = of_weight(g), input = of_input(g);
  const agk_reduce_geometry bias = of_bias(g);
  return whole_lines(larger(
      AG_NAME(agk_reduce_sum_workspace)(&bias, threads),
      larger(AG_NAME(agk_gemm_workspace)(&weight, threads), AG_NAME(agk_gemm_workspace)(&input, threads))));
}

size_t AG_NAME(agk_linear_backward_workspace)(const agk_linear_geometry *g, int threads) {
  const size_t copies = AG_NAME(is_near)(g) ? (size_t)threads : 1;
  return AG_NAME(bytes_of_parts)(g, threads) + copies * AG_NAME(bytes_of_h)(g);
}

/* h = y > 0 ? g : 0, and g where y is NaN. */
AG_MULTIVERSION static void AG_NAME(rectify)(int64_t n, const AG_REAL *restrict g, const AG_REAL *restrict y,
                                             AG_REAL *restrict h) {
  for (int64_t i = 0; i < n; i++) h[i] = y[i] <= 0 ? 0 : g[i];
}

/* Share t of `team` of all gradients; h is this share's own. */
static void AG_NAME(share)(const agk_linear_geometry *g, const AG_NAME(agk_linear_gradients) * o, int64_t t,
                           int64_t team, AG_REAL *h, void *workspace) {
  const agk_gemm_geometry weight = of_weight(g), input = of_input(g);
  const agk_reduce_geometry bias = of_bias(g);
  const ag_range of_gw = ag_chunk_range(t, team, AG_NAME(agk_gemm_pieces)(&weight)),
                 of_gx = ag_chunk_range(t, team, o->gx ? AG_NAME(agk_gemm_pieces)(&input) : 0);
  if (of_gw.begin == of_gw.end && of_gx.begin == of_gx.end) return;
  if (o->y) AG_NAME(rectify)(g->rows * g->out, o->g, o->y, h);
  const AG_REAL *from = o->y ? h : o->g;
  AG_NAME(agk_gemm_some)(&input, of_gx, from, o->w, o->gx);
  AG_NAME(agk_gemm_some)(&weight, of_gw, from, o->x, o->gw);
  if (t == 0) AG_NAME(agk_reduce_sum)(1, &bias, from, o->gb, workspace);
}

static void AG_NAME(near)(int threads, const agk_linear_geometry *g, const AG_NAME(agk_linear_gradients) * o,
                          char *workspace) {
  const agk_gemm_geometry weight = of_weight(g);
  const int64_t work = g->rows * g->in * g->out * (o->gx ? 2 : 1);
  const int team = ag_team(threads, AG_NAME(agk_gemm_pieces)(&weight), work / AGK_GEMM_SPEED);
  char *h = workspace + AG_NAME(bytes_of_parts)(g, threads);
  const size_t step = AG_NAME(bytes_of_h)(g);
  if (team == 1) {
    AG_NAME(share)(g, o, 0, 1, (AG_REAL *)(void *)h, workspace);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t t = 0; t < team; t++)
    AG_NAME(share)(g, o, t, team, (AG_REAL *)(void *)(h + (size_t)t * step), workspace);
}

static void AG_NAME(rectify_all)(int threads, int64_t n, const AG_REAL *g, const AG_REAL *y, AG_REAL *h) {
  const int64_t chunks = ag_chunks(n, CHUNK);
  const int team = ag_team(threads, chunks, n);
  if (team == 1) {
    AG_NAME(rectify)(n, g, y, h);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range r = ag_chunk_range(i, chunks, n);
    AG_NAME(rectify)(r.end - r.begin, g + r.begin, y + r.begin, h + r.begin);
  }
}

static void AG_NAME(far)(int threads, const agk_linear_geometry *g, const AG_NAME(agk_linear_gradients) * o,
                         char *workspace) {
  const agk_gemm_geometry weight = of_weight(g), input = of_input(g);
  const agk_reduce_geometry bias = of_bias(g);
  AG_REAL *h = (AG_REAL *)(void *)(workspace + AG_NAME(bytes_of_parts)(g, threads));
  if (o->y) AG_NAME(rectify_all)(threads, g->rows * g->out, o->g, o->y, h);
  const AG_REAL *from = o->y ? h : o->g;
  if (o->gx) AG_NAME(agk_gemm)(threads, &input, from, o->w, 0, o->gx, workspace);
  AG_NAME(agk_gemm)(threads, &weight, from, o->x, 0, o->gw, workspace);
  AG_NAME(agk_reduce_sum)(threads, &bias, from, o->gb, workspace);
}

void AG_NAME(agk_linear_backward)(int threads, const agk_linear_geometry *g,
                                  const AG_NAME(agk_linear_gradients) * o, void *workspace) {
  (AG_NAME(is_near)(g) ? AG_NAME(near) : AG_NAME(far))(threads, g, o, workspace);
}
#endif
