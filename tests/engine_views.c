/* Views share memory with what they are taken from, whatever operator reads them. */
#include "tests/test_engine.h"

#include <stdlib.h>

/* ---- Layout ---- */

START_TEST(views_share_memory) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(4, 6), 1, -2, 2);
  ag_tensor *const views[] = {ag_transpose(x, 0, 1),      ag_permute(x, AG_AXES(1, 0)), ag_slice(x, 1, 1, 6, 2),
                              ag_reshape(x, AG_SHAPE(24)), ag_flatten(x, 0),             ag_detach(x),
                              ag_expand(x, AG_SHAPE(3, 4, 6))};
  double values[24];
  for (int i = 0; i < 24; i++) values[i] = i + 0.5;
  ag_assign(x, values);
  ck_assert_ptr_eq(ag_data(views[0]), ag_data(x));
  for (int i = 0; i < 24; i++) {
    ck_assert_double_eq(element(views[0], i), values[i % 4 * 6 + i / 4]);
    ck_assert_double_eq(element(views[1], i), values[i % 4 * 6 + i / 4]);
    for (int k = 3; k < 6; k++) ck_assert_double_eq(element(views[k], i), values[i]);
    ck_assert_double_eq(element(views[6], 48 + i), values[i]);
  }
  for (int i = 0; i < 12; i++) ck_assert_double_eq(element(views[2], i), values[i / 3 * 6 + 1 + i % 3 * 2]);
  ck_assert(!ag_is_contiguous(views[0]) && !ag_is_contiguous(views[2]) && !ag_is_contiguous(views[6]));
  ck_assert(ag_is_contiguous(views[3]) && ag_is_contiguous(views[5]) && ag_is_contiguous(x));
  ck_assert_int_eq(ag_stride_of(views[2])[1], 2);
  ck_assert_int_eq(ag_stride_of(views[6])[0], 0);
}
END_TEST

START_TEST(assigning_through_a_view_reaches_the_tensor) {
  ag_tensor *x = ag_zeros(c, AG_SHAPE(2, 3));
  ag_assign(ag_detach(x), (const double[]){1, 2, 3, 4, 5, 6});
  ASSERT_ELEMENTS(x, AG_SHAPE(2, 3), 1, 2, 3, 4, 5, 6);
}
END_TEST

START_TEST(contiguous_copies_only_what_is_not) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(3, 5), 1, -2, 2), *t = ag_transpose(x, 0, 1), *copy = ag_contiguous(t);
  ck_assert_ptr_eq(ag_contiguous(x), x);
  ck_assert(copy != t && ag_is_contiguous(copy) && ag_data(copy) != ag_data(x));
  assert_same_bits(copy, t);
  ck_assert_ptr_eq(ag_data(ag_reshape(ag_slice(x, 0, 1, 3, 1), AG_SHAPE(10))), (double *)ag_data(x) + 5);
  ag_tensor *column = ag_reshape(ag_slice(x, 1, 2, 3, 1), AG_SHAPE(3));
  ck_assert_ptr_eq(ag_data(column), (double *)ag_data(x) + 2);
  ck_assert_int_eq(ag_stride_of(column)[0], 5);
  ck_assert(ag_data(ag_reshape(t, AG_SHAPE(15))) != ag_data(x));
  assert_same_bits(ag_reshape(t, AG_SHAPE(15)), ag_reshape(copy, AG_SHAPE(15)));
}
END_TEST

/* ---- Reading ---- */

/* The same numbers of shape 4x6 in five layouts. */
static ag_tensor *laid_out(int layout) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(4, 6), 1, 0.2, 2);
  switch (layout) {
  case 0: return ag_transpose(ag_contiguous(ag_transpose(x, 0, 1)), 0, 1);
  case 1: return ag_slice(ag_contiguous(ag_concat(2, ((ag_tensor *[]){ag_neg(x), x}), 0)), 0, 4, 8, 1);
  case 2: return ag_reshape(ag_slice(ag_stack(2, ((ag_tensor *[]){x, ag_neg(x)}), 2), 2, 0, 1, 1), AG_SHAPE(4, 6));
  case 3: return ag_permute(ag_contiguous(ag_permute(ag_reshape(x, AG_SHAPE(4, 6)), AG_AXES(-1, 0))), AG_AXES(1, 0));
  default: return ag_slice(ag_slice(ag_contiguous(ag_concat(2, ((ag_tensor *[]){x, x}), 1)), 1, 3, 9, 1), 1, 0, 6, 1);
  }
}

