/* Forward passes against naive loops over the parameters. */
#include "tests/test_models.h"

#include <math.h>
#include <stdlib.h>

static double *numbers(const ag_tensor *x) {
  double *values = malloc((size_t)ag_numel(x) * sizeof *values);
  ck_assert_ptr_nonnull(values);
  ag_to_double(x, values);
  return values;
}

START_TEST(activations_have_their_values) {
  static const struct {
    const char *name;
    double below, above; /* at -1.5 and at 0.75 */
  } rows[] = {
      {"relu", 0, 0.75},
      {"leaky_relu", -0.015, 0.75},
      {"sigmoid", 0.18242552380635635, 0.679178699175393},
      {"tanh", -0.9051482536448664, 0.6351489523872873},
      {"gelu", -0.10021080190328704, 0.5800294857173489},
      {"softplus", 0.2014132779827524, 1.1368710061148999},
  };
  ag_tensor *x = ag_from_double(c, AG_SHAPE(2), ((double[]){-1.5, 0.75}));
  for (int i = 0; i < LENGTH(rows); i++) {
    activation_fn *f = activation_find(AG_HERE, c, rows[i].name);
    ck_assert(f != NULL);
    double y[2];
    ag_to_double(f(x), y);
    ck_assert_double_eq_tol(y[0], rows[i].below, 1e-15);
    ck_assert_double_eq_tol(y[1], rows[i].above, 1e-15);
  }
}
END_TEST

/* out = f(in w' + b) for one sample. */
static void dense(const char *name, const double *in, double *out, double (*f)(double)) {
  char full[32];
  snprintf(full, sizeof full, "%s.weight", name);
  ag_tensor *weight = ag_find(c, full);
  snprintf(full, sizeof full, "%s.bias", name);
  double *w = numbers(weight), *b = numbers(ag_find(c, full));
  const int64_t n = ag_dim(weight, 0), m = ag_dim(weight, 1);
  for (int64_t i = 0; i < n; i++) {
    double sum = b[i];
    for (int64_t j = 0; j < m; j++) sum += w[i * m + j] * in[j];
    out[i] = f ? f(sum) : sum;
  }
  free(w), free(b);
}

START_TEST(regressors_are_their_formula) {
  const double row[] = {0.3, -1.2, 2.1};
  ag_tensor *x = ag_from_double(c, AG_SHAPE(1, 3), row);
  double h1[9], h2[9], y[2], got[2];
  const mlp_config config = {3, 2, 9, 2, "tanh"};
  const mlp m = mlp_new(c, &config);
  ag_tensor *out = mlp_forward(&m, x);
  assert_shape(out, 1, 2);
  dense("fc1", row, h1, tanh);
  dense("fc2", h1, h2, tanh);
  dense("fc3", h2, y, NULL);
  ag_to_double(out, got);
  for (int i = 0; i < 2; i++) ck_assert_double_eq_tol(got[i], y[i], 1e-14);
}
END_TEST

START_TEST(gaussian_heads_are_their_formula) {
  const double row[] = {0.3, -1.2, 2.1};
  double h1[9], h2[9], mu, log_variance;
  const gaussian_regressor_config config = {3, 2, 9, "tanh"};
  const gaussian_regressor m = gaussian_regressor_new(c, &config);
  const gaussian_prediction p = gaussian_regressor_forward(&m, ag_from_double(c, AG_SHAPE(1, 3), row));
  assert_shape(p.mu, 1, 1);
  assert_shape(p.log_variance, 1, 1);
  dense("fc1", row, h1, tanh);
  dense("fc2", h1, h2, tanh);
  dense("mu", h2, &mu, NULL);
  dense("log_variance", h2, &log_variance, NULL);
  ck_assert_double_eq_tol(ag_item(p.mu), mu, 1e-14);
  ck_assert_double_eq_tol(ag_item(p.log_variance), log_variance, 1e-14);
}
END_TEST

/* One convolution (valid, kernel k) of a square of side s, with tanh. */
static void convolve(const char *name, const double *in, int channels_in, int s, int k, double *out,
                     int channels) {
  char full[32];
  snprintf(full, sizeof full, "%s.weight", name);
  double *w = numbers(ag_find(c, full));
  snprintf(full, sizeof full, "%s.bias", name);
  double *b = numbers(ag_find(c, full));
  const int t = s - k + 1;
  for (int i = 0; i < channels * t * t; i++) {
    const int o = i / (t * t), p = i / t % t, q = i % t;
    double sum = b[o];
    for (int j = 0; j < channels_in * k * k; j++) {
      sum += w[o * channels_in * k * k + j] * in[(j / (k * k) * s + p + j / k % k) * s + q + j % k];
    }
    out[i] = tanh(sum);
  }
  free(w), free(b);
}

