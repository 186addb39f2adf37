/* Attention: gradients up to the second order, rows that see nothing, dropout, and what it refuses. Its values are compared
 * with PyTorch's (vectors/attention.c). */
#include <math.h>

#include "tests/operators/vectors.h"
#include "tests/operators/walk.h"

ag_tensor *multihead_outputs(ag_tensor *q, ag_tensor *k, ag_tensor *row, ag_tensor *mask, ag_tensor *key_padding_mask) {
  const ag_multihead_attention_layer layer = {.in_proj_weight = ag_reshape(ag_narrow(row, 0, 0, 48), AG_SHAPE(12, 4)),
                                              .in_proj_bias = ag_narrow(row, 0, 48, 12),
                                              .out_proj_weight = ag_reshape(ag_narrow(row, 0, 60, 16), AG_SHAPE(4, 4)),
                                              .out_proj_bias = ag_narrow(row, 0, 76, 4),
                                              .heads = 2};
  ag_tensor *out[2];
  out[0] = ag_multihead_attention_layer_call(&layer, q, k, k, mask, key_padding_mask, .weights = &out[1]);
  return in_a_row(2, out);
}

static ag_tensor *attended(ag_tensor *const *in, void *user) {
  (void)user;
  return in_a_row(2, (ag_tensor *[]){ag_scaled_dot_product_attention(in[0], in[1], in[2], .causal = true),
                                     ag_scaled_dot_product_attention(in[0], in[1], in[2], in[3])});
}

START_TEST(attention_is_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 2), 1, -1, 1), trained_leaf(c, AG_SHAPE(3, 2), 2, -1, 1),
                     trained_leaf(c, AG_SHAPE(3, 2), 3, -1, 1), trained_leaf(c, AG_SHAPE(2, 3), 4, -1, 1)};
  ck_assert_msg(ag_gradcheck(c, attended, NULL, LENGTH(in), in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-6, .order = 2), "%s",
                ag_error_message(c));
}
END_TEST

/* The row that sees nothing is NaN, the others do not notice; what is not seen has no gradient. */
START_TEST(rows_that_see_nothing_are_nan) {
  ag_tensor *q = trained_leaf(c, AG_SHAPE(2, 2), 5, -1, 1), *k = trained_leaf(c, AG_SHAPE(3, 2), 6, -1, 1), *v = trained_leaf(c, AG_SHAPE(3, 2), 7, -1, 1);
  ag_tensor *seen = ag_from(c, AG_BOOL, AG_SHAPE(2, 3), (bool[]){false, false, false, false, true, false});
  ag_tensor *y = ag_scaled_dot_product_attention(q, k, v, seen);
  ck_assert(isnan(element(y, 0)) && isnan(element(y, 1)));
  assert_close(ag_select(y, 0, 1), ag_select(v, 0, 1), 1e-15);
  ag_backward(ag_sum(ag_select(ag_scaled_dot_product_attention(q, k, v, .causal = true), 0, 0)));
  ASSERT_ELEMENTS(ag_gradient(v), AG_SHAPE(3, 2), 1, 1, 0, 0, 0, 0);
}
END_TEST

START_TEST(dropout_drops_weights) {
  ag_tensor *q = irregular_leaf(c, AG_SHAPE(5, 2), 8, -1, 1), *weights, *ones = ag_ones(c, AG_SHAPE(5, 1));
  ag_tensor *y = ag_scaled_dot_product_attention(q, q, ones, .dropout_p = 0.5, .weights = &weights);
  ag_seed(c, 1);
  assert_close(y, ag_matmul(ag_dropout(weights, 0.5, true), ones), 1e-15);
  assert_close(ag_sum(weights, .axes = AG_AXES(-1)), ag_ones(c, AG_SHAPE(5)), 1e-14);
}
END_TEST

