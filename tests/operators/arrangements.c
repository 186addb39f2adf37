/* Arrangements that are made of views and joins: every element by its index, gradients against differences. */
#include "tests/operators/walk.h"

#include <math.h>

static void assert_gradients(ag_tensor *(*fn)(ag_tensor *const *in, void *user), ag_tensor *x) {
  ck_assert_msg(ag_gradcheck(c, fn, NULL, 1, &x, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-7, .order = 2), "%s",
                ag_error_message(c));
}

/* Numbers 0, 1, 2, ... of a shape. */
static ag_tensor *counted(ag_shape shape) {
  double value[64];
  for (int i = 0; i < 64; i++) value[i] = i;
  return ag_from_double(c, shape, value);
}

START_TEST(axes_of_size_1_go_and_come) {
  ag_tensor *x = counted(AG_SHAPE(1, 3, 1, 2));
  ASSERT_ELEMENTS(ag_squeeze(x), AG_SHAPE(3, 2), 0, 1, 2, 3, 4, 5);
  ASSERT_ELEMENTS(ag_squeeze(x, .axes = AG_AXES(0)), AG_SHAPE(3, 1, 2), 0, 1, 2, 3, 4, 5);
  ASSERT_ELEMENTS(ag_squeeze(x, .axes = AG_AXES(-2, 1)), AG_SHAPE(1, 3, 2), 0, 1, 2, 3, 4, 5);
  ASSERT_ELEMENTS(ag_squeeze(counted(AG_SHAPE(1, 1))), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_unsqueeze(counted(AG_SHAPE(2, 2)), 1), AG_SHAPE(2, 1, 2), 0, 1, 2, 3);
  ASSERT_ELEMENTS(ag_unsqueeze(counted(AG_SHAPE(2, 2)), -1), AG_SHAPE(2, 2, 1), 0, 1, 2, 3);
  ASSERT_ELEMENTS(ag_unsqueeze(counted(AG_SCALAR), 0), AG_SHAPE(1), 0);
  ag_squeeze(x, .axes = AG_AXES(4));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "squeeze: axis 4 does not exist in 1x3x1x2");
  ag_unsqueeze(x, 5);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "unsqueeze: there is no place for axis 5 in 1x3x1x2");
  ag_unsqueeze(counted(AG_SHAPE(1, 1, 1, 1, 1, 1, 1, 1)), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "unsqueeze: axis 0 would be one too many for 1x1x1x1x1x1x1x1");
}
END_TEST

