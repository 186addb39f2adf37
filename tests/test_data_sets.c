/* The data sets, embedded and real, and how they are split and standardised. */
#include "experiments/data/split.h"
#include "tests/test_data.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int train_counts[10] = {1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644};
static const int test_counts[10] = {359, 264, 198, 166, 200, 160, 170, 147, 166, 177};

static char real_data[PATH_MAX]; /* the folder of the real data, or nothing */

static void check_digit_set(const digit_set *s, int64_t rows, const int counts[10]) {
  int found[10] = {0};
  ck_assert_int_eq(s->n, rows);
  ASSERT_EACH(i, rows, s->label[i], s->label[i] < 0 ? 0 : s->label[i] > 9 ? 9 : s->label[i], 0, "labels");
  for (int64_t i = 0; i < rows; i++) found[s->label[i]]++;
  for (int d = 0; d < 10; d++) ck_assert_int_eq(found[d], counts[d]);
  int64_t outside = 0;
  for (int64_t i = 0; i < rows * DIGIT_PIXELS; i++) outside += !(s->x[i] >= -1 && s->x[i] <= 1);
  ck_assert_int_eq(outside, 0);
}

/* How many of the test digits are nearest to the mean of their own class: a classifier without parameters to
 * tune. */
static int nearest_mean_hits(const digits *d) {
  static double mean[10][DIGIT_PIXELS];
  memset(mean, 0, sizeof mean);
  for (int64_t i = 0; i < d->train.n; i++)
    for (int k = 0; k < DIGIT_PIXELS; k++) {
      const int64_t label = d->train.label[i];
      mean[label][k] += (double)d->train.x[i * DIGIT_PIXELS + k] / train_counts[label];
    }
  int hits = 0;
  for (int64_t i = 0; i < d->test.n; i++) {
    double best = HUGE_VAL;
    int nearest = -1;
    for (int c = 0; c < 10; c++) {
      double distance = 0;
      for (int k = 0; k < DIGIT_PIXELS; k++) {
        const double difference = mean[c][k] - (double)d->test.x[i * DIGIT_PIXELS + k];
        distance += difference * difference;
      }
      if (distance < best) best = distance, nearest = c;
    }
    hits += nearest == d->test.label[i];
  }
  return hits;
}

static double ink_mean(const digit_set *s) {
  double sum = 0;
  for (int64_t i = 0; i < s->n * DIGIT_PIXELS; i++) sum += (double)s->x[i];
  return sum / (double)(s->n * DIGIT_PIXELS);
}

static void price_moments(const houses *h, double *mean, double *sd) {
  double sum = 0, squares = 0;
  for (int64_t i = 0; i < h->n; i++) sum += h->price[i];
  *mean = sum / (double)h->n;
  for (int64_t i = 0; i < h->n; i++) squares += (h->price[i] - *mean) * (h->price[i] - *mean);
  *sd = sqrt(squares / (double)(h->n - 1));
}

START_TEST(embedded_digits) {
  digits d;
  ck_assert_int_eq(digits_load(&d, NULL, message, sizeof message), 0);
  ck_assert_str_eq(message, "");
  ck_assert_str_eq(data_source_name(d.source), "embedded");
  ck_assert_str_eq(d.where, "embedded generator");
  ck_assert_str_eq(d.digest, "86845bc4b8d786c3039bc9ed7558d07844d7a4a1845472c852ee61ca262ee50c");
  check_digit_set(&d.train, 7291, train_counts);
  check_digit_set(&d.test, 2007, test_counts);
  ck_assert_double_eq_tol(ink_mean(&d.train), -0.534628370, 1e-9);
  ck_assert_int_eq(nearest_mean_hits(&d), 1539); /* 76.7 %: neither trivial nor hopeless */
  digits_free(&d);
  ck_assert_ptr_null(d.train.x);
  digits_free(&d);
}
END_TEST

