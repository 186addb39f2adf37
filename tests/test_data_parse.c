/* Digest, parsers and gzip: what is read, and the exact message for what is refused. */
#include "experiments/data/gunzip.h"
#include "experiments/data/parse.h"
#include "tests/test_data.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- digest ---- */

START_TEST(digest_known_answers) {
  char hex[DIGEST_SIZE];
  sha256_hex("", 0, hex);
  ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  sha256_hex("abc", 3, hex);
  ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  digest_stream s;
  digest_begin(&s);
  digest_add(&s, "a", 1);
  digest_add(&s, NULL, 0);
  digest_add(&s, "bc", 2);
  digest_end(&s, hex);
  ck_assert_str_eq(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

/* ---- digits ---- */

/* A row of text whose pixel k (from 0) is k * 0.0075 - 0.95, with pixel `at` replaced by `text`. */
static char *put_row(char *out, const char *label, int at, const char *text, const char *end) {
  out += sprintf(out, "%s", label);
  for (int k = 0; k < DIGIT_PIXELS; k++)
    out += k == at ? sprintf(out, " %s", text) : sprintf(out, " %.4f", k * 0.0075 - 0.95);
  return out + sprintf(out, "%s", end);
}

START_TEST(digits_are_read) {
  static char bytes[8192];
  digit_set set;
  /* With the C locale's dot even where the program's locale writes a comma. */
  (void)setlocale(LC_ALL, "de_DE.UTF-8");
  char *end = put_row(bytes, "7.0000", 3, "-6.25e-1", " \r\n");
  end = put_row(end, "\t2", 255, "+.5", "");
  ck_assert_int_eq(digits_parse(bytes, (size_t)(end - bytes), "d", 2, &set, message, sizeof message), 0);
  (void)setlocale(LC_ALL, "C");
  ck_assert_int_eq(set.n, 2);
  ck_assert_int_eq(set.label[0], 7);
  ck_assert_int_eq(set.label[1], 2);
  ck_assert_double_eq((double)set.x[3], -0.625);
  ck_assert_double_eq((double)set.x[256 + 255], 0.5);
  ck_assert_double_eq_tol((double)set.x[256 + 101], -0.1925, 1e-7);
  digit_set_free(&set);
  ck_assert_ptr_null(set.x);
}
END_TEST

static const struct {
  const char *label;
  int at;
  const char *text, *end;
  const char *expected; /* behind "d:2:" */
} bad_rows[] = {
    {"10", -1, "", "\n", "1: expected a label 0 to 9, found '10'"},
    {"-1", -1, "", "\n", "1: expected a label 0 to 9, found '-1'"},
    {"3.5", -1, "", "\n", "1: expected a label 0 to 9, found '3.5'"},
    {"x", -1, "", "\n", "1: expected a label 0 to 9, found 'x'"},
    {"4", 0, "nan", "\n", "3: expected pixel 1 of 256 within [-1, 1], found 'nan'"},
    {"4", 1, "inf", "\n", "11: expected pixel 2 of 256 within [-1, 1], found 'inf'"},
    {"4", 0, "0x1p-1", "\n", "3: expected pixel 1 of 256 within [-1, 1], found '0x1p-1'"},
    {"4", 0, "1.0001", "\n", "3: expected pixel 1 of 256 within [-1, 1], found '1.0001'"},
    {"4", 0, "-1.5", "\n", "3: expected pixel 1 of 256 within [-1, 1], found '-1.5'"},
    {"4", 0, "0.5.5", "\n", "3: expected pixel 1 of 256 within [-1, 1], found '0.5.5'"},
    {"4", 0, "0,5", "\n", "3: expected pixel 1 of 256 within [-1, 1], found '0,5'"},
    {"4", 0, "1e999", "\n", "3: expected pixel 1 of 256 within [-1, 1], found '1e999'"},
    {"4", 0, "0.1234567890123456789012345678901234567890123456789012345678901234", "\n",
     "3: expected pixel 1 of 256 within [-1, 1], found '0.1234567890123456789012...'"},
    {"4", 255, "", "\n", "1915: expected pixel 256 of 256 within [-1, 1], found nothing"},
    {"4", -1, "", " 0.25\n", "1922: expected the end of the line after 256 pixels, found '0.25'"},
    {"4", -1, "", "\n\n", NULL}, /* an empty third line: see below */
};

START_TEST(digits_are_refused) {
  static char bytes[8192];
  char expected[256];
  digit_set set;
  char *end = put_row(bytes, "6", -1, "", "\n");
  end = put_row(end, bad_rows[_i].label, bad_rows[_i].at, bad_rows[_i].text, bad_rows[_i].end);
  ck_assert_int_eq(digits_parse(bytes, (size_t)(end - bytes), "d", 3, &set, message, sizeof message), -1);
  if (bad_rows[_i].expected != NULL)
    (void)snprintf(expected, sizeof expected, "d:2:%s; correct the line or replace the file",
                   bad_rows[_i].expected);
  else
    strcpy(expected, "d:3:1: expected a label 0 to 9, found nothing; correct the line or replace the file");
  ck_assert_str_eq(message, expected);
  ck_assert_ptr_null(set.x);
  ck_assert_ptr_null(set.label);
  ck_assert_int_eq(set.n, 0);
}
END_TEST

START_TEST(digits_row_counts) {
  static char bytes[8192];
  digit_set set;
  char *end = put_row(put_row(bytes, "6", -1, "", "\n"), "5", -1, "", "\n");
  const size_t n = (size_t)(end - bytes);
  ck_assert_int_eq(digits_parse(bytes, n, "d", 3, &set, message, sizeof message), -1);
  expect("", "d", ": expected 3 rows, found 2; the file is cut short, replace it");
  ck_assert_int_eq(digits_parse(bytes, n, "d", 1, &set, message, sizeof message), -1);
  expect("", "d", ":2:1: expected 1 rows, found one more; correct the line or replace the file");
  ck_assert_int_eq(digits_parse(bytes, 0, "d", 2, &set, message, sizeof message), -1);
  expect("", "d", ": expected 2 rows, found 0; the file is cut short, replace it");
  bytes[1234] = '\0';
  ck_assert_int_eq(digits_parse(bytes, n, "d", 2, &set, message, sizeof message), -1);
  expect("", "d", ":1:1235: expected text, found a NUL byte; correct the line or replace the file");
}
END_TEST

START_TEST(long_lines_are_refused) {
  const size_t n = (1 << 20) + 1;
  char *bytes = malloc(n);
  digit_set set;
  ck_assert_ptr_nonnull(bytes);
  memset(bytes, ' ', n);
  ck_assert_int_eq(digits_parse(bytes, n, "d", 1, &set, message, sizeof message), -1);
  expect("", "d",
         ":1:1048577: expected a line of at most 1 MiB, found a longer one; correct the line or replace the "
         "file");
  free(bytes);
}
END_TEST

/* ---- houses ---- */

START_TEST(houses_are_read) {
  static const char bytes[] =
      "SalePrice,\"Note, \"\"free\"\"\",GrLivArea,YearBuilt,\"OverallQual\",TotalBsmtSF\r\n"
      "208500.25,\"a, b\",1710,2003,\"7\",856\r\n"
      "34900,,1.25e3,1927,3,-0.5";
  static const double x[8] = {7, 2003, 856, 1710, 3, 1927, -0.5, 1250};
  houses h;
  ck_assert_int_eq(houses_parse(bytes, sizeof bytes - 1, "h", 2, &h, message, sizeof message), 0);
  ck_assert_int_eq(h.n, 2);
  for (int i = 0; i < 8; i++) ck_assert_double_eq(h.x[i], x[i]);
  ck_assert_double_eq(h.price[0], 208500.25);
  ck_assert_double_eq(h.price[1], 34900);
  houses_free(&h);
  ck_assert_ptr_null(h.x);
}
END_TEST

#define COLUMNS "OverallQual,YearBuilt,TotalBsmtSF,GrLivArea,SalePrice\n"
#define LINE "; correct the line or replace the file"

static const struct {
  const char *text, *expected;
} bad_houses[] = {
    {"", "h: expected a line of column names, found an empty file; replace it"},
    {"OverallQual,YearBuilt,TotalBsmtSF,SalePrice\n7,2003,856,1\n",
     "h:1: expected a column GrLivArea, found none of that name; replace the file"},
    {"OverallQual,YearBuilt,OverallQual\n", "h:1:23: expected each column once, found 'OverallQual'" LINE},
    {COLUMNS "7,2003,NA,1710,208500\n", "h:2:8: expected a number for TotalBsmtSF, found 'NA'" LINE},
    {COLUMNS "7,2003,,1710,208500\n", "h:2:8: expected a number for TotalBsmtSF, found nothing" LINE},
    {COLUMNS "7,2003,856, 1710,208500\n", "h:2:12: expected a number for GrLivArea, found ' 1710'" LINE},
    {COLUMNS "7,2003,856,1710,1e400\n", "h:2:17: expected a number for SalePrice, found '1e400'" LINE},
    {COLUMNS "7,2003,856,1710\n", "h:2:16: expected 5 fields, found 4" LINE},
    {COLUMNS "7,2003,856,1710,5,6\n", "h:2:20: expected 5 fields, found 6" LINE},
    {COLUMNS "\n", "h:2:1: expected a number for OverallQual, found nothing" LINE},
    {COLUMNS "7,\"2003,856,1710,5\n", "h:2:3: expected a closing quote on the same line, found none" LINE},
    {COLUMNS "7,\"2003\"\"", "h:2:3: expected a closing quote on the same line, found none" LINE},
    {COLUMNS "7,\"2003\"x,856,1710,5\n",
     "h:2:9: expected a comma or the end of the line, found text behind a quoted field" LINE},
    {COLUMNS "7,20\"03,856,1710,5\n",
     "h:2:5: expected a comma or the end of the line, found a quote inside a field" LINE},
    {COLUMNS "7,2003,856,1710,5\n",
     "h: expected 2 rows below the column names, found 1; the file is cut short, replace it"},
    {COLUMNS "7,2003,856,1710,5\n6,1999,8,9,5\n5,1998,7,8,9\n",
     "h:4:1: expected 2 rows below the column names, found one more" LINE},
};

START_TEST(houses_are_refused) {
  houses h;
  const char *text = bad_houses[_i].text;
  ck_assert_int_eq(houses_parse(text, strlen(text), "h", 2, &h, message, sizeof message), -1);
  ck_assert_str_eq(message, bad_houses[_i].expected);
  ck_assert_ptr_null(h.x);
  ck_assert_ptr_null(h.price);
}
END_TEST

/* ---- gzip ---- */

START_TEST(gunzip_every_way) {
  char in[256], *out;
  size_t m;
  const size_t first = gzip("hello ", 6, in, sizeof in);
  const size_t n = first + gzip("world", 5, in + first, sizeof in - first);
  ck_assert_int_eq(gunzip(in, n, 11, &out, &m), GUNZIP_OK);
  ck_assert_uint_eq(m, 11);
  ck_assert_mem_eq(out, "hello world", 11);
  free(out);
  ck_assert_int_eq(gunzip(in, n, 10, &out, &m), GUNZIP_LONG);
  ck_assert_ptr_null(out);
  ck_assert_int_eq(gunzip(in, n - 1, 11, &out, &m), GUNZIP_SHORT);
  ck_assert_int_eq(gunzip(in, 5, 11, &out, &m), GUNZIP_SHORT);
  ck_assert_int_eq(gunzip(in, 0, 11, &out, &m), GUNZIP_SHORT);
  ck_assert_int_eq(gunzip("7 -1 -1 plain text", 18, 11, &out, &m), GUNZIP_DAMAGED);
  in[n] = 'x', in[n + 1] = 'y';
  ck_assert_int_eq(gunzip(in, n + 2, 11, &out, &m), GUNZIP_DAMAGED);
  in[first - 6] ^= 1; /* the checksum of the first member */
  ck_assert_int_eq(gunzip(in, n, 11, &out, &m), GUNZIP_DAMAGED);
  ck_assert_ptr_null(out);
}
END_TEST

TCase *data_parse_tests(void) {
  TCase *t = tcase_create("parse");
  tcase_add_test(t, digest_known_answers);
  tcase_add_test(t, digits_are_read);
  tcase_add_loop_test(t, digits_are_refused, 0, LENGTH(bad_rows));
  tcase_add_test(t, digits_row_counts);
  tcase_add_test(t, long_lines_are_refused);
  tcase_add_test(t, houses_are_read);
  tcase_add_loop_test(t, houses_are_refused, 0, LENGTH(bad_houses));
  tcase_add_test(t, gunzip_every_way);
  return t;
}
