/* conv2d_winograd.c - forward convolution and weight gradient by F(4x4, 3x3): transforms around 36 matrix
 * products. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd.h"

#include <cblas.h>
#include <string.h>

#include "core/multiversion.h"
#include "kernels/blas.h"
#include "kernels/conv2d_im2col.h"

enum {
  LEAST_CHANNELS = 16,
  VECTOR = 16,      /* tiles are filled up to this many */
  GROUP_WIDTH = 96, /* about so many tiles make a group: enough columns for BLAS, few enough for the cache */
  SUMS = 4          /* weight gradients are summed in so many parts */
};

bool agk_winograd_suits(const agk_conv2d_geometry *g) {
  return g->kh == 3 && g->kw == 3 && g->stride[0] == 1 && g->stride[1] == 1 && g->dilation[0] == 1 &&
         g->dilation[1] == 1 && g->groups == 1 && g->c_in >= LEAST_CHANNELS && g->c_out >= LEAST_CHANNELS &&
         g->h_out >= AGK_TILE && g->w_out >= AGK_TILE && g->padding[0] >= 0 && g->padding[0] <= 2 &&
         g->padding[1] >= 0 && g->padding[1] <= 2;
}

agk_winograd_plan agk_winograd_planned(const agk_conv2d_geometry *g) {
  agk_winograd_plan p = {.across = ag_chunks(g->w_out, AGK_TILE)};
  p.tiles = p.across * ag_chunks(g->h_out, AGK_TILE);
  const int64_t images = ag_chunks(GROUP_WIDTH, p.tiles);
  p.groups = ag_chunks(g->n, images);
  p.width = (p.groups ? ag_chunks(g->n, p.groups) : 0) * p.tiles;
  p.width = ag_chunks(p.width, VECTOR) * VECTOR;
  return p;
}

#define AG_SELF "kernels/conv2d_winograd.c"
#include "core/each_real.h"
#else

/* Bytes of a matrix [36][rows][columns]. */
static size_t AG_NAME(matrix_bytes)(int64_t rows, int64_t columns) {
  return agk_aligned_size((size_t)(AGK_POINTS * agk_winograd_step(rows, columns)) * sizeof(AG_REAL));
}

/* Scratch of one thread: the transformed tiles of both sides, and patches. */
static size_t AG_NAME(thread_bytes)(const agk_conv2d_geometry *g, const agk_winograd_plan *p) {
  return AG_NAME(matrix_bytes)(g->c_in, p->width) + AG_NAME(matrix_bytes)(g->c_out, p->width) +
         AG_NAME(matrix_bytes)(2, p->width);
}

size_t AG_NAME(agk_winograd_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_winograd_plan p = agk_winograd_planned(g);
  return AG_NAME(matrix_bytes)(g->c_out, g->c_in) + (size_t)threads * AG_NAME(thread_bytes)(g, &p);
}

size_t AG_NAME(agk_winograd_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_winograd_plan p = agk_winograd_planned(g);
  return SUMS * AG_NAME(matrix_bytes)(g->c_out, g->c_in) + (size_t)threads * AG_NAME(thread_bytes)(g, &p);
}

static int64_t AG_NAME(work)(const agk_conv2d_geometry *g) {
  return g->n * g->h_out * g->w_out * g->c_out * (g->c_in / 8);
}

