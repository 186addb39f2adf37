/* A run that is stopped goes on from its checkpoint, and ends in the bits of one that never was; a checkpoint
 * that is not what it should be costs one line. */
#include "tests/test_experiments.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/checkpoint_file.h"
#include "experiments/leftovers.h"
#include "experiments/train.h"

/* Stops a run at a step, and keeps what it warned of. */
typedef struct {
  int64_t stop, step, first; /* first: the step at which the sitting began */
  char warned[2048];
} sitter;

static void beat(void *user, int64_t step, int64_t epoch, double loss) {
  sitter *s = user;
  (void)epoch, (void)loss;
  s->step = step;
  if (s->first == 0) s->first = step;
}

static bool stop(void *user) {
  const sitter *s = user;
  return s->step == s->stop;
}

static void warn(void *user, const char *text) {
  sitter *s = user;
  size_t used = strlen(s->warned);
  snprintf(s->warned + used, sizeof s->warned - used, "%s\n", text);
}

/* One sitting until this step, with checkpoints after every step; or to the end (0), without any. */
static int sit(run_result *r, const plan_job *job, int64_t until, sitter *s) {
  *s = (sitter){.stop = until};
  train_options options = {.threads = 1,
                           .beat = beat,
                           .stop = stop,
                           .warn = warn,
                           .user = s,
                           .store = store_path,
                           .checkpoint_every = until > 0 ? 0 : 1e9};
  return train(r, job, &data, &options, &line);
}

static void stop_at(const plan_job *job, int64_t step) {
  run_result r;
  sitter s;
  ck_assert_int_eq(sit(&r, job, step, &s), TRAIN_STOPPED);
  ck_assert_int_eq(s.step, step);
  ck_assert_str_eq(s.warned, "");
  run_result_free(&r);
}

static run_result whole(const plan_job *job) {
  run_result r;
  ck_assert_msg(train(&r, job, &data, &(train_options){.threads = 1}, &line) == 0, "%s", line.text);
  return r;
}

static void forget(const plan_job *job) { leftovers_remove(store_path, job->key); }

#define SMALL                                                                                                \
  "epochs=3", "limit.train=70", "limit.evaluate=60", "batch=20", "conv.layers=2", "conv.channels=4"
static const char *const cases[][12] = {
    {SMALL, "schedule.step=2", "optimizer=adam"},
    {SMALL, "optimizer=sgd", "momentum=0.9"},
    {SMALL, "optimizer=rmsprop", "momentum=0.5", "weight_decay=0.01"},
    {SMALL, "dtype=float64", "conv.dropout=0.4"},
    {"problem=houses", "model=gaussian", "epochs=3", "limit.train=70", "batch=20", "mlp.width=8",
     "record.every=2"},
    {"problem=houses", "epochs=3", "limit.train=70", "batch=20", "mlp.width=8", "optimizer=rmsprop"}};
enum {
  CASES = sizeof cases / sizeof cases[0],
  STEPS = 12
}; /* 3 epochs of 4 batches, the last of 10 samples */

