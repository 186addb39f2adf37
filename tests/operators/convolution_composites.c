/* Functions of images and sequences that are made of operators: identities between them, gradients up to the second
 * order, and what they refuse. Their values are compared with PyTorch's in vectors/. */
#include "tests/operators/walk.h"

static void assert_gradients(ag_tensor *(*fn)(ag_tensor *const *in, void *user), int n, ag_tensor *const *in) {
  ck_assert_msg(ag_gradcheck(c, fn, NULL, n, in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-7, .order = 2), "%s", ag_error_message(c));
}

/* Joins all elements of some tensors. */
static ag_tensor *joined(int n, ag_tensor *const *x) {
  ag_tensor *flat[8];
  for (int i = 0; i < n; i++) flat[i] = ag_flatten(x[i], 0);
  return ag_concat(n, flat, 0);
}

static double dot(ag_tensor *x, ag_tensor *y) { return ag_item(ag_sum(ag_mul(x, y))); }

/* ---- Sequences ---- */

static ag_tensor *convolved_sequences(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *x = in[0], *w = in[1], *b = in[2];
  ag_tensor *parts[] = {ag_conv1d(x, w, b, .stride = 2, .padding = 1, .dilation = 2),
                        ag_conv1d(x, w, b, .sides = AG_SIDES(0, 0, 2, 0)),
                        ag_conv1d(x, w, .same = true),
                        ag_conv_transpose1d(ag_conv1d(x, w), w, .stride = 3, .padding = 2, .output_padding = 2)};
  return joined(LENGTH(parts), parts);
}

START_TEST(convolutions_of_sequences_are_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 2, 6), 1, -1, 1), trained_leaf(c, AG_SHAPE(3, 2, 3), 2, -1, 1), trained_leaf(c, AG_SHAPE(3), 3, -1, 1)};
  assert_gradients(convolved_sequences, 3, in);
}
END_TEST

static ag_tensor *pooled_sequences(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *x = ag_square(in[0]);
  ag_tensor *parts[] = {ag_max_pool1d(x, 3, 2, 1, .ceil_mode = true), ag_avg_pool1d(x, 4, 3, 2, .exclude_padding = true), ag_adaptive_avg_pool1d(x, 3),
                        ag_adaptive_max_pool1d(x, 3), ag_interpolate(x, 4, .mode = AG_AREA), ag_interpolate(x, .scale = 1.6, .mode = AG_LINEAR)};
  return joined(LENGTH(parts), parts);
}

START_TEST(poolings_of_sequences_are_differentiated) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 2, 7), 4, -1, 1);
  assert_gradients(pooled_sequences, 1, &x);
}
END_TEST

START_TEST(sequences_have_three_axes) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 8), 5, -1, 1), *w = irregular_leaf(c, AG_SHAPE(4, 3, 2), 6, -1, 1), *flat = ag_flatten(x, 1);
  ag_conv1d(flat, w);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv1d: x must be (n, c, l), found 2x24");
  ag_conv1d(x, flat);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv1d: weight must be (o, c / groups, k), found 2x24");
  ag_conv1d(x, NULL);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv1d: operand 1 is NULL");
  ag_conv1d(x, w, .sides = AG_SIDES(1, 0, 2, 3));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv1d: sides has padding above and below, 1 and 0; both must be 0");
  ag_conv1d(x, w, .groups = 3);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv2d: groups 3 must divide the channels of x 2x3x1x8 and of weight 4x3x1x2");
  ag_conv_transpose1d(x, flat);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv_transpose1d: weight must be (c, o / groups, k), found 2x24");
  ag_max_pool1d(flat, 2);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "max_pool1d: x must be (n, c, l), found 2x24");
  ag_avg_pool1d(x, 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "avg_pool2d: kernel 0, stride 0 and dilation 1 must be at least 1 and below 2^31");
  ag_adaptive_avg_pool1d(x, -2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "adaptive_avg_pool2d: output size -2 must be at least 0 and below 2^31");
}
END_TEST

/* ---- Padding ---- */

