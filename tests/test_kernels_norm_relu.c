/* Normalisation with known statistics, the rectifier and pooling behind it, against plain loops. All numbers
 * but the gradients that come in are quarters, so nothing is rounded before the sums, and many are equal. */
#ifndef AG_REAL
#include "kernels/norm_relu_whole.h"
#include "tests/test_kernels.h"

#define AG_SELF "tests/test_kernels_norm_relu.c"
#include "core/each_real.h"
#else

/* What the kernels write; behind the elements there is a guard. */
typedef struct {
  AG_REAL *y, *gx, *gnorm;
} AG_NAME(results);

typedef struct {
  const agk_pool2d_geometry *g;
  int64_t in, out; /* elements of x and y */
  AG_REAL *x, *norm, *gy;
} AG_NAME(operands);

static AG_REAL *AG_NAME(quarters)(uint64_t seed, int64_t n) {
  AG_REAL *x = AG_NAME(numbers)(seed, n);
  for (int64_t i = 0; i < n; i++) x[i] = (AG_REAL)(floor(8 * (double)x[i]) / 4);
  return x;
}

static AG_NAME(results) AG_NAME(new_results)(const AG_NAME(operands) * o) {
  AG_NAME(results)
  r = {room(o->out, sizeof *r.y), room(o->in, sizeof *r.y),
       room(AGK_NORM_ROWS * o->g->channels, sizeof *r.y)};
  for (int64_t i = 0; i <= o->out; i++) r.y[i] = 7;
  for (int64_t i = 0; i <= o->in; i++) r.gx[i] = 7;
  for (int64_t i = 0; i <= AGK_NORM_ROWS * o->g->channels; i++) r.gnorm[i] = 7;
  return r;
}

static void AG_NAME(free_results)(AG_NAME(results) r) { free(r.y), free(r.gx), free(r.gnorm); }

/* ---- The definition ---- */

static double AG_NAME(normalised)(const AG_NAME(operands) * o, int64_t i) {
  const int64_t channels = o->g->channels, k = i % channels;
  return ((double)o->x[i] - (double)o->norm[k]) * (double)o->norm[channels + k] +
         (double)o->norm[2 * channels + k];
}

/* The element of x that is the first greatest of the window of element i of y, or its last NaN. */
static int64_t AG_NAME(winner)(const AG_NAME(operands) * o, int64_t i) {
  const agk_pool2d_geometry *g = o->g;
  const int64_t channel = i % g->channels, window = i / g->channels, p = g->kernel[0];
  const int64_t row = window / g->w_out % g->h_out, plane = window / g->w_out / g->h_out;
  int64_t best = -1;
  for (int64_t k = 0; k < p * p; k++) {
    const int64_t pixel = (plane * g->h + row * p + k / p) * g->w + window % g->w_out * p + k % p;
    const int64_t at = pixel * g->channels + channel;
    const double v = AG_NAME(normalised)(o, at);
    if (best < 0 || isnan(v) || v > AG_NAME(normalised)(o, best)) best = at;
  }
  return best;
}

/* Everything that is wanted, and for each sum that of its terms without their signs. */
static AG_NAME(results) AG_NAME(define)(const AG_NAME(operands) * o, long double *sums, double *sizes) {
  const int64_t channels = o->g->channels;
  AG_NAME(results) r = AG_NAME(new_results)(o);
  for (int64_t i = 0; i < o->in; i++) r.gx[i] = 0;
  for (int64_t i = 0; i < AGK_NORM_ROWS * channels; i++) sums[i] = sizes[i] = 0;
  for (int64_t i = 0; i < o->out; i++) {
    const int64_t at = AG_NAME(winner)(o, i), k = i % channels;
    const double v = AG_NAME(normalised)(o, at), h = v <= 0 ? 0 : (double)o->gy[i];
    const double terms[] = {-h * (double)o->norm[channels + k], h * ((double)o->x[at] - (double)o->norm[k]),
                            h};
    r.y[i] = (AG_REAL)(v <= 0 ? 0 : v);
    r.gx[at] = (AG_REAL)(h * (double)o->norm[channels + k]);
    for (int row = 0; row < AGK_NORM_ROWS; row++) {
      sums[row * channels + k] += terms[row];
      sizes[row * channels + k] += fabs(terms[row]);
    }
  }
  return r;
}

/* ---- The kernels ---- */

static AG_NAME(results) AG_NAME(pool)(int threads, const AG_NAME(operands) * o) {
  AG_NAME(results) r = AG_NAME(new_results)(o);
  void *workspace = room((int64_t)AG_NAME(agk_norm_relu_pool_workspace)(o->g), 1);
  AG_NAME(agk_norm_relu_pool_forward)(threads, o->g, o->x, o->norm, r.y);
  AG_NAME(agk_norm_relu_pool_backward)(threads, o->g, o->x, o->norm, o->gy, r.gx, r.gnorm, workspace);
  free(workspace);
  return r;
}

/* Windows of one pixel are none. */
static AG_NAME(results) AG_NAME(map)(int threads, const AG_NAME(operands) * o) {
  AG_NAME(results) r = AG_NAME(new_results)(o);
  const int64_t channels = o->g->channels, rows = o->in / channels;
  void *workspace = room((int64_t)AG_NAME(agk_norm_relu_workspace)(rows, channels), 1);
  AG_NAME(agk_norm_relu_forward)(threads, rows, channels, o->x, o->norm, r.y);
  AG_NAME(agk_norm_relu_backward)(threads, rows, channels, o->x, o->norm, o->gy, r.gx, r.gnorm, workspace);
  free(workspace);
  return r;
}

