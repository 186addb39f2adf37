/* Functions that are made of operators and are none themselves: values against plain loops, gradients against
 * differences up to the second order. */
#include "tests/operators/walk.h"

#include <math.h>
#include <stdlib.h>

static void assert_gradients(ag_tensor *(*fn)(ag_tensor *const *in, void *user), void *user, int n,
                             ag_tensor *const *in) {
  ck_assert_msg(ag_gradcheck(c, fn, user, n, in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-7, .order = 2), "%s",
                ag_error_message(c));
}

/* ---- Moments ---- */

/* Asserts mean and both variances of x (2, 3, 4, 5) over the axes where `over` is set; keepdim must change
 * the shape alone. */
static void assert_moments(const array *x, ag_tensor *input, ag_axes axes, const bool *over) {
  ag_shape kept = x->shape, shape = {0};
  for (int i = 0; i < kept.rank; i++) {
    if (over[i]) kept.dim[i] = 1;
    if (!over[i]) shape.dim[shape.rank++] = x->shape.dim[i];
  }
  array mean = array_new(kept), biased = array_new(kept), unbiased = array_new(kept);
  const double n = (double)(numel_of(x->shape) / numel_of(kept));
  for (int pass = 0; pass < 2; pass++) {
    EACH_INDEX(x->shape, index) {
      int64_t at[AG_MAX_RANK] = {0};
      for (int i = 0; i < kept.rank; i++) at[i] = over[i] ? 0 : index[i];
      const int64_t place = place_of(kept, at);
      const double value = x->data[place_of(x->shape, index)];
      if (pass == 0) mean.data[place] += value / n;
      if (pass == 1) biased.data[place] += pow(value - mean.data[place], 2) / n;
      if (pass == 1) unbiased.data[place] += pow(value - mean.data[place], 2) / (n - 1);
    }
  }
  assert_elements(ag_mean(input, .axes = axes), shape, mean.data);
  assert_elements(ag_mean(input, .axes = axes, .keepdim = true), kept, mean.data);
  assert_elements(ag_var(input, .axes = axes), shape, unbiased.data);
  assert_elements(ag_var(input, .axes = axes, .keepdim = true), kept, unbiased.data);
  assert_elements(ag_var(input, .axes = axes, .biased = true), shape, biased.data);
  array_free(&mean), array_free(&biased), array_free(&unbiased);
}

START_TEST(moments_are_those_of_the_definition) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 4, 5), 1, -2, 3);
  array a = array_of(x);
  assert_moments(&a, x, (ag_axes){0}, (bool[]){true, true, true, true});
  assert_moments(&a, x, AG_AXES(1), (bool[]){false, true, false, false});
  assert_moments(&a, x, AG_AXES(-1, 0), (bool[]){true, false, false, true});
  assert_moments(&a, x, AG_AXES(0, 2, 3), (bool[]){true, false, true, true});
  array_free(&a);
  ag_mean(x, .axes = AG_AXES(4));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "mean: axis 4 does not exist in 2x3x4x5");
  ag_var(x, .axes = AG_AXES(1, -3));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "var: axis -3 of 2x3x4x5 is given twice");
}
END_TEST

/* 1e8 + (0, 1, 2, 3): the difference of sums of squares would lose all digits. */
START_TEST(variances_do_not_cancel) {
  ag_tensor *x = ag_from_double(c, AG_SHAPE(4), (double[]){1e8, 1e8 + 1, 1e8 + 2, 1e8 + 3});
  ASSERT_ELEMENTS(ag_var(x), AG_SCALAR, 5.0 / 3);
  ASSERT_ELEMENTS(ag_var(x, .biased = true), AG_SCALAR, 1.25);
}
END_TEST

static ag_tensor *moments(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *parts[] = {ag_var(in[0], .axes = AG_AXES(0)), ag_mean(in[0], .axes = AG_AXES(-2)),
                        ag_expand(ag_var(in[0], .biased = true), AG_SHAPE(3)),
                        ag_var(ag_exp(in[0]), .axes = AG_AXES(0))};
  return ag_concat(LENGTH(parts), parts, 0);
}

