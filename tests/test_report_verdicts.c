/* Verdicts of whole reports: seeds decide, and a planted fault is seen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "experiments/store.h"
#include "report/claim_rules.h"
#include "report/files.h"
#include "report/report.h"
#include "tests/test_report.h"

/* The report "three" of the store "three.db": three seeds, and nothing failed. Most tests ask it, so it is
 * made once; they share its folder. */
static report_outcome three;

static void setup(void) {
  report_setup();
  free(rendered(&(make_up){.profile = "full", .source = "folder", .seeds = 3, .healthy = true}, "three",
                &three));
}

/* In a made-up store the seeds of a row differ from each other all by the same, so every difference is
 * certain. */
START_TEST(three_seeds_decide) {
  char *text = read_in_home("three/report.md");
  HAS(text, "| 1 | Three convolution layers give the best test accuracy of one to four (Table 1). | not "
            "reproduced | ");
  HAS(text, "convolution layers 3 against 4, test: -");
  HAS(text, "; p \\< 0.001; n = 3. *not reproduced*\n");
  HAS(text, "| 3 | More fully connected layers improve problem 2. | not reproduced | ");
  HAS(text, "| 7 | A larger batch lowers the validation accuracy in problem 1 (Figure 1). | not reproduced | "
            "with squared "
            "error on the softmax, validation, for each doubling of the batch size: +0.");
  HAS(text, "| Table 1, convolution layers 4 | validation, squared error on the softmax | 90.69 (90.67 to "
            "90.71) | 94.52 | "
            "93.32 to 95.72 | mean 2.63 points outside | 3 | not reproduced |");
  ck_assert_uint_eq(three.mishaps, 0);
  ck_assert_uint_eq(three.missing, 0);
  ck_assert_uint_ge(three.against, 10);
  free(text);
}
END_TEST

/* The same store, with another number in the place of the published one: its verdict flips, and no other. */
START_TEST(a_changed_number_flips_its_verdict) {
  report_outcome doctored;
  catalogue_row changed = *catalogue_find("table1");
  const catalogue_row *rows[64] = {NULL};
  for (int i = 0; catalogue_rows[i]; i++)
    rows[i] = strcmp(catalogue_rows[i]->id, "table1") == 0 ? &changed : catalogue_rows[i];
  for (int i = 0; i < CATALOGUE_NUMBERS && changed.published[i].metric; i++)
    if (strcmp(changed.published[i].value, "4") == 0) changed.published[i].number = 0.9075;

  ck_assert_int_eq(render_rows("three.db", "doctored", "full", rows, &doctored), 0);
  ck_assert_uint_eq(doctored.against + 1, three.against);
  char *text = read_in_home("doctored/report.md");
  HAS(text, "| Table 1, convolution layers 4 | validation, squared error on the softmax | 90.69 (90.67 to "
            "90.71) | 90.75 | "
            "89.23 to 92.27 | mean within the margin | 3 | reproduced |");
  free(text);
}
END_TEST

/* One stream moved gives the numbers of four places, 0.17 points from each other; all at once the seeds,
 * 0.01. */
START_TEST(variation_of_streams) {
  char *text = read_in_home("three/report.md");
  HAS(text, "| 1 | split of the data | 0.22 points | 25 % | 0.21 points | 25 % | 12 |");
  HAS(text, "| 1 | all at once: the seed | 0.01 points |  | 0.01 points |  | 3 |");
  HAS(text, "| 2 | order of the samples | 7.73 % | 33 % | 7.73 % | 33 % | 12 |");
  HAS(text, "| 2 | all at once: the seed | 0.42 % |  | 0.42 % |  | 3 |");
  free(text);
}
END_TEST

/* Verdicts and numbers for programs. */
START_TEST(results_for_programs) {
  char *json = read_in_home("three/results.json"),
       *against = memory_format(
           "{\"profile\": \"full\", \"seeds\": 3, \"missing\": 0, \"mishaps\": 0, \"against\": %zu,",
           three.against);
  HAS(json, against);
  HAS(json, "{\"claim\": 3, \"text\": \"More fully connected layers improve problem 2.\", ");
  HAS(json,
      "{\"row\": \"p1-final\", \"value\": null, \"cross\": null, \"runs\": 3, \"done\": 3, \"diverged\": 0, "
      "\"failed\": 0, \"measures\": [\n      {\"metric\": \"validation_accuracy\", \"mean\": 0.9018, ");
  HAS(json, "\"by_seed\": [{\"seed\": 1, \"value\": 0.90");
  free(json);
  free(against);
}
END_TEST

