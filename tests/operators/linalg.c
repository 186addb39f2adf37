/* Linear algebra: matrices that cannot be used, determinants, functions made of the operators. */
#include <math.h>
#include <string.h>

#include "tests/operators/walk.h"

/* ---- Helpers ---- */

#define LOST ((double)NAN)
#define MATRIX(rows, columns, ...) ag_from_double(c, AG_SHAPE(rows, columns), (const double[]){__VA_ARGS__})

static ag_tensor *trained(ag_tensor *x) {
  ag_set_requires_grad(x, true);
  return x;
}

static ag_tensor *gradient(ag_tensor *y, ag_tensor *x) {
  ag_tensor *sum = ag_sum(y), *g = NULL;
  ck_assert_msg(ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &x, .grads = &g), "%s", ag_error_message(c));
  return g;
}

static ag_tensor *dominant(ag_shape shape, uint64_t salt) {
  ag_tensor *x = irregular_leaf(c, shape, salt, -0.5, 0.5);
  const int64_t n = shape.dim[shape.rank - 1];
  return trained(ag_detach(ag_add(x, ag_mul_scalar(ag_eye(c, n, n), (double)n))));
}

/* A matrix of rank r, exactly where its elements are whole numbers. */
static ag_tensor *of_rank(int64_t n, int64_t r, bool whole) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(n, r), 7, -3, 3), *y = irregular_leaf(c, AG_SHAPE(r, n), 8, -3, 3);
  return trained(ag_detach(whole ? ag_matmul(ag_round(x), ag_round(y)) : ag_matmul(x, y)));
}

/* ---- Matrices that cannot be used ---- */

#define INDEFINITE 4, 0, 0, 0, 0, 4, 6, 0, 0, 6, 4, 0, 0, 0, 0, 1
START_TEST(cholesky_names_the_minor) {
  ag_tensor *good = ag_expand(ag_eye(c, 4, 4), AG_SHAPE(3, 4, 4)), *bad = ag_from_double(c, AG_SHAPE(1, 4, 4), (const double[]){INDEFINITE});
  ag_tensor *x = ag_reshape(ag_concat(2, (ag_tensor *[]){good, bad}, 0), AG_SHAPE(2, 2, 4, 4));
  ag_cholesky(x);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cholesky: matrix 3 of 2x2x4x4 is not positive definite: leading minor 3");
  ag_cholesky(x, .upper = true);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cholesky: matrix 3 of 2x2x4x4 is not positive definite: leading minor 3");
  ag_cholesky(MATRIX(2, 2, 0, 0, 0, 1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cholesky: matrix 0 of 2x2 is not positive definite: leading minor 1");
}
END_TEST

START_TEST(singular_matrices_are_refused) {
  ag_tensor *x = ag_from_double(c, AG_SHAPE(2, 2, 2), (const double[]){1, 2, 3, 4, 1, 2, 2, 4}), *b = ag_full(c, AG_SHAPE(2, 1), 1);
  ag_inverse(x);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "inverse: matrix 1 of 2x2x2 is singular: no pivot in row 1");
  ag_solve(x, b);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "solve: matrix 1 of 2x2x2 is singular: no pivot in row 1");
  ag_solve(x, b, .right = true);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "solve: 2x2x2 and 1x2 do not fit");
  x = MATRIX(3, 3, 1, 9, 9, 0, 2, 9, 3, 4, 0);
  b = ag_full(c, AG_SHAPE(3, 1), 1);
  ag_solve_triangular(x, b);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "solve_triangular: matrix 0 of 3x3 is singular: 0 on the diagonal in row 2");
  ASSERT_ELEMENTS(ag_solve_triangular(x, b, .unitriangular = true), AG_SHAPE(3, 1), 1, 1, -6);
}
END_TEST

/* NaN goes neither into pivots nor into other matrices of the batch. */
START_TEST(nan_spoils_its_matrix_alone) {
  for (int at = 0; at < 9; at++) {
    double elements_of[18] = {4, 1, 0, 1, 4, 1, 0, 1, 4, 4, 1, 0, 1, 4, 1, 0, 1, 4};
    elements_of[at] = LOST;
    ag_tensor *x = ag_from_double(c, AG_SHAPE(2, 3, 3), elements_of), *sign;
    ag_tensor *made[] = {ag_inverse(x), ag_solve(x, ag_eye(c, 3, 3)), ag_det(x), ag_slogdet(x, .sign = &sign)};
    for (int i = 0; i < LENGTH(made); i++) {
      const int64_t half = ag_numel(made[i]) / 2;
      for (int64_t k = 0; k < 2 * half; k++) ck_assert(isnan(element(made[i], k)) == (k < half));
    }
    ck_assert(isnan(element(sign, 0)) && element(sign, 1) == 1);
    ag_tensor *l = ag_cholesky(x), *u = ag_cholesky(x, .upper = true);
    for (int k = 0; k < 18; k++) {
      ck_assert(isnan(element(l, k)) == (k < 9 && k % 3 <= k / 3));
      ck_assert(isnan(element(u, k)) == (k < 9 && k % 3 >= k / 3));
    }
  }
  ASSERT_ELEMENTS(ag_det(MATRIX(1, 1, INFINITY)), AG_SCALAR, INFINITY);
}
END_TEST

