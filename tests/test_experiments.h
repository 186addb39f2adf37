/* What the files of the experiments' suite share: a folder for each test, and messages to compare. */
#ifndef TESTS_TEST_EXPERIMENTS_H
#define TESTS_TEST_EXPERIMENTS_H

#include <check.h>
#include <stddef.h>

#include "experiments/dataset.h"
#include "experiments/plan.h"

/* Set up before each test: a temporary folder, the name of a store in it (not made yet), an empty line. */
extern char folder[64], store_path[128];
extern message line;

/* folder/name in a buffer that holds until the next call. */
const char *in_folder(const char *name);

void write_text(const char *path, const char *bytes, size_t size);

/* Asserts that the line is "PATH: rest". */
void expect_line(const char *path, const char *rest);

/* A job of its own from settings (NULL at the end), as the driver would plan it. */
plan_job job_of(const char *const settings[], int64_t seed, const char *digest);

/* One group of tests a file. */
TCase *experiments_config_tests(void);
TCase *experiments_catalogue_tests(void);
TCase *experiments_store_tests(void);
TCase *experiments_damage_tests(void);
TCase *experiments_supervisor_tests(void);
TCase *experiments_train_tests(void);
TCase *experiments_agx_tests(void);

#endif