START_TEST(moments_are_differentiated) {
  assert_gradients(moments, NULL, 1, (ag_tensor *[]){trained_leaf(c, AG_SHAPE(4, 3), 2, -1, 1)});
}
END_TEST

/* ---- Shapes ---- */

START_TEST(transpose_and_flatten_move_elements) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 4), 3, -1, 1), *y = ag_transpose(x, 0, -1);
  array a = array_of(x), b = array_of(y);
  ck_assert_int_eq(ag_dim(y, 0), 4);
  EACH_INDEX(a.shape, i) {
    ck_assert_double_eq(b.data[place_of(b.shape, (int64_t[]){i[2], i[1], i[0]})],
                        a.data[place_of(a.shape, i)]);
  }
  assert_elements(ag_flatten(x, 0), AG_SHAPE(24), a.data);
  assert_elements(ag_flatten(x, 1), AG_SHAPE(2, 12), a.data);
  assert_elements(ag_flatten(x, -1), AG_SHAPE(2, 3, 4), a.data);
  assert_elements(ag_flatten(y, 1), AG_SHAPE(4, 6), b.data);
  ck_assert_ptr_eq(ag_data(ag_flatten(x, 1)), ag_data(x));
  array_free(&a), array_free(&b);
  assert_same_bits(ag_transpose(x, 1, 1), x);
  ag_transpose(x, 0, 3);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "transpose: axis 3 does not exist in 2x3x4");
  ag_flatten(x, -4);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "flatten: axis -4 does not exist in 2x3x4");
}
END_TEST

START_TEST(stack_makes_an_axis) {
  ag_tensor *x[3];
  for (int k = 0; k < 3; k++) x[k] = irregular_leaf(c, AG_SHAPE(2, 4), 4 + (uint64_t)k, -1, 1);
  for (int axis = -3; axis < 3; axis++) {
    const int place = axis_of(3, axis);
    array y = array_of(ag_stack(3, x, axis));
    ck_assert_int_eq(y.shape.rank, 3);
    ck_assert_int_eq(y.shape.dim[place], 3);
    EACH_INDEX(y.shape, i) {
      const int64_t row = i[place == 0 ? 1 : 0], column = i[place == 2 ? 1 : 2];
      ck_assert_double_eq(y.data[place_of(y.shape, i)], element(x[i[place]], row * 4 + column));
    }
    array_free(&y);
  }
  ag_stack(3, x, 3);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "stack: there is no place for axis 3 in 2x4");
  ag_stack(2, ((ag_tensor *[]){x[0], ag_transpose(x[1], 0, 1)}), 0);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "stack: operand 1 is 4x2, operand 0 2x4; all must have one shape");
}
END_TEST

static ag_tensor *shapes(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *stacked = ag_stack(3, ((ag_tensor *[]){in[0], ag_square(in[1]), in[0]}), 1);
  return ag_square(ag_flatten(ag_transpose(stacked, 0, 2), 1));
}

START_TEST(shapes_are_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 3), 7, -1, 1), trained_leaf(c, AG_SHAPE(2, 3), 8, -1, 1)};
  assert_gradients(shapes, NULL, 2, in);
}
END_TEST

/* ---- Products with vectors ---- */

static ag_tensor *products(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *parts[] = {ag_matmul(in[0], in[1]), ag_matmul(in[2], in[0]),
                        ag_reshape(ag_matmul(in[1], in[1]), AG_SHAPE(1))};
  return ag_concat(LENGTH(parts), parts, 0);
}

START_TEST(vectors_are_rows_and_columns) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 3), 9, -1, 1), trained_leaf(c, AG_SHAPE(3), 10, -1, 1),
                     trained_leaf(c, AG_SHAPE(2), 11, -1, 1)};
  double *m = elements(in[0]), *x = elements(in[1]), *y = elements(in[2]), expected[6] = {0};
  for (int i = 0; i < 2; i++) {
    for (int j = 0; j < 3; j++) {
      expected[i] += m[3 * i + j] * x[j];
      expected[2 + j] += y[i] * m[3 * i + j];
      expected[5] += i ? 0 : x[j] * x[j];
    }
  }
  assert_elements(products(in, NULL), AG_SHAPE(6), expected);
  free(m), free(x), free(y);
  ck_assert_int_eq(ag_rank(ag_matmul(in[1], in[1])), 0);
  assert_gradients(products, NULL, 3, in);
  ag_matmul(in[0], in[2]);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "matmul: 2x3 and 2 do not fit");
}
END_TEST

