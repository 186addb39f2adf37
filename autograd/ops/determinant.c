/* Determinants, by LU factors.
 *
 *   det      y = det A                               dA = g det(A) A'^-1
 *   slogdet  sign of det A, and log |det A|          dA = g A'^-1, of the logarithm
 *   logdet   log det A; NaN where det A < 0, -infinity where it is 0
 *
 * Where a matrix is singular, A^-1 does not exist, but the determinant is a polynomial all the same. With
 * rows and columns in the order of complete pivoting, and r the rank,
 *
 *   A = [P Q; R S],  P r x r,        det A = +- det(P) det(S - R P^-1 Q)
 *
 * where P is regular and the other factor is a small determinant, which is computed without division (Bird
 * 2011). Made of operators, this has gradients of any order. */
#ifndef AG_REAL
#include <math.h>

#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/matrices.h"
#include "ops/rank.h"
#include "ops/sample.h"

static bool det_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  call->shape[0].rank -= 2;
  return ag_check_square(call, 0);
}

static bool slogdet_shape(ag_call *call) {
  const bool fits = det_shape(call);
  call->shape[1] = call->shape[0];
  return fits;
}

#define AG_SELF "ops/determinant.c"
#include "core/each_real.h"
#else

/* Sign and, as a logarithm or as it is, the absolute value of determinant i. Where factors have different
 * signs of infinity or 0, IEEE's rules decide. */
static double AG_NAME(multiply)(const ag_lu *lu, int64_t i, double *logarithm) {
  const AG_REAL *factors = lu->factors, *a = factors + i * lu->n * lu->n;
  double product = 1, sign = 1, sum = 0;
  if (lu->fault[i] == AG_LU_NAN) product = sign = sum = NAN;
  for (int64_t j = 0; j < lu->n && lu->fault[i] != AG_LU_NAN; j++) {
    const double factor = (double)a[j * (lu->n + 1)], turn = lu->pivot[i * lu->n + j] == j + 1 ? 1 : -1;
    product *= turn * factor;
    sign *= turn * (factor > 0 ? 1 : factor < 0 ? -1 : factor);
    if (logarithm) sum += log(fabs(factor));
  }
  if (logarithm) *logarithm = sum;
  return logarithm ? sign : product;
}

static void AG_NAME(det)(const ag_call *call) {
  ag_lu lu;
  if (!AG_NAME(ag_factorise)(call, call->in[0], &lu)) return;
  AG_REAL *y = ag_data(call->out[0]);
  for (int64_t i = 0; i < lu.count; i++) y[i] = (AG_REAL)AG_NAME(multiply)(&lu, i, NULL);
}

static void AG_NAME(slogdet)(const ag_call *call) {
  ag_lu lu;
  if (!AG_NAME(ag_factorise)(call, call->in[0], &lu)) return;
  AG_REAL *sign = ag_data(call->out[0]), *logarithm = ag_data(call->out[1]);
  for (int64_t i = 0; i < lu.count; i++) {
    double sum;
    sign[i] = (AG_REAL)AG_NAME(multiply)(&lu, i, &sum);
    logarithm[i] = (AG_REAL)sum;
  }
}
#endif

#ifndef AG_REAL

/* A'^-1, each matrix times its number. */
static ag_tensor *scaled_inverse(ag_tensor *a, ag_tensor *by) {
  ag_tensor *inverse = ag_transpose(ag_inverse(a), -1, -2);
  return ag_mul(inverse, ag_unsqueeze(ag_unsqueeze(by, -1), -1));
}

static void det_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = scaled_inverse(node->in[0], ag_mul(g[0], ag_result(node, 0)));
}

/* The sign is constant wherever it has a derivative. */
static void slogdet_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *a = node->in[0];
  dx[0] = g[1] ? scaled_inverse(a, g[1]) : ag_filled(AG_HERE, a->c, a->dtype, ag_shape_of(a), 0);
}

static double det_flops(const ag_call *call) {
  return (double)call->in[0]->numel * (double)ag_dim(call->in[0], -1) * 2 / 3;
}

#define WORKS(...)                                                                                           \
  { AG_OPERANDS_(__VA_ARGS__), .low = -1, .high = 1, .dominant = true }
#define SAMPLES(name)                                                                                        \
  WORKS(AG_LIST(3, 3)), WORKS(AG_LIST(2, 1, 4, 4)), WORKS(AG_LIST(3, 2, 2)), WORKS(AG_LIST(1, 1)),           \
      WORKS(AG_LIST(1, 1, 1, 1, 1, 2, 2, 2)), WORKS(AG_LIST(0, 0)), WORKS(AG_LIST(0, 3, 3)),                 \
      WORKS(AG_LIST(2, 0, 0)), AG_WORKS(-2, 2, NULL, AG_LIST(2, 4, 4)),                                      \
      AG_REFUSED(name ": 3 is not made of square matrices", NULL, AG_LIST(3)),                               \
      AG_REFUSED(name ": 4x2x3 is not made of square matrices", NULL, AG_LIST(4, 2, 3)), AG_NO_MORE
static const ag_sample det_samples[] = {SAMPLES("det")};
static const ag_sample slogdet_samples[] = {SAMPLES("slogdet")};

