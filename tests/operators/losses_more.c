/* Losses that are made of operators: gradients up to the second order, and what they refuse. Their values are compared
 * with PyTorch's (vectors/losses.c, vectors/class_losses.c). */
#include <math.h>

#include "tests/operators/walk.h"

enum { ROWS = 3, CLASSES = 4 };

static ag_tensor *rows(uint64_t salt, double low, double high) { return trained_leaf(c, AG_SHAPE(ROWS, CLASSES), salt, low, high); }
static ag_tensor *labels(void) { return ag_from(c, AG_I64, AG_SHAPE(ROWS), (int64_t[]){2, 0, 3}); }
static ag_tensor *signs(void) {
  return ag_from_double(c, AG_SHAPE(ROWS, CLASSES), (double[]){1, -1, 1, 1, -1, -1, 1, -1, 1, 1, -1, -1});
}

static void assert_differentiated(ag_function *fn, int n, ag_tensor *const *in) {
  ck_assert_msg(ag_gradcheck(c, fn, NULL, n, in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-6, .order = 2), "%s", ag_error_message(c));
}

static ag_tensor *of_classes(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *x = in[0], *p = in[1], *w = in[2];
  ag_tensor *parts[] = {
      ag_cross_entropy(x, labels(), .weight = w), ag_cross_entropy(x, labels(), .label_smoothing = 0.2),
      ag_cross_entropy(x, labels(), .weight = w, .label_smoothing = 0.2, .ignoring = true),
      ag_cross_entropy(x, p, .label_smoothing = 0.2, .weight = w), ag_nll_loss(x, labels(), .weight = w, .reduction = AG_SUM)};
  return ag_stack(LENGTH(parts), parts, 0);
}

START_TEST(losses_of_classes_are_differentiated) {
  assert_differentiated(of_classes, 3, (ag_tensor *[]){rows(1, -1, 1), rows(2, 0.1, 1), trained_leaf(c, AG_SHAPE(CLASSES), 3, 0.3, 2)});
}
END_TEST

static ag_tensor *of_numbers(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *x = in[0], *p = in[1], *t = in[2];
  ag_tensor *parts[] = {ag_binary_cross_entropy(p, t, .weight = x),
                        ag_binary_cross_entropy_with_logits(x, t, .weight = p, .pos_weight = t),
                        ag_kl_div(x, p, .reduction = AG_BATCHMEAN),
                        ag_kl_div(x, t, .log_target = true),
                        ag_huber_loss(x, ag_mul_scalar(p, 3), .delta = 0.7),
                        ag_poisson_nll_loss(x, ag_mul_scalar(t, 4), .full = true),
                        ag_poisson_nll_loss(p, t, .plain_input = true),
                        ag_soft_margin_loss(x, signs()),
                        ag_hinge_embedding_loss(x, signs()),
                        ag_margin_ranking_loss(x, p, signs(), .margin = 0.1),
                        ag_cosine_embedding_loss(x, t, ag_from_double(c, AG_SHAPE(ROWS), (double[]){1, -1, -1}), .margin = -0.9),
                        ag_triplet_margin_loss(x, p, t, .swap = true),
                        ag_sum(ag_cosine_similarity(x, t))};
  return ag_stack(LENGTH(parts), parts, 0);
}

START_TEST(losses_of_numbers_are_differentiated) {
  assert_differentiated(of_numbers, 3, (ag_tensor *[]){rows(4, -1, 1), rows(5, 0.1, 0.9), rows(6, 0.1, 0.9)});
}
END_TEST

