/* Models: sizes against counts, errors, and that each can learn by heart; values in test_models_values.c, and
 * what a step takes from the system in test_models_steady.c. */
#include "tests/test_models.h"

#include <math.h>
#include <stdlib.h>

ag_ctx *c;

static void setup(void) {
  c = ag_ctx_new();
  ck_assert_ptr_nonnull(c);
  ag_set_dtype(c, AG_F64);
  ag_seed(c, 3);
}

static void teardown(void) {
  ck_assert_msg(ag_error(c) == AG_OK, "an error was left: %s", ag_error_message(c));
  ag_ctx_free(c);
}

static void expect_error(const char *message) {
  ck_assert_str_eq(ag_error_message(c), message);
  ck_assert_int_eq(ag_error(c), AG_EVALUE);
  ag_clear_error(c);
}

void assert_shape(const ag_tensor *x, int64_t rows, int64_t columns) {
  ck_assert_int_eq(ag_rank(x), 2);
  ck_assert_int_eq(ag_dim(x, 0), rows);
  ck_assert_int_eq(ag_dim(x, 1), columns);
}

/* ---- Sizes ---- */

const cnn_config published = {.in_channels = 1,
                              .side = 16,
                              .layers = 3,
                              .channels = 64,
                              .kernel = 3,
                              .classes = 10,
                              .activation = "relu",
                              .batch_norm = true,
                              .pool = 2,
                              .dropout = 0.1};

START_TEST(cnn_has_the_published_size) {
  ck_assert_int_eq(cnn_parameters(&published), 90890);
  ck_assert_int_eq(cnn_multiply_adds(&published),
                   14 * 14 * 64 * 9 + (12 * 12 + 10 * 10) * 64 * 64 * 9 + 16000);
  (void)cnn_new(c, &published);
  ck_assert_int_eq(ag_parameter_count(c), 90890);
  static const char *const names[] = {"conv1.weight", "conv1.bias",       "bn1.weight",
                                      "bn1.bias",     "bn1.running_mean", "bn1.running_var",
                                      "conv2.weight", "conv2.bias",       "bn2.weight"};
  for (int i = 0; i < LENGTH(names); i++) ck_assert_str_eq(ag_name(ag_registered(c, i)), names[i]);
  ck_assert_str_eq(ag_name(ag_registered(c, 18)), "fc.weight");
  ck_assert_str_eq(ag_name(ag_registered(c, 19)), "fc.bias");
  ck_assert_ptr_null(ag_registered(c, 20));
}
END_TEST

START_TEST(a_zero_head_gives_all_classes_the_same_logit) {
  cnn_config config = published;
  config.zero_head = true;
  const cnn m = cnn_new(c, &config);
  ag_tensor *x = ag_normal(c, AG_SHAPE(3, 1, 16, 16), "data", 0, 1);
  ck_assert_double_eq(ag_item(ag_sum(ag_abs(cnn_forward(&m, x, true)))), 0);
  ag_backward(ag_cross_entropy(cnn_forward(&m, x, true),
                               ag_from(c, AG_I64, AG_SHAPE(3), ((const int64_t[]){4, 0, 9}))));
  ck_assert_double_gt(ag_item(ag_sum(ag_abs(ag_gradient(m.fc.weight)))), 0);
}
END_TEST

START_TEST(cnn_formulas_count_what_is_made) {
  int tried = 0;
  for (int64_t layers = 1; layers <= 4; layers++) {
    for (int64_t kernel = 1; kernel <= 5; kernel += 2) {
      for (int64_t pool = 0; pool <= 3; pool++) {
        cnn_config config = {.in_channels = 1 + layers % 2,
                             .side = 15,
                             .layers = layers,
                             .channels = 5,
                             .kernel = kernel,
                             .padding = (kernel + pool) % 2,
                             .classes = 7,
                             .activation = "tanh",
                             .batch_norm = pool % 2 == 0,
                             .pool = pool};
        ag_ctx *k = ag_ctx_new();
        const cnn m = cnn_new(k, &config);
        ck_assert_int_eq(cnn_parameters(&config), ag_parameter_count(k));
        ck_assert((cnn_parameters(&config) == 0) == (ag_error(k) != AG_OK));
        ck_assert((cnn_multiply_adds(&config) == 0) == (ag_error(k) != AG_OK));
        if (ag_error(k) == AG_OK) {
          tried++;
          ag_scope_begin(k);
          ag_tensor *x = ag_normal(k, AG_SHAPE(2, config.in_channels, 15, 15), "data", 0, 1);
          assert_shape(cnn_forward(&m, x, true), 2, 7);
          ag_scope_end(k);
          ck_assert_msg(ag_error(k) == AG_OK, "%s", ag_error_message(k));
        }
        ag_ctx_free(k);
      }
    }
  }
  ck_assert_int_gt(tried, 40);
}
END_TEST

