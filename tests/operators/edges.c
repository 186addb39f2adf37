/* The edges of the number line and of shapes: NaN, infinities, no elements, rank 0 and rank 8. What PyTorch
 * does there was looked up with PyTorch 1.13; where this library differs, the test says so. */
#include "tests/operators/walk.h"

#include <math.h>

#define LOST ((double)NAN)
#define ENDLESS ((double)INFINITY)
#define ROW(...) ag_from_double(c, AG_SHAPE(COUNT(__VA_ARGS__)), (const double[]){__VA_ARGS__})
#define COUNT(...) (int64_t)(sizeof((double[]){__VA_ARGS__}) / sizeof(double))

static ag_tensor *trained(ag_tensor *x) {
  ag_set_requires_grad(x, true);
  return x;
}

/* The gradient of the sum of y to x. */
static ag_tensor *gradient(ag_tensor *y, ag_tensor *x) {
  ag_tensor *sum = ag_sum(y), *g = NULL;
  ck_assert(ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = 1, .inputs = &x, .grads = &g));
  return g;
}

/* ---- NaN and infinities ---- */

START_TEST(nan_wins_over_numbers) {
  ag_tensor *x = trained(ROW(LOST, ENDLESS, -ENDLESS, 2, 2)), *y = trained(ROW(1, LOST, LOST, -ENDLESS, 2));
  ag_tensor *most = ag_maximum(x, y), *least = ag_minimum(x, y);
  ASSERT_ELEMENTS(most, AG_SHAPE(5), LOST, LOST, LOST, 2, 2);
  ASSERT_ELEMENTS(least, AG_SHAPE(5), LOST, LOST, LOST, -ENDLESS, 2);
  ASSERT_ELEMENTS(gradient(most, x), AG_SHAPE(5), 1, 1, 1, 1, 0.5);
  ASSERT_ELEMENTS(gradient(most, y), AG_SHAPE(5), 1, 1, 1, 0, 0.5);
  ASSERT_ELEMENTS(gradient(least, x), AG_SHAPE(5), 1, 1, 1, 0, 0.5);
  ASSERT_ELEMENTS(gradient(least, y), AG_SHAPE(5), 1, 1, 1, 1, 0.5);

  ag_tensor *rows = trained(ag_from_double(
      c, AG_SHAPE(3, 3), (double[]){1, LOST, 5, -ENDLESS, -ENDLESS, -ENDLESS, 7, ENDLESS, LOST}));
  ag_tensor *greatest = ag_max(rows, .axes = AG_AXES(1));
  ASSERT_ELEMENTS(greatest, AG_SHAPE(3), LOST, -ENDLESS, LOST);
  ASSERT_ELEMENTS(ag_argmax(rows, .axes = AG_AXES(1)), AG_SHAPE(3), 1, 0, 2);
  ASSERT_ELEMENTS(ag_argmax(rows, .axes = AG_AXES(0)), AG_SHAPE(3), 2, 0, 2);
  ASSERT_ELEMENTS(ag_argmax(rows), AG_SCALAR, 1);
  ASSERT_ELEMENTS(gradient(greatest, rows), AG_SHAPE(3, 3), LOST, LOST, LOST, 1.0 / 3, 1.0 / 3, 1.0 / 3, LOST,
                  LOST, LOST);
  ag_tensor *image = ag_from_double(c, AG_SHAPE(1, 1, 2, 2), (double[]){1, LOST, 3, -ENDLESS});
  ASSERT_ELEMENTS(ag_max_pool2d(image, .kernel = 2, .stride = 1, .padding = 1), AG_SHAPE(1, 1, 3, 3), 1, LOST,
                  LOST, 3, LOST, LOST, 3, 3, -ENDLESS);
  ag_tensor *windows = trained(ag_from_double(
      c, AG_SHAPE(1, 1, 2, 7), (double[]){2, LOST, 5, 5, LOST, 1, 9, LOST, 3, 5, 5, 7, LOST, ENDLESS}));
  ag_tensor *highest = ag_max_pool2d(windows, .kernel = 2);
  ASSERT_ELEMENTS(highest, AG_SHAPE(1, 1, 1, 3), LOST, 5, LOST);
  ASSERT_ELEMENTS(gradient(highest, windows), AG_SHAPE(1, 1, 2, 7), 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0);
}
END_TEST

