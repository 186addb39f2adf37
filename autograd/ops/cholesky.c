/* The Cholesky root of symmetric positive definite matrices.
 *
 *   cholesky  L L' = (A + A') / 2, L lower triangular with a positive diagonal; or U = L' with U' U
 *
 *   dA = L'^-1 S L^-1,  S the symmetric matrix whose lower triangle is that of L' g / 2
 *
 * (Murray 2016.) L is a function of the symmetric part of A alone, so the gradient is symmetric and agrees
 * with differences of single elements. */
#ifndef AG_REAL
#include <math.h>

#include "core/parallel.h"
#include "kernels/blas.h"
#include "kernels/lapack.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/matrices.h"
#include "ops/sample.h"

static bool cholesky_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  return ag_check_square(call, 0);
}

#define AG_SELF "ops/cholesky.c"
#include "core/each_real.h"
#else

/* The symmetric part of A in one triangle of L, zeros in the other. */
static void AG_NAME(prepare)(int64_t n, bool upper, const AG_REAL *a, AG_REAL *l) {
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = 0; j < n; j++) {
      const bool inside = upper ? j >= i : j <= i;
      l[i * n + j] = inside ? a[i * n + j] / 2 + a[j * n + i] / 2 : 0;
    }
  }
}

/* NaN throughout the triangle. */
static void AG_NAME(spoil)(int64_t n, bool upper, AG_REAL *l) {
  for (int64_t i = 0; i < n; i++) {
    for (int64_t j = upper ? i : 0; j < (upper ? n : i + 1); j++) l[i * n + j] = NAN;
  }
}

static void AG_NAME(cholesky)(const ag_call *call) {
  const ag_triangular_attributes *t = call->attributes;
  const ag_tensor *x = call->in[0];
  if (x->numel == 0) return;
  const int64_t n = x->dim[x->rank - 1], count = ag_matrix_count(ag_shape_of(x));
  int *fault = ag_scratch(call, (size_t)count * sizeof *fault);
  if (!fault) return;
  const AG_REAL *a = ag_data(x);
  AG_REAL *roots = ag_data(call->out[0]);
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(call->threads, count, ag_matrix_work(x)))
  for (int64_t i = 0; i < count; i++) {
    AG_REAL *l = roots + i * n * n;
    AG_NAME(prepare)(n, t->upper, a + i * n * n, l);
    const bool lost = AG_NAME(agk_has_nan)(n * n, l);
    if (lost) AG_NAME(spoil)(n, t->upper, l);
    fault[i] = lost ? 0 : AG_NAME(agk_cholesky)(n, t->upper, l);
  }
  agk_blas_end(state);
  for (int64_t i = 0; i < count; i++) {
    if (fault[i] && !ag_reject_matrix(call, i, "not positive definite: leading minor", fault[i])) return;
  }
}
#endif

#ifndef AG_REAL

static ag_tensor *solved(ag_tensor *l, ag_tensor *b, bool right) {
  return ag_solve_triangular(l, b, .right = right, .transposed = !right);
}

static void cholesky_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_triangular_attributes *t = node->attributes;
  ag_tensor *l = ag_result(node, 0), *dl = g[0];
  if (t->upper) {
    l = ag_transpose(l, -1, -2);
    dl = ag_transpose(dl, -1, -2);
  }
  ag_tensor *p = ag_matmul(ag_transpose(l, -1, -2), dl);
  ag_tensor *s = ag_mul_scalar(ag_add(ag_tril(p, 0), ag_transpose(ag_tril(p, -1), -1, -2)), 0.5);
  dx[0] = solved(l, solved(l, s, false), true);
}

static double cholesky_flops(const ag_call *call) {
  return (double)call->in[0]->numel * (double)ag_dim(call->in[0], -1) / 3;
}

#define TRIANGLE(...) AG_WITH(ag_triangular_attributes, __VA_ARGS__)
#define LOWER TRIANGLE(.upper = false)
#define UPPER TRIANGLE(.upper = true)
#define WORKS(with, ...)                                                                                     \
  { AG_OPERANDS_(__VA_ARGS__), .attributes = with, .low = -0.5, .high = 0.5, .dominant = true }
static const ag_sample cholesky_samples[] = {
    WORKS(LOWER, AG_LIST(3, 3)),
    WORKS(UPPER, AG_LIST(4, 4)),
    WORKS(LOWER, AG_LIST(2, 1, 4, 4)),
    WORKS(UPPER, AG_LIST(3, 2, 2)),
    WORKS(LOWER, AG_LIST(1, 1)),
    WORKS(LOWER, AG_LIST(1, 1, 1, 1, 1, 2, 2, 2)),
    WORKS(LOWER, AG_LIST(0, 0)),
    WORKS(UPPER, AG_LIST(0, 3, 3)),
    WORKS(LOWER, AG_LIST(2, 0, 0)),
    AG_REFUSED("cholesky: 3 is not made of square matrices", LOWER, AG_LIST(3)),
    AG_REFUSED("cholesky: 2x3 is not made of square matrices", LOWER, AG_LIST(2, 3)),
    AG_REFUSED("cholesky: scalar is not made of square matrices", LOWER, AG_POINT),
    AG_NO_MORE,
};

const ag_op ag_op_cholesky = {.name = "cholesky",
                              .formula = "L with L L' = (x + x') / 2",
                              .shapes = "(..., n, n) -> (..., n, n)",
                              .n_in = 1,
                              .attribute_size = sizeof(ag_triangular_attributes),
                              .shape = cholesky_shape,
                              .forward = {cholesky_f32, cholesky_f64},
                              .vjp = cholesky_vjp,
                              .flops = cholesky_flops,
                              .samples = cholesky_samples};

ag_tensor *(ag_cholesky)(ag_cholesky_args a) {
  return ag_apply(a.at, &ag_op_cholesky, 1, &a.x, &(ag_triangular_attributes){.upper = a.upper});
}

ag_tensor *(ag_cholesky_solve)(ag_cholesky_solve_args a) {
  ag_tensor *y = (ag_solve_triangular)((ag_solve_triangular_args){
      .at = a.at, .a = a.l, .b = a.b, .upper = a.upper, .transposed = a.upper});
  return (ag_solve_triangular)((ag_solve_triangular_args){
      .at = a.at, .a = a.l, .b = y, .upper = a.upper, .transposed = !a.upper});
}
#endif
