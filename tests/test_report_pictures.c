/* Pictures from made-up tensors: the numbers behind each are known. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/dataset.h"
#include "report/figure_classifier.h"
#include "report/figure_curves.h"
#include "report/figure_regressor.h"
#include "report/figure_training.h"
#include "tests/test_report.h"

/* A row with one cell and one run that has these tensors. */
typedef struct {
  evidence e;
  evidence_row row;
  evidence_cell cell;
  run_result run;
  const run_result *runs[1];
} made_up;

static made_up *make(const char *id) {
  made_up *u = memory_new(1, sizeof *u);
  u->e.profile = catalogue_profile_find("full");
  ck_assert_int_eq(catalogue_cell_make(&u->cell.cell, catalogue_find(id), 0, u->e.profile, NULL, &said), 0);
  u->runs[0] = &u->run;
  u->run.seed = 7;
  u->cell.runs = u->runs;
  u->cell.count = 1;
  u->row = (evidence_row){.row = catalogue_find(id), .width = 1, .height = 1, .cells = &u->cell};
  return u;
}

static void unmake(made_up *u) {
  run_result_free(&u->run);
  free(u);
}

/* Five images of the digits 0, 0, 1, 1, 2; the last two are taken for 2 and 1, with these probabilities. */
static made_up *make_classifier(void) {
  static const int64_t n = 5, index[] = {4, 8, 15, 16, 23}, label[] = {0, 0, 1, 1, 2};
  static const int predicted[] = {0, 0, 1, 2, 1};
  static const float sure[] = {0.95F, 0.65F, 0.625F, 0.99F, 0.45F};
  float probability[50];
  for (int i = 0; i < 50; i++)
    probability[i] = i % 10 == predicted[i / 10] ? sure[i / 10] : (1 - sure[i / 10]) / 9;
  made_up *u = make("p1-final");
  run_result_tensor(&u->run, "test/index", TENSOR_INT64, 1, &n, index);
  run_result_tensor(&u->run, "test/label", TENSOR_INT64, 1, &n, label);
  run_result_tensor(&u->run, "test/probability", TENSOR_FLOAT32, 2, (const int64_t[]){5, 10}, probability);
  return u;
}

START_TEST(confusion_counts) {
  made_up *u = make_classifier();
  figure f = figure_of_confusion(&u->e, &u->row);
  ck_assert_uint_eq(f.count, 1);
  const figure_image *image = &f.panels[0].image;
  ck_assert_uint_eq(image->columns, 10);
  ck_assert_uint_eq(image->mark_count, 4);
  ck_assert_str_eq(image->marks[0].text, "2"); /* 0 taken for 0 */
  ck_assert_double_eq(image->marks[2].x, 2);   /* 1 taken for 2 */
  ck_assert_double_eq(image->marks[2].y, 1);
  ck_assert_double_eq_tol(image->pixels[0], log(3), 1e-12);
  ck_assert_double_eq(image->pixels[3], 0);
  figure_free(&f);
  unmake(u);
}
END_TEST

/* Bins: 0.45 (wrong), 0.625 and 0.65 (right), 0.95 (right) and 0.99 (wrong). */
START_TEST(reliability_compares_sure_with_right) {
  made_up *u = make_classifier();
  double error;
  figure f = figure_of_reliability(&u->e, &u->row, &error);
  ck_assert_double_eq_tol(error, (0.45 + (2 - 1.275) + (1.94 - 1)) / 5, 1e-6);
  ck_assert_uint_eq(f.count, 2);
  const figure_series *ours = &f.panels[0].series[1];
  ck_assert_uint_eq(ours->count, 3);
  ck_assert_double_eq_tol(ours->points[1].x, 0.6375, 1e-6);
  ck_assert_double_eq(ours->points[1].middle, 1);
  ck_assert_double_eq_tol(ours->points[2].middle, 0.5, 1e-12);
  ck_assert_double_eq_tol(ours->points[2].low, 0.0945, 1e-4); /* Wilson, 1 of 2 */
  figure_free(&f);
  unmake(u);
}
END_TEST

