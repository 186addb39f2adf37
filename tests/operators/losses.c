/* Losses against the formulas of the header, their gradients, and what they refuse. */
#include "tests/operators/walk.h"

#include <math.h>
#include <stdlib.h>

#define HALF_LOG_2PI 0.91893853320467274178
enum { ROWS = 5, CLASSES = 4, N = ROWS * CLASSES };

/* Some differences lie on each side of beta = 0.6 and of 0, none so near that a difference quotient sees the
 * kink. */
static ag_tensor *predictions(void) { return trained_leaf(c, AG_SHAPE(ROWS, CLASSES), 11, -1.5, 1.5); }
static ag_tensor *targets(void) { return trained_leaf(c, AG_SHAPE(ROWS, CLASSES), 15, -1.5, 1.5); }
static ag_tensor *log_variances(void) { return trained_leaf(c, AG_SHAPE(ROWS, CLASSES), 13, -2, 2); }
static const int64_t chosen[ROWS] = {2, 0, 3, 2, 1};
static ag_tensor *labels(void) { return ag_from(c, AG_I64, AG_SHAPE(ROWS), chosen); }

/* ---- Values ---- */

/* Asserts the losses without reduction, their mean, which is the default, and their sum. */
static void assert_losses(ag_tensor *none, ag_tensor *mean, ag_tensor *sum, ag_shape shape,
                          const double *expected) {
  const int64_t n = numel_of(shape);
  double total = 0;
  for (int64_t i = 0; i < n; i++) total += expected[i];
  assert_elements(none, shape, expected);
  ASSERT_ELEMENTS(mean, AG_SCALAR, total / (double)n);
  ASSERT_ELEMENTS(sum, AG_SCALAR, total);
}
#define ASSERT_LOSSES(f, shape, expected, ...)                                                               \
  assert_losses(f(__VA_ARGS__, .reduction = AG_NONE), f(__VA_ARGS__), f(__VA_ARGS__, .reduction = AG_SUM),   \
                shape, expected)

START_TEST(distances_are_those_of_the_header) {
  ag_tensor *x = predictions(), *y = targets();
  double *a = elements(x), *b = elements(y), squares[N], sizes[N], smooth[N], smoother[N];
  int near = 0;
  for (int i = 0; i < N; i++) {
    const double d = a[i] - b[i], beta = 0.6;
    squares[i] = d * d;
    sizes[i] = fabs(d);
    smooth[i] = d > -1 && d < 1 ? d * d / 2 : fabs(d) - 0.5;
    smoother[i] = d > -beta && d < beta ? d * d / 2 / beta : fabs(d) - beta / 2;
    near += fabs(d) < beta;
  }
  ck_assert(near > 2 && near < N - 2);
  ASSERT_LOSSES(ag_mse_loss, AG_SHAPE(ROWS, CLASSES), squares, x, y);
  ASSERT_LOSSES(ag_l1_loss, AG_SHAPE(ROWS, CLASSES), sizes, x, y);
  ASSERT_LOSSES(ag_smooth_l1_loss, AG_SHAPE(ROWS, CLASSES), smooth, x, y);
  ASSERT_LOSSES(ag_smooth_l1_loss, AG_SHAPE(ROWS, CLASSES), smooth, x, y, .beta = 1);
  ASSERT_LOSSES(ag_smooth_l1_loss, AG_SHAPE(ROWS, CLASSES), smoother, x, y, .beta = 0.6);
  free(a), free(b);
}
END_TEST

START_TEST(a_likelihood_is_that_of_the_normal_distribution) {
  ag_tensor *x = predictions(), *y = targets(), *v = log_variances();
  double *mean = elements(x), *target = elements(y), *log_variance = elements(v), full[N], bare[N];
  for (int i = 0; i < N; i++) {
    const double deviation = sqrt(exp(log_variance[i])), z = (target[i] - mean[i]) / deviation;
    full[i] = -log(exp(-z * z / 2) / (deviation * sqrt(2 * M_PI)));
    bare[i] = full[i] - HALF_LOG_2PI;
  }
  ASSERT_LOSSES(ag_gaussian_nll_loss, AG_SHAPE(ROWS, CLASSES), full, x, v, y, .full = true);
  ASSERT_LOSSES(ag_gaussian_nll_loss, AG_SHAPE(ROWS, CLASSES), bare, x, v, y);
  free(mean), free(target), free(log_variance);
}
END_TEST

