/* Whole reports from made-up stores. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "experiments/store.h"
#include "report/claims.h"
#include "report/files.h"
#include "report/report.h"
#include "tests/test_report.h"

/* ---- tests ---- */

START_TEST(numbers_stand_where_they_belong) {
  report_outcome outcome;
  char *text = rendered(&(make_up){"full", "folder", 1, 0, 1, NULL}, "out", &outcome);
  ck_assert_uint_eq(outcome.missing, 0);
  HAS(text, "| Final model of problem 1 | Validation accuracy, % | 90.17 | 88.53 to 91.59 of 1458 | 99.15 | "
            "-8.98 points | 1 |");
  HAS(text, "| Final model of problem 2 | Validation squared error, dollars² | 1,170,000,000.00 |  | "
            "893,181,020.80 | +31.0 % | 1 |");
  HAS(text, "| squared error on the softmax | 1 | 90.17 | 87.35 | 94.97 | -4.80 | -7.62 | 1 |");
  HAS(text, "| cross-entropy | 4 | 91.36 | 88.50 | 94.52 | -3.16 | -6.02 | 1 |");
  HAS(text, "On the test part: mean distance from the published numbers");
  HAS(text, "cross-entropy agrees better.");
  HAS(text, "n = 1: no interval.");
  HAS(text, "./agx run table1\n");
  HAS(text, "](figures/figure1-curves.svg)");
  HAS(text, "![Training history: Three inner layers of 128 neurons on house prices; validation in the end: ");
  HAS(text, "![Results on validation and test beside the published ones by neurons; in the end: best 64 (");
  HAS(text, "![Results on validation and test by inner layers; in the end: best 1 (");
  HAS(text, "\n\nOf the 15 claims of the published text: 1 reproduced, 13 inconclusive, 1 failed. Of its 15 "
            "numbers: ");
  HAS(text, " There is one seed so far, and fewer than three seeds decide nothing that chance could do.");
  HAS(text, "| standardised prices | MLP | ");
  HAS(text, "| prices in dollars | Gaussian regressor | ");
  HAS_NOT(text, "not evidence");
  HAS_NOT(text, "judges nothing");
  HAS_NOT(text, "synthetic");
  HAS_NOT(text, "| not run |");
  /* Claims. */
  HAS(text, "| 3 | More fully connected layers improve problem 2. | inconclusive | validation, for each step "
            "of the "
            "inner layers: error × ");
  HAS(text,
      "| 11 | SGD diverges to NaN in problem 2, while RMSprop and Adam train stably and Adam is best. | "
      "inconclusive | optimiser Adam against RMSprop, validation: error × 0.");
  HAS(text, "        - SGD: NaN at step 3 (linear), 1 of 1 runs diverged; n = 1. *reproduced*\n");
  HAS(text, "| 15 | With a standard deviation of 1 the Gaussian likelihood is the squared error (up to a "
            "constant and a factor of 1/2). | reproduced | with σ = 1, on 4 fixed numbers: ");
  HAS(text, "| 10 | SGD reaches a better result than Adam and RMSprop in problem 1 (Figure 4). | failed | "
            "with squared "
            "error on the softmax, optimiser SGD against RMSprop, validation: 1 of 1 pairs of runs failed; n "
            "= 1 |");
  /* Published numbers. */
  HAS(text, "| Table 1, convolution layers 4 | validation, squared error on the softmax | 90.68 | 94.52 | "
            "93.32 to 95.72 "
            "| mean 2.64 points outside | 1 | inconclusive |");
  /* What has no number. */
  HAS(text, "| SGD | NaN at step 3 (linear) | NaN at step 3 (linear) | 0 of 1 |");
  HAS(text, "| squared error on the softmax | RMSprop | failed: ended by signal 11 | failed: ended by signal "
            "11 | 0 of 1 |");
  HAS(text, "| `p2-optim` | optimiser SGD | 1 | diverged: NaN loss at step 3: linear: element 5 of the "
            "result is -inf (as the text says) |");
  /* Provenance. */
  HAS(text, "| cpu | `Abacus\\|8` |");
  HAS(text,
      "| data of digits: SHA-256 | `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` |");
  char *svg = read_in_home("out/figures/p2-optim-curves.svg");
  HAS(svg, "SGD: NaN at step 3 (linear)");
  free(svg);
  free(text);
}
END_TEST

