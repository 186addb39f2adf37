/* Matrix products against three loops. */
#ifndef AG_REAL
#include "kernels/gemm.h"
#include "kernels/product.h"
#include "tests/test_kernels.h"

/* Elements from one matrix of (rows, ld) to the next, with a gap behind each. */
static int64_t stride_of(int64_t rows, int64_t ld) { return rows * ld + 5; }

static agk_gemm_geometry geometry(int64_t m, int64_t n, int64_t k, bool trans_a, bool trans_b,
                                  int64_t batch) {
  agk_gemm_geometry g = {.trans_a = trans_a, .trans_b = trans_b, .m = m, .n = n, .k = k, .batch = batch};
  g.lda = (trans_a ? m : k) + 3;
  g.ldb = (trans_b ? k : n) + 1;
  g.ldc = n + 2;
  g.stride_a = stride_of(trans_a ? k : m, g.lda);
  g.stride_b = stride_of(trans_b ? n : k, g.ldb);
  g.stride_c = stride_of(m, g.ldc);
  return g;
}

/* Whether number p of C is an element, and none of a gap. */
static bool in_matrix(const agk_gemm_geometry *g, int64_t p) {
  return p % g->stride_c / g->ldc < g->m && p % g->stride_c % g->ldc < g->n;
}

#define AG_SELF "tests/test_kernels_gemm.c"
#include "core/each_real.h"
#else

static double AG_NAME(product)(const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b, int64_t i,
                               int64_t j) {
  double sum = 0;
  for (int64_t l = 0; l < g->k; l++) {
    sum += (double)a[g->trans_a ? l * g->lda + i : i * g->lda + l] *
           (double)b[g->trans_b ? j * g->ldb + l : l * g->ldb + j];
  }
  return sum;
}

/* Number p of C and of what lies beside it. */
static double AG_NAME(gemm_at)(const agk_gemm_geometry *g, const AG_REAL *a, const AG_REAL *b, AG_REAL beta,
                               const AG_REAL *before, int64_t p) {
  const int64_t i = p % g->stride_c / g->ldc, j = p % g->stride_c % g->ldc, batch = p / g->stride_c;
  if (!in_matrix(g, p)) return (double)before[p];
  return AG_NAME(product)(g, a + batch * g->stride_a, b + batch * g->stride_b, i, j) +
         (double)beta * (double)before[p];
}

/* Asserts C = op(A) op(B) + beta C in every element, that nothing beside C was written, and the bits with
 * more threads. */
static void AG_NAME(assert_gemm)(const agk_gemm_geometry *g, AG_REAL beta) {
  const int64_t na = g->batch * (g->trans_a ? g->k : g->m) * g->lda + g->batch * 5;
  const int64_t nb = g->batch * (g->trans_b ? g->n : g->k) * g->ldb + g->batch * 5,
                nc = g->batch * stride_of(g->m, g->ldc);
  AG_REAL *a = AG_NAME(numbers)(1, na), *b = AG_NAME(numbers)(2, nb), *before = AG_NAME(numbers)(3, nc);
  AG_REAL *first = room(nc, sizeof *first), *y = room(nc, sizeof *y);
  for (int threads = 1; threads <= 3; threads++) {
    void *workspace = room((int64_t)AG_NAME(agk_gemm_workspace)(g, threads), 1);
    memcpy(y, before, (size_t)nc * sizeof *y);
    if (beta == 0) {
      for (int64_t i = 0; i < g->batch * g->m * g->n; i++) {
        y[i / (g->m * g->n) * g->stride_c + i / g->n % g->m * g->ldc + i % g->n] = (AG_REAL)NAN;
      }
    }
    AG_NAME(agk_gemm)(threads, g, a, b, beta, y, workspace);
    free(workspace);
    if (threads == 1) memcpy(first, y, (size_t)nc * sizeof *y);
    ASSERT_EACH_BIT(nc, y, first, "C of %dx%d from %d in %d threads", (int)g->m, (int)g->n, (int)g->k,
                    threads);
  }
  ASSERT_EACH(p, nc, y[p], AG_NAME(gemm_at)(g, a, b, beta, before, p),
              in_matrix(g, p) ? (double)AG_EPSILON * (double)(g->k + 4) : 0, "C of %dx%d from %d, beta %g",
              (int)g->m, (int)g->n, (int)g->k, (double)beta);
  free(a), free(b), free(before), free(first), free(y);
}

