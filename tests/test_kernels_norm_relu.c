/* Normalisation with known statistics and the rectifier behind it, against plain loops. All numbers but the
 * gradients that come in are quarters, so nothing is rounded before the sums, and many are 0. */
#ifndef AG_REAL
#include <float.h>

#include "kernels/norm_relu_whole.h"
#include "tests/test_kernels.h"

#define AG_SELF "tests/test_kernels_norm_relu.c"
#include "core/each_real.h"
#else

/* What the kernels write; behind the elements there is a guard. */
typedef struct {
  AG_REAL *z, *gx, *gnorm;
} AG_NAME(results);

typedef struct {
  int64_t rows, channels, n; /* elements in all */
  AG_REAL *x, *norm, *gz;
} AG_NAME(operands);

static AG_REAL *AG_NAME(quarters)(uint64_t seed, int64_t n) {
  AG_REAL *x = AG_NAME(numbers)(seed, n);
  for (int64_t i = 0; i < n; i++) x[i] = (AG_REAL)(floor(8 * (double)x[i]) / 4);
  return x;
}

static AG_NAME(results) AG_NAME(new_results)(const AG_NAME(operands) * o) {
  const int64_t of_norm = AGK_NORM_ROWS * o->channels;
  AG_NAME(results) r = {room(o->n, sizeof *r.z), room(o->n, sizeof *r.z), room(of_norm, sizeof *r.z)};
  for (int64_t i = 0; i <= o->n; i++) r.z[i] = r.gx[i] = 7;
  for (int64_t i = 0; i <= of_norm; i++) r.gnorm[i] = 7;
  return r;
}

static void AG_NAME(free_results)(AG_NAME(results) r) { free(r.z), free(r.gx), free(r.gnorm); }

/* Everything that is wanted, and for each sum that of its terms without their signs. */
static AG_NAME(results) AG_NAME(define)(const AG_NAME(operands) * o, long double *sums, double *sizes) {
  const int64_t channels = o->channels;
  AG_NAME(results) r = AG_NAME(new_results)(o);
  for (int64_t i = 0; i < AGK_NORM_ROWS * channels; i++) sums[i] = sizes[i] = 0;
  for (int64_t i = 0; i < o->n; i++) {
    const int64_t k = i % channels;
    const double apart = (double)o->x[i] - (double)o->norm[k], scale = (double)o->norm[channels + k],
                 v = apart * scale + (double)o->norm[2 * channels + k], h = v <= 0 ? 0 : (double)o->gz[i],
                 terms[] = {-h * scale, h * apart, h};
    r.z[i] = (AG_REAL)(v <= 0 ? 0 : v);
    r.gx[i] = (AG_REAL)(h * scale);
    for (int row = 0; row < AGK_NORM_ROWS; row++) {
      sums[row * channels + k] += terms[row];
      sizes[row * channels + k] += fabs(terms[row]);
    }
  }
  return r;
}

static AG_NAME(results) AG_NAME(kernel)(int threads, const AG_NAME(operands) * o) {
  AG_NAME(results) r = AG_NAME(new_results)(o);
  void *workspace = room((int64_t)AG_NAME(agk_norm_relu_workspace)(o->rows, o->channels), 1);
  AG_NAME(agk_norm_relu_forward)(threads, o->rows, o->channels, o->x, o->norm, r.z);
  AG_NAME(agk_norm_relu_backward)
  (threads, o->rows, o->channels, o->x, o->norm, o->gz, r.gx, r.gnorm, workspace);
  free(workspace);
  return r;
}

/* ---- Comparing ---- */

static void AG_NAME(assert_same)(const char *what, const AG_NAME(operands) * o, const AG_REAL *found,
                                 const AG_REAL *wanted) {
  for (int64_t i = 0; i <= o->n; i++) {
    if (found[i] == wanted[i] || (isnan(found[i]) && isnan(wanted[i]))) continue;
    ck_abort_msg("%s of %dx%d: element %d is %g, expected %g", what, (int)o->rows, (int)o->channels, (int)i,
                 (double)found[i], (double)wanted[i]);
  }
}

