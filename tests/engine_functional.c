/* Transforms of functions: products with the Jacobian, Jacobians and Hessians. */
#include "tests/test_engine.h"

#include <math.h>
#include <string.h>

#include "tests/vectors/functional.h"

#define ONE(...) .n_inputs = 1, .inputs = (ag_tensor *[]){__VA_ARGS__}
#define TWO(...) .n_inputs = 2, .inputs = (ag_tensor *[]){__VA_ARGS__}

static ag_tensor *matrix(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_mul(ag_tanh(ag_matmul(in[0], in[1])), ag_exp(ag_mul_scalar(ag_sum(in[0]), 0.25)));
}

static ag_tensor *number(ag_tensor *const *in, void *user) {
  return ag_log(ag_add_scalar(ag_sum(ag_square(matrix(in, user))), 1));
}

static ag_tensor *squares(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_square(in[0]);
}

static ag_tensor *the_input(ag_tensor *const *in, void *user) {
  (void)user;
  return in[0];
}

/* x^4 of each element, summed. */
static ag_tensor *fourth(ag_tensor *const *in, void *user) {
  return ag_sum(ag_square(squares(in, user)));
}

static ag_tensor *first_alone(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_sum(ag_square(in[0]));
}

/* ---- Values ---- */

START_TEST(values_are_those_of_pytorch) {
  ag_tensor *x = ag_from_double(c, AG_SHAPE(2, 3), torch_x), *w = ag_from_double(c, AG_SHAPE(3, 2), torch_w), *out[4];
  ag_tensor *u = ag_from_double(c, AG_SHAPE(2, 2), torch_u);
  ag_tensor *v[] = {ag_from_double(c, AG_SHAPE(2, 3), torch_v), ag_from_double(c, AG_SHAPE(3, 2), torch_z)};
  assert_elements(ag_vjp(.fn = matrix, TWO(x, w), .results = out, .v = &u), AG_SHAPE(2, 2), torch_value);
  assert_elements(out[0], AG_SHAPE(2, 3), torch_vjp_x);
  assert_elements(out[1], AG_SHAPE(3, 2), torch_vjp_w);
  assert_elements(ag_jvp(.fn = matrix, TWO(x, w), .results = out, .v = v), AG_SHAPE(2, 2), torch_value);
  assert_elements(out[0], AG_SHAPE(2, 2), torch_jvp);
  ag_hvp(.fn = number, TWO(x, w), .results = out, .v = v);
  assert_elements(out[0], AG_SHAPE(2, 3), torch_hvp_x);
  assert_elements(out[1], AG_SHAPE(3, 2), torch_hvp_w);
  assert_elements(ag_jacobian(.fn = matrix, TWO(x, w), .results = out), AG_SHAPE(2, 2), torch_value);
  assert_elements(out[0], AG_SHAPE(2, 2, 2, 3), torch_jacobian_x);
  assert_elements(out[1], AG_SHAPE(2, 2, 3, 2), torch_jacobian_w);
  ck_assert_int_eq(ag_rank(ag_hessian(.fn = number, TWO(x, w), .results = out)), 0);
  assert_elements(out[0], AG_SHAPE(2, 3, 2, 3), torch_hessian_x_x);
  assert_elements(out[1], AG_SHAPE(2, 3, 3, 2), torch_hessian_x_w);
  assert_elements(out[2], AG_SHAPE(3, 2, 2, 3), torch_hessian_w_x);
  assert_elements(out[3], AG_SHAPE(3, 2, 3, 2), torch_hessian_w_w);
}
END_TEST

/* y = exp(A x): J = diag(y) A. f = sum(y): H = A' diag(y) A. */
enum { N = 3 };
static ag_tensor *exp_of_product(ag_tensor *const *in, void *user) {
  return ag_exp(ag_matmul(user, in[0]));
}
static ag_tensor *sum_of_exp(ag_tensor *const *in, void *user) {
  return ag_sum(exp_of_product(in, user));
}

