/* Initial values and layers against closed forms and naive loops. */
#include "tests/test_nn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static double *numbers(const ag_tensor *x) {
  double *values = malloc((size_t)ag_numel(x) * sizeof *values);
  ck_assert_ptr_nonnull(values);
  ag_to_double(x, values);
  return values;
}

static void assert_shape(const ag_tensor *x, ag_shape shape) {
  ck_assert_int_eq(ag_rank(x), shape.rank);
  for (int i = 0; i < shape.rank; i++) ck_assert_int_eq(ag_dim(x, i), shape.dim[i]);
}

/* Mean, variance and the outermost values of many draws, with five standard errors of room. */
static void assert_uniform(const ag_tensor *x, double bound) {
  const int64_t n = ag_numel(x);
  double *v = numbers(x), sum = 0, squares = 0, low = INFINITY, high = -INFINITY;
  for (int64_t i = 0; i < n; i++) {
    sum += v[i];
    squares += v[i] * v[i];
    low = fmin(low, v[i]);
    high = fmax(high, v[i]);
  }
  const double variance = bound * bound / 3, root = sqrt((double)n);
  ck_assert(low >= -bound && high <= bound);
  ck_assert(low < -bound * (1 - 20.0 / (double)n) && high > bound * (1 - 20.0 / (double)n));
  ck_assert_double_le(fabs(sum / (double)n), 5 * sqrt(variance) / root);
  ck_assert_double_le(fabs(squares / (double)n - variance), 5 * variance * sqrt(0.8) / root);
  free(v);
}

START_TEST(initialisers_have_their_distributions) {
  ag_tensor *w = ag_parameter(c, "w", AG_SHAPE(40, 30, 3, 3));
  ag_init_uniform(w, -0.25, 0.25);
  assert_uniform(w, 0.25);
  ag_init_kaiming_uniform(w, 0);
  assert_uniform(w, sqrt(2) * sqrt(3 / 270.0));
  ag_init_kaiming_uniform(w, sqrt(5));
  assert_uniform(w, 1 / sqrt(270.0));
  ag_init_xavier_uniform(w, 2);
  assert_uniform(w, 2 * sqrt(6 / (270.0 + 360.0)));

  ag_init_normal(w, 3, 0.5);
  double *v = numbers(w), sum = 0, squares = 0;
  const double n = (double)ag_numel(w);
  for (int64_t i = 0; i < ag_numel(w); i++) {
    sum += v[i] - 3;
    squares += (v[i] - 3) * (v[i] - 3);
  }
  free(v);
  ck_assert_double_le(fabs(sum / n), 5 * 0.5 / sqrt(n));
  ck_assert_double_le(fabs(squares / n - 0.25), 5 * 0.25 * sqrt(2 / n));
  ag_init_constant(w, -1.5);
  ck_assert_double_eq(at(w, 0), -1.5);
  ck_assert_double_eq(at(w, ag_numel(w) - 1), -1.5);
}
END_TEST

START_TEST(initialisers_refuse_what_is_no_distribution) {
  ag_tensor *b = ag_parameter(c, "b", AG_SHAPE(7));
  ag_init_uniform(b, 2, 1);
  expect_error(c, AG_EVALUE, "ag_init_uniform", "there is no number from 2 to 1");
  ag_init_normal(b, 0, -1);
  expect_error(c, AG_EVALUE, "ag_init_normal", "deviation -1 must be at least 0");
  ck_assert_double_eq(at(b, 3), 0);
}
END_TEST

START_TEST(fans_need_two_axes) {
  ag_tensor *b = ag_parameter(c, "b", AG_SHAPE(7));
  ag_init_kaiming_uniform(b, 0);
  expect_error(c, AG_ESHAPE, "ag_init_kaiming_uniform",
               "a weight has at least 2 axes, (out, in, ...), this tensor is 7; use ag_init_uniform");
  ag_init_xavier_uniform(b, 1);
  expect_error(c, AG_ESHAPE, "ag_init_xavier_uniform",
               "a weight has at least 2 axes, (out, in, ...), this tensor is 7; use ag_init_uniform");
  ck_assert_double_eq(at(b, 3), 0);
}
END_TEST