/* ---- Dropout ---- */

/* Among n elements the number of zeros lies within five standard deviations of n p, also in every tenth of
 * them; the others are x / (1 - p). */
START_TEST(dropout_drops_a_part_and_scales_the_rest) {
  enum { MOST = 100000, TENTH = MOST / 10 };
  const double rates[] = {0.1, 0.5, 0.83};
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(100, MOST / 100), 12, 0.5, 2);
  double *before = elements(x);
  for (int k = 0; k < LENGTH(rates); k++) {
    const double p = rates[k];
    double *after = elements(ag_dropout(x, p, true));
    ASSERT_EACH(i, MOST, after[i], after[i] == 0 ? 0 : before[i] / (1 - p), 1e-15 * before[i] / (1 - p),
                "dropout of %g", p);
    int dropped = 0, part = 0;
    for (int i = 0; i < MOST; i++) {
      if (after[i] == 0) part++;
      if (i % TENTH != TENTH - 1) continue;
      ck_assert_double_le(fabs(part - TENTH * p), 5 * sqrt(TENTH * p * (1 - p)));
      dropped += part;
      part = 0;
    }
    ck_assert_double_le(fabs(dropped - MOST * p), 5 * sqrt(MOST * p * (1 - p)));
    free(after);
  }
  free(before);
}
END_TEST

START_TEST(dropout_follows_its_stream) {
  ag_tensor *x = ag_full(c, AG_SHAPE(30, 40), 1), *first = ag_dropout(x, 0.4, true),
            *second = ag_dropout(x, 0.4, true);
  ck_assert_double_gt(ag_item(ag_sum(ag_abs(ag_sub(first, second)))), 100);
  ag_seed(c, 1);
  ag_random(c, "shuffle"); /* other streams do not matter */
  ag_dropout(x, 0.4, false);
  ag_dropout(x, 0, true);
  assert_same_bits(ag_dropout(x, 0.4, true), first);
  assert_same_bits(ag_dropout(x, 0.4, true), second);
  ag_seed(c, 2);
  ck_assert_double_gt(ag_item(ag_sum(ag_abs(ag_sub(ag_dropout(x, 0.4, true), first)))), 100);
}
END_TEST

START_TEST(dropout_is_nothing_or_all_at_the_ends) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 4), 13, -1, 1);
  ck_assert_ptr_eq(ag_dropout(x, 0.7, false), x);
  ck_assert_ptr_eq(ag_dropout(x, 0, true), x);
  assert_same_bits(ag_abs(ag_dropout(x, 1, true)), ag_zeros(c, AG_SHAPE(3, 4)));
  ag_dropout(x, 1.5, true);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "dropout: p 1.5 is not in 0 .. 1");
  ag_dropout(x, (double)NAN, false);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "dropout: p nan is not in 0 .. 1");
  ag_dropout(ag_argmax(x, .axes = AG_AXES(0)), 0.5, true);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "dropout: x is int64, wanted is float32 or float64");
}
END_TEST

static ag_tensor *dropped(ag_tensor *const *in, void *user) {
  return ag_square(ag_dropout(in[0], *(double *)user, true));
}

START_TEST(dropout_is_differentiated_through_its_mask) {
  double p = 0.4;
  ag_tensor *x = trained_leaf(c, AG_SHAPE(4, 5), 14, 0.5, 2), *y = ag_dropout(x, p, true);
  ag_backward(ag_sum(y));
  assert_close(ag_mul(ag_gradient(x), x), y, 1e-15);
  assert_gradients(dropped, &p, 1, &x);
}
END_TEST

