/* Every operator object of the library. */
#ifndef AG_OPS_CATALOGUE_H
#define AG_OPS_CATALOGUE_H

#include <autograd.h>

#define OP(name) extern const ag_op ag_op_##name;
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

#endif
