/* Whole runs, small ones, on the embedded data. */
#include "tests/test_experiments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/predictor.h"
#include "experiments/train.h"

#define DIGITS                                                                                               \
  "epochs=3", "limit.train=200", "limit.evaluate=120", "conv.layers=1", "conv.channels=8",                   \
      "loss=cross_entropy"
#define HOUSES "problem=houses", "epochs=25", "record.every=10"

static run_result trained(const char *const settings[], int64_t seed, int threads) {
  plan_job job = job_of(settings, seed, NULL);
  run_result r;
  ck_assert_msg(train(&r, &job, &data, &(train_options){.threads = threads}, &line) == 0, "%s", line.text);
  return r;
}

static double metric(const run_result *r, const char *name) {
  for (size_t i = 0; i < r->metric_count; i++)
    if (strcmp(r->metrics[i].name, name) == 0) return r->metrics[i].value;
  ck_abort_msg("no metric %s", name);
}

static const run_tensor *tensor(const run_result *r, const char *name) {
  for (size_t i = 0; i < r->tensor_count; i++)
    if (strcmp(r->tensors[i].name, name) == 0) return &r->tensors[i];
  ck_abort_msg("no tensor %s", name);
}

START_TEST(digits_are_learned_and_accounted_for) {
  run_result r = trained((const char *const[]){DIGITS, NULL}, 1, 1);
  ck_assert_int_eq(r.status, RUN_DONE);
  ck_assert_uint_eq(r.history_count, 3);
  ck_assert_int_eq(r.history[2].epoch, 3);
  ck_assert_int_eq(r.history[2].step, 12);
  ck_assert_double_lt(r.history[2].train_loss, 0.7 * r.history[0].train_loss);
  ck_assert_double_gt(metric(&r, "test_accuracy"), 0.4); /* chance is 0.1 */
  ck_assert_double_eq(metric(&r, "steps"), 12);
  ck_assert_double_eq(metric(&r, "parameters"), 8 * 9 + 8 + 16 + 10 * (8 * 7 * 7) + 10);
  ck_assert_double_eq(metric(&r, "validation_accuracy"), r.history[2].validation_metric);

  /* The stored predictions give the stored accuracy and the stored loss. */
  const float *p = tensor(&r, "test/probability")->data;
  const int64_t *label = tensor(&r, "test/label")->data;
  ck_assert_int_eq(tensor(&r, "test/probability")->shape[0], 120);
  double right = 0, loss = 0;
  for (int i = 0; i < 120; i++) {
    double sum = 0;
    int best = 0;
    for (int k = 0; k < 10; k++) {
      sum += (double)p[i * 10 + k];
      if (p[i * 10 + k] > p[i * 10 + best]) best = k;
    }
    ck_assert_double_eq_tol(sum, 1, 1e-5);
    right += best == label[i];
    loss -= log((double)p[i * 10 + label[i]]);
  }
  ck_assert_double_eq(right / 120, metric(&r, "test_accuracy"));
  ck_assert_double_eq_tol(loss / 120, metric(&r, "test_loss"), 1e-4);
  run_result_free(&r);
}
END_TEST

START_TEST(houses_are_in_dollars_whatever_the_target) {
  static const char *const cases[][6] = {
      {HOUSES, NULL}, {HOUSES, "target=standardised", NULL}, {HOUSES, "model=gaussian", NULL}};
  for (int c = 0; c < 3; c++) {
    run_result r = trained(cases[c], 2, 1);
    ck_assert_int_eq(r.status, RUN_DONE);
    ck_assert_uint_eq(r.history_count, 3); /* epochs 10, 20 and the last one */
    ck_assert_int_eq(r.history[2].epoch, 25);
    const run_tensor *mean = tensor(&r, "test/mean");
    const double *price = tensor(&r, "test/price")->data;
    ck_assert_int_eq(mean->shape[0], 219);
    double sum = 0;
    for (int64_t i = 0; i < 219; i++) {
      double error = ((const double *)mean->data)[i] - price[i];
      sum += error * error;
      ck_assert_double_gt(price[i], 1000);
      if (c == 2) ck_assert_double_gt(((const double *)tensor(&r, "test/sigma")->data)[i], 100);
    }
    ck_assert_double_eq_tol(sum / 219, metric(&r, "test_mse"), 1e-6 * sum / 219);
    if (c == 0)
      ck_assert_double_eq_tol(metric(&r, "test_loss"), metric(&r, "test_mse"), 1e-4 * metric(&r, "test_mse"));
    else
      ck_assert_double_lt(metric(&r, "test_loss"), 10);
    run_result_free(&r);
  }
}
END_TEST