static ag_tensor *contiguous_copy(ag_tensor *x) {
  double *values = elements(x);
  ag_tensor *copy = ag_from(c, AG_F64, ag_shape_of(x), values);
  free(values);
  return copy;
}

START_TEST(operators_read_any_layout) {
  for (int layout = 0; layout < 5; layout++) {
    ag_tensor *x = laid_out(layout), *y = contiguous_copy(x), *row = ag_slice(x, 0, 2, 3, 1);
    ag_tensor *flat = ag_expand(row, AG_SHAPE(4, 6)), *plain = contiguous_copy(flat);
    ck_assert_msg(!ag_is_contiguous(x) || layout == 1, "layout %d is contiguous", layout);
    assert_same_bits(ag_add(x, flat), ag_add(y, plain));
    assert_same_bits(ag_div(flat, x), ag_div(plain, y));
    assert_same_bits(ag_exp(x), ag_exp(y));
    assert_same_bits(ag_maximum(x, ag_scalar(c, 1.1)), ag_maximum(y, ag_scalar(c, 1.1)));
    assert_same_bits(ag_sum(flat, .axes = AG_AXES(1)), ag_sum(plain, .axes = AG_AXES(1)));
    assert_same_bits(ag_max(x, .axes = AG_AXES(0)), ag_max(y, .axes = AG_AXES(0)));
    assert_same_bits(ag_argmax(x, .axes = AG_AXES(1)), ag_argmax(y, .axes = AG_AXES(1)));
    assert_same_bits(ag_softmax(x, 0), ag_softmax(y, 0));
    assert_same_bits(ag_concat(2, ((ag_tensor *[]){x, flat}), 1), ag_concat(2, ((ag_tensor *[]){y, plain}), 1));
    assert_close(ag_matmul(x, ag_transpose(flat, 0, 1)), ag_matmul(y, ag_transpose(plain, 0, 1)), 1e-14);
    assert_close(ag_linear(x, flat), ag_linear(y, plain), 1e-14);
    ag_tensor *image = ag_reshape(x, AG_SHAPE(1, 1, 4, 6)), *same = ag_reshape(y, AG_SHAPE(1, 1, 4, 6));
    ag_tensor *kernel = ag_reshape(ag_slice(x, 1, 0, 2, 1), AG_SHAPE(2, 1, 2, 2));
    assert_close(ag_conv2d(image, kernel), ag_conv2d(same, contiguous_copy(kernel)), 1e-14);
  }
}
END_TEST