/* ---- Batch normalisation beyond its operator ---- */

static ag_tensor *normalised(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_batch_norm(in[0], in[1], in[2], in[3], in[4], .eps = 0.01);
}

START_TEST(batch_norm_evaluates_with_running_statistics) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 3, 2), 15, -1, 1), trained_leaf(c, AG_SHAPE(3), 16, 0.5, 2),
                     trained_leaf(c, AG_SHAPE(3), 17, -1, 1), irregular_leaf(c, AG_SHAPE(3), 18, -1, 1),
                     irregular_leaf(c, AG_SHAPE(3), 19, 0.5, 2)};
  double *v[5], expected[12], bare[12];
  for (int i = 0; i < 5; i++) v[i] = elements(in[i]);
  for (int i = 0; i < 12; i++) {
    const int k = i / 2 % 3;
    bare[i] = (v[0][i] - v[3][k]) / sqrt(v[4][k] + 1e-5);
    expected[i] = (v[0][i] - v[3][k]) / sqrt(v[4][k] + 0.01) * v[1][k] + v[2][k];
  }
  assert_elements(normalised(in, NULL), AG_SHAPE(2, 3, 2), expected);
  assert_elements(ag_batch_norm(in[0], .running_mean = in[3], .running_var = in[4]), AG_SHAPE(2, 3, 2), bare);
  for (int i = 0; i < 5; i++) free(v[i]);
  assert_gradients(normalised, NULL, 5, in);
}
END_TEST

/* With relu, in training and in evaluation: the numbers of ag_relu, and its gradients. */
START_TEST(batch_norm_rectifies_as_relu_does) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(4, 3, 5), 21, -1, 1), *w = trained_leaf(c, AG_SHAPE(3), 22, -1, 1),
            *b = trained_leaf(c, AG_SHAPE(3), 23, -1, 1), *mean = irregular_leaf(c, AG_SHAPE(3), 24, -1, 1),
            *var = irregular_leaf(c, AG_SHAPE(3), 25, 0.5, 2),
            *g = irregular_leaf(c, AG_SHAPE(4, 3, 5), 26, -1, 1);
  for (int training = 0; training < 2; training++) {
    ag_tensor *fused = ag_batch_norm(x, w, b, mean, var, .training = training, .relu = true);
    ag_tensor *apart =
        ag_relu(ag_batch_norm(x, w, b, training ? NULL : mean, training ? NULL : var, .training = training));
    assert_same_bits(fused, apart);
    ag_tensor *d[2][3];
    for (int i = 0; i < 2; i++) {
      ag_grad(.n_outputs = 1, .outputs = i ? &apart : &fused, .n_inputs = 3,
              .inputs = (ag_tensor *[]){x, w, b}, .grads = d[i], .grad_outputs = &g);
    }
    for (int k = 0; k < 3; k++) assert_close(d[0][k], d[1][k], 1e-14);
  }
}
END_TEST

/* The batch's variance is unbiased where it moves the running one, biased where it normalises. */
START_TEST(batch_norm_moves_running_statistics) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(4, 3), 20, -1, 3), *mean = ag_full(c, AG_SHAPE(3), 0.25),
            *var = ag_full(c, AG_SHAPE(3), 2);
  ag_tensor *y =
      ag_batch_norm(x, .running_mean = mean, .running_var = var, .training = true, .momentum = 0.3);
  ag_tensor *expected = ag_add_scalar(ag_mul_scalar(ag_mean(x, .axes = AG_AXES(0)), 0.3), 0.7 * 0.25);
  assert_close(mean, expected, 1e-14);
  assert_close(var, ag_add_scalar(ag_mul_scalar(ag_var(x, .axes = AG_AXES(0)), 0.3), 0.7 * 2), 1e-14);
  ag_tensor *centred = ag_sub(x, ag_mean(x, .axes = AG_AXES(0)));
  ag_tensor *spread = ag_sqrt(ag_add_scalar(ag_var(x, .axes = AG_AXES(0), .biased = true), 1e-5));
  assert_close(y, ag_div(centred, spread), 1e-14);
}
END_TEST

