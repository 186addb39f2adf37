/* The search for the first number that is not finite: who is named, and that nobody is where all is well. */
#include "tests/test_engine.h"

#include <float.h>
#include <math.h>

static ag_tensor *leaf(const double *values, int64_t n, bool trained) {
  ag_tensor *x = ag_from_double(c, AG_SHAPE(n), values);
  ag_set_requires_grad(x, trained);
  return x;
}
#define LEAF(...)                                                                                            \
  leaf((const double[]){__VA_ARGS__}, (int64_t)(sizeof((const double[]){__VA_ARGS__}) / sizeof(double)), true)

START_TEST(the_first_operator_is_named) {
  for (int wide = 0; wide < 2; wide++) {
    ag_set_dtype(c, wide ? AG_F64 : AG_F32);
    ag_set_detect_anomaly(c, true);
    ag_tensor *x = LEAF(1, 2, 0, -1);
    ag_tensor *y = ag_log(ag_relu(x));
    ASSERT_ERROR_ABOVE(c, AG_EANOMALY, "log: element 2 of the result 4 is -inf; the operands are finite");
    ck_assert(ag_is_nil(y));
    ag_sqrt(ag_neg(x));
    ASSERT_ERROR_ABOVE(c, AG_EANOMALY, "sqrt: element 0 of the result 4 is NaN; the operands are finite");
  }
}
END_TEST

START_TEST(a_number_that_came_in_is_not_the_operators) {
  ag_tensor *w = ag_parameter(c, "fc.weight", AG_SHAPE(2, 3)), *x = LEAF(1, 2, 3);
  ag_assign(w, (const double[]){1, 2, 3, 4, INFINITY, 6});
  ag_set_detect_anomaly(c, true);
  ag_linear(x, w);
  ASSERT_ERROR_ABOVE(c, AG_EANOMALY, "linear: element 1 of the result 2 is inf; element 4 of operand 1, fc.weight, is inf already");
  ag_exp(ag_neg(ag_transpose(ag_detach(w), 0, 1)));
  ASSERT_ERROR_ABOVE(c, AG_EANOMALY, "neg: element 3 of the result 3x2 is -inf; element 3 of operand 0, 3x2, is inf already");
}
END_TEST

START_TEST(a_backward_pass_names_the_call_that_it_differentiates) {
  ag_tensor *x = LEAF(4, 0, 1);
  ag_set_detect_anomaly(c, true);
  ag_tensor *y = ag_sqrt(x);
  const int line = __LINE__ - 1;
  ag_backward(ag_sum(y));
  assert_error_at(c, AG_EANOMALY, __FILE__, line,
                  "sqrt, backward: div: element 1 of the result 3 is inf; the operands are finite");
  ag_exp(ag_neg(x)); /* the pass is over */
  ag_log(x);
  ASSERT_ERROR_ABOVE(c, AG_EANOMALY, "log: element 1 of the result 3 is -inf; the operands are finite");
}
END_TEST

START_TEST(sums_of_cotangents_are_searched) {
  ag_set_dtype(c, AG_F32);
  ag_tensor *x = LEAF(1);
  ag_set_detect_anomaly(c, true);
  ag_tensor *far = ag_mul_scalar(x, 0.75 * (double)FLT_MAX), *near = ag_mul_scalar(x, 0.5 * (double)FLT_MAX);
  const int line = __LINE__ - 1;
  ag_backward(ag_sum(ag_mul_scalar(ag_sub(far, ag_neg(near)), 1)));
  ag_clear_error(c); /* the sum of the values is too great as well */
  ag_set_detect_anomaly(c, false);
  ag_tensor *loss = ag_sum(ag_sub(far, ag_neg(near)));
  ag_set_detect_anomaly(c, true);
  ag_backward(loss);
  assert_error_at(c, AG_EANOMALY, __FILE__, line,
                  "mul_scalar, backward: add: element 0 of the result 1 is inf; the operands are finite");
}
END_TEST

START_TEST(places_are_exact_at_all_sizes) {
  static double values[5000];
  ag_set_detect_anomaly(c, true);
  for (int64_t n = 1; n <= LENGTH(values); n = n * 3 / 2 + 1) {
    for (int64_t place = 0; place < n; place += 1 + n / 7) {
      values[place] = -1;
      ag_log(ag_add_scalar(leaf(values, n, false), 1));
      values[place] = 0;
      char text[128];
      snprintf(text, sizeof text, "log: element %lld of the result %lld is -inf; the operands are finite",
               (long long)place, (long long)n);
      assert_error_at(c, AG_EANOMALY, __FILE__, __LINE__ - 5, text);
    }
  }
}
END_TEST

START_TEST(nobody_is_named_where_all_is_finite_or_nothing_is_searched) {
  ag_tensor *x = LEAF(DBL_MAX, -DBL_MAX, DBL_MIN, 0, -0.0), *zero = LEAF(0);
  ag_set_detect_anomaly(c, true);
  ag_set_detect_anomaly(c, true);
  ag_backward(ag_sum(ag_mul_scalar(x, 0.25)));
  ag_max_pool2d(ag_reshape(x, AG_SHAPE(1, 1, 5, 1)), 1); /* its second result holds integers */
  /* All bits of -1 are set, as in a NaN. */
  ag_tensor *whole = ag_from(c, AG_I64, AG_SHAPE(2), (const int64_t[]){-1, -1});
  ag_concat(2, (ag_tensor *[]){whole, whole}, 0);
  ck_assert_int_eq(ag_error(c), AG_OK);
  ag_set_detect_anomaly(c, false);
  ag_log(zero);
  ck_assert_int_eq(ag_error(c), AG_OK);
  ag_set_detect_anomaly(c, false);
}
END_TEST

START_TEST(it_works_beside_a_profile) {
  ag_tensor *zero = LEAF(0);
  ag_profile_row r;
  ag_set_detect_anomaly(c, true);
  ag_profile_begin(.c = c, .peak = 1e11, .bandwidth = 5e10);
  ag_exp(zero);
  ag_set_detect_anomaly(c, false);
  ag_log(zero);
  ag_profile_end(c);
  ck_assert(ag_profile_get(c, 1, &r));
  ag_set_detect_anomaly(c, true);
  ag_log(zero);
  ASSERT_ERROR_ABOVE(c, AG_EANOMALY, "log: element 0 of the result 1 is -inf; the operands are finite");
}
END_TEST

TCase *anomaly_tests(void) {
  TCase *t = tcase_create("anomaly");
  with_context(t);
  tcase_add_test(t, the_first_operator_is_named);
  tcase_add_test(t, a_number_that_came_in_is_not_the_operators);
  tcase_add_test(t, a_backward_pass_names_the_call_that_it_differentiates);
  tcase_add_test(t, sums_of_cotangents_are_searched);
  tcase_add_test(t, places_are_exact_at_all_sizes);
  tcase_add_test(t, nobody_is_named_where_all_is_finite_or_nothing_is_searched);
  tcase_add_test(t, it_works_beside_a_profile);
  return t;
}
