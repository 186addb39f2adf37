/* Reverse mode: what arrives at the leaves, and how long it stays there. */
#include "tests/test_engine.h"

#include <math.h>

#define NO_HISTORY "backward: the output depends on nothing that requires a gradient"

/* ---- Accumulation ---- */

START_TEST(gradients_add_up_within_a_scope) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3), 1, -2, 2);
  ag_tensor *loss = ag_sum(ag_square(x));
  ck_assert_ptr_null(ag_gradient(x));
  double expected[3];
  for (int pass = 1; pass <= 3; pass++) {
    ag_backward(loss);
    for (int i = 0; i < 3; i++) expected[i] = pass * 2 * irregular(1, i, -2, 2);
    assert_elements(ag_gradient(x), AG_SHAPE(3), expected);
  }
  ag_backward(ag_sum(ag_mul_scalar(x, 0.5)));
  for (int i = 0; i < 3; i++) expected[i] += 0.5;
  assert_elements(ag_gradient(x), AG_SHAPE(3), expected);
  ck_assert(!ag_requires_grad(ag_gradient(x)));
}
END_TEST

START_TEST(gradients_die_with_their_scope) {
  ag_tensor *w = ag_parameter(c, "w", AG_SHAPE(2)), *unused = ag_parameter(c, "unused", AG_SHAPE(2));
  ag_assign(w, (const double[]){3, -5});
  for (int step = 0; step < 4; step++) {
    ag_scope_begin(c);
    ag_backward(ag_sum(ag_square(w)));
    ASSERT_ELEMENTS(ag_gradient(w), AG_SHAPE(2), 6, -10);
    ck_assert_ptr_null(ag_gradient(unused));
    ag_scope_end(c);
    ck_assert_ptr_null(ag_gradient(w));
  }
}
END_TEST

START_TEST(a_graph_outlives_its_passes) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2);
  const double value = irregular(1, 0, 0.5, 2);
  ag_tensor *loss = ag_exp(ag_mul_scalar(x, 3));
  for (int i = 0; i < 3; i++) {
    ag_scope_begin(c);
    ag_backward(ag_mul_scalar(loss, 2));
    ASSERT_ELEMENTS(ag_gradient(x), AG_SCALAR, 6 * exp(3 * value));
    ag_scope_end(c);
    ck_assert_ptr_null(ag_gradient(x));
  }
  ag_backward(loss);
  ASSERT_ELEMENTS(ag_gradient(x), AG_SCALAR, 3 * exp(3 * value));
}
END_TEST

START_TEST(small_batches_add_up_in_an_outer_scope) {
  ag_tensor *w = ag_parameter(c, "w", AG_SHAPE(2));
  ag_assign(w, (const double[]){1.5, -0.5});
  for (int step = 0; step < 3; step++) {
    ag_scope_begin(c);
    ag_zero_grad(c);
    ASSERT_ELEMENTS(ag_gradient(w), AG_SHAPE(2), 0, 0);
    for (int batch = 1; batch <= 4; batch++) {
      ag_scope_begin(c);
      ag_backward(ag_sum(ag_mul_scalar(ag_square(w), batch)));
      ag_scope_end(c);
    }
    ASSERT_ELEMENTS(ag_gradient(w), AG_SHAPE(2), 30, -10);
    ag_zero_grad(c);
    ASSERT_ELEMENTS(ag_gradient(w), AG_SHAPE(2), 0, 0);
    ag_scope_end(c);
    ck_assert_ptr_null(ag_gradient(w));
  }
}
END_TEST

/* ---- Shared operands ---- */

START_TEST(an_operand_may_be_used_many_times) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 0.5, 2), *y = ag_mul_scalar(x, 2);
  ag_tensor *z = ag_add(ag_mul(y, y), ag_div(ag_mul(x, y), ag_add(x, x))); /* 4 x^2 + x */
  for (int i = 0; i < 50; i++) z = ag_add(z, x);
  ag_backward(ag_sum(ag_add(z, z)));
  double expected[2];
  for (int i = 0; i < 2; i++) expected[i] = 2 * (8 * irregular(1, i, 0.5, 2) + 51);
  assert_elements(ag_gradient(x), AG_SHAPE(2), expected);
}
END_TEST

