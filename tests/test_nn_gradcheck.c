/* The gradient check finds what is wrong, wherever it is, and leaves no trace. */
#include "tests/test_nn.h"

#include <string.h>

/* ---- Operators that are wrong on purpose ---- */

static void forward_product(const ag_call *call) {
  const double *x = ag_data(call->in[0]), *y = ag_data(call->in[1]);
  double *out = ag_data(call->out[0]);
  for (int64_t i = 0; i < ag_numel(call->in[0]); i++) out[i] = x[i] * y[i];
}

static bool same_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  return true;
}

static void right_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_operand(node, 1));
  dx[1] = ag_mul(g[0], ag_operand(node, 0));
}

static void wrong_sign_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_operand(node, 1));
  dx[1] = ag_neg(ag_mul(g[0], ag_operand(node, 0)));
}

static void wrong_factor_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul_scalar(ag_mul(g[0], ag_operand(node, 1)), 1.01);
  dx[1] = ag_mul(g[0], ag_operand(node, 0));
}

/* Writes into the incoming gradient, which another branch may still need. */
static void overwriting_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  double *data = ag_data(g[0]);
  const double *x = ag_data(ag_operand(node, 0)), *y = ag_data(ag_operand(node, 1));
  dx[1] = ag_mul(g[0], ag_operand(node, 0));
  for (int64_t i = 0; i < ag_numel(g[0]); i++) data[i] *= y[i] + 0 * x[i];
  dx[0] = g[0];
}

/* Right once: the gradient is a copy without history, so it has no gradient of its own. */
static void frozen_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_detach(ag_operand(node, 1)));
  dx[1] = ag_mul(g[0], ag_operand(node, 0));
}

static void no_vjp_of_second(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_operand(node, 1));
}

#define PRODUCT(rule)                                                                                        \
  {                                                                                                          \
    .name = "product", .formula = "x y", .n_in = 2, .shape = same_shape, .forward = {NULL, forward_product}, \
    .vjp = (rule)                                                                                            \
  }
static const ag_op right = PRODUCT(right_vjp), wrong_sign = PRODUCT(wrong_sign_vjp),
                   wrong_factor = PRODUCT(wrong_factor_vjp), overwriting = PRODUCT(overwriting_vjp),
                   frozen = PRODUCT(frozen_vjp), missing = PRODUCT(no_vjp_of_second);

static ag_tensor *product(ag_tensor *const *in, void *op) {
  return ag_apply(AG_HERE, (const ag_op *)op, 2, in, NULL);
}

/* The operator's result is used by a second branch as well. */
static ag_tensor *product_and_sum(ag_tensor *const *in, void *op) {
  ag_tensor *xy = ag_add(in[0], in[1]);
  return ag_add(ag_apply(AG_HERE, (const ag_op *)op, 2, ((ag_tensor *[]){xy, in[1]}), NULL), xy);
}

static bool check_product(const ag_op *op, ag_tensor *const *in, int order) {
  return ag_gradcheck(c, product, (void *)(uintptr_t)op, 2, in, .order = order);
}

START_TEST(right_gradients_pass) {
  ag_tensor *in[] = {leaf(AG_SHAPE(2, 3), 1), leaf(AG_SHAPE(2, 3), 2)};
  ck_assert(check_product(&right, in, 0));
  ck_assert(check_product(&right, in, 1));
  ck_assert_msg(check_product(&right, in, 2), "%s", ag_error_message(c));
  ag_tensor *twice[] = {in[0], in[0]};
  ck_assert(check_product(&right, twice, 2));
  ck_assert(ag_gradcheck(c, product_and_sum, (void *)(uintptr_t)&right, 2, in, .order = 2));
}
END_TEST

/* Asserts an error that begins so; the numbers at its end depend on the projection. */
static void expect_found(const char *beginning) {
  const char *text = strstr(ag_error_message(c), ": ");
  ck_assert_int_eq(ag_error(c), AG_EVALUE);
  ck_assert_msg(text && strncmp(text + 2, beginning, strlen(beginning)) == 0, "found: %s, expected: %s",
                ag_error_message(c), beginning);
  ck_assert_int_eq(strncmp(ag_error_message(c), __FILE__, strlen(__FILE__)), 0);
  ag_clear_error(c);
}