/* ---- Determinants ---- */

START_TEST(determinants_of_singular_matrices) {
  ag_tensor *x = MATRIX(3, 3, 1, 2, 3, 2, 4, 6, 1, 0, 1), *sign;
  ASSERT_ELEMENTS(ag_det(x), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_slogdet(x, .sign = &sign), AG_SCALAR, -INFINITY);
  ASSERT_ELEMENTS(sign, AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_logdet(x), AG_SCALAR, -INFINITY);
  ASSERT_ELEMENTS(ag_logdet(MATRIX(2, 2, 0, 1, 1, 0)), AG_SCALAR, LOST);
  ASSERT_ELEMENTS(ag_slogdet(MATRIX(2, 2, 0, 2, 1, 0), .sign = &sign), AG_SCALAR, log(2));
  ASSERT_ELEMENTS(sign, AG_SCALAR, -1);
  ag_tensor *none = ag_zeros(c, AG_SHAPE(2, 0, 0));
  ASSERT_ELEMENTS(ag_det(none), AG_SHAPE(2), 1, 1);
  ASSERT_ELEMENTS(ag_logdet(none), AG_SHAPE(2), 0, 0);
  /* The cofactors, of which the formula with the inverse knows nothing. */
  trained(x);
  ASSERT_ELEMENTS(gradient(ag_det(x), x), AG_SHAPE(3, 3), 4, 4, -4, -2, -2, 2, 0, 0, 0);
  ag_tensor *sum = ag_sum(ag_logdet(x)), *g;
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &x, .grads = &g));
  ck_assert_ptr_nonnull(strstr(ag_error_message(c), "inverse: matrix 0 of 3x3 is singular: no pivot in row 1"));
  ag_clear_error(c);
}
END_TEST

static ag_tensor *squared_det(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *y = ag_det(in[0]);
  return ag_add(y, ag_square(y));
}

/* Exactly singular ones and such that rounding makes regular, of every rank. */
START_TEST(determinants_are_differentiable_at_every_rank) {
  const int64_t n = _i / 8 + 1, rank = _i % 8 / 2;
  if (rank > n) return;
  ag_tensor *x = rank ? of_rank(n, rank, _i % 2) : trained(ag_zeros(c, AG_SHAPE(n, n)));
  ck_assert_msg(ag_gradcheck(c, squared_det, NULL, 1, &x, .order = 2, .eps = 1e-4), "n %d, rank %d: %s", (int)n, (int)rank, ag_error_message(c));
}
END_TEST

/* The third derivative of a determinant of three rows is 1 or -1 where nothing else is left. */
START_TEST(determinants_of_zeros_have_third_derivatives) {
  ag_tensor *x = trained(ag_zeros(c, AG_SHAPE(3, 3))), *g = ag_det(x);
  for (int k = 0; k < 3; k++) {
    ag_tensor *of = g;
    ck_assert_msg(ag_grad(.n_outputs = 1, .outputs = &of, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true), "%s", ag_error_message(c));
    g = ag_select(ag_select(g, 0, k), 0, (k + 1) % 3);
  }
  ASSERT_ELEMENTS(g, AG_SCALAR, 1);
}
END_TEST

START_TEST(batches_mix_ranks) {
  ag_tensor *x = trained(ag_from_double(c, AG_SHAPE(3, 1, 2, 2), (const double[]){1, 2, 3, 4, 1, 2, 2, 4, 0, 0, 0, 0}));
  ag_tensor *y = ag_det(x);
  ASSERT_ELEMENTS(y, AG_SHAPE(3, 1), -2, 0, 0);
  ASSERT_ELEMENTS(gradient(y, x), AG_SHAPE(3, 1, 2, 2), 4, -3, -2, 1, 4, -2, -2, 1, 0, 0, 0, 0);
  ck_assert(ag_gradcheck(c, squared_det, NULL, 1, &x, .order = 2, .eps = 1e-4));
}
END_TEST

/* ---- Functions made of operators ---- */

