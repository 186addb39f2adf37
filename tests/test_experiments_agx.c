/* The driver as a user meets it: help, mistakes, lists, and a model that answers. */
#include "tests/test_experiments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

START_TEST(help_and_version) {
  ck_assert_int_eq(AGX("--help"), 0);
  contains(out, "usage: agx COMMAND");
  ck_assert_int_eq(AGX("--version"), 0);
  contains(out, plan_engine());
  ck_assert_int_eq(agx_wait(agx_start((const char *const[]){NULL})), 1);
  contains(err, "usage: agx COMMAND");
  ck_assert_int_eq(AGX("-h"), 0);
  contains(
      out,
      "Exit status: 0 all fine; 1 usage or environment; 2 something differs, and --strict was asked for;\n"
      "3 a run failed, or diverged where that is not expected; 4 incomplete: runs that were asked for are "
      "not\n"
      "in the store; 75 interrupted: the same command goes on.\n");
  static const char *const names[] = {"list",    "run",  "sweep",  "status", "explain", "show",
                                      "predict", "diff", "export", "gc",     "data"};
  for (int i = 0; i < 11; i++) {
    ck_assert_int_eq(AGX(names[i], "--help"), 0);
    contains(out, "usage: agx ");
    contains(out, names[i]);
    ck_assert_str_eq(err, "");
  }
}
END_TEST

