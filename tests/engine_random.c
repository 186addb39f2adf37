/* Named random streams. */
#include "tests/test_engine.h"

#include <math.h>
#include <string.h>

START_TEST(streams_do_not_move_each_other) {
  uint64_t alone[4], beside[4];
  for (int i = 0; i < 4; i++) alone[i] = ag_random(c, "shuffle");
  ag_seed(c, 1);
  for (int i = 0; i < 4; i++) {
    ag_random(c, "init");
    ag_normal(c, AG_SHAPE(i + 3), "dropout", 0, 1);
    beside[i] = ag_random(c, "shuffle");
  }
  ck_assert_mem_eq(alone, beside, sizeof alone);
  for (int i = 1; i < 4; i++) ck_assert_uint_ne(alone[0], alone[i]);
}
END_TEST

START_TEST(streams_differ_by_name_and_seed) {
  const uint64_t a = ag_random(c, "a"), b = ag_random(c, "b");
  ck_assert_uint_ne(a, b);
  ag_seed(c, 2);
  ck_assert_uint_ne(ag_random(c, "a"), a);
  ag_seed(c, 1);
  ck_assert_uint_eq(ag_random(c, "a"), a);
  ck_assert_uint_eq(ag_random(c, "b"), b);
  ag_seed_stream(c, "a", 5);
  const uint64_t other = ag_random(c, "a"), next = ag_random(c, "b");
  ck_assert_uint_ne(other, a);
  ag_seed(c, 5);
  ck_assert_uint_eq(ag_random(c, "a"), other);
  ag_seed(c, 1);
  ag_random(c, "b");
  ck_assert_uint_eq(ag_random(c, "b"), next);
}
END_TEST

START_TEST(streams_can_be_saved_and_restored) {
  for (int i = 0; i < 5; i++) ag_random(c, "shuffle");
  ag_uniform(c, AG_SHAPE(7), "dropout", 0, 1);
  ag_stream_state states[2], none;
  ck_assert(ag_stream_get(c, 0, &states[0]) && ag_stream_get(c, 1, &states[1]));
  ck_assert(!ag_stream_get(c, 2, &none) && !ag_stream_get(c, -1, &none));
  ck_assert_str_eq(states[0].name, "shuffle");
  ck_assert_str_eq(states[1].name, "dropout");
  const uint64_t first = ag_random(c, "shuffle"), second = ag_random(c, "dropout");
  ag_ctx *other = ag_ctx_new();
  ag_random(other, "something else");
  for (int i = 1; i >= 0; i--) ag_stream_set(other, &states[i]);
  ck_assert_uint_eq(ag_random(other, "shuffle"), first);
  ck_assert_uint_eq(ag_random(other, "dropout"), second);
  ag_ctx_free(other);
}
END_TEST

START_TEST(streams_are_few_and_their_names_short) {
  char name[40] = "a name of thirty-one characters";
  ck_assert_uint_eq(strlen(name), 31);
  ag_random(c, name);
  ck_assert_int_eq(ag_error(c), AG_OK);
  strcat(name, "x");
  ck_assert_uint_eq(ag_random(c, name), 0);
  assert_error(c, AG_EVALUE, "ag_stream",
               "stream a name of thirty-one charactersx: at most 32 streams, with names of at most 31 letters");
  for (int i = 1; i < 32; i++) {
    snprintf(name, sizeof name, "s%d", i);
    ag_random(c, name);
  }
  ck_assert_int_eq(ag_error(c), AG_OK);
  int64_t order[3] = {7, 7, 7};
  ag_permutation(c, "one more", 3, order);
  assert_error(c, AG_EVALUE, "ag_stream", "stream one more: at most 32 streams, with names of at most 31 letters");
}
END_TEST

START_TEST(draws_refuse_what_is_no_distribution) {
  ag_uniform(c, AG_SHAPE(2), "u", 2, 1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "uniform: there is no number from 2 to 1");
  ag_uniform(c, AG_SHAPE(2), "u", 0, (double)NAN);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "uniform: there is no number from 0 to nan");
  ag_normal(c, AG_SHAPE(2), "n", 0, -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "normal: deviation -1 must be at least 0");
  ck_assert(ag_is_nil(ag_rand(c, AG_SHAPE(2), NULL)));
  assert_error(c, AG_EVALUE, "ag_stream", "the name of the stream is NULL");
}
END_TEST

/* ---- Distributions ---- */