START_TEST(values_are_those_of_the_formula) {
  ag_tensor *a = irregular_leaf(c, AG_SHAPE(N, N), 1, -1, 1), *x = irregular_leaf(c, AG_SHAPE(N), 2, -1, 1);
  ag_tensor *v = irregular_leaf(c, AG_SHAPE(N), 3, -1, 1), *out[1];
  double y[N] = {0}, av[N] = {0}, J[N * N], H[N * N] = {0}, jv[N], vj[N] = {0}, hv[N] = {0};
  for (int i = 0; i < N; i++) {
    double ax = 0;
    for (int j = 0; j < N; j++) {
      ax += irregular(1, i * N + j, -1, 1) * irregular(2, j, -1, 1);
      av[i] += irregular(1, i * N + j, -1, 1) * irregular(3, j, -1, 1);
    }
    y[i] = exp(ax);
    jv[i] = y[i] * av[i];
    for (int j = 0; j < N; j++) {
      J[i * N + j] = y[i] * irregular(1, i * N + j, -1, 1);
      vj[j] += irregular(3, i, -1, 1) * J[i * N + j];
      hv[j] += irregular(1, i * N + j, -1, 1) * jv[i];
    }
  }
  for (int j = 0; j < N; j++) {
    for (int k = 0; k < N; k++) {
      for (int i = 0; i < N; i++) H[j * N + k] += irregular(1, i * N + j, -1, 1) * J[i * N + k];
    }
  }
  ag_jacobian(.fn = exp_of_product, .user = a, ONE(x), .results = out);
  assert_elements(out[0], AG_SHAPE(N, N), J);
  ag_jvp(.fn = exp_of_product, .user = a, ONE(x), .results = out, .v = &v);
  assert_elements(out[0], AG_SHAPE(N), jv);
  ag_vjp(.fn = exp_of_product, .user = a, ONE(x), .results = out, .v = &v);
  assert_elements(out[0], AG_SHAPE(N), vj);
  ag_hessian(.fn = sum_of_exp, .user = a, ONE(x), .results = out);
  assert_elements(out[0], AG_SHAPE(N, N), H);
  ag_hvp(.fn = sum_of_exp, .user = a, ONE(x), .results = out, .v = &v);
  assert_elements(out[0], AG_SHAPE(N), hv);
}
END_TEST

static ag_tensor *small_network(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *y = ag_batch_norm(ag_conv2d(in[0], in[1]), in[2], in[3], .training = true);
  return ag_log_softmax(ag_flatten(ag_max_pool2d(ag_gelu(y), 2), 1), 1);
}

/* <J v, u> = <v, J' u>: forward mode goes through the second derivatives of everything. */
START_TEST(forward_and_reverse_mode_are_adjoint) {
  const ag_shape shape[] = {AG_SHAPE(3, 2, 5, 5), AG_SHAPE(4, 2, 2, 2), AG_SHAPE(4), AG_SHAPE(4), AG_SHAPE(3, 16)};
  ag_tensor *in[4], *v[4], *u = irregular_leaf(c, shape[4], 9, -1, 1), *jv, *vj[4];
  for (int j = 0; j < 4; j++) {
    in[j] = irregular_leaf(c, shape[j], (uint64_t)j, -1, 1);
    v[j] = irregular_leaf(c, shape[j], 20 + (uint64_t)j, -1, 1);
  }
  ag_tensor *y = ag_jvp(.fn = small_network, .n_inputs = 4, .inputs = in, .results = &jv, .v = v);
  assert_same_bits(y, ag_vjp(.fn = small_network, .n_inputs = 4, .inputs = in, .results = vj, .v = &u));
  double adjoint = 0;
  for (int j = 0; j < 4; j++) adjoint += ag_item(ag_sum(ag_mul(v[j], vj[j])));
  ck_assert_double_gt(fabs(adjoint), 0.1);
  ck_assert_double_eq_tol(ag_item(ag_sum(ag_mul(jv, u))), adjoint, 1e-12);
}
END_TEST