/* Without the data that the run was trained on there are no pixels to show. */
START_TEST(mistakes_need_their_data) {
  made_up *u = make_classifier();
  strcpy(u->e.data[PROBLEM_DIGITS].digest, "of other data");
  size_t wrong;
  figure f = figure_of_mistakes(&u->e, &u->row, &wrong);
  ck_assert_uint_eq(f.count, 0);
  figure_free(&f);
  unmake(u);
}
END_TEST

START_TEST(mistakes_are_the_surest_first) {
  made_up *u = make_classifier();
  dataset d = {.has = {false, false}};
  ck_assert_int_eq(setenv("AUTOGRAD_OFFLINE", "1", 1), 0);
  ck_assert_int_eq(dataset_load(&d, PROBLEM_DIGITS, NULL, &said), 0);
  strcpy(u->e.data[PROBLEM_DIGITS].digest, d.digits.digest);
  size_t wrong;
  figure f = figure_of_mistakes(&u->e, &u->row, &wrong);
  ck_assert_uint_eq(wrong, 2);
  const figure_image *image = &f.panels[0].image;
  ck_assert_str_eq(image->marks[0].text, "2, is 1");
  ck_assert_str_eq(image->marks[1].text, "99.0 %");
  ck_assert_str_eq(image->marks[2].text, "1, is 2");
  /* The tile of image 16 of the test file begins at (2, 1). */
  for (size_t i = 0; i < 256; i++)
    ck_assert_double_eq(image->pixels[(1 + i / 16) * image->columns + 2 + i % 16],
                        (double)d.digits.test.x[16 * 256 + i]);
  figure_free(&f);
  dataset_free(&d);
  unmake(u);
}
END_TEST

START_TEST(filters_are_tiles) {
  made_up *u = make("p1-final");
  float weight[18];
  for (int i = 0; i < 18; i++) weight[i] = (float)(i - 9);
  run_result_tensor(&u->run, "parameter/conv1.weight", TENSOR_FLOAT32, 4, (const int64_t[]){2, 1, 3, 3},
                    weight);
  figure f = figure_of_filters(&u->e, &u->row);
  const figure_image *image = &f.panels[0].image;
  ck_assert_uint_eq(image->columns, 7);
  ck_assert_uint_eq(image->rows, 3);
  ck_assert_double_eq(image->low, -9);
  ck_assert_double_eq(image->pixels[0], -9);
  ck_assert_double_eq(image->pixels[3], 0); /* the gap */
  ck_assert_double_eq(image->pixels[7 + 5], 4);
  figure_free(&f);
  unmake(u);
}
END_TEST

/* Ten houses at these distances from the predicted mean, in sigmas: eight lie within 1.96. */
START_TEST(coverage_of_sigma) {
  static const double distance[] = {-2.5, -1.5, -0.7, -0.3, -0.1, 0.1, 0.3, 0.7, 1.5, 2.5};
  static const int64_t n = 10;
  double price[10], mean[10], sigma[10];
  for (int i = 0; i < 10; i++) {
    mean[i] = 100000 + 1000 * i;
    sigma[i] = 5000 + 100 * i;
    price[i] = mean[i] + distance[i] * sigma[i];
  }
  made_up *u = make("p2-gauss");
  run_result_tensor(&u->run, "test/price", TENSOR_FLOAT64, 1, &n, price);
  run_result_tensor(&u->run, "test/mean", TENSOR_FLOAT64, 1, &n, mean);
  run_result_tensor(&u->run, "test/sigma", TENSOR_FLOAT64, 1, &n, sigma);
  double covered;
  figure f = figure_of_sigma(&u->e, &u->row, &covered);
  ck_assert_double_eq(covered, 0.8);
  const figure_series *share = &f.panels[0].series[1], *bars = &f.panels[1].series[0];
  ck_assert_double_eq(share->points[9].middle, 0.4); /* within half: 0.674 sigma */
  ck_assert_double_eq(bars->points[0].middle, 0.2);  /* below 1.28 sigma under the mean: two */
  ck_assert_double_eq(bars->points[3].middle, 0.1);  /* from 0.3 to 0.4: -0.3 sigma */
  figure_free(&f);

  figure prices = figure_of_prices(&u->e, &u->row);
  const figure_point *first = &prices.panels[0].series[1].points[0];
  ck_assert_double_eq(first->x, 87.5);
  ck_assert_double_eq(first->middle, 100);
  ck_assert_double_eq_tol(first->high, 100 + 1.959964 * 5, 1e-9);
  figure_free(&prices);
  unmake(u);
}
END_TEST

