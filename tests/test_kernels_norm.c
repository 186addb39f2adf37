/* Batch normalisation against its definition, in every way that a channel is cut into blocks. */
#ifndef AG_REAL
#include "kernels/norm.h"
#include "tests/test_kernels.h"

/* Vectors (several to a row, or a row in several strips), small and large planes, with and without whole
 * vectors, planes of several blocks, one image, and channels that are shared as well. */
static const agk_batch_norm_geometry geometries[] = {
    {.n = 2500, .c = 3, .s = 1, .eps = 1e-5},
    {.n = 203, .c = 100, .s = 1, .eps = 1e-5, .relu = true},
    {.n = 70, .c = 1300, .s = 1, .eps = 1e-5, .relu = true},
    {.n = 2, .c = 1, .s = 1, .eps = 1e-5},
    {.n = 130, .c = 7, .s = 9, .eps = 1e-5, .relu = true},
    {.n = 40, .c = 90, .s = 15, .eps = 1e-5},
    {.n = 90, .c = 11, .s = 16, .eps = 1e-5, .relu = true},
    {.n = 75, .c = 12, .s = 31, .eps = 1e-5},
    {.n = 37, .c = 50, .s = 49, .eps = 1e-5, .relu = true},
    {.n = 3, .c = 5, .s = 1023, .eps = 1e-3, .relu = true},
    {.n = 2, .c = 4, .s = 1024, .eps = 1e-5},
    {.n = 1, .c = 2, .s = 5000, .eps = 1e-5, .relu = true},
    {.n = 2, .c = 30, .s = 900, .eps = 1e-5},
    {.n = 60, .c = 2, .s = 300, .eps = 1e-5, .relu = true},
    {.n = 11, .c = 21, .s = 256, .eps = 1e-5, .relu = true},
};

#define AG_SELF "tests/test_kernels_norm.c"
#include "core/each_real.h"
#else

/* Everything that the two kernels write, with a number of threads. */
typedef struct {
  AG_REAL *y, *mean, *var, *gx, *gweight, *gbias;
} AG_NAME(results);

static AG_NAME(results) AG_NAME(run)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                     const AG_REAL *weight, const AG_REAL *bias, const AG_REAL *gy) {
  const int64_t n = g->n * g->c * g->s;
  AG_NAME(results)
  r = {room(n, sizeof(AG_REAL)), room(g->c, sizeof(AG_REAL)), room(g->c, sizeof(AG_REAL)),
       room(n, sizeof(AG_REAL)), room(g->c, sizeof(AG_REAL)), room(g->c, sizeof(AG_REAL))};
  void *workspace = room((int64_t)AG_NAME(agk_batch_norm_workspace)(g), 1);
  AG_NAME(agk_batch_norm_forward)(threads, g, x, weight, bias, r.y, r.mean, r.var, workspace);
  AG_NAME(agk_batch_norm_backward)
  (threads, g, x, r.mean, r.var, weight, bias, gy, r.gx, r.gweight, r.gbias, workspace);
  free(workspace);
  return r;
}

static void AG_NAME(release)(AG_NAME(results) r) {
  free(r.y), free(r.mean), free(r.var), free(r.gx), free(r.gweight), free(r.gbias);
}

#define EACH_OF_CHANNEL(i)                                                                                   \
  for (int64_t i = channel * g->s, left = g->n * g->s; left > 0;                                             \
       left--, i += left % g->s ? 1 : (g->c - 1) * g->s + 1)

/* What is expected of the results. */
typedef struct {
  double *y, *mean, *var, *gx, *gweight, *gbias;
} AG_NAME(wanted);

/* One channel, in long double. The mask is that of the y found: a z near 0 may round to either side. */
static void AG_NAME(define_channel)(const agk_batch_norm_geometry *g, int64_t channel, const AG_REAL *x,
                                    double weight, double bias, const AG_REAL *gy, const AG_REAL *y,
                                    const AG_NAME(wanted) * wanted) {
  const double m = (double)(g->n * g->s);
  long double all = 0, squares = 0, sum = 0, products = 0;
  EACH_OF_CHANNEL(i) all += (long double)x[i];
  EACH_OF_CHANNEL(i) squares += ((long double)x[i] - all / m) * ((long double)x[i] - all / m);
  const double mean = (double)(all / m), var = (double)(squares / m);
  const double rstd = 1 / sqrt(var + g->eps);
  wanted->mean[channel] = mean;
  wanted->var[channel] = var;
  EACH_OF_CHANNEL(i) {
    const double z = ((double)x[i] - mean) * rstd * weight + bias;
    wanted->y[i] = g->relu ? fmax(z, 0) : z;
    const double h = g->relu && y[i] <= 0 ? 0 : (double)gy[i];
    sum += h;
    products += h * ((double)x[i] - mean) * rstd;
  }
  wanted->gbias[channel] = (double)sum;
  wanted->gweight[channel] = (double)products;
  EACH_OF_CHANNEL(i) {
    const double h = g->relu && y[i] <= 0 ? 0 : (double)gy[i], xhat = ((double)x[i] - mean) * rstd;
    wanted->gx[i] = weight * rstd * (h - (double)sum / m - xhat * (double)products / m);
  }
}