START_TEST(a_layer_starts_as_in_pytorch) {
  ag_multihead_attention_layer layer = ag_multihead_attention_layer_new(c, "a", 16, 4, .dropout = 0.5);
  static const char *const names[] = {"a.in_proj_weight", "a.in_proj_bias", "a.out_proj.weight", "a.out_proj.bias"};
  for (int i = 0; i < LENGTH(names); i++) ck_assert_str_eq(ag_name(ag_registered(c, i)), names[i]);
  const double in = ag_item(ag_max(ag_abs(layer.in_proj_weight))), out = ag_item(ag_max(ag_abs(layer.out_proj_weight)));
  ck_assert(in <= sqrt(6.0 / 64) && in > 0.98 * sqrt(6.0 / 64) && out <= 0.25 && out > 0.24);
  ck_assert_double_eq(ag_item(ag_sum(ag_abs(layer.in_proj_bias))), 0);
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 16), 9, -1, 1), *y = ag_multihead_attention_layer_call(&layer, x, x, x);
  assert_same_bits(ag_multihead_attention_layer_call(&layer, x, x, x), y);
  ck_assert_double_gt(ag_item(ag_sum(ag_abs(ag_sub(ag_multihead_attention_layer_call(&layer, x, x, x, .training = true), y)))), 0.1);
}
END_TEST

START_TEST(attention_refuses_what_does_not_fit) {
  ag_tensor *q = irregular_leaf(c, AG_SHAPE(2, 4), 10, -1, 1), *k = irregular_leaf(c, AG_SHAPE(3, 4), 11, -1, 1);
  ag_scaled_dot_product_attention(q, k, q);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "scaled_dot_product_attention: q 2x4, k 3x4 and v 2x4 are not (..., l, e), (..., s, e) and (..., s, d)");
  ag_scaled_dot_product_attention(q, k, k, q);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "scaled_dot_product_attention: mask 2x4 does not broadcast to 2x3");
  ag_scaled_dot_product_attention(q, k, k, .dropout_p = 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "scaled_dot_product_attention: dropout_p 2 is not in 0 .. 1");
  ag_multihead_attention_layer layer = ag_multihead_attention_layer_new(c, "a", 4, 2);
  ag_multihead_attention_layer_call(&layer, q, k, ag_reshape(k, AG_SHAPE(1, 3, 4)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "multihead_attention: v 1x3x4 must be (n, l, 4) or (l, 4), as q 2x4");
  ag_multihead_attention_layer_call(&layer, q, k, k, .mask = q);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "multihead_attention: mask 2x4 must be (2, 3) or (2, 2, 3)");
  ag_multihead_attention_layer_call(&layer, q, k, k, .key_padding_mask = q);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "multihead_attention: key_padding_mask 2x4 must be (1, 3), or (s) without n");
  ag_multihead_attention_layer_call(&layer, q, NULL, k);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "multihead_attention: operand 1 is NULL");
  ag_multihead_attention_layer_new(c, "b", 5, 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "multihead_attention layer b: 2 heads do not divide embed_dim 5");
}
END_TEST

/* Who goes on with weights that a failed call left must meet the nil tensor. */
START_TEST(weights_after_an_error_are_nil) {
  ag_tensor *q = irregular_leaf(c, AG_SHAPE(2, 4), 12, -1, 1), *wide = ag_transpose(q, 0, 1), *weights = q;
  ag_multihead_attention_layer layer = ag_multihead_attention_layer_new(c, "a", 4, 2);
  ag_scaled_dot_product_attention(q, wide, q, .weights = &weights);
  ck_assert(ag_error(c) == AG_ESHAPE && ag_is_nil(weights));
  weights = q;
  ck_assert(ag_is_nil(ag_multihead_attention_layer_call(&layer, q, q, q, .weights = &weights)) && ag_is_nil(weights));
  ag_clear_error(c);
  weights = q;
  ag_multihead_attention_layer_call(&layer, q, wide, q, .weights = &weights);
  ck_assert(ag_error(c) == AG_ESHAPE && ag_is_nil(weights));
  ag_clear_error(c);
}
END_TEST

TCase *attention_tests(void) {
  TCase *t = tcase_create("attention");
  with_context(t);
  tcase_add_test(t, attention_is_differentiated);
  tcase_add_test(t, rows_that_see_nothing_are_nan);
  tcase_add_test(t, dropout_drops_weights);
  tcase_add_test(t, a_layer_starts_as_in_pytorch);
  tcase_add_test(t, attention_refuses_what_does_not_fit);
  tcase_add_test(t, weights_after_an_error_are_nil);
  return t;
}