/* What plain logarithms and exponentials would lose. */
START_TEST(extremes_stay_finite) {
  ag_tensor *x = ag_from_double(c, AG_SHAPE(3), (double[]){-1e4, 0, 1e4}), *t = ag_from_double(c, AG_SHAPE(3), (double[]){1, 0.5, 0});
  ASSERT_ELEMENTS(ag_binary_cross_entropy_with_logits(x, t, .reduction = AG_NONE), AG_SHAPE(3), 1e4, log(2), 1e4);
  ASSERT_ELEMENTS(ag_soft_margin_loss(x, ag_ones(c, AG_SHAPE(3)), .reduction = AG_NONE), AG_SHAPE(3), 1e4, log(2), 0);
  ag_tensor *p = ag_from_double(c, AG_SHAPE(3), (double[]){0, 1, 0});
  ASSERT_ELEMENTS(ag_binary_cross_entropy(p, t, .reduction = AG_NONE), AG_SHAPE(3), 100, 50, 0);
}
END_TEST

START_TEST(losses_refuse_what_does_not_fit) {
  ag_tensor *x = rows(7, -1, 1), *p = rows(8, 0.1, 0.9), *w = trained_leaf(c, AG_SHAPE(ROWS), 9, 0, 1), *column = ag_reshape(w, AG_SHAPE(ROWS, 1));
  ag_binary_cross_entropy(p, column);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "binary_cross_entropy: x 3x4 and target 3x1 must have the same shape");
  ag_binary_cross_entropy(p, p, .weight = w);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "binary_cross_entropy: weight 3 does not broadcast to x 3x4");
  ag_binary_cross_entropy_with_logits(column, column, .pos_weight = p);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "binary_cross_entropy_with_logits: pos_weight 3x4 does not broadcast to x 3x1");
  ag_binary_cross_entropy(ag_from_double(c, AG_SHAPE(2), (double[]){0.5, 1.5}), ag_zeros(c, AG_SHAPE(2)));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "binary_cross_entropy: x is 1.5 at 1, which is not in 0 .. 1");
  ag_binary_cross_entropy(ag_full(c, AG_SHAPE(2), (double)NAN), ag_zeros(c, AG_SHAPE(2)));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "binary_cross_entropy: x is nan at 0, which is not in 0 .. 1");
  ag_huber_loss(x, p, .delta = -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "huber_loss: delta -1 must be greater than 0");
  ag_huber_loss(x, p, .reduction = AG_BATCHMEAN);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "huber_loss: reduction 3 is none of AG_MEAN, AG_SUM and AG_NONE");
  ag_kl_div(ag_scalar(c, 1), ag_scalar(c, 1), .reduction = AG_BATCHMEAN);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "kl_div: AG_BATCHMEAN wants an x with an axis, found scalar");
  ag_cross_entropy(x, labels(), .weight = w);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "cross_entropy: weight 3 must hold one number for each of the 4 classes of x 3x4");
  ag_cross_entropy(x, labels(), .label_smoothing = 1.5);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cross_entropy: label_smoothing 1.5 is not in 0 .. 1");
  ag_cross_entropy(x, p, .ignoring = true, .ignore_index = 1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cross_entropy: ignore_index 1 is for labels, target has probabilities");
  ag_nll_loss(x, labels(), .label_smoothing = 0.1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "nll_loss: label_smoothing is for cross_entropy");
  ag_cross_entropy(ag_scalar(c, 1), labels());
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "cross_entropy: x must be (n, classes, ...) or (classes), found scalar");
  ag_cosine_similarity(w, w);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "cosine_similarity: axis 1 does not exist in 3");
  ag_cosine_similarity(x, ag_zeros(c, AG_SHAPE(3)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "cosine_similarity: 3x4 and 3 do not broadcast");
  ag_cosine_embedding_loss(x, x, x);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "cosine_embedding_loss: x must be (n, d) and target (n), or (d) and a scalar, found 3x4 and 3x4");
  ag_triplet_margin_loss(x, x, column);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "triplet_margin_loss: anchor 3x4 and negative 3x1 must have the same shape");
}
END_TEST

TCase *more_loss_tests(void) {
  TCase *t = tcase_create("more_losses");
  with_context(t);
  tcase_add_test(t, losses_of_classes_are_differentiated);
  tcase_add_test(t, losses_of_numbers_are_differentiated);
  tcase_add_test(t, extremes_stay_finite);
  tcase_add_test(t, losses_refuse_what_does_not_fit);
  return t;
}
