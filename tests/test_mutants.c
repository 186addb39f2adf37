/* Whether the tests of the operators notice mistakes: copies of operators, each with one. */
#include "tests/operators/walk.h"

int main(void) {
  TCase *(*const groups[])(void) = {mutation_tests, mutant_tests};
  return run_suite("mutants", groups, LENGTH(groups));
}
