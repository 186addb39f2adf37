/* The experiments: configurations, catalogue and plan, store, supervisor and claims, training, the driver
 * agx; a file each.
 *
 * Every test runs in a temporary folder on the embedded data, which are the same everywhere. */
#include "tests/test_experiments.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char folder[64], store_path[128];
message line;

static void setup(void) {
  strcpy(folder, "/tmp/test-experiments-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(store_path, sizeof store_path, "%s/runs.db", folder);
  line.text[0] = '\0';
  ck_assert_int_eq(setenv("HOME", folder, 1), 0);
  ck_assert_int_eq(setenv("AUTOGRAD_OFFLINE", "1", 1), 0);
  ck_assert_int_eq(unsetenv("AUTOGRAD_DATA"), 0);
  ck_assert_int_eq(unsetenv("XDG_CACHE_HOME"), 0);
}

static int remove_entry(const char *path, const struct stat *s, int kind, struct FTW *walk) {
  (void)s, (void)kind, (void)walk;
  return remove(path);
}

static void teardown(void) { ck_assert_int_eq(nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0); }

const char *in_folder(const char *name) {
  static char path[256];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return path;
}

void write_text(const char *path, const char *bytes, size_t size) {
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(bytes, 1, size, f), size);
  ck_assert_int_eq(fclose(f), 0);
}

void expect_line(const char *path, const char *rest) {
  char expected[sizeof line.text];
  snprintf(expected, sizeof expected, "%s: %s", path, rest);
  ck_assert_str_eq(line.text, expected);
}

plan_job job_of(const char *const settings[], int64_t seed, const char *digest) {
  plan p;
  plan_request q = {.profile = catalogue_profile_find("full"),
                    .settings = settings,
                    .custom = true,
                    .seeds = seed,
                    .digits_digest = digest,
                    .houses_digest = digest};
  ck_assert_msg(plan_make(&p, &q, &line) == 0, "%s", line.text);
  plan_job job = p.jobs[p.count - 1]; /* the last seed */
  job.label = NULL;
  job.rows = NULL;
  plan_free(&p);
  return job;
}

int main(void) {
  Suite *suite = suite_create("experiments");
  TCase *cases[] = {experiments_config_tests(), experiments_catalogue_tests(),  experiments_store_tests(),
                    experiments_damage_tests(), experiments_supervisor_tests(), experiments_train_tests(),
                    experiments_agx_tests()};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    tcase_add_checked_fixture(cases[i], setup, teardown);
    tcase_set_timeout(cases[i], 120);
    suite_add_tcase(suite, cases[i]);
  }
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
