/* The engine's core: contexts, scopes, errors, memory, views, differentiation, random streams, profiles. */
#include "tests/test_engine.h"

int main(void) {
  TCase *(*const groups[])(void) = {
      scope_tests,       error_tests,      memory_tests,     view_tests,  backward_tests, operator_tests, grad_tests,
      overwritten_tests, functional_tests, checkpoint_tests, checkpoint_limit_tests, random_tests,   profile_tests,  trace_tests,
      anomaly_tests};
  return run_suite("engine", groups, LENGTH(groups));
}
