/* One group of tests a file. */
#ifndef TESTS_TEST_ENGINE_H
#define TESTS_TEST_ENGINE_H

#include "tests/support.h"

TCase *scope_tests(void);
TCase *error_tests(void);
TCase *memory_tests(void);
TCase *view_tests(void);
TCase *backward_tests(void);
TCase *operator_tests(void);
TCase *grad_tests(void);
TCase *overwritten_tests(void);
TCase *functional_tests(void);
TCase *checkpoint_tests(void);
TCase *checkpoint_limit_tests(void);
TCase *random_tests(void);
TCase *profile_tests(void);
TCase *trace_tests(void);
TCase *anomaly_tests(void);

#endif