static void AG_NAME(sizes)(void) {
  const int64_t sizes[][3] = {{1, 1, 1},    {1, 7, 3},    {5, 1, 9},   {3, 2, 0},
                              {17, 13, 11}, {31, 33, 29}, {64, 65, 7}, {8, 8, 2000},
                              {3, 5, 4099}, {70, 40, 97}, {0, 3, 4},   {1, 257, 65}};
  for (int s = 0; s < LENGTH(sizes); s++) {
    for (int way = 0; way < 8; way++) {
      const int64_t batch = way & 4 ? 3 : 1;
      const agk_gemm_geometry g = geometry(sizes[s][0], sizes[s][1], sizes[s][2], way & 1, way & 2, batch);
      AG_NAME(assert_gemm)(&g, 0);
      AG_NAME(assert_gemm)(&g, (AG_REAL)-0.75);
    }
  }
}

/* Asserts C = max(op(A) op(B) + bias, 0) or the same without the maximum, and the bits with more threads. */
static void AG_NAME(assert_affine)(const agk_gemm_geometry *g, bool rectified) {
  const int64_t na = (g->trans_a ? g->k : g->m) * g->lda, nb = (g->trans_b ? g->n : g->k) * g->ldb,
                nc = g->m * g->ldc;
  AG_REAL *a = AG_NAME(numbers)(1, na), *b = AG_NAME(numbers)(2, nb), *bias = AG_NAME(numbers)(3, g->n);
  AG_REAL *out[2];
  for (int team = 0; team < 2; team++) {
    const int threads = 1 + 2 * team;
    void *workspace = room((int64_t)AG_NAME(agk_gemm_workspace)(g, threads), 1);
    out[team] = AG_NAME(numbers)(4, nc);
    AG_NAME(agk_gemm_affine)(threads, g, a, b, bias, rectified, out[team], workspace);
    free(workspace);
  }
  ASSERT_EACH_BIT(nc, out[0], out[1], "C of %dx%d from %d in 1 and 3 threads", (int)g->m, (int)g->n,
                  (int)g->k);
  int64_t cut = 0;
  const int64_t step = g->k * g->m * g->n > 10000000 ? 97 : 1; /* the loops of large products take long */
  double *expected = room(g->m * g->n, sizeof *expected);
  for (int64_t i = 0; i < g->m * g->n; i += step) {
    const double sum = AG_NAME(product)(g, a, b, i / g->n, i % g->n) + (double)bias[i % g->n];
    expected[i] = rectified && sum < 0 ? 0 : sum;
    cut += sum < 0;
  }
  ASSERT_EACH(i, (g->m * g->n + step - 1) / step, out[0][i * step / g->n * g->ldc + i * step % g->n],
              expected[i * step], (double)AG_EPSILON * (double)(g->k + 4), "C of %dx%d from %d, every %dth",
              (int)g->m, (int)g->n, (int)g->k, (int)step);
  ck_assert_int_gt(cut, 0);
  free(a), free(b), free(bias), free(out[0]), free(out[1]), free(expected);
}

/* Sizes that are multiplied by us, whole and in chunks of k, as scalar products in tiles of every shape, and
 * by BLAS. */
static void AG_NAME(affine)(void) {
  const int64_t sizes[][3] = {{33, 45, 300}, {8, 9, 16500}, {40, 3, 70}, {2, 50, 64},    {13, 10, 70},
                              {9, 4, 37},    {14, 1, 48},   {11, 7, 50}, {420, 400, 410}};
  for (int s = 0; s < LENGTH(sizes); s++) {
    for (int rectified = 0; rectified < 2; rectified++) {
      const agk_gemm_geometry g = geometry(sizes[s][0], sizes[s][1], sizes[s][2], false, true, 1);
      AG_NAME(assert_affine)(&g, rectified);
    }
  }
}

/* An element has the same bits whatever it is computed beside: the rows and columns of C may be cut anywhere.
 */
