/* `agx run` as a user meets it: what is trained, what is kept, and what is left when something ends badly. */
#include "tests/test_experiments.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHORT "--set", "problem=houses", "--set", "epochs=2", "--set", "record.every=1", "--store", store_path

START_TEST(a_finished_run_is_never_repeated) {
  ck_assert_int_eq(AGX("run", SHORT, "--seeds", "2"), 0);
  contains(err, "2 runs done now, 0 finished before, 0 diverged, 0 failed; all of them are in ");
  ck_assert_int_eq(AGX("run", SHORT, "--seeds", "3", "--jobs", "1", "--threads", "2"), 0);
  contains(err, "1 runs done now, 2 finished before, 0 diverged, 0 failed");
  ck_assert_int_eq(AGX("run", SHORT, "--seeds", "3", "--dry-run"), 0);
  contains(out, "3 runs, 3 of them finished already");
  ck_assert_int_eq(AGX("show", "--store", store_path), 0);
  contains(out, "houses mlp epochs=2 record.every=1");

  static const char *const askers[] = {"show", "predict"};
  for (int i = 0; i < 2; i++) {
    char expected[256];
    const char *more = i == 1 ? "--index" : NULL;
    ck_assert_int_eq(AGX(askers[i], "--store", store_path, "", more, "3"), 1);
    snprintf(expected, sizeof expected,
             "agx %s: : several runs have a key that begins so; give more digits\n", askers[i]);
    ck_assert_str_eq(err, expected);
    ck_assert_int_eq(AGX(askers[i], "--store", store_path, "nokey", more, "3"), 1);
    snprintf(expected, sizeof expected,
             "agx %s: nokey: no run in the store has a key that begins so; agx show lists them\n", askers[i]);
    ck_assert_str_eq(err, expected);
  }
}
END_TEST

START_TEST(a_diverged_run_is_noted_and_the_others_go_on) {
  ck_assert_int_eq(AGX("run", "p2-optim", "--set", "epochs=3", "--store", store_path),
                   0); /* it is expected to */
  contains(err, "p2-optim optimizer=sgd, seed 1");
  contains(err, "diverged: ");
  contains(err, " loss at step ");
  contains(err, "2 runs done now, 0 finished before, 1 diverged, 0 failed");
  ck_assert_int_eq(AGX("run", "p2-optim", "--set", "epochs=3", "--store", store_path), 0);
  contains(err, "0 runs done now, 3 finished before, 1 diverged, 0 failed");
}
END_TEST

START_TEST(an_unexpected_divergence_shows_in_the_status) {
#define SGD                                                                                                  \
  "run", "--set", "problem=houses", "--set", "optimizer=sgd", "--set", "epochs=2", "--store", store_path
  for (int again = 0; again < 2; again++) {
    ck_assert_int_eq(AGX(SGD), 3);
    contains(err, "0 runs done now, ");
    contains(err, "1 diverged, 0 failed");
  }
}
END_TEST

/* The worker of a driver, once it has one. */
static pid_t worker_of(pid_t driver) {
  char path[64];
  int worker = 0;
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)driver, (int)driver);
  while (worker == 0) {
    usleep(10000);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    if (fscanf(f, "%d", &worker) != 1) worker = 0;
    fclose(f);
  }
  return worker;
}