START_TEST(same_is_for_stride_1) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(1, 2, 5, 4), 7, -1, 1), *w = irregular_leaf(c, AG_SHAPE(3, 2, 4, 3), 8, -1, 1);
  ck_assert_int_eq(ag_dim(ag_conv2d(x, w, .same = true, .dilation = 3), 2), 5);
  ag_conv2d(x, w, .same = true, .stride_w = 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d: same keeps the size of x with stride 1 alone, found 1x2");
  ag_conv2d(x, w, .sides = AG_SIDES(0, 0, 0, -1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d: padding -1 must be at least 0 and below 2^31");
  ag_conv2d(x, NULL, .same = true);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv2d: operand 1 is NULL");
}
END_TEST

/* Enough channels and places for Winograd's way, which must see the right sides, too. */
static ag_tensor *with_sides(ag_tensor *const *in, void *user) {
  const ag_sides *sides = user;
  return ag_conv2d(in[0], in[1], in[2], .sides = *sides);
}

START_TEST(winograd_knows_sides) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 16, 5, 7), 9, -1, 1), trained_leaf(c, AG_SHAPE(17, 16, 3, 3), 10, -1, 1), trained_leaf(c, AG_SHAPE(17), 11, -1, 1)};
  ag_sides sides[] = {AG_SIDES(0, 2, 1, 0), AG_SIDES(2, 1, 0, 2), AG_SIDES(0, 9, 2, 7), AG_SIDES(2, 0, 1, 3)};
  for (int i = 0; i < LENGTH(sides); i++) {
    ag_tensor *y[2], *dx[2][3];
    for (int way = 0; way < 2; way++) {
      ag_set_winograd(c, way == 0);
      y[way] = with_sides(in, &sides[i]);
      ag_tensor *loss = ag_sum(ag_square(y[way]));
      ck_assert(ag_grad(.n_outputs = 1, .outputs = &loss, .n_inputs = 3, .inputs = in, .grads = dx[way]));
    }
    ag_set_winograd(c, true);
    assert_close(y[0], y[1], 1e-10);
    for (int k = 0; k < 3; k++) assert_close(dx[0][k], dx[1][k], 1e-10);
  }
}
END_TEST

/* ---- Transposed convolution ---- */

/* <x * w, y> = <x, y transposed by w>, for each option. */
START_TEST(transposition_is_the_adjoint) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 4, 9, 8), 12, -1, 1), *w = irregular_leaf(c, AG_SHAPE(6, 2, 3, 2), 13, -1, 1);
  ag_tensor *z = ag_conv2d(x, w, .stride = 2, .stride_w = 3, .padding = 1, .dilation_w = 2, .groups = 2);
  ag_tensor *y = irregular_leaf(c, ag_shape_of(z), 14, -1, 1);
  ag_tensor *back = ag_conv_transpose2d(y, w, .stride = 2, .stride_w = 3, .padding = 1, .dilation_w = 2, .groups = 2, .output_padding_w = 1);
  ck_assert_int_eq(ag_dim(back, 2), 9);
  ck_assert_int_eq(ag_dim(back, 3), 8);
  ck_assert_double_eq_tol(dot(z, y), dot(x, back), 1e-12);
}
END_TEST

/* The largest output_padding is behind all that a stride of 1 reaches. */
static ag_tensor *transposed(ag_tensor *const *in, void *user) {
  (void)user;
  return ag_square(ag_conv_transpose2d(in[0], in[1], in[2], .padding = 1, .output_padding = 2, .output_padding_w = AG_NO_PADDING, .dilation = 3));
}

START_TEST(transposed_convolutions_are_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(1, 2, 3, 2), 15, -1, 1), trained_leaf(c, AG_SHAPE(2, 2, 2, 2), 16, -1, 1), trained_leaf(c, AG_SHAPE(2), 17, -1, 1)};
  assert_gradients(transposed, 3, in);
}
END_TEST

START_TEST(output_padding_is_below_the_stride) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(1, 2, 3, 2), 18, -1, 1), *w = irregular_leaf(c, AG_SHAPE(2, 2, 2, 2), 19, -1, 1);
  ag_conv_transpose2d(x, w, .stride = 2, .output_padding = 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv_transpose2d: output_padding 2 must be at least 0, and below stride 2 or dilation 1");
  ag_conv_transpose2d(x, w, .output_padding_w = -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "conv_transpose2d: output_padding -1 must be at least 0, and below stride 1 or dilation 1");
  ag_conv_transpose2d(x, w, .padding = 2);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv_transpose2d: x 1x2x3x2 and weight 2x2x2x2 do not give an output of 0x-1 with stride 1x1 and padding 2x2");
  ag_conv_transpose2d(x, ag_flatten(w, 1));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "conv_transpose2d: weight must be (c, o / groups, kh, kw), found 2x8");
}
END_TEST