START_TEST(products_of_fixed_rank) {
  ag_tensor *x = MATRIX(2, 2, 1, 2, 3, 4), *v = ag_from_double(c, AG_SHAPE(2), (const double[]){5, 6});
  ASSERT_ELEMENTS(ag_mm(x, x), AG_SHAPE(2, 2), 7, 10, 15, 22);
  ASSERT_ELEMENTS(ag_mv(x, v), AG_SHAPE(2), 17, 39);
  ASSERT_ELEMENTS(ag_dot(v, v), AG_SCALAR, 61);
  ASSERT_ELEMENTS(ag_outer(v, ag_slice(v, 0, 0, 1, 1)), AG_SHAPE(2, 1), 25, 30);
  ASSERT_ELEMENTS(ag_bmm(ag_unsqueeze(x, 0), ag_unsqueeze(x, 0)), AG_SHAPE(1, 2, 2), 7, 10, 15, 22);
  ASSERT_ELEMENTS(ag_trace(MATRIX(2, 3, 1, 2, 3, 4, 5, 6)), AG_SCALAR, 6);
  ag_mm(x, v);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "mm: operands have rank 2 and 2, found 2x2 and 2");
  ag_bmm(ag_zeros(c, AG_SHAPE(2, 2, 2)), ag_zeros(c, AG_SHAPE(1, 2, 2)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "bmm: the batches of 2x2x2 and 1x2x2 differ");
  ag_dot(v, ag_zeros(c, AG_SHAPE(3)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "matmul: 2 and 3 do not fit");
  ag_trace(v);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "trace: 2 is not a matrix");
}
END_TEST

START_TEST(solve_takes_vectors_and_rows) {
  ag_tensor *a = dominant(AG_SHAPE(2, 3, 3), 1), *b = irregular_leaf(c, AG_SHAPE(2, 3), 2, -1, 1);
  ag_tensor *x = ag_solve(a, b);
  ck_assert_int_eq(ag_rank(x), 2);
  assert_close(ag_squeeze(ag_matmul(a, ag_unsqueeze(x, -1)), AG_AXES(-1)), b, 1e-13);
  ag_tensor *row = ag_select(b, 0, 0), *first = ag_select(a, 0, 0);
  assert_close(ag_matmul(first, ag_solve(first, row)), row, 1e-13);
  assert_close(ag_matmul(ag_solve(first, row, .right = true), first), row, 1e-13);
  ag_tensor *rows = irregular_leaf(c, AG_SHAPE(2, 4, 3), 3, -1, 1);
  assert_close(ag_matmul(ag_solve(a, rows, .right = true), a), rows, 1e-13);
  ag_solve(a, ag_scalar(c, 1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "solve: 2x3x3 and scalar do not fit");
}
END_TEST

static ag_tensor *with_root(ag_tensor *const *in, void *user) {
  const bool upper = user != NULL;
  return ag_cholesky_solve(in[1], ag_cholesky(in[0], .upper = upper), .upper = upper);
}

static ag_tensor *others(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *rows = ag_solve(in[0], ag_transpose(in[1], -1, -2), .right = true);
  return ag_add(ag_sum(ag_square(rows)), ag_sum(ag_logdet(in[0])));
}

START_TEST(cholesky_solve_inverts_the_product) {
  ag_tensor *in[] = {dominant(AG_SHAPE(2, 3, 3), 4), trained_leaf(c, AG_SHAPE(3, 2), 5, -1, 1)};
  ag_tensor *symmetric = ag_mul_scalar(ag_add(in[0], ag_transpose(in[0], -1, -2)), 0.5);
  for (int upper = 0; upper < 2; upper++) {
    ag_tensor *x = with_root(in, upper ? in : NULL);
    assert_close(ag_matmul(symmetric, x), ag_expand(in[1], AG_SHAPE(2, 3, 2)), 1e-13);
    ck_assert(ag_gradcheck(c, with_root, upper ? in : NULL, 2, in, .order = 2));
  }
  ck_assert(ag_gradcheck(c, others, NULL, 2, in, .order = 2));
}
END_TEST

TCase *linalg_tests(void) {
  TCase *t = tcase_create("linalg");
  with_context(t);
  tcase_add_test(t, cholesky_names_the_minor);
  tcase_add_test(t, singular_matrices_are_refused);
  tcase_add_test(t, nan_spoils_its_matrix_alone);
  tcase_add_test(t, determinants_of_singular_matrices);
  tcase_add_loop_test(t, determinants_are_differentiable_at_every_rank, 0, 32);
  tcase_add_test(t, determinants_of_zeros_have_third_derivatives);
  tcase_add_test(t, batches_mix_ranks);
  tcase_add_test(t, products_of_fixed_rank);
  tcase_add_test(t, solve_takes_vectors_and_rows);
  tcase_add_test(t, cholesky_solve_inverts_the_product);
  return t;
}