START_TEST(nan_passes_through_activations) {
  const struct {
    ag_tensor *(*f)(ag_site at, ag_tensor *x);
    double value[5], slope[5];
  } plain[] = {
      {ag_relu, {LOST, ENDLESS, 0, 0, 2}, {1, 1, 0, 0, 1}},
      {ag_sigmoid, {LOST, 1, 0, 0.5, 0.88079707797788243}, {LOST, 0, 0, 0.25, 0.10499358540350651}},
      {ag_tanh, {LOST, 1, -1, 0, 0.9640275800758169}, {LOST, 0, 0, 1, 0.070650824853164465}},
      {ag_softplus, {LOST, ENDLESS, 0, M_LN2, 2.1269280110429727}, {LOST, 1, 0, 0.5, 0.88079707797788243}},
      {ag_gelu, {LOST, ENDLESS, LOST, 0, 1.9544997361036416}, {LOST, LOST, LOST, 0.5, 1.085231801078197}},
      {ag_exp, {LOST, ENDLESS, 0, 1, 7.3890560989306504}, {LOST, ENDLESS, 0, 1, 7.3890560989306504}},
      {ag_log, {LOST, ENDLESS, LOST, -ENDLESS, M_LN2}, {LOST, 0, 0, ENDLESS, 0.5}},
      {ag_square, {LOST, ENDLESS, ENDLESS, 0, 4}, {LOST, ENDLESS, -ENDLESS, 0, 4}},
  };
  for (int i = 0; i < LENGTH(plain); i++) {
    ag_tensor *x = trained(ROW(LOST, ENDLESS, -ENDLESS, 0, 2)), *y = plain[i].f(AG_HERE, x);
    assert_elements(y, AG_SHAPE(5), plain[i].value);
    assert_elements(gradient(y, x), AG_SHAPE(5), plain[i].slope);
  }
  ag_tensor *x = trained(ROW(LOST, ENDLESS, -ENDLESS, -0.5, 2));
  ag_tensor *clamped = ag_clamp(x, -0.75, 1.25), *leaking = ag_leaky_relu(x, 0.25),
            *powers = ag_pow_scalar(x, 0);
  ASSERT_ELEMENTS(clamped, AG_SHAPE(5), LOST, 1.25, -0.75, -0.5, 1.25);
  ASSERT_ELEMENTS(gradient(clamped, x), AG_SHAPE(5), 0, 0, 0, 1, 0);
  ASSERT_ELEMENTS(leaking, AG_SHAPE(5), LOST, ENDLESS, -ENDLESS, -0.125, 2);
  ASSERT_ELEMENTS(gradient(leaking, x), AG_SHAPE(5), 0.25, 1, 0.25, 0.25, 1);
  ASSERT_ELEMENTS(powers, AG_SHAPE(5), 1, 1, 1, 1, 1);
}
END_TEST

/* The powers that are products have the limits of the others. */
START_TEST(small_powers_are_those_of_the_library) {
  const double p[] = {-3, -2, -1, -0.5, 0.5, 1, 2, 3, 4}, of[] = {LOST, ENDLESS, -ENDLESS, 0, -0.5, 2};
  for (int i = 0; i < LENGTH(p); i++) {
    double value[LENGTH(of)], slope[LENGTH(of)];
    for (int j = 0; j < LENGTH(of); j++) value[j] = pow(of[j], p[i]), slope[j] = p[i] * pow(of[j], p[i] - 1);
    ag_tensor *x = trained(ag_from_double(c, AG_SHAPE(LENGTH(of)), of)), *y = ag_pow_scalar(x, p[i]);
    assert_elements(y, AG_SHAPE(LENGTH(of)), value);
    assert_elements(gradient(y, x), AG_SHAPE(LENGTH(of)), slope);
  }
}
END_TEST