static void AG_NAME(assert_sums)(const AG_NAME(operands) * o, const AG_REAL *found, const long double *sums,
                                 const double *sizes) {
  const int64_t n = AGK_NORM_ROWS * o->channels;
  for (int64_t i = 0; i < n; i++) {
    const double error = fabs((double)found[i] - (double)sums[i]);
    if (isnan((double)sums[i]) ? isnan(found[i])
                               : error <= 16 * (double)AG_EPSILON * (sizes[i] + DBL_EPSILON))
      continue;
    ck_abort_msg("gradient of norm of %dx%d: element %d is %.9g, expected %.9g", (int)o->rows,
                 (int)o->channels, (int)i, (double)found[i], (double)sums[i]);
  }
  ck_assert(found[n] == 7);
}

/* The values, and the same bits with every number of threads. With NaN in the first channel; or with the same
 * number as every gradient that comes in, whose sum in float would be off in one direction. */
static void AG_NAME(assert_norm_relu)(int64_t rows, int64_t channels, bool holes) {
  const int64_t n = AGK_NORM_ROWS * channels;
  AG_NAME(operands) o = {rows, channels, rows * channels};
  o.x = AG_NAME(quarters)(1, o.n);
  o.norm = AG_NAME(quarters)(2, n);
  o.gz = AG_NAME(numbers)(3, o.n);
  for (int64_t i = 0; i < o.n && holes; i += 5 * channels) o.x[i] = (AG_REAL)NAN;
  for (int64_t i = 0; i < o.n && !holes; i++) o.gz[i] = (AG_REAL)0.3;
  long double *sums = room(n, sizeof *sums);
  double *sizes = room(n, sizeof *sizes);
  const AG_NAME(results) wanted = AG_NAME(define)(&o, sums, sizes), found = AG_NAME(kernel)(1, &o);
  AG_NAME(assert_same)("value", &o, found.z, wanted.z);
  AG_NAME(assert_same)("gradient", &o, found.gx, wanted.gx);
  AG_NAME(assert_sums)(&o, found.gnorm, sums, sizes);
  for (int threads = 2; threads <= 7; threads += threads == 3 ? 4 : 1) {
    const AG_NAME(results) other = AG_NAME(kernel)(threads, &o);
    ck_assert_mem_eq(other.z, found.z, (size_t)o.n * sizeof *other.z);
    ck_assert_mem_eq(other.gx, found.gx, (size_t)o.n * sizeof *other.gx);
    ck_assert_mem_eq(other.gnorm, found.gnorm, (size_t)n * sizeof *other.gnorm);
    AG_NAME(free_results)(other);
  }
  AG_NAME(free_results)(found), AG_NAME(free_results)(wanted);
  free(sums), free(sizes), free(o.x), free(o.norm), free(o.gz);
}
#endif

#ifndef AG_REAL
/* On so many rows, or on as many as have `numbers` elements, where these are more. */
static void assert_norm_relu(int64_t rows, int64_t numbers) {
  static const int64_t channels[] = {1, 3, 17, 64, 100, 520, 1030};
  for (int i = 0; i < LENGTH(channels); i++) {
    const int64_t enough = ag_chunks(numbers, channels[i]), n = enough > rows ? enough : rows;
    assert_norm_relu_f32(n, channels[i], i % 2);
    assert_norm_relu_f64(n, channels[i], i % 2);
  }
}

/* Parts of a block, whole ones, and a part behind these. */
START_TEST(few_rows_agree_with_their_definition) {
  const int64_t rows[] = {1, 2, 31, 32, 33, 100};
  for (int i = 0; i < LENGTH(rows); i++) assert_norm_relu(rows[i], 0);
}
END_TEST

/* Several chunks, on several threads, each with several blocks. */
START_TEST(many_rows_agree_with_their_definition) { assert_norm_relu(1, 80000); }
END_TEST

/* The gradients of norm are sums of nothing. */
START_TEST(no_rows_have_gradients) { assert_norm_relu(0, 0); }
END_TEST

TCase *norm_relu_kernel_tests(void) {
  TCase *t = tcase_create("norm_relu");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, few_rows_agree_with_their_definition);
  tcase_add_test(t, many_rows_agree_with_their_definition);
  tcase_add_test(t, no_rows_have_gradients);
  return t;
}
#endif
