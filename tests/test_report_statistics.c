/* Statistics against closed forms and the tables of textbooks; verdicts and how they add up. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/finding.h"
#include "report/statistics.h"
#include "report/verdict.h"
#include "tests/test_report.h"

#define NEAR(a, b, tolerance) ck_assert_double_eq_tol(a, b, tolerance)

/* ---- distributions ---- */

static const struct {
  double p, df, q;
} quantiles[] = {{0.975, 1, 12.7062047362},  {0.975, 2, 4.30265272991},  {0.975, 4, 2.77644510520},
                 {0.975, 10, 2.22813885196}, {0.975, 30, 2.04227245630}, {0.975, 120, 1.97993040508},
                 {0.995, 2, 9.92484320092},  {0.95, 5, 2.01504837333},   {0.025, 4, -2.77644510520}};

START_TEST(student_agrees_with_tables) {
  NEAR(student_quantile(quantiles[_i].p, quantiles[_i].df), quantiles[_i].q, 1e-9);
  NEAR(student_two_sided(quantiles[_i].q, quantiles[_i].df), 2 * fmin(quantiles[_i].p, 1 - quantiles[_i].p),
       1e-11);
}
END_TEST

/* P(|T| > t) = 1 - 2/pi atan t with one degree of freedom, 1 - t / sqrt(2 + t^2) with two. */
START_TEST(student_agrees_with_closed_forms) {
  for (double t = 0.001; t < 1000; t *= 3) {
    NEAR(student_two_sided(t, 1), 1 - atan(t) / asin(1), 1e-13);
    NEAR(student_two_sided(-t, 2), 1 - t / sqrt(2 + t * t), 1e-13);
  }
  ck_assert_double_eq(student_two_sided(0, 7), 1);
}
END_TEST

/* ---- means ---- */

START_TEST(spreads_have_intervals) {
  spread s = {0};
  const double values[] = {98.9, 98.4, 99.1, 98.6};
  for (int i = 0; i < 4; i++) spread_add(&s, values[i]);
  spread_end(&s);
  NEAR(s.mean, 98.75, 1e-12);
  NEAR(s.sd, sqrt((0.0225 + 0.1225 + 0.1225 + 0.0225) / 3), 1e-12);
  NEAR(s.high - s.mean, 3.182446305 * s.sd / 2, 1e-9);
  NEAR(s.mean - s.low, s.high - s.mean, 1e-12);
  ck_assert_double_eq(s.least, 98.4);
  ck_assert_double_eq(s.most, 99.1);
  NEAR(s.sum, 395, 1e-12);
  /* At the interval's end the two-sided p is 0.05. */
  NEAR(spread_p(&s, s.low), 0.05, 1e-9);
  NEAR(spread_p(&s, s.mean), 1, 1e-9);
}
END_TEST

START_TEST(spreads_of_few) {
  spread none = {0}, one = {0}, same = {0};
  spread_end(&none);
  ck_assert_uint_eq(none.n, 0);
  ck_assert_double_nan(none.mean);
  spread_add(&one, 3);
  spread_end(&one);
  ck_assert_double_eq(one.mean, 3);
  ck_assert_double_nan(one.low);
  ck_assert_double_nan(spread_p(&one, 0));
  for (int i = 0; i < 2; i++) spread_add(&same, 0.5);
  spread_end(&same);
  ck_assert_double_nan(spread_p(&same, 0)); /* two that are equal by chance */
  spread_add(&same, 0.5);
  spread_end(&same);
  ck_assert_double_eq(same.low, 0.5);
  ck_assert_double_eq(spread_p(&same, 0), 0);
  ck_assert_double_eq(spread_p(&same, 0.5), 1);
}
END_TEST

/* 81 of 263 (Newcombe 1998, table I, method 3), and the ends of the range. */
START_TEST(wilson_agrees_with_newcombe) {
  interval i = wilson_interval(81 / 263.0, 263);
  NEAR(i.low, 0.2553, 5e-5);
  NEAR(i.high, 0.3662, 5e-5);
  i = wilson_interval(0, 20);
  ck_assert_double_eq(i.low, 0);
  NEAR(i.high, 0.1611, 5e-5);
  i = wilson_interval(1, 20);
  NEAR(i.low, 1 - 0.1611, 5e-5);
  ck_assert_double_eq(i.high, 1);
}
END_TEST

/* Four tests: 0.01 x 4, 0.015 x 3, 0.03 x 2 and then no less than that; one that was not made does not count.
 */