START_TEST(powers_and_quotients_of_nothing) {
  ag_tensor *x = trained(ROW(0, 0, 2, -2, ENDLESS, 1)), *y = trained(ROW(0, 2, LOST, 2, 0, LOST)),
            *powers = ag_pow(x, y);
  ASSERT_ELEMENTS(powers, AG_SHAPE(6), 1, 0, LOST, 4, 1, 1);
  ASSERT_ELEMENTS(gradient(powers, x), AG_SHAPE(6), 0, 0, LOST, -4, 0, LOST);
  ASSERT_ELEMENTS(gradient(powers, y), AG_SHAPE(6), 0, 0, LOST, LOST, ENDLESS, 0);
  ag_tensor *a = trained(ROW(0, 1, -1, ENDLESS)), *b = trained(ROW(0, 0, 0, ENDLESS)),
            *quotient = ag_div(a, b);
  ASSERT_ELEMENTS(quotient, AG_SHAPE(4), LOST, ENDLESS, -ENDLESS, LOST);
  ASSERT_ELEMENTS(gradient(quotient, a), AG_SHAPE(4), ENDLESS, ENDLESS, ENDLESS, 0);
  ASSERT_ELEMENTS(gradient(quotient, b), AG_SHAPE(4), LOST, -ENDLESS, ENDLESS, LOST);
}
END_TEST

/* What is not chosen does not leak: neither its value nor, unlike with a multiplication by a mask, its
 * gradient. */
START_TEST(where_takes_nothing_from_the_other_side) {
  const bool truth[] = {true, false, true, false};
  ag_tensor *x = trained(ROW(LOST, LOST, ENDLESS, 1)), *y = trained(ROW(1, 2, LOST, -ENDLESS));
  ag_tensor *z = ag_where(ag_from(c, AG_BOOL, AG_SHAPE(4), truth), x, y);
  ASSERT_ELEMENTS(z, AG_SHAPE(4), LOST, 2, ENDLESS, -ENDLESS);
  ASSERT_ELEMENTS(gradient(z, x), AG_SHAPE(4), 1, 0, 1, 0);
  ASSERT_ELEMENTS(gradient(z, y), AG_SHAPE(4), 0, 1, 0, 1);
}
END_TEST

/* Where all terms are -infinity, PyTorch's gradient of logsumexp is NaN; here it is 0, so that a masked row
 * does no harm. Beside an infinity, a softmax is NaN, as in PyTorch. */
START_TEST(softmax_knows_infinities) {
  ag_tensor *x = trained(ROW(1, -ENDLESS, 2, -ENDLESS)), *p = ag_softmax(x, 0), *l = ag_log_softmax(x, 0);
  const double low = 1 / (1 + M_E), high = M_E / (1 + M_E);
  ASSERT_ELEMENTS(p, AG_SHAPE(4), low, 0, high, 0);
  ASSERT_ELEMENTS(gradient(ag_mul(p, ROW(0, 1, 2, 3)), x), AG_SHAPE(4), -2 * low * high, 0, 2 * low * high,
                  0);
  ASSERT_ELEMENTS(l, AG_SHAPE(4), log(low), -ENDLESS, log(high), -ENDLESS);
  ASSERT_ELEMENTS(gradient(ag_slice(l, 0, 0, 3, 2), x), AG_SHAPE(4), 1 - 2 * low, 0, 1 - 2 * high, 0);
  ASSERT_ELEMENTS(ag_softmax(ROW(-ENDLESS, -ENDLESS), 0), AG_SHAPE(2), LOST, LOST);
  ASSERT_ELEMENTS(ag_softmax(ROW(ENDLESS, 1), 0), AG_SHAPE(2), LOST, LOST);
  ASSERT_ELEMENTS(ag_log_softmax(ROW(ENDLESS, 1), 0), AG_SHAPE(2), LOST, LOST);
  ag_tensor *columns = ag_from_double(c, AG_SHAPE(2, 3), (double[]){ENDLESS, -ENDLESS, 0, 1, -ENDLESS, 0});
  ASSERT_ELEMENTS(ag_softmax(columns, 0), AG_SHAPE(2, 3), LOST, LOST, 0.5, LOST, LOST, 0.5);
  ASSERT_ELEMENTS(ag_log_softmax(columns, 0), AG_SHAPE(2, 3), LOST, LOST, -M_LN2, LOST, LOST, -M_LN2);
  ASSERT_ELEMENTS(ag_softmax(ROW(LOST, 1), 0), AG_SHAPE(2), LOST, LOST);
  ASSERT_ELEMENTS(ag_softmax(ROW(1e300, -1e300, 1e300), 0), AG_SHAPE(3), 0.5, 0, 0.5);

  ag_tensor *rows = trained(
      ag_from_double(c, AG_SHAPE(4, 2), (double[]){-ENDLESS, -ENDLESS, ENDLESS, 1, LOST, 1, -ENDLESS, 700}));
  ag_tensor *y = ag_logsumexp(rows, .axes = AG_AXES(1));
  ASSERT_ELEMENTS(y, AG_SHAPE(4), -ENDLESS, ENDLESS, LOST, 700);
  ASSERT_ELEMENTS(gradient(y, rows), AG_SHAPE(4, 2), 0, 0, LOST, 0, LOST, LOST, 0, 1);
}
END_TEST