START_TEST(a_killed_worker_is_noted_and_the_others_go_on) {
  static const char *const arguments[] = {
      "run",    "--set", "problem=houses", "--set", "epochs=150", "--set",    "batch=20", "--seeds", "2",
      "--jobs", "1",     "--threads",      "1",     "--store",    store_path, NULL};
  pid_t driver = agx_start(arguments);
  pid_t worker = worker_of(driver);
  usleep(200000); /* it takes several times as long */
  ck_assert_int_eq(kill(worker, SIGKILL), 0);
  ck_assert_int_eq(agx_wait(driver), 3);
  contains(err, "failed: killed by signal 9 (Killed) after step ");
  contains(err, "1 runs done now, 0 finished before, 0 diverged, 1 failed");
  run_result *runs;
  size_t count = stored_runs(&runs), failed = 0;
  ck_assert_uint_eq(count, 2);
  for (size_t i = 0; i < count; i++) {
    if (runs[i].status != RUN_FAILED) continue;
    char expected[256];
    snprintf(expected, sizeof expected, "killed by signal 9 (Killed) after step %" PRId64,
             runs[i].failed_step);
    ck_assert_str_eq(runs[i].message, expected);
    ck_assert(runs[i].failed_step > 0 && runs[i].failed_step < 150 * 52);
    ck_assert_int_eq(runs[i].seed, 1);
    failed++;
  }
  ck_assert_uint_eq(failed, 1);
  free_runs(runs, count);
  ck_assert_int_eq(agx_wait(agx_start(arguments)), 0); /* a failed run is tried again */
  contains(err, "1 runs done now, 1 finished before, 0 diverged, 0 failed");
}
END_TEST

START_TEST(an_interrupted_sweep_goes_on_later) {
  static const char *const arguments[] = {"run",      "--set", "problem=houses", "--set", "epochs=60",
                                          "--seeds",  "4",     "--jobs",         "1",     "--store",
                                          store_path, NULL};
  pid_t process = agx_start(arguments);
  for (err[0] = '\0'; !strstr(err, "[1/4]"); agx_read(process)) usleep(20000); /* one run is in the store */
  kill(process, SIGINT);
  ck_assert_int_eq(agx_wait(process), 75);
  contains(
      err,
      "agx run: interrupted; finished runs and checkpoints are safe, the same command goes on from there\n");
  ck_assert_int_eq(agx_wait(agx_start(arguments)), 0);
  ck_assert_ptr_null(strstr(err, " 0 finished before"));
  ck_assert_ptr_null(strstr(err, "4 runs done now"));
}
END_TEST

START_TEST(two_drivers_share_the_work) {
  static const char *const arguments[] = {"run",      "--set", "problem=houses", "--set", "epochs=20",
                                          "--seeds",  "4",     "--jobs",         "1",     "--store",
                                          store_path, NULL};
  pid_t drivers[2] = {agx_start(arguments), agx_start(arguments)};
  size_t done = 0;
  for (int i = 0; i < 2; i++) {
    int status = agx_wait(drivers[i]);
    ck_assert_msg(status == 0, "status %d: %s", status, err);
    for (const char *p = err; (p = strstr(p, "dollars squared")) != NULL; p++) done++;
  }
  ck_assert_uint_eq(done, 4); /* each run was trained by one of them alone */
  run_result *runs;
  size_t count = stored_runs(&runs);
  ck_assert_uint_eq(count, 4);
  free_runs(runs, count);
}
END_TEST

#define DEEP                                                                                                 \
  "--set", "conv.layers=5", "--set", "conv.channels=6", "--set", "epochs=2", "--set", "limit.train=120",     \
      "--set", "limit.evaluate=60"

/* What a store holds of a run, times aside: the digest of it all would do, but a difference could not be
 * named. */
