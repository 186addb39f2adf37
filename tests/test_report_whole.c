/* Whole reports from stores whose runs are made up: each cell's number is its place, so that a number in the
 * wrong place is seen. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "experiments/plan.h"
#include "experiments/store.h"
#include "report/claims.h"
#include "report/files.h"
#include "report/report.h"
#include "tests/test_report.h"

/* ---- made-up stores ---- */

typedef struct {
  const char *profile, *source;
  int64_t seeds;
  double clock; /* moves dates and durations, and nothing else */
  int threads;
  const char *without; /* a row that was not run */
  int64_t more_seeds;  /* that only the final models were run with */
} make_up;

/* Accuracies 0.9017, 0.9034, ... and squared errors 1.17e9, 1.34e9, ... with the cell's place in its row. */
static double place_value(const config *c, int place, int64_t seed) {
  double step = 0.0017 * (place + 1) + 0.0001 * (double)(seed - 1);
  return c->problem == PROBLEM_DIGITS ? 0.9 + step : 1e9 + 1e11 * step;
}

static void add_history(run_result *r, const config *c, double last, int points) {
  for (int i = 1; i <= points; i++) {
    double share = i / (double)points, metric = c->problem == PROBLEM_DIGITS ? last * share : last / share;
    run_result_point(r, (run_point){.epoch = i * c->record_every,
                                    .step = 9 * i,
                                    .lr = c->lr,
                                    .train_loss = 0.75 / i,
                                    .validation_loss = 0.875 / i,
                                    .validation_metric = metric,
                                    .test_loss = 0.9375 / i,
                                    .test_metric = metric * 0.96875,
                                    .seconds = i});
  }
}

static void add_run(store *s, const make_up *how, const catalogue_cell *cell, int place, int64_t seed,
                    const char *digest) {
  const config *c = &cell->config;
  bool digits = c->problem == PROBLEM_DIGITS;
  run_result r = {.config = config_text(c),
                  .seed = seed,
                  .started = 1.7e9 + how->clock,
                  .seconds = 61.5 + how->clock,
                  .cpu_seconds = 60 + how->clock,
                  .peak_kb = 2048 * (int64_t)(1 + how->clock),
                  .threads = how->threads};
  plan_key(c, seed, digest, r.key);
  strcpy(r.data_digest, digest);
  snprintf(r.engine, sizeof r.engine, "%s", plan_engine());
  r.provenance = memory_text("{\"revision\": \"abc1234\", \"cpu\": \"Abacus|8\", \"cores\": 2}");
  double value = place_value(c, place, seed);
  if (!digits && c->optimizer == OPTIMIZER_SGD) {
    r.status = RUN_DIVERGED;
    r.failed_step = 3;
    strcpy(r.message, "NaN loss at step 3");
  } else if (digits && c->optimizer == OPTIMIZER_RMSPROP) {
    r.status = RUN_FAILED;
    strcpy(r.message, "ended by signal 11");
    add_history(&r, c, value, 4);
  } else {
    r.status = RUN_DONE;
    add_history(&r, c, value, 20);
    run_result_metric(&r, digits ? "validation_accuracy" : "validation_mse", value);
    run_result_metric(&r, digits ? "test_accuracy" : "test_mse", value * 0.96875);
  }
  ck_assert_msg(store_save(s, &r, &said) == 0, "%s", said.text);
  run_result_free(&r);
}

/* Runs that several rows share get the number of the first row: a store keeps what it has. */
static void add_rows(store *s, const make_up *how, const char *const digests[2]) {
  const catalogue_profile *profile = catalogue_profile_find(how->profile);
  for (const catalogue_row *const *row = catalogue_rows; *row; row++)
    for (int i = 0; i < catalogue_cells(*row); i++)
      for (int64_t seed = 1; seed <= how->seeds + ((*row)->shape == SHOWN_AS_MODEL) * how->more_seeds;
           seed++) {
        catalogue_cell cell;
        if (how->without && strcmp((*row)->id, how->without) == 0) continue;
        ck_assert_msg(catalogue_cell_make(&cell, *row, i, profile, NULL, &said) == 0, "%s", said.text);
        add_run(s, how, &cell, i, seed, digests[cell.config.problem]);
      }
}

