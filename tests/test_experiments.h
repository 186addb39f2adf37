/* What the files of the experiments' suite share: a folder for each test, and messages to compare. */
#ifndef TESTS_TEST_EXPERIMENTS_H
#define TESTS_TEST_EXPERIMENTS_H

#include <check.h>
#include <stddef.h>
#include <sys/types.h>

#include "experiments/dataset.h"
#include "experiments/plan.h"

/* The embedded data, read once for all tests. */
extern dataset data;

/* Set up before each test: a temporary folder, the name of a store in it (not made yet), an empty line. */
extern char folder[64], store_path[128];
extern message line;

/* folder/name in a buffer that holds until the next call. */
const char *in_folder(const char *name);

void write_text(const char *path, const char *bytes, size_t size);

/* Asserts that the line is "PATH: rest". */
void expect_line(const char *path, const char *rest);

/* A job of its own from settings (NULL at the end), as the driver would plan it: for data of this digest, or
 * for the embedded ones with NULL. */
plan_job job_of(const char *const settings[], int64_t seed, const char *digest);

/* Whether histories, metrics and tensors are the same bits; times are not looked at. */
bool same_run(const run_result *a, const run_result *b);

enum { TEXT_SIZE = 1 << 16 };
void read_text(const char *path, char text[TEXT_SIZE]);

/* The driver as a user meets it: ./agx, or the program that AGX names, with these arguments (NULL at the
 * end). agx_wait gives its exit status and what it printed, which agx_read gives before it has ended. */
extern char out[TEXT_SIZE], err[TEXT_SIZE];
pid_t agx_start(const char *const arguments[]);
void agx_read(pid_t process);
int agx_wait(pid_t process);
#define AGX(...) agx_wait(agx_start((const char *const[]){__VA_ARGS__, NULL}))

/* Asserts that the text has this part. */
void contains(const char *text, const char *part);

/* What store_list gives of store_path, and its end. */
size_t stored_runs(run_result **runs);
void free_runs(run_result *runs, size_t count);

/* One group of tests a file. */
TCase *experiments_config_tests(void);
TCase *experiments_catalogue_tests(void);
TCase *experiments_store_tests(void);
TCase *experiments_damage_tests(void);
TCase *experiments_supervisor_tests(void);
TCase *experiments_train_tests(void);
TCase *experiments_resume_tests(void);
TCase *experiments_checkpoint_tests(void);
TCase *experiments_custom_tests(void);
TCase *experiments_commands_tests(void);
TCase *experiments_compare_tests(void);
TCase *experiments_agx_tests(void);
TCase *experiments_runs_tests(void);
TCase *experiments_refused_tests(void);

#endif
