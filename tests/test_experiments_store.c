#include "tests/test_experiments.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "experiments/claim.h"

static run_result example(char digit, run_status status) {
  run_result r = {.seed = 3,
                  .status = status,
                  .failed_step = status == RUN_DONE ? 0 : 41,
                  .started = 1.7e9 + 0.25,
                  .seconds = 2.385,
                  .cpu_seconds = 4.71,
                  .peak_kb = 123457,
                  .threads = 2};
  memset(r.key, digit, 64);
  r.config = memory_text("batch=50\nlr=0.01\n");
  r.provenance = memory_text("{\"cpu\": \"a \\\"quoted\\\" one\"}");
  strcpy(r.data_digest, "abc");
  strcpy(r.engine, "0.1.0");
  if (status != RUN_DONE) strcpy(r.message, "NaN loss at step 41");
  run_result_point(&r, (run_point){.epoch = 1,
                                   .step = 117,
                                   .lr = 0.01,
                                   .train_loss = 0.7315,
                                   .validation_loss = 0.2,
                                   .validation_metric = 0.93,
                                   .test_loss = NAN,
                                   .test_metric = 1.0 / 3,
                                   .seconds = 1.5});
  run_result_point(&r, (run_point){.epoch = 2, .step = 234, .lr = 0.001, .train_loss = 0.1});
  run_result_metric(&r, "validation_accuracy", 0.9911);
  run_result_metric(&r, "parameters", 90890);
  const float weights[] = {1.5f, -2.25f, 3.0f, 0.1f, 7.0f, -0.3f};
  run_result_tensor(&r, "parameter/fc.weight", TENSOR_FLOAT32, 2, (const int64_t[]){3, 2}, weights);
  run_result_tensor(&r, "test/index", TENSOR_INT64, 1, (const int64_t[]){2}, (const int64_t[]){2006, -1});
  run_result_tensor(&r, "scale/target_sd", TENSOR_FLOAT64, 0, NULL, &(double){79442.5});
  return r;
}

static store *opened(store_mode mode) {
  store *s = store_open(store_path, mode, &line);
  ck_assert_msg(s != NULL, "%s", line.text);
  return s;
}

static void save(char digit, run_status status) {
  run_result r = example(digit, status);
  store *s = opened(STORE_WRITE);
  ck_assert_msg(store_save(s, &r, &line) == 0, "%s", line.text);
  store_close(s);
  run_result_free(&r);
}

START_TEST(what_was_saved_is_read) {
  save('a', RUN_DONE);
  run_result r = example('a', RUN_DONE), found;
  store *s = opened(STORE_READ);
  ck_assert_int_eq(store_find(s, r.key, &found, &line), 1);
  ck_assert_str_eq(found.key, r.key);
  ck_assert_str_eq(found.config, r.config);
  ck_assert_str_eq(found.provenance, r.provenance);
  ck_assert_str_eq(found.engine, "0.1.0");
  ck_assert_str_eq(found.data_digest, "abc");
  ck_assert_str_eq(found.message, "");
  ck_assert(found.seed == 3 && found.status == RUN_DONE && found.failed_step == 0 &&
            found.peak_kb == 123457 && found.threads == 2);
  ck_assert_double_eq(found.started, r.started);
  ck_assert_double_eq(found.seconds, r.seconds);
  ck_assert_double_eq(found.cpu_seconds, r.cpu_seconds);

  run_point *points;
  run_metric *metrics;
  run_tensor *tensors;
  size_t count;
  double value;
  ck_assert_int_eq(store_history(s, r.key, &points, &count, &line), 1);
  ck_assert_uint_eq(count, 2);
  ck_assert(points[0].epoch == 1 && points[0].step == 117 && points[1].step == 234);
  ck_assert_double_eq(points[0].train_loss, 0.7315);
  ck_assert_double_eq(points[0].test_metric, 1.0 / 3);
  ck_assert(isnan(points[0].test_loss)); /* was not measured, and is not 0 */
  ck_assert_int_eq(store_metrics(s, r.key, &metrics, &count, &line), 1);
  ck_assert_uint_eq(count, 2);
  ck_assert_str_eq(metrics[0].name, "parameters");
  ck_assert_int_eq(store_metric(s, r.key, "validation_accuracy", &value, &line), 1);
  ck_assert_double_eq(value, 0.9911);
  ck_assert_int_eq(store_metric(s, r.key, "height", &value, &line), 0);

  ck_assert_int_eq(store_tensors(s, r.key, &tensors, &count, &line), 1);
  ck_assert_uint_eq(count, 3);
  for (size_t i = 0; i < count; i++) {
    ck_assert_str_eq(tensors[i].name, r.tensors[i].name);
    ck_assert(tensors[i].type == r.tensors[i].type && tensors[i].rank == r.tensors[i].rank);
  }
  ck_assert(tensors[0].shape[0] == 3 && tensors[0].shape[1] == 2);
  ck_assert_mem_eq(tensors[0].data, r.tensors[0].data, 6 * sizeof(float));
  ck_assert_mem_eq(tensors[1].data, r.tensors[1].data, 2 * sizeof(int64_t));
  ck_assert_double_eq(*(double *)tensors[2].data, 79442.5);
  for (size_t i = 0; i < count; i++) free(tensors[i].data);
  free(tensors);
  free(points);
  free(metrics);
  store_close(s);
  run_result_free(&found);
  run_result_free(&r);
}
END_TEST