/* The report without its timing section. */
static void drop_timing(char *text) {
  char *begin = strstr(text, "<!-- timing -->"), *end = strstr(text, "<!-- /timing -->");
  ck_assert(begin != NULL && end != NULL && begin < end);
  memmove(begin, end, strlen(end) + 1);
}

static bool is_swept(const catalogue_row *row, const char *value) {
  for (int i = 0; i < CATALOGUE_VALUES && row->sweep.values[i]; i++)
    if (strcmp(row->sweep.values[i], value) == 0) return true;
  return false;
}

START_TEST(claims_ask_what_is_there) {
  int count = 0;
  for (; claims[count].text; count++)
    for (const claim_part *part = claims[count].parts; part < claims[count].parts + CLAIM_PARTS && part->row;
         part++) {
      const catalogue_row *row = catalogue_find(part->row);
      ck_assert_msg(row != NULL, "claim %d asks %s, which is no row", count + 1, part->row);
      ck_assert_msg(!part->value || is_swept(row, part->value), "claim %d: %s", count + 1, part->value);
      ck_assert_msg(!part->other || is_swept(row, part->other), "claim %d: %s", count + 1, part->other);
    }
  ck_assert_int_eq(count, 15);
}
END_TEST

START_TEST(reruns_give_the_same_bytes) {
  report_outcome outcome;
  char *one = rendered(&(make_up){"full", "folder", 1, 0, 1, NULL}, "one", &outcome);
  char *two = rendered(&(make_up){"full", "folder", 1, 777, 2, NULL}, "two", &outcome);
  ck_assert_str_ne(one, two);
  HAS(one, "| threads of a run | 1 |");
  HAS(two, "| threads of a run | 2 |");
  HAS(one, "| Final model of problem 1 | 1 min 02 s | 14 min 00 s | 1 |");
  drop_timing(one);
  drop_timing(two);
  ck_assert_str_eq(one, two);
  for (const catalogue_row *const *row = catalogue_rows; *row; row++) {
    if ((*row)->shape == SHOWN_AS_VARIATION) continue;
    char *first = memory_format("one/figures/%s-curves.svg", (*row)->id),
         *second = memory_format("two%s", first + 3);
    char *a = read_in_home(first), *b = read_in_home(second);
    ck_assert_str_eq(a, b);
    char *mine[] = {first, second, a, b};
    for (size_t i = 0; i < 4; i++) free(mine[i]);
  }
  free(one);
  free(two);
}
END_TEST

START_TEST(seeds_and_watermarks) {
  report_outcome outcome;
  char *text = rendered(&(make_up){"quick", "embedded", 3, 0, 1, NULL}, "out", &outcome);
  HAS(text, "| Final model of problem 1 | Validation accuracy, % | 90.18 (90.16 to 90.20) | 87.26 to 92.49 "
            "of 500 | 99.15 | -8.97 "
            "points | 3 |");
  HAS(text, "| SGD | NaN at step 3 (linear) | NaN at step 3 (linear) | 0 of 3 |");
  HAS(text, "./agx run table1 --profile quick --seeds 3\n");
  HAS_NOT(text, "no interval");
  HAS(text, "\n\nA run of the quick profile judges nothing: its verdicts are a rehearsal too. Of the 15 "
            "claims of the published "
            "text: ");
  HAS(text, "> **Problem 1: Quick profile: not evidence. Embedded synthetic data, not USPS digits.**");
  HAS(text,
      "> **Problem 2: Quick profile: not evidence. Embedded synthetic data, not Kaggle house prices.**");
  int notices = 0, headings = 0;
  for (const char *at = text; (at = strstr(at, "\n> **Quick profile")) != NULL; at++) notices++;
  for (const char *at = text; (at = strstr(at, "\n### ")) != NULL; at++) headings++;
  ck_assert_int_eq(notices, headings);
  char *svg = read_in_home("out/figures/table2-points.svg");
  HAS(svg, "Quick profile: not evidence. Embedded synthetic data, not Kaggle house prices.");
  free(svg);
  free(text);
}
END_TEST

