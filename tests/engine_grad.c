/* ag_grad: products with the Jacobian, for any inputs and of any order. */
#include "tests/test_engine.h"

#include <math.h>

/* The gradient of one output with respect to one input, recorded. */
static ag_tensor *derivative(ag_tensor *y, ag_tensor *x) {
  ag_tensor *g = NULL;
  ck_assert_msg(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true), "%s",
                ag_error_message(c));
  return g;
}

/* ---- Orders ---- */

START_TEST(powers_have_their_derivatives) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *y = ag_square(ag_square(x));
  const double v = irregular(1, 0, 0.5, 2), expected[] = {4 * v * v * v, 12 * v * v, 24 * v, 24};
  for (int order = 0; order < 4; order++) {
    y = derivative(y, x);
    ASSERT_ELEMENTS(y, AG_SCALAR, expected[order]);
  }
}
END_TEST

START_TEST(functions_have_their_third_derivatives) {
  const double v = 0.625, s = 1 / (1 + exp(-v)), t = tanh(v), d = s * (1 - s), e = 1 - t * t;
  const double expected[][3] = {{d, d * (1 - 2 * s), d * (1 - 6 * s + 6 * s * s)},
                                {e, -2 * t * e, e * (6 * t * t - 2)},
                                {s, d, d * (1 - 2 * s)},
                                {-1 / (v * v), 2 / (v * v * v), -6 / (v * v * v * v)},
                                {1 / v, -1 / (v * v), 2 / (v * v * v)},
                                {0.5 / sqrt(v), -0.25 * pow(v, -1.5), 0.375 * pow(v, -2.5)},
                                {2.5 * pow(v, 1.5), 3.75 * pow(v, 0.5), 1.875 * pow(v, -0.5)}};
  ag_tensor *x = ag_scalar(c, v);
  ag_set_requires_grad(x, true);
  ag_tensor *const functions[] = {ag_sigmoid(x), ag_tanh(x),  ag_softplus(x), ag_div(ag_scalar(c, 1), x),
                                  ag_log(x),     ag_sqrt(x), ag_pow(x, ag_scalar(c, 2.5))};
  for (int i = 0; i < LENGTH(functions); i++) {
    ag_tensor *y = functions[i];
    for (int order = 0; order < 3; order++) {
      y = derivative(y, x);
      ck_assert_msg(fabs(ag_item(y) - expected[i][order]) < 1e-13, "function %d, order %d: %.17g, expected %.17g", i, order + 1,
                    ag_item(y), expected[i][order]);
    }
  }
}
END_TEST

START_TEST(mixed_derivatives_commute) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *y = trained_leaf(c, AG_SCALAR, 2, 0.5, 2);
  const double p = irregular(1, 0, 0.5, 2), q = irregular(2, 0, 0.5, 2);
  ag_tensor *z = ag_mul(ag_square(x), ag_mul(y, ag_square(y)));
  ASSERT_ELEMENTS(derivative(derivative(z, x), y), AG_SCALAR, 6 * p * q * q);
  ASSERT_ELEMENTS(derivative(derivative(z, y), x), AG_SCALAR, 6 * p * q * q);
  ASSERT_ELEMENTS(derivative(derivative(derivative(z, y), y), x), AG_SCALAR, 12 * p * q);
}
END_TEST

START_TEST(hessians_multiply_vectors) {
  enum { N = 4 };
  ag_tensor *a = irregular_leaf(c, AG_SHAPE(N, N), 1, -1, 1), *x = trained_leaf(c, AG_SHAPE(N), 2, -1, 1);
  ag_tensor *v = irregular_leaf(c, AG_SHAPE(N), 3, -1, 1);
  ag_tensor *f = ag_sum(ag_exp(ag_matmul(a, x))), *hv = derivative(ag_sum(ag_mul(derivative(f, x), v)), x);
  double expected[N] = {0}; /* a' diag(exp(a x)) a v */
  for (int i = 0; i < N; i++) {
    double ax = 0, av = 0;
    for (int j = 0; j < N; j++) {
      ax += irregular(1, i * N + j, -1, 1) * irregular(2, j, -1, 1);
      av += irregular(1, i * N + j, -1, 1) * irregular(3, j, -1, 1);
    }
    for (int j = 0; j < N; j++) expected[j] += irregular(1, i * N + j, -1, 1) * exp(ax) * av;
  }
  assert_elements(hv, AG_SHAPE(N), expected);
}
END_TEST

