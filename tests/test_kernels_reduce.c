/* Reductions against exact sums, where rounding would show. */
#ifndef AG_REAL
#include "kernels/reduce.h"
#include "tests/test_kernels.h"

static const agk_reduce_geometry shapes[] = {{1, 3000001, 1}, {3, 70001, 2}, {2, 5, 40003},
                                             {1, 1, 1},       {7, 0, 3},     {0, 4, 5},
                                             {501, 33, 1},    {40, 100, 65}, {1, 999, 1}};

#define AG_SELF "tests/test_kernels_reduce.c"
#include "core/each_real.h"
#else

/* Sums in 1 and 3 threads: the same bits, and an error that grows with the logarithm of the length alone. The
 * numbers lie in [1, 3), so that a running sum in float32 would lose four digits over three million of them,
 * and are multiples of 2^-20, so that integers add them exactly. Equal numbers round the same way again and
 * again. */
static void AG_NAME(sums)(bool equal) {
  for (int s = 0; s < LENGTH(shapes); s++) {
    const agk_reduce_geometry g = shapes[s];
    AG_REAL *x = room(g.outer * g.reduce * g.inner, sizeof *x), *y[2];
    for (int64_t i = 0; i < g.outer * g.reduce * g.inner; i++)
      x[i] = 2 + (AG_REAL)(floor(irregular(4, equal ? 7 : i, -1, 1) * 0x1p20) * 0x1p-20);
    for (int team = 0; team < 2; team++) {
      void *workspace = room((int64_t)AG_NAME(agk_reduce_sum_workspace)(&g, 1 + 2 * team), 1);
      y[team] = room(g.outer * g.inner, sizeof(AG_REAL));
      AG_NAME(agk_reduce_sum)(1 + 2 * team, &g, x, y[team], workspace);
      free(workspace);
    }
    ASSERT_EACH_BIT(g.outer * g.inner, y[0], y[1], "reduction of %d in 1 and 3 threads", (int)g.reduce);
    double *sum = room(g.outer * g.inner, sizeof *sum);
    for (int64_t p = 0; p < g.outer * g.inner; p++) {
      int64_t units = 0;
      const AG_REAL *first = x + p / g.inner * g.reduce * g.inner + p % g.inner;
      for (int64_t r = 0; r < g.reduce; r++) units += (int64_t)((double)first[r * g.inner] * 0x1p20);
      sum[p] = (double)units * 0x1p-20;
    }
    ASSERT_EACH(p, g.outer * g.inner, y[0][p], sum[p], 16 * (double)AG_EPSILON * sum[p], "sum over %d",
                (int)g.reduce);
    free(x), free(y[0]), free(y[1]), free(sum);
  }
}

static void AG_NAME(extremes)(void) {
  for (int s = 0; s < LENGTH(shapes); s++) {
    const agk_reduce_geometry g = shapes[s];
    if (g.reduce == 0) continue;
    const int64_t results = g.outer * g.inner;
    AG_REAL *x = AG_NAME(numbers)(5, results * g.reduce), *most = room(results, sizeof *most),
            *least = room(results, sizeof *least);
    int64_t *top = room(results, sizeof *top), *bottom = room(results, sizeof *bottom),
            *high = room(results, sizeof *high), *low = room(results, sizeof *low);
    AG_REAL *highest = room(results, sizeof *most), *lowest = room(results, sizeof *least);
    for (int64_t i = 0; i < results * g.reduce; i++)
      x[i] = (AG_REAL)floor((double)x[i] * 1000); /* many are equal */
    AG_NAME(agk_reduce_max)(2, &g, x, most, top);
    AG_NAME(agk_reduce_min)(2, &g, x, least, bottom);
    for (int64_t p = 0; p < results; p++) {
      const AG_REAL *first = x + p / g.inner * g.reduce * g.inner + p % g.inner;
      high[p] = low[p] = 0;
      for (int64_t r = 1; r < g.reduce; r++) {
        if (first[r * g.inner] > first[high[p] * g.inner]) high[p] = r;
        if (first[r * g.inner] < first[low[p] * g.inner]) low[p] = r;
      }
      highest[p] = first[high[p] * g.inner], lowest[p] = first[low[p] * g.inner];
    }
    ASSERT_EACH_BIT(results, top, high, "place of the greatest of %d", (int)g.reduce);
    ASSERT_EACH_BIT(results, bottom, low, "place of the least of %d", (int)g.reduce);
    ASSERT_EACH(p, results, most[p], highest[p], 0, "greatest of %d", (int)g.reduce);
    ASSERT_EACH(p, results, least[p], lowest[p], 0, "least of %d", (int)g.reduce);
    free(x), free(most), free(least), free(top), free(bottom);
    free(high), free(low), free(highest), free(lowest);
  }
}

