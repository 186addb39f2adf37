/* The benchmark: its statistics, texts, bounds and tables; processes and the program in the other files. */
#include "tests/test_bench.h"

#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "bench/growth.h"
#include "bench/kinds.h"
#include "bench/report.h"
#include "bench/statistics.h"
#include "bench/text.h"

/* ---- Statistics ---- */

START_TEST(quartiles_are_those_of_numpy) {
  double four[] = {4, 1, 3, 2}, five[] = {10, -2, 7, 1, 1}, one[] = {6};
  const quartiles a = quartiles_of(4, four), b = quartiles_of(5, five), c = quartiles_of(1, one);
  ck_assert_double_eq(a.low, 1.75);
  ck_assert_double_eq(a.median, 2.5);
  ck_assert_double_eq(a.high, 3.25);
  ck_assert_double_eq(b.low, 1);
  ck_assert_double_eq(b.median, 1);
  ck_assert_double_eq(b.high, 7);
  ck_assert(c.n == 1 && c.low == 6 && c.median == 6 && c.high == 6);
  ck_assert(isnan(quartiles_of(0, NULL).median));
}
END_TEST

START_TEST(exponents_are_slopes_of_logarithms) {
  const double x[] = {1, 2, 4}, square[] = {3, 12, 48}, bent[] = {1, 2, 8}, shrinking[] = {8, 4, 2};
  ck_assert_double_eq_tol(exponent_of(3, x, square), 2, 1e-12);
  ck_assert_double_eq_tol(exponent_of(3, x, bent), 1.5, 1e-12); /* of (0, 0), (1, 1), (2, 3) */
  ck_assert_double_eq_tol(exponent_of(2, x, shrinking), -1, 1e-12);
  ck_assert(isnan(exponent_of(1, x, bent)));
  ck_assert(isnan(exponent_of(0, x, bent)));
}
END_TEST

/* ---- Texts ---- */

START_TEST(numbers_have_units) {
  static const struct {
    double value;
    measurement measured;
    const char *text;
  } cases[] = {{0.0241, STEADY, "24.1 ms"},    {8.5e-7, STEADY, "850 ns"},   {9.996e-4, STEADY, "1.00 ms"},
               {1.26, START, "1.26 s"},        {3.14e-6, STEADY, "3.14 us"}, {1.35e7, PEAK, "13.5 MB"},
               {2.345e-10, STEADY, "0.23 ns"}, {120, STEADY, "120 s"},       {NAN, STEADY, ""}};
  for (int i = 0; i < LENGTH(cases); i++)
    ck_assert_str_eq(text_of(cases[i].value, cases[i].measured).text, cases[i].text);
  ck_assert_str_eq(text_spread((quartiles){5, 0.0238, 0.0241, 0.025}, STEADY).text, "24.1 ms (23.8-25.0)");
  ck_assert_str_eq(text_spread((quartiles){1, 2, 2, 2}, STEADY).text, "2.00 s");
  ck_assert_str_eq(text_spread((quartiles){0, NAN, NAN, NAN}, STEADY).text, "");
}
END_TEST

START_TEST(sizes_survive_as_text) {
  const sizes before = {"grad_input", 1, 2, 3, 4, 5, 6, 7, 8};
  char line[256], unknown[] = "conv op=forward colour=3", nothing[] = "";
  const char *name;
  sizes after;
  sizes_write(&before, "conv", line, sizeof line);
  ck_assert_ptr_null(sizes_read(line, &name, &after));
  ck_assert_str_eq(name, "conv");
  ck_assert_str_eq(after.op, "grad_input");
  ck_assert_int_eq(after.layers, 1);
  ck_assert_int_eq(after.channels, 2);
  ck_assert_int_eq(after.padding, 3);
  ck_assert_int_eq(after.side, 4);
  ck_assert_int_eq(after.batch, 5);
  ck_assert_int_eq(after.width, 6);
  ck_assert_int_eq(after.n, 7);
  ck_assert_int_eq(after.threads, 8);
  ck_assert_str_eq(sizes_read(unknown, &name, &after), "colour");
  ck_assert_str_eq(sizes_read(nothing, &name, &after), "a kind is missing");
}
END_TEST