START_TEST(finished_runs_stay_and_failed_ones_are_replaced) {
  save('a', RUN_FAILED);
  save('a', RUN_DONE);
  save('a', RUN_FAILED);
  save('b', RUN_DIVERGED);
  save('b', RUN_DONE);
  store *s = opened(STORE_READ);
  run_result *runs;
  size_t count;
  ck_assert_int_eq(store_list(s, &runs, &count, &line), 1);
  ck_assert_uint_eq(count, 2);
  ck_assert_int_eq(runs[0].status, RUN_DONE);
  ck_assert_int_eq(runs[1].status, RUN_DIVERGED);
  ck_assert_int_eq(runs[1].failed_step, 41);
  ck_assert_str_eq(runs[1].message, "NaN loss at step 41");
  for (size_t i = 0; i < count; i++) run_result_free(&runs[i]);
  free(runs);
  store_close(s);
}
END_TEST

START_TEST(a_prefix_is_enough_when_it_is_the_only_one) {
  save('a', RUN_DONE);
  save('b', RUN_DONE);
  run_result r;
  store *s = opened(STORE_READ);
  ck_assert_int_eq(store_find_prefix(s, "bb", &r, &line), 1);
  ck_assert_int_eq(r.key[0], 'b');
  run_result_free(&r);
  ck_assert_int_eq(store_find_prefix(s, "c", &r, &line), 0);
  ck_assert_int_eq(store_find_prefix(s, "", &r, &line), -1);
  expect_line("", "several runs have a key that begins so; give more digits");
  store_close(s);
}
END_TEST

START_TEST(times_of_done_runs_are_averaged) {
  double seconds;
  save('a', RUN_DONE);
  save('b', RUN_FAILED);
  store *s = opened(STORE_READ);
  ck_assert_int_eq(store_seconds(s, "batch=50\nlr=0.01\n", 2, &seconds, &line), 1);
  ck_assert_double_eq(seconds, 2.385);
  ck_assert_int_eq(store_seconds(s, "batch=50\nlr=0.01\n", 1, &seconds, &line), 0);
  ck_assert_int_eq(store_seconds(s, "batch=51\n", 2, &seconds, &line), 0);
  store_close(s);
}
END_TEST

START_TEST(the_data_last_used_are_known) {
  store_dataset d;
  store *s = opened(STORE_WRITE);
  ck_assert_int_eq(store_data(s, "digits", &d, &line), 0);
  ck_assert_int_eq(store_data_used(s, &(store_dataset){"digits", "d1", "embedded", "generated"}, &line), 0);
  ck_assert_int_eq(store_data_used(s, &(store_dataset){"digits", "d2", "folder", "/data"}, &line), 0);
  ck_assert_int_eq(store_data(s, "digits", &d, &line), 1);
  ck_assert_str_eq(d.digest, "d2");
  ck_assert_str_eq(d.source, "folder");
  ck_assert_str_eq(d.place, "/data");
  store_close(s);
}
END_TEST

START_TEST(two_writers_lose_nothing) {
  pid_t writers[2];
  for (int w = 0; w < 2; w++) {
    writers[w] = fork();
    if (writers[w] == 0) {
      for (int i = 0; i < 20; i++) {
        run_result r = example((char)('A' + i), RUN_DONE);
        r.key[63] = (char)('0' + w);
        message m;
        store *s = store_open(store_path, STORE_WRITE, &m);
        if (!s || store_save(s, &r, &m) != 0) _exit(1);
        store_close(s);
        run_result_free(&r);
      }
      _exit(0);
    }
  }
  for (int w = 0; w < 2; w++) {
    int status;
    ck_assert_int_eq(waitpid(writers[w], &status, 0), writers[w]);
    ck_assert_int_eq(status, 0);
  }
  run_result *runs;
  size_t count;
  store *s = opened(STORE_READ);
  ck_assert_int_eq(store_list(s, &runs, &count, &line), 1);
  ck_assert_uint_eq(count, 40);
  for (size_t i = 0; i < count; i++) run_result_free(&runs[i]);
  free(runs);
  store_close(s);
}
END_TEST

START_TEST(a_claim_excludes_others_and_dies_with_its_owner) {
  char key[STORE_KEY] = "0123456789abcdef0", other[STORE_KEY] = "1123456789abcdef0";
  claim mine, theirs;
  ck_assert_int_eq(claim_take(&mine, store_path, key, &line), 1);
  ck_assert_int_eq(claim_take(&theirs, store_path, key, &line), 0);
  ck_assert_int_eq(theirs, -1);
  ck_assert_int_eq(claim_take(&theirs, store_path, other, &line), 1);
  claim_release(theirs);
  claim_release(mine);

  int ready[2];
  ck_assert_int_eq(pipe(ready), 0);
  pid_t owner = fork();
  if (owner == 0) {
    message m;
    if (claim_take(&mine, store_path, key, &m) == 1 && write(ready[1], "x", 1) == 1)
      for (;;) pause();
    _exit(1);
  }
  char byte;
  ck_assert_int_eq(read(ready[0], &byte, 1), 1);
  ck_assert_int_eq(claim_take(&mine, store_path, key, &line), 0);
  kill(owner, SIGKILL);
  waitpid(owner, NULL, 0);
  ck_assert_int_eq(claim_take(&mine, store_path, key, &line), 1);
  claim_release(mine);
}
END_TEST

TCase *experiments_store_tests(void) {
  TCase *t = tcase_create("store and claims");
  tcase_add_test(t, what_was_saved_is_read);
  tcase_add_test(t, finished_runs_stay_and_failed_ones_are_replaced);
  tcase_add_test(t, a_prefix_is_enough_when_it_is_the_only_one);
  tcase_add_test(t, times_of_done_runs_are_averaged);
  tcase_add_test(t, the_data_last_used_are_known);
  tcase_add_test(t, two_writers_lose_nothing);
  tcase_add_test(t, a_claim_excludes_others_and_dies_with_its_owner);
  return t;
}