START_TEST(both_types_and_all_shapes_work) {
  ag_tensor *x = irregular_leaf(c, AG_SCALAR, 1, 1, 2), *out[1];
  const double value = irregular(1, 0, 1, 2);
  ag_jacobian(.fn = squares, ONE(x), .results = out);
  ASSERT_ELEMENTS(out[0], AG_SCALAR, 2 * value);
  ag_jvp(.fn = squares, ONE(x), .results = out);
  ASSERT_ELEMENTS(out[0], AG_SCALAR, 2 * value);
  ag_vjp(.fn = squares, ONE(x), .results = out);
  ASSERT_ELEMENTS(out[0], AG_SCALAR, 2 * value);
  ag_jacobian(.fn = the_input, ONE(ag_zeros(c, AG_SHAPE(2))), .results = out);
  ASSERT_ELEMENTS(out[0], AG_SHAPE(2, 2), 1, 0, 0, 1);
  ag_tensor *empty = ag_zeros(c, AG_SHAPE(0, 3));
  ck_assert_int_eq(ag_numel(ag_jacobian(.fn = squares, ONE(empty), .results = out, .strict = true)), 0);
  ASSERT_ELEMENTS(out[0], AG_SHAPE(0, 3, 0, 3), 0);
  ag_hessian(.fn = fourth, ONE(empty), .results = out);
  ASSERT_ELEMENTS(out[0], AG_SHAPE(0, 3, 0, 3), 0);
  ag_set_dtype(c, AG_F32);
  x = irregular_leaf(c, AG_SHAPE(2), 1, 1, 2);
  ag_set_dtype(c, AG_F64);
  ag_hessian(.fn = fourth, ONE(x), .results = out);
  ck_assert_int_eq(ag_dtype_of(out[0]), AG_F32);
  ASSERT_ELEMENTS(out[0], AG_SHAPE(2, 2), 12 * value * value, 0, 0, 12 * pow(irregular(1, 1, 1, 2), 2));
  ag_jacobian(.fn = squares, ONE(ag_reshape(x, AG_SHAPE(1, 1, 2))), .results = out);
  ASSERT_ELEMENTS(out[0], AG_SHAPE(1, 1, 2, 1, 1, 2), 2 * value, 0, 0, 2 * irregular(1, 1, 1, 2));
}
END_TEST

START_TEST(inputs_without_influence_have_zeros) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2), 1, 1, 2), *z = irregular_leaf(c, AG_SHAPE(3), 2, 1, 2), *out[4];
  ag_tensor *v[] = {NULL, z};
  ag_jvp(.fn = first_alone, TWO(x, z), .results = out, .v = v);
  ASSERT_ELEMENTS(out[0], AG_SCALAR, 0);
  ag_hvp(.fn = first_alone, TWO(x, z), .results = out, .v = v);
  ASSERT_ELEMENTS(out[0], AG_SHAPE(2), 0, 0);
  ASSERT_ELEMENTS(out[1], AG_SHAPE(3), 0, 0, 0);
  ag_hessian(.fn = first_alone, TWO(x, z), .results = out);
  ASSERT_ELEMENTS(out[0], AG_SHAPE(2, 2), 2, 0, 0, 2);
  ASSERT_ELEMENTS(out[1], AG_SHAPE(2, 3), 0, 0, 0, 0, 0, 0);
  ASSERT_ELEMENTS(out[3], AG_SHAPE(3, 3), 0, 0, 0, 0, 0, 0, 0, 0, 0);
  ck_assert(ag_is_nil(ag_jacobian(.fn = first_alone, TWO(x, z), .results = out, .strict = true)));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "jacobian: the result does not depend on input 1");
  ck_assert(ag_is_nil(out[0]) && ag_is_nil(out[1]));
}
END_TEST

/* ---- Inputs, history, memory ---- */

