/* Functions that make tensors: ranges, unit matrices, grids, random numbers. */
#include "tests/operators/walk.h"

#include <math.h>
#include <stdlib.h>

#define LOST ((double)NAN)

START_TEST(filled_tensors) {
  ag_tensor *whole = ag_from(c, AG_I32, AG_SHAPE(2), (const int32_t[]){5, 6});
  ASSERT_ELEMENTS(ag_ones(c, AG_SHAPE(2, 1)), AG_SHAPE(2, 1), 1, 1);
  ASSERT_ELEMENTS(ag_zeros_like(whole), AG_SHAPE(2), 0, 0);
  ASSERT_ELEMENTS(ag_ones_like(whole), AG_SHAPE(2), 1, 1);
  ASSERT_ELEMENTS(ag_full_like(whole, -2.5), AG_SHAPE(2), -2, -2);
  ck_assert_int_eq(ag_dtype_of(ag_full_like(whole, 1)), AG_I32);
  ck_assert(!ag_requires_grad(ag_ones_like(trained_leaf(c, AG_SHAPE(2), 1, 0, 1))));
  ck_assert(ag_is_nil(ag_zeros_like(NULL)));
}
END_TEST

START_TEST(ranges_end_before_stop) {
  ASSERT_ELEMENTS(ag_arange(c, 0, 5), AG_SHAPE(5), 0, 1, 2, 3, 4);
  ASSERT_ELEMENTS(ag_arange(c, 1, 2, 0.25), AG_SHAPE(4), 1, 1.25, 1.5, 1.75);
  ASSERT_ELEMENTS(ag_arange(c, 3, 0, -2), AG_SHAPE(2), 3, 1);
  ASSERT_ELEMENTS(ag_arange(c, 3, 3), AG_SHAPE(0), 0);
  ASSERT_ELEMENTS(ag_arange(c, 1, 4.5, 2, .dtype = AG_I64), AG_SHAPE(2), 1, 3);
  ck_assert_int_eq(ag_dtype_of(ag_arange(c, 0, 3, .dtype = AG_U8)), AG_U8);
  ck_assert_int_eq(ag_dtype_of(ag_arange(c, 0, 3)), AG_F64);
  ag_tensor *long_one = ag_arange(c, 0, 1000, .dtype = AG_I32);
  ASSERT_EACH(i, 1000, ((const int32_t *)ag_data(long_one))[i], i, 0, "range");
  ag_arange(c, 0, 3, -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "arange: steps of -1 do not lead from 0 to 3");
  ag_arange(c, 0, LOST);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "arange: 0, nan and 1 must be finite");
  ag_arange(c, 0, 1, 0.25, .dtype = AG_I64);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "arange: start 0 and step 0.25 must be whole numbers for int64");
  ag_arange(c, 250, 257, .dtype = AG_U8);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "arange: 250 .. 256 are not all numbers of uint8");
  ag_arange(c, 0, -2, -1, .dtype = AG_BOOL);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "arange: 0 .. -1 are not all numbers of bool");
  ag_arange(c, 0, 1e300);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "arange: 1e+300 steps are too many");
  ag_arange(c, 0, 0x1p61);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "a tensor cannot have shape 2305843009213693952");
}
END_TEST

START_TEST(lines_end_at_stop) {
  ASSERT_ELEMENTS(ag_linspace(c, -1, 1, 5), AG_SHAPE(5), -1, -0.5, 0, 0.5, 1);
  ASSERT_ELEMENTS(ag_linspace(c, 2, 7, 1), AG_SHAPE(1), 2);
  ASSERT_ELEMENTS(ag_linspace(c, 2, 7, 0), AG_SHAPE(0), 0);
  ck_assert_double_ne(1.0 / 49 * 49, 1);
  ck_assert_double_eq(element(ag_linspace(c, 0, 1, 50), 49), 1);
  ag_linspace(c, 0, 1, -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "linspace: -1 steps are fewer than none");
}
END_TEST

