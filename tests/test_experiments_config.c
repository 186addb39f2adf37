#include "tests/test_experiments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAKE(c, ...)                                                                                         \
  make(c, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static int make(config *c, const char *const settings[], size_t count) {
  return config_make(c, settings, count, &line);
}

static void expect_text(const config *c, const char *expected) {
  char *text = config_text(c);
  ck_assert_str_eq(text, expected);
  free(text);
}

START_TEST(defaults_are_the_published_final_models) {
  config c;
  ck_assert_int_eq(config_make(&c, NULL, 0, &line), 0);
  expect_text(
      &c,
      "activation=relu\nbatch=50\nconv.batch_norm=true\nconv.channels=64\nconv.dropout=0.1\nconv."
      "kernel=3\nconv.layers=3\n"
      "conv.padding=0\nconv.pool=2\ndtype=float32\nepochs=30\ninit.head=zeros\nlimit.evaluate=0\nlimit.train="
      "0\nloss=mse_softmax\nlr=0.01\n"
      "model=cnn\noptimizer=adam\nproblem=digits\nrecord.every=1\nschedule=step\nschedule.gamma="
      "0.1\nschedule.step=10\n"
      "split.train=0.8\nsplit.validation=0.2\nweight_decay=0\n");
  ck_assert_int_eq(MAKE(&c, "problem=houses"), 0);
  expect_text(&c,
              "activation=relu\nbatch=100\ndtype=float32\nepochs=2000\nfeatures=standardised\nlimit.evaluate="
              "0\nlimit.train=0\nloss=mse\n"
              "lr=0.0003\nmlp.layers=3\nmlp.width=128\nmodel=mlp\noptimizer=adam\nproblem=houses\nrecord."
              "every=10\nschedule=none\n"
              "split.test=0.15\nsplit.train=0.7\nsplit.validation=0.15\ntarget=dollars\nweight_decay=0\n");
  ck_assert_int_eq(MAKE(&c, "model=gaussian", "problem=houses"), 0);
  ck_assert_int_eq(c.loss, LOSS_GAUSSIAN_NLL);
  ck_assert_int_eq(c.target, TARGET_STANDARDISED);
  ck_assert_int_eq(c.mlp_layers, 1);
}
END_TEST

START_TEST(texts_read_back_to_the_same_configuration) {
  static const char *const cases[][6] = {
      {"lr=0.0070123456789012345", "conv.dropout=0", "conv.batch_norm=false", "optimizer=sgd",
       "momentum=0.9"},
      {"problem=houses", "model=gaussian", "schedule.step=7", "schedule=step", "weight_decay=1e-5"},
      {"model=mlp", "dtype=float64", "activation=softplus", "split.train=0.75", "split.validation=0.25"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    config c, again;
    ck_assert_msg(config_make(&c, cases[i], 5, &line) == 0, "%s", line.text);
    char *text = config_text(&c);
    ck_assert_msg(config_parse(&again, text, &line) == 0, "%s", line.text);
    expect_text(&again, text);
    ck_assert_mem_eq(&again.lr, &c.lr, sizeof c.lr);
    free(text);
  }
}
END_TEST

START_TEST(order_does_not_matter_and_the_last_one_wins) {
  config a, b;
  ck_assert_int_eq(MAKE(&a, "schedule=none", "lr=0.2", "problem=houses", "lr=0.5"), 0);
  ck_assert_int_eq(MAKE(&b, "lr=0.2", "lr=0.5", "problem=digits", "problem=houses"), 0);
  char *text = config_text(&b);
  expect_text(&a, text);
  free(text);
}
END_TEST

/* A configuration that names no seed of a stream keeps the key that it had before there were any; so does one
 * that records the test part as runs always did. */
START_TEST(a_silent_field_is_told_only_when_it_is_set) {
  config a, b;
  ck_assert_int_eq(MAKE(&a, "problem=houses"), 0);
  char *text = config_text(&a);
  ck_assert_ptr_null(strstr(text, "seed"));
  ck_assert_int_eq(MAKE(&b, "problem=houses", "seed.split=0"), 0);
  expect_text(&b, text);
  free(text);
  ck_assert_int_eq(MAKE(&b, "problem=houses", "seed.split=7"), 0);
  text = config_text(&b);
  ck_assert_ptr_nonnull(strstr(text, "\nseed.split=7\n"));
  free(text);
  text = config_summary(&b);
  ck_assert_str_eq(text, "houses mlp seed.split=7");
  free(text);
  ck_assert_int_eq(MAKE(&b, "problem=houses", "record.test=every"), 0);
  text = config_text(&a);
  expect_text(&b, text);
  free(text);
  ck_assert_int_eq(MAKE(&b, "problem=houses", "record.test=end"), 0);
  text = config_text(&b);
  ck_assert_ptr_nonnull(strstr(text, "\nrecord.every=10\nrecord.test=end\nschedule=none\n"));
  ck_assert_int_eq(config_parse(&a, text, &line), 0);
  ck_assert_int_eq(a.record_test, TEST_END);
  free(text);
  text = config_summary(&b);
  ck_assert_str_eq(text, "houses mlp record.test=end");
  free(text);
}
END_TEST

START_TEST(summaries_name_what_differs) {
  config c;
  ck_assert_int_eq(MAKE(&c, "conv.layers=2", "lr=0.001", "batch=50"), 0);
  char *summary = config_summary(&c);
  ck_assert_str_eq(summary, "digits cnn conv.layers=2 lr=0.001");
  free(summary);
}
END_TEST

START_TEST(reals_have_the_fewest_digits) {
  static const char *const values[] = {"0.1", "0.01", "1e-05", "0.0003", "0.30000000000000004", "3", "0.333"};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
    config c;
    char setting[64], buffer[32];
    snprintf(setting, sizeof setting, "lr=%s", values[i]);
    ck_assert_int_eq(MAKE(&c, setting), 0);
    ck_assert_str_eq(config_value(&c, config_find("lr"), buffer), values[i]);
  }
}
END_TEST

START_TEST(fields_are_sorted_and_described) {
  for (const config_field *f = config_fields; f->key; f++) {
    ck_assert_ptr_eq(config_find(f->key), f);
    ck_assert(f->applies != NULL);
    ck_assert(strlen(f->meaning) > 10 && strlen(f->label) > 1);
    ck_assert((f->kind == FIELD_CHOICE) == (f->choices != NULL));
    if (f[1].key) ck_assert_msg(strcmp(f->key, f[1].key) < 0, "%s stands before %s", f->key, f[1].key);
  }
}
END_TEST

#define DIGIT_KEYS                                                                                           \
  "activation, batch, conv.batch_norm, conv.channels, conv.dropout, conv.kernel, conv.layers, "              \
  "conv.padding, conv.pool, "                                                                                \
  "dtype, epochs, init.head, limit.evaluate, limit.train, loss, lr, model, optimizer, problem, "             \
  "record.every, record.test, "                                                                              \
  "schedule, schedule.gamma, "                                                                               \
  "schedule.step, seed.dropout, seed.init, seed.shuffle, seed.split, split.train, split.validation, "        \
  "weight_decay"
#define HOUSE_KEYS                                                                                           \
  "activation, batch, dtype, epochs, features, limit.evaluate, limit.train, loss, lr, mlp.layers, "          \
  "mlp.width, model, "                                                                                       \
  "optimizer, problem, record.every, record.test, schedule, seed.init, seed.shuffle, seed.split, "           \
  "split.test, split.train, split.validation, target, "                                                      \
  "weight_decay"

static const struct {
  const char *settings[4];
  const char *expected;
} mistakes[] = {
    {{"conv.layer=2"}, "conv.layer=2: no such key; the keys are " DIGIT_KEYS},
    {{"fast"}, "fast: not of the form key=value; the keys are " DIGIT_KEYS},
    {{"=3"}, "=3: no such key; the keys are " DIGIT_KEYS},
    {{"problem=houses", "conv.layers=2"},
     "conv.layers=2: says nothing about this configuration; the keys are " HOUSE_KEYS},
    {{"momentum=0.9"}, "momentum=0.9: says nothing about this configuration; the keys are " DIGIT_KEYS},
    {{"loss=mae"},
     "loss=mae: not a choice for problem=digits; choose one of mse_softmax, cross_entropy, mse_raw"},
    {{"loss=mse"},
     "loss=mse: not a choice for problem=digits; choose one of mse_softmax, cross_entropy, mse_raw"},
    {{"problem=houses", "loss=cross_entropy"},
     "loss=cross_entropy: not a choice for problem=houses; choose one of mse"},
    {{"problem=cats"}, "problem=cats: not a choice for problem=digits; choose one of digits, houses"},
    {{"problem=houses", "model=cnn"},
     "model=cnn: not a choice for problem=houses; choose one of mlp, gaussian"},
    {{"model=rnn"}, "model=rnn: not a choice for problem=digits; choose one of cnn, mlp"},
    {{"record.test=never"}, "record.test=never: not a choice for problem=digits; choose one of every, end"},
    {{"lr=fast"}, "lr=fast: not a number"},
    {{"lr="}, "lr=: not a number"},
    {{"lr=nan"}, "lr=nan: not a number"},
    {{"lr=0.1x"}, "lr=0.1x: not a number"},
    {{"lr= 0.1"}, "lr= 0.1: not a number"},
    {{"lr=0"}, "lr=0: out of range, from 1e-12 to 1000"},
    {{"lr=inf"}, "lr=inf: out of range, from 1e-12 to 1000"},
    {{"batch=0"}, "batch=0: out of range, from 1 to 1000000"},
    {{"batch=99999999999999999999"}, "batch=99999999999999999999: out of range, from 1 to 1000000"},
    {{"seed.init=-1"}, "seed.init=-1: out of range, from 0 to 1000000000"},
    {{"batch=1e3"}, "batch=1e3: not an integer"},
    {{"batch=50.0"}, "batch=50.0: not an integer"},
    {{"conv.batch_norm=yes"}, "conv.batch_norm=yes: neither true nor false"},
    {{"conv.layers=8"},
     "conv.layers=8: with conv.kernel=3, conv.padding=0 and conv.pool=2 nothing is left of a 16x16 image; "
     "use fewer layers, a smaller kernel "
     "or more padding"},
    {{"split.train=0.9"},
     "split.train, split.validation add up to 1.1; they are fractions of the samples and must add up to 1"},
    {{"problem=houses", "split.test=0.1"},
     "split.train, split.validation and split.test add up to 0.95; they are fractions of the samples and "
     "must add up to 1"},
};

START_TEST(every_mistake_has_its_line_and_changes_nothing) {
  size_t count = 0;
  while (count < 4 && mistakes[_i].settings[count]) count++;
  config c, before;
  memset(&c, 7, sizeof c);
  before = c;
  ck_assert_int_eq(config_make(&c, mistakes[_i].settings, count, &line), -1);
  ck_assert_str_eq(line.text, mistakes[_i].expected);
  ck_assert_mem_eq(&c, &before, sizeof c);
}
END_TEST

TCase *experiments_config_tests(void) {
  TCase *t = tcase_create("config");
  tcase_add_test(t, defaults_are_the_published_final_models);
  tcase_add_test(t, texts_read_back_to_the_same_configuration);
  tcase_add_test(t, order_does_not_matter_and_the_last_one_wins);
  tcase_add_test(t, a_silent_field_is_told_only_when_it_is_set);
  tcase_add_test(t, summaries_name_what_differs);
  tcase_add_test(t, reals_have_the_fewest_digits);
  tcase_add_test(t, fields_are_sorted_and_described);
  tcase_add_loop_test(t, every_mistake_has_its_line_and_changes_nothing, 0,
                      (int)(sizeof mistakes / sizeof mistakes[0]));
  return t;
}
