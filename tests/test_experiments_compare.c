/* Two stores: numbers with the same bits, within noise, beyond it. */
#include "tests/test_experiments.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/compare.h"

START_TEST(margins_are_students) {
  ck_assert(isnan(compare_margin(&(compare_side){1, 5, 0}, &(compare_side){1, 6, 0})));
  ck_assert(isnan(compare_margin(&(compare_side){0, 0, 0}, &(compare_side){3, 6, 1})));
  /* 2 and 2 values of variance 1: 4.303 sqrt(1/2 + 1/2); 3 and 1: 4.303 sqrt(4 (1/3 + 1)); 11 and 11 of
   * variance 2: the quantile of 20 degrees is 2.086. */
  ck_assert_double_eq_tol(compare_margin(&(compare_side){2, 0, 1}, &(compare_side){2, 0, 1}), 4.303, 1e-3);
  ck_assert_double_eq_tol(compare_margin(&(compare_side){3, 0, 4}, &(compare_side){1, 0, 0}), 9.937, 1e-3);
  ck_assert_double_eq_tol(compare_margin(&(compare_side){11, 0, 2}, &(compare_side){11, 0, 2}),
                          2.086 * sqrt(4.0 / 11), 2e-3);
}
END_TEST

/* A run of one metric in a store beside the others. */
static void put(const char *name, const char *configuration, int64_t seed, double accuracy,
                run_status status) {
  char path[192];
  snprintf(path, sizeof path, "%s/%s.db", folder, name);
  run_result r = {.config = memory_text(configuration),
                  .provenance = memory_text(name[0] == 'a' ? "{\"cpu\": \"old\", \"cores\": 2}"
                                                           : "{\"cpu\": \"new\", \"cores\": 2}"),
                  .seed = seed,
                  .status = status};
  snprintf(r.key, sizeof r.key, "%.10s%054d", configuration, (int)seed);
  for (char *p = r.key; *p; p++)
    if (*p == '\n' || *p == '=') *p = '0';
  strcpy(r.engine, "1");
  strcpy(r.data_digest, "abc");
  if (status == RUN_DONE) run_result_metric(&r, "accuracy", accuracy);
  store *s = store_open(path, STORE_WRITE, &line);
  ck_assert_msg(s && store_save(s, &r, &line) == 0, "%s", line.text);
  store_close(s);
  run_result_free(&r);
}

static char paths[2][192];

static void fill(void) {
  for (int i = 0; i < 2; i++) snprintf(paths[i], sizeof paths[i], "%s/%c.db", folder, "ab"[i]);
  for (int seed = 1; seed <= 3; seed++) {
    put("a", "lr=1\n", seed, 0.9 + 0.01 * seed, RUN_DONE); /* the same bits */
    put("b", "lr=1\n", seed, 0.9 + 0.01 * seed, RUN_DONE);
    put("a", "lr=2\n", seed, 0.9 + 0.01 * seed, RUN_DONE); /* other bits, within the spread of 0.01 */
    put("b", "lr=2\n", seed, 0.905 + 0.01 * seed, RUN_DONE);
    put("a", "lr=3\n", seed, 0.9 + 0.01 * seed, RUN_DONE); /* beyond: 2.776 0.01 sqrt(2/3) = 0.0227 */
    put("b", "lr=3\n", seed, 0.86 + 0.01 * seed, RUN_DONE);
  }
  put("a", "lr=4\n", 1, 0.9, RUN_DONE); /* one seed */
  put("b", "lr=4\n", 1, 0.8, RUN_DONE);
  put("a", "lr=5\n", 1, 0, RUN_DIVERGED);
  put("b", "lr=5\n", 1, 0.5, RUN_DONE);
  put("a", "lr=6\n", 1, 0.5, RUN_DONE);
  put("b", "lr=7\n", 1, 0.5, RUN_DONE);
  put("b", "lr=7\n", 2, 0.5, RUN_DONE);
}

START_TEST(numbers_are_told_apart) {
  fill();
  store *a = store_open(paths[0], STORE_READ, &line), *b = store_open(paths[1], STORE_READ, &line);
  compare_result r;
  ck_assert_msg(compare_stores(&r, a, b, &line) == 0, "%s", line.text);
  static const compared verdicts[] = {COMPARED_EQUAL, COMPARED_WITHIN, COMPARED_BEYOND, COMPARED_UNKNOWN};
  ck_assert_uint_eq(r.count, 4);
  for (int i = 0; i < 4; i++) {
    ck_assert_int_eq(r.metrics[i].verdict, verdicts[i]);
    ck_assert_str_eq(r.metrics[i].metric, "accuracy");
  }
  ck_assert_double_eq_tol(compare_margin(&r.metrics[2].a, &r.metrics[2].b), 0.02267, 1e-4);
  ck_assert_uint_eq(r.shared, 11);
  ck_assert_uint_eq(r.only_a, 1);
  ck_assert_uint_eq(r.only_b, 2);
  ck_assert_uint_eq(r.changed, 1);
  compare_free(&r);
  store_close(a);
  store_close(b);
}
END_TEST

START_TEST(a_difference_is_told_provenance_first) {
  fill();
  ck_assert_int_eq(AGX("diff", paths[0], paths[1]), 0);
  ck_assert_int_eq(strncmp(out, "- cpu          old\n+ cpu          new\n", 38), 0);
  contains(out, "accuracy 0.92 (n=3) -> 0.925 (n=3), by 0.005 +- 0.0227: within noise\n");
  contains(out, "accuracy 0.92 (n=3) -> 0.88 (n=3), by -0.04 +- 0.0227: BEYOND NOISE\n");
  contains(out, "accuracy 0.9 (n=1) -> 0.8 (n=1): differs, one seed on either side\n");
  contains(out,
           "11 runs in both, 1 only in the first, 2 only in the second; 1 of those in both ended otherwise\n"
           "4 numbers: 1 with the same bits, 1 other within noise, 1 beyond noise, 1 cannot be told\n");
  ck_assert_int_eq(AGX("diff", paths[0], paths[1], "--strict"), 2);
  ck_assert_int_eq(AGX("diff", paths[0], paths[0], "--strict"), 0);
  contains(out, "made alike: the provenance of all runs is the same\n");
}
END_TEST

TCase *experiments_compare_tests(void) {
  TCase *t = tcase_create("compare");
  tcase_add_test(t, margins_are_students);
  tcase_add_test(t, numbers_are_told_apart);
  tcase_add_test(t, a_difference_is_told_provenance_first);
  return t;
}