START_TEST(divergence_step_by_step) {
  static const double loss[] = {4e10, 9e9, 1e34, NAN};
  static const int64_t n = 4;
  made_up *u = make("p2-optim");
  u->run.status = RUN_DIVERGED;
  strcpy(u->run.message, "NaN loss at step 4: linear: element 5 of the result is -inf");
  figure none = figure_of_divergence(&u->e, &u->row);
  ck_assert_uint_eq(none.count, 0);
  run_result_tensor(&u->run, "train/first_losses", TENSOR_FLOAT64, 1, &n, loss);
  figure f = figure_of_divergence(&u->e, &u->row);
  const figure_series *s = &f.panels[0].series[0];
  ck_assert_str_eq(s->label, "SGD, seed 7: NaN at step 4 (linear)");
  ck_assert_uint_eq(s->count, 3);
  ck_assert(s->broken);
  ck_assert_double_eq(s->points[2].x, 3);
  ck_assert_double_eq(s->points[2].middle, 1e34);
  figure_free(&f);
  unmake(u);
}
END_TEST

START_TEST(rates_are_steps) {
  made_up *u = make("p1-final");
  for (int i = 1; i <= 4; i++) run_result_point(&u->run, (run_point){.epoch = i, .lr = i < 3 ? 0.01 : 0.001});
  figure f = figure_of_rates(&u->e, &u->row);
  const figure_series *s = &f.panels[0].series[0];
  ck_assert_uint_eq(s->count, 8);
  ck_assert_double_eq(s->points[4].x, 2);
  ck_assert_double_eq(s->points[4].middle, 0.001);
  figure_free(&f);
  unmake(u);
}
END_TEST

/* A test part that was recorded in the end alone is one point, and its label says so. */
START_TEST(curves_of_the_test_part) {
  made_up *u = make("p1-final");
  for (int i = 1; i <= 2; i++)
    run_result_point(&u->run, (run_point){.epoch = i,
                                          .validation_loss = 0.5 / i,
                                          .validation_metric = 0.45 * i,
                                          .test_loss = 0.75 / i,
                                          .test_metric = 0.375 * i});
  for (int end = 0; end < 2; end++) {
    u->cell.cell.config.record_test = end ? TEST_END : TEST_EVERY;
    if (end) u->run.history[0].test_loss = u->run.history[0].test_metric = NAN;
    figure f = figure_of_model(&u->e, &u->row);
    for (int i = 0; i < 2; i++) {
      const figure_series *tested = &f.panels[i].series[1];
      ck_assert_str_eq(tested->label, end ? "test, in the end" : "test");
      ck_assert_uint_eq(tested->count, end ? 1 : 2);
      ck_assert_double_eq(tested->points[tested->count - 1].x, 2);
      ck_assert_double_eq_tol(tested->points[tested->count - 1].middle, i == 0 ? 75 : 0.375, 1e-12);
      ck_assert_uint_eq(f.panels[i].series[0].count, 2);
    }
    figure_free(&f);
  }
  unmake(u);
}
END_TEST

TCase *report_pictures_tests(void) {
  TCase *tests = tcase_create("pictures");
  tcase_add_checked_fixture(tests, report_setup, report_teardown);
  tcase_add_test(tests, confusion_counts);
  tcase_add_test(tests, reliability_compares_sure_with_right);
  tcase_add_test(tests, mistakes_need_their_data);
  tcase_add_test(tests, mistakes_are_the_surest_first);
  tcase_add_test(tests, filters_are_tiles);
  tcase_add_test(tests, coverage_of_sigma);
  tcase_add_test(tests, divergence_step_by_step);
  tcase_add_test(tests, rates_are_steps);
  tcase_add_test(tests, curves_of_the_test_part);
  return tests;
}