START_TEST(flips_and_rolls_move_elements) {
  ag_tensor *x = counted(AG_SHAPE(2, 3));
  ASSERT_ELEMENTS(ag_flip(x, AG_AXES(1)), AG_SHAPE(2, 3), 2, 1, 0, 5, 4, 3);
  ASSERT_ELEMENTS(ag_flip(x, AG_AXES(0, -1)), AG_SHAPE(2, 3), 5, 4, 3, 2, 1, 0);
  ASSERT_ELEMENTS(ag_roll(x, 1, 1), AG_SHAPE(2, 3), 2, 0, 1, 5, 3, 4);
  ASSERT_ELEMENTS(ag_roll(x, -4, 1), AG_SHAPE(2, 3), 1, 2, 0, 4, 5, 3);
  ASSERT_ELEMENTS(ag_roll(x, 6, 0), AG_SHAPE(2, 3), 0, 1, 2, 3, 4, 5);
  ASSERT_ELEMENTS(ag_roll(x, INT64_MIN, 1), AG_SHAPE(2, 3), 2, 0, 1, 5, 3, 4);
  ASSERT_ELEMENTS(ag_roll(ag_zeros(c, AG_SHAPE(0, 2)), 1, 0), AG_SHAPE(0, 2), 0);
  ASSERT_ELEMENTS(ag_flip(x, (ag_axes){0}), AG_SHAPE(2, 3), 5, 4, 3, 2, 1, 0);
  ASSERT_ELEMENTS(ag_flip(counted(AG_SCALAR), (ag_axes){0}), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_flip(ag_zeros(c, AG_SHAPE(2, 0)), AG_AXES(1)), AG_SHAPE(2, 0), 0);
  ag_flip(x, AG_AXES(1, 1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "flip: axis 1 of 2x3 is given twice");
  ag_roll(x, 1, 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "roll: axis 2 does not exist in 2x3");
}
END_TEST

START_TEST(repeats_follow_one_another) {
  ag_tensor *x = counted(AG_SHAPE(2, 2));
  ASSERT_ELEMENTS(ag_repeat(x, AG_SHAPE(1, 2)), AG_SHAPE(2, 4), 0, 1, 0, 1, 2, 3, 2, 3);
  ASSERT_ELEMENTS(ag_repeat(x, AG_SHAPE(2, 1, 1)), AG_SHAPE(2, 2, 2), 0, 1, 2, 3, 0, 1, 2, 3);
  ASSERT_ELEMENTS(ag_repeat(x, AG_SHAPE(2, 2)), AG_SHAPE(4, 4), 0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3);
  ASSERT_ELEMENTS(ag_tile(x, AG_SHAPE(2)), AG_SHAPE(2, 4), 0, 1, 0, 1, 2, 3, 2, 3);
  ASSERT_ELEMENTS(ag_tile(x, AG_SHAPE(3, 1, 1)), AG_SHAPE(3, 2, 2), 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
  ASSERT_ELEMENTS(ag_tile(counted(AG_SCALAR), AG_SHAPE(2)), AG_SHAPE(2), 0, 0);
  ASSERT_ELEMENTS(ag_repeat(x, AG_SHAPE(0, 3)), AG_SHAPE(0, 6), 0);
  ASSERT_ELEMENTS(ag_repeat(ag_zeros(c, AG_SHAPE(2, 0)), AG_SHAPE(3, 1, 2)), AG_SHAPE(3, 2, 0), 0);
  ag_repeat(x, AG_SHAPE(2));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "repeat: 1 numbers are given for the axes of 2x2; ag_tile takes fewer");
  ag_repeat(x, AG_SHAPE(1, -2));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "repeat: 2x2 cannot be repeated 1x-2 times");
  ag_tile(x, AG_SHAPE((int64_t)1 << 40, (int64_t)1 << 40));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "tile: 2x2 cannot be repeated 1099511627776x1099511627776 times");
  ag_tile(x, AG_SHAPE(INT64_MAX));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "tile: 2x2 cannot be repeated 1x9223372036854775807 times");
}
END_TEST