START_TEST(unit_matrices) {
  ASSERT_ELEMENTS(ag_eye(c, 2), AG_SHAPE(2, 2), 1, 0, 0, 1);
  ASSERT_ELEMENTS(ag_eye(c, 2, 3), AG_SHAPE(2, 3), 1, 0, 0, 0, 1, 0);
  ASSERT_ELEMENTS(ag_eye(c, 3, 2, .dtype = AG_BOOL), AG_SHAPE(3, 2), 1, 0, 0, 1, 0, 0);
  ASSERT_ELEMENTS(ag_eye(c, 0), AG_SHAPE(0, 0), 0);
  ag_eye(c, -1);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "a tensor cannot have shape -1x-1");
}
END_TEST

START_TEST(grids_are_views) {
  ag_tensor *grid[3],
      *x[] = {trained_leaf(c, AG_SHAPE(2), 1, -1, 1), ag_arange(c, 0, 3, .dtype = AG_I64), ag_scalar(c, 7)};
  ck_assert(ag_meshgrid(3, x, grid));
  const double a = element(x[0], 0), b = element(x[0], 1);
  ASSERT_ELEMENTS(grid[0], AG_SHAPE(2, 3, 1), a, a, a, b, b, b);
  ASSERT_ELEMENTS(grid[1], AG_SHAPE(2, 3, 1), 0, 1, 2, 0, 1, 2);
  ASSERT_ELEMENTS(grid[2], AG_SHAPE(2, 3, 1), 7, 7, 7, 7, 7, 7);
  ag_backward(ag_sum(grid[0]));
  ASSERT_ELEMENTS(ag_gradient(x[0]), AG_SHAPE(2), 3, 3);
  x[1] = ag_zeros(c, AG_SHAPE(1, 2));
  ck_assert(!ag_meshgrid(3, x, grid));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "meshgrid: operand 1 is 1x2, wanted is one axis");
  ck_assert(ag_is_nil(grid[0]));
}
END_TEST

/* Random numbers are those of the streams, whatever the number of threads. */
START_TEST(random_tensors_follow_their_stream) {
  const ag_shape shape = AG_SHAPE(300, 301);
  ag_tensor *one[4], *p = ag_rand(c, shape, "p");
  for (int threads = 1; threads <= 3; threads += 2) {
    ag_set_threads(c, threads);
    ag_seed(c, 5);
    ag_tensor *x[] = {ag_rand(c, shape, "a"), ag_randn(c, shape, "a"), ag_bernoulli(p, "a"),
                      ag_randint(c, shape, "a", -3, 4)};
    for (int i = 0; i < LENGTH(x); i++) {
      if (threads == 1) one[i] = x[i];
      assert_same_bits(x[i], one[i]);
    }
  }
  ag_seed(c, 5);
  assert_same_bits(ag_uniform(c, shape, "a", 0, 1), one[0]);
  assert_same_bits(ag_normal(c, shape, "a", 0, 1), one[1]);
}
END_TEST

START_TEST(random_integers_are_even) {
  enum { N = 70000 };
  int64_t count[7] = {0};
  ag_tensor *x = ag_randint(c, AG_SHAPE(N), "dice", -3, 4);
  ck_assert_int_eq(ag_dtype_of(x), AG_I64);
  const int64_t *data = ag_data(x);
  ASSERT_EACH(i, N, data[i], data[i] < -3 ? -3 : data[i] > 3 ? 3 : data[i], 0, "dice");
  for (int i = 0; i < N; i++) count[data[i] + 3]++;
  for (int i = 0; i < 7; i++)
    ck_assert_msg(llabs(count[i] - N / 7) < 500, "%d: %lld", i - 3, (long long)count[i]);
  const int64_t *wide = ag_data(ag_randint(c, AG_SHAPE(64), "dice", INT64_MIN, INT64_MAX));
  bool negative = false, positive = false;
  for (int i = 0; i < 64; i++) negative |= wide[i]<INT64_MIN / 2, positive |= wide[i]> INT64_MAX / 2;
  ck_assert(negative && positive);
  ASSERT_ELEMENTS(ag_randint(c, AG_SHAPE(2), "dice", 8, 9), AG_SHAPE(2), 8, 8);
  ASSERT_ELEMENTS(ag_randint(c, AG_SHAPE(0), "dice", 0, 1), AG_SHAPE(0), 0);
  ag_randint(c, AG_SHAPE(2), "dice", 3, 3);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "randint: there is no integer from 3 to below 3");
}
END_TEST