/* A test part that is looked at in the end alone has no numbers before, and changes no other. */
START_TEST(the_test_part_can_wait_for_the_end) {
  static const char *const cases[][2][8] = {{{DIGITS, NULL}, {DIGITS, "record.test=end", NULL}},
                                            {{HOUSES, NULL}, {HOUSES, "record.test=end", NULL}}};
  for (int c = 0; c < 2; c++) {
    run_result every = trained(cases[c][0], 1, 1), end = trained(cases[c][1], 1, 1);
    ck_assert_uint_eq(end.history_count, 3);
    for (int i = 0; i < 2; i++) {
      ck_assert(isfinite(every.history[i].test_loss) && isfinite(every.history[i].test_metric));
      ck_assert(isnan(end.history[i].test_loss) && isnan(end.history[i].test_metric));
      end.history[i].test_loss = every.history[i].test_loss;
      end.history[i].test_metric = every.history[i].test_metric;
    }
    ck_assert_double_eq(end.history[2].test_loss, metric(&end, "test_loss"));
    ck_assert(same_run(&every, &end));
    run_result_free(&every);
    run_result_free(&end);
  }
}
END_TEST

START_TEST(parts_are_disjoint_and_complete) {
  run_result r = trained((const char *const[]){"problem=houses", "epochs=1", NULL}, 5, 1);
  char seen[1460] = {0};
  for (int part = 0; part < 2; part++) {
    const run_tensor *index = tensor(&r, part ? "test/index" : "validation/index");
    ck_assert_int_eq(index->shape[0], 219);
    for (int i = 0; i < 219; i++) ck_assert_int_eq(seen[((const int64_t *)index->data)[i]]++, 0);
  }
  run_result_free(&r);
}
END_TEST

START_TEST(the_same_bits_with_any_number_of_threads) {
  static const char *const cases[][7] = {{DIGITS, NULL}, {HOUSES, "model=gaussian", NULL}};
  for (int c = 0; c < 2; c++) {
    run_result one = trained(cases[c], 1, 1), other_seed = trained(cases[c], 2, 1);
    for (int threads = 2; threads <= 3; threads++) {
      run_result many = trained(cases[c], 1, threads);
      ck_assert(same_run(&one, &many));
      run_result_free(&many);
    }
    ck_assert(!same_run(&one, &other_seed));
    run_result_free(&one);
    run_result_free(&other_seed);
  }
}
END_TEST

/* Runs of two seeds whose streams are all but one the same differ in what that one moves, and in no more:
 * those with the four seeds of seed 1 are the run of seed 1. */