static void AG_NAME(assert_results)(const agk_batch_norm_geometry *g, const AG_NAME(results) * r,
                                    const AG_NAME(wanted) * wanted, double tolerance) {
  const int64_t n = g->n * g->c * g->s;
  const double m = (double)(g->n * g->s);
  char of[64];
  snprintf(of, sizeof of, "of %dx%dx%d", (int)g->n, (int)g->c, (int)g->s);
  ASSERT_EACH(i, g->c, r->mean[i], wanted->mean[i],
              ((double)AG_EPSILON + 16 * DBL_EPSILON) * (1 + fabs(wanted->mean[i])), "mean %s", of);
  ASSERT_EACH(i, g->c, r->var[i], wanted->var[i], tolerance * wanted->var[i], "var %s", of);
  ASSERT_EACH(i, n, r->y[i], wanted->y[i], tolerance * 10, "y %s", of);
  ASSERT_EACH(i, g->c, r->gbias[i], wanted->gbias[i], tolerance * m, "gbias %s", of);
  ASSERT_EACH(i, g->c, r->gweight[i], wanted->gweight[i], tolerance * m, "gweight %s", of);
  ASSERT_EACH(i, n, r->gx[i], wanted->gx[i], tolerance * 10, "gx %s", of);
}

/* Around `mean`, and the first image around `first`, with the same bits in 1 and 3 threads. */
static void AG_NAME(assert_norm)(const agk_batch_norm_geometry *g, AG_REAL first, AG_REAL mean,
                                 double tolerance) {
  const int64_t n = g->n * g->c * g->s;
  AG_REAL *x = AG_NAME(numbers)(1, n), *gy = AG_NAME(numbers)(2, n), *weight = AG_NAME(numbers)(3, g->c),
          *bias = AG_NAME(numbers)(4, g->c);
  for (int64_t i = 0; i < n; i++) x[i] += i < g->c * g->s ? first : mean;
  const AG_NAME(results) r = AG_NAME(run)(1, g, x, weight, bias, gy),
                         other = AG_NAME(run)(3, g, x, weight, bias, gy);
  double *numbers = room(2 * n + 4 * g->c, sizeof *numbers), *channels = numbers + 2 * n;
  const AG_NAME(wanted) wanted = {.y = numbers,
                                  .gx = numbers + n,
                                  .mean = channels,
                                  .var = channels + g->c,
                                  .gweight = channels + 2 * g->c,
                                  .gbias = channels + 3 * g->c};
  for (int64_t k = 0; k < g->c; k++)
    AG_NAME(define_channel)(g, k, x, (double)weight[k], (double)bias[k], gy, r.y, &wanted);
  AG_NAME(assert_results)(g, &r, &wanted, tolerance);
  ASSERT_EACH_BIT(n, r.y, other.y, "y in 1 and 3 threads");
  ASSERT_EACH_BIT(n, r.gx, other.gx, "gx in 1 and 3 threads");
  ASSERT_EACH_BIT(g->c, r.mean, other.mean, "mean in 1 and 3 threads");
  ASSERT_EACH_BIT(g->c, r.var, other.var, "var in 1 and 3 threads");
  ASSERT_EACH_BIT(g->c, r.gbias, other.gbias, "gbias in 1 and 3 threads");
  ASSERT_EACH_BIT(g->c, r.gweight, other.gweight, "gweight in 1 and 3 threads");
  AG_NAME(release)(r);
  AG_NAME(release)(other);
  free(x), free(gy), free(weight), free(bias), free(numbers);
}
#undef EACH_OF_CHANNEL
#endif

#ifndef AG_REAL
START_TEST(normalisation_agrees_with_its_definition) {
  for (int i = 0; i < LENGTH(geometries); i++) {
    assert_norm_f32(&geometries[i], 0, 0, 1e-6);
    assert_norm_f64(&geometries[i], 0, 0, 1e-14);
  }
}
END_TEST

/* The mean is thousands of deviations away from 0: E(x^2) - E(x)^2 would have no correct digit left in float.
 * The mean itself is rounded to float, which xhat shows. */
START_TEST(variances_do_not_cancel_far_from_zero) {
  for (int i = 0; i < LENGTH(geometries); i++) {
    assert_norm_f32(&geometries[i], 4096, 4096, 5e-4);
    assert_norm_f64(&geometries[i], 4096, 4096, 1e-12);
  }
}
END_TEST

/* What the first numbers say of the others is wrong. */
START_TEST(a_first_image_unlike_the_others_costs_no_digits) {
  for (int i = 0; i < LENGTH(geometries); i++) {
    assert_norm_f32(&geometries[i], 64, 0, 2e-6);
    assert_norm_f64(&geometries[i], 64, 0, 1e-14);
  }
}
END_TEST

TCase *norm_kernel_tests(void) {
  TCase *t = tcase_create("norm");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, normalisation_agrees_with_its_definition);
  tcase_add_test(t, a_first_image_unlike_the_others_costs_no_digits);
  tcase_add_test(t, variances_do_not_cancel_far_from_zero);
  return t;
}
#endif