START_TEST(float32_and_float64_start_alike) {
  ag_linear_layer fine = ag_linear_layer_new(c, "fc", 17, 23);
  ag_ctx *coarse = ag_ctx_new();
  ag_seed(coarse, 1);
  (void)ag_random(coarse, "shuffle"); /* other streams do not matter */
  ag_linear_layer rough = ag_linear_layer_new(coarse, "fc", 17, 23);
  ck_assert_int_eq(ag_dtype_of(rough.weight), AG_F32);
  for (int64_t i = 0; i < 17 * 23; i++)
    ck_assert_double_eq(at(rough.weight, i), (double)(float)at(fine.weight, i));
  for (int64_t i = 0; i < 23; i++) ck_assert_double_eq(at(rough.bias, i), (double)(float)at(fine.bias, i));
  ag_ctx_free(coarse);
}
END_TEST

START_TEST(linear_layer_is_an_affine_map) {
  ag_linear_layer fc = ag_linear_layer_new(c, "fc", 50, 60);
  ck_assert_ptr_eq(ag_find(c, "fc.weight"), fc.weight);
  ck_assert_ptr_eq(ag_find(c, "fc.bias"), fc.bias);
  assert_shape(fc.weight, AG_SHAPE(60, 50));
  assert_shape(fc.bias, AG_SHAPE(60));
  assert_uniform(fc.weight, 1 / sqrt(50.0));
  ag_tensor *x = leaf(AG_SHAPE(2, 3, 50), 5), *y = ag_linear_layer_call(&fc, x);
  assert_shape(y, AG_SHAPE(2, 3, 60));
  double *w = numbers(fc.weight), *b = numbers(fc.bias), *in = numbers(x), *out = numbers(y);
  for (int r = 0; r < 6; r++) {
    for (int o = 0; o < 60; o++) {
      double sum = b[o];
      for (int i = 0; i < 50; i++) sum += w[o * 50 + i] * in[r * 50 + i];
      ck_assert_double_eq_tol(out[r * 60 + o], sum, 1e-13);
    }
  }
  free(w), free(b), free(in), free(out);

  ag_linear_layer bare = ag_linear_layer_new(c, "bare", 50, 4, .no_bias = true);
  ck_assert_ptr_null(bare.bias);
  ck_assert_ptr_null(ag_find(c, "bare.bias"));
  ck_assert_int_eq(ag_parameter_count(c), 60 * 50 + 60 + 4 * 50);
  assert_shape(ag_linear_layer_call(&bare, x), AG_SHAPE(2, 3, 4));
}
END_TEST

/* The definition of convolution, for one output element. */
static double convolve(const ag_conv2d_layer *l, const double *w, const double *b, const double *x, int in,
                       int side, int o, int p, int q) {
  const int groups = l->groups ? l->groups : 1, stride = l->stride ? l->stride : 1;
  const int dilation = l->dilation ? l->dilation : 1, kernel = (int)ag_dim(l->weight, 2);
  const int per_group = in / groups, group = o / ((int)ag_dim(l->weight, 0) / groups);
  double sum = b ? b[o] : 0;
  for (int i = 0; i < per_group * kernel * kernel; i++) {
    const int channel = i / (kernel * kernel), row = i / kernel % kernel, column = i % kernel;
    const int r = p * stride - l->padding + row * dilation, s = q * stride - l->padding + column * dilation;
    if (r < 0 || r >= side || s < 0 || s >= side) continue;
    sum += w[o * per_group * kernel * kernel + i] * x[((group * per_group + channel) * side + r) * side + s];
  }
  return sum;
}

static void check_convolution(const ag_conv2d_layer *l, int in, int side) {
  ag_tensor *x = leaf(AG_SHAPE(2, in, side, side), 11), *y = ag_conv2d_layer_call(l, x);
  const int out = (int)ag_dim(y, 1), rows = (int)ag_dim(y, 2);
  double *w = numbers(l->weight), *b = l->bias ? numbers(l->bias) : NULL, *from = numbers(x),
         *to = numbers(y);
  for (int i = 0; i < 2 * out * rows * rows; i++) {
    const int image = i / (out * rows * rows), o = i / (rows * rows) % out;
    const double wanted =
        convolve(l, w, b, from + image * in * side * side, in, side, o, i / rows % rows, i % rows);
    ck_assert_double_eq_tol(to[i], wanted, 1e-13);
  }
  free(w), free(b), free(from), free(to);
}