START_TEST(a_stopped_run_ends_in_the_same_bits) {
  static const int64_t stops[][3] = {{1, 0}, {2, 7, 0}, {4, 0}, {5, 8, 11}, {12, 0}};
  plan_job job = job_of(cases[_i], 3, NULL);
  run_result expected = whole(&job);
  for (int i = 0; i < 5; i++) {
    int64_t last = 0;
    for (int j = 0; j < 3 && stops[i][j]; j++) stop_at(&job, last = stops[i][j]);
    run_result r;
    sitter s;
    ck_assert_int_eq(sit(&r, &job, 0, &s), 0);
    ck_assert_str_eq(s.warned, "");
    bool at_end = last % 4 == 0 && (job.config.record_every == 1 || last == STEPS); /* of a recorded epoch */
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
  plan_job job = job_of(cases[0], 1, NULL);
  run_result expected = whole(&job), r;
  sitter s;
  for (int64_t step = 1; step <= STEPS; step++) stop_at(&job, step);
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

/* ---- Checkpoints that cannot be used ------------------------------------------------------------------- */

static char *file_of(const plan_job *job, char which) {
  return memory_format("%s-checkpoints/%s-%c", store_path, job->key, which);
}

enum { MOST = 1 << 20 };
typedef struct {
  char bytes[MOST];
  size_t size;
} content;

static void read_file(const char *path, content *c) {
  FILE *f = fopen(path, "rb");
  ck_assert_msg(f != NULL, "%s", path);
  c->size = fread(c->bytes, 1, MOST, f);
  fclose(f);
}

/* Both checkpoints of a job, to begin anew from. */
static content kept[2];

static void keep(const plan_job *job) {
  for (int i = 0; i < 2; i++) {
    char *path = file_of(job, (char)('a' + i));
    read_file(path, &kept[i]);
    free(path);
  }
}

static void put_back(const plan_job *job) {
  for (int i = 0; i < 2; i++) {
    char *path = file_of(job, (char)('a' + i));
    write_text(path, kept[i].bytes, kept[i].size);
    free(path);
  }
}

/* The line about one file: "checkpoint FILE is not used: why\n". */
static void warned(const char *text, const char *path, const char *why) {
  char expected[1024];
  snprintf(expected, sizeof expected, "checkpoint %s is not used: %s\n", path, why);
  ck_assert_str_eq(text, expected);
}

/* Sits on until the end and says at which step that began. */
static int64_t go_on(const plan_job *job, sitter *s) {
  run_result expected = whole(job), r;
  ck_assert_int_eq(sit(&r, job, 0, s), 0);
  ck_assert(same_run(&expected, &r));
  run_result_free(&expected);
  run_result_free(&r);
  return s->first;
}

/* The first step of a sitting of one step. */
static int64_t next_step(const plan_job *job, sitter *s) {
  run_result r;
  ck_assert_int_eq(sit(&r, job, 5, s), TRAIN_STOPPED);
  run_result_free(&r);
  return s->first;
}

/* Stopped at step 5 the older checkpoint (b) is that of step 4, the newer one (a) that of step 5. */
START_TEST(a_torn_checkpoint_costs_a_line_and_a_step) {
  plan_job job = job_of(cases[4], 1, NULL);
  sitter s;
  run_result r;
  char *path = file_of(&job, 'a');
  stop_at(&job, 5);
  keep(&job);
  ck_assert_int_eq(go_on(&job, &s), 6);
  for (size_t size = 0; size < kept[0].size; size += size < 80 ? 7 : 997) {
    put_back(&job);
    write_text(path, kept[0].bytes, size);
    ck_assert_int_eq(sit(&r, &job, 5, &s), TRAIN_STOPPED);
    ck_assert_int_eq(s.first, 5);
    ck_assert_msg(strstr(s.warned, "-a is not used: torn: ") != NULL, "%zu bytes: %s", size, s.warned);
    ck_assert_ptr_eq(strchr(s.warned, '\n'), s.warned + strlen(s.warned) - 1);
    run_result_free(&r);
  }
  for (size_t at = 0; at < kept[0].size; at += 1 + at / 2) {
    put_back(&job);
    kept[0].bytes[at] ^= 1;
    write_text(path, kept[0].bytes, kept[0].size);
    kept[0].bytes[at] ^= 1;
    ck_assert_int_eq(sit(&r, &job, 5, &s), TRAIN_STOPPED);
    ck_assert_msg(s.first == 5 && strstr(s.warned, "-a is not used: ") != NULL, "byte %zu: %s", at, s.warned);
    run_result_free(&r);
  }
  free(path);
}
END_TEST

START_TEST(without_a_good_one_it_begins_anew) {
  plan_job job = job_of(cases[4], 1, NULL);
  sitter s;
  char *paths[2] = {file_of(&job, 'a'), file_of(&job, 'b')};
  stop_at(&job, 5);
  for (int i = 0; i < 2; i++) write_text(paths[i], "agxstate", 8);
  ck_assert_int_eq(go_on(&job, &s), 1);
  contains(s.warned, "-a is not used: torn: only 8 bytes\n");
  contains(s.warned, "-b is not used: torn: only 8 bytes\n");
  for (int i = 0; i < 2; i++) free(paths[i]);
}
END_TEST

/* Puts a checkpoint of any content, key and maker in the place of one of the job's, with the digest that it
 * needs. */
static void put_content(const plan_job *job, const char *key, const char *maker, int64_t serial,
                        const void *what, size_t size) {
  checkpoint_pair p = checkpoint_pair_of(store_path, key, maker);
  p.serial = serial - 1;
  bytes b = {.data = NULL};
  bytes_put(&b, what, size);
  ck_assert_msg(checkpoint_write(&p, &b, &line) == 0, "%s", line.text);
  char *from = memory_format("%s-%c", p.stem, serial % 2 ? 'a' : 'b'),
       *to = file_of(job, serial % 2 ? 'a' : 'b');
  ck_assert_int_eq(rename(from, to), 0);
  free(from);
  free(to);
  free(b.data);
  checkpoint_pair_free(&p);
}

START_TEST(a_foreign_checkpoint_is_noticed) {
  plan_job job = job_of(cases[4], 1, NULL), other = job_of(cases[4], 2, NULL);
  sitter s;
  char *path = file_of(&job, 'a'), why[128];
  stop_at(&other, 5);
  stop_at(&job, 5);
  char *others = file_of(&other, 'a');
  keep(&job);
  ck_assert_int_eq(rename(others, path), 0);
  ck_assert_int_eq(next_step(&job, &s), 5);
  snprintf(why, sizeof why, "of another run, %.12s", other.key);
  warned(s.warned, path, why);

  put_back(&job);
  kept[0].bytes[8] = 7; /* the version */
  write_text(path, kept[0].bytes, kept[0].size);
  kept[0].bytes[8] = 1;
  ck_assert_int_eq(next_step(&job, &s), 5);
  warned(s.warned, path, "of version 7, but this program knows version 1");

  put_back(&job);
  kept[0].bytes[0] = 'A';
  write_text(path, kept[0].bytes, kept[0].size);
  kept[0].bytes[0] = 'a';
  ck_assert_int_eq(next_step(&job, &s), 5);
  warned(s.warned, path, "not a checkpoint");

  put_back(&job);
  put_content(&job, job.key, "a pocket calculator", 5, "", 0);
  ck_assert_int_eq(next_step(&job, &s), 5);
  warned(s.warned, path,
         "made by another build or on another processor (a pocket calculator), which rounds otherwise");

  put_back(&job);
  ck_assert_int_eq(unlink(path), 0);
  ck_assert_int_eq(mkdir(path, 0700), 0);
  run_result r;
  ck_assert_int_eq(sit(&r, &job, 5, &s), TRAIN_STOPPED);
  ck_assert_int_eq(s.first, 5);
  contains(s.warned, "-a is not used: not a file\n");
  contains(s.warned, "-a: the checkpoint cannot be written (Is a directory); the one before is untouched\n");
  run_result_free(&r);
  ck_assert_int_eq(rmdir(path), 0);
  free(path);
  free(others);
}
END_TEST

/* One whose digest is right and whose content is anything: checked before anything is believed. */
START_TEST(a_content_that_does_not_fit_is_refused) {
  plan_job job = job_of(cases[4], 1, NULL),
           wider = job_of((const char *const[]){"problem=houses", NULL}, 1, NULL);
  sitter s;
  char *path = file_of(&job, 'a');
  stop_at(&job, 5);
  keep(&job);
  const content *good = &kept[0];
  checkpoint_pair p = checkpoint_pair_of(store_path, job.key, "");
  int64_t length; /* of the maker's name, to make ours the same */
  memcpy(&length, good->bytes + 8 + 8 + 8 + 8 + 64, sizeof length);
  char *maker = memory_format("%.*s", (int)length, good->bytes + 8 + 8 + 8 + 8 + 64 + 8);
  size_t head = 8 + 8 + 8 + 8 + 64 + 8 + (size_t)length + 8, size = good->size - head - 64;
  char *inside = memory_new(size + 8, 1);

  for (size_t at = 0; at <= size; at += at < 160 ? 8 : 1016) {
    memcpy(inside, good->bytes + head, size);
    if (at < size) memset(inside + at, 0xff, size - at < 8 ? size - at : 8); /* else one word too many */
    put_back(&job);
    put_content(&job, job.key, maker, 5, inside, at < size ? size : size + 8);
    run_result r; /* a changed number may well pass for another number: what counts is that nothing breaks */
    ck_assert_int_ge(sit(&r, &job, 6, &s), 0);
    run_result_free(&r);
  }
  put_back(&job);
  memcpy(inside, good->bytes + head, size);
  memset(inside + 9 * 8 + 8, 0xff, 8); /* the first sample of the order */
  put_content(&job, job.key, maker, 5, inside, size);
  ck_assert_int_eq(next_step(&job, &s), 5);
  warned(s.warned, path, "it does not fit the run");

  stop_at(&wider, 1);
  content *large = memory_new(1, sizeof *large);
  char *other = file_of(&wider, 'a');
  read_file(other, large);
  put_back(&job);
  put_content(&job, job.key, maker, 5, large->bytes + head, large->size - head - 64);
  ck_assert_int_eq(next_step(&job, &s), 5);
  warned(s.warned, path, "it does not fit the run");
  free(large);
  free(other);
  free(inside);
  free(maker);
  free(path);
  checkpoint_pair_free(&p);
}
END_TEST

START_TEST(a_full_disk_stops_no_run) {
  plan_job job = job_of(cases[0], 1, NULL);
  struct rlimit before, tight = {100, RLIM_INFINITY};
  sitter s;
  ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
  tight.rlim_max = before.rlim_max;
  signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &tight), 0);
  run_result r;
  ck_assert_int_eq(sit(&r, &job, STEPS, &s), TRAIN_STOPPED);
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
  plan_job done = job_of(cases[4], 1, NULL), open = job_of(cases[4], 2, NULL);
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
  tcase_add_loop_test(t, a_stopped_run_ends_in_the_same_bits, 0, CASES);
  tcase_add_test(t, a_run_can_be_stopped_at_every_step);
  tcase_add_test(t, a_torn_checkpoint_costs_a_line_and_a_step);
  tcase_add_test(t, without_a_good_one_it_begins_anew);
  tcase_add_test(t, a_foreign_checkpoint_is_noticed);
  tcase_add_test(t, a_content_that_does_not_fit_is_refused);
  tcase_add_test(t, a_full_disk_stops_no_run);
  tcase_add_test(t, leftovers_of_kills_are_swept);
  return t;
}