START_TEST(inputs_may_be_any_tensors) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, 1, 2), *t = ag_transpose(ag_square(x), 0, 1), *out[1];
  ag_tensor *v = ag_full(c, AG_SHAPE(3, 2), 1);
  ag_no_grad_begin(c);
  ag_jvp(.fn = squares, ONE(t), .results = out, .v = &v);
  ag_no_grad_end(c);
  ck_assert(!ag_requires_grad(out[0]));
  ck_assert_double_eq_tol(element(out[0], 1), 2 * pow(irregular(1, 3, 1, 2), 2), 1e-14);
  ck_assert_ptr_null(ag_gradient(x));
  ag_backward(ag_sum(t)); /* its history is as it was */
  ck_assert_double_eq(element(ag_gradient(x), 3), 2 * irregular(1, 3, 1, 2));
}
END_TEST

/* All of f = sum of x^4 at one number, differentiated again: 4 x^3 v, 12 x^2 v. */
START_TEST(recorded_transforms_are_differentiable) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(1), 1, 1, 2), *v = trained_leaf(c, AG_SHAPE(1), 2, 1, 2), *one = trained_leaf(c, AG_SCALAR, 2, 1, 2);
  const double p = irregular(1, 0, 1, 2), q = irregular(2, 0, 1, 2);
  const double expected[][2] = {{12 * p * p * q, 4 * p * p * p}, {12 * p * p * q, 4 * p * p * p}, {24 * p * q, 12 * p * p}, {12 * p * p}, {24 * p}};
  for (int i = 0; i < 5; i++) {
    ag_tensor *out[1], *directions[] = {i == 0 ? one : v};
    const ag_transform_args a = {.at = "here", .fn = fourth, ONE(x), .results = out, .v = directions, .create_graph = true};
    (i == 0 ? (ag_vjp) : i == 1 ? (ag_jvp) : i == 2 ? (ag_hvp) : i == 3 ? (ag_jacobian) : (ag_hessian))(a);
    ag_tensor *y = ag_sum(out[0]), *inputs[] = {x, directions[0]}, *g[2];
    ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 2, .inputs = inputs, .grads = g, .allow_unused = true));
    ASSERT_ELEMENTS(g[0], AG_SHAPE(1), expected[i][0]);
    if (i < 3) ASSERT_ELEMENTS(g[1], i == 0 ? AG_SCALAR : AG_SHAPE(1), expected[i][1]);
    if (i >= 3) ck_assert_ptr_null(g[1]);
  }
}
END_TEST

static ag_tensor *scaled(ag_tensor *const *in, void *user) { return ag_mul(ag_square(in[0]), user); }

START_TEST(what_fn_uses_besides_takes_part) {
  ag_tensor *w = ag_parameter(c, "w", AG_SCALAR), *x = irregular_leaf(c, AG_SHAPE(2), 1, 1, 2), *out[1];
  ag_assign(w, (const double[]){3});
  ag_scope_begin(c);
  ag_jacobian(.fn = scaled, .user = w, ONE(x), .results = out, .create_graph = true);
  ag_backward(ag_sum(out[0])); /* the sum of 2 w x */
  ASSERT_ELEMENTS(ag_gradient(w), AG_SCALAR, 2 * (irregular(1, 0, 1, 2) + irregular(1, 1, 1, 2)));
  ck_assert_ptr_null(ag_gradient(x));
  ag_scope_end(c);
}
END_TEST

static ag_tensor *long_chain(ag_tensor *const *in, void *user) {
  ag_tensor *y = in[0];
  (void)user;
  for (int i = 0; i < 40; i++) y = ag_tanh(y);
  return ag_slice(y, 0, 0, 2, 1);
}