START_TEST(conv2d_layer_convolves) {
  ag_conv2d_layer plain = ag_conv2d_layer_new(c, "conv1", 3, 5, 3);
  assert_shape(plain.weight, AG_SHAPE(5, 3, 3, 3));
  assert_shape(plain.bias, AG_SHAPE(5));
  ck_assert_ptr_eq(ag_find(c, "conv1.weight"), plain.weight);
  ck_assert_ptr_eq(ag_find(c, "conv1.bias"), plain.bias);
  check_convolution(&plain, 3, 8);

  ag_conv2d_layer odd = ag_conv2d_layer_new(c, "conv2", 4, 6, 3, .stride = 2, .padding = 3, .dilation = 2,
                                            .groups = 2, .no_bias = true);
  assert_shape(odd.weight, AG_SHAPE(6, 2, 3, 3));
  ck_assert_ptr_null(odd.bias);
  check_convolution(&odd, 4, 9);
  ag_conv2d_layer same = ag_conv2d_layer_new(c, "same", 4, 6, 4, .same = true);
  assert_shape(ag_conv2d_layer_call(&same, leaf(AG_SHAPE(1, 4, 7, 6), 11)), AG_SHAPE(1, 6, 7, 6));

  ag_conv2d_layer many = ag_conv2d_layer_new(c, "conv3", 32, 40, 3, .groups = 2);
  assert_uniform(many.weight, 1 / sqrt(16 * 9.0));
}
END_TEST

static void assert_same(ag_tensor *x, ag_tensor *y) {
  assert_shape(x, ag_shape_of(y));
  double *a = numbers(x), *b = numbers(y);
  ck_assert_mem_eq(a, b, (size_t)ag_numel(x) * sizeof *a);
  free(a), free(b);
}

START_TEST(conv1d_layer_convolves) {
  ag_conv1d_layer same = ag_conv1d_layer_new(c, "conv1", 3, 5, 4, .same = true),
                  odd = ag_conv1d_layer_new(c, "conv2", 4, 6, 3, .stride = 2, .padding = 3, .dilation = 2,
                                            .groups = 2, .no_bias = true),
                  many = ag_conv1d_layer_new(c, "conv3", 32, 200, 5, .groups = 2);
  assert_shape(same.weight, AG_SHAPE(5, 3, 4));
  assert_shape(same.bias, AG_SHAPE(5));
  assert_shape(odd.weight, AG_SHAPE(6, 2, 3));
  ck_assert_ptr_null(odd.bias);
  ck_assert_ptr_eq(ag_find(c, "conv1.weight"), same.weight);
  ck_assert_ptr_eq(ag_find(c, "conv1.bias"), same.bias);
  assert_uniform(many.weight, 1 / sqrt(16 * 5.0));
  ag_tensor *x = leaf(AG_SHAPE(2, 3, 8), 12), *z = leaf(AG_SHAPE(2, 4, 9), 13);
  assert_same(ag_conv1d_layer_call(&same, x), ag_conv1d(x, same.weight, same.bias, .same = true));
  assert_same(ag_conv1d_layer_call(&odd, z),
                   ag_conv1d(z, odd.weight, .stride = 2, .padding = 3, .dilation = 2, .groups = 2));
}
END_TEST

START_TEST(conv_transpose2d_layer_transposes) {
  ag_conv_transpose2d_layer up = ag_conv_transpose2d_layer_new(c, "up", 4, 6, 3, .stride = 2, .padding = 1,
                                                               .output_padding = 1, .groups = 2, .dilation = 2),
                            many = ag_conv_transpose2d_layer_new(c, "many", 100, 32, 3, .no_bias = true);
  assert_shape(up.weight, AG_SHAPE(4, 3, 3, 3));
  assert_shape(up.bias, AG_SHAPE(6));
  ck_assert_ptr_null(many.bias);
  ck_assert_ptr_eq(ag_find(c, "up.weight"), up.weight);
  ck_assert_ptr_eq(ag_find(c, "up.bias"), up.bias);
  assert_uniform(many.weight, 1 / sqrt(32 * 9.0));
  ag_tensor *x = leaf(AG_SHAPE(2, 4, 5, 4), 14), *y = ag_conv_transpose2d_layer_call(&up, x);
  assert_shape(y, AG_SHAPE(2, 6, 12, 10));
  assert_same(y, ag_conv_transpose2d(x, up.weight, up.bias, .stride = 2, .padding = 1, .output_padding = 1,
                                          .groups = 2, .dilation = 2));
}
END_TEST

