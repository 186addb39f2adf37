/* Normalisation of samples by themselves: oracles of its operators, values and gradients of what is made of them; and
 * pooling on the way. */
#include <math.h>
#include <stdlib.h>

#include "ops/sample.h"
#include "tests/operators/walk.h"

/* ---- Oracles: rows are what the last axes span ---- */

static int64_t length_of_rows(ag_shape shape, int axes) {
  int64_t m = 1;
  for (int i = shape.rank - axes; i < shape.rank; i++) m *= shape.dim[i];
  return m;
}

static ag_shape one_for_each(ag_shape shape, int axes) {
  for (int i = shape.rank - axes; i < shape.rank; i++) shape.dim[i] = 1;
  return shape;
}

static void layer_norm(oracle_call *k) {
  const ag_layer_norm_attributes *a = k->attributes;
  const array x = k->in[0];
  const int64_t m = length_of_rows(x.shape, a->axes);
  k->n_out = 2;
  k->out[0] = array_new(x.shape);
  k->out[1] = array_new(one_for_each(x.shape, a->axes));
  for (int64_t row = 0; row < numel_of(k->out[1].shape); row++) {
    const double *v = x.data + row * m;
    double mean = 0, var = 0;
    for (int64_t i = 0; i < m; i++) mean += v[i] / (double)m;
    for (int64_t i = 0; i < m; i++) var += pow(v[i] - mean, 2) / (double)m;
    for (int64_t i = 0; i < m; i++) k->out[0].data[row * m + i] = (v[i] - mean) / sqrt(var + a->eps);
    k->out[1].data[row] = 1 / sqrt(var + a->eps);
  }
}

static void layer_norm_grad(oracle_call *k) {
  const ag_layer_norm_attributes *a = k->attributes;
  const array g = k->in[0], y = k->in[1], r = k->in[2];
  const int64_t m = length_of_rows(g.shape, a->axes);
  k->n_out = 1;
  k->out[0] = array_new(g.shape);
  for (int64_t i = 0; i < numel_of(g.shape); i++) {
    const int64_t row = i / m;
    double mean = 0, slope = 0;
    for (int64_t j = row * m; j < (row + 1) * m; j++) {
      mean += g.data[j] / (double)m;
      slope += g.data[j] * y.data[j] / (double)m;
    }
    k->out[0].data[i] = r.data[row] * (g.data[i] - mean - y.data[i] * slope);
  }
}

const oracle layer_norm_oracles[] = {{"layer_norm", NULL, layer_norm}, {"layer_norm_grad", NULL, layer_norm_grad}, {NULL, NULL, NULL}};

#define ROWS(axes) &(const ag_layer_norm_attributes){axes, 1e-5}
const large_sample normalisation_large[] = {
    {"layer_norm", {.in = {AG_LIST(300, 501)}, .attributes = ROWS(1)}},
    {"layer_norm", {.in = {AG_LIST(40, 70, 50)}, .attributes = ROWS(2)}},
    {"layer_norm_grad", {.in = {AG_LIST(300, 501), AG_LIST(300, 501), AG_LIST(300, 1)}, .attributes = ROWS(1)}},
    {.name = NULL}};

/* ---- Functions ---- */

static ag_tensor *each(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *x = in[0], *parts[] = {ag_layer_norm(x, AG_SHAPE(3, 2), in[1], in[1], .eps = 0.1),
                                    ag_group_norm(x, 2, in[2], in[3], .eps = 0.1),
                                    ag_instance_norm(x, in[2], in[3], .eps = 0.2),
                                    ag_rms_norm(x, AG_SHAPE(3, 2), in[1]),
                                    ag_normalize(x, .p = 3)};
  return ag_concat(LENGTH(parts), parts, 0);
}

START_TEST(what_normalises_is_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(1, 4, 3, 2), 1, 0.3, 2), trained_leaf(c, AG_SHAPE(3, 2), 2, -1, 1),
                     trained_leaf(c, AG_SHAPE(4), 3, -1, 1), trained_leaf(c, AG_SHAPE(4), 4, -1, 1)};
  ck_assert_msg(ag_gradcheck(c, each, NULL, LENGTH(in), in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-6, .order = 2), "%s",
                ag_error_message(c));
}
END_TEST