/* ---- Windows as columns ---- */

START_TEST(convolution_is_a_product_with_columns) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 6, 5), 20, -1, 1), *w = irregular_leaf(c, AG_SHAPE(4, 3, 3, 2), 21, -1, 1);
  ag_tensor *columns = ag_im2col(x, .kernel = 3, .kernel_w = 2, .padding = 1, .padding_w = 2, .stride = 2, .dilation_w = 2);
  ag_tensor *y = ag_conv2d(x, w, .padding = 1, .padding_w = 2, .stride = 2, .dilation_w = 2);
  assert_close(ag_reshape(ag_matmul(ag_flatten(w, 1), columns), ag_shape_of(y)), y, 1e-13);
}
END_TEST

/* Each element comes back as often as there are windows that contain it. */
START_TEST(columns_fold_back) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 4, 5), 22, -1, 1);
  ag_tensor *whole = ag_col2im(ag_im2col(x, 2, .stride_w = 3), 4, 5, 2, .stride_w = 3);
  ag_tensor *count = ag_from_double(c, AG_SHAPE(4, 5), (double[]){1, 1, 0, 1, 1, 2, 2, 0, 2, 2, 2, 2, 0, 2, 2, 1, 1, 0, 1, 1});
  assert_close(whole, ag_mul(x, count), 1e-14);
}
END_TEST

/* ---- Pooling and interpolation ---- */

START_TEST(indices_point_at_the_greatest) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3, 7, 6), 23, -1, 1), *planes = ag_reshape(x, AG_SHAPE(2, 3, 42));
  ag_tensor *y = ag_max_pool2d(x, 3, 2, 1), *at = ag_max_pool2d_indices(x, 3, 2, 1);
  assert_same_bits(ag_gather(planes, 2, ag_reshape(at, AG_SHAPE(2, 3, -1))), ag_reshape(y, AG_SHAPE(2, 3, -1)));
  y = ag_adaptive_max_pool2d(x, 4, 4), at = ag_adaptive_max_pool2d_indices(x, 4, 4);
  assert_same_bits(ag_gather(planes, 2, ag_reshape(at, AG_SHAPE(2, 3, 16))), ag_reshape(y, AG_SHAPE(2, 3, 16)));
}
END_TEST

START_TEST(interpolation_wants_a_size_or_a_scale) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(1, 2, 3, 4), 24, -1, 1);
  assert_same_bits(ag_interpolate(x, 3, 4), x);
  ag_interpolate(x);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "interpolate: size is 0 and scale 0; one of them must be given");
  ag_interpolate(x, 4, .scale = 2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "interpolate: size is 4 and scale 2; one of them must be given");
  ag_interpolate(x, .scale = 0.3);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "interpolate: sizes 3 and 0 must be at least 1 and below 2^31");
  ag_interpolate(x, .scale = -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "interpolate: scale -1 must be in 2^-31 .. 2^31");
  ag_interpolate(x, .scale = 1.0 / 0.0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "interpolate: scale inf must be in 2^-31 .. 2^31");
  ag_interpolate(x, 2, .mode = AG_AREA, .align_corners = true);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "interpolate: align_corners is for linear and cubic interpolation alone");
}
END_TEST

TCase *convolution_tests(void) {
  TCase *t = tcase_create("convolutions");
  with_context(t);
  tcase_add_test(t, convolutions_of_sequences_are_differentiated);
  tcase_add_test(t, poolings_of_sequences_are_differentiated);
  tcase_add_test(t, sequences_have_three_axes);
  tcase_add_test(t, same_is_for_stride_1);
  tcase_add_test(t, winograd_knows_sides);
  tcase_add_test(t, transposition_is_the_adjoint);
  tcase_add_test(t, transposed_convolutions_are_differentiated);
  tcase_add_test(t, output_padding_is_below_the_stride);
  tcase_add_test(t, convolution_is_a_product_with_columns);
  tcase_add_test(t, columns_fold_back);
  tcase_add_test(t, indices_point_at_the_greatest);
  tcase_add_test(t, interpolation_wants_a_size_or_a_scale);
  return t;
}
