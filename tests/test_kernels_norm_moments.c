/* The moments of channels down the columns of rows, in every instruction set, against long double: of rows
 * that come in several calls, wherever their means lie. */
#ifndef AG_REAL
#include <float.h>

#include "kernels/norm_moments.h"
#include "kernels/norm_relu.h"
#include "tests/test_kernels.h"

/* Fewer channels than lanes, more, as many, and several strips; some of them are folded into longer rows. */
static const int64_t widths[] = {1, 3, 17, 32, 64, 70, 100, 200, 512, 700};

/* The rows of one call after the other, until there is one of 0: single ones, blocks, images, and more rows
 * at a time than there were before. */
static const int64_t calls[][5] = {{1},           {2},        {33},       {196},        {100, 100, 100},
                                   {1, 1, 1, 1},  {1, 300},   {40, 1, 7}, {5, 31, 144}, {32, 32, 500},
                                   {64, 63, 150}, {31, 2, 90}};

#define AG_SELF "tests/test_kernels_norm_moments.c"
#include "core/each_real.h"
#else

/* As agk_norm_add_moments does it with the set that was chosen, and as batch normalisation does it with s
 * numbers of each channel in a row. */
static void AG_NAME(add)(ag_isa isa, int64_t rows, int64_t channels, int64_t s, const AG_REAL *x,
                         agk_norm_moments *m) {
  const agk_batch_norm_geometry g = {.n = rows, .c = channels, .s = s};
  const ag_range all = {0, channels};
  const int64_t strips = agk_norm_strips(&g, all);
  for (int64_t i = 0; i < strips; i++) {
    const agk_norm_strip t = agk_norm_strip_of(&g, (ag_range){0, rows}, all, i, strips, AGK_MOMENTS_LANES);
    AG_NAME(agk_norm_add_strip)(isa, &t, s, x + t.begin, m + t.channels.begin);
  }
}

/* x without anything behind it, so that whoever reads too far is seen. */
static AG_REAL *AG_NAME(apart)(const AG_REAL *x, int64_t n) {
  AG_REAL *copy = malloc((size_t)n * sizeof *copy);
  ck_assert_ptr_nonnull(copy);
  memcpy(copy, x, (size_t)n * sizeof *copy);
  return copy;
}

static agk_norm_moments *AG_NAME(moments)(ag_isa isa, const int64_t *rows, int64_t channels, int64_t s,
                                          const AG_REAL *x) {
  agk_norm_moments *m = room(channels, sizeof *m);
  memset(m, 0, (size_t)channels * sizeof *m);
  for (int i = 0; i < 5 && rows[i]; x += rows[i++] * channels * s) {
    AG_REAL *here = AG_NAME(apart)(x, rows[i] * channels * s);
    AG_NAME(add)(isa, rows[i], channels, s, here, m);
    free(here);
  }
  return m;
}

/* Means are found in two steps, for valgrind's long double is a double. The error of the mean is small
 * against the deviation, and that of squares against their sum; in double, what is joined was rounded as
 * well, and means have no more digits than their size allows. */
static void AG_NAME(assert_near)(const agk_norm_moments *m, int64_t n, int64_t channels, int64_t s,
                                 const AG_REAL *x) {
  const double tolerance = 8 * (double)AG_EPSILON;
  for (int64_t j = 0; j < channels; j++) {
    const long double first = (long double)x[j * s], count = (long double)(n * s);
    long double middle = 0, squares = 0, size = 0;
    for (int again = 0; again < 2; again++) {
      long double sum = 0;
      for (int64_t r = 0; r < n; r++)
        for (int64_t k = 0; k < s; k++) sum += (long double)x[(r * channels + j) * s + k] - first - middle;
      middle += sum / count;
    }
    const long double mean = first + middle;
    for (int64_t r = 0; r < n; r++)
      for (int64_t k = 0; k < s; k++) {
        const long double v = (long double)x[(r * channels + j) * s + k], d = v - first - middle;
        squares += d * d;
        size = fmaxl(size, fabsl(v));
      }
    const double deviation = (double)sqrtl(squares / count), digit = 8 * DBL_EPSILON * (double)size;
    ck_assert_double_eq(m[j].count, (double)count);
    ck_assert_double_eq_tol(m[j].mean, (double)mean, tolerance * deviation + digit);
    ck_assert_double_eq_tol(m[j].square, (double)squares,
                            tolerance * (double)squares + digit * (double)count * (deviation + digit));
  }
}