START_TEST(a_stream_can_be_moved_alone) {
#define SEEDS(split, init, shuffle, dropout)                                                                 \
  ((const char *const[]){"epochs=1", "limit.train=60", "limit.evaluate=20", "conv.layers=1",                 \
                         "conv.channels=4", "conv.dropout=0.5", "init.head=uniform", "seed.split=" split,    \
                         "seed.init=" init, "seed.shuffle=" shuffle, "seed.dropout=" dropout, NULL})
  run_result one = trained(SEEDS("0", "0", "0", "0"), 1, 1), named = trained(SEEDS("1", "1", "1", "1"), 5, 1);
  ck_assert(same_run(&one, &named));
  run_result moved[] = {trained(SEEDS("2", "0", "0", "0"), 1, 1), trained(SEEDS("0", "2", "0", "0"), 1, 1),
                        trained(SEEDS("0", "0", "2", "0"), 1, 1), trained(SEEDS("0", "0", "0", "2"), 1, 1)};
  const int64_t *index = tensor(&one, "validation/index")->data;
  for (int i = 0; i < 4; i++) {
    bool cut_alike = memcmp(index, tensor(&moved[i], "validation/index")->data, 20 * sizeof *index) == 0;
    ck_assert_int_eq(cut_alike, i != 0);
    ck_assert_msg(!same_run(&one, &moved[i]), "%d", i);
    run_result_free(&moved[i]);
  }
  run_result_free(&one);
  run_result_free(&named);
}
END_TEST

START_TEST(sgd_in_dollars_diverges_and_says_where) {
  run_result r = trained((const char *const[]){"problem=houses", "optimizer=sgd", NULL}, 1, 1);
  ck_assert_int_eq(r.status, RUN_DIVERGED);
  ck_assert(r.failed_step >= 2 && r.failed_step <= 8);
  char nan[128], infinite[128];
  snprintf(nan, sizeof nan, "NaN loss at step %d: linear_relu: element ", (int)r.failed_step);
  snprintf(infinite, sizeof infinite, "infinite loss at step %d: linear_relu: element ", (int)r.failed_step);
  ck_assert_msg(strncmp(r.message, nan, strlen(nan)) == 0 ||
                    strncmp(r.message, infinite, strlen(infinite)) == 0,
                "%s", r.message);
  ck_assert_ptr_nonnull(strstr(r.message, " of the result 100x128 is "));
  ck_assert_double_eq(metric(&r, "steps"), (double)r.failed_step);
  ck_assert_uint_eq(r.history_count, 0);
  run_result_free(&r);
}
END_TEST

START_TEST(every_choice_trains) {
  static const char *const choices[] = {
      "loss=mse_raw",          "loss=mse_softmax",      "activation=sigmoid",  "activation=tanh",
      "activation=leaky_relu", "activation=gelu",       "activation=softplus", "optimizer=sgd",
      "optimizer=rmsprop",     "conv.batch_norm=false", "conv.pool=1",         "conv.padding=1",
      "schedule=none",         "dtype=float64",         "weight_decay=0.001",  "batch=7"};
  for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
    run_result r =
        trained((const char *const[]){DIGITS, "limit.evaluate=30", "epochs=1", choices[i], NULL}, 1, 1);
    ck_assert_msg(r.status == RUN_DONE, "%s: %s", choices[i], r.message);
    ck_assert_msg(isfinite(metric(&r, "test_loss")), "%s", choices[i]);
    run_result_free(&r);
  }
  run_result r = trained(
      (const char *const[]){"model=mlp", "limit.train=500", "limit.evaluate=100", "epochs=4", NULL}, 1, 1);
  ck_assert_double_gt(metric(&r, "test_accuracy"), 0.4);
  run_result_free(&r);
}
END_TEST

START_TEST(the_rate_follows_the_schedule) {
  run_result r = trained((const char *const[]){DIGITS, "epochs=4", "schedule.step=2", "lr=0.02", NULL}, 1, 1);
  static const double rates[] = {0.02, 0.02, 0.002, 0.002};
  for (int i = 0; i < 4; i++) ck_assert_double_eq_tol(r.history[i].lr, rates[i], 1e-12);
  run_result_free(&r);
}
END_TEST

START_TEST(too_small_a_part_is_an_error) {
  plan_job job = job_of((const char *const[]){"problem=houses", "split.train=0.85", "split.validation=0.149",
                                              "split.test=0.001", NULL},
                        1, NULL);
  run_result r;
  job.config.split_test = 1e-9; /* less than half a house */
  job.config.split_train = 0.851 - 1e-9;
  ck_assert_int_eq(train(&r, &job, &data, &(train_options){.threads = 1}, &line), -1);
  ck_assert_str_eq(line.text, "split.test: no sample is left for this part; raise its fraction");
  run_result_free(&r);
}
END_TEST