START_TEST(random_order_has_each_once) {
  ag_tensor *order = ag_randperm(c, 50, "order");
  ck_assert_int_eq(ag_dtype_of(order), AG_I64);
  ASSERT_ELEMENTS(ag_sum(ag_cast(ag_one_hot(order, 50), AG_F64), .axes = AG_AXES(0)), AG_SHAPE(50), 1, 1, 1,
                  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);
  ck_assert(ag_item(ag_mean(ag_cast(ag_eq(order, ag_arange(c, 0, 50, .dtype = AG_I64)), AG_F64))) < 0.5);
  int64_t same[50];
  ag_seed(c, 1);
  ag_tensor *again = ag_randperm(c, 50, "order");
  ag_seed(c, 1);
  ag_permutation(c, "order", 50, same);
  assert_same_bits(again, ag_from(c, AG_I64, AG_SHAPE(50), same));
  ASSERT_ELEMENTS(ag_randperm(c, 0, "order"), AG_SHAPE(0), 0);
  ag_randperm(c, -1, "order");
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "a tensor cannot have shape -1");
}
END_TEST

START_TEST(bernoulli_has_its_probability) {
  ag_tensor *p =
      ag_expand(ag_from_double(c, AG_SHAPE(4, 1), (const double[]){0, 0.25, 0.75, 1}), AG_SHAPE(4, 10000));
  ag_tensor *mean = ag_mean(ag_bernoulli(p, "coin"), .axes = AG_AXES(1));
  ck_assert_double_eq(element(mean, 0), 0);
  ck_assert_double_eq_tol(element(mean, 1), 0.25, 0.02);
  ck_assert_double_eq_tol(element(mean, 2), 0.75, 0.02);
  ck_assert_double_eq(element(mean, 3), 1);
  ag_seed(c, 3);
  ag_tensor *fine = ag_bernoulli(p, "coin");
  ag_seed(c, 3);
  ag_tensor *coarse = ag_bernoulli(ag_cast(p, AG_F32), "coin");
  ck_assert_int_eq(ag_dtype_of(coarse), AG_F32);
  assert_same_bits(ag_cast(coarse, AG_F64), fine);
  ck_assert(!ag_requires_grad(ag_bernoulli(trained_leaf(c, AG_SHAPE(3), 1, 0, 1), "coin")));
  ag_bernoulli(ag_full(c, AG_SHAPE(2), 1.5), "coin");
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "bernoulli: p 1.5 at 0 is not in 0 .. 1");
  ag_bernoulli(ag_full(c, AG_SHAPE(2), LOST), "coin");
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "bernoulli: p nan at 0 is not in 0 .. 1");
  ag_bernoulli(ag_randperm(c, 2, "coin"), "coin");
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "bernoulli: p is int64, wanted is float32 or float64");
}
END_TEST

TCase *creation_tests(void) {
  TCase *t = tcase_create("creation");
  with_context(t);
  tcase_add_test(t, filled_tensors);
  tcase_add_test(t, ranges_end_before_stop);
  tcase_add_test(t, lines_end_at_stop);
  tcase_add_test(t, unit_matrices);
  tcase_add_test(t, grids_are_views);
  tcase_add_test(t, random_tensors_follow_their_stream);
  tcase_add_test(t, random_integers_are_even);
  tcase_add_test(t, random_order_has_each_once);
  tcase_add_test(t, bernoulli_has_its_probability);
  return t;
}