START_TEST(batch_norm_layer_normalises_and_remembers) {
  ag_batch_norm_layer bn = ag_batch_norm_layer_new(c, "bn", 3);
  static const char *const names[] = {"bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"};
  ag_tensor *const parts[] = {bn.weight, bn.bias, bn.running_mean, bn.running_var};
  for (int i = 0; i < 4; i++) {
    ck_assert_ptr_eq(ag_find(c, names[i]), parts[i]);
    assert_shape(parts[i], AG_SHAPE(3));
    for (int k = 0; k < 3; k++) ck_assert_double_eq(at(parts[i], k), i == 0 || i == 3 ? 1 : 0);
    ck_assert(ag_requires_grad(parts[i]) == (i < 2));
  }
  ck_assert_int_eq(ag_parameter_count(c), 6);

  ag_assign(bn.weight, ((double[]){1.5, -0.5, 2}));
  ag_assign(bn.bias, ((double[]){0.1, 0.2, 0.3}));
  ag_tensor *x = leaf(AG_SHAPE(4, 3, 2, 5), 3);
  double *in = numbers(x), *out = numbers(ag_batch_norm_layer_call(&bn, x, true));
  const double scale[] = {1.5, -0.5, 2}, shift[] = {0.1, 0.2, 0.3};
  for (int k = 0; k < 3; k++) {
    double mean = 0, var = 0;
    for (int i = 0; i < 40; i++) mean += in[(i / 10 * 3 + k) * 10 + i % 10] / 40;
    for (int i = 0; i < 40; i++) var += pow(in[(i / 10 * 3 + k) * 10 + i % 10] - mean, 2) / 40;
    for (int i = 0; i < 40; i++) {
      const int j = (i / 10 * 3 + k) * 10 + i % 10;
      ck_assert_double_eq_tol(out[j], (in[j] - mean) / sqrt(var + 1e-5) * scale[k] + shift[k], 1e-12);
    }
    ck_assert_double_eq_tol(at(bn.running_mean, k), 0.1 * mean, 1e-14);
    ck_assert_double_eq_tol(at(bn.running_var, k), 0.9 + 0.1 * var * 40 / 39, 1e-14);
  }
  free(out);

  const double mean = at(bn.running_mean, 1), var = at(bn.running_var, 1);
  out = numbers(ag_batch_norm_layer_call(&bn, x, false));
  ck_assert_double_eq_tol(out[10], (in[10] - mean) / sqrt(var + 1e-5) * -0.5 + 0.2, 1e-13);
  ck_assert_double_eq(at(bn.running_mean, 1), mean);
  free(in), free(out);
}
END_TEST

START_TEST(impossible_layers_say_why) {
  ag_linear_layer fc = ag_linear_layer_new(c, "fc", 0, 10);
  ck_assert(ag_is_nil(fc.weight) && ag_is_nil(fc.bias));
  expect_error(c, AG_EVALUE, __FILE__,
               "linear layer fc: 0 inputs and 10 outputs; there must be at least 1 of each");
  ag_conv2d_layer conv = ag_conv2d_layer_new(c, "conv", 3, 8, 0);
  ck_assert(ag_is_nil(conv.weight));
  expect_error(c, AG_EVALUE, __FILE__, "conv2d layer conv: in 3, out 8, kernel 0; all must be at least 1");
  (void)ag_conv2d_layer_new(c, "conv", 3, 8, 5, .padding = -1);
  expect_error(c, AG_EVALUE, __FILE__,
               "conv2d layer conv: stride 0, padding -1, dilation 0, groups 0; none may be negative");
  (void)ag_conv2d_layer_new(c, "conv", 3, 8, 5, .groups = 2);
  expect_error(c, AG_EVALUE, __FILE__, "conv2d layer conv: groups 2 must divide in 3 and out 8");
  (void)ag_conv1d_layer_new(c, "conv", 0, 8, 5);
  expect_error(c, AG_EVALUE, __FILE__, "conv1d layer conv: in 0, out 8, kernel 5; all must be at least 1");
  (void)ag_conv_transpose2d_layer_new(c, "up", 3, 8, 5, .output_padding = -1);
  expect_error(c, AG_EVALUE, __FILE__, "conv_transpose2d layer up: output_padding -1 may not be negative");
  (void)ag_batch_norm_layer_new(c, "bn", 0);
  expect_error(c, AG_EVALUE, __FILE__, "batch_norm layer bn: 0 channels; there must be at least 1");
  char name[300];
  memset(name, 'n', sizeof name - 1);
  name[sizeof name - 1] = '\0';
  (void)ag_linear_layer_new(c, name, 1, 1);
  expect_error(c, AG_EVALUE, __FILE__,
               "layer: the name \"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...\" is too long; it may have 236 "
               "characters");
  (void)ag_linear_layer_new(c, .in = 1, .out = 1);
  expect_error(c, AG_EVALUE, __FILE__, "layer: the name is NULL; every layer needs one");
  ck_assert_int_eq(ag_parameter_count(c), 0);
  (void)ag_linear_layer_new(c, "fc", 2, 2);
  (void)ag_linear_layer_new(c, "fc", 2, 2);
  expect_error(c, AG_EVALUE, __FILE__,
               "parameter fc.weight: this name is taken; every parameter needs its own");
}
END_TEST