START_TEST(one_cotangent_for_two_leaves_is_not_shared) {
  ag_tensor *a = trained_leaf(c, AG_SHAPE(2), 1, -2, 2), *b = trained_leaf(c, AG_SHAPE(2), 2, -2, 2);
  ag_tensor *sum = ag_add(a, b); /* both cotangents are the incoming one */
  ag_backward(ag_sum(ag_mul(sum, ag_from_double(c, AG_SHAPE(2), (const double[]){2, 3}))));
  ag_backward(ag_sum(ag_mul_scalar(a, 10)));
  ASSERT_ELEMENTS(ag_gradient(a), AG_SHAPE(2), 12, 13);
  ASSERT_ELEMENTS(ag_gradient(b), AG_SHAPE(2), 2, 3);
  ag_backward(ag_sum(ag_sub(b, ag_mul_scalar(a, 0.25))));
  ASSERT_ELEMENTS(ag_gradient(a), AG_SHAPE(2), 11.75, 12.75);
  ASSERT_ELEMENTS(ag_gradient(b), AG_SHAPE(2), 3, 4);
}
END_TEST

START_TEST(one_cotangent_for_two_branches_is_not_overwritten) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3), 1, -2, 2), *a = ag_mul_scalar(x, 3), *b = ag_mul_scalar(x, 5);
  ag_tensor *sum = ag_add(a, b); /* a and b receive one tensor, and a more after that */
  ag_backward(ag_sum(ag_add(ag_mul(sum, sum), ag_mul(a, a))));
  double expected[3];
  for (int i = 0; i < 3; i++) expected[i] = (2 * 64 + 2 * 9) * irregular(1, i, -2, 2);
  assert_elements(ag_gradient(x), AG_SHAPE(3), expected);
}
END_TEST

START_TEST(broadcast_operands_receive_sums) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 1, 2), 1, -2, 2), *y = trained_leaf(c, AG_SHAPE(3, 1), 2, -2, 2);
  ag_tensor *s = trained_leaf(c, AG_SCALAR, 3, -2, 2);
  ag_backward(ag_sum(ag_mul(ag_mul(x, y), s)));
  double of_x = 0, of_y = 0;
  for (int i = 0; i < 4; i++) of_x += irregular(1, i, -2, 2);
  for (int i = 0; i < 3; i++) of_y += irregular(2, i, -2, 2);
  const double of_s = irregular(3, 0, -2, 2), dx = of_y * of_s, dy = of_x * of_s;
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2, 1, 2), dx, dx, dx, dx);
  ASSERT_ELEMENTS(ag_gradient(y), AG_SHAPE(3, 1), dy, dy, dy);
  ASSERT_ELEMENTS(ag_gradient(s), AG_SCALAR, of_x * of_y);
}
END_TEST

START_TEST(passes_give_the_same_bits_again) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(40, 40), 1, -1, 1), *first = NULL;
  for (int i = 0; i < 3; i++) {
    ag_scope_begin(c);
    ag_backward(ag_logsumexp(ag_matmul(ag_tanh(ag_matmul(x, x)), ag_softmax(x, 0))));
    if (first) assert_same_bits(ag_gradient(x), first);
    ag_tensor *kept = ag_keep(ag_gradient(x));
    ag_scope_end(c);
    first = kept;
  }
}
END_TEST

/* ---- What is not recorded ---- */

START_TEST(no_grad_stops_recording) {
  ag_tensor *x = trained_leaf(c, AG_SCALAR, 1, 0.5, 2);
  ag_no_grad_begin(c);
  ag_no_grad_begin(c);
  ck_assert(!ag_requires_grad(ag_square(x)));
  ag_no_grad_end(c);
  ag_tensor *still = ag_square(x);
  ck_assert(!ag_requires_grad(still));
  ag_backward(still);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, NO_HISTORY "; it may have been computed after ag_no_grad_begin");
  ag_no_grad_end(c);
  ag_tensor *loss = ag_mul(ag_square(x), still);
  ck_assert(ag_requires_grad(loss));
  ag_backward(loss);
  ASSERT_ELEMENTS(ag_gradient(x), AG_SCALAR, 2 * pow(irregular(1, 0, 0.5, 2), 3));
  ag_no_grad_end(c);
  assert_error(c, AG_ESTATE, "ag_no_grad_end", "there is no open ag_no_grad_begin");
}
END_TEST