START_TEST(wrong_gradients_are_found) {
  ag_tensor *in[] = {leaf(AG_SHAPE(2, 3), 1), leaf(AG_SHAPE(2, 3), 2)};
  ck_assert(!check_product(&wrong_sign, in, 1));
  expect_found("gradcheck: input 1 (2x3), element 0: the gradient is ");
  ck_assert(!check_product(&wrong_factor, in, 1));
  expect_found("gradcheck: input 0 (2x3), element 0: the gradient is ");
  ck_assert(!check_product(&missing, in, 1));
  expect_found("gradcheck: input 1 (2x3), element 0: the gradient is 0, differences give ");
  ck_assert(!ag_gradcheck(c, product_and_sum, (void *)(uintptr_t)&overwriting, 2, in));
  expect_found("gradcheck: input 0 (2x3), element 0: the gradient is ");
}
END_TEST

START_TEST(wrong_second_order_is_found) {
  ag_tensor *in[] = {leaf(AG_SHAPE(2, 3), 1), leaf(AG_SHAPE(2, 3), 2)};
  ck_assert(check_product(&frozen, in, 1));
  ck_assert(!check_product(&frozen, in, 2));
  expect_found("gradcheck of order 2: input 1 (2x3), element 0: the gradient is ");
}
END_TEST

START_TEST(one_wrong_element_is_named) {
  ag_tensor *in[] = {leaf(AG_SHAPE(2, 3), 1), leaf(AG_SHAPE(2, 3), 2)};
  double values[6] = {0, 0, 0, 0, 0.5, 0}; /* a factor on 0 is right by accident */
  ag_assign(in[1], values);
  ck_assert(!check_product(&wrong_factor, in, 1));
  const char *text = strstr(ag_error_message(c), "element ");
  ck_assert_ptr_nonnull(text);
  ck_assert_int_eq(strncmp(text, "element 4: ", 11), 0);
  ag_clear_error(c);
}
END_TEST

/* ---- Functions of every kind ---- */

static ag_tensor *deep(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *h = ag_tanh(ag_linear(in[0], in[1], in[2]));
  return ag_softmax(ag_mul(h, ag_exp(ag_transpose(h, 0, 1))), 1);
}

static ag_tensor *with_labels(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_cross_entropy(in[0], in[1]);
}

static ag_tensor *random_mask(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_dropout(ag_square(in[0]), 0.5, true);
}

static ag_tensor *linear_only(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_mul_scalar(in[0], 3);
}

static ag_tensor *constant(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_detach(ag_mul_scalar(in[0], 0));
}

START_TEST(functions_of_every_kind_pass) {
  ag_tensor *in[] = {leaf(AG_SHAPE(3, 4), 1), leaf(AG_SHAPE(3, 4), 2), leaf(AG_SHAPE(3), 3)};
  ck_assert_msg(ag_gradcheck(c, deep, NULL, 3, in, .order = 2), "%s", ag_error_message(c));
  const int64_t label[] = {3, 0, 1};
  ag_tensor *classes[] = {in[0], ag_from(c, AG_I64, AG_SHAPE(3), label)};
  ck_assert_msg(ag_gradcheck(c, with_labels, NULL, 2, classes, .order = 2), "%s", ag_error_message(c));
  ck_assert_msg(ag_gradcheck(c, random_mask, NULL, 1, in, .order = 2), "%s", ag_error_message(c));
  ck_assert_msg(ag_gradcheck(c, linear_only, NULL, 1, in, .order = 2), "%s", ag_error_message(c));
  ck_assert_msg(ag_gradcheck(c, constant, NULL, 1, in, .order = 2), "%s", ag_error_message(c));
  ag_no_grad_begin(c);
  ck_assert(ag_gradcheck(c, deep, NULL, 3, in));
  ck_assert(!ag_requires_grad(ag_tanh(in[0])));
  ag_no_grad_end(c);
}
END_TEST