START_TEST(penalties_on_gradients_train) {
  ag_tensor *w = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *x = trained_leaf(c, AG_SCALAR, 2, 0.5, 2);
  const double p = irregular(1, 0, 0.5, 2), q = irregular(2, 0, 0.5, 2);
  ag_tensor *g = derivative(ag_mul(w, ag_square(x)), x); /* 2 w x */
  ck_assert_ptr_null(ag_gradient(w));
  ag_backward(ag_square(g)); /* 4 w^2 x^2 */
  ASSERT_ELEMENTS(ag_gradient(w), AG_SCALAR, 8 * p * q * q);
  ASSERT_ELEMENTS(ag_gradient(x), AG_SCALAR, 8 * p * p * q);
}
END_TEST

START_TEST(linear_functions_end_the_chain) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *g = derivative(ag_mul_scalar(x, 3), x), *h = x;
  ASSERT_ELEMENTS(g, AG_SCALAR, 3);
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &g, .n_inputs = 1, .inputs = &x, .grads = &h));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "grad: the output depends on nothing that requires a gradient");
  ck_assert_ptr_null(h);
}
END_TEST

START_TEST(only_recorded_passes_can_be_differentiated) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *y = ag_square(x), *g = NULL;
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g));
  ck_assert(!ag_requires_grad(g));
  ck_assert(ag_requires_grad(derivative(y, x)));
  ag_no_grad_begin(c);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g));
  ASSERT_ELEMENTS(g, AG_SCALAR, 2 * irregular(1, 0, 0.5, 2));
  ck_assert(ag_requires_grad(derivative(y, x))); /* as in PyTorch */
  ck_assert(!ag_requires_grad(ag_square(x)));
  ag_no_grad_end(c);
}
END_TEST

/* ---- Inputs ---- */

START_TEST(inputs_may_be_anything_recorded) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 0.5, 2), *w = irregular_leaf(c, AG_SHAPE(2), 2, -1, 1);
  ag_tensor *a = ag_mul_scalar(x, 3), *b = ag_square(x), *y = ag_sum(ag_add(ag_mul(ag_add(a, b), w), ag_mul(a, b)));
  ag_tensor *inputs[] = {b, x, a, b, y}, *g[5];
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 5, .inputs = inputs, .grads = g));
  for (int i = 0; i < 2; i++) {
    const double v = irregular(1, i, 0.5, 2), u = irregular(2, i, -1, 1), da = u + v * v, db = u + 3 * v;
    ck_assert_double_eq_tol(element(g[0], i), db, 1e-14);
    ck_assert_double_eq_tol(element(g[1], i), 3 * da + 2 * v * db, 1e-14);
    ck_assert_double_eq_tol(element(g[2], i), da, 1e-14);
    ck_assert_double_eq_tol(element(g[3], i), db, 1e-14);
  }
  ASSERT_ELEMENTS(g[4], AG_SCALAR, 1);
  ck_assert_ptr_null(ag_gradient(x)); /* leaves collect from ag_backward alone */
}
END_TEST