START_TEST(detaching_cuts_the_history) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 0.5, 2), *y = ag_square(x), *d = ag_detach(y);
  ck_assert(ag_requires_grad(y) && !ag_requires_grad(d));
  ck_assert_ptr_eq(ag_data(d), ag_data(y));
  ag_backward(ag_sum(ag_mul(x, d)));
  assert_same_bits(ag_gradient(x), d);
  ag_set_requires_grad(d, true); /* a leaf of its own */
  ag_backward(ag_sum(ag_mul_scalar(d, 7)));
  ASSERT_ELEMENTS(ag_gradient(d), AG_SHAPE(2), 7, 7);
}
END_TEST

START_TEST(only_real_leaves_collect_gradients) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2), 1, 0.5, 2);
  const int64_t labels[] = {1, 0};
  ag_tensor *integers = ag_from(c, AG_I64, AG_SHAPE(2), labels);
  ag_set_requires_grad(ag_square(x), true);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "set_requires_grad: the result of an operator cannot be changed; take ag_detach first");
  ag_set_requires_grad(integers, true);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "set_requires_grad: int64 tensors have no gradients");
  ck_assert(!ag_requires_grad(ag_argmax(x)));
  ag_set_requires_grad(x, false);
  ck_assert(!ag_requires_grad(ag_square(x)));
  ag_set_requires_grad(NULL, true);
}
END_TEST

/* ---- Losses ---- */

START_TEST(losses_are_one_number_with_a_history) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, -2, 2), *plain = irregular_leaf(c, AG_SCALAR, 2, -2, 2);
  ag_backward(ag_square(x));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "backward: the loss has shape 2x3, one element is wanted; take its ag_mean or ag_sum");
  ag_backward(plain);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, NO_HISTORY);
  ag_backward(ag_exp(plain));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, NO_HISTORY);
  ag_backward(ag_sum(ag_slice(x, 0, 0, 0, 1)));
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2, 3), 0, 0, 0, 0, 0, 0);
  ag_backward(ag_sum(x, .keepdim = true)); /* 1x1 is one number, too */
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2, 3), 1, 1, 1, 1, 1, 1);
  ag_backward(NULL);
  ag_set_requires_grad(plain, true);
  ag_backward(plain);
  ASSERT_ELEMENTS(ag_gradient(plain), AG_SCALAR, 1);
}
END_TEST

START_TEST(single_precision_stays_single) {
  ag_set_dtype(c, AG_F32);
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3), 1, -2, 2);
  ag_set_dtype(c, AG_F64); /* the operands decide, not the context */
  ag_tensor *y = ag_mul(ag_square(x), ag_sigmoid(x));
  ck_assert_int_eq(ag_dtype_of(y), AG_F32);
  ag_backward(ag_mean(y));
  ck_assert_int_eq(ag_dtype_of(ag_gradient(x)), AG_F32);
  double expected[3];
  for (int i = 0; i < 3; i++) {
    const double v = irregular(1, i, -2, 2), s = 1 / (1 + exp(-v));
    expected[i] = (2 * v * s + v * v * s * (1 - s)) / 3;
  }
  assert_elements(ag_gradient(x), AG_SHAPE(3), expected);
}
END_TEST

TCase *backward_tests(void) {
  TCase *t = tcase_create("backward");
  with_context(t);
  tcase_add_test(t, gradients_add_up_within_a_scope);
  tcase_add_test(t, gradients_die_with_their_scope);
  tcase_add_test(t, a_graph_outlives_its_passes);
  tcase_add_test(t, small_batches_add_up_in_an_outer_scope);
  tcase_add_test(t, an_operand_may_be_used_many_times);
  tcase_add_test(t, one_cotangent_for_two_leaves_is_not_shared);
  tcase_add_test(t, one_cotangent_for_two_branches_is_not_overwritten);
  tcase_add_test(t, broadcast_operands_receive_sums);
  tcase_add_test(t, passes_give_the_same_bits_again);
  tcase_add_test(t, no_grad_stops_recording);
  tcase_add_test(t, detaching_cuts_the_history);
  tcase_add_test(t, only_real_leaves_collect_gradients);
  tcase_add_test(t, losses_are_one_number_with_a_history);
  tcase_add_test(t, single_precision_stays_single);
  return t;
}