void AG_NAME(agk_winograd_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                   const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g);
  const int out = (int)g->c_out, in = (int)g->c_in, width = (int)p.width;
  const int64_t sw = agk_winograd_step(out, in), sv = agk_winograd_step(in, width),
                sm = agk_winograd_step(out, width);
  AG_REAL *weight = workspace;
  char *rest = (char *)workspace + AG_NAME(matrix_bytes)(g->c_out, g->c_in);
  AG_NAME(agk_winograd_weight)(g, w, weight);
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(threads, p.groups, AG_NAME(work)(g)))
  for (int64_t group = 0; group < p.groups; group++) {
    char *mine = rest + (size_t)ag_thread_index() * AG_NAME(thread_bytes)(g, &p);
    AG_REAL *v = (AG_REAL *)(void *)mine,
            *m = (AG_REAL *)(void *)(mine + AG_NAME(matrix_bytes)(g->c_in, p.width));
    AG_REAL *patch = m + AG_NAME(matrix_bytes)(g->c_out, p.width) / sizeof *m;
    const ag_range r = ag_chunk(group, p.groups, g->n);
    AG_NAME(agk_winograd_input)(g, &p, r.end - r.begin, x + r.begin * g->c_in * g->h * g->w, v, patch);
    for (int64_t k = 0; k < AGK_POINTS; k++) AG_BLAS(gemm)
    (CblasRowMajor, CblasNoTrans, CblasNoTrans, out, width, in, 1, weight + k * sw, in, v + k * sv, width, 0,
     m + k * sm, width);
    AG_NAME(agk_winograd_output)
    (g, &p, r.end - r.begin, m, bias, y + r.begin * g->c_out * g->h_out * g->w_out, patch);
  }
  agk_blas_end(state);
}

AG_MULTIVERSION static void AG_NAME(add_sums)(int64_t n, AG_REAL *restrict sum,
                                              const AG_REAL *restrict other) {
  for (int64_t i = 0; i < n; i++) sum[i] += other[i];
}

void AG_NAME(agk_winograd_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                       const AG_REAL *gy, AG_REAL *gw, void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g);
  const int out = (int)g->c_out, in = (int)g->c_in, width = (int)p.width;
  const size_t sum_bytes = AG_NAME(matrix_bytes)(g->c_out, g->c_in);
  const int64_t sw = agk_winograd_step(out, in), sv = agk_winograd_step(in, width),
                sq = agk_winograd_step(out, width);
  const int64_t sums = p.groups < SUMS ? p.groups : SUMS;
  char *rest = (char *)workspace + SUMS * sum_bytes;
  if (sums == 0) {
    memset(gw, 0, (size_t)(g->c_out * g->c_in * 9) * sizeof *gw);
    return;
  }
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(threads, sums, AG_NAME(work)(g)))
  for (int64_t s = 0; s < sums; s++) {
    char *mine = rest + (size_t)ag_thread_index() * AG_NAME(thread_bytes)(g, &p);
    AG_REAL *v = (AG_REAL *)(void *)mine,
            *q = (AG_REAL *)(void *)(mine + AG_NAME(matrix_bytes)(g->c_in, p.width));
    AG_REAL *patch = q + AG_NAME(matrix_bytes)(g->c_out, p.width) / sizeof *q;
    AG_REAL *sum = (AG_REAL *)(void *)((char *)workspace + (size_t)s * sum_bytes);
    const ag_range part = ag_chunk(s, sums, p.groups);
    for (int64_t group = part.begin; group < part.end; group++) {
      const ag_range r = ag_chunk(group, p.groups, g->n);
      AG_NAME(agk_winograd_input)(g, &p, r.end - r.begin, x + r.begin * g->c_in * g->h * g->w, v, patch);
      AG_NAME(agk_winograd_output_adjoint)
      (g, &p, r.end - r.begin, gy + r.begin * g->c_out * g->h_out * g->w_out, q, patch);
      for (int64_t k = 0; k < AGK_POINTS; k++) AG_BLAS(gemm)
      (CblasRowMajor, CblasNoTrans, CblasTrans, out, in, width, 1, q + k * sq, width, v + k * sv, width,
       group == part.begin ? 0 : 1, sum + k * sw, in);
    }
  }
  agk_blas_end(state);
  for (int64_t s = 1; s < sums; s++) AG_NAME(add_sums)
  (AGK_POINTS * sw, workspace, (const AG_REAL *)(void *)((char *)workspace + (size_t)s * sum_bytes));
  AG_NAME(agk_winograd_weight_adjoint)(g, workspace, gw);
}
#endif
