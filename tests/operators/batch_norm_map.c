/* Batch normalisation as a map: that it is ag_batch_norm, what it remembers, and what it refuses. Its
 * gradients are looked at together with those of the convolutions around it, in conv2d_moments.c. */
#include "tests/operators/walk.h"

/* ---- What it is ---- */

static ag_tensor *row(ag_tensor *rows, int i) {
  return ag_reshape(ag_slice(rows, 0, i, i + 1, 1), AG_SHAPE(ag_dim(rows, 1)));
}

static ag_tensor *moments_of(ag_tensor *rows) {
  return ag_stack(
      2,
      ((ag_tensor *[]){ag_mean(rows, .axes = AG_AXES(0)), ag_var(rows, .axes = AG_AXES(0), .biased = true)}),
      0);
}

/* With what is given or not, in training and evaluation, the map is that of ag_batch_norm, and the running
 * values move alike. */
START_TEST(maps_are_batch_normalisations) {
  for (int given = 0; given < 8; given++) {
    const bool training = given & 1;
    ag_tensor *x = irregular_leaf(c, AG_SHAPE(7, 3), 51, -1, 1),
              *weight = given & 2 ? irregular_leaf(c, AG_SHAPE(3), 52, -1, 1) : NULL,
              *bias = given & 4 ? irregular_leaf(c, AG_SHAPE(3), 53, -1, 1) : NULL, *mean[2], *var[2];
    for (int i = 0; i < 2; i++)
      mean[i] = irregular_leaf(c, AG_SHAPE(3), 54, -1, 1), var[i] = irregular_leaf(c, AG_SHAPE(3), 55, 1, 2);
    ag_tensor *norm = ag_batch_norm_map(x, training ? moments_of(x) : NULL, weight, bias, mean[0], var[0],
                                        .training = training, .eps = 0.01);
    ag_tensor *y = ag_batch_norm(x, weight, bias, mean[1], var[1], .training = training, .eps = 0.01);
    ck_assert_int_eq(ag_dim(norm, 0), 3);
    assert_close(ag_add(ag_mul(ag_sub(x, row(norm, 0)), row(norm, 1)), row(norm, 2)), y, 1e-12);
    assert_close(mean[0], mean[1], 1e-13);
    assert_close(var[0], var[1], 1e-13);
    ck_assert((element(mean[0], 0) == irregular(54, 0, -1, 1)) == !training);
  }
}
END_TEST

/* The moments may be a view of any kind; the running values move by what they show. */
START_TEST(maps_read_strided_moments) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(5, 3), 68, -1, 1),
            *columns = irregular_leaf(c, AG_SHAPE(3, 2), 69, 1, 2);
  ag_tensor *strided = ag_transpose(columns, 0, 1), *dense = ag_contiguous(strided), *norm[2], *mean[2],
            *var[2];
  for (int i = 0; i < 2; i++) {
    mean[i] = irregular_leaf(c, AG_SHAPE(3), 70, -1, 1), var[i] = irregular_leaf(c, AG_SHAPE(3), 71, 1, 2);
    norm[i] = ag_batch_norm_map(x, i ? strided : dense, .running_mean = mean[i], .running_var = var[i],
                                .training = true, .momentum = 0.25);
  }
  assert_same_bits(norm[1], norm[0]);
  assert_same_bits(mean[1], mean[0]);
  assert_same_bits(var[1], var[0]);
  ck_assert_double_eq_tol(element(var[1], 2),
                          0.75 * irregular(71, 2, 1, 2) + 0.25 * 5 / 4 * irregular(69, 5, 1, 2), 1e-14);
}
END_TEST

/* The moments may be of more values than x has; the variance of the batch is unbiased by their number. */
START_TEST(maps_count_the_values_of_the_moments) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(1, 3), 72, -1, 1),
            *moments = irregular_leaf(c, AG_SHAPE(2, 3), 73, 1, 2),
            *var = irregular_leaf(c, AG_SHAPE(3), 74, 1, 2);
  ag_batch_norm_map(x, moments, .running_var = var, .training = true, .momentum = 0.25, .count = 9);
  for (int64_t i = 0; i < 3; i++)
    ck_assert_double_eq_tol(element(var, i),
                            0.75 * irregular(74, i, 1, 2) + 0.25 * 9 / 8 * irregular(73, 3 + i, 1, 2), 1e-14);
  ag_batch_norm_map(ag_reshape(x, AG_SHAPE(3, 1)), ag_slice(moments, 1, 0, 1, 1), .training = true, .count = 1);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: training wants more than one value in each channel, x is 3x1, count 1");
}
END_TEST

/* ---- What is refused ---- */

START_TEST(maps_want_what_has_a_number_for_each_channel) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 2, 4), 61, -1, 1),
            *pair = irregular_leaf(c, AG_SHAPE(2, 4), 62, 1, 2),
            *each = irregular_leaf(c, AG_SHAPE(4), 63, 1, 2),
            *three = irregular_leaf(c, AG_SHAPE(3), 64, 1, 2);
  ag_batch_norm_map(ag_scalar(c, 1), .training = true);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: x must be (..., c), found scalar");
  ag_batch_norm_map(x, .training = true);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "batch_norm_map: training wants the moments of x, found NULL");
  ag_batch_norm_map(each, pair, .training = true);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: training wants more than one value in each channel, x is 4, count 0");
  ag_batch_norm_map(x, pair, .running_mean = each);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "batch_norm_map: evaluation wants running_mean and running_var, one of them is NULL");
  ag_batch_norm_map(x, pair, .running_var = each);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "batch_norm_map: evaluation wants running_mean and running_var, one of them is NULL");
  ag_batch_norm_map(x, ag_transpose(pair, 0, 1), .training = true);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: moments is float64 4x2, x float64 2x3x2x4 wants float64 2x4, mean and variance of each channel");
  ag_batch_norm_map(x, pair, three, .training = true);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: weight is float64 3, x float64 2x3x2x4 wants float64 4, one number for each channel");
  ag_batch_norm_map(x, pair, each, pair, .training = true);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: bias is float64 2x4, x float64 2x3x2x4 wants float64 4, one number for each channel");
  ag_batch_norm_map(x, .running_mean = three, .running_var = each);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: running_mean is float64 3, x float64 2x3x2x4 wants float64 4, one number for each channel");
  ag_batch_norm_map(x, .running_mean = each, .running_var = ag_cast(each, AG_F32));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "batch_norm_map: running_var is float32 4, x float64 2x3x2x4 wants float64 4, one number for each channel");
}
END_TEST

TCase *batch_norm_map_tests(void) {
  TCase *t = tcase_create("batch_norm_map");
  with_context(t);
  tcase_add_test(t, maps_are_batch_normalisations);
  tcase_add_test(t, maps_read_strided_moments);
  tcase_add_test(t, maps_count_the_values_of_the_moments);
  tcase_add_test(t, maps_want_what_has_a_number_for_each_channel);
  return t;
}