/* ---- Rows ---- */

START_TEST(rows_have_names_and_kinds) {
  for (int i = 0; workload_at(i); i++) {
    ck_assert_msg(kind_find(workload_at(i)->kind) != NULL, "%s", workload_at(i)->name);
    for (int j = 0; j < i; j++) ck_assert_str_ne(workload_at(i)->name, workload_at(j)->name);
  }
  const workload row = {.name = "tanh/1e6+grad"};
  ck_assert(workload_matches(&row, "tanh"));
  ck_assert(workload_matches(&row, "*/1e6*"));
  ck_assert(workload_matches(&row, "tanh/1e6"));
  ck_assert(!workload_matches(&row, "anh"));
  ck_assert(!workload_matches(&row, "*/1e3"));
}
END_TEST

/* Each row as small as it can be, twice: what only works once would show. */
START_TEST(every_kind_works) {
  for (int i = 0; workload_at(i); i++) {
    const workload *w = workload_at(i);
    sizes s = w->sizes;
    const kind *k = kind_find(w->kind);
    s.threads = 1;
    s.batch = s.batch > 2 ? 2 : s.batch;
    s.channels = s.channels > 4 ? 4 : s.channels;
    s.width = s.width > 8 ? 8 : s.width;
    s.n = s.n > 20 ? 20 : s.n;
    for (int round = 0; round < 2 && k; round++) {
      ag_ctx *c = ag_ctx_new();
      void *state = k->make(c, &s);
      k->run(state);
      k->run(state);
      ck_assert_msg(!ag_error(c), "%s: %s", w->name, ag_error_message(c));
      free(state);
      ag_ctx_free(c);
      if (!k->bound) break;
      const bound b = k->bound(&s);
      s = b.sizes;
      s.n = s.n > 1000 ? 1000 : s.n;
      k = kind_find(b.kind);
    }
  }
}
END_TEST

static bound bound_of(const char *row) {
  for (int i = 0; workload_at(i); i++)
    if (strcmp(workload_at(i)->name, row) == 0)
      return kind_find(workload_at(i)->kind)->bound(&workload_at(i)->sizes);
  ck_abort_msg("there is no %s", row);
}

START_TEST(bounds_count_what_must_be_done) {
  const double convolution = 9.0 * 64 * 64 * 16 * 16 * 50, first = 9.0 * 64 * 16 * 16 * 50,
               head = 64.0 * 8 * 8 * 10 * 50;
  bound b = bound_of("conv/grad_weight");
  ck_assert_str_eq(b.kind, "fma");
  ck_assert_double_eq_tol(b.times * (double)b.sizes.n, convolution, 1);
  b = bound_of("cnn/layers=3");
  ck_assert_double_eq_tol(b.times * (double)b.sizes.n, 6 * convolution + 2 * first + 3 * head, 1);
  b = bound_of("mul/1e6+grad"); /* x, y -> xy; g, x, y -> gy, gx: six tensors, of which two are read twice */
  ck_assert_str_eq(b.kind, "copy");
  ck_assert_int_eq(b.sizes.n, 3000000);
  ck_assert_double_eq_tol(b.times, 8.0 / 6, 1e-12);
  b = bound_of("adam/1e5");
  ck_assert_int_eq(b.sizes.n, 200000);
  ck_assert_double_eq(b.times, 1.75);
  b = bound_of("gaussian/width=128");
  ck_assert_str_eq(b.kind, "gemms");
  ck_assert_int_eq(b.sizes.n, 2);
}
END_TEST

/* ---- Tables ---- */