START_TEST(other_data_than_planned_are_an_error) {
  plan_job job = job_of((const char *const[]){HOUSES, NULL}, 1, "0123456789abcdef0123");
  run_result r;
  ck_assert_int_eq(train(&r, &job, &data, &(train_options){.threads = 1}, &line), -1);
  ck_assert_str_eq(line.text, "the run was planned for houses of SHA-256 0123456789abcdef..., found "
                              "16ee6b343eee3dba... (embedded generator); start agx run again");
  ck_assert_uint_eq(r.history_count, 0);
  run_result_free(&r);
}
END_TEST

START_TEST(a_stored_model_predicts_what_it_predicted) {
  static const char *const cases[][7] = {{DIGITS, NULL}, {HOUSES, "model=gaussian", NULL}};
  for (int c = 0; c < 2; c++) {
    run_result r = trained(cases[c], 1, 1);
    snprintf(r.key, sizeof r.key, "%064d", c);
    store *s = store_open(store_path, STORE_WRITE, &line);
    ck_assert_msg(s && store_save(s, &r, &line) == 0, "%s", line.text);

    predictor p;
    ck_assert_msg(predictor_open(&p, s, &r, &line) == 0, "%s", line.text);
    const int64_t *index = tensor(&r, "test/index")->data;
    double *x = memory_new((size_t)(20 * p.samples.inputs), sizeof *x);
    for (int64_t i = 0; i < 20 * p.samples.inputs; i++) {
      int64_t row = index[i / p.samples.inputs], column = i % p.samples.inputs;
      x[i] = c == 0 ? (double)data.digits.test.x[row * DIGIT_PIXELS + column]
                    : data.houses.x[row * HOUSE_FEATURES + column];
    }
    judgement j;
    ck_assert_int_eq(predictor_ask(&p, x, 20, &j, &line), 0);
    for (int i = 0; i < 20; i++)
      if (c == 0) {
        for (int k = 0; k < 10; k++)
          ck_assert_double_eq_tol(j.value[10 * i + k],
                                  (double)((const float *)tensor(&r, "test/probability")->data)[10 * i + k],
                                  1e-5);
      } else {
        ck_assert_double_eq_tol(j.value[i], ((const double *)tensor(&r, "test/mean")->data)[i], 1);
        ck_assert_double_eq_tol(j.sigma[i], ((const double *)tensor(&r, "test/sigma")->data)[i], 1);
      }
    judgement_free(&j);
    predictor_close(&p);
    r.status = RUN_DIVERGED;
    strcpy(r.message, "NaN loss at step 3");
    ck_assert_int_eq(predictor_open(&p, s, &r, &line), -1);
    free(x);
    store_close(s);
    run_result_free(&r);
  }
  ck_assert_str_eq(line.text,
                   "run 000000000000 diverged (NaN loss at step 3); only a run that is done can predict");
}
END_TEST

TCase *experiments_train_tests(void) {
  TCase *t = tcase_create("training");
  tcase_add_test(t, digits_are_learned_and_accounted_for);
  tcase_add_test(t, houses_are_in_dollars_whatever_the_target);
  tcase_add_test(t, the_test_part_can_wait_for_the_end);
  tcase_add_test(t, parts_are_disjoint_and_complete);
  tcase_add_test(t, the_same_bits_with_any_number_of_threads);
  tcase_add_test(t, a_stream_can_be_moved_alone);
  tcase_add_test(t, sgd_in_dollars_diverges_and_says_where);
  tcase_add_test(t, every_choice_trains);
  tcase_add_test(t, the_rate_follows_the_schedule);
  tcase_add_test(t, too_small_a_part_is_an_error);
  tcase_add_test(t, other_data_than_planned_are_an_error);
  tcase_add_test(t, a_stored_model_predicts_what_it_predicted);
  return t;
}