/* A sweep records the test part in the end alone: that is compared, and a mean over epochs is not made up. */
START_TEST(what_was_not_measured_is_not_compared) {
  evidence e;
  char *path = in_home("three.db");
  ck_assert_int_eq(evidence_load(&e, path, catalogue_rows, catalogue_profile_find("full"), &said), 0);
  const evidence_row *row = evidence_find(&e, "figure1");
  const struct {
    claim_part part;
    const char *text;
    verdict verdict;
  } cases[] = {
      {{.reading = READ_SPEED, .on = ON_TEST},
       "batch size 100 against 10, test, mean over the epochs: done, but this was not measured",
       VERDICT_NOT_RUN},
      {{.reading = READ_FINAL, .on = ON_TEST}, "batch size 100 against 10, test: +", VERDICT_REPRODUCED},
      {{.reading = READ_SPEED, .on = ON_VALIDATION},
       "batch size 100 against 10, validation, mean over the epochs: +",
       VERDICT_REPRODUCED}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    findings f = {.list = NULL};
    compare_cells(&cases[i].part, row, evidence_at(row, 0, "100"), evidence_at(row, 0, "10"), &f);
    ck_assert_uint_eq(f.count, 1);
    ck_assert_msg(strncmp(f.list[0].text, cases[i].text, strlen(cases[i].text)) == 0, "%s", f.list[0].text);
    ck_assert_int_eq(f.list[0].called, cases[i].verdict);
    findings_free(&f);
  }
  evidence_free(&e);
  free(path);
}
END_TEST

/* A sweep that the user added to the store has a table and a figure in a chapter of its own. */
START_TEST(added_sweeps_are_shown) {
  report_outcome outcome;
  make_store("added.db", &(make_up){.profile = "full", .source = "folder", .seeds = 1, .healthy = true});
  char *path = in_home("added.db");
  store *s = store_open(path, STORE_WRITE, &said);
  store_custom mine = {.name = "mine",
                       .profile = "full",
                       .settings = memory_text("loss=cross_entropy\nrecord.test=end\n"),
                       .sweep_key = memory_text("batch"),
                       .sweep_values = memory_text("10,50"),
                       .cross_key = memory_text(""),
                       .cross_values = memory_text("")};
  ck_assert_msg(store_custom_save(s, &mine, &said) >= 0, "%s", said.text);
  store_close(s);
  store_custom_free(&mine);
  ck_assert_int_eq(render("added.db", "added", "full", &outcome), 0);
  ck_assert_uint_eq(outcome.missing, 0); /* Figure 1 has these runs */
  char *text = read_in_home("added/report.md"), *chapter = strstr(text, "\n## Added rows\n");
  ck_assert_ptr_nonnull(chapter);
  HAS(chapter, "### Added: mine: batch size\n");
  HAS(chapter, "\n./agx run mine\n");
  HAS(chapter, "](figures/mine-curves.svg)");
  free(text);
  free(path);
}
END_TEST

/* The exit status of the program itself. */
static int exit_status(const char *store_name, const char *options) {
  const char *source = getenv("srcdir");
  char *line =
      memory_format("./report/agx-report --store %s/%s --out %s/program --parts %s/report %s >/dev/null 2>&1",
                    home, store_name, home, source ? source : ".", options);
  int status = system(line);
  free(line);
  ck_assert(WIFEXITED(status));
  return WEXITSTATUS(status);
}

START_TEST(exit_statuses) {
  make_store("failed.db", &(make_up){.profile = "full", .source = "folder", .seeds = 1});
  make_store(
      "missing.db",
      &(make_up){.profile = "full", .source = "folder", .seeds = 1, .healthy = true, .without = "table2"});
  ck_assert_int_eq(exit_status("three.db", ""), 0);
  ck_assert_int_eq(exit_status("three.db", "--strict"), 2);
  ck_assert_int_eq(exit_status("failed.db", "--strict"), 3);
  ck_assert_int_eq(exit_status("missing.db", "--strict"), 4);
  ck_assert_int_eq(exit_status("missing.db", "--stricter"), 1);
}
END_TEST

TCase *report_verdicts_tests(void) {
  TCase *tests = tcase_create("verdicts");
  tcase_set_timeout(tests, 300);
  tcase_add_unchecked_fixture(tests, setup, report_teardown);
  tcase_add_test(tests, three_seeds_decide);
  tcase_add_test(tests, a_changed_number_flips_its_verdict);
  tcase_add_test(tests, variation_of_streams);
  tcase_add_test(tests, results_for_programs);
  tcase_add_test(tests, what_was_not_measured_is_not_compared);
  tcase_add_test(tests, added_sweeps_are_shown);
  tcase_add_test(tests, exit_statuses);
  return tests;
}