START_TEST(inputs_without_influence_are_named) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *z = trained_leaf(c, AG_SCALAR, 2, 0.5, 2), *y = ag_square(x);
  ag_tensor *inputs[] = {x, z}, *g[2] = {x, x}, *none = NULL;
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 2, .inputs = inputs, .grads = g));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: no output depends on input 1; .allow_unused = true makes its gradient NULL");
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 2, .inputs = inputs, .grads = g, .allow_unused = true));
  ASSERT_ELEMENTS(g[0], AG_SCALAR, 2 * irregular(1, 0, 0.5, 2));
  ck_assert_ptr_null(g[1]);
  ag_set_requires_grad(z, false);
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 2, .inputs = inputs, .grads = g));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "grad: input 1 does not require a gradient; call ag_set_requires_grad before it is used");
  ag_tensor *before = ag_square(z); /* computed while z did not count */
  ag_set_requires_grad(z, true);
  y = ag_add(y, before);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &z, .grads = g, .allow_unused = true));
  ck_assert_ptr_null(g[0]);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 0, .inputs = &none, .grads = NULL));
}
END_TEST

/* ---- Outputs ---- */

START_TEST(outputs_are_weighted_and_summed) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 0.5, 2);
  ag_tensor *outputs[] = {ag_square(x), ag_sum(x), ag_mul_scalar(ag_sum(x, .keepdim = true), 7)}, *g = NULL;
  ag_tensor *weights[] = {ag_from_double(c, AG_SHAPE(2), (const double[]){2, 3}), ag_scalar(c, 5), NULL};
  ck_assert(ag_grad(.n_outputs = 3, .outputs = outputs, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = weights));
  ASSERT_ELEMENTS(g, AG_SHAPE(2), 4 * irregular(1, 0, 0.5, 2) + 12, 6 * irregular(1, 1, 0.5, 2) + 12); /* NULL is a one */
  ASSERT_ELEMENTS(weights[0], AG_SHAPE(2), 2, 3);
  ag_tensor *twice[] = {outputs[1], outputs[1]};
  ck_assert(ag_grad(.n_outputs = 2, .outputs = twice, .n_inputs = 1, .inputs = &x, .grads = &g));
  ASSERT_ELEMENTS(g, AG_SHAPE(2), 2, 2);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &x, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = weights));
  ASSERT_ELEMENTS(g, AG_SHAPE(2), 2, 3);
}
END_TEST

START_TEST(weights_are_differentiable_too) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *v = trained_leaf(c, AG_SCALAR, 2, 0.5, 2), *y = ag_exp(x), *g = NULL;
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = &v, .create_graph = true));
  ASSERT_ELEMENTS(derivative(g, v), AG_SCALAR, exp(irregular(1, 0, 0.5, 2))); /* forward mode by two products */
}
END_TEST

START_TEST(weights_must_fit_their_outputs) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, 0.5, 2), *y = ag_square(x), *g = NULL, *none = NULL;
  ag_tensor *wide = ag_zeros(c, AG_SHAPE(3, 2));
  ag_set_dtype(c, AG_F32);
  ag_tensor *single = ag_zeros(c, AG_SHAPE(2, 3));
  ag_set_dtype(c, AG_F64);
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "grad: output 0 has shape 2x3 and no grad_output; only one-element outputs need none");
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = &wide);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "grad: grad_output 0 is float64 3x2, its output float64 2x3");
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = &single);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "grad: grad_output 0 is float32 2x3, its output float64 2x3");
  ag_grad(.n_outputs = 2, .outputs = (ag_tensor *[]){y, y}, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = (ag_tensor *[]){x, none});
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "grad: output 1 has shape 2x3 and no grad_output; only one-element outputs need none");
  ag_scope_begin(c);
  ag_tensor *dead = ag_sum(x);
  ag_scope_end(c);
  ag_grad(.n_outputs = 1, .outputs = &dead, .n_inputs = 1, .inputs = &x, .grads = &g);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "grad: operand 0 is stale: the scope that it was made in has ended; use ag_keep");
  ag_backward(ag_sum(y)); /* nothing is left of the failed passes */
  ck_assert_double_eq(element(ag_gradient(x), 4), 2 * irregular(1, 4, 0.5, 2));
}
END_TEST