const ag_op ag_op_det = {.name = "det",
                         .formula = "det x",
                         .shapes = "(..., n, n) -> (...)",
                         .n_in = 1,
                         .shape = det_shape,
                         .forward = {det_f32, det_f64},
                         .vjp = det_vjp,
                         .flops = det_flops,
                         .samples = det_samples};

const ag_op ag_op_slogdet = {.name = "slogdet",
                             .formula = "the sign of det x, and log |det x|",
                             .shapes = "(..., n, n) -> (...), (...)",
                             .n_in = 1,
                             .n_out = 2,
                             .shape = slogdet_shape,
                             .forward = {slogdet_f32, slogdet_f64},
                             .vjp = slogdet_vjp,
                             .flops = det_flops,
                             .samples = slogdet_samples};

ag_tensor *(ag_slogdet)(ag_slogdet_args a) {
  ag_tensor *out[2];
  ag_apply_all(a.at, &ag_op_slogdet, 1, &a.x, NULL, out);
  if (a.sign) *a.sign = out[0];
  return out[1];
}

ag_tensor *(ag_logdet)(ag_site at, ag_tensor *x) {
  ag_tensor *sign, *y = (ag_slogdet)((ag_slogdet_args){.at = at, .x = x, .sign = &sign});
  if (ag_is_nil(y)) return y;
  return (ag_masked_fill)(at, y, (ag_lt_scalar)(at, sign, 0), NAN);
}

/* ---- Singular matrices ---- */

/* det S without division: F_1 = S, F_k+1 = M(F_k) S, and det S = +- F_m[0][0], where M keeps what is above
 * the diagonal and replaces each element on it by minus the sum of those below it there. */
static ag_tensor *small_det(ag_site at, ag_tensor *s) {
  const int64_t m = s->dim[0];
  ag_tensor *f = s;
  for (int64_t k = 1; k < m && !ag_is_nil(f); k++) {
    ag_tensor *diagonal = (ag_diag)(at, f, 0);
    ag_tensor *sum = (ag_sum)((ag_reduce_args){.at = at, .x = diagonal});
    ag_tensor *below = (ag_sub)(at, (ag_cumsum)(at, diagonal, 0), sum);
    f = (ag_matmul)(at, (ag_add)(at, (ag_triu)(at, f, 1), (ag_diag)(at, below, 0)), s);
  }
  ag_tensor *corner = (ag_select)(at, (ag_select)(at, f, 0, 0), 0, 0);
  return m % 2 ? corner : (ag_neg)(at, corner);
}

/* Rows and columns from .. to - 1 of the two axes. */
static ag_tensor *block(ag_site at, ag_tensor *a, int64_t top, int64_t bottom, int64_t left, int64_t right) {
  return (ag_slice)(at, (ag_slice)(at, a, 0, top, bottom, 1), 1, left, right, 1);
}

static ag_tensor *singular_det(ag_site at, ag_tensor *a, const ag_pivots *rank) {
  const int64_t n = a->dim[0], r = rank->rank;
  ag_tensor *row = (ag_from)(at, a->c, AG_I64, AG_SHAPE(n), rank->row),
            *column = (ag_from)(at, a->c, AG_I64, AG_SHAPE(n), rank->column);
  a = (ag_index_select)(at, (ag_index_select)(at, a, 0, row), 1, column);
  ag_tensor *y = r == 0 ? small_det(at, a) : NULL;
  if (!y) {
    ag_tensor *p = block(at, a, 0, r, 0, r);
    ag_tensor *x = (ag_solve)((ag_solve_args){.at = at, .a = p, .b = block(at, a, 0, r, r, n)});
    ag_tensor *s = (ag_sub)(at, block(at, a, r, n, r, n), (ag_matmul)(at, block(at, a, r, n, 0, r), x));
    if (ag_is_nil(s)) return s;
    y = (ag_mul)(at, ag_apply(at, &ag_op_det, 1, &p, NULL), small_det(at, s));
  }
  return rank->odd ? (ag_neg)(at, y) : y;
}

/* Matrix by matrix, since ranks differ. */
static ag_tensor *dets_by_rank(ag_site at, ag_tensor *a, ag_shape shape, const ag_pivots *ranks,
                               int64_t count) {
  const int64_t n = a->dim[a->rank - 1];
  ag_tensor **y = ag_scope_bytes(a->c, (size_t)count * sizeof *y, at);
  if (!y) return &a->c->nil;
  a = (ag_reshape)(at, a, AG_SHAPE(count, n, n));
  for (int64_t i = 0; i < count; i++) {
    ag_tensor *matrix = (ag_select)(at, a, 0, i);
    if (ag_is_nil(matrix)) return matrix;
    y[i] =
        ranks[i].rank == n ? ag_apply(at, &ag_op_det, 1, &matrix, NULL) : singular_det(at, matrix, &ranks[i]);
  }
  return (ag_reshape)(at, (ag_stack)(at, (int)count, y, 0), shape);
}

ag_tensor *(ag_det)(ag_site at, ag_tensor *x) {
  ag_tensor *y = ag_apply(at, &ag_op_det, 1, &x, NULL);
  if (ag_is_nil(y) || !y->requires_grad || x->numel == 0) return y;
  bool singular;
  const ag_pivots *ranks = ag_ranks(at, x, &singular);
  if (!ranks) return &x->c->nil;
  return singular ? dets_by_rank(at, x, ag_shape_of(y), ranks, y->numel) : y;
}
#endif