static const workload batch_10 = {"cnn/batch=10", "cnn", {.batch = 10}, STEADY, false};
static const workload batch_100 = {"cnn/batch=100", "cnn", {.batch = 100}, STEADY, false};
static const workload memory = {"memory/epoch", "epoch", {.batch = 1}, PEAK, false};
static const quartiles none = {0, NAN, NAN, NAN};

static const machine here = {"a \"machine\"", 2, "our side", "their side"};

/* 10 ms and 200 ms on our side: twenty times as long for ten times as much. */
static void results_of(result results[3]) {
  results[0] = (result){.row = &batch_10, .threads = 1, .bound = "multiply-adds"};
  results[0].of[OURS] = (quartiles){3, 0.009, 0.010, 0.012};
  results[0].of[THEIRS] = (quartiles){3, 0.03, 0.0325, 0.04};
  results[0].of[BOUND] = (quartiles){3, 0.004, 0.005, 0.006};
  results[1] = (result){.row = &batch_100, .threads = 1};
  results[1].of[OURS] = (quartiles){3, 0.1, 0.2, 0.3};
  results[1].of[THEIRS] = results[1].of[BOUND] = none;
  results[2] = (result){.row = &memory, .threads = 2, .error = "it \"ended\""};
  results[2].of[OURS] = (quartiles){1, 9e7, 9e7, 9e7};
  results[2].of[THEIRS] = (quartiles){1, 4.5e8, 4.5e8, 4.5e8};
  results[2].of[BOUND] = none;
}

/* What a function writes, to be freed. */
#define WRITTEN(call)                                                                                        \
  char *text = NULL;                                                                                         \
  size_t length = 0;                                                                                         \
  FILE *out = open_memstream(&text, &length);                                                                \
  ck_assert_ptr_nonnull(out);                                                                                \
  call;                                                                                                      \
  fclose(out)

START_TEST(table_has_each_number) {
  result r[3];
  results_of(r);
  WRITTEN(report_table(out, &here, r, 3));
  ck_assert_ptr_nonnull(strstr(text, "a \"machine\", 2 cores\n"));
  ck_assert_ptr_nonnull(strstr(text, "\n| cnn/batch=10           |       1 | 10.0 ms (9.00-12.0)      | "
                                     "32.5 ms (30.0-40.0)      |  3.25 | 5.00 ms multiply-adds |  50 % |\n"));
  ck_assert_ptr_nonnull(strstr(text, "\n| memory/epoch           |       2 | 90.0 MB                  | "
                                     "450 MB                   |  5.00 |                       |       |\n"));
  ck_assert_ptr_nonnull(
      strstr(text, "\n| batch      | ours    |       1 |      10 to 100     |     1.30 |\n"));
  ck_assert_ptr_null(strstr(text, "| PyTorch |       1 |")); /* one point is no curve */
  free(text);
}
END_TEST

START_TEST(table_without_growth_ends_after_its_rows) {
  result r[3];
  results_of(r);
  WRITTEN(report_table(out, &here, r + 1, 1));
  ck_assert_ptr_nonnull(strstr(text, "| cnn/batch=100 "));
  ck_assert_str_eq(text + length - 4, "  |\n");
  ck_assert_ptr_null(strstr(text, "exponent"));
  free(text);
}
END_TEST

START_TEST(growth_is_fitted_and_written) {
  result r[3];
  results_of(r);
  const growth_curve c = growth_of("batch", OURS, 1, r, 3);
  ck_assert_uint_eq(c.n, 2);
  ck_assert_double_eq(c.size[1], 100);
  ck_assert_double_eq(c.seconds[1], 0.2);
  ck_assert_double_eq_tol(growth_exponent(&c), log10(20), 1e-12);
  ck_assert_uint_eq(growth_of("batch", OURS, 2, r, 3).n, 0);
  ck_assert_uint_eq(growth_of("colours", OURS, 1, r, 3).n, 0);
  WRITTEN(growth_csv(out, r, 3));
  ck_assert_str_eq(text, "varied,side,threads,size,seconds,exponent\n"
                         "batch,ours,1,10,0.01,1.3010\n"
                         "batch,ours,1,100,0.2,1.3010\n");
  free(text);
}
END_TEST