START_TEST(missing_runs_are_named) {
  report_outcome outcome;
  char *text = rendered(&(make_up){"full", "folder", 1, 0, 1, "table2"}, "out", &outcome);
  /* The cell of 128 neurons is the Gaussian final model, which was run. */
  ck_assert_uint_eq(outcome.missing, 2);
  HAS(text, "\n2 cells of its tables and figures were not run yet.");
  HAS(text, "| 64 | not run | not run | 2,045,553,779.20 |  | 0 |");
  HAS(text, "| `table2` | neurons 256 |  | not run |");
  HAS(text,
      "and 128 neurons (problem 2, Table 2). | not run | neurons 128 against 64, validation: not run |");
  free(text);
}
END_TEST

START_TEST(empty_store_renders) {
  char *path = in_home("empty.db");
  store *s = store_open(path, STORE_WRITE, &said);
  ck_assert_ptr_nonnull(s);
  store_close(s);
  report_outcome outcome;
  size_t cells = 0;
  for (const catalogue_row *const *row = catalogue_rows; *row; row++) cells += (size_t)catalogue_cells(*row);
  ck_assert_msg(render("empty.db", "out", "full", &outcome) == 0, "%s", said.text);
  ck_assert_uint_eq(outcome.missing, cells);
  char *text = read_in_home("out/report.md");
  HAS(text, "| Final model of problem 1 | Test accuracy, % | not run |  | 97.11 |  | 0 |");
  HAS(text,
      "| 1 | Three convolution layers give the best test accuracy of one to four (Table 1). | not run | ");
  free(text);
  free(path);
}
END_TEST

START_TEST(cells_are_compared_on_the_seeds_that_they_share) {
  report_outcome outcome;
  char *text = rendered(&(make_up){"full", "folder", 1, 0, 1, NULL, 2}, "out", &outcome);
  HAS(text, "| Final model of problem 1 | Validation accuracy, % | 90.18 (90.16 to 90.20) | 88.55 to 91.60 "
            "of 1458 | 99.15 | -8.97 "
            "points | 3 |");
  HAS(text, "| squared error on the softmax | 3 | 90.17 | 87.35 | 96.51 | -6.34 | -9.16 | 1 |");
  HAS(text, "| squared error on the softmax | 4 | 90.68 |");
  free(text);
}
END_TEST

START_TEST(errors_write_nothing) {
  report_outcome outcome;
  char *expected = memory_format("%s/none.db: No such file or directory", home), *out = in_home("out");
  ck_assert_int_eq(render("none.db", "out", "full", &outcome), -1);
  ck_assert_int_eq(strncmp(said.text, expected, strlen(expected)), 0);
  ck_assert(file_is_empty(out));

  make_store("r.db", &(make_up){"quick", "folder", 1, 0, 1, NULL});
  char *path = memory_text(getenv("PATH"));
  ck_assert_int_eq(setenv("PATH", home, 1), 0);
  int status = render("r.db", "out", "quick", &outcome);
  ck_assert_int_eq(setenv("PATH", path, 1), 0);
  ck_assert_int_eq(status, -1);
  ck_assert_ptr_nonnull(strstr(said.text, "apt-get install gnuplot-nox"));
  ck_assert(file_is_empty(out));

  char *blocked = in_home("blocked"),
       *line = memory_format("%s: cannot make this folder: Not a directory", blocked);
  ck_assert_int_eq(file_write(blocked, "a file", &said), 0);
  ck_assert_int_eq(render("r.db", "blocked", "quick", &outcome), -1);
  ck_assert_str_eq(said.text, line);
  char *kept = read_in_home("blocked");
  ck_assert_str_eq(kept, "a file");
  char *mine[] = {expected, out, path, blocked, line, kept};
  for (size_t i = 0; i < sizeof mine / sizeof mine[0]; i++) free(mine[i]);
}
END_TEST

TCase *report_whole_tests(void) {
  TCase *tests = tcase_create("whole");
  tcase_set_timeout(tests, 120);
  tcase_add_checked_fixture(tests, report_setup, report_teardown);
  tcase_add_test(tests, numbers_stand_where_they_belong);
  tcase_add_test(tests, claims_ask_what_is_there);
  tcase_add_test(tests, reruns_give_the_same_bytes);
  tcase_add_test(tests, seeds_and_watermarks);
  tcase_add_test(tests, missing_runs_are_named);
  tcase_add_test(tests, empty_store_renders);
  tcase_add_test(tests, cells_are_compared_on_the_seeds_that_they_share);
  tcase_add_test(tests, errors_write_nothing);
  return tests;
}
