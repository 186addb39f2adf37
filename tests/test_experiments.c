/* The experiments: configurations, catalogue and plan, store, supervisor and claims, training, the driver
 * agx; a file each.
 *
 * Every test runs in a temporary folder on the embedded data, which are the same everywhere. */
#include "tests/test_experiments.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

char folder[64], store_path[128];
message line;
dataset data;

/* No cache of the user's may take the place of the embedded data. */
static void load_data(void) {
  setenv("HOME", "/nonexistent", 1);
  setenv("AUTOGRAD_OFFLINE", "1", 1);
  unsetenv("AUTOGRAD_DATA");
  unsetenv("XDG_CACHE_HOME");
  for (config_problem problem = PROBLEM_DIGITS; problem <= PROBLEM_HOUSES; problem++)
    if (dataset_load(&data, problem, NULL, &line) != 0) {
      fprintf(stderr, "%s\n", line.text);
      exit(EXIT_FAILURE);
    }
}

static void setup(void) {
  strcpy(folder, "/tmp/test-experiments-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(store_path, sizeof store_path, "%s/runs.db", folder);
  line.text[0] = '\0';
  ck_assert_int_eq(setenv("HOME", folder, 1), 0);
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
                    .digits_digest = digest ? digest : data.digits.digest,
                    .houses_digest = digest ? digest : data.houses.digest};
  ck_assert_msg(plan_make(&p, &q, &line) == 0, "%s", line.text);
  plan_job job = p.jobs[p.count - 1]; /* the last seed */
  job.label = NULL;
  job.rows = NULL;
  plan_free(&p);
  return job;
}

bool same_run(const run_result *a, const run_result *b) {
  if (a->history_count != b->history_count || a->tensor_count != b->tensor_count ||
      a->metric_count != b->metric_count)
    return false;
  for (size_t i = 0; i < a->history_count; i++)
    if (memcmp(&a->history[i], &b->history[i], offsetof(run_point, seconds)) != 0) return false;
  for (size_t i = 0; i < a->metric_count; i++)
    if (memcmp(&a->metrics[i].value, &b->metrics[i].value, sizeof(double)) != 0) return false;
  for (size_t i = 0; i < a->tensor_count; i++) {
    size_t bytes = a->tensors[i].type == TENSOR_FLOAT32 ? 4 : 8;
    for (int k = 0; k < a->tensors[i].rank; k++) bytes *= (size_t)a->tensors[i].shape[k];
    if (memcmp(a->tensors[i].data, b->tensors[i].data, bytes) != 0) return false;
  }
  return true;
}

void read_text(const char *path, char text[TEXT_SIZE]) {
  FILE *f = fopen(path, "rb");
  ck_assert_msg(f != NULL, "%s", path);
  text[fread(text, 1, TEXT_SIZE - 1, f)] = '\0';
  fclose(f);
}

char out[TEXT_SIZE], err[TEXT_SIZE];

static const char *output(const char *kind, pid_t process) {
  static char path[256];
  snprintf(path, sizeof path, "%s/%s-%d", folder, kind, (int)process);
  return path;
}

pid_t agx_start(const char *const arguments[]) {
  const char *agx = getenv("AGX") ? getenv("AGX") : "./agx";
  pid_t process = fork();
  if (process != 0) return process;
  const char *all[32] = {agx};
  for (int i = 0; i < 30 && arguments[i]; i++) all[i + 1] = arguments[i];
  for (int i = 1; i <= 2; i++) {
    int file = open(output(i == 1 ? "out" : "err", getpid()), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file < 0 || dup2(file, i) < 0) _exit(99);
  }
  execv(agx, (char *const *)(uintptr_t)all);
  _exit(99);
}

void agx_read(pid_t process) {
  out[0] = err[0] = '\0';
  if (access(output("err", process), F_OK) != 0) return; /* it has not begun yet */
  read_text(output("err", process), err);
  read_text(output("out", process), out);
}

int agx_wait(pid_t process) {
  int status;
  ck_assert_int_eq(waitpid(process, &status, 0), process);
  agx_read(process);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void contains(const char *text, const char *part) {
  ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %.2000s", part, text);
}

size_t stored_runs(run_result **runs) {
  size_t count;
  store *s = store_open(store_path, STORE_READ, &line);
  ck_assert_msg(s && store_list(s, runs, &count, &line) >= 0, "%s", line.text);
  store_close(s);
  return count;
}

void free_runs(run_result *runs, size_t count) {
  for (size_t i = 0; i < count; i++) run_result_free(&runs[i]);
  free(runs);
}

int main(void) {
  load_data();
  Suite *suite = suite_create("experiments");
  TCase *cases[] = {experiments_config_tests(),   experiments_catalogue_tests(),  experiments_store_tests(),
                    experiments_damage_tests(),   experiments_supervisor_tests(), experiments_train_tests(),
                    experiments_resume_tests(),   experiments_checkpoint_tests(), experiments_custom_tests(),
                    experiments_commands_tests(), experiments_compare_tests(),    experiments_agx_tests(),
                    experiments_runs_tests(),     experiments_refused_tests()};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    tcase_add_checked_fixture(cases[i], setup, teardown);
    tcase_set_timeout(cases[i], 120);
    suite_add_tcase(suite, cases[i]);
  }
  SRunner *runner = srunner_create(suite);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  dataset_free(&data);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
