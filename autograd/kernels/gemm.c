/* gemm.c - the products of gemm.h as tiles of C, each one product of one thread.
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
#include "kernels/adjacent.h"
#include "kernels/blas.h"
#include "kernels/product.h"

/* Numbers of tiles of m and n and of chunks of k. */
typedef struct {
  int64_t m, n, k;
} cuts;

enum {
  MAX_OWN = 1 << 28, /* bytes of multiply-adds up to which our product is at least as fast as that of BLAS */
  MIN_TILE = 32,     /* rows and columns below which BLAS gets slow */
  MIN_CHUNK = 512,   /* terms of k that pay for adding a partial result */
  MAX_CHUNKS = 16,   /* bounds the workspace */
};

/* Of all products, in elementary operations. */
static int64_t work_of(const agk_gemm_geometry *g) { return agk_gemm_work(1, g->batch * g->m, g->n, g->k); }

/* Rows are cut first, if only once: what comes before and behind shares rows of A and C among threads, whose
 * numbers are adjacent. */
static cuts cut(const agk_gemm_geometry *g) {
  cuts c = {1, 1, 1};
  const double work =
      (double)g->m * (double)g->n * (double)g->k / AGK_GEMM_PIECE; /* may exceed any integer */
  const int64_t most = AGK_GEMM_PIECES / (g->batch > 0 ? g->batch : 1), longer = g->m > g->n ? g->m : g->n;
  int64_t pieces = work < (double)most ? (int64_t)work : most;
  if (g->k >= 4 * longer)
    while (2 * c.k <= pieces && 2 * c.k <= MAX_CHUNKS && g->k / (2 * c.k) >= MIN_CHUNK) c.k *= 2;
  if (pieces < 2 && g->batch == 1) pieces = ag_team(2, 2, work_of(g));
  while (2 * c.m * c.n * c.k <= pieces) {
    const int64_t rows = g->m / c.m, columns = g->n / c.n;
    if (rows < 2 * MIN_TILE && columns < 2 * MIN_TILE) break;
    const bool first = c.m == 1 && rows >= 2 * MIN_TILE && 4 * rows >= columns;
    if (first || rows >= columns)
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

static bool AG_NAME(is_own)(const agk_gemm_geometry *g) {
  return (double)g->m * (double)g->n * (double)g->k * sizeof(AG_REAL) <= MAX_OWN;
}

/* C = beta C. */
static void AG_NAME(scale)(const agk_gemm_geometry *g, AG_REAL beta, AG_REAL *c) {
  for (int64_t r = 0; r < g->batch * g->m; r++) {
    AG_REAL *row = c + r / g->m * g->stride_c + r % g->m * g->ldc;
    for (int64_t j = 0; j < g->n; j++) row[j] *= beta;
  }
}

/* C = max(C, 0), but NaN for NaN. */
AG_MULTIVERSION static void AG_NAME(rectify)(int64_t n, AG_REAL *c) {
  for (int64_t i = 0; i < n; i++) c[i] = c[i] <= 0 ? 0 : c[i];
}

/* What is added to the product, and what is done to the sum. */
typedef struct {
  bool add_c;
  const AG_REAL *bias;
  bool rectified;
} AG_NAME(finish);

/* One tile, `to`, of one chunk of one product, which BLAS multiplies. */
static void AG_NAME(by_blas)(const agk_gemm_geometry *g, ag_range m, ag_range n, ag_range k, const AG_REAL *a,
                             const AG_REAL *b, const AG_NAME(finish) * f, AG_REAL *to, int64_t ld) {
  const size_t row = (size_t)(n.end - n.begin) * sizeof(AG_REAL);
  for (int64_t i = 0; f->bias && i < m.end - m.begin; i++) memcpy(to + i * ld, f->bias + n.begin, row);
  AG_BLAS(gemm)
  (CblasRowMajor, g->trans_a ? CblasTrans : CblasNoTrans, g->trans_b ? CblasTrans : CblasNoTrans,
   (int)(m.end - m.begin), (int)(n.end - n.begin), (int)(k.end - k.begin), 1, a, (int)g->lda, b, (int)g->ldb,
   f->add_c || f->bias, to, (int)ld);
  for (int64_t i = 0; f->rectified && i < m.end - m.begin; i++)
    AG_NAME(rectify)(n.end - n.begin, to + i * ld);
}

/* The same by our own product. */
static void AG_NAME(by_us)(const agk_gemm_geometry *g, ag_range m, ag_range n, ag_range k, const AG_REAL *a,
                           const AG_REAL *b, const AG_NAME(finish) * f, AG_REAL *to, int64_t ld) {
  const agk_steps in_rows = {ld, 1};
  const agk_product_geometry p = {.m = m.end - m.begin,
                                  .n = n.end - n.begin,
                                  .k = k.end - k.begin,
                                  .a = g->trans_a ? (agk_steps){1, g->lda} : (agk_steps){g->lda, 1},
                                  .b = g->trans_b ? (agk_steps){1, g->ldb} : (agk_steps){g->ldb, 1},
                                  .c = in_rows,
                                  .from = f->bias ? (agk_steps){0, 1} : in_rows,
                                  .rectified = f->rectified};
  AG_NAME(agk_product)(&p, a, b, f->bias ? f->bias + n.begin : f->add_c ? to : NULL, to);
}

/* Piece p of the product: one tile of one chunk of one matrix of the batch. Chunk 0 goes into C, the others
 * into workspace. */
static void AG_NAME(piece)(const agk_gemm_geometry *g, cuts by, int64_t p, const AG_REAL *a, const AG_REAL *b,
                           AG_NAME(finish) f, AG_REAL *c, AG_REAL *workspace) {
  const ag_range n = ag_chunk_range(p % by.n, by.n, g->n);
  const ag_range m = ag_chunk_range(p / by.n % by.m, by.m, g->m);
  const int64_t chunk = p / (by.n * by.m) % by.k, batch = p / (by.n * by.m * by.k);
  const ag_range k = ag_chunk_range(chunk, by.k, g->k);
  AG_REAL *to = c + batch * g->stride_c + m.begin * g->ldc + n.begin;
  int64_t ld = g->ldc;
  if (chunk > 0) {
    to = workspace + (batch * (by.k - 1) + chunk - 1) * g->m * g->n + m.begin * g->n + n.begin;
    ld = g->n;
    f = (AG_NAME(finish)){0};
  }
  if (by.k > 1) f.rectified = false;
  (AG_NAME(is_own)(g) ? AG_NAME(by_us) : AG_NAME(by_blas))(
      g, m, n, k, a + batch * g->stride_a + operand_offset(g->trans_a, g->lda, m.begin, k.begin),
      b + batch * g->stride_b + operand_offset(g->trans_b, g->ldb, k.begin, n.begin), &f, to, ld);
}

/* Row r of C, of all rows of the batch: adds the sums of the later chunks. */
static void AG_NAME(add_chunks)(const agk_gemm_geometry *g, int64_t chunks, int64_t r, bool rectified,
                                AG_REAL *c, const AG_REAL *workspace) {
  const int64_t batch = r / g->m, i = r % g->m;
  AG_REAL *row = c + batch * g->stride_c + i * g->ldc;
  for (int64_t chunk = 1; chunk < chunks; chunk++)
    AG_NAME(agk_add)(g->n, workspace + ((batch * (chunks - 1) + chunk - 1) * g->m + i) * g->n, row);
  if (rectified) AG_NAME(rectify)(g->n, row);
}

/* The pieces of a range, in the calling thread. */
static void AG_NAME(pieces)(const agk_gemm_geometry *g, cuts by, ag_range range, const AG_REAL *a,
                            const AG_REAL *b, AG_NAME(finish) f, AG_REAL *c, AG_REAL *workspace) {
  for (int64_t p = range.begin; p < range.end; p++) AG_NAME(piece)(g, by, p, a, b, f, c, workspace);
}

static void AG_NAME(multiply)(int threads, const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b,
                              AG_NAME(finish) f, AG_REAL *c, void *workspace) {
  if (g->m == 0 || g->n == 0 || g->batch == 0) return;
  const cuts by = cut(g);
  const int64_t pieces = g->batch * by.k * by.m * by.n, rows = g->batch * g->m;
  const int team = ag_team(threads, pieces, work_of(g));
  const bool is_own = AG_NAME(is_own)(g);
  const int state = is_own ? 1 : agk_blas_begin();
  if (team == 1) { /* one piece gives the same bits, and packs B once */
    const cuts here = is_own && by.k == 1 ? (cuts){1, 1, 1} : by;
    AG_NAME(pieces)(g, here, (ag_range){0, g->batch * here.k * here.m * here.n}, a, b, f, c, workspace);
  } else {
    AG_PARALLEL_FOR(team)
    for (int64_t p = 0; p < pieces; p++) AG_NAME(pieces)(g, by, (ag_range){p, p + 1}, a, b, f, c, workspace);
  }
  agk_blas_end(state);
  if (by.k == 1) return;
  AG_PARALLEL_FOR(ag_team(threads, rows, rows * g->n * by.k))
  for (int64_t r = 0; r < rows; r++) AG_NAME(add_chunks)(g, by.k, r, f.rectified, c, workspace);
}

void AG_NAME(agk_gemm)(int threads, const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b,
                       AG_REAL beta, AG_REAL *c, void *workspace) {
  if (beta != 0 && beta != 1) AG_NAME(scale)(g, beta, c);
  AG_NAME(multiply)(threads, g, a, b, (AG_NAME(finish)){.add_c = beta != 0}, c, workspace);
}

void AG_NAME(agk_gemm_affine)(int threads, const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b,
                              const AG_REAL *bias, bool rectified, AG_REAL *c, void *workspace) {
  AG_NAME(multiply)
  (threads, g, a, b, (AG_NAME(finish)){.bias = bias, .rectified = rectified}, c, workspace);
}
#endif