START_TEST(parts_come_in_order) {
  ag_tensor *x = counted(AG_SHAPE(2, 5)), *parts[3];
  ck_assert_int_eq(ag_split(x, 2, 1, 3, parts), 3);
  ASSERT_ELEMENTS(parts[0], AG_SHAPE(2, 2), 0, 1, 5, 6);
  ASSERT_ELEMENTS(parts[1], AG_SHAPE(2, 2), 2, 3, 7, 8);
  ASSERT_ELEMENTS(parts[2], AG_SHAPE(2, 1), 4, 9);
  ck_assert_int_eq(ag_split(ag_zeros(c, AG_SHAPE(0, 2)), 4, 0, 3, parts), 1);
  ASSERT_ELEMENTS(parts[0], AG_SHAPE(0, 2), 0);
  ck_assert_int_eq(ag_split(ag_zeros(c, AG_SHAPE(0, 2)), 0, 0, 3, parts), 1);
  ck_assert_int_eq(ag_split(x, INT64_MAX, 0, 3, parts), 1);
  ASSERT_ELEMENTS(parts[0], AG_SHAPE(2, 5), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  ck_assert_int_eq(ag_split(x, 1, 1, 3, parts), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "split: 2x5 gives 5 parts, there is room for 3");
  ck_assert(ag_is_nil(parts[2]));
  ck_assert_int_eq(ag_split(x, 0, 1, 3, parts), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "split: parts of 0 do not divide 2x5");
  ck_assert_int_eq(ag_split(x, 1, 1, 3, NULL), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "split: parts is NULL");
}
END_TEST

START_TEST(chunks_share_an_axis) {
  ag_tensor *x = counted(AG_SHAPE(2, 5)), *parts[4];
  ck_assert_int_eq(ag_chunk(x, 2, 1, parts), 2);
  ASSERT_ELEMENTS(parts[0], AG_SHAPE(2, 3), 0, 1, 2, 5, 6, 7);
  ASSERT_ELEMENTS(parts[1], AG_SHAPE(2, 2), 3, 4, 8, 9);
  ck_assert_int_eq(ag_chunk(x, 4, -1, parts), 3);
  ASSERT_ELEMENTS(parts[2], AG_SHAPE(2, 1), 4, 9);
  ck_assert(ag_is_nil(parts[3]));
  ck_assert_int_eq(ag_chunk(ag_zeros(c, AG_SHAPE(2, 0)), 3, 1, parts), 3);
  ASSERT_ELEMENTS(parts[2], AG_SHAPE(2, 0), 0);
  ck_assert_int_eq(ag_chunk(x, 0, 1, parts), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "chunk: 0 parts cannot be made of 2x5");
  ck_assert_int_eq(ag_chunk(x, 2, 2, parts), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "chunk: axis 2 does not exist in 2x5");
}
END_TEST

START_TEST(places_of_an_axis) {
  ag_tensor *x = counted(AG_SHAPE(2, 3)), *parts[3];
  ASSERT_ELEMENTS(ag_narrow(x, 1, 1, 2), AG_SHAPE(2, 2), 1, 2, 4, 5);
  ASSERT_ELEMENTS(ag_narrow(x, 1, -1, 1), AG_SHAPE(2, 1), 2, 5);
  ASSERT_ELEMENTS(ag_narrow(x, 0, 2, 0), AG_SHAPE(0, 3), 0);
  ASSERT_ELEMENTS(ag_select(x, 0, 1), AG_SHAPE(3), 3, 4, 5);
  ASSERT_ELEMENTS(ag_select(x, -1, -3), AG_SHAPE(2), 0, 3);
  ASSERT_ELEMENTS(ag_select(counted(AG_SHAPE(2)), 0, 1), AG_SCALAR, 1);
  ck_assert_int_eq(ag_unbind(x, 1, 3, parts), 3);
  ASSERT_ELEMENTS(parts[2], AG_SHAPE(2), 2, 5);
  ck_assert_int_eq(ag_unbind(ag_zeros(c, AG_SHAPE(0, 2)), 0, 3, parts), 0);
  ag_narrow(x, 1, 2, 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "narrow: 2 elements from 2 on are not in axis 1 of 2x3");
  ag_narrow(x, 1, -4, 1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "narrow: 1 elements from -4 on are not in axis 1 of 2x3");
  ag_narrow(x, 1, INT64_MAX, INT64_MAX);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "narrow: 9223372036854775807 elements from 9223372036854775807 on are not in axis 1 of 2x3");
  ag_select(x, -1, 3);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "select: index 3 is not in -3 .. 2, axis 1 of 2x3");
  ag_select(counted(AG_SCALAR), 0, 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "select: axis 0 does not exist in scalar");
  ck_assert_int_eq(ag_unbind(x, 1, 2, parts), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "unbind: 2x3 gives 3 parts, there is room for 2");
}
END_TEST

START_TEST(axes_move) {
  const double some[] = {0, 3, 1, 4, 2, 5};
  ag_tensor *x = counted(AG_SHAPE(2, 3, 1, 1));
  assert_elements(ag_movedim(x, AG_AXES(0), AG_AXES(1)), AG_SHAPE(3, 2, 1, 1), some);
  assert_elements(ag_movedim(x, AG_AXES(0), AG_AXES(-1)), AG_SHAPE(3, 1, 1, 2), some);
  assert_elements(ag_movedim(x, AG_AXES(-3, 0), AG_AXES(1, 3)), AG_SHAPE(1, 3, 1, 2), some);
  ASSERT_ELEMENTS(ag_movedim(x, (ag_axes){0}, (ag_axes){0}), AG_SHAPE(2, 3, 1, 1), 0, 1, 2, 3, 4, 5);
  ag_movedim(x, AG_AXES(0, 1), AG_AXES(1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "movedim: 2 axes cannot be moved to 1 places");
  ag_movedim(x, AG_AXES(0, -4), AG_AXES(1, 2));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "movedim: axis -4 of 2x3x1x1 is given twice");
  ag_movedim(x, AG_AXES(0), AG_AXES(4));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "movedim: axis 4 does not exist in 2x3x1x1");
}
END_TEST

