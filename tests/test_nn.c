/* Layers, optimisers, archives and gradient checks: a file each. */
#include "tests/test_nn.h"

#include <stdlib.h>
#include <string.h>

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

/* SplitMix64 (Steele et al. 2014). */
static uint64_t mix(uint64_t z) {
  z += 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

void irregular(double *out, int64_t n, uint64_t salt) {
  for (int64_t i = 0; i < n; i++) out[i] = (double)(mix(mix(salt) + (uint64_t)i) >> 11) * 0x1p-52 - 1;
}

ag_tensor *leaf(ag_shape shape, uint64_t salt) {
  int64_t n = 1;
  for (int i = 0; i < shape.rank; i++) n *= shape.dim[i];
  double *values = malloc((size_t)n * sizeof *values);
  ck_assert_ptr_nonnull(values);
  irregular(values, n, salt);
  ag_tensor *x = ag_from_double(c, shape, values);
  free(values);
  return x;
}

double *elements(const ag_tensor *x) {
  double *values = malloc((size_t)(ag_numel(x) + 1) * sizeof *values);
  if (!values) ck_abort_msg("no memory for %lld numbers", (long long)ag_numel(x));
  ag_to_double(x, values);
  return values;
}

double at(const ag_tensor *x, int64_t i) {
  if (i >= ag_numel(x))
    ck_abort_msg("element %lld of a tensor of %lld", (long long)i, (long long)ag_numel(x));
  double *values = elements(x);
  const double value = values[i];
  free(values);
  return value;
}

void expect_error(ag_ctx *k, ag_status status, const char *site, const char *text) {
  const char *message = ag_error_message(k), *colon = strstr(message, ": ");
  ck_assert_msg(colon != NULL, "no error, expected is: %s", text);
  ck_assert_msg(strncmp(message, site, strlen(site)) == 0, "the site of \"%s\" is not in %s", message, site);
  ck_assert_str_eq(colon + 2, text);
  ck_assert_int_eq(ag_error(k), status);
  ck_assert_ptr_null(strchr(message, '\n'));
  ag_clear_error(k);
}

int main(void) {
  Suite *suite = suite_create("nn");
  suite_add_tcase(suite, layer_tests());
  suite_add_tcase(suite, moments_layer_tests());
  suite_add_tcase(suite, optim_tests());
  suite_add_tcase(suite, npz_tests());
  suite_add_tcase(suite, gradcheck_tests());
  suite_add_tcase(suite, second_order_tests());
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