/* Products of numbers near 1 against sums of their logarithms. */
static void AG_NAME(products)(void) {
  for (int s = 0; s < LENGTH(shapes); s++) {
    const agk_reduce_geometry g = shapes[s];
    AG_REAL *x = AG_NAME(numbers)(8, g.outer * g.reduce * g.inner), *y[2];
    for (int64_t i = 0; i < g.outer * g.reduce * g.inner; i++) x[i] = 1 + x[i] / 1024;
    for (int team = 0; team < 2; team++) {
      void *workspace = room((int64_t)agk_reduce_prod_workspace(&g), 1);
      y[team] = room(g.outer * g.inner, sizeof(AG_REAL));
      AG_NAME(agk_reduce_prod)(1 + 2 * team, &g, x, y[team], workspace);
      free(workspace);
    }
    ASSERT_EACH_BIT(g.outer * g.inner, y[0], y[1], "reduction of %d in 1 and 3 threads", (int)g.reduce);
    double *sum = room(g.outer * g.inner, sizeof *sum);
    for (int64_t p = 0; p < g.outer * g.inner; p++) {
      sum[p] = 0;
      const AG_REAL *first = x + p / g.inner * g.reduce * g.inner + p % g.inner;
      for (int64_t r = 0; r < g.reduce; r++) sum[p] += log((double)first[r * g.inner]);
    }
    ASSERT_EACH(p, g.outer * g.inner, (double)y[0][p] / exp(sum[p]), 1, 2 * (double)AG_EPSILON + 1e-10,
                "product of %d by what it is", (int)g.reduce);
    free(x), free(y[0]), free(y[1]), free(sum);
  }
}

static void AG_NAME(logsumexps)(void) {
  for (int s = 0; s < LENGTH(shapes); s++) {
    const agk_reduce_geometry g = shapes[s];
    AG_REAL *x = AG_NAME(numbers)(6, g.outer * g.reduce * g.inner), *y = room(g.outer * g.inner, sizeof *y);
    double *expected = room(g.outer * g.inner, sizeof *expected);
    for (int64_t i = 0; i < g.outer * g.reduce * g.inner; i++) x[i] = 300 * x[i] + 2000; /* exp overflows */
    AG_NAME(agk_reduce_logsumexp)(2, &g, x, y);
    for (int64_t p = 0; p < g.outer * g.inner; p++) {
      double sum = 0;
      const AG_REAL *first = x + p / g.inner * g.reduce * g.inner + p % g.inner;
      for (int64_t r = 0; r < g.reduce; r++) sum += exp((double)first[r * g.inner] - 2000);
      expected[p] = g.reduce ? 2000 + log(sum) : -(double)INFINITY;
    }
    ASSERT_EACH(p, g.outer * g.inner, y[p], expected[p], 4 * (double)AG_EPSILON * 2300, "logsumexp of %d",
                (int)g.reduce);
    free(x), free(y), free(expected);
  }
}
#endif

#ifndef AG_REAL
START_TEST(long_sums_stay_precise) {
  for (int equal = 0; equal < 2; equal++) {
    sums_f32(equal);
    sums_f64(equal);
  }
}
END_TEST

START_TEST(the_first_of_equal_extremes_wins) {
  extremes_f32();
  extremes_f64();
}
END_TEST

START_TEST(products_are_products) {
  products_f32();
  products_f64();
}
END_TEST

START_TEST(logsumexp_does_not_overflow) {
  logsumexps_f32();
  logsumexps_f64();
}
END_TEST

TCase *reduce_kernel_tests(void) {
  TCase *t = tcase_create("reductions");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, long_sums_stay_precise);
  tcase_add_test(t, the_first_of_equal_extremes_wins);
  tcase_add_test(t, products_are_products);
  tcase_add_test(t, logsumexp_does_not_overflow);
  return t;
}
#endif