START_TEST(rows_are_chosen_and_added) {
  const int64_t places[] = {2, 0, 2, 1};
  ag_tensor *x = counted(AG_SHAPE(3, 2)), *index = ag_from(c, AG_I64, AG_SHAPE(4), places);
  ASSERT_ELEMENTS(ag_index_select(x, 0, index), AG_SHAPE(4, 2), 4, 5, 0, 1, 4, 5, 2, 3);
  ASSERT_ELEMENTS(ag_index_select(index, 0, index), AG_SHAPE(4), 2, 2, 2, 0);
  ASSERT_ELEMENTS(ag_index_add(x, 0, index, counted(AG_SHAPE(4, 2))), AG_SHAPE(3, 2), 2, 4, 8, 10, 8, 11);
  ag_index_select(x, 1, ag_slice(index, 0, 3, 0, -1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "index_select: index 2 at 1 is not in 0 .. 1, axis 1 of 3x2");
  ag_index_add(x, 0, x, x);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "index_add: operand 1 is float64, wanted is int64");
}
END_TEST

START_TEST(elements_are_placed) {
  const int64_t places[] = {2, 0, 1, 1};
  ag_tensor *x = counted(AG_SHAPE(2, 3)), *index = ag_from(c, AG_I64, AG_SHAPE(2, 2), places), *row = ag_from(c, AG_I64, AG_SHAPE(2), places);
  ag_tensor *large = ag_add_scalar(counted(AG_SHAPE(2, 4)), 10), *minus = ag_scalar(c, -1);
  ASSERT_ELEMENTS(ag_scatter(x, 1, index, large), AG_SHAPE(2, 3), 11, 1, 10, 3, 15, 5);
  ASSERT_ELEMENTS(ag_scatter(x, 1, index, minus), AG_SHAPE(2, 3), -1, 1, -1, 3, -1, 5);
  ASSERT_ELEMENTS(ag_scatter(index, 1, ag_slice(index, 0, 1, 2, 1), ag_slice(index, 0, 0, 1, 1)), AG_SHAPE(2, 2), 2, 0, 1, 1);
  ASSERT_ELEMENTS(ag_scatter_add(x, 1, index, large), AG_SHAPE(2, 3), 11, 1, 12, 3, 33, 5);
  ASSERT_ELEMENTS(ag_gather(index, 1, ag_slice(index, 0, 1, 2, 1)), AG_SHAPE(1, 2), 0, 0);
  ASSERT_ELEMENTS(ag_take_along_dim(x, index, .axes = AG_AXES(-1)), AG_SHAPE(2, 2), 2, 0, 4, 4);
  ASSERT_ELEMENTS(ag_take_along_dim(x, ag_slice(index, 0, 0, 1, 1), .axes = AG_AXES(1)), AG_SHAPE(2, 2), 2, 0, 5, 3);
  ASSERT_ELEMENTS(ag_take_along_dim(ag_slice(x, 0, 1, 2, 1), index, .axes = AG_AXES(1)), AG_SHAPE(2, 2), 5, 3, 4, 4);
  ASSERT_ELEMENTS(ag_take_along_dim(x, index), AG_SHAPE(4), 2, 0, 1, 1);
  ASSERT_ELEMENTS(ag_index_copy(x, 1, row, ag_slice(large, 1, 0, 2, 1)), AG_SHAPE(2, 3), 11, 1, 10, 15, 4, 14);
  ASSERT_ELEMENTS(ag_index_fill(x, -1, row, 7.5), AG_SHAPE(2, 3), 7.5, 1, 7.5, 7.5, 4, 7.5);
  ag_scatter(x, 0, index, x);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "scatter: index 2 at 0 is not in 0 .. 1, axis 0 of 2x3");
  ag_scatter(x, 1, index, index);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "scatter: operands are float64 and int64; all must have one type");
  ag_scatter_add(x, 1, index, ag_slice(x, 1, 0, 1, 1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "scatter_add: src is 2x1, wanted is 2x2, the shape of the index");
  ag_take_along_dim(x, index, .axes = AG_AXES(0, 1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "take_along_dim: 2 axes are given for 2x3; it takes one, or none for all");
  ag_take_along_dim(x, row, .axes = AG_AXES(2));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "take_along_dim: axis 2 does not exist in 2x3");
  ag_take_along_dim(x, row, .axes = AG_AXES(1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "take_along_dim: 2x3 and index 2 do not broadcast around axis 1");
  ag_index_fill(x, 2, row, 1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "index_fill: axis 2 does not exist in 2x3");
  const int64_t numbers[] = {5, 6, 7, 8};
  ASSERT_ELEMENTS(ag_index_fill(ag_from(c, AG_I64, AG_SHAPE(4), numbers), 0, row, 1.5), AG_SHAPE(4), 1, 6, 1, 8);
  ag_index_fill(ag_slice(x, 1, 0, 2, 1), 1, row, 1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "index_fill: index 2 at 0 is not in 0 .. 1");
  ag_index_copy(x, 1, ag_zeros(c, AG_SHAPE(2)), x);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "index_copy: index is float64, wanted is int64");
  ag_index_copy(x, 1, index, x);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "index_copy: index along axis 1 must be (n), found 2x2");
  ag_index_copy(x, 1, row, x);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "scatter: src is 2x3, wanted is 2x2, the shape of the index");
}
END_TEST

