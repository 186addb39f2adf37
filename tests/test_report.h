/* What the files of the report room's suite share. */
#ifndef TESTS_TEST_REPORT_H
#define TESTS_TEST_REPORT_H

#include "experiments/message.h"

#include <check.h>

/* A temporary folder for each test, removed after it, and the line that was last written. */
extern char home[64];
extern message said;

void report_setup(void);
void report_teardown(void);

/* HOME/name, to be freed. */
char *in_home(const char *name);

/* The whole of a file under HOME, to be freed. */
char *read_in_home(const char *name);

/* One group of tests a file. */
TCase *report_parts_tests(void);
TCase *report_whole_tests(void);

#endif