/* ---- No elements ---- */

START_TEST(reductions_of_nothing) {
  ag_tensor *nothing = trained(ag_zeros(c, AG_SHAPE(3, 0)));
  ASSERT_ELEMENTS(ag_sum(nothing), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_sum(nothing, .axes = AG_AXES(1)), AG_SHAPE(3), 0, 0, 0);
  ASSERT_ELEMENTS(ag_sum(nothing, .axes = AG_AXES(0)), AG_SHAPE(0), 0);
  ASSERT_ELEMENTS(ag_mean(nothing), AG_SCALAR, LOST);
  ASSERT_ELEMENTS(ag_mean(nothing, .axes = AG_AXES(1), .keepdim = true), AG_SHAPE(3, 1), LOST, LOST, LOST);
  ASSERT_ELEMENTS(ag_mean(nothing, .axes = AG_AXES(0)), AG_SHAPE(0), 0);
  ASSERT_ELEMENTS(ag_var(nothing), AG_SCALAR, LOST);
  ASSERT_ELEMENTS(ag_var(nothing, .axes = AG_AXES(1), .biased = true), AG_SHAPE(3), LOST, LOST, LOST);
  ASSERT_ELEMENTS(ag_var(ROW(5)), AG_SCALAR, LOST);
  ASSERT_ELEMENTS(ag_var(ROW(5), .biased = true), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_logsumexp(nothing, .axes = AG_AXES(1)), AG_SHAPE(3), -ENDLESS, -ENDLESS, -ENDLESS);
  ASSERT_ELEMENTS(ag_max(nothing, .axes = AG_AXES(0)), AG_SHAPE(0), 0);
  ASSERT_ELEMENTS(gradient(ag_logsumexp(nothing, .axes = AG_AXES(1)), nothing), AG_SHAPE(3, 0), 0);
  ASSERT_ELEMENTS(ag_mse_loss(nothing, nothing), AG_SCALAR, LOST);

  ag_max(nothing);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "max: axis 1 of 3x0 has no elements");
  ag_argmax(nothing, .axes = AG_AXES(-1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "argmax: axis 1 of 3x0 has no elements");
}
END_TEST

START_TEST(operators_of_nothing) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(2, 0), 1, -1, 1), *y = trained_leaf(c, AG_SHAPE(0, 3), 2, -1, 1);
  ag_tensor *product = ag_matmul(x, y);
  ASSERT_ELEMENTS(product, AG_SHAPE(2, 3), 0, 0, 0, 0, 0, 0);
  ASSERT_ELEMENTS(gradient(product, x), AG_SHAPE(2, 0), 0);
  ASSERT_ELEMENTS(gradient(product, y), AG_SHAPE(0, 3), 0);
  ag_tensor *weight = trained_leaf(c, AG_SHAPE(4, 0), 3, -1, 1),
            *bias = trained_leaf(c, AG_SHAPE(4), 4, -1, 1);
  ag_tensor *row = ag_linear(x, weight, bias);
  assert_same_bits(ag_slice(row, 0, 1, 2, 1), ag_reshape(bias, AG_SHAPE(1, 4)));
  ASSERT_ELEMENTS(gradient(row, bias), AG_SHAPE(4), 2, 2, 2, 2);

  ag_tensor *images = trained_leaf(c, AG_SHAPE(0, 2, 5, 5), 5, -1, 1),
            *kernel = trained_leaf(c, AG_SHAPE(1, 2, 2, 2), 6, -1, 1);
  ag_tensor *convolved = ag_conv2d(images, kernel, .stride = 2);
  ASSERT_ELEMENTS(convolved, AG_SHAPE(0, 1, 2, 2), 0);
  ASSERT_ELEMENTS(gradient(convolved, kernel), AG_SHAPE(1, 2, 2, 2), 0, 0, 0, 0, 0, 0, 0, 0);
  ASSERT_ELEMENTS(ag_max_pool2d(images, .kernel = 2), AG_SHAPE(0, 2, 2, 2), 0);
  ASSERT_ELEMENTS(ag_avg_pool2d(images, .kernel = 2), AG_SHAPE(0, 2, 2, 2), 0);
  ASSERT_ELEMENTS(ag_softmax(x, 1), AG_SHAPE(2, 0), 0);
  ASSERT_ELEMENTS(ag_softmax(y, 1), AG_SHAPE(0, 3), 0);
  ASSERT_ELEMENTS(ag_reshape(y, AG_SHAPE(3, 0, 7)), AG_SHAPE(3, 0, 7), 0);
  ASSERT_ELEMENTS(ag_expand(ag_zeros(c, AG_SHAPE(1, 3)), AG_SHAPE(0, 3)), AG_SHAPE(0, 3), 0);
  ASSERT_ELEMENTS(ag_contiguous(ag_transpose(y, 0, 1)), AG_SHAPE(3, 0), 0);
  ASSERT_ELEMENTS(ag_add(ag_zeros(c, AG_SHAPE(2, 1)), x), AG_SHAPE(2, 0), 0);
  ag_add(x, ag_zeros(c, AG_SHAPE(2, 3)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "add: 2x0 and 2x3 do not broadcast");
}
END_TEST