/* With equal places and a source that is larger than the index. */
static ag_tensor *placed(ag_tensor *const *in, void *user) {
  const int64_t places[] = {2, 0, 1, 1};
  (void)user;
  ag_tensor *x = in[0], *src = ag_square(in[1]), *index = ag_from(c, AG_I64, AG_SHAPE(2, 2), places), *row = ag_reshape(index, AG_SHAPE(4));
  ag_tensor *all[] = {ag_scatter(x, 1, index, src), ag_scatter_add(ag_square(x), 1, index, src), ag_index_copy(x, 1, row, src),
                      ag_index_fill(x, 1, ag_slice(row, 0, 1, 2, 1), 2), ag_take_along_dim(x, ag_slice(row, 0, 0, 4, 1)),
                      ag_take_along_dim(ag_slice(x, 0, 0, 1, 1), index, .axes = AG_AXES(1))};
  for (int i = 0; i < LENGTH(all); i++) all[i] = ag_flatten(ag_mul(all[i], all[i]), 0);
  return ag_concat(LENGTH(all), all, 0);
}

START_TEST(placing_is_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 3), 1, -1, 1), trained_leaf(c, AG_SHAPE(2, 4), 2, -1, 1)};
  ck_assert_msg(ag_gradcheck(c, placed, NULL, 2, in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-7, .order = 2), "%s", ag_error_message(c));
}
END_TEST

START_TEST(embeddings_are_rows) {
  const int64_t places[] = {2, 0, 2, 1};
  ag_tensor *x = counted(AG_SHAPE(3, 2)), *index = ag_from(c, AG_I64, AG_SHAPE(2, 2), places);
  ASSERT_ELEMENTS(ag_embedding(index, x), AG_SHAPE(2, 2, 2), 4, 5, 0, 1, 4, 5, 2, 3);
  ASSERT_ELEMENTS(ag_embedding(ag_transpose(index, 0, 1), x, .padded = true), AG_SHAPE(2, 2, 2), 4, 5, 4, 5, 0, 1, 2, 3);
  ASSERT_ELEMENTS(ag_embedding(ag_slice(index, 0, 0, 0, 1), x, .padded = true), AG_SHAPE(0, 2, 2), 0);
  ag_embedding(index, counted(AG_SHAPE(3)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "embedding: weight must be (n, d) and index of rank 7 at most, found 3 and 2x2");
  ag_embedding(index, x, .padded = true, .padding_idx = -4);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "embedding: padding_idx -4 is not in -3 .. 2");
  ag_embedding(index, ag_slice(x, 0, 0, 2, 1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "embedding: index 2 at 0 is not in 0 .. 1");
  ag_embedding(x, x, .padded = true);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "embedding: index is float64, wanted is int64");
}
END_TEST