/* ---- Comparing ---- */

static void AG_NAME(assert_same)(const char *what, const agk_pool2d_geometry *g, int64_t n,
                                 const AG_REAL *found, const AG_REAL *wanted) {
  for (int64_t i = 0; i <= n; i++) {
    if (found[i] == wanted[i] || (isnan(found[i]) && isnan(wanted[i]))) continue;
    ck_abort_msg("%s of %dx%dx%dx%d, kernel %d: element %d is %g, expected %g", what, (int)g->planes,
                 (int)g->h, (int)g->w, (int)g->channels, (int)g->kernel[0], (int)i, (double)found[i],
                 (double)wanted[i]);
  }
}

/* The values, and the same bits with every number of threads. */
static void AG_NAME(assert_kernel)(AG_NAME(results) (*kernel)(int threads, const AG_NAME(operands) * o),
                                   const AG_NAME(operands) * o) {
  const int64_t n = AGK_NORM_ROWS * o->g->channels;
  long double *sums = room(n, sizeof *sums);
  double *sizes = room(n, sizeof *sizes);
  const AG_NAME(results) wanted = AG_NAME(define)(o, sums, sizes), found = kernel(1, o);
  AG_NAME(assert_same)("value", o->g, o->out, found.y, wanted.y);
  AG_NAME(assert_same)("gradient", o->g, o->in, found.gx, wanted.gx);
  for (int64_t i = 0; i < n; i++) {
    if (isnan((double)sums[i]) && isnan(found.gnorm[i])) continue;
    ck_assert_double_eq_tol((double)found.gnorm[i], (double)sums[i],
                            16 * (double)AG_EPSILON * (sizes[i] + DBL_EPSILON));
  }
  ck_assert(found.gnorm[n] == 7);
  for (int threads = 2; threads <= 7; threads += threads == 3 ? 4 : 1) {
    const AG_NAME(results) other = kernel(threads, o);
    ck_assert_mem_eq(other.y, found.y, (size_t)o->out * sizeof *other.y);
    ck_assert_mem_eq(other.gx, found.gx, (size_t)o->in * sizeof *other.gx);
    ck_assert_mem_eq(other.gnorm, found.gnorm, (size_t)n * sizeof *other.gnorm);
    AG_NAME(free_results)(other);
  }
  AG_NAME(free_results)(found), AG_NAME(free_results)(wanted);
  free(sums), free(sizes);
}

/* With NaN in the first channel; or with the same number as every gradient that comes in, whose sum in float
 * would be off in one direction. */
static void AG_NAME(assert_norm_relu)(const agk_pool2d_geometry *g, bool holes) {
  AG_NAME(operands)
  o = {g, g->planes * g->h * g->w * g->channels, g->planes * g->h_out * g->w_out * g->channels};
  o.x = AG_NAME(quarters)(1, o.in);
  o.norm = AG_NAME(quarters)(2, AGK_NORM_ROWS * g->channels);
  o.gy = AG_NAME(numbers)(3, o.out);
  for (int64_t i = 0; i < o.in && holes; i += 5 * g->channels) o.x[i] = (AG_REAL)NAN;
  for (int64_t i = 0; i < o.out && !holes; i++) o.gy[i] = (AG_REAL)0.3;
  AG_NAME(assert_kernel)(AG_NAME(pool), &o);
  if (g->kernel[0] == 1) AG_NAME(assert_kernel)(AG_NAME(map), &o);
  free(o.x), free(o.norm), free(o.gy);
}
#endif

#ifndef AG_REAL
/* On so many planes, or on as many as have `numbers` elements, where these are more. */
static void assert_norm_relu(int64_t planes, int64_t numbers, int64_t h, int64_t w, int64_t p) {
  static const int64_t channels[] = {1, 3, 17, 64, 100, 520};
  for (int i = 0; i < LENGTH(channels); i++) {
    const int64_t enough = ag_chunks(numbers, h * w * channels[i]);
    const agk_pool2d_geometry g = {.planes = enough > planes ? enough : planes,
                                   .channels = channels[i],
                                   .h = h,
                                   .w = w,
                                   .kernel = {p, p},
                                   .stride = {p, p},
                                   .dilation = {1, 1},
                                   .h_out = h / p,
                                   .w_out = w / p};
    assert_norm_relu_f32(&g, i % 2);
    assert_norm_relu_f64(&g, i % 2);
  }
}

/* One row of windows and many, with and without pixels that are left over. */
START_TEST(windows_agree_with_their_definition) {
  for (int64_t p = 1; p <= 4; p++) {
    assert_norm_relu(1, 0, p, p, p);
    assert_norm_relu(3, 0, 2 * p + (p > 1), 3 * p, p);
    assert_norm_relu(2, 0, 3 * p, 2 * p + p - 1, p);
  }
}
END_TEST

/* Several chunks, on several threads, each with several blocks. */
START_TEST(many_images_agree_with_their_definition) {
  assert_norm_relu(1, 80000, 11, 13, 1);
  assert_norm_relu(1, 80000, 11, 13, 2);
  assert_norm_relu(1, 80000, 11, 13, 3);
}
END_TEST

/* The gradients of norm are sums of nothing. */
START_TEST(no_images_have_gradients) {
  assert_norm_relu(0, 0, 4, 6, 1);
  assert_norm_relu(0, 0, 4, 6, 2);
}
END_TEST

TCase *norm_relu_kernel_tests(void) {
  TCase *t = tcase_create("norm_relu");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, windows_agree_with_their_definition);
  tcase_add_test(t, many_images_agree_with_their_definition);
  tcase_add_test(t, no_images_have_gradients);
  return t;
}
#endif