START_TEST(regressors_count_what_is_made) {
  const mlp_config final = {4, 3, 128, 1, "relu"};
  ck_assert_int_eq(mlp_parameters(&final), 5 * 128 + 2 * 129 * 128 + 129);
  ck_assert_int_eq(mlp_multiply_adds(&final), 4 * 128 + 2 * 128 * 128 + 128);
  const gaussian_regressor_config gaussian = {4, 1, 128, "relu"};
  ck_assert_int_eq(gaussian_regressor_parameters(&gaussian), 5 * 128 + 2 * 129);
  ck_assert_int_eq(gaussian_regressor_multiply_adds(&gaussian), 4 * 128 + 2 * 128);
  for (int64_t layers = 1; layers <= 5; layers++) {
    const mlp_config m = {3, layers, 6 + layers, 2, "gelu"};
    const gaussian_regressor_config g = {3, layers, 6 + layers, "gelu"};
    ag_ctx *k = ag_ctx_new();
    (void)mlp_new(k, &m);
    ck_assert_int_eq(ag_parameter_count(k), mlp_parameters(&m));
    char last[16];
    snprintf(last, sizeof last, "fc%d.bias", (int)layers + 1);
    ck_assert_str_eq(ag_name(ag_registered(k, 2 * (int)layers + 1)), last);
    ag_ctx_free(k);
    k = ag_ctx_new();
    (void)gaussian_regressor_new(k, &g);
    ck_assert_int_eq(ag_parameter_count(k), gaussian_regressor_parameters(&g));
    ck_assert_ptr_nonnull(ag_find(k, "mu.weight"));
    ck_assert_ptr_nonnull(ag_find(k, "log_variance.bias"));
    ag_ctx_free(k);
  }
}
END_TEST

/* ---- Errors ---- */

static void refuse(cnn_config config, const char *message) {
  const cnn m = cnn_new(c, &config);
  expect_error(message);
  ck_assert_int_eq(m.layers, 0);
  ck_assert_int_eq(cnn_parameters(&config), 0);
  ck_assert_int_eq(cnn_multiply_adds(&config), 0);
  ck_assert_int_eq(ag_parameter_count(c), 0);
}

START_TEST(impossible_cnns_say_why) {
  cnn_config config = published;
  config.layers = 8;
  refuse(config,
         "cnn: convolution 8 has a kernel of 3x3 and padding 0, but only 2x2 of the 16x16 image are left; "
         "take fewer layers, a smaller kernel or more padding");
  config = published;
  config.layers = 0;
  refuse(config, "cnn: 0 layers cannot be built; take 1 to 32");
  config.layers = 33;
  refuse(config, "cnn: 33 layers cannot be built; take 1 to 32");
  config = published;
  config.channels = 0;
  refuse(
      config,
      "cnn: in_channels 1, side 16, channels 0, kernel 3, classes 10, padding 0, pool 2; the first five must "
      "be 1 to 4096, the others 0 to 4096");
  config = published;
  config.pool = 11;
  refuse(config,
         "cnn: pooling by 11x11, but only 10x10 are left after the convolutions; take a smaller pool");
  config = published;
  config.dropout = 1;
  refuse(config, "cnn: dropout is 1; it must be at least 0 and less than 1");
  config = published;
  config.activation = "swish";
  (void)cnn_new(c, &config);
  expect_error(
      "cnn: activation swish is not known; known are relu, leaky_relu, sigmoid, tanh, gelu, softplus");
}
END_TEST

START_TEST(impossible_regressors_say_why) {
  const mlp_config none = {4, 0, 128, 1, "relu"}, silent = {4, 1, 128, 0, "relu"},
                   nameless = {4, 1, 8, 1, NULL};
  const gaussian_regressor_config narrow = {4, 2, 0, "relu"};
  (void)mlp_new(c, &none);
  expect_error("mlp: 0 inner layers of width 128 on 4 inputs cannot be built; take 1 to 64 layers, 1 to "
               "16777216 for the "
               "others");
  (void)mlp_new(c, &silent);
  expect_error("mlp: 0 outputs cannot be built; take 1 to 16777216");
  ck_assert_int_eq(mlp_parameters(&none) + mlp_parameters(&silent) + mlp_multiply_adds(&silent), 0);
  (void)gaussian_regressor_new(c, &narrow);
  expect_error(
      "gaussian_regressor: 2 inner layers of width 0 on 4 inputs cannot be built; take 1 to 64 layers, 1 to "
      "16777216 for the others");
  ck_assert_int_eq(gaussian_regressor_parameters(&narrow), 0);
  (void)mlp_new(c, &nameless);
  expect_error(
      "mlp: activation (none) is not known; known are relu, leaky_relu, sigmoid, tanh, gelu, softplus");
}
END_TEST

