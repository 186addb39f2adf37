/* The parts of batch normalisation that work apart from it, against their definitions, row by row. */
#ifndef AG_REAL
#include <float.h>

#include "kernels/norm_relu.h"
#include "tests/test_kernels.h"

/* Rows and channels: one of each, fewer and more channels than lanes, rows of one block, of several, and with
 * a rest. */
static const int64_t sizes[][2] = {{1, 1},   {7, 3},    {33, 32},  {31, 70},
                                   {97, 33}, {128, 64}, {1001, 5}, {2, 200}};

#define AG_SELF "tests/test_kernels_norm_parts.c"
#include "core/each_real.h"
#else

/* z and, of its gradient, gx and the sums, which are added to others; gx may take the place of gz. */
static void AG_NAME(assert_map)(int64_t rows, int64_t channels, double tolerance) {
  const int64_t n = rows * channels;
  AG_REAL *x = AG_NAME(numbers)(1, n), *norm = AG_NAME(numbers)(2, 3 * channels),
          *gz = AG_NAME(numbers)(3, n), *z = room(n, sizeof *z), *gx = room(n, sizeof *gx),
          *gnorm = room(3 * channels, sizeof *gnorm);
  agk_norm_sums *sums = room(channels, sizeof *sums), *once_more = room(channels, sizeof *sums);
  for (int64_t j = 0; j < channels; j++) sums[j] = once_more[j] = (agk_norm_sums){(double)j, -1};
  AG_NAME(agk_norm_relu)(rows, channels, x, norm, z);
  AG_NAME(agk_norm_relu_grad)(rows, channels, x, norm, gz, gx, sums);
  for (int64_t j = 0; j < channels; j++) {
    double sum = (double)j, product = -1;
    for (int64_t i = j; i < n; i += channels) {
      const AG_REAL d = x[i] - norm[j], v = d * norm[channels + j] + norm[2 * channels + j];
      ck_assert(z[i] == (v > 0 ? v : 0));
      const double h = v > 0 ? (double)gz[i] : 0;
      ck_assert(gx[i] == (AG_REAL)h * norm[channels + j]);
      sum += h;
      product += h * (double)d;
    }
    ck_assert_double_eq_tol(sums[j].h, sum, tolerance * (double)(j + rows));
    ck_assert_double_eq_tol(sums[j].hx, product, tolerance * (double)(1 + rows));
  }
  AG_NAME(agk_norm_relu_settle)(1, channels, sums, norm, gnorm);
  for (int64_t j = 0; j < channels; j++) {
    ck_assert(gnorm[j] == (AG_REAL)(-(double)norm[channels + j] * sums[j].h));
    ck_assert(gnorm[channels + j] == (AG_REAL)sums[j].hx);
    ck_assert(gnorm[2 * channels + j] == (AG_REAL)sums[j].h);
  }
  AG_NAME(agk_norm_relu_grad)(rows, channels, x, norm, gz, gz, once_more);
  ck_assert_mem_eq(gz, gx, (size_t)n * sizeof *gz);
  ck_assert_mem_eq(once_more, sums, (size_t)channels * sizeof *sums);
  free(x), free(norm), free(gz), free(z), free(gx), free(gnorm), free(sums), free(once_more);
}

static void AG_NAME(assert_line)(int64_t rows, int64_t channels) {
  const int64_t n = rows * channels;
  AG_REAL *x = AG_NAME(numbers)(4, n), *line = AG_NAME(numbers)(5, 3 * channels), *g = AG_NAME(numbers)(6, n),
          *total = room(n, sizeof *total);
  AG_NAME(agk_norm_add_line)(rows, channels, x, line, g, total);
  for (int64_t i = 0; i < n; i++) {
    const int64_t j = i % channels;
    ck_assert(total[i] == g[i] + line[channels + j] + (x[i] - line[j]) * line[2 * channels + j]);
  }
  free(x), free(line), free(g), free(total);
}

/* Two halves of the rows, one after the other, have the moments of all, also where they lie far from 0 and
 * far from each other. */
