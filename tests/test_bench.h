/* What the files of the benchmark's suite share. */
#ifndef TESTS_TEST_BENCH_H
#define TESTS_TEST_BENCH_H

#include <check.h>

#define LENGTH(array) ((int)(sizeof(array) / sizeof *(array)))

TCase *bench_sides_tests(void);   /* processes that work on demand */
TCase *bench_program_tests(void); /* the program, with a stand-in for PyTorch */

#endif
