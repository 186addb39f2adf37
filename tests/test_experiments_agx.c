/* The driver as a user meets it: what it prints, and its exit status. The program is ./agx, or the one that
 * AGX names. */
#include "tests/test_experiments.h"

#include <stdio.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char out[1 << 16], err[1 << 16]; /* of the last program that ended */

static void slurp(const char *name, char *into) {
  FILE *f = fopen(in_folder(name), "rb");
  ck_assert_ptr_nonnull(f);
  into[fread(into, 1, (1 << 16) - 1, f)] = '\0';
  fclose(f);
}

/* Starts agx with these arguments, NULL at the end, its output in files. */
static pid_t start(const char *const *arguments) {
  const char *agx = getenv("AGX") ? getenv("AGX") : "./agx";
  pid_t process = fork();
  if (process != 0) return process;
  const char *all[32] = {agx};
  for (int i = 0; i < 30 && arguments[i]; i++) all[i + 1] = arguments[i];
  int to = open(in_folder("out"), O_WRONLY | O_CREAT | O_TRUNC, 0666),
      errors = open(in_folder("err"), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (to < 0 || errors < 0 || dup2(to, 1) < 0 || dup2(errors, 2) < 0) _exit(99);
  execv(agx, (char *const *)(uintptr_t)all);
  _exit(99);
}

static int wait_for(pid_t process) {
  int status;
  ck_assert_int_eq(waitpid(process, &status, 0), process);
  slurp("out", out);
  slurp("err", err);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define AGX(...) wait_for(start((const char *const[]){__VA_ARGS__, NULL}))

static void contains(const char *text, const char *part) {
  ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

#define EMBEDDED                                                                                             \
  "--set", "problem=houses", "--set", "epochs=2", "--set", "record.every=1", "--store", store_path

START_TEST(help_and_version) {
  ck_assert_int_eq(AGX("--help"), 0);
  contains(out, "usage: agx COMMAND");
  ck_assert_int_eq(AGX("--version"), 0);
  contains(out, plan_engine());
  ck_assert_int_eq(wait_for(start((const char *const[]){NULL})), 1);
  contains(err, "usage: agx COMMAND");
  static const char *const names[] = {"list", "run", "show", "data", "predict"};
  for (int i = 0; i < 5; i++) {
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
    {{"fly"}, "agx: fly: no such command; commands are list, run, show, data, predict\n"},
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
     "schedule, split.test, split.train, "
     "split.validation, target, weight_decay\n"},
    {{"list", "table9"}, "agx list: table9: no such row; see agx list\n"},
    {{"list", "--all"}, "agx list: --all: no such option; see agx list --help\n"},
    {{"data", "here"}, "agx data: here: takes no arguments; see agx data --help\n"},
    {{"show", "--store", "no.db"},
     "agx show: no.db: No such file or directory; `agx run` makes a store, and --store names another one\n"},
    {{"predict"}, "agx predict: wants a run, and either a file or --index; see agx predict --help\n"},
    {{"predict", "abc", "file", "--index", "3"},
     "agx predict: wants a run, and either a file or --index; see agx predict --help\n"},
    {{"predict", "abc", "--index", "-3"}, "agx predict: --index -3: not an integer from 0 to 1000000\n"},
};

START_TEST(a_mistake_gives_one_line_and_status_1) {
  ck_assert_int_eq(wait_for(start(mistakes[_i].arguments)), 1);
  const char *own =
      strstr(err, "agx: warning: "); /* the data room may say first that the data are the embedded ones */
  const char *text = err;
  while (own == text) {
    text = strchr(text, '\n') + 1;
    own = strstr(text, "agx: warning: ");
  }
  ck_assert_str_eq(text, mistakes[_i].expected);
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
}
END_TEST

START_TEST(a_finished_run_is_never_repeated) {
  ck_assert_int_eq(AGX("run", EMBEDDED, "--seeds", "2"), 0);
  contains(err, "2 runs done now, 0 finished before, 0 diverged, 0 failed");
  ck_assert_int_eq(AGX("run", EMBEDDED, "--seeds", "3", "--jobs", "1", "--threads", "2"), 0);
  contains(err, "1 runs done now, 2 finished before, 0 diverged, 0 failed");
  ck_assert_int_eq(AGX("show", "--store", store_path), 0);
  contains(out, "houses mlp epochs=2");
}
END_TEST

START_TEST(a_dry_run_only_says) {
  ck_assert_int_eq(AGX("run", "--dry-run", "--store", store_path), 0);
  contains(out, "67 runs, 0 of them finished already");
  contains(out, "    1      90890      9123712      3510");
  ck_assert_int_eq(access(store_path, F_OK), -1);
}
END_TEST

START_TEST(a_diverged_run_is_noted_and_the_others_go_on) {
  ck_assert_int_eq(AGX("run", "p2-optim", "--set", "epochs=3", "--store", store_path), 3);
  contains(err, "p2-optim optimizer=sgd, seed 1");
  contains(err, "diverged: ");
  contains(err, " loss at step ");
  contains(err, "2 runs done now, 0 finished before, 1 diverged, 0 failed");
  ck_assert_int_eq(AGX("run", "p2-optim", "--set", "epochs=3", "--store", store_path), 3);
  contains(err, "0 runs done now, 3 finished before, 1 diverged, 0 failed");
}
END_TEST

START_TEST(an_interrupted_sweep_goes_on_later) {
  static const char *const arguments[] = {"run",      "--set", "problem=houses", "--set", "epochs=400",
                                          "--seeds",  "4",     "--jobs",         "1",     "--store",
                                          store_path, NULL};
  pid_t process = start(arguments);
  for (err[0] = '\0'; !strstr(err, "[1/4]");) { /* one run is in the store */
    usleep(20000);
    if (access(in_folder("err"), R_OK) == 0) slurp("err", err);
  }
  kill(process, SIGINT);
  ck_assert_int_eq(wait_for(process), 75);
  contains(err, "agx run: interrupted; finished runs are safe, the same command goes on with the others\n");
  ck_assert_int_eq(wait_for(start(arguments)), 0);
  ck_assert_ptr_null(strstr(err, " 0 finished before"));
  ck_assert_ptr_null(strstr(err, "4 runs done now"));
}
END_TEST

START_TEST(two_drivers_share_the_work) {
  static const char *const arguments[] = {"run",      "--set", "problem=houses", "--set", "epochs=100",
                                          "--seeds",  "4",     "--jobs",         "1",     "--store",
                                          store_path, NULL};
  pid_t first = start(arguments),
        second = start(arguments); /* they share the two files of output, so only the store is looked at */
  ck_assert_int_eq(wait_for(first), 0);
  ck_assert_int_eq(wait_for(second), 0);
  store *s = store_open(store_path, STORE_READ, &line);
  run_result *runs;
  size_t count;
  ck_assert_int_eq(store_list(s, &runs, &count, &line), 1);
  ck_assert_uint_eq(count, 4);
  for (size_t i = 0; i < count; i++) run_result_free(&runs[i]);
  free(runs);
  store_close(s);
}
END_TEST

START_TEST(a_foreign_store_is_refused) {
  write_text(store_path,
             "not a database, not even close to one, but long enough to be looked at as if it were some "
             "hundred bytes or more",
             110);
  ck_assert_int_eq(AGX("run", EMBEDDED), 1);
  contains(err, "not a store of runs, nor any SQLite file");
}
END_TEST

START_TEST(a_stored_model_answers) {
  ck_assert_int_eq(AGX("run", EMBEDDED, "--set", "model=gaussian"), 0);
  write_text(in_folder("house"), "7, 2003, 856, 1710\n6 1976 1262 1262\n", 38);
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
  tcase_add_test(t, a_finished_run_is_never_repeated);
  tcase_add_test(t, a_dry_run_only_says);
  tcase_add_test(t, a_diverged_run_is_noted_and_the_others_go_on);
  tcase_add_test(t, an_interrupted_sweep_goes_on_later);
  tcase_add_test(t, two_drivers_share_the_work);
  tcase_add_test(t, a_foreign_store_is_refused);
  tcase_add_test(t, a_stored_model_answers);
  tcase_add_test(t, the_data_are_named);
  return t;
}