/* The gradient of the squares, to the row of the padding nothing; that of its square as well. */
START_TEST(padding_gets_no_gradient) {
  const int64_t places[] = {2, 0, 2, 1};
  ag_tensor *index = ag_from(c, AG_I64, AG_SHAPE(4), places), *x = trained_leaf(c, AG_SHAPE(3, 2), 1, -1, 1), *g, *h;
  ag_tensor *loss = ag_sum(ag_pow_scalar(ag_embedding(index, x, .padded = true, .padding_idx = -1), 3));
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 1, .inputs = &x, .grads = &g, .create_graph = true));
  ASSERT_ELEMENTS(g, AG_SHAPE(3, 2), 3 * pow(element(x, 0), 2), 3 * pow(element(x, 1), 2), 3 * pow(element(x, 2), 2),
                  3 * pow(element(x, 3), 2), 0, 0);
  ag_tensor *sum = ag_sum(g);
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &x, .grads = &h));
  ASSERT_ELEMENTS(h, AG_SHAPE(3, 2), 6 * element(x, 0), 6 * element(x, 1), 6 * element(x, 2), 6 * element(x, 3), 0, 0);
}
END_TEST

START_TEST(diagonals_come_and_go) {
  ag_tensor *x = counted(AG_SHAPE(2, 3));
  ASSERT_ELEMENTS(ag_diag(x, 1), AG_SHAPE(2), 1, 5);
  ASSERT_ELEMENTS(ag_diag(x, 4), AG_SHAPE(0), 0);
  ASSERT_ELEMENTS(ag_diag(counted(AG_SHAPE(2)), -1), AG_SHAPE(3, 3), 0, 0, 0, 0, 0, 0, 0, 1, 0);
  ASSERT_ELEMENTS(ag_diag(ag_zeros(c, AG_SHAPE(0)), 1), AG_SHAPE(1, 1), 0);
  ag_diag(counted(AG_SHAPE(1, 2, 3)), 0);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "diag: x must be (n) or (n, m), found 1x2x3");
  ag_diag(counted(AG_SHAPE(2)), INT64_MIN);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "diag: offset -9223372036854775808 is not below 2^31");
}
END_TEST

static ag_tensor *arranged(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *x = in[0], *parts[2], *places[3];
  ag_split(x, 2, 1, 2, parts);
  ag_unbind(x, 1, 3, places);
  ag_tensor *all[] = {ag_flip(x, AG_AXES(0, 1)), ag_roll(ag_square(x), 1, 1),
                      ag_slice(ag_repeat(x, AG_SHAPE(2, 1)), 0, 1, 3, 1),
                      ag_concat(2, (ag_tensor *[]){parts[1], ag_square(parts[0])}, 1),
                      ag_stack(3, (ag_tensor *[]){places[2], ag_square(places[0]), ag_select(ag_square(x), 1, -1)}, 1),
                      ag_movedim(ag_tile(ag_narrow(ag_square(x), 1, 1, 2), AG_SHAPE(3, 1, 1)), AG_AXES(0), AG_AXES(-1)),
                      ag_repeat(ag_squeeze(ag_unsqueeze(ag_narrow(x, 0, 1, 1), 1)), AG_SHAPE(2, 1))};
  all[5] = ag_reshape(ag_narrow(ag_reshape(all[5], AG_SHAPE(12)), 0, 3, 6), AG_SHAPE(2, 3));
  return ag_stack(LENGTH(all), all, 0);
}

START_TEST(arrangements_are_differentiated) {
  assert_gradients(arranged, trained_leaf(c, AG_SHAPE(2, 3), 1, -1, 1));
}
END_TEST

TCase *arrangement_tests(void) {
  TCase *t = tcase_create("arrangements");
  with_context(t);
  tcase_add_test(t, axes_of_size_1_go_and_come);
  tcase_add_test(t, flips_and_rolls_move_elements);
  tcase_add_test(t, repeats_follow_one_another);
  tcase_add_test(t, parts_come_in_order);
  tcase_add_test(t, chunks_share_an_axis);
  tcase_add_test(t, places_of_an_axis);
  tcase_add_test(t, axes_move);
  tcase_add_test(t, rows_are_chosen_and_added);
  tcase_add_test(t, elements_are_placed);
  tcase_add_test(t, placing_is_differentiated);
  tcase_add_test(t, embeddings_are_rows);
  tcase_add_test(t, padding_gets_no_gradient);
  tcase_add_test(t, diagonals_come_and_go);
  tcase_add_test(t, arrangements_are_differentiated);
  return t;
}