static const struct {
  const char *arguments[8];
  const char *expected;
} mistakes[] = {
    {{"fly"},
     "agx: fly: no such command; commands are list, run, sweep, status, explain, show, predict, diff, "
     "export, gc, data\n"},
    {{"run", "--fast"}, "agx run: --fast: no such option; see agx run --help\n"},
    {{"run", "--seeds"}, "agx run: --seeds: wants a value; see agx run --help\n"},
    {{"run", "--seeds", "0"}, "agx run: --seeds 0: not an integer from 1 to 10000\n"},
    {{"run", "--seeds", "two"}, "agx run: --seeds two: not an integer from 1 to 10000\n"},
    {{"run", "--jobs", "-1"}, "agx run: --jobs -1: not an integer from 1 to 1024\n"},
    {{"run", "--profile", "slow"}, "agx run: --profile slow: no such profile; choose full or quick\n"},
    {{"run", "table9"}, "agx run: table9: no such row; see agx list\n"},
    {{"run", "--set", "loss=mae"},
     "agx run: loss=mae: not a choice for problem=digits; choose one of mse_softmax, cross_entropy, "
     "mse_raw\n"},
    {{"run", "figure2", "--set", "batch=20"},
     "agx run: batch=20: figure2 sweeps this key itself; leave the row out to train one configuration\n"},
    {{"run", "p2-final", "--set", "conv.pool=1"},
     "agx run: p2-final: conv.pool=1: says nothing about this configuration; the keys are activation, batch, "
     "dtype, epochs, features, "
     "limit.evaluate, limit.train, loss, lr, mlp.layers, mlp.width, model, optimizer, problem, record.every, "
     "record.test, "
     "schedule, seed.init, seed.shuffle, seed.split, split.test, split.train, "
     "split.validation, target, weight_decay\n"},
    {{"run", "--trace", "x"}, "agx run: --trace: only with --profile-ops\n"},
    {{"run", "--dry-run", "--profile-ops"}, "agx run: --dry-run: not with --profile-ops, which trains\n"},
    {{"list", "table9"}, "agx list: table9: no such row; see agx list\n"},
    {{"list", "--keys", "--foo"}, "agx list: --foo: no such option; see agx list --help\n"},
    {{"list", "--all"}, "agx list: --all: no such option; see agx list --help\n"},
    {{"show", "--store", "/"}, "agx show: /: a folder, not a store of runs; name a file with --store\n"},
    {{"run", "--dry-run", "--store", "/"},
     "agx run: /: a folder, not a store of runs; name a file with --store\n"},
    {{"run", "--set", "problem=houses", "--store", "/"},
     "agx run: /: a folder, not a store of runs; name a file with --store\n"},
    {{"status", "table9"}, "agx status: table9: no such row; see agx list\n"},
    {{"status", "--store", "/"}, "agx status: /: a folder, not a store of runs; name a file with --store\n"},
    {{"explain", "--fast"}, "agx explain: --fast: no such option; see agx explain --help\n"},
    {{"explain", "00ff", "--store", "no.db"},
     "agx explain: 00ff: no run, in the store or asked for, has a key that begins so\n"},
    {{"diff", "one.db"}, "agx diff: wants two stores; see agx diff --help\n"},
    {{"diff", "no.db", "no.db"},
     "agx diff: no.db: No such file or directory; `agx run` makes a store, and --store names another one\n"},
    {{"export", "pdf"}, "agx export: pdf: not one of runs, metrics, history, json\n"},
    {{"export", "runs", "json"}, "agx export: wants one of runs, metrics, history, json\n"},
    {{"export", "runs", "--out", "here"}, "agx export: --out here: writes all of them; leave runs out\n"},
    {{"gc", "here"}, "agx gc: here: takes no arguments; see agx gc --help\n"},
    {{"gc", "--profile", "slow"}, "agx gc: --profile slow: no such profile; choose full or quick\n"},
    {{"gc", "--yes", "--store", "no.db"},
     "agx gc: no.db: No such file or directory; `agx run` makes a store, and --store names another one\n"},
    {{"run", "--checkpoint", "often"}, "agx run: --checkpoint often: not an integer from 0 to 1000000\n"},
    {{"run", "table1", "--name", "mine"},
     "agx run: --name mine: a name is for one configuration; leave the rows out\n"},
    {{"sweep"}, "agx sweep: wants a --grid key=value,value; see agx sweep --help\n"},
    {{"sweep", "table1", "--grid", "lr=1"}, "agx sweep: table1: takes no rows; see agx sweep --help\n"},
    {{"sweep", "--grid", "lr"}, "agx sweep: --grid lr: not of the form key=value,value\n"},
    {{"sweep", "--grid", "lr="}, "agx sweep: --grid lr=: not of the form key=value,value\n"},
    {{"sweep", "--grid", "lr=,"}, "agx sweep: lr: no values\n"},
    {{"sweep", "--grid", "rate=1,2"}, "agx sweep: rate: no such key; see agx list --keys\n"},
    {{"sweep", "--grid", "lr=1,2,1"}, "agx sweep: lr=1: this value is there twice\n"},
    {{"sweep", "--grid", "lr=1,2,3,4,5,6,7,8,9"}, "agx sweep: lr: too many values, at most 8\n"},
    {{"sweep", "--grid", "lr=1", "--grid", "lr=2", "--name", "a"}, "agx sweep: lr: swept twice\n"},
    {{"sweep", "--grid", "lr=1", "--grid", "batch=2", "--grid", "epochs=3"},
     "agx sweep: --grid epochs=3: too many grids, at most 2\n"},
    {{"sweep", "--grid", "lr=1,fast"}, "agx sweep: lr: lr=fast: not a number\n"},
    {{"sweep", "--grid", "lr=1", "--name", "table1"},
     "agx sweep: table1: a row of the catalogue has this name; choose another\n"},
    {{"sweep", "--grid", "lr=1", "--name", "../x"},
     "agx sweep: ../x: a name has 1 to 40 of the letters a to z, digits, '-', '_' and '.'\n"},
    {{"sweep", "--grid", "lr=1", "--name", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
     "agx sweep: aaaaaaaaaaaaaaaaaaaa...: too long a name, at most 40 characters\n"},
    {{"data", "here"}, "agx data: here: takes no arguments; see agx data --help\n"},
    {{"show", "--store", "no.db"},
     "agx show: no.db: No such file or directory; `agx run` makes a store, and --store names another one\n"},
    {{"predict"}, "agx predict: wants a run, and either a file or --index; see agx predict --help\n"},
    {{"predict", "abc", "file", "--index", "3"},
     "agx predict: wants a run, and either a file or --index; see agx predict --help\n"},
    {{"predict", "abc", "--index", "-3"}, "agx predict: --index -3: not an integer from 0 to 1000000\n"},
};

START_TEST(a_mistake_gives_one_line_and_status_1) {
  ck_assert_int_eq(agx_wait(agx_start(mistakes[_i].arguments)), 1);
  ck_assert_str_eq(err, mistakes[_i].expected);
  ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(the_catalogue_is_listed) {
  ck_assert_int_eq(AGX("list"), 0);
  for (const catalogue_row *const *row = catalogue_rows; *row; row++) contains(out, (*row)->id);
  ck_assert_int_eq(AGX("list", "table2"), 0);
  contains(out, "published   validation_mse 2045553779 with mlp.width=64");
  ck_assert_int_eq(AGX("list", "--keys"), 0);
  for (const config_field *f = config_fields; f->key; f++) contains(out, f->key);
  ck_assert_ptr_null(strstr(out, "cells"));
  ck_assert_int_eq(AGX("list", "table2", "--keys"), 0);
  contains(out, "weight_decay ");
  contains(out, "Table 2");
}
END_TEST

START_TEST(a_dry_run_only_says) {
  ck_assert_int_eq(AGX("run", "--dry-run", "--store", store_path), 0);
  contains(out, "90 runs, 0 of them finished already");
  contains(out, "    1      90890      9123712      3510");
  ck_assert_int_eq(access(store_path, F_OK), -1);
}
END_TEST

/* The calls that the table gives for an operator in a kind of work. */
static long long calls_of(const char *name, const char *kind) {
  char head[64];
  snprintf(head, sizeof head, "\n%-22s %-8s ", name, kind);
  const char *found = strstr(out, head);
  ck_assert_msg(found != NULL, "no %s %s in: %s", name, kind, out);
  return atoll(found + strlen(head));
}

START_TEST(a_profile_tells_what_steps_cost) {
  char trace[256], text[TEXT_SIZE];
  snprintf(trace, sizeof trace, "%s", in_folder("trace.json"));
  ck_assert_int_eq(AGX("run", "--profile-ops", "--set", "problem=houses", "--set", "epochs=2", "--set",
                       "record.every=1", "--threads", "1", "--store", store_path, "--trace", trace),
                   0);
  ck_assert_str_eq(err, "");
  contains(out, ", seed 1, houses mlp epochs=2 record.every=1\n20 steps of batch 100, after 3 to warm "
                "up\nthreads 1, roofline ");
  ck_assert_int_eq(calls_of("linear_relu", "forward"), 20 * 3);
  ck_assert_int_eq(calls_of("linear", "forward"), 20);
  ck_assert_int_eq(calls_of("linear_backward", "backward"), 20 * 4);
  ck_assert_int_eq(calls_of("adam", "update"), 20);
  ck_assert_int_eq(calls_of("pass", "whole"), 20);
  ck_assert_int_eq(calls_of("scope", "whole"), 20); /* nothing is evaluated in between */
  contains(out, "of which the total explains ");
  ck_assert_int_eq(access(store_path, F_OK), -1);
  read_text(trace, text);
  contains(text, "\"shapes\": \"100x128, 128x128, 128 -> 100x128\"");
}
END_TEST

START_TEST(a_profile_that_cannot_be_says_why) {
  ck_assert_int_eq(AGX("run", "--profile-ops", "--set", "problem=houses", "--trace", "/nowhere/trace.json"),
                   1);
  ck_assert_str_eq(err, "agx run: --trace: profile_write_trace: /nowhere/trace.json: no new file can be made "
                        "beside it: No such file or directory\n");
  ck_assert_int_eq(
      AGX("run", "--profile-ops", "--set", "problem=houses", "--set", "optimizer=sgd", "--set", "lr=0.1"), 1);
  contains(err, "agx run: NaN loss at step 3: linear_relu: element ");
  contains(err, ", before step 23; there is nothing to profile\n");
  ck_assert_int_eq(AGX("run", "--profile-ops", "table2", "p2-gauss", "--profile", "quick"), 0);
  contains(out, "; the longest of 3 runs\n");
}
END_TEST

START_TEST(a_stored_model_answers) {
  ck_assert_int_eq(AGX("run", "--set", "problem=houses", "--set", "epochs=2", "--set", "record.every=1",
                       "--store", store_path, "--set", "model=gaussian"),
                   0);
  write_text(in_folder("house"), "7, 2003, 856, 1710\n6 1976 1262 1262\n", 36);
  char file[256];
  snprintf(file, sizeof file, "%s", in_folder("house"));
  store *s = store_open(store_path, STORE_READ, &line);
  run_result *runs;
  size_t count;
  ck_assert_int_eq(store_list(s, &runs, &count, &line), 1);
  ck_assert_int_eq(AGX("predict", runs[0].key, file, "--store", store_path), 0);
  contains(out, "price ");
  contains(out, "95 % interval ");
  ck_assert_ptr_nonnull(strchr(strchr(out, '\n') + 1, '\n')); /* two lines for two houses */
  ck_assert_int_eq(AGX("predict", runs[0].key, "--index", "12", "--store", store_path), 0);
  contains(out, "sold for ");
  ck_assert_int_eq(AGX("predict", runs[0].key, "--index", "1460", "--store", store_path), 1);
  contains(err, "agx predict: --index 1460: there are 1460 samples, from 0 to 1459\n");
  write_text(file, "7 2003 856\n", 11);
  ck_assert_int_eq(AGX("predict", runs[0].key, file, "--store", store_path), 1);
  contains(err, "house:1: expected 4 numbers, found 3\n");
  write_text(file, "1 2 3 4\n7 2003 x 856\n", 21);
  ck_assert_int_eq(AGX("predict", runs[0].key, file, "--store", store_path), 1);
  contains(err, "house:2: expected a number, found 'x'\n");
  ck_assert_int_eq(AGX("show", runs[0].key, "--store", store_path), 0);
  contains(out, "validation_mse");
  contains(out, "mlp.layers=1");
  run_result_free(&runs[0]);
  free(runs);
  store_close(s);
}
END_TEST

START_TEST(the_data_are_named) {
  ck_assert_int_eq(AGX("data"), 0);
  contains(out, "source     embedded");
  contains(out, "training   7291 images");
  contains(out, "1460 houses");
  ck_assert_int_eq(setenv("AUTOGRAD_DATA", folder, 1), 0);
  ck_assert_int_eq(AGX("data"), 1);
  contains(err, "zip.train.gz");
  ck_assert_int_eq(unsetenv("AUTOGRAD_DATA"), 0);
}
END_TEST

TCase *experiments_agx_tests(void) {
  TCase *t = tcase_create("agx");
  tcase_add_test(t, help_and_version);
  tcase_add_loop_test(t, a_mistake_gives_one_line_and_status_1, 0,
                      (int)(sizeof mistakes / sizeof mistakes[0]));
  tcase_add_test(t, the_catalogue_is_listed);
  tcase_add_test(t, a_dry_run_only_says);
  tcase_add_test(t, a_profile_tells_what_steps_cost);
  tcase_add_test(t, a_profile_that_cannot_be_says_why);
  tcase_add_test(t, a_stored_model_answers);
  tcase_add_test(t, the_data_are_named);
  return t;
}