/* ---- Rank 0 and rank 8 ---- */

START_TEST(rank_0_is_a_number) {
  ag_tensor *x = trained(ag_scalar(c, 1.75)), *row = ROW(2, -3);
  ASSERT_ELEMENTS(ag_mul(x, row), AG_SHAPE(2), 3.5, -5.25);
  ASSERT_ELEMENTS(gradient(ag_mul(x, row), x), AG_SCALAR, -1);
  ASSERT_ELEMENTS(ag_sum(x), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_max(x), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_argmax(x), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_mean(ag_square(x)), AG_SCALAR, 3.0625);
  ASSERT_ELEMENTS(ag_permute(x, (ag_axes){0}), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_stack(2, ((ag_tensor *[]){x, x}), 0), AG_SHAPE(2), 1.75, 1.75);
  ck_assert_double_eq(ag_item(ag_expand(x, AG_SHAPE(1, 1))), 1.75);
  ag_sum(x, .axes = AG_AXES(1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "sum: axis 1 does not exist in scalar");
  ag_sum(x, .axes = AG_AXES(0, -1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "sum: axis -1 of scalar is given twice");
  ag_softmax(x, -2);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "softmax: axis -2 does not exist in scalar");
  ag_matmul(x, row);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "matmul: scalar and 2 do not fit");
}
END_TEST