static void same_results(const char *path, const char *other, const char *key) {
  store *stores[2] = {store_open(path, STORE_READ, &line), store_open(other, STORE_READ, &line)};
  run_metric *metrics[2];
  run_point *points[2];
  run_tensor *tensors[2];
  size_t counts[2][3];
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(store_metrics(stores[i], key, &metrics[i], &counts[i][0], &line), 1);
    ck_assert_int_eq(store_history(stores[i], key, &points[i], &counts[i][1], &line), 1);
    ck_assert_int_eq(store_tensors(stores[i], key, &tensors[i], &counts[i][2], &line), 1);
  }
  ck_assert_mem_eq(counts[0], counts[1], sizeof counts[0]);
  for (size_t i = 0; i < counts[0][0]; i++) {
    ck_assert_str_eq(metrics[0][i].name, metrics[1][i].name);
    ck_assert_mem_eq(&metrics[0][i].value, &metrics[1][i].value, sizeof(double));
  }
  for (size_t i = 0; i < counts[0][1]; i++)
    ck_assert_mem_eq(&points[0][i], &points[1][i], offsetof(run_point, seconds));
  for (size_t i = 0; i < counts[0][2]; i++) {
    run_tensor *a = &tensors[0][i], *b = &tensors[1][i];
    size_t bytes = a->type == TENSOR_FLOAT32 ? 4 : 8;
    for (int d = 0; d < a->rank; d++) bytes *= (size_t)a->shape[d];
    ck_assert_str_eq(a->name, b->name);
    ck_assert_msg(memcmp(a->data, b->data, bytes) == 0, "%s", a->name);
  }
  for (int i = 0; i < 2; i++) {
    for (size_t j = 0; j < counts[i][2]; j++) free(tensors[i][j].data);
    free(tensors[i]);
    free(points[i]);
    free(metrics[i]);
    store_close(stores[i]);
  }
}

START_TEST(jobs_and_threads_are_no_part_of_a_result) {
  static const char *const shares[][2] = {{"1", "2"}, {"2", "1"}, {"2", "2"}};
  ck_assert_int_eq(AGX("run", DEEP, "--seeds", "2", "--store", store_path, "--jobs", "1", "--threads", "1"),
                   0);
  run_result *runs;
  size_t count = stored_runs(&runs);
  ck_assert_uint_eq(count, 2);
  for (int i = 0; i < 3; i++) {
    char other[256];
    snprintf(other, sizeof other, "%s-%d.db", store_path, i);
    ck_assert_int_eq(
        AGX("run", DEEP, "--seeds", "2", "--store", other, "--jobs", shares[i][0], "--threads", shares[i][1]),
        0);
    for (size_t j = 0; j < count; j++) same_results(store_path, other, runs[j].key);
  }
  ck_assert_int_eq(AGX("show", runs[0].key, "--store", store_path), 0);
  contains(out, "\nconv.layers=5\n");
  ck_assert_int_eq(AGX("predict", runs[0].key, "--index", "7", "--store", store_path), 0);
  contains(out, "it is a ");
  contains(out, ", labelled ");
  free_runs(runs, count);
}
END_TEST

START_TEST(quick_rows_run_without_network_or_data) {
  ck_assert_int_eq(AGX("run", "table3", "p2-gauss", "table2", "--profile", "quick", "--set", "epochs=1",
                       "--set", "limit.train=50", "--set", "limit.evaluate=50", "--store", store_path),
                   0);
  contains(err,
           "9 runs done now, 0 finished before, 0 diverged, 0 failed"); /* p2-gauss is a cell of table2 */
  store_dataset used;
  store *s = store_open(store_path, STORE_READ, &line);
  static const char *const problems[] = {"digits", "houses"};
  for (int i = 0; i < 2; i++) {
    ck_assert_int_eq(store_data(s, problems[i], &used, &line), 1);
    ck_assert_str_eq(used.source, "embedded");
    ck_assert_str_eq(used.digest, i == 0 ? data.digits.digest : data.houses.digest);
  }
  store_close(s);
  ck_assert_int_eq(access(in_folder(".cache"), F_OK), -1); /* and nothing is left at home */
}
END_TEST

TCase *experiments_runs_tests(void) {
  TCase *t = tcase_create("agx run");
  tcase_add_test(t, a_finished_run_is_never_repeated);
  tcase_add_test(t, a_diverged_run_is_noted_and_the_others_go_on);
  tcase_add_test(t, an_unexpected_divergence_shows_in_the_status);
  tcase_add_test(t, a_killed_worker_is_noted_and_the_others_go_on);
  tcase_add_test(t, an_interrupted_sweep_goes_on_later);
  tcase_add_test(t, two_drivers_share_the_work);
  tcase_add_test(t, jobs_and_threads_are_no_part_of_a_result);
  tcase_add_test(t, quick_rows_run_without_network_or_data);
  return t;
}