START_TEST(embedded_houses_have_their_statistics) {
  static const double means[4] = {6.097260, 1971.884932, 1060.767808, 1507.480822};
  static const double sds[4] = {1.441125, 26.072405, 464.898136, 524.577969};
  houses h;
  double mean, sd, column_mean[4], column_sd[4];
  static int64_t rows[HOUSE_ROWS];
  ck_assert_int_eq(houses_load(&h, "", message, sizeof message), 0);
  ck_assert_str_eq(message, "");
  ck_assert_int_eq(h.source, DATA_EMBEDDED);
  ck_assert_str_eq(h.digest, "16ee6b343eee3dba5d9220b2dc97951e057f7ffd68d6f6f16bf50c199187e633");
  ck_assert_int_eq(h.n, 1460);
  price_moments(&h, &mean, &sd);
  ck_assert_double_eq_tol(mean, 181932.534247, 1e-6);
  ck_assert_double_eq_tol(sd, 80112.395387, 1e-3);
  for (int64_t i = 0; i < h.n; i++) rows[i] = i;
  standard_fit(h.x, 4, (split_part){h.n, rows}, column_mean, column_sd);
  for (int j = 0; j < 4; j++) {
    ck_assert_double_eq_tol(column_mean[j], means[j], 1e-6);
    ck_assert_double_eq_tol(column_sd[j], sds[j], 1e-6);
  }
  houses_free(&h);
}
END_TEST

START_TEST(real_digits) {
  digits d;
  if (real_data[0] == '\0') return;
  ck_assert_int_eq(digits_load(&d, real_data, message, sizeof message), 0);
  ck_assert_int_eq(d.source, DATA_FOLDER);
  ck_assert_str_eq(d.where, real_data);
  ck_assert_str_eq(d.digest, "70149a4de916bc2e755ac5ec2aa6710a5fb1beb8d5dd515a50a38e8a17c8f200");
  check_digit_set(&d.train, 7291, train_counts);
  check_digit_set(&d.test, 2007, test_counts);
  ck_assert_double_eq_tol(ink_mean(&d.train), -0.491038672, 1e-9);
  ck_assert_int_eq(nearest_mean_hits(&d), 1634);
  digits_free(&d);
}
END_TEST

START_TEST(real_houses) {
  houses h;
  double mean, sd;
  if (real_data[0] == '\0') return;
  ck_assert_int_eq(houses_load(&h, real_data, message, sizeof message), 0);
  ck_assert_str_eq(h.digest, "1e18addf81e5e4d347cc17ee6075bbe4a42b7fa26b9e5b063e8f692a5f929d41");
  price_moments(&h, &mean, &sd);
  ck_assert_double_eq_tol(mean, 180921.1959, 1e-4);
  ck_assert_double_eq_tol(sd, 79442.5029, 1e-4);
  ck_assert_double_eq(h.x[0], 7);
  ck_assert_double_eq(h.x[1], 2003);
  ck_assert_double_eq(h.x[2], 856);
  ck_assert_double_eq(h.x[3], 1710);
  ck_assert_double_eq(h.price[1459], 147500);
  houses_free(&h);
}
END_TEST

START_TEST(split_counts) {
  static int64_t perm[DIGIT_TRAIN_ROWS];
  split_part part[SPLIT_PARTS];
  for (int64_t i = 0; i < DIGIT_TRAIN_ROWS; i++)
    perm[i] = (i * 1000 + 17) % DIGIT_TRAIN_ROWS; /* 7291 is coprime to 1000 */
  ck_assert_int_eq(split_indices(7291, (double[]){0.8, 0.2, 0}, perm, part, message, sizeof message), 0);
  ck_assert_int_eq(part[SPLIT_TRAIN].n, 5833);
  ck_assert_int_eq(part[SPLIT_VALIDATION].n, 1458);
  ck_assert_int_eq(part[SPLIT_TEST].n, 0);
  ck_assert_int_eq(part[SPLIT_TRAIN].index[1], 1017);
  ck_assert_ptr_eq(part[SPLIT_VALIDATION].index, perm + 5833);
  for (int64_t i = 0; i < 1460; i++) perm[i] = 1459 - i;
  ck_assert_int_eq(split_indices(1460, (double[]){0.7, 0.15, 0.15}, perm, part, message, sizeof message), 0);
  ck_assert_int_eq(part[SPLIT_TRAIN].n, 1022);
  ck_assert_int_eq(part[SPLIT_VALIDATION].n, 219);
  ck_assert_int_eq(part[SPLIT_TEST].n, 219);
  ck_assert_int_eq(part[SPLIT_TEST].index[218], 0);
}
END_TEST