START_TEST(labels_have_views_too) {
  const int64_t numbers[] = {3, 1, 4, 1, 5, 9};
  const bool truths[] = {true, false, false, true};
  ag_tensor *x = ag_from(c, AG_I64, AG_SHAPE(2, 3), numbers), *b = ag_from(c, AG_BOOL, AG_SHAPE(4), truths);
  ASSERT_ELEMENTS(ag_transpose(x, 0, 1), AG_SHAPE(3, 2), 3, 1, 1, 5, 4, 9);
  ASSERT_ELEMENTS(ag_slice(ag_reshape(x, AG_SHAPE(6)), 0, 1, 6, 2), AG_SHAPE(3), 1, 1, 9);
  ASSERT_ELEMENTS(ag_contiguous(ag_transpose(x, 0, 1)), AG_SHAPE(3, 2), 3, 1, 1, 5, 4, 9);
  ASSERT_ELEMENTS(ag_concat(2, ((ag_tensor *[]){b, ag_slice(b, 0, 0, 1, 1)}), 0), AG_SHAPE(5), 1, 0, 0, 1, 1);
  ck_assert_int_eq(ag_dtype_of(ag_stack(2, ((ag_tensor *[]){x, x}), 0)), AG_I64);
  ck_assert(ag_is_nil(ag_concat(2, ((ag_tensor *[]){x, ag_zeros(c, AG_SHAPE(2, 3))}), 0)));
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "concat: operands are int64 and float64; all must have one type");
  ag_tensor *values = irregular_leaf(c, AG_SHAPE(3, 10), 1, -2, 2), *index = ag_transpose(x, 0, 1);
  assert_same_bits(ag_gather(values, 1, index), ag_gather(values, 1, ag_contiguous(index)));
  ag_tensor *condition = ag_reshape(ag_slice(ag_stack(2, ((ag_tensor *[]){b, b}), 1), 1, 1, 2, 1), AG_SHAPE(4));
  ASSERT_ELEMENTS(ag_where(condition, ag_scalar(c, 2), ag_scalar(c, 3)), AG_SHAPE(4), 2, 3, 3, 2);
}
END_TEST

/* ---- Gradients ---- */

START_TEST(gradients_flow_back_through_views) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(3, 4), 1, -2, 2);
  ag_tensor *corner = ag_slice(ag_slice(ag_transpose(x, 0, 1), 0, 1, 4, 2), 1, 0, 2, 1); /* columns 1 and 3, rows 0 and 1 */
  ag_backward(ag_sum(ag_mul(corner, ag_from_double(c, AG_SHAPE(2, 2), (const double[]){2, 3, 5, 7}))));
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(3, 4), 0, 2, 0, 5, 0, 3, 0, 7, 0, 0, 0, 0);
}
END_TEST

START_TEST(repeats_are_summed) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 1), 1, -2, 2), *s = trained_leaf(c, AG_SCALAR, 2, -2, 2);
  double weights[24], rows[2] = {0}, total = 0;
  for (int i = 0; i < 24; i++) {
    weights[i] = irregular(3, i, -1, 1);
    rows[i / 4 % 2] += weights[i];
    total += weights[i];
  }
  ag_tensor *w = ag_from_double(c, AG_SHAPE(3, 2, 4), weights);
  ag_backward(ag_sum(ag_mul(w, ag_add(ag_expand(x, AG_SHAPE(3, 2, 4)), ag_mul_scalar(s, 2)))));
  assert_elements(ag_gradient(x), AG_SHAPE(2, 1), rows);
  ASSERT_ELEMENTS(ag_gradient(s), AG_SCALAR, 2 * total);
}
END_TEST

START_TEST(gradients_own_their_memory) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 3), 1, -2, 2), *y = trained_leaf(c, AG_SHAPE(3, 2), 2, -2, 2);
  ag_backward(ag_sum(ag_add(x, ag_transpose(y, 0, 1)))); /* both cotangents are one expanded number */
  ASSERT_ELEMENTS(ag_gradient(x), AG_SHAPE(2, 3), 1, 1, 1, 1, 1, 1);
  ASSERT_ELEMENTS(ag_gradient(y), AG_SHAPE(3, 2), 1, 1, 1, 1, 1, 1);
  ck_assert(ag_is_contiguous(ag_gradient(x)) && ag_is_contiguous(ag_gradient(y)));
  ck_assert(ag_data(ag_gradient(x)) != ag_data(ag_gradient(y)));
}
END_TEST

TCase *view_tests(void) {
  TCase *t = tcase_create("views");
  with_context(t);
  tcase_add_test(t, views_share_memory);
  tcase_add_test(t, assigning_through_a_view_reaches_the_tensor);
  tcase_add_test(t, contiguous_copies_only_what_is_not);
  tcase_add_test(t, operators_read_any_layout);
  tcase_add_test(t, labels_have_views_too);
  tcase_add_test(t, gradients_flow_back_through_views);
  tcase_add_test(t, repeats_are_summed);
  tcase_add_test(t, gradients_own_their_memory);
  return t;
}