static void make_store(const char *name, const make_up *how) {
  char *path = in_home(name), digests[2][65];
  store *s = store_open(path, STORE_WRITE, &said);
  ck_assert_msg(s != NULL, "%s", said.text);
  for (int i = 0; i < 2; i++) {
    store_dataset data = {.place = "somewhere"};
    snprintf(data.problem, sizeof data.problem, "%s", i == PROBLEM_DIGITS ? "digits" : "houses");
    memset(data.digest, 'a' + i, 64);
    strcpy(digests[i], data.digest);
    snprintf(data.source, sizeof data.source, "%s", how->source);
    ck_assert_int_eq(store_data_used(s, &data, &said), 0);
  }
  add_rows(s, how, (const char *const[]){digests[0], digests[1]});
  store_close(s);
  free(path);
}

/* The report of a store of HOME into a folder of HOME. */
static int render(const char *store_name, const char *out_name, const char *profile, size_t *missing) {
  const char *source = getenv("srcdir");
  char *path = in_home(store_name), *out = in_home(out_name),
       *parts = memory_format("%s/report", source ? source : ".");
  report_request request = {
      .store = path, .out = out, .parts = parts, .profile = catalogue_profile_find(profile)};
  int status = report_write(&request, missing, &said);
  free(path);
  free(out);
  free(parts);
  return status;
}

static char *rendered(const make_up *how, const char *name, size_t *missing) {
  char *store_name = memory_format("%s.db", name), *page_name = memory_format("%s/report.md", name);
  make_store(store_name, how);
  ck_assert_msg(render(store_name, name, how->profile, missing) == 0, "%s", said.text);
  char *text = read_in_home(page_name);
  free(store_name);
  free(page_name);
  return text;
}

#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "nothing like this in the report: %s", part)
#define HAS_NOT(text, part) ck_assert_msg(strstr(text, part) == NULL, "this is in the report: %s", part)

/* ---- tests ---- */