static void AG_NAME(parts)(void) {
  const int64_t m = 61, n = 77, k = 300;
  AG_REAL *a = AG_NAME(numbers)(1, m * k), *b = AG_NAME(numbers)(2, k * n), *f = AG_NAME(numbers)(3, m * n);
  AG_REAL *whole = room(m * n, sizeof *whole), *part = room(m * n, sizeof *part);
  agk_product_geometry g = {
      .m = m, .n = n, .k = k, .a = {1, m}, .b = {n, 1}, .c = {n, 1}, .from = {n, 1}, .rectified = true};
  AG_NAME(agk_product)(&g, a, b, f, whole);
  for (int64_t i = 0; i < m; i += g.m) {
    for (int64_t j = 0; j < n; j += g.n) {
      g.m = i + 7 < m ? 7 : m - i;
      g.n = j + 9 < n ? 9 : n - j;
      AG_NAME(agk_product)(&g, a + i, b + j, f + i * n + j, part + i * n + j);
    }
  }
  ASSERT_EACH_BIT(m * n, whole, part, "C whole and in parts");
  free(a), free(b), free(f), free(whole), free(part);
}

/* A step of 0 uses one factor for all products of a batch. */
static void AG_NAME(shared)(void) {
  for (int way = 1; way < 4; way++) {
    agk_gemm_geometry g = geometry(9, 6, 14, false, true, 5);
    if (way & 1) g.stride_a = 0;
    if (way & 2) g.stride_b = 0;
    AG_NAME(assert_gemm)(&g, 0);
    AG_NAME(assert_gemm)(&g, 1);
  }
}
#endif

#ifndef AG_REAL
START_TEST(every_size_and_layout_multiplies) {
  sizes_f32();
  sizes_f64();
}
END_TEST

START_TEST(a_batch_may_share_a_factor) {
  shared_f32();
  shared_f64();
}
END_TEST

START_TEST(a_bias_is_added_and_the_sum_rectified) {
  affine_f32();
  affine_f64();
}
END_TEST

START_TEST(a_product_may_be_cut_anywhere) {
  parts_f32();
  parts_f64();
}
END_TEST

/* In tiles, as scalar products and by BLAS. */
START_TEST(nan_is_not_rectified_away) {
  const int64_t sizes[][3] = {{3, 20, 4}, {3, 2, 40}, {420, 400, 410}};
  for (int s = 0; s < LENGTH(sizes); s++) {
    const int64_t m = sizes[s][0], n = sizes[s][1], k = sizes[s][2];
    const agk_gemm_geometry g = {
        .trans_b = true, .m = m, .n = n, .k = k, .lda = k, .ldb = k, .ldc = n, .batch = 1};
    double *a = calloc((size_t)(m * k), sizeof *a), *b = calloc((size_t)(n * k), sizeof *b);
    double *bias = calloc((size_t)n, sizeof *bias), *y = calloc((size_t)(m * n), sizeof *y);
    a[k + 1] = (double)NAN;
    bias[1] = -1;
    agk_gemm_affine_f64(1, &g, a, b, bias, true, y, NULL);
    ck_assert(isnan(y[n]) && isnan(y[n + 1]));
    ck_assert_double_eq(y[0], 0);
    ck_assert_double_eq(y[1], 0);
    free(a), free(b), free(bias), free(y);
  }
}
END_TEST

/* 0 times NaN is NaN: nothing is skipped because a factor is 0. */
START_TEST(nan_is_not_multiplied_away) {
  const double a[] = {0, 0, 1, 2}, b[] = {(double)NAN, 1, 3, (double)INFINITY};
  double out[4];
  const agk_gemm_geometry g = {
      .m = 2, .n = 2, .k = 2, .lda = 2, .ldb = 2, .ldc = 2, .batch = 1, .stride_c = 4};
  agk_gemm_f64(1, &g, a, b, 0, out, NULL);
  ck_assert(isnan(out[0]) && isnan(out[1]) && isnan(out[2]));
  ck_assert_double_eq(out[3], (double)INFINITY);
}
END_TEST

TCase *gemm_kernel_tests(void) {
  TCase *t = tcase_create("gemm");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, every_size_and_layout_multiplies);
  tcase_add_test(t, a_batch_may_share_a_factor);
  tcase_add_test(t, nan_is_not_multiplied_away);
  tcase_add_test(t, a_bias_is_added_and_the_sum_rectified);
  tcase_add_test(t, a_product_may_be_cut_anywhere);
  tcase_add_test(t, nan_is_not_rectified_away);
  return t;
}
#endif