/* 1e8 + (0, 1, 2, 3): the difference of sums of squares would lose all digits. */
START_TEST(layer_norm_does_not_cancel) {
  ag_tensor *x = ag_from_double(c, AG_SHAPE(4), (double[]){1e8, 1e8 + 1, 1e8 + 2, 1e8 + 3}), *y = ag_layer_norm(x, AG_SHAPE(4));
  const double unit = 1 / sqrt(1.25 + 1e-5);
  ASSERT_ELEMENTS(y, AG_SHAPE(4), -1.5 * unit, -0.5 * unit, 0.5 * unit, 1.5 * unit);
}
END_TEST

START_TEST(groups_of_nothing_are_nothing) {
  ag_tensor *w = trained_leaf(c, AG_SHAPE(4), 5, -1, 1), *x = ag_zeros(c, AG_SHAPE(0, 4, 3));
  ag_tensor *y = ag_group_norm(x, 2, w, w);
  ck_assert_int_eq(ag_numel(y), 0);
  ag_backward(ag_sum(y));
  ASSERT_ELEMENTS(ag_gradient(w), AG_SHAPE(4), 0, 0, 0, 0);
  ck_assert_int_eq(ag_numel(ag_instance_norm(ag_zeros(c, AG_SHAPE(2, 4, 0)))), 0);
  ck_assert_int_eq(ag_numel(ag_layer_norm(ag_zeros(c, AG_SHAPE(2, 0)), AG_SHAPE(0))), 0);
}
END_TEST

START_TEST(normalisation_refuses_what_does_not_fit) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, 4, 3), 6, -1, 1), *w = irregular_leaf(c, AG_SHAPE(3), 7, -1, 1);
  ag_layer_norm(x, AG_SHAPE(4));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "layer_norm: the shape 4 is not that of the last axes of x 2x4x3");
  ag_layer_norm(x, AG_SCALAR);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "layer_norm: the shape scalar is not that of the last axes of x 2x4x3");
  ag_layer_norm(w, AG_SHAPE(1, 3));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "layer_norm: the shape 1x3 is not that of the last axes of x 3");
  ag_layer_norm(x, AG_SHAPE(4, 3), w);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "layer_norm: weight is 3, x 2x4x3 wants 4x3");
  ag_layer_norm(x, AG_SHAPE(3), w, x);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "layer_norm: bias is 2x4x3, x 2x4x3 wants 3");
  ag_rms_norm(x, AG_SHAPE(3, 3));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "rms_norm: the shape 3x3 is not that of the last axes of x 2x4x3");
  ag_group_norm(x, 3);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "group_norm: groups 3 must divide the channels of x 2x4x3");
  ag_group_norm(w, 1);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "group_norm: x must be (n, c, ...), found 3");
  ag_group_norm(x, 2, w);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "group_norm: weight is 3, x 2x4x3 wants 4");
  ag_instance_norm(ag_reshape(x, AG_SHAPE(8, 3, 1)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "instance_norm: x must be (n, c, ...) with more than one element in each channel, found 8x3x1");
  ag_normalize(w);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "normalize: axis 1 does not exist in 3");
  ag_layer_norm(ag_argmax(x, .axes = AG_AXES(0)), AG_SHAPE(3));
  ASSERT_ERROR_ABOVE(c, AG_EDTYPE, "layer_norm: operand 0 is int64, wanted is float32 or float64; cast it first");
}
END_TEST

TCase *normalisation_tests(void) {
  TCase *t = tcase_create("normalisation");
  with_context(t);
  tcase_add_test(t, what_normalises_is_differentiated);
  tcase_add_test(t, layer_norm_does_not_cancel);
  tcase_add_test(t, groups_of_nothing_are_nothing);
  tcase_add_test(t, normalisation_refuses_what_does_not_fit);
  return t;
}