START_TEST(only_results_are_left) {
  const ag_shape shape = AG_SHAPE(20000);
  ag_tensor *x = irregular_leaf(c, shape, 1, -1, 1), *v = irregular_leaf(c, shape, 2, -1, 1), *out[1];
  const size_t unit = 20000 * sizeof(double), before = ag_memory(c);
  ag_jvp(.fn = long_chain, ONE(x), .results = out, .v = &v);
  ag_jvp(.fn = long_chain, ONE(x), .results = out, .v = &v);
  ck_assert_uint_lt(ag_memory(c), before + unit); /* two numbers, and what arenas hold */
  ag_jacobian(.fn = long_chain, ONE(x), .results = out);
  ck_assert_uint_lt(ag_memory(c), before + 4 * unit); /* two rows, in a buffer that may be larger */
  ck_assert_uint_gt(ag_memory_peak(c), before + 40 * unit);
  ag_scope_begin(c);
  ag_jvp(.fn = long_chain, ONE(x), .results = out, .v = &v);
  ag_scope_end(c);
  ag_sum(out[0]);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "sum: operand 0 is stale: the scope that it was made in has ended; use ag_keep");
}
END_TEST

/* One row of a Hessian and a Jacobian, joined. */
static ag_tensor *derivatives(ag_ctx *k) {
  ag_tensor *x = irregular_leaf(k, AG_SHAPE(12, 12), 1, -0.2, 0.2), *w = irregular_leaf(k, AG_SHAPE(12, 1), 2, -0.2, 0.2);
  ag_tensor *hv[2], *J[2], *v[] = {x, w};
  ag_hvp(.fn = number, TWO(x, w), .results = hv, .v = v);
  ag_jacobian(.fn = matrix, TWO(x, w), .results = J);
  return ag_concat(2, ((ag_tensor *[]){ag_flatten(hv[0], 0), ag_flatten(J[0], 0)}), 0);
}

START_TEST(memory_may_end_anywhere) {
  ag_tensor *expected = derivatives(c);
  bool failed = true;
  for (int64_t n = 1; failed; n++) {
    counter count = {.fail_at = n, .once = true};
    ag_ctx *k = ag_ctx_new_with(counting(&count));
    ag_set_dtype(k, AG_F64);
    ag_tensor *found = derivatives(k);
    failed = ag_error(k) != AG_OK;
    if (failed) {
      ck_assert_int_eq(ag_error(k), AG_EMEMORY);
      ck_assert(ag_is_nil(found));
      ag_clear_error(k);
      found = derivatives(k);
    }
    assert_same_bits(found, expected);
    ag_ctx_free(k);
    ck_assert_int_eq(count.live, 0);
  }
}
END_TEST

/* ---- Mistakes ---- */

typedef enum { NOTHING, NIL, DEAD, FOREIGN, INTEGERS, OPEN, CLOSED, UNRECORDED } mistake;
static ag_ctx *other;

static ag_tensor *mistaken(ag_tensor *const *in, void *user) {
  const mistake m = *(const mistake *)user;
  ag_tensor *y = ag_square(in[0]);
  if (m == NOTHING) return NULL;
  if (m == NIL) return ag_detach(NULL);
  if (m == FOREIGN) return ag_zeros(other, AG_SHAPE(2));
  if (m == INTEGERS) return ag_argmax(y);
  if (m == OPEN || m == DEAD) ag_scope_begin(c);
  if (m == DEAD) y = ag_square(y);
  if (m == CLOSED || m == DEAD) ag_scope_end(c);
  if (m == UNRECORDED) ag_no_grad_begin(c);
  return y;
}

START_TEST(what_fn_returns_is_checked) {
  static const char *const texts[] = {"fn returned no tensor",
                                      "fn returned no tensor",
                                      "fn returned a tensor whose scope has ended",
                                      "fn returned a tensor of another context",
                                      "fn returned int64, wanted is float32 or float64",
                                      "fn has not as many ag_scope_end as ag_scope_begin",
                                      "fn has not as many ag_scope_end as ag_scope_begin",
                                      "fn has not as many ag_no_grad_end as ag_no_grad_begin"};
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 1, 2), *out[1];
  other = ag_ctx_new();
  for (mistake m = NOTHING; m <= UNRECORDED; m++) {
    char expected[128];
    snprintf(expected, sizeof expected, "jacobian: %s", texts[m]);
    ag_scope_begin(c);
    ck_assert(ag_is_nil((ag_jacobian)((ag_transform_args){.at = "here", .fn = mistaken, .user = &m, ONE(x), .results = out})));
    ck_assert(ag_is_nil(out[0]));
    assert_error(c, m == INTEGERS ? AG_EDTYPE : m < DEAD ? AG_EVALUE : AG_ESTATE, "here", expected);
    ag_scope_end(c);
    ck_assert_int_eq(ag_error(c), AG_OK); /* as many scopes are open as before */
    ck_assert(ag_requires_grad(ag_square(x)));
  }
  ag_scope_end(c);
  assert_error(c, AG_ESTATE, "ag_scope_end", "there is no open scope; ag_ctx_free closes the root scope");
  ag_ctx_free(other);
}
END_TEST