START_TEST(numbers_stand_where_they_belong) {
  size_t missing = 99;
  char *text = rendered(&(make_up){"full", "folder", 1, 0, 1, NULL}, "out", &missing);
  ck_assert_uint_eq(missing, 0);
  HAS(text, "| Final model of problem 1 | Validation accuracy, % | 90.17 | 99.15 | -8.98 points | 1 |");
  HAS(text, "| Final model of problem 2 | Validation squared error, dollars² | 1,170,000,000.00 | "
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
  HAS(text, "\n\nOf the 15 claims of the published text, in this run: ");
  HAS(text, "| standardised prices | MLP | ");
  HAS(text, "| prices in dollars | Gaussian regressor | ");
  HAS_NOT(text, "not evidence");
  HAS_NOT(text, "judges nothing");
  HAS_NOT(text, "synthetic");
  HAS_NOT(text, "not run");
  /* Claims. */
  HAS(text, "| 1 | Three convolution layers give the best test accuracy of one to four (Table 1). | does not "
            "hold | 1 |");
  HAS(text, "| 3 | More fully connected layers improve problem 2. | does not hold | 1 |");
  HAS(text, "| 15 | With a standard deviation of 1 the Gaussian likelihood is the squared error (up to a "
            "constant and a "
            "factor of 1/2). | identity tested |  |");
  HAS(text,
      "| 10 | SGD reaches a better result than Adam and RMSprop in problem 1 (Figure 4). | incomplete | 1 |");
  /* What has no number. */
  HAS(text, "| SGD | diverged at step 3 | diverged at step 3 | 0 of 1 |");
  HAS(text, "| squared error on the softmax | RMSprop | failed: ended by signal 11 | failed: ended by signal "
            "11 | 0 of 1 |");
  HAS(text, "| `p2-optim` | optimiser SGD | 1 | diverged: NaN loss at step 3 |");
  /* Provenance. */
  HAS(text, "| cpu | `Abacus\\|8` |");
  HAS(text,
      "| data of digits: SHA-256 | `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa` |");
  char *svg = read_in_home("out/figures/p2-optim-curves.svg");
  HAS(svg, "SGD: diverged at step 3");
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
  size_t missing;
  char *one = rendered(&(make_up){"full", "folder", 1, 0, 1, NULL}, "one", &missing);
  char *two = rendered(&(make_up){"full", "folder", 1, 777, 2, NULL}, "two", &missing);
  ck_assert_str_ne(one, two);
  HAS(one, "| threads of a run | 1 |");
  HAS(two, "| threads of a run | 2 |");
  HAS(one, "| Final model of problem 1 | 1 min 02 s | 14 min 00 s | 1 |");
  drop_timing(one);
  drop_timing(two);
  ck_assert_str_eq(one, two);
  for (const catalogue_row *const *row = catalogue_rows; *row; row++) {
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
  size_t missing;
  char *text = rendered(&(make_up){"quick", "embedded", 3, 0, 1, NULL}, "out", &missing);
  HAS(text, "| Final model of problem 1 | Validation accuracy, % | 90.18 (90.17 to 90.19) | 99.15 | -8.97 "
            "points | 3 |");
  HAS(text, "| SGD | diverged at step 3 | diverged at step 3 | 0 of 3 |");
  HAS(text, "./agx run table1 --profile quick --seeds 3\n");
  HAS_NOT(text, "no interval");
  HAS(text,
      "\n\nA run of the quick profile judges nothing. Of the 15 claims of the published text, in this run: ");
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
  size_t missing = 0;
  char *text = rendered(&(make_up){"full", "folder", 1, 0, 1, "table2"}, "out", &missing);
  /* The cell of 128 neurons is the Gaussian final model, which was run. */
  ck_assert_uint_eq(missing, 2);
  HAS(text, "\n2 cells of its tables and figures were not run yet.");
  HAS(text, "| 64 | not run | not run | 2,045,553,779.20 |  | 0 |");
  HAS(text, "| `table2` | neurons 256 |  | not run |");
  HAS(text, "| 4 | Adding neurons helps up to a point, then overfits: best are 512 channels (problem 1, one "
            "convolution "
            "layer) and 128 neurons (problem 2, Table 2). | incomplete | 0 to 1 |");
  free(text);
}
END_TEST

START_TEST(empty_store_renders) {
  char *path = in_home("empty.db");
  store *s = store_open(path, STORE_WRITE, &said);
  ck_assert_ptr_nonnull(s);
  store_close(s);
  size_t missing = 0, cells = 0;
  for (const catalogue_row *const *row = catalogue_rows; *row; row++) cells += (size_t)catalogue_cells(*row);
  ck_assert_msg(render("empty.db", "out", "full", &missing) == 0, "%s", said.text);
  ck_assert_uint_eq(missing, cells);
  char *text = read_in_home("out/report.md");
  HAS(text, "| Final model of problem 1 | Test accuracy, % | not run | 97.11 |  | 0 |");
  HAS(text,
      "| 1 | Three convolution layers give the best test accuracy of one to four (Table 1). | not run | 0 |");
  free(text);
  free(path);
}
END_TEST

START_TEST(cells_are_compared_on_the_seeds_that_they_share) {
  size_t missing = 99;
  char *text = rendered(&(make_up){"full", "folder", 1, 0, 1, NULL, 2}, "out", &missing);
  HAS(text, "| Final model of problem 1 | Validation accuracy, % | 90.18 (90.17 to 90.19) | 99.15 | -8.97 "
            "points | 3 |");
  HAS(text, "| squared error on the softmax | 3 | 90.17 | 87.35 | 96.51 | -6.34 | -9.16 | 1 |");
  HAS(text, "| squared error on the softmax | 4 | 90.68 |");
  free(text);
}
END_TEST

START_TEST(errors_write_nothing) {
  size_t missing = 0;
  char *expected = memory_format("%s/none.db: No such file or directory", home), *out = in_home("out");
  ck_assert_int_eq(render("none.db", "out", "full", &missing), -1);
  ck_assert_int_eq(strncmp(said.text, expected, strlen(expected)), 0);
  ck_assert(file_is_empty(out));

  make_store("r.db", &(make_up){"quick", "folder", 1, 0, 1, NULL});
  char *path = memory_text(getenv("PATH"));
  ck_assert_int_eq(setenv("PATH", home, 1), 0);
  int status = render("r.db", "out", "quick", &missing);
  ck_assert_int_eq(setenv("PATH", path, 1), 0);
  ck_assert_int_eq(status, -1);
  ck_assert_ptr_nonnull(strstr(said.text, "apt-get install gnuplot-nox"));
  ck_assert(file_is_empty(out));

  char *blocked = in_home("blocked"),
       *line = memory_format("%s: cannot make this folder: Not a directory", blocked);
  ck_assert_int_eq(file_write(blocked, "a file", &said), 0);
  ck_assert_int_eq(render("r.db", "blocked", "quick", &missing), -1);
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
