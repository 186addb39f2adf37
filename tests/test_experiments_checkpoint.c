/* A checkpoint that is not what it should be costs one line: the other one is used, or the run begins anew.
 */
#include "tests/test_experiments_sitting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/checkpoint.h"
#include "experiments/checkpoint_file.h"
#include "experiments/train.h"

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

/* The first step of a sitting of one step. */
static int64_t next_step(const plan_job *job, sitter *s) {
  run_result r;
  ck_assert_int_eq(sit(&r, job, 5, s), TRAIN_STOPPED);
  run_result_free(&r);
  return s->first;
}

/* Stopped at step 5 the older checkpoint (b) is that of step 4, the newer one (a) that of step 5. */
START_TEST(a_torn_checkpoint_costs_a_line_and_a_step) {
  plan_job job = job_of(sitting_cases[4], 1, NULL);
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
  plan_job job = job_of(sitting_cases[4], 1, NULL);
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
  plan_job job = job_of(sitting_cases[4], 1, NULL), other = job_of(sitting_cases[4], 2, NULL);
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
  plan_job job = job_of(sitting_cases[4], 1, NULL),
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

  for (size_t at = 0; at <= size; at += at < 160 + 8 * FIRST_LOSSES ? 8 : 1016) {
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
  memset(inside + (9 + FIRST_LOSSES) * 8 + 8, 0xff, 8); /* the first sample of the order */
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

TCase *experiments_checkpoint_tests(void) {
  TCase *t = tcase_create("checkpoints");
  tcase_add_test(t, a_torn_checkpoint_costs_a_line_and_a_step);
  tcase_add_test(t, without_a_good_one_it_begins_anew);
  tcase_add_test(t, a_foreign_checkpoint_is_noticed);
  tcase_add_test(t, a_content_that_does_not_fit_is_refused);
  return t;
}