START_TEST(arguments_are_checked) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3), 1, 1, 2), *wide = ag_zeros(c, AG_SHAPE(3, 2)), *out[4], *nothing = NULL;
  ag_tensor *labels = ag_from(c, AG_I64, AG_SHAPE(2), (const int64_t[]){1, 2});
  ag_set_dtype(c, AG_F32);
  ag_tensor *single = ag_zeros(c, AG_SHAPE(2, 3));
  ag_set_dtype(c, AG_F64);
  ag_hessian(.fn = squares, ONE(x), .results = out);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "hessian: fn returned 2x3, wanted is one element; take its ag_sum or ag_mean");
  ag_hvp(.fn = squares, ONE(x), .results = out, .v = &x);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "hvp: fn returned 2x3, wanted is one element; take its ag_sum or ag_mean");
  ag_vjp(.fn = squares, ONE(x), .results = out, .v = &wide);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "vjp: v[0] is float64 3x2, wanted is float64 2x3, as the result of fn");
  ag_jvp(.fn = squares, ONE(x), .results = out, .v = &single);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "jvp: v[0] is float32 2x3, wanted is float64 2x3, as its input");
  ag_vjp(.fn = squares, ONE(x), .results = out);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "vjp: there is no v, which a single number alone can do without");
  ag_jvp(.fn = first_alone, TWO(x, x), .results = out);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "jvp: there is no v, which a single number alone can do without");
  ag_jacobian(.fn = squares, ONE(labels), .results = out);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "jacobian: input 0 is int64 and has no derivative; hand it to fn through .user instead");
  ag_jacobian(.fn = squares, TWO(x, nothing), .results = out);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "jacobian: input 1 is NULL");
  ag_jacobian(.fn = NULL, ONE(x), .results = out);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "jacobian: there is no fn");
  ag_jacobian(.fn = squares, ONE(ag_zeros(c, AG_SHAPE(1, 1, 1, 1, 1))), .results = out);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "jacobian: the derivative of 1x1x1x1x1 by input 0, 1x1x1x1x1, has more than 8 axes");
  ck_assert_ptr_null(ag_jacobian(.fn = squares, ONE(nothing), .results = out));
  ck_assert(ag_is_nil(ag_vjp(.fn = squares, ONE(x))));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "vjp: results is NULL");
  ck_assert_ptr_null(ag_jacobian(.fn = squares, .n_inputs = 1, .results = out));
}
END_TEST

TCase *functional_tests(void) {
  TCase *t = tcase_create("functional");
  with_context(t);
  tcase_add_test(t, values_are_those_of_pytorch);
  tcase_add_test(t, values_are_those_of_the_formula);
  tcase_add_test(t, forward_and_reverse_mode_are_adjoint);
  tcase_add_test(t, both_types_and_all_shapes_work);
  tcase_add_test(t, inputs_without_influence_have_zeros);
  tcase_add_test(t, inputs_may_be_any_tensors);
  tcase_add_test(t, recorded_transforms_are_differentiable);
  tcase_add_test(t, what_fn_uses_besides_takes_part);
  tcase_add_test(t, only_results_are_left);
  tcase_add_test(t, memory_may_end_anywhere);
  tcase_add_test(t, what_fn_returns_is_checked);
  tcase_add_test(t, arguments_are_checked);
  return t;
}
