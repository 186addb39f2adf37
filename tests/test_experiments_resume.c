/* A run that is stopped goes on from its checkpoint, and ends in the bits of one that never was. */
#include "tests/test_experiments_sitting.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "experiments/leftovers.h"
#include "experiments/train.h"

START_TEST(a_stopped_run_ends_in_the_same_bits) {
  static const int64_t stops[][3] = {{1, 0}, {2, 7, 0}, {4, 0}, {5, 8, 11}, {12, 0}};
  plan_job job = job_of(sitting_cases[_i], 3, NULL);
  run_result expected = whole(&job);
  for (int i = 0; i < 5; i++) {
    int64_t last = 0;
    for (int j = 0; j < 3 && stops[i][j]; j++) stop_at(&job, last = stops[i][j]);
    run_result r;
    sitter s;
    ck_assert_int_eq(sit(&r, &job, 0, &s), 0);
    ck_assert_str_eq(s.warned, "");
    bool at_end =
        last % 4 == 0 && (job.config.record_every == 1 || last == SITTING_STEPS); /* of a recorded epoch */
    ck_assert_int_eq(s.first, at_end ? last : last + 1); /* nothing was trained twice */
    ck_assert_int_eq(r.status, RUN_DONE);
    ck_assert_msg(same_run(&expected, &r), "stopped before step %d", (int)last);
    run_result_free(&r);
    forget(&job);
  }
  run_result_free(&expected);
}
END_TEST

/* A sitting for each step: also counts that clocks add up. */
START_TEST(a_run_can_be_stopped_at_every_step) {
  plan_job job = job_of(sitting_cases[0], 1, NULL);
  run_result expected = whole(&job), r;
  sitter s;
  for (int64_t step = 1; step <= SITTING_STEPS; step++) stop_at(&job, step);
  ck_assert_int_eq(sit(&r, &job, 0, &s), 0);
  ck_assert(same_run(&expected, &r));
  for (size_t i = 1; i < r.history_count; i++)
    ck_assert_double_ge(r.history[i].seconds, r.history[i - 1].seconds);
  ck_assert_double_ge(r.seconds, r.history[r.history_count - 1].seconds);
  ck_assert_double_le(r.started, expected.started + 60);
  run_result_free(&expected);
  run_result_free(&r);
}
END_TEST

START_TEST(a_stop_writes_a_checkpoint) {
  plan_job job = job_of(sitting_cases[4], 1, NULL);
  sitter s;
  stop_seldom_at(&job, 6);
  ck_assert_int_eq(go_on(&job, &s), 7);
}
END_TEST

START_TEST(a_full_disk_stops_no_run) {
  plan_job job = job_of(sitting_cases[0], 1, NULL);
  struct rlimit before, tight = {100, RLIM_INFINITY};
  sitter s;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
  tight.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
  run_result r;
  ck_assert_int_eq(sit(&r, &job, SITTING_STEPS, &s), TRAIN_STOPPED);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
  run_result_free(&r);
  char *path = file_of(&job, 'a'),
       *expected = memory_format(
           "%s: the checkpoint cannot be written (File too large); the one before is untouched\n", path);
  ck_assert_str_eq(s.warned, expected); /* once, not after every step */
  ck_assert_int_eq(go_on(&job, &s), 1);
  free(path);
  free(expected);
}
END_TEST

START_TEST(leftovers_of_kills_are_swept) {
  plan_job done = job_of(sitting_cases[4], 1, NULL), open = job_of(sitting_cases[4], 2, NULL);
  stop_at(&done, 5);
  stop_at(&open, 5);
  static const char *const suffixes[] = {"-a.tmp", "-live"};
  for (int i = 0; i < 2; i++) {
    char *path = memory_format("%s-checkpoints/%s%s", store_path, open.key, suffixes[i]);
    write_text(path, "half", 4);
    free(path);
  }
  run_result r = whole(&done);
  memcpy(r.key, done.key, sizeof r.key);
  store *s = store_open(store_path, STORE_WRITE, &line);
  ck_assert_msg(s && store_save(s, &r, &line) == 0, "%s", line.text);
  store_close(s);
  run_result_free(&r);
  leftover *list;
  size_t count;
  ck_assert_int_eq(leftovers_list(store_path, &list, &count, &line), 0);
  ck_assert_uint_eq(count, 2);
  free(list);
  ck_assert_msg(leftovers_sweep(store_path, &line) == 0, "%s", line.text);
  ck_assert_int_eq(leftovers_list(store_path, &list, &count, &line), 0);
  ck_assert_uint_eq(count, 1);
  ck_assert_str_eq(list[0].key, open.key);
  ck_assert(list[0].checkpoint && !list[0].running);
  free(list);
  for (int i = 0; i < 2; i++) {
    char *path = memory_format("%s-checkpoints/%s%s", store_path, open.key, suffixes[i]);
    ck_assert_int_eq(access(path, F_OK), -1);
    free(path);
  }
  forget(&open);
  char *folder_of = memory_format("%s-checkpoints", store_path);
  ck_assert_int_eq(access(folder_of, F_OK), -1);
  free(folder_of);
}
END_TEST

TCase *experiments_resume_tests(void) {
  TCase *t = tcase_create("resume");
  tcase_add_loop_test(t, a_stopped_run_ends_in_the_same_bits, 0, SITTING_CASES);
  tcase_add_test(t, a_run_can_be_stopped_at_every_step);
  tcase_add_test(t, a_stop_writes_a_checkpoint);
  tcase_add_test(t, a_full_disk_stops_no_run);
  tcase_add_test(t, leftovers_of_kills_are_swept);
  return t;
}