/* A number has the axes 0 and -1, as in PyTorch. */
START_TEST(rank_0_has_an_axis) {
  ag_tensor *x = trained(ag_scalar(c, 1.75)), *index;
  ASSERT_ELEMENTS(ag_sum(x, .axes = AG_AXES(0)), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_mean(x, .axes = AG_AXES(-1), .keepdim = true), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_var(x, .axes = AG_AXES(0), .biased = true), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_norm(x, .axes = AG_AXES(0)), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_any(x, .axes = AG_AXES(0)), AG_SCALAR, 1);
  ASSERT_ELEMENTS(ag_max_along(x, .axes = AG_AXES(-1), .indices = &index), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(index, AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_softmax(x, 0), AG_SCALAR, 1);
  ASSERT_ELEMENTS(ag_log_softmax(x, -1), AG_SCALAR, 0);
  ASSERT_ELEMENTS(ag_flatten(x, 0), AG_SHAPE(1), 1.75);
  ASSERT_ELEMENTS(ag_transpose(x, 0, -1), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_movedim(x, AG_AXES(0), AG_AXES(-1)), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_squeeze(x, AG_AXES(0)), AG_SCALAR, 1.75);
  ASSERT_ELEMENTS(ag_flip(x, AG_AXES(0)), AG_SCALAR, 1.75);
  const ag_reduce_args over = {.at = AG_HERE, .x = ag_square(x), .axes = AG_AXES(0), .keepdim = true};
  ag_tensor *(*const reductions[])(ag_reduce_args) = {ag_sum, ag_mean, ag_max, ag_prod, ag_logsumexp};
  for (int i = 0; i < LENGTH(reductions); i++) ASSERT_ELEMENTS(gradient(reductions[i](over), x), AG_SCALAR, 3.5);
  ASSERT_ELEMENTS(gradient(ag_square(ag_log_softmax(x, 0)), x), AG_SCALAR, 0);
  ASSERT_ELEMENTS(gradient(ag_square(ag_flatten(x, -1)), x), AG_SCALAR, 3.5);
}
END_TEST

START_TEST(rank_8_is_the_most) {
  const ag_shape shape = AG_SHAPE(2, 1, 3, 2, 1, 2, 2, 3), thin = AG_SHAPE(2, 2, 1, 2, 3, 1, 2, 1);
  ag_tensor *x = trained_leaf(c, shape, 1, -1, 1), *y = trained_leaf(c, thin, 2, -1, 1), *z = ag_mul(x, y);
  array a = array_of(x), b = array_of(y), product = array_new(AG_SHAPE(2, 2, 3, 2, 3, 2, 2, 3)),
        sum = array_new(AG_SHAPE(2, 3, 2, 3));
  EACH_INDEX(product.shape, i) {
    const int64_t in_x[] = {i[0], 0, i[2], i[3], 0, i[5], i[6], i[7]},
                  in_y[] = {i[0], i[1], 0, i[3], i[4], 0, i[6], 0};
    const double value = a.data[place_of(shape, in_x)] * b.data[place_of(thin, in_y)];
    product.data[place_of(product.shape, i)] = value;
    sum.data[place_of(sum.shape, (int64_t[]){i[1], i[2], i[5], i[7]})] += value;
  }
  assert_elements(z, product.shape, product.data);
  assert_elements(ag_sum(z, .axes = AG_AXES(0, 3, -4, 6)), sum.shape, sum.data);
  assert_same_bits(
      ag_permute(ag_permute(z, AG_AXES(7, 6, 5, 4, 3, 2, 1, 0)), AG_AXES(7, 6, 5, 4, 3, 2, 1, 0)), z);
  ag_tensor *turned = ag_permute(z, AG_AXES(4, 0, 7, 2, 6, 1, 5, 3));
  ck_assert_double_eq(element(turned, ag_numel(z) - 1), product.data[ag_numel(z) - 1]);
  assert_close(ag_sum(ag_contiguous(turned), .axes = AG_AXES(1, 7, 0, 4)),
               ag_permute(ag_sum(z, .axes = AG_AXES(0, 3, 4, 6)), AG_AXES(3, 1, 0, 2)), 1e-14);
  array_free(&a), array_free(&b), array_free(&product), array_free(&sum);
  ag_stack(2, ((ag_tensor *[]){x, x}), 0);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "stack: axis 0 would be one too many for 2x1x3x2x1x2x2x3");
}
END_TEST

/* Axes in front of the one that counts, and behind it, may as well be one. */
START_TEST(rank_8_is_as_good_as_rank_3) {
  const ag_shape deep = AG_SHAPE(2, 1, 3, 4, 1, 2, 1, 3), few = AG_SHAPE(2, 1, 3, 1, 1, 2, 1, 3);
  ag_tensor *x = trained_leaf(c, deep, 1, -1, 1), *y = ag_reshape(x, AG_SHAPE(6, 4, 6));
#define SAME(of_x, shape, of_y) assert_same_bits(ag_reshape(of_x, shape), of_y)
  SAME(ag_softmax(x, 3), AG_SHAPE(6, 4, 6), ag_softmax(y, 1));
  SAME(ag_log_softmax(x, -5), AG_SHAPE(6, 4, 6), ag_log_softmax(y, 1));
  SAME(ag_max(x, .axes = AG_AXES(3)), AG_SHAPE(6, 6), ag_max(y, .axes = AG_AXES(1)));
  SAME(ag_argmax(x, .axes = AG_AXES(-5)), AG_SHAPE(6, 6), ag_argmax(y, .axes = AG_AXES(1)));
  SAME(ag_logsumexp(x, .axes = AG_AXES(3)), AG_SHAPE(6, 6), ag_logsumexp(y, .axes = AG_AXES(1)));
  SAME(ag_slice(x, 3, 1, 4, 2), AG_SHAPE(6, 2, 6), ag_slice(y, 1, 1, 4, 2));
  SAME(ag_concat(2, ((ag_tensor *[]){x, ag_expand(ag_reshape(ag_slice(y, 1, 2, 3, 1), few), few)}), 3), AG_SHAPE(6, 5, 6),
       ag_concat(2, ((ag_tensor *[]){y, ag_slice(y, 1, 2, 3, 1)}), 1));
  ag_tensor *index = ag_argmax(y, .axes = AG_AXES(1), .keepdim = true);
  SAME(ag_gather(x, 3, ag_reshape(index, few)), AG_SHAPE(6, 1, 6), ag_gather(y, 1, index));
  ag_tensor *square = trained_leaf(c, AG_SHAPE(2, 2, 1, 1, 3, 2, 3, 3), 2, -1, 1), *rows = ag_reshape(square, AG_SHAPE(24, 3, 3));
  SAME(ag_matmul(square, square), AG_SHAPE(24, 3, 3), ag_matmul(rows, rows));
  SAME(ag_linear(square, trained_leaf(c, AG_SHAPE(2, 3), 3, -1, 1)), AG_SHAPE(24, 3, 2),
       ag_linear(rows, trained_leaf(c, AG_SHAPE(2, 3), 3, -1, 1)));
  SAME(gradient(ag_mul(ag_softmax(x, 3), x), x), AG_SHAPE(6, 4, 6), gradient(ag_mul(ag_softmax(y, 1), y), y));
#undef SAME
}
END_TEST

