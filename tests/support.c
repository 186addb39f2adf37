#include "tests/support.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Running ---- */

ag_ctx *c;

static void setup(void) {
  c = ag_ctx_new();
  ck_assert_ptr_nonnull(c);
  ag_set_dtype(c, AG_F64);
  ag_seed(c, 1);
}

static void teardown(void) {
  ck_assert_msg(ag_error(c) == AG_OK, "an error was left: %s", ag_error_message(c));
  ag_ctx_free(c);
}

void with_context(TCase *t) { tcase_add_checked_fixture(t, setup, teardown); }

int run_suite(const char *name, TCase *(*const *groups)(void), int n) {
  Suite *suite = suite_create(name);
  for (int i = 0; i < n; i++) suite_add_tcase(suite, groups[i]());
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* ---- Numbers ---- */

/* SplitMix64 (Steele et al. 2014). */
static uint64_t mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

double irregular(uint64_t salt, int64_t i, double low, double high) {
  const double unit = (double)(mix(mix(salt) + (uint64_t)i) >> 11) * 0x1p-53;
  const double number = (double)(float)(low + (high - low) * unit);
  return number < high ? number : low;
}

ag_tensor *irregular_leaf(ag_ctx *k, ag_shape shape, uint64_t salt, double low, double high) {
  ag_tensor *x = ag_zeros(k, shape);
  const int64_t n = ag_numel(x);
  double *values = malloc((size_t)(n + 1) * sizeof *values);
  if (!values) ck_abort_msg("no memory for %lld numbers", (long long)ag_numel(x));
  for (int64_t i = 0; i < n; i++) values[i] = irregular(salt, i, low, high);
  ag_assign(x, values);
  free(values);
  return x;
}

ag_tensor *trained_leaf(ag_ctx *k, ag_shape shape, uint64_t salt, double low, double high) {
  ag_tensor *x = irregular_leaf(k, shape, salt, low, high);
  ag_set_requires_grad(x, true);
  return x;
}

double *elements(const ag_tensor *x) {
  double *values = malloc((size_t)(ag_numel(x) + 1) * sizeof *values);
  if (!values) ck_abort_msg("no memory for %lld numbers", (long long)ag_numel(x));
  ag_to_double(x, values);
  return values;
}

double element(const ag_tensor *x, int64_t i) {
  ck_assert_msg(i < ag_numel(x), "element %lld of a tensor of %lld", (long long)i, (long long)ag_numel(x));
  double *values = elements(x);
  const double value = values[i];
  free(values);
  return value;
}

static bool close(double found, double expected, double rtol, double atol) {
  if (isnan(expected)) return isnan(found);
  if (isinf(expected)) return found == expected;
  return fabs(found - expected) <= atol + rtol * fabs(expected);
}

const char *differ(int64_t n, const double *found, const double *expected, double rtol, double atol) {
  static char text[128];
  for (int64_t i = 0; i < n; i++) {
    if (close(found[i], expected[i], rtol, atol)) continue;
    snprintf(text, sizeof text, "element %lld is %.17g, expected %.17g", (long long)i, found[i], expected[i]);
    return text;
  }
  return NULL;
}

/* ---- Assertions ---- */

static void assert_shape(const ag_tensor *x, ag_shape shape) {
  const ag_shape found = ag_shape_of(x);
  ck_assert_msg(!ag_is_nil(x), "the tensor is nil");
  ck_assert_int_eq(found.rank, shape.rank);
  for (int i = 0; i < shape.rank; i++) ck_assert_int_eq(found.dim[i], shape.dim[i]);
}

void assert_elements(const ag_tensor *x, ag_shape shape, const double *expected) {
  assert_shape(x, shape);
  const double rounding = 8 * (ag_dtype_of(x) == AG_F32 ? (double)FLT_EPSILON : DBL_EPSILON);
  double *found = elements(x);
  const char *difference = differ(ag_numel(x), found, expected, rounding, rounding);
  free(found);
  ck_assert_msg(!difference, "%s", difference);
}

void assert_same_bits(const ag_tensor *x, const ag_tensor *y) {
  assert_shape(x, ag_shape_of(y));
  ck_assert_int_eq(ag_dtype_of(x), ag_dtype_of(y));
  double *a = elements(x), *b = elements(y);
  const bool same = memcmp(a, b, (size_t)ag_numel(x) * sizeof *a) == 0;
  const char *difference = differ(ag_numel(x), a, b, 0, 0);
  free(a);
  free(b);
  ck_assert_msg(same, "%s", difference ? difference : "the sign of a zero or the bits of a NaN differ");
}

void assert_close(const ag_tensor *x, const ag_tensor *y, double rtol) {
  assert_shape(x, ag_shape_of(y));
  double *found = elements(x), *expected = elements(y);
  const char *difference = differ(ag_numel(x), found, expected, rtol, rtol);
  free(found);
  free(expected);
  ck_assert_msg(!difference, "%s", difference);
}

void assert_error(ag_ctx *k, ag_status status, const char *site, const char *text) {
  char expected[1024];
  snprintf(expected, sizeof expected, "%s: %s", site, text);
  ck_assert_str_eq(ag_error_message(k), expected);
  ck_assert_int_eq(ag_error(k), status);
  ck_assert_ptr_null(strchr(ag_error_message(k), '\n'));
  ag_clear_error(k);
}

void assert_error_at(ag_ctx *k, ag_status status, const char *file, int line, const char *text) {
  char site[512];
  snprintf(site, sizeof site, "%s:%d", file, line);
  assert_error(k, status, site, text);
}

/* ---- Counting memory ---- */

/* The size stands in front of the memory, which stays aligned to 64 bytes. */
static void *counted(size_t bytes, void *user) {
  counter *count = user;
  const int64_t call = count->calls++;
  if (count->fail_at >= 0 && (count->once ? call == count->fail_at : call >= count->fail_at)) return NULL;
  void *memory = NULL;
  if (posix_memalign(&memory, 64, bytes + 64) != 0) return NULL;
  memcpy(memory, &bytes, sizeof bytes);
  count->live++;
  count->bytes += (int64_t)bytes;
  return (char *)memory + 64;
}

static void uncounted(void *memory, void *user) {
  counter *count = user;
  char *whole = (char *)memory - 64;
  size_t bytes;
  memcpy(&bytes, whole, sizeof bytes);
  count->live--;
  count->bytes -= (int64_t)bytes;
  free(whole);
}

ag_allocator counting(counter *count) { return (ag_allocator){counted, uncounted, count}; }