START_TEST(classes_are_picked) {
  ag_tensor *x = predictions(), *t = labels();
  double *logits = elements(x), picked[ROWS], entropy[ROWS];
  for (int i = 0; i < ROWS; i++) {
    double sum = 0;
    for (int k = 0; k < CLASSES; k++) sum += exp(logits[i * CLASSES + k]);
    picked[i] = -logits[i * CLASSES + chosen[i]];
    entropy[i] = log(sum) + picked[i];
  }
  ASSERT_LOSSES(ag_nll_loss, AG_SHAPE(ROWS), picked, x, t);
  ASSERT_LOSSES(ag_cross_entropy, AG_SHAPE(ROWS), entropy, x, t);
  assert_close(ag_nll_loss(ag_log_softmax(x, 1), t), ag_cross_entropy(x, t), 1e-15);
  free(logits);

  /* Every other label, and logits that would overflow. */
  ag_tensor *strided = ag_slice(ag_from(c, AG_I64, AG_SHAPE(4), (int64_t[]){1, 7, 0, -7}), 0, 0, 4, 2);
  ag_tensor *large = ag_from_double(c, AG_SHAPE(2, 2), (double[]){1e4, -1e4, -1e4, 1e4});
  ASSERT_ELEMENTS(ag_cross_entropy(large, strided, .reduction = AG_NONE), AG_SHAPE(2), 2e4, 2e4);
}
END_TEST

/* ---- Gradients ---- */

static ag_tensor *all_losses(ag_tensor *const *in, void *user) {
  ag_tensor *x = in[0], *y = in[1], *v = in[2], *t = user;
  ag_tensor *const rows[] = {
      ag_nll_loss(x, t, .reduction = AG_NONE),
      ag_cross_entropy(x, t, .reduction = AG_NONE),
      ag_reshape(ag_mse_loss(x, y), AG_SHAPE(1)),
      ag_reshape(ag_smooth_l1_loss(x, y, .beta = 0.6, .reduction = AG_SUM), AG_SHAPE(1)),
      ag_reshape(ag_l1_loss(x, y, .reduction = AG_NONE), AG_SHAPE(N)),
      ag_reshape(ag_gaussian_nll_loss(x, v, y, .full = true, .reduction = AG_NONE), AG_SHAPE(N)),
      ag_reshape(ag_cross_entropy(y, t), AG_SHAPE(1)),
      ag_reshape(ag_gaussian_nll_loss(y, v, x), AG_SHAPE(1))};
  return ag_concat(LENGTH(rows), rows, 0);
}

START_TEST(gradients_are_those_of_differences) {
  ag_tensor *in[] = {predictions(), targets(), log_variances()};
  ck_assert_msg(
      ag_gradcheck(c, all_losses, labels(), 3, in, .rtol = 1e-6, .atol = 1e-7, .eps = 1e-5, .order = 2), "%s",
      ag_error_message(c));
}
END_TEST

START_TEST(the_gradient_of_cross_entropy_is_softmax_minus_one_hot) {
  ag_tensor *x = predictions(), *loss = ag_cross_entropy(x, labels());
  ag_backward(loss);
  double *p = elements(ag_softmax(x, 1));
  for (int i = 0; i < ROWS; i++) p[i * CLASSES + chosen[i]] -= 1;
  for (int i = 0; i < N; i++) p[i] /= ROWS;
  assert_elements(ag_gradient(x), AG_SHAPE(ROWS, CLASSES), p);
  free(p);
}
END_TEST

/* ---- sigma = 1 ---- */

/* The published claim "with sigma = 1 the likelihood is the squared error", stated exactly: for log sigma^2 =
 * 0 the loss is mse / 2 + log(2 pi) / 2, without the constant unless .full is set, and its gradients to x and
 * target are half of mse's. */