/* What SQLite reads in the JSON at that path, as text; "" for null. */
static const char *json_at(const char *json, const char *path) {
  static char value[64];
  sqlite3 *db;
  sqlite3_stmt *query;
  ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
  ck_assert_int_eq(sqlite3_prepare_v2(db, "SELECT json_extract(?, ?)", -1, &query, NULL), SQLITE_OK);
  sqlite3_bind_text(query, 1, json, -1, SQLITE_STATIC);
  sqlite3_bind_text(query, 2, path, -1, SQLITE_STATIC);
  ck_assert_msg(sqlite3_step(query) == SQLITE_ROW, "%s in: %s", sqlite3_errmsg(db), json);
  const unsigned char *found = sqlite3_column_text(query, 0);
  snprintf(value, sizeof value, "%s", found ? (const char *)found : "");
  sqlite3_finalize(query);
  sqlite3_close(db);
  return value;
}

START_TEST(json_can_be_read) {
  result r[3];
  results_of(r);
  WRITTEN(report_json(out, &here, r, 3));
  ck_assert_str_eq(json_at(text, "$.processor"), "a \"machine\"");
  ck_assert_str_eq(json_at(text, "$.cores"), "2");
  ck_assert_str_eq(json_at(text, "$.results[0].workload"), "cnn/batch=10");
  ck_assert_str_eq(json_at(text, "$.results[0].ours.median"), "0.01");
  ck_assert_str_eq(json_at(text, "$.results[0].pytorch.high"), "0.04");
  ck_assert_str_eq(json_at(text, "$.results[0].ratio"), "3.25");
  ck_assert_str_eq(json_at(text, "$.results[0].share"), "0.5");
  ck_assert_str_eq(json_at(text, "$.results[1].ratio"), "");
  ck_assert_str_eq(json_at(text, "$.results[2].unit"), "byte");
  ck_assert_str_eq(json_at(text, "$.results[2].error"), "it \"ended\"");
  free(text);
}
END_TEST

START_TEST(speed_gives_each_row_a_place) {
  result r[3];
  results_of(r);
  r[1].row = &batch_10;
  r[1].threads = 2;
  WRITTEN(report_speed(out, r, 3));
  ck_assert_str_eq(text, "place,workload,threads,ours,pytorch,bound,ratio,share\n"
                         "1,\"cnn/batch=10\",1,0.01,0.0325,0.005,3.25,0.5\n"
                         "1,\"cnn/batch=10\",2,0.2,nan,nan,nan,nan\n"
                         "2,\"memory/epoch\",2,9e+07,4.5e+08,nan,5,nan\n");
  free(text);
}
END_TEST

static TCase *parts_tests(void) {
  TCase *t = tcase_create("parts");
  tcase_add_test(t, quartiles_are_those_of_numpy);
  tcase_add_test(t, exponents_are_slopes_of_logarithms);
  tcase_add_test(t, numbers_have_units);
  tcase_add_test(t, sizes_survive_as_text);
  tcase_add_test(t, rows_have_names_and_kinds);
  tcase_add_test(t, every_kind_works);
  tcase_add_test(t, bounds_count_what_must_be_done);
  tcase_add_test(t, table_has_each_number);
  tcase_add_test(t, table_without_growth_ends_after_its_rows);
  tcase_add_test(t, growth_is_fitted_and_written);
  tcase_add_test(t, json_can_be_read);
  tcase_add_test(t, speed_gives_each_row_a_place);
  return t;
}

int main(void) {
  Suite *suite = suite_create("bench");
  suite_add_tcase(suite, parts_tests());
  suite_add_tcase(suite, bench_sides_tests());
  suite_add_tcase(suite, bench_program_tests());
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
