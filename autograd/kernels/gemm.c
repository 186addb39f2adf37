/* gemm.c - the products of gemm.h as tiles of C, each one call of single-threaded BLAS.
 *
 * C is cut into tiles, and a long sum over k into chunks whose partial results are added in their order. How
 * many of them is decided by the sizes alone, so the bits are those of one thread on any number of threads.
 */
#ifndef AG_REAL
#include "kernels/gemm.h"

#include <cblas.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/blas.h"

/* Numbers of tiles of m and n and of chunks of k. */
typedef struct {
  int64_t m, n, k;
} cuts;

enum {
  MIN_PIECE = 1 << 19, /* multiply-adds worth a thread: about 15 microseconds in float */
  MAX_PIECES = 16,     /* enough to balance the cores, few enough to pack A and B seldom */
  MIN_TILE = 32,       /* rows and columns below which BLAS gets slow */
  MIN_CHUNK = 512,     /* terms of k that pay for adding a partial result */
  MAX_CHUNKS = 16,     /* bounds the workspace */
};

static cuts cut(const agk_gemm_geometry *g) {
  cuts c = {1, 1, 1};
  const double work = (double)g->m * (double)g->n * (double)g->k / MIN_PIECE; /* may exceed any integer */
  const int64_t most = MAX_PIECES / (g->batch > 0 ? g->batch : 1),
                pieces = work < (double)most ? (int64_t)work : most;
  const int64_t longer = g->m > g->n ? g->m : g->n;
  if (g->k >= 4 * longer)
    while (2 * c.k <= pieces && 2 * c.k <= MAX_CHUNKS && g->k / (2 * c.k) >= MIN_CHUNK) c.k *= 2;
  while (2 * c.m * c.n * c.k <= pieces) {
    const int64_t rows = g->m / c.m, columns = g->n / c.n;
    if (rows < 2 * MIN_TILE && columns < 2 * MIN_TILE) break;
    if (rows >= columns)
      c.m *= 2;
    else
      c.n *= 2;
  }
  return c;
}

static int64_t operand_offset(bool trans, int64_t ld, int64_t row, int64_t column) {
  return trans ? column * ld + row : row * ld + column;
}

#define AG_SELF "kernels/gemm.c"
#include "core/each_real.h"
#else

size_t AG_NAME(agk_gemm_workspace)(const agk_gemm_geometry *g, int threads) {
  (void)threads;
  return (size_t)(g->batch * (cut(g).k - 1) * g->m * g->n) * sizeof(AG_REAL);
}

AG_MULTIVERSION static void AG_NAME(add)(int64_t n, const AG_REAL *restrict x, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) y[i] += x[i];
}

/* C = beta C, what is left of a product with k = 0. */
static void AG_NAME(scale)(const agk_gemm_geometry *g, AG_REAL beta, AG_REAL *c) {
  for (int64_t r = 0; r < g->batch * g->m; r++) {
    AG_REAL *row = c + r / g->m * g->stride_c + r % g->m * g->ldc;
    for (int64_t j = 0; j < g->n; j++) row[j] = beta == 0 ? 0 : beta * row[j];
  }
}

/* Piece p of the product: one tile of one chunk of one matrix of the batch. Chunk 0 goes into C, the others
 * into workspace. */
static void AG_NAME(piece)(const agk_gemm_geometry *g, cuts by, int64_t p, const AG_REAL *a, const AG_REAL *b,
                           AG_REAL beta, AG_REAL *c, AG_REAL *workspace) {
  const ag_range n = ag_chunk(p % by.n, by.n, g->n);
  const ag_range m = ag_chunk(p / by.n % by.m, by.m, g->m);
  const int64_t chunk = p / (by.n * by.m) % by.k, batch = p / (by.n * by.m * by.k);
  const ag_range k = ag_chunk(chunk, by.k, g->k);
  AG_REAL *to = c + batch * g->stride_c + m.begin * g->ldc + n.begin;
  int64_t ld = g->ldc;
  if (chunk > 0) {
    to = workspace + (batch * (by.k - 1) + chunk - 1) * g->m * g->n + m.begin * g->n + n.begin;
    ld = g->n;
    beta = 0;
  }
  AG_BLAS(gemm)
  (CblasRowMajor, g->trans_a ? CblasTrans : CblasNoTrans, g->trans_b ? CblasTrans : CblasNoTrans,
   (int)(m.end - m.begin), (int)(n.end - n.begin), (int)(k.end - k.begin), 1,
   a + batch * g->stride_a + operand_offset(g->trans_a, g->lda, m.begin, k.begin), (int)g->lda,
   b + batch * g->stride_b + operand_offset(g->trans_b, g->ldb, k.begin, n.begin), (int)g->ldb, beta, to,
   (int)ld);
}

void AG_NAME(agk_gemm)(int threads, const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b,
                       AG_REAL beta, AG_REAL *c, void *workspace) {
  if (g->m == 0 || g->n == 0 || g->batch == 0) return;
  if (g->k == 0) {
    AG_NAME(scale)(g, beta, c);
    return;
  }
  const cuts by = cut(g);
  const int64_t pieces = g->batch * by.k * by.m * by.n;
  const int64_t work =
      g->batch * g->m * g->n * g->k / 16; /* BLAS does 16 multiply-adds while a plain loop does one */
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(threads, pieces, work))
  for (int64_t p = 0; p < pieces; p++) AG_NAME(piece)(g, by, p, a, b, beta, c, workspace);
  agk_blas_end(state);
  if (by.k == 1) return;
  const int64_t rows = g->batch * g->m;
  AG_PARALLEL_FOR(ag_team(threads, rows, rows * g->n * by.k))
  for (int64_t r = 0; r < rows; r++) {
    const int64_t batch = r / g->m, i = r % g->m;
    for (int64_t chunk = 1; chunk < by.k; chunk++) AG_NAME(add)
    (g->n, (const AG_REAL *)workspace + ((batch * (by.k - 1) + chunk - 1) * g->m + i) * g->n,
     c + batch * g->stride_c + i * g->ldc);
  }
}
#endif