/* ---- Learning eight samples by heart ---- */

START_TEST(cnn_learns_by_heart) {
  ag_ctx *k = ag_ctx_new();
  ag_seed(k, 5);
  cnn_config config = published;
  config.channels = 8;
  config.dropout = 0;
  const cnn m = cnn_new(k, &config);
  ag_optim *o = ag_optim_new(k, ag_adam, 0.01);
  const int64_t label[] = {0, 1, 2, 3, 4, 5, 6, 7};
  ag_tensor *x = ag_normal(k, AG_SHAPE(8, 1, 16, 16), "data", 0, 1),
            *y = ag_from(k, AG_I64, AG_SHAPE(8), label);
  double loss = INFINITY;
  for (int i = 0; i < 60; i++) {
    ag_scope_begin(k);
    ag_tensor *l = ag_cross_entropy(cnn_forward(&m, x, true), y);
    ag_backward(l);
    ag_optim_step(o);
    loss = ag_item(l);
    ag_scope_end(k);
  }
  ck_assert_msg(ag_error(k) == AG_OK, "%s", ag_error_message(k));
  ck_assert_double_lt(loss, 0.01);
  ag_ctx_free(k);
}
END_TEST

START_TEST(mlp_learns_by_heart) {
  const mlp_config config = {3, 2, 32, 1, "tanh"};
  const mlp m = mlp_new(c, &config);
  ag_optim *o = ag_optim_new(c, ag_adam, 0.01);
  ag_tensor *x = ag_normal(c, AG_SHAPE(8, 3), "data", 0, 1), *y = ag_normal(c, AG_SHAPE(8, 1), "data", 0, 1);
  double loss = INFINITY;
  for (int i = 0; i < 1500; i++) {
    ag_scope_begin(c);
    ag_tensor *l = ag_mse_loss(mlp_forward(&m, x), y);
    ag_backward(l);
    ag_optim_step(o);
    loss = ag_item(l);
    ag_scope_end(c);
  }
  ck_assert_double_lt(loss, 1e-5);
}
END_TEST

/* With targets y and y + 0.2 for each of four inputs, the best mean is y + 0.1 and the best deviation 0.1. */
START_TEST(gaussian_regressor_learns_mean_and_deviation) {
  const gaussian_regressor_config config = {2, 2, 32, "tanh"};
  const gaussian_regressor m = gaussian_regressor_new(c, &config);
  ag_optim *o = ag_optim_new(c, ag_adam, 0.003);
  const double input[] = {0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1};
  const double target[] = {0.5, -0.7, 1.1, -0.2, 0.7, -0.5, 1.3, 0};
  ag_tensor *x = ag_from_double(c, AG_SHAPE(8, 2), input), *y = ag_from_double(c, AG_SHAPE(8, 1), target);
  for (int i = 0; i < 4000; i++) {
    if (i == 3000) ag_optim_set_lr(o, 0.0003);
    ag_scope_begin(c);
    const gaussian_prediction p = gaussian_regressor_forward(&m, x);
    ag_backward(ag_gaussian_nll_loss(p.mu, p.log_variance, y));
    ag_optim_step(o);
    ag_scope_end(c);
  }
  const gaussian_prediction p = gaussian_regressor_forward(&m, x);
  double mu[8], log_variance[8];
  ag_to_double(p.mu, mu);
  ag_to_double(p.log_variance, log_variance);
  for (int i = 0; i < 8; i++) {
    ck_assert_double_eq_tol(mu[i], (target[i % 4] + target[i % 4 + 4]) / 2, 1e-3);
    ck_assert_double_eq_tol(exp(log_variance[i] / 2), 0.1, 1e-3);
  }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("models");
  TCase *t = tcase_create("models");
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 120);
  tcase_add_test(t, cnn_has_the_published_size);
  tcase_add_test(t, a_zero_head_gives_all_classes_the_same_logit);
  tcase_add_test(t, cnn_formulas_count_what_is_made);
  tcase_add_test(t, regressors_count_what_is_made);
  add_value_tests(t);
  add_steady_tests(t);
  tcase_add_test(t, impossible_cnns_say_why);
  tcase_add_test(t, impossible_regressors_say_why);
  tcase_add_test(t, cnn_learns_by_heart);
  tcase_add_test(t, mlp_learns_by_heart);
  tcase_add_test(t, gaussian_regressor_learns_mean_and_deviation);
  suite_add_tcase(suite, t);
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