START_TEST(cnn_is_its_formula) {
  const cnn_config config = {.in_channels = 2,
                             .side = 8,
                             .layers = 2,
                             .channels = 3,
                             .kernel = 2,
                             .classes = 4,
                             .activation = "tanh",
                             .pool = 2,
                             .dropout = 0.5};
  const cnn m = cnn_new(c, &config);
  ag_tensor *x = ag_normal(c, AG_SHAPE(1, 2, 8, 8), "data", 0, 1);
  double *image = numbers(x), first[3 * 7 * 7], second[3 * 6 * 6], pooled[3 * 3 * 3], logits[4], got[4];
  convolve("conv1", image, 2, 8, 2, first, 3);
  convolve("conv2", first, 3, 7, 2, second, 3);
  for (int i = 0; i < 27; i++) {
    const double *corner = second + i / 9 * 36 + i / 3 % 3 * 12 + i % 3 * 2;
    pooled[i] = fmax(fmax(corner[0], corner[1]), fmax(corner[6], corner[7]));
  }
  dense("fc", pooled, logits, NULL);
  ag_to_double(cnn_forward(&m, x, false), got);
  for (int i = 0; i < 4; i++) ck_assert_double_eq_tol(got[i], logits[i], 1e-14);
  double trained[4];
  ag_to_double(cnn_forward(&m, x, true), trained); /* dropout is at work */
  ck_assert_mem_ne(got, trained, sizeof got);
  free(image);
}
END_TEST

START_TEST(cnn_normalises_in_training_only) {
  cnn_config config = published;
  config.channels = 4;
  const cnn m = cnn_new(c, &config);
  ag_tensor *x = ag_normal(c, AG_SHAPE(6, 1, 16, 16), "data", 5, 2),
            *running = ag_find(c, "bn1.running_mean");
  double before[4], between[4], after[4];
  ag_to_double(running, before);
  (void)cnn_forward(&m, x, false);
  ag_to_double(running, between);
  ck_assert_mem_eq(before, between, sizeof before);
  (void)cnn_forward(&m, x, true);
  ag_to_double(running, after);
  ck_assert_mem_ne(before, after, sizeof before);
}
END_TEST

/* ---- Gradients of all parameters ---- */

static ag_tensor *cnn_loss(ag_tensor *const *parameters, void *user) {
  (void)parameters;
  const int64_t label[] = {1, 3, 0};
  double pixels[3 * 36];
  for (int i = 0; i < 108; i++) pixels[i] = sin(i * i);
  ag_tensor *x = ag_from_double(c, AG_SHAPE(3, 1, 6, 6), pixels);
  return ag_cross_entropy(cnn_forward(user, x, true), ag_from(c, AG_I64, AG_SHAPE(3), label));
}

static ag_tensor *gaussian_loss(ag_tensor *const *parameters, void *user) {
  (void)parameters;
  ag_tensor *x = ag_from_double(c, AG_SHAPE(2, 2), ((double[]){0.3, -1.1, 0.8, 2.2}));
  const gaussian_prediction p = gaussian_regressor_forward(user, x);
  return ag_gaussian_nll_loss(p.mu, p.log_variance,
                              ag_from_double(c, AG_SHAPE(2, 1), ((double[]){0.7, -0.4})));
}

/* Checks the loss of a model against every parameter of the context. */
static void check_gradients(ag_tensor *(*loss)(ag_tensor *const *, void *), void *model) {
  ag_tensor *parameters[32];
  int n = 0;
  for (int i = 0; ag_registered(c, i); i++) {
    if (ag_requires_grad(ag_registered(c, i))) parameters[n++] = ag_registered(c, i);
  }
  ck_assert_msg(ag_gradcheck(c, loss, model, n, parameters), "%s", ag_error_message(c));
}

START_TEST(cnn_has_right_gradients) {
  const cnn_config config = {.in_channels = 1,
                             .side = 6,
                             .layers = 2,
                             .channels = 3,
                             .kernel = 3,
                             .padding = 1,
                             .classes = 4,
                             .activation = "gelu",
                             .batch_norm = true,
                             .pool = 2,
                             .dropout = 0.3};
  cnn m = cnn_new(c, &config);
  check_gradients(cnn_loss, &m);
}
END_TEST

START_TEST(gaussian_regressor_has_right_gradients) {
  const gaussian_regressor_config config = {2, 2, 7, "softplus"};
  gaussian_regressor m = gaussian_regressor_new(c, &config);
  check_gradients(gaussian_loss, &m);
}
END_TEST

void add_value_tests(TCase *t) {
  tcase_add_test(t, activations_have_their_values);
  tcase_add_test(t, regressors_are_their_formula);
  tcase_add_test(t, gaussian_heads_are_their_formula);
  tcase_add_test(t, cnn_is_its_formula);
  tcase_add_test(t, cnn_normalises_in_training_only);
  tcase_add_test(t, cnn_has_right_gradients);
  tcase_add_test(t, gaussian_regressor_has_right_gradients);
}