/* ---- convolution with enough channels for Winograd's way, which the samples of the catalogue have not ----
 */

static ag_tensor *convolution(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_conv2d(in[0], in[1], .bias = in[2], .padding = 1);
}

/* In double, where the two ways differ by rounding alone. */
START_TEST(winograd_is_a_choice_of_the_context) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 16, 5, 7), 1, -1, 1),
                     trained_leaf(c, AG_SHAPE(17, 16, 3, 3), 2, -1, 1),
                     trained_leaf(c, AG_SHAPE(17), 3, -1, 1)};
  ag_tensor *y[2], *dx[2][3];
  for (int way = 0; way < 2; way++) {
    ck_assert(ag_winograd(c));
    ag_set_winograd(c, way == 0);
    y[way] = convolution(in, NULL);
    ag_tensor *loss = ag_sum(ag_square(y[way]));
    ck_assert(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 3, .inputs = in, .grads = dx[way]));
    ag_set_winograd(c, true);
  }
  assert_close(y[0], y[1], 1e-10);
  ck_assert(ag_item(ag_max(ag_abs(ag_sub(y[0], y[1])))) > 0);
  for (int i = 0; i < 2; i++) {
    assert_close(dx[0][i], dx[1][i], 1e-10);
    ck_assert(ag_item(ag_max(ag_abs(ag_sub(dx[0][i], dx[1][i])))) > 0);
  }
}
END_TEST

START_TEST(winograd_is_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(1, 16, 4, 4), 1, -1, 1),
                     trained_leaf(c, AG_SHAPE(16, 16, 3, 3), 2, -1, 1),
                     trained_leaf(c, AG_SHAPE(16), 3, -1, 1)};
  assert_gradients(convolution, NULL, 3, in);
}
END_TEST

/* What conv2d_grad_weight gives for the bias alone: its other result is not used. */
static ag_tensor *bias_gradient(ag_tensor *const *in, void *user) {
  ag_tensor *loss = ag_sum(ag_square(convolution(in, user))), *of[2] = {NULL, NULL};
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 2, .inputs = in + 1, .grads = of,
                    .create_graph = true));
  return of[1];
}

START_TEST(gradients_of_the_bias_are_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 2, 4, 3), 1, -1, 1),
                     trained_leaf(c, AG_SHAPE(3, 2, 3, 3), 2, -1, 1), trained_leaf(c, AG_SHAPE(3), 3, -1, 1)};
  ag_tensor *twice = ag_mul_scalar(ag_sum(convolution(in, NULL), .axes = AG_AXES(0, 2, 3)), 2);
  assert_close(bias_gradient(in, NULL), twice, 1e-14);
  assert_gradients(bias_gradient, NULL, 3, in);
}
END_TEST

TCase *composite_tests(void) {
  TCase *t = tcase_create("composites");
  with_context(t);
  tcase_add_test(t, moments_are_those_of_the_definition);
  tcase_add_test(t, variances_do_not_cancel);
  tcase_add_test(t, moments_are_differentiated);
  tcase_add_test(t, transpose_and_flatten_move_elements);
  tcase_add_test(t, stack_makes_an_axis);
  tcase_add_test(t, shapes_are_differentiated);
  tcase_add_test(t, vectors_are_rows_and_columns);
  tcase_add_test(t, dropout_drops_a_part_and_scales_the_rest);
  tcase_add_test(t, dropout_follows_its_stream);
  tcase_add_test(t, dropout_is_nothing_or_all_at_the_ends);
  tcase_add_test(t, dropout_is_differentiated_through_its_mask);
  tcase_add_test(t, batch_norm_evaluates_with_running_statistics);
  tcase_add_test(t, batch_norm_rectifies_as_relu_does);
  tcase_add_test(t, batch_norm_moves_running_statistics);
  tcase_add_test(t, winograd_is_a_choice_of_the_context);
  tcase_add_test(t, winograd_is_differentiated);
  tcase_add_test(t, gradients_of_the_bias_are_differentiated);
  return t;
}
