/* Data and stores that agx refuses: one line that says what is wrong, exit status 1, and every file as it
 * was. */
#include "tests/test_experiments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOUSES "house-prices-train.csv"
#define REMEDY "; replace it by https://d2l-data.s3-accelerate.amazonaws.com/kaggle_house_pred_train.csv\n"
#define RUN "run", "--set", "problem=houses", "--set", "epochs=1", "--store", store_path

static void refused(const char *rest) {
  char expected[TEXT_SIZE];
  snprintf(expected, sizeof expected, "agx run: %s%s", in_folder(HOUSES), rest);
  ck_assert_int_eq(AGX(RUN), 1);
  ck_assert_str_eq(err, expected);
  ck_assert_str_eq(out, "");
  ck_assert_int_eq(access(store_path, F_OK), -1);
}

START_TEST(data_that_are_not_the_known_ones) {
  enum { SIZE = 460676 };
  static char bytes[SIZE + 1], after[SIZE + 1];
  memset(bytes, 'x', sizeof bytes);
  ck_assert_int_eq(setenv("AUTOGRAD_DATA", folder, 1), 0);
  refused(": expected the house prices, found no such file; put it there or unset AUTOGRAD_DATA\n");
  write_text(in_folder(HOUSES), bytes, SIZE);
  refused(": expected SHA-256 1e18addf81e5e4d3... of its content, found 6be79e50f94adbde..." REMEDY);
  FILE *f = fopen(in_folder(HOUSES), "rb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fread(after, 1, sizeof after, f), SIZE);
  fclose(f);
  ck_assert_mem_eq(after, bytes, SIZE);
  write_text(in_folder(HOUSES), bytes, 1000);
  refused(": expected 460676 bytes, found 1000" REMEDY);
  write_text(in_folder(HOUSES), bytes, SIZE + 1);
  refused(": expected 460676 bytes, found 460677" REMEDY);
  ck_assert_int_eq(unlink(in_folder(HOUSES)), 0);
  ck_assert_int_eq(mkdir(in_folder(HOUSES), 0700), 0);
  refused(": expected a file, found something else" REMEDY);
  ck_assert_int_eq(rmdir(in_folder(HOUSES)), 0);
  ck_assert_int_eq(symlink(HOUSES, in_folder(HOUSES)), 0); /* a link to itself: root cannot read it either */
  refused(": cannot be read: Too many levels of symbolic links\n");
  ck_assert_int_eq(AGX("data"), 1);
  contains(err, "zip.train.gz: expected the USPS training digits, found no such file; ");
  contains(err, "Too many levels of symbolic links\n");
  ck_assert_int_eq(unsetenv("AUTOGRAD_DATA"), 0);
}
END_TEST

/* A curl that finds no host, and notes in HOME/asked that it was asked. */
static void take_the_network_away(void) {
  static const char curl[] = "#!/bin/sh\necho asked >> \"$HOME/asked\"\nexit 6\n";
  write_text(in_folder("curl"), curl, sizeof curl - 1);
  ck_assert_int_eq(chmod(in_folder("curl"), 0700), 0);
  char *path = memory_format("%s:/usr/bin:/bin", folder);
  ck_assert_int_eq(setenv("PATH", path, 1) | unsetenv("AUTOGRAD_OFFLINE"), 0);
  free(path);
}

START_TEST(a_wrong_setting_comes_before_the_data) {
  take_the_network_away();
  ck_assert_int_eq(AGX("run", "--set", "lr=fast", "--store", store_path), 1);
  ck_assert_str_eq(err, "agx run: lr=fast: not a number\n");
  ck_assert_int_eq(AGX("run", "figure2", "--set", "batch=20", "--store", store_path), 1);
  ck_assert_str_eq(err, "agx run: batch=20: figure2 sweeps this key itself; leave the row out to train one "
                        "configuration\n");
  ck_assert_int_eq(access(in_folder("asked"), F_OK), -1);
}
END_TEST

/* Upstream is asked once, by the driver, whatever becomes of the network until the workers begin; and it says
 * so once. */
START_TEST(a_missing_network_is_told_once) {
  char asked[TEXT_SIZE];
  take_the_network_away();
  ck_assert_int_eq(AGX(RUN, "--seeds", "3", "--jobs", "2"), 0);
  static const char warning[] =
      "agx: warning: " HOUSES ": not fetched from https://d2l-data.s3-accelerate.amazonaws.com/"
      "kaggle_house_pred_train.csv: the host was not found (status 6); using the "
      "embedded data\n";
  ck_assert_int_eq(strncmp(err, warning, sizeof warning - 1), 0);
  ck_assert_ptr_null(strstr(err + 1, "agx: warning"));
  read_text(in_folder("asked"), asked);
  ck_assert_str_eq(asked, "asked\n");
  run_result *runs;
  size_t count = stored_runs(&runs);
  ck_assert_uint_eq(count, 3);
  for (size_t i = 0; i < count; i++) ck_assert_str_eq(runs[i].data_digest, data.houses.digest);
  free_runs(runs, count);
}
END_TEST

START_TEST(a_store_that_is_none) {
  static const char text[] =
      "Dear diary, this is a text of more than a hundred bytes, as long as the head of an "
      "SQLite file is, and it shall not be lost.\n";
  char after[TEXT_SIZE], expected[512];
  static const char *const users[][5] = {
      {"run", "--set", "epochs=1"}, {"run", "--dry-run"}, {"show"}, {"predict", "ab", "--index", "1"}};
  for (int i = 0; i < 4; i++) {
    write_text(store_path, text, sizeof text - 1);
    ck_assert_int_eq(AGX(users[i][0], "--store", store_path, users[i][1], users[i][2], users[i][3]), 1);
    snprintf(
        expected, sizeof expected,
        "agx %s: %s: not a store of runs, nor any SQLite file; choose another file with --store, or move "
        "this one away\n",
        users[i][0], store_path);
    ck_assert_str_eq(err, expected);
    read_text(store_path, after);
    ck_assert_str_eq(after, text);
  }
  ck_assert_int_eq(AGX("run", "--set", "problem=houses", "--store", "/proc/none.db"), 1);
  ck_assert_str_eq(err,
                   "agx run: /proc/none.db: the store cannot be made (No such file or directory); check the "
                   "folder and its permissions, or choose another with --store\n");
}
END_TEST

START_TEST(an_empty_file_becomes_a_store) {
  write_text(store_path, "", 0);
  ck_assert_int_eq(AGX(RUN, "--dry-run"), 0);
  contains(out, "1 runs, 0 of them finished already");
  ck_assert_str_eq(err, "");
  char after[TEXT_SIZE];
  read_text(store_path, after);
  ck_assert_str_eq(after, "");
  ck_assert_int_eq(AGX(RUN), 0);
  contains(err, "1 runs done now");
}
END_TEST

TCase *experiments_refused_tests(void) {
  TCase *t = tcase_create("agx refuses");
  tcase_add_test(t, data_that_are_not_the_known_ones);
  tcase_add_test(t, a_wrong_setting_comes_before_the_data);
  tcase_add_test(t, a_missing_network_is_told_once);
  tcase_add_test(t, a_store_that_is_none);
  tcase_add_test(t, an_empty_file_becomes_a_store);
  return t;
}