START_TEST(all_tensors_must_be_there) {
  ag_ctx *other = ag_ctx_new();
  ag_set_dtype(other, AG_F64);
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *foreign = trained_leaf(other, AG_SCALAR, 1, 0.5, 2), *y = ag_square(x);
  ag_tensor *none = NULL, *g[2];
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &none, .n_inputs = 1, .inputs = &x, .grads = g));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: output 0 is NULL");
  ck_assert(!ag_grad(.n_outputs = 0, .outputs = NULL, .n_inputs = 1, .inputs = &x, .grads = g));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: there is no output");
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 2, .inputs = (ag_tensor *[]){x, none}, .grads = g);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: input 1 is NULL");
  ag_grad(.n_outputs = 2, .outputs = (ag_tensor *[]){y, foreign}, .n_inputs = 1, .inputs = &x, .grads = g);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "grad: output 1 belongs to another context");
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &foreign, .grads = g);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "grad: input 0 belongs to another context");
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = g, .grad_outputs = &foreign);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "grad: grad_output 0 belongs to another context");
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: grads is NULL");
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .grads = g);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: inputs is NULL");
  ag_grad(.n_outputs = 1, .n_inputs = 1, .inputs = &x, .grads = g);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "grad: outputs is NULL");
  ck_assert_int_eq(ag_error(other), AG_OK);
  ck_assert(!ag_grad(.n_outputs = 1, .outputs = &none, .n_inputs = 1, .inputs = &none, .grads = g));
  ag_ctx_free(other);
}
END_TEST

START_TEST(the_tape_stays_for_more_passes) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2), *h = ag_square(x), *y = ag_exp(h), *inputs[] = {x, x, h, y}, *g[4], *again[4];
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 4, .inputs = inputs, .grads = g));
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 4, .inputs = inputs, .grads = again, .create_graph = true));
  for (int i = 0; i < 4; i++) assert_same_bits(again[i], g[i]);
  ck_assert_ptr_eq(g[0], g[1]);
  ag_backward(y);
  assert_same_bits(ag_gradient(x), g[0]);
  ag_backward(again[0]);
  const double v = irregular(1, 0, 0.5, 2), e = exp(v * v);
  ASSERT_ELEMENTS(ag_gradient(x), AG_SCALAR, 2 * v * e + (2 + 4 * v * v) * e);
}
END_TEST

START_TEST(outputs_may_be_empty) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(0, 3), 1, 0.5, 2), *y = ag_square(x), *loss = ag_sum(y), *g, *seed = ag_zeros(c, AG_SHAPE(0, 3));
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "grad: output 0 has shape 0x3 and no grad_output; only one-element outputs need none");
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = 1, .inputs = &x, .grads = &g, .grad_outputs = &seed));
  ASSERT_ELEMENTS(g, AG_SHAPE(0, 3), 0);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true));
  ASSERT_ELEMENTS(g, AG_SHAPE(0, 3), 0);
  ASSERT_ELEMENTS(derivative(ag_sum(g), x), AG_SHAPE(0, 3), 0);
}
END_TEST

TCase *grad_tests(void) {
  TCase *t = tcase_create("grad");
  with_context(t);
  tcase_add_test(t, powers_have_their_derivatives);
  tcase_add_test(t, functions_have_their_third_derivatives);
  tcase_add_test(t, mixed_derivatives_commute);
  tcase_add_test(t, hessians_multiply_vectors);
  tcase_add_test(t, penalties_on_gradients_train);
  tcase_add_test(t, linear_functions_end_the_chain);
  tcase_add_test(t, only_recorded_passes_can_be_differentiated);
  tcase_add_test(t, inputs_may_be_anything_recorded);
  tcase_add_test(t, inputs_without_influence_are_named);
  tcase_add_test(t, outputs_are_weighted_and_summed);
  tcase_add_test(t, weights_are_differentiable_too);
  tcase_add_test(t, weights_must_fit_their_outputs);
  tcase_add_test(t, all_tensors_must_be_there);
  tcase_add_test(t, the_tape_stays_for_more_passes);
  tcase_add_test(t, outputs_may_be_empty);
  return t;
}
