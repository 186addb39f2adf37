/* All operators, for those who walk over them: tests, documentation, profiler. */
#include "ops/catalogue.h"

#include <string.h>

static const ag_op *const operators[] = {
#define OP(name) &ag_op_##name,
#define UNARY(name, ...) OP(name)
#define UNARY_1(name, ...) OP(name)
#define UNARY_2(name, ...) OP(name)
#define UNARY_3(name, ...) OP(name)
#define BINARY(name, ...) OP(name)
#define BINARY_1(name, ...) OP(name)
#define BINARY_2(name, ...) OP(name)
#define TERNARY(name, ...) OP(name)
#define TEST(name, ...) OP(name)
#define TEST_1(name, ...) OP(name)
#define COMPARE(name, ...) OP(name)
#include "ops/catalogue.def"
#include "ops/arithmetic.def"
#include "ops/elementwise.def"
#include "ops/activations.def"
#include "ops/compare.def"
#include "ops/undefine.h"
};

static const int n_operators = (int)(sizeof operators / sizeof operators[0]);

const ag_op *ag_catalogue(int index) { return index >= 0 && index < n_operators ? operators[index] : NULL; }

const ag_op *ag_op_find(const char *name) {
  for (int i = 0; i < n_operators; i++) {
    if (strcmp(operators[i]->name, name) == 0) return operators[i];
  }
  return NULL;
}