START_TEST(layers_that_normalise_start_with_ones) {
  ag_layer_norm_layer rows = ag_layer_norm_layer_new(c, "rows", AG_SHAPE(3, 4));
  ag_group_norm_layer groups = ag_group_norm_layer_new(c, "groups", 2, 6);
  ck_assert_ptr_eq(ag_find(c, "rows.weight"), rows.weight);
  ck_assert_ptr_eq(ag_find(c, "groups.bias"), groups.bias);
  assert_shape(rows.weight, AG_SHAPE(3, 4));
  assert_shape(groups.weight, AG_SHAPE(6));
  ag_tensor *x = leaf(AG_SHAPE(2, 6, 3, 4), 9);
  ag_tensor *pair[][2] = {{ag_layer_norm_layer_call(&rows, x), ag_layer_norm(x, AG_SHAPE(3, 4))},
                          {ag_group_norm_layer_call(&groups, x), ag_group_norm(x, 2)}};
  for (int k = 0; k < 2; k++)
    for (int64_t i = 0; i < ag_numel(x); i++) ck_assert_double_eq_tol(at(pair[k][0], i), at(pair[k][1], i), 1e-15);
  ag_group_norm_layer_new(c, "odd", 4, 6);
  expect_error(c, AG_EVALUE, __FILE__, "group_norm layer odd: groups 4 must divide channels 6");
  ag_layer_norm_layer_new(c, "none", AG_SCALAR);
  expect_error(c, AG_ESHAPE, __FILE__, "layer_norm layer none: the shape must have an axis, found scalar");
}
END_TEST

START_TEST(embedding_layer_looks_rows_up) {
  ag_embedding_layer table = ag_embedding_layer_new(c, "table", 5, 2, .padded = true, .padding_idx = -2);
  ck_assert_ptr_eq(ag_find(c, "table.weight"), table.weight);
  assert_shape(table.weight, AG_SHAPE(5, 2));
  for (int i = 0; i < 10; i++) ck_assert((at(table.weight, i) == 0) == (i / 2 == 3));
  ag_tensor *y = ag_embedding_layer_call(&table, ag_from(c, AG_I64, AG_SHAPE(3), (int64_t[]){4, 3, 4}));
  assert_shape(y, AG_SHAPE(3, 2));
  ck_assert_double_eq(at(y, 5), at(table.weight, 9));
  ag_backward(ag_sum(ag_add_scalar(y, 1)));
  for (int i = 0; i < 10; i++) ck_assert_double_eq(at(ag_gradient(table.weight), i), i / 2 == 4 ? 2 : 0);
  ag_embedding_layer_new(c, "small", 5, 2, .padded = true, .padding_idx = 5);
  expect_error(c, AG_EVALUE, __FILE__, "embedding layer small: padding_idx 5 is not in -5 .. 4");
}
END_TEST

TCase *layer_tests(void) {
  TCase *t = tcase_create("layers");
  with_context(t);
  tcase_add_test(t, initialisers_have_their_distributions);
  tcase_add_test(t, initialisers_refuse_what_is_no_distribution);
  tcase_add_test(t, fans_need_two_axes);
  tcase_add_test(t, float32_and_float64_start_alike);
  tcase_add_test(t, linear_layer_is_an_affine_map);
  tcase_add_test(t, conv1d_layer_convolves);
  tcase_add_test(t, conv2d_layer_convolves);
  tcase_add_test(t, conv_transpose2d_layer_transposes);
  tcase_add_test(t, batch_norm_layer_normalises_and_remembers);
  tcase_add_test(t, layers_that_normalise_start_with_ones);
  tcase_add_test(t, embedding_layer_looks_rows_up);
  tcase_add_test(t, impossible_layers_say_why);
  return t;
}
