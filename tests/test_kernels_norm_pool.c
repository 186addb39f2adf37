/* Pooling in front of a normalisation, and its gradient, against plain loops: whole images, and the gradient
 * of some of their rows. The numbers are quarters, so that many are equal and nothing is rounded. */
#ifndef AG_REAL
#include "kernels/norm_pool.h"
#include "tests/test_kernels.h"

#define AG_SELF "tests/test_kernels_norm_pool.c"
#include "core/each_real.h"
#else

static AG_REAL *AG_NAME(quarters)(uint64_t seed, int64_t n) {
  AG_REAL *x = AG_NAME(numbers)(seed, n);
  for (int64_t i = 0; i < n; i++) x[i] = (AG_REAL)(floor(8 * (double)x[i]) / 4);
  return x;
}

/* The element of y that window `i` of q gives: the first of the greatest s y, or the last NaN. */
static int64_t AG_NAME(winner)(const agk_norm_windows *g, const AG_REAL *y, const AG_REAL *sign, int64_t i) {
  const int64_t across = g->columns / g->pool, channel = i % g->channels, window = i / g->channels;
  const double s = sign[channel] < 0 ? -1 : 1;
  int64_t best = -1;
  for (int64_t k = 0; k < g->pool * g->pool; k++) {
    const int64_t row = window / across * g->pool + k / g->pool,
                  column = window % across * g->pool + k % g->pool,
                  at = (row * g->columns + column) * g->channels + channel;
    if (best < 0 || isnan(y[at]) || s * (double)y[at] > s * (double)y[best]) best = at;
  }
  return best;
}

static void AG_NAME(assert_same)(const char *what, const agk_norm_windows *g, int64_t n, const AG_REAL *found,
                                 const AG_REAL *wanted) {
  for (int64_t i = 0; i < n; i++) {
    if (found[i] == wanted[i] || (isnan(found[i]) && isnan(wanted[i]))) continue;
    ck_abort_msg("%s of %dx%dx%d, pool %d: element %d is %g, expected %g", what, (int)g->rows,
                 (int)g->columns, (int)g->channels, (int)g->pool, (int)i, (double)found[i],
                 (double)wanted[i]);
  }
}

/* The gradient of some rows, between numbers that have to stay as they are. */
static void AG_NAME(assert_rows)(const agk_norm_windows *g, ag_range rows, const AG_REAL *y,
                                 const AG_REAL *line, const AG_REAL *gq, const AG_REAL *wanted) {
  const int64_t of_row = g->columns * g->channels, n = (rows.end - rows.begin) * of_row, around = 64;
  AG_REAL *memory = room(n + 2 * around, sizeof *memory);
  for (int64_t i = 0; i < n + 2 * around; i++) memory[i] = 7;
  AG_NAME(agk_norm_pool_add_line)(g, rows, y, line, gq, memory + around);
  AG_NAME(assert_same)("gradient", g, n, memory + around, wanted + rows.begin * of_row);
  ASSERT_EACH(i, around, memory[i], 7, 0, "before the rows");
  ASSERT_EACH(i, around, memory[around + n + i], 7, 0, "behind the rows");
  free(memory);
}

static void AG_NAME(assert_pool)(const agk_norm_windows *g, bool holes) {
  const int64_t in = g->rows * g->columns * g->channels, out = agk_norm_pooled(g), channels = g->channels;
  AG_REAL *y = AG_NAME(quarters)(1, in), *line = AG_NAME(quarters)(2, 4 * channels),
          *gq = AG_NAME(quarters)(3, out), *q = room(out, sizeof *q), *wanted_q = room(out, sizeof *q),
          *wanted = room(in, sizeof *wanted);
  for (int64_t i = 0; i < in && holes; i += 5 * channels) y[i] = (AG_REAL)NAN;
  const AG_REAL *sign = line + 3 * channels;
  for (int64_t i = 0; i < in; i++)
    wanted[i] =
        line[channels + i % channels] + (y[i] - line[i % channels]) * line[2 * channels + i % channels];
  for (int64_t i = 0; i < out; i++) {
    const int64_t at = AG_NAME(winner)(g, y, sign, i);
    wanted_q[i] = y[at];
    wanted[at] += gq[i];
  }
  q[out] = 7;
  AG_NAME(agk_norm_pool)(g, y, sign, q);
  AG_NAME(assert_same)("pool", g, out, q, wanted_q);
  ck_assert(q[out] == 7);
  for (int64_t begin = 0; begin < g->rows; begin++)
    for (int64_t end = begin + 1; end <= g->rows; end++)
      AG_NAME(assert_rows)(g, (ag_range){begin, end}, y, line, gq, wanted);
  free(y), free(line), free(gq), free(q), free(wanted_q), free(wanted);
}
#endif

#ifndef AG_REAL
/* With and without pixels that are left over. The sign of some channels is 0. */
START_TEST(windows_before_normalisation_agree_with_their_definition) {
  const int64_t channels[] = {1, 3, 4, 8, 17, 64, 70}, sizes[][2] = {{5, 5}, {6, 11}, {10, 10}, {7, 5}};
  for (int64_t pool = 1; pool <= 5; pool++)
    for (int i = 0; i < LENGTH(channels); i++)
      for (int k = 0; k < LENGTH(sizes); k++) {
        const agk_norm_windows g = {sizes[k][0], sizes[k][1], channels[i], pool};
        assert_pool_f32(&g, i % 2);
        assert_pool_f64(&g, i % 2);
      }
}
END_TEST

TCase *norm_pool_kernel_tests(void) {
  TCase *t = tcase_create("norm_pool");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, windows_before_normalisation_agree_with_their_definition);
  return t;
}
#endif