START_TEST(holm_corrects_for_the_number) {
  const double p[] = {0.03, 0.01, NAN, 0.04, 0.015};
  double adjusted[5];
  holm_adjust(p, 5, adjusted);
  NEAR(adjusted[1], 0.04, 1e-15);
  NEAR(adjusted[4], 0.045, 1e-15);
  NEAR(adjusted[0], 0.06, 1e-15);
  NEAR(adjusted[3], 0.06, 1e-15);
  ck_assert_double_nan(adjusted[2]);
  holm_adjust((const double[]){0.7}, 1, adjusted);
  ck_assert_double_eq(adjusted[0], 0.7);
  holm_adjust((const double[]){0.7, 0.8}, 2, adjusted);
  ck_assert_double_eq(adjusted[0], 1);
}
END_TEST

/* ---- findings and verdicts ---- */

START_TEST(findings_are_called_after_correction) {
  findings f = {.list = NULL};
  finding_test(&f, memory_text("a"), 0.03, 3, VERDICT_REPRODUCED);
  finding_test(&f, memory_text("b"), 0.01, 3, VERDICT_NOT_REPRODUCED);
  finding_test(&f, memory_text("c"), NAN, 1, VERDICT_REPRODUCED); /* one seed */
  finding_fact(&f, memory_text("d"), 1, VERDICT_REPRODUCED);
  findings_decide(&f);
  ck_assert_int_eq(f.list[0].verdict, VERDICT_REPRODUCED);
  ck_assert_int_eq(f.list[1].verdict, VERDICT_NOT_REPRODUCED);
  ck_assert_int_eq(f.list[2].verdict, VERDICT_INCONCLUSIVE);
  ck_assert_int_eq(f.list[3].verdict, VERDICT_REPRODUCED);
  finding_test(&f, memory_text("e"), 0.5, 3, VERDICT_REPRODUCED);
  findings_decide(&f); /* now 0.03 is the second of three: 0.06 */
  ck_assert_int_eq(f.list[0].verdict, VERDICT_INCONCLUSIVE);
  ck_assert_int_eq(f.list[1].verdict, VERDICT_NOT_REPRODUCED);
  ck_assert_str_eq(findings_decisive(&f, 0, f.count, VERDICT_NOT_REPRODUCED)->text, "b");
  ck_assert_str_eq(findings_decisive(&f, 0, f.count, VERDICT_REPRODUCED)->text, "d");
  ck_assert_ptr_null(findings_decisive(&f, 0, f.count, VERDICT_FAILED));
  page p = {.text = NULL};
  finding_write(&f.list[1], &p);
  finding_write(&f.list[3], &p);
  ck_assert_str_eq(page_text(&p), "b; p = 0.030; n = 3d; n = 1");
  page_free(&p);
  findings_free(&f);
}
END_TEST

#define YES VERDICT_REPRODUCED
#define NO VERDICT_NOT_REPRODUCED
#define OPEN VERDICT_INCONCLUSIVE
#define MISSING VERDICT_NOT_RUN
#define FAILED VERDICT_FAILED

static const struct {
  verdict v[2], all, readings, any;
} sums[] = {{{YES, YES}, YES, YES, YES},
            {{YES, NO}, NO, OPEN, YES},
            {{NO, NO}, NO, NO, NO},
            {{YES, OPEN}, OPEN, OPEN, YES},
            {{NO, OPEN}, NO, NO, OPEN},
            {{YES, MISSING}, MISSING, MISSING, YES},
            {{NO, MISSING}, NO, NO, MISSING},
            {{FAILED, MISSING}, FAILED, FAILED, FAILED},
            {{FAILED, OPEN}, FAILED, FAILED, FAILED}};

START_TEST(verdicts_add_up) {
  ck_assert_int_eq(verdict_of_all(sums[_i].v, 2), sums[_i].all);
  ck_assert_int_eq(verdict_of_readings(sums[_i].v, 2), sums[_i].readings);
  ck_assert_int_eq(verdict_of_any(sums[_i].v, 2), sums[_i].any);
}
END_TEST

TCase *report_statistics_tests(void) {
  TCase *tests = tcase_create("statistics");
  tcase_add_checked_fixture(tests, report_setup, report_teardown);
  tcase_add_loop_test(tests, student_agrees_with_tables, 0, sizeof quantiles / sizeof quantiles[0]);
  tcase_add_test(tests, student_agrees_with_closed_forms);
  tcase_add_test(tests, spreads_have_intervals);
  tcase_add_test(tests, spreads_of_few);
  tcase_add_test(tests, wilson_agrees_with_newcombe);
  tcase_add_test(tests, holm_corrects_for_the_number);
  tcase_add_test(tests, findings_are_called_after_correction);
  tcase_add_loop_test(tests, verdicts_add_up, 0, sizeof sums / sizeof sums[0]);
  return tests;
}