START_TEST(with_unit_variance_the_likelihood_is_half_the_squared_error) {
  for (int reduction = AG_MEAN; reduction <= AG_NONE; reduction++) {
    ag_tensor *x = predictions(), *y = targets(), *unit = ag_zeros(c, AG_SHAPE(ROWS, CLASSES));
    ag_tensor *squared = ag_mse_loss(x, y, .reduction = (ag_reduction)reduction);
    ag_tensor *bare = ag_gaussian_nll_loss(x, unit, y, .reduction = (ag_reduction)reduction);
    ag_tensor *full = ag_gaussian_nll_loss(x, unit, y, .reduction = (ag_reduction)reduction, .full = true);
    const double constant = reduction == AG_SUM ? N * HALF_LOG_2PI : HALF_LOG_2PI;
    assert_close(bare, ag_mul_scalar(squared, 0.5), 1e-15);
    assert_close(full, ag_add_scalar(ag_mul_scalar(squared, 0.5), constant), 1e-15);

    ag_tensor *outputs[] = {ag_sum(squared), ag_sum(bare), ag_sum(full)}, *inputs[] = {x, y}, *g[3][2];
    for (int i = 0; i < 3; i++) {
      ck_assert(
          ag_grad(.n_outputs = 1, .outputs = &outputs[i], .n_inputs = 2, .inputs = inputs, .grads = g[i]));
    }
    for (int j = 0; j < 2; j++) {
      assert_same_bits(g[1][j], ag_mul_scalar(g[0][j], 0.5)); /* halving is exact */
      assert_same_bits(g[2][j], g[1][j]);
    }
  }
}
END_TEST

/* ---- Mistakes ---- */

START_TEST(distances_refuse_what_does_not_fit) {
  ag_tensor *x = predictions(), *column = irregular_leaf(c, AG_SHAPE(ROWS, 1), 1, -1, 1), *y = targets();
  ag_mse_loss(x, column);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "mse_loss: x 5x4 and target 5x1 must have the same shape");
  ag_l1_loss(column, y);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "l1_loss: x 5x1 and target 5x4 must have the same shape");
  ag_smooth_l1_loss(x, column);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "smooth_l1_loss: x 5x4 and target 5x1 must have the same shape");
  ag_smooth_l1_loss(x, y, .beta = -0.5);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "smooth_l1_loss: beta -0.5 must be greater than 0");
  ag_gaussian_nll_loss(x, column, y);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "gaussian_nll_loss: x 5x4 and log_variance 5x1 must have the same shape");
  ag_gaussian_nll_loss(x, x, column);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "gaussian_nll_loss: x 5x4 and target 5x1 must have the same shape");
  ag_gaussian_nll_loss(x, NULL, y);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "gaussian_nll_loss: operand 1 is NULL");
  ag_mse_loss(x, y, .reduction = (ag_reduction)7);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "mse_loss: reduction 7 is none of AG_MEAN, AG_SUM and AG_NONE");
  ag_mse_loss(x, labels());
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "mse_loss: operand 1 is int64, wanted is float32 or float64; cast it first");
}
END_TEST

START_TEST(classes_must_be_there) {
  const char *text;
  ag_tensor *x = predictions();
  ag_cross_entropy(x, ag_from(c, AG_I64, AG_SHAPE(5), (int64_t[]){0, 1, 4, 2, 0}));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cross_entropy: target 4 at 2 is not in 0 .. 3");
  ag_nll_loss(x, ag_from(c, AG_I64, AG_SHAPE(5), (int64_t[]){0, 1, 3, 2, -1}));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "nll_loss: target -1 at 4 is not in 0 .. 3");
  ag_nll_loss(x, ag_from(c, AG_I64, AG_SHAPE(2), (int64_t[]){0, 1}));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "nll_loss: target 2 must be 5, x 5x4 without its classes");
  text = "cross_entropy: target 5x1 must be 5, x 5x4 without its classes";
  ag_cross_entropy(x, ag_reshape(labels(), AG_SHAPE(ROWS, 1)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, text);
  ag_cross_entropy(ag_reshape(x, AG_SHAPE(N)), labels());
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "cross_entropy: target 5 must be scalar, x 20 without its classes");
  ag_nll_loss(x, targets());
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "nll_loss: target is float64, wanted is int64");
}
END_TEST

TCase *loss_tests(void) {
  TCase *t = tcase_create("losses");
  with_context(t);
  tcase_add_test(t, distances_are_those_of_the_header);
  tcase_add_test(t, a_likelihood_is_that_of_the_normal_distribution);
  tcase_add_test(t, classes_are_picked);
  tcase_add_test(t, gradients_are_those_of_differences);
  tcase_add_test(t, the_gradient_of_cross_entropy_is_softmax_minus_one_hot);
  tcase_add_test(t, with_unit_variance_the_likelihood_is_half_the_squared_error);
  tcase_add_test(t, distances_refuse_what_does_not_fit);
  tcase_add_test(t, classes_must_be_there);
  return t;
}