START_TEST(split_refuses) {
  const int64_t perm[4] = {2, 0, 3, 1}, twice[4] = {2, 0, 2, 1}, outside[4] = {0, 1, 2, 4};
  split_part part[SPLIT_PARTS];
  ck_assert_int_eq(split_indices(4, (double[]){0.8, 0.3, 0}, perm, part, message, sizeof message), -1);
  ck_assert_str_eq(message,
                   "split: expected three fractions within [0, 1] that sum to 1, found 0.8, 0.3 and 0");
  ck_assert_int_eq(split_indices(4, (double[]){1.5, -0.5, 0}, perm, part, message, sizeof message), -1);
  ck_assert_str_eq(message,
                   "split: expected three fractions within [0, 1] that sum to 1, found 1.5, -0.5 and 0");
  ck_assert_int_eq(split_indices(4, (double[]){(double)NAN, 0.5, 0.5}, perm, part, message, sizeof message),
                   -1);
  ck_assert_int_eq(split_indices(4, (double[]){0, 0.5, 0.5}, perm, part, message, sizeof message), -1);
  ck_assert_str_eq(
      message, "split: expected at least one of 4 rows for training, found none; lower the other fractions");
  ck_assert_int_eq(split_indices(4, (double[]){0.5, 0.25, 0.25}, twice, part, message, sizeof message), -1);
  ck_assert_str_eq(message, "split: expected a permutation of 0 to 3, found 2 again at place 2");
  ck_assert_int_eq(split_indices(4, (double[]){0.5, 0.25, 0.25}, outside, part, message, sizeof message), -1);
  ck_assert_str_eq(message, "split: expected a permutation of 0 to 3, found 4 outside at place 3");
}
END_TEST

START_TEST(standardising_by_the_training_part) {
  /* The second column is constant on the training rows 3, 0, 2; row 1 lies far off and must not count. */
  const double x[8] = {2.385, 7, 1e6, 1e6, 3.14, 7, -1.77, 7};
  const int64_t perm[4] = {3, 0, 2, 1};
  split_part part[SPLIT_PARTS];
  double mean[2], sd[2], train[6], test[2];
  ck_assert_int_eq(split_indices(4, (double[]){0.75, 0, 0.25}, perm, part, message, sizeof message), 0);
  standard_fit(x, 2, part[SPLIT_TRAIN], mean, sd);
  ck_assert_double_eq_tol(mean[0], 1.2516666666666667, 1e-15);
  ck_assert_double_eq_tol(sd[0], 2.1587586453535947, 1e-14);
  ck_assert_double_eq(mean[1], 7);
  ck_assert_double_eq(sd[1], 1);
  standard_apply(x, 2, part[SPLIT_TRAIN], mean, sd, train);
  ck_assert_double_eq_tol(train[0], -1.3997241763, 1e-9);
  ck_assert_double_eq_tol(train[0] + train[2] + train[4], 0, 1e-14);
  ck_assert_double_eq_tol(train[0] * train[0] + train[2] * train[2] + train[4] * train[4], 3, 1e-14);
  ck_assert_double_eq(train[1], 0);
  standard_apply(x, 2, part[SPLIT_TEST], mean, sd, test);
  ck_assert_double_eq(test[1], 1e6 - 7);
}
END_TEST

TCase *data_sets_tests(void) {
  const char *named = getenv("AUTOGRAD_DATA"); /* the fixture will clear it */
  if (named != NULL) (void)snprintf(real_data, sizeof real_data, "%s", named);
  TCase *t = tcase_create("sets");
  tcase_add_test(t, embedded_digits);
  tcase_add_test(t, embedded_houses_have_their_statistics);
  tcase_add_test(t, real_digits);
  tcase_add_test(t, real_houses);
  tcase_add_test(t, split_counts);
  tcase_add_test(t, split_refuses);
  tcase_add_test(t, standardising_by_the_training_part);
  return t;
}