/* ---- Values and types that do not fit ---- */

START_TEST(indices_must_be_in_range) {
  const char *text;
  const int64_t places[] = {0, 2, 1, 3, 0, -1};
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 3), 1, -1, 1),
            *index = ag_from(c, AG_I64, AG_SHAPE(2, 3), places);
  ag_gather(x, 1, index);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "gather: index 3 at 3 is not in 0 .. 2, axis 1 of 2x3");
  ag_gather(x, 1, ag_slice(index, 1, 1, 3, 1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "gather: index -1 at 3 is not in 0 .. 2, axis 1 of 2x3");
  ag_gather(x, 0, ag_slice(index, 0, 0, 1, 1));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "gather: index 2 at 1 is not in 0 .. 1, axis 0 of 2x3");
  text = "batch_norm: evaluation wants running_mean and running_var, one of them is NULL";
  ag_batch_norm(x, .training = false);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, text);
  text = "batch_norm: training wants more than one value in each channel, x 1x3 has 1";
  ag_batch_norm(ag_slice(x, 0, 0, 1, 1), .training = true);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, text);
}
END_TEST

START_TEST(types_must_fit) {
  const char *text;
  const int64_t places[] = {0, 2};
  ag_tensor *fine = irregular_leaf(c, AG_SHAPE(2), 1, -1, 1),
            *whole = ag_from(c, AG_I64, AG_SHAPE(2), places);
  ag_set_dtype(c, AG_F32);
  ag_tensor *coarse = irregular_leaf(c, AG_SHAPE(2), 1, -1, 1);
  text = "add: operands are float64 and float32; all must have one type";
  ag_add(fine, coarse);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, text);
  ag_add(fine, whole);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "add: operands are float64 and int64; all must have one type");
  ag_relu(whole);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "relu: operand 0 is int64, wanted is float32 or float64; cast it first");
  ag_where(fine, fine, fine);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "where: operand 0 is float64, wanted is bool");
  ag_gather(fine, 0, coarse);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "gather: operand 1 is float32, wanted is int64");
  ag_concat(3, ((ag_tensor *[]){whole, whole, coarse}), 0);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "concat: operands are int64 and float32; all must have one type");
  ag_var(whole);
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "var: operand 0 is int64, wanted is float32 or float64; cast it first");
}
END_TEST

TCase *edge_tests(void) {
  TCase *t = tcase_create("edges");
  with_context(t);
  tcase_add_test(t, nan_wins_over_numbers);
  tcase_add_test(t, nan_passes_through_activations);
  tcase_add_test(t, small_powers_are_those_of_the_library);
  tcase_add_test(t, powers_and_quotients_of_nothing);
  tcase_add_test(t, where_takes_nothing_from_the_other_side);
  tcase_add_test(t, softmax_knows_infinities);
  tcase_add_test(t, reductions_of_nothing);
  tcase_add_test(t, operators_of_nothing);
  tcase_add_test(t, rank_0_is_a_number);
  tcase_add_test(t, rank_0_has_an_axis);
  tcase_add_test(t, rank_8_is_the_most);
  tcase_add_test(t, rank_8_is_as_good_as_rank_3);
  tcase_add_test(t, indices_must_be_in_range);
  tcase_add_test(t, types_must_fit);
  return t;
}