static void AG_NAME(assert_moments)(int64_t rows, int64_t channels, AG_REAL first, AG_REAL second,
                                    double tolerance) {
  const int64_t n = rows * channels, half = rows / 2;
  AG_REAL *x = AG_NAME(numbers)(7, n);
  for (int64_t i = 0; i < n; i++) x[i] += i < half * channels ? first : second;
  agk_norm_moments *m = room(channels, sizeof *m);
  memset(m, 0, (size_t)channels * sizeof *m);
  if (half) AG_NAME(agk_norm_add_moments)(half, channels, x, m);
  AG_NAME(agk_norm_add_moments)(rows - half, channels, x + half * channels, m);
  for (int64_t j = 0; j < channels; j++) {
    long double sum = 0, squares = 0;
    for (int64_t i = j; i < n; i += channels) sum += (long double)x[i];
    const long double mean = sum / (long double)rows;
    for (int64_t i = j; i < n; i += channels)
      squares += ((long double)x[i] - mean) * ((long double)x[i] - mean);
    ck_assert_double_eq(m[j].count, (double)rows);
    ck_assert_double_eq_tol(m[j].mean, (double)mean,
                            tolerance * (1 + fmax(fabs((double)first), fabs((double)second))));
    /* The means that are joined were rounded. */
    const double spread = (double)sqrtl(squares * (long double)rows);
    ck_assert_double_eq_tol(m[j].square, (double)squares,
                            tolerance * (double)squares +
                                8 * DBL_EPSILON * (1 + fabs((double)first)) * (1 + spread));
  }
  free(x), free(m);
}
#endif

#ifndef AG_REAL
START_TEST(maps_and_their_gradients_are_those_of_each_row) {
  for (int i = 0; i < LENGTH(sizes); i++) {
    assert_map_f32(sizes[i][0], sizes[i][1], 1e-6);
    assert_map_f64(sizes[i][0], sizes[i][1], 1e-15);
  }
}
END_TEST

/* As everywhere, what is no number stays none, and its gradient passes. */
START_TEST(maps_keep_nan) {
  const double x[] = {(double)NAN, -1, 2}, norm[] = {0, 1, 0.5}, g[] = {3, 4, 5};
  double z[3], gx[3];
  agk_norm_sums sum = {0, 0};
  agk_norm_relu_f64(3, 1, x, norm, z);
  agk_norm_relu_grad_f64(3, 1, x, norm, g, gx, &sum);
  ck_assert(isnan(z[0]) && z[1] == 0 && z[2] == 2.5);
  ck_assert(gx[0] == 3 && gx[1] == 0 && gx[2] == 5);
  ck_assert(sum.h == 8 && isnan(sum.hx));
}
END_TEST

START_TEST(lines_are_added_row_by_row) {
  for (int i = 0; i < LENGTH(sizes); i++) {
    assert_line_f32(sizes[i][0], sizes[i][1]);
    assert_line_f64(sizes[i][0], sizes[i][1]);
  }
}
END_TEST

START_TEST(moments_of_parts_are_those_of_all) {
  for (int i = 0; i < LENGTH(sizes); i++) {
    assert_moments_f32(sizes[i][0], sizes[i][1], 0, 0, 1e-6);
    assert_moments_f32(sizes[i][0], sizes[i][1], 4096, 4096, 1e-6);
    assert_moments_f32(sizes[i][0], sizes[i][1], 64, -64, 1e-6);
    assert_moments_f64(sizes[i][0], sizes[i][1], 0, 0, 4e-15);
    assert_moments_f64(sizes[i][0], sizes[i][1], 1e6, 1e6, 4e-15);
    assert_moments_f64(sizes[i][0], sizes[i][1], 64, -64, 4e-15);
  }
}
END_TEST

TCase *norm_parts_kernel_tests(void) {
  TCase *t = tcase_create("norm_parts");
  tcase_add_test(t, maps_and_their_gradients_are_those_of_each_row);
  tcase_add_test(t, maps_keep_nan);
  tcase_add_test(t, lines_are_added_row_by_row);
  tcase_add_test(t, moments_of_parts_are_those_of_all);
  return t;
}
#endif
