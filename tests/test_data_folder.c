/* A folder that the user names: every fault of a file there is an error with its exact message. */
#include "tests/test_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(folder_without_the_file) {
  digits d;
  houses h;
  set("AUTOGRAD_DATA", home);
  ck_assert_int_eq(digits_load(&d, NULL, message, sizeof message), -1);
  expect("", home,
         "/zip.train.gz: expected the USPS training digits, found no such file; put it there or unset "
         "AUTOGRAD_DATA");
  ck_assert_ptr_null(d.train.x);
  ck_assert_int_eq(houses_load(&h, "/dev/null", message, sizeof message), -1);
  expect("", "/dev/null",
         "/house-prices-train.csv: expected the house prices, found no such file; put it there or unset "
         "AUTOGRAD_DATA");
}
END_TEST

static void refuse_digits(const char *after) {
  digits d;
  ck_assert_int_eq(digits_load(&d, home, message, sizeof message), -1);
  expect(home, "", after);
}

START_TEST(folder_with_bad_files) {
#define REPLACE "; replace it by https://hastie.su.domains/ElemStatLearn/datasets/zip.train.gz"
  char path[256], zipped[256];
  const size_t n = gzip("6 -1 -1\n", 8, zipped, sizeof zipped);
  in_home(path, "zip.train.gz");
  write_file(path, zipped, n, 0600);
  refuse_digits("/zip.train.gz: expected 14512253 bytes uncompressed, found 8" REPLACE);
  write_file(path, zipped, n - 1, 0600);
  refuse_digits(
      "/zip.train.gz: expected 14512253 bytes uncompressed, found the file cut short after 8" REPLACE);
  write_file(path, "6 -1 -1\n", 8, 0600);
  refuse_digits(
      "/zip.train.gz: expected gzip data, found other bytes behind the first 0 uncompressed" REPLACE);
  write_file(path, "", 0, 0600);
  refuse_digits(
      "/zip.train.gz: expected 14512253 bytes uncompressed, found the file cut short after 0" REPLACE);
  ck_assert_int_eq(unlink(path), 0);
  ck_assert_int_eq(mkdir(path, 0700), 0);
  refuse_digits("/zip.train.gz: expected a file, found something else" REPLACE);
  ck_assert_int_eq(rmdir(path), 0);
  ck_assert_int_eq(mkfifo(path, 0600), 0);
  refuse_digits("/zip.train.gz: expected a file, found something else" REPLACE);
}
END_TEST

START_TEST(folder_with_altered_houses) {
  const size_t n = 460676;
  char path[256], *bytes = malloc(n);
  houses h;
  ck_assert_ptr_nonnull(bytes);
  memset(bytes, 'x', n);
  write_file(in_home(path, "house-prices-train.csv"), bytes, n, 0600);
  free(bytes);
  ck_assert_int_eq(houses_load(&h, home, message, sizeof message), -1);
  expect("", home,
         "/house-prices-train.csv: expected SHA-256 1e18addf81e5e4d3... of its content, found "
         "6be79e50f94adbde...; replace it by "
         "https://d2l-data.s3-accelerate.amazonaws.com/kaggle_house_pred_train.csv");
}
END_TEST

START_TEST(folder_name_that_is_too_long_or_odd) {
  static char folder[8192];
  digits d;
  memset(folder, 'f', sizeof folder - 1);
  folder[0] = '/';
  ck_assert_int_eq(digits_load(&d, folder, message, sizeof message), -1);
  char expected[256];
  (void)snprintf(expected, sizeof expected, "%.100s...: the path is too long; choose a shorter folder",
                 folder);
  ck_assert_str_eq(message, expected);
  ck_assert_int_eq(digits_load(&d, "two\nlines", message, sizeof message), -1);
  expect("", "two?lines",
         "/zip.train.gz: expected the USPS training digits, found no such file; put it there or unset "
         "AUTOGRAD_DATA");
  /* A short buffer is filled and not overrun. */
  char small[8] = "-------";
  ck_assert_int_eq(digits_load(&d, "/nowhere", small, 6), -1);
  ck_assert_str_eq(small, "/nowh");
  ck_assert_int_eq(small[6], '-');
}
END_TEST

TCase *data_folder_tests(void) {
  TCase *t = tcase_create("folder");
  tcase_add_test(t, folder_without_the_file);
  tcase_add_test(t, folder_with_bad_files);
  tcase_add_test(t, folder_with_altered_houses);
  tcase_add_test(t, folder_name_that_is_too_long_or_odd);
  return t;
}