/* Each call around a mean of its own, from `first` on in such steps. */
static void AG_NAME(assert_moments)(const int64_t *rows, int64_t channels, int64_t s, double first,
                                    double step) {
  int64_t n = 0;
  for (int i = 0; i < 5; i++) n += rows[i];
  AG_REAL *x = AG_NAME(numbers)(1, n * channels * s);
  int64_t at = 0;
  for (int i = 0; i < 5; first += step)
    for (const int64_t end = at + rows[i++] * channels * s; at < end; at++) x[at] += (AG_REAL)first;
  agk_norm_moments *of[AG_ISAS] = {0};
  for (ag_isa isa = 0; isa < AG_ISAS; isa++) {
    if (!ag_isa_available(isa)) continue;
    of[isa] = AG_NAME(moments)(isa, rows, channels, s, x);
    AG_NAME(assert_near)(of[isa], n, channels, s, x);
  }
  if (of[AG_ISA_AVX2] && of[AG_ISA_AVX512])
    ck_assert_mem_eq(of[AG_ISA_AVX2], of[AG_ISA_AVX512], (size_t)channels * sizeof **of);
  if (s == 1) {
    agk_norm_moments *m = room(channels, sizeof *m);
    memset(m, 0, (size_t)channels * sizeof *m);
    const AG_REAL *here = x;
    for (int i = 0; i < 5 && rows[i]; here += rows[i++] * channels)
      AG_NAME(agk_norm_add_moments)(rows[i], channels, here, m);
    ck_assert_mem_eq(m, of[ag_isa_here()], (size_t)channels * sizeof *m);
    free(m);
  }
  for (ag_isa isa = 0; isa < AG_ISAS; isa++) free(of[isa]);
  free(x);
}

/* What is no number in one channel says nothing of the others. */
static void AG_NAME(assert_holes)(int64_t rows, int64_t channels) {
  const int64_t bad = channels / 2;
  AG_REAL *x = AG_NAME(numbers)(2, rows * channels);
  x[rows / 2 * channels + bad] = (AG_REAL)NAN;
  for (ag_isa isa = 0; isa < AG_ISAS; isa++) {
    if (!ag_isa_available(isa)) continue;
    agk_norm_moments *m = AG_NAME(moments)(isa, (const int64_t[5]){rows}, channels, 1, x);
    for (int64_t j = 0; j < channels; j++) {
      ck_assert(isnan(m[j].mean) == (j == bad));
      ck_assert(isnan(m[j].square) == (j == bad));
    }
    free(m);
  }
  free(x);
}
#endif

#ifndef AG_REAL
static void assert_all(double first, double step) {
  for (int i = 0; i < LENGTH(widths); i++)
    for (int k = 0; k < LENGTH(calls); k++) {
      assert_moments_f32(calls[k], widths[i], 1, first, step);
      assert_moments_f64(calls[k], widths[i], 1, first, step);
    }
}

START_TEST(moments_are_those_of_the_definition) { assert_all(0, 0); }
END_TEST

/* Where the mean is ten thousand deviations, in float, E(x^2) - E(x)^2 has no correct digit. */
START_TEST(moments_far_from_zero_keep_their_digits) {
  assert_all(1e4, 0);
  assert_all(-3e5, 0);
}
END_TEST

/* What the rows before say of those that come is wrong, and there may be more of these. */
START_TEST(moments_of_rows_far_from_each_other_keep_their_digits) {
  assert_all(64, -128);
  assert_all(4096, -4096);
}
END_TEST

START_TEST(moments_of_small_planes_are_those_of_the_definition) {
  static const int64_t planes[][2] = {{1, 2}, {5, 3}, {64, 4}, {70, 9}, {300, 15}};
  for (int i = 0; i < LENGTH(planes); i++)
    for (int k = 0; k < LENGTH(calls); k++) {
      assert_moments_f32(calls[k], planes[i][0], planes[i][1], 1e4, 1);
      assert_moments_f64(calls[k], planes[i][0], planes[i][1], 1e4, 1);
    }
}
END_TEST

START_TEST(moments_keep_nan_in_its_channel) {
  for (int i = 0; i < LENGTH(widths); i++) {
    assert_holes_f32(100, widths[i]), assert_holes_f64(100, widths[i]);
    assert_holes_f32(1, widths[i]), assert_holes_f64(1, widths[i]);
  }
}
END_TEST

TCase *norm_moments_kernel_tests(void) {
  TCase *t = tcase_create("norm_moments");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, moments_are_those_of_the_definition);
  tcase_add_test(t, moments_far_from_zero_keep_their_digits);
  tcase_add_test(t, moments_of_rows_far_from_each_other_keep_their_digits);
  tcase_add_test(t, moments_of_small_planes_are_those_of_the_definition);
  tcase_add_test(t, moments_keep_nan_in_its_channel);
  return t;
}
#endif