/* Asserts that mean and variance lie within five standard errors. kurtosis is the fourth moment over the variance squared. */
static void assert_moments(ag_tensor *x, double mean, double variance, double kurtosis) {
  const double n = (double)ag_numel(x), sum = ag_item(ag_sum(ag_add_scalar(x, -mean)));
  const double squares = ag_item(ag_sum(ag_square(ag_add_scalar(x, -mean))));
  ck_assert_double_le(fabs(sum / n), 5 * sqrt(variance / n));
  ck_assert_double_le(fabs(squares / n - variance), 5 * variance * sqrt((kurtosis - 1) / n));
}

START_TEST(draws_have_their_distribution) {
  ag_tensor *u = ag_uniform(c, AG_SHAPE(200, 500), "u", -3, 5), *n = ag_normal(c, AG_SHAPE(200, 500), "n", 2, 0.5);
  assert_moments(u, 1, 64.0 / 12, 1.8);
  assert_moments(n, 2, 0.25, 3);
  ck_assert_double_lt(ag_item(ag_max(u)), 5);
  ck_assert_double_ge(-ag_item(ag_max(ag_neg(u))), -3);
  ck_assert_double_gt(ag_item(ag_max(u)), 4.99);
  ag_tensor *rows = ag_reshape(ag_add_scalar(u, -1), AG_SHAPE(2, 50000)); /* the halves are not alike */
  const double product = ag_item(ag_mean(ag_mul(ag_slice(rows, 0, 0, 1, 1), ag_slice(rows, 0, 1, 2, 1))));
  ck_assert_double_le(fabs(product), 5 * (64.0 / 12) / sqrt(50000));
}
END_TEST

START_TEST(both_types_draw_the_same_numbers) {
  ag_tensor *u = ag_uniform(c, AG_SHAPE(1000), "u", -1, 1), *n = ag_normal(c, AG_SHAPE(1000), "n", 0, 1);
  ag_seed(c, 1);
  ag_set_dtype(c, AG_F32);
  assert_close(ag_uniform(c, AG_SHAPE(1000), "u", -1, 1), u, 2e-7);
  assert_close(ag_normal(c, AG_SHAPE(1000), "n", 0, 1), n, 1e-6);
}
END_TEST

START_TEST(draws_do_not_depend_on_threads_or_cuts) {
  ag_set_threads(c, 1);
  ag_tensor *whole = ag_normal(c, AG_SHAPE(100000), "n", 0, 1);
  for (int threads = 2; threads <= 7; threads += 5) {
    ag_set_threads(c, threads);
    ag_seed(c, 1);
    ag_tensor *first = ag_normal(c, AG_SHAPE(33333), "n", 0, 1), *second = ag_normal(c, AG_SHAPE(66667), "n", 0, 1);
    assert_same_bits(ag_concat(2, ((ag_tensor *[]){first, second}), 0), whole);
  }
}
END_TEST

/* ---- Permutations ---- */

START_TEST(permutations_hold_each_number_once) {
  enum { MOST = 1000 };
  int64_t order[MOST];
  for (int64_t n = 0; n <= MOST; n = 3 * n + 1) {
    bool seen[MOST] = {false};
    ag_permutation(c, "shuffle", n, order);
    for (int64_t i = 0; i < n; i++) {
      ck_assert(order[i] >= 0 && order[i] < n && !seen[order[i]]);
      seen[order[i]] = true;
    }
  }
}
END_TEST

/* Chi squared over the 24 orders of 4: 23 degrees of freedom, beyond 60 with probability 3e-5. */
START_TEST(permutations_are_equally_frequent) {
  int count[256] = {0}, orders = 0;
  double chi = 0;
  for (int i = 0; i < 24000; i++) {
    int64_t order[4];
    ag_permutation(c, "shuffle", 4, order);
    count[order[0] * 64 + order[1] * 16 + order[2] * 4 + order[3]]++;
  }
  for (int i = 0; i < 256; i++) {
    if (!count[i]) continue;
    orders++;
    chi += pow(count[i] - 1000, 2) / 1000;
  }
  ck_assert_int_eq(orders, 24);
  ck_assert_double_lt(chi, 60);
  ck_assert_double_gt(chi, 5);
}
END_TEST

TCase *random_tests(void) {
  TCase *t = tcase_create("random");
  with_context(t);
  tcase_add_test(t, streams_do_not_move_each_other);
  tcase_add_test(t, streams_differ_by_name_and_seed);
  tcase_add_test(t, streams_can_be_saved_and_restored);
  tcase_add_test(t, streams_are_few_and_their_names_short);
  tcase_add_test(t, draws_refuse_what_is_no_distribution);
  tcase_add_test(t, draws_have_their_distribution);
  tcase_add_test(t, both_types_draw_the_same_numbers);
  tcase_add_test(t, draws_do_not_depend_on_threads_or_cuts);
  tcase_add_test(t, permutations_hold_each_number_once);
  tcase_add_test(t, permutations_are_equally_frequent);
  return t;
}