START_TEST(nothing_is_left_behind) {
  ag_tensor *in[] = {leaf(AG_SHAPE(3, 4), 1), leaf(AG_SHAPE(3, 4), 2), leaf(AG_SHAPE(3), 3)};
  ag_set_requires_grad(in[1], true);
  double before[12], after[12];
  ag_to_double(in[0], before);
  const uint64_t first = ag_random(c, "dropout");
  ag_stream_state state[2], none;
  ck_assert(ag_stream_get(c, 0, &state[0]) && !ag_stream_get(c, 1, &none));
  size_t memory = 0;
  for (int i = 0; i < 5; i++) {
    ck_assert(ag_gradcheck(c, deep, NULL, 3, in, .order = 2));
    ck_assert(ag_gradcheck(c, random_mask, NULL, 1, in));
    ck_assert(!ag_gradcheck(c, product, (void *)(uintptr_t)&wrong_sign, 2, in));
    ag_clear_error(c);
    if (i < 2) memory = ag_memory(c); /* the arenas of a depth take turns */
    ck_assert_uint_eq(ag_memory(c), memory);
  }
  ck_assert(ag_stream_get(c, 0, &state[1]) && !ag_stream_get(c, 1, &none));
  ck_assert_uint_eq(state[0].counter, state[1].counter);
  ck_assert_uint_ne(first, ag_random(c, "dropout"));
  ag_to_double(in[0], after);
  ck_assert_mem_eq(before, after, sizeof before);
  ck_assert(!ag_requires_grad(in[0]) && ag_requires_grad(in[1]));
  ck_assert_ptr_null(ag_gradient(in[1]));
}
END_TEST

/* ---- Mistakes ---- */

static ag_tensor *nothing(ag_tensor *const *in, void *user) {
  (void)in, (void)user;
  return NULL;
}

static ag_tensor *failing(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_matmul(in[0], in[0]);
}

static ag_tensor *growing(ag_tensor *const *in, void *user) {
  int *calls = user;
  return ag_slice(in[0], 0, 0, ++*calls, 1);
}

START_TEST(mistakes_are_named) {
  ag_tensor *x = leaf(AG_SHAPE(3, 4), 1);
  ck_assert(!ag_gradcheck(c, deep, NULL, 0, NULL));
  expect_error(c, AG_EVALUE, __FILE__, "gradcheck: there is no float64 input to check");
  ck_assert(!ag_gradcheck(c, linear_only, NULL, 1, &x, .order = 3));
  expect_error(c, AG_EVALUE, __FILE__, "gradcheck: order is 3, not 1 or 2");
  ck_assert(!ag_gradcheck(c, linear_only, NULL, 1, (ag_tensor *[]){NULL}));
  expect_error(c, AG_EVALUE, __FILE__, "gradcheck: input 0 is NULL");
  ck_assert(!ag_gradcheck(c, nothing, NULL, 1, &x));
  expect_error(c, AG_EVALUE, __FILE__, "gradcheck: fn returned no tensor");
  ck_assert(!ag_gradcheck(c, failing, NULL, 1, &x));
  ck_assert_int_eq(ag_error(c), AG_ESHAPE);
  ag_clear_error(c);
  int calls = 0;
  ck_assert(!ag_gradcheck(c, growing, &calls, 1, &x));
  expect_error(c, AG_ESHAPE, __FILE__, "gradcheck: fn returned 1x4 first and 2x4 later");

  ag_scope_begin(c);
  ag_set_requires_grad(x, true);
  ag_tensor *y = ag_tanh(x);
  ck_assert(!ag_gradcheck(c, linear_only, NULL, 1, &y));
  expect_error(c, AG_ESTATE, __FILE__,
               "gradcheck: input 0 is the result of an operator; only leaves can be moved");
  ag_scope_end(c);
  ag_set_dtype(c, AG_F32);
  ag_tensor *coarse = ag_zeros(c, AG_SHAPE(2));
  ck_assert(!ag_gradcheck(c, linear_only, NULL, 1, &coarse));
  expect_error(
      c, AG_EDTYPE, __FILE__,
      "gradcheck: input 0 is float32, too coarse for differences; call ag_set_dtype(c, AG_F64) first");
}
END_TEST

TCase *gradcheck_tests(void) {
  TCase *t = tcase_create("gradcheck");
  with_context(t);
  tcase_add_test(t, right_gradients_pass);
  tcase_add_test(t, wrong_gradients_are_found);
  tcase_add_test(t, wrong_second_order_is_found);
  tcase_add_test(t, one_wrong_element_is_named);
  tcase_add_test(t, functions_of_every_kind_pass);
  tcase_add_test(t, nothing_is_left_behind);
  tcase_add_test(t, mistakes_are_named);
  return t;
}
