/* The kernels for integers of the operators of arithmetic.def. */
#ifndef AG_OPS_INTEGER_H
#define AG_OPS_INTEGER_H

#include <autograd.h>

#define UNARY(name, ...) extern ag_loop ag_##name##_i64, ag_##name##_i32, ag_##name##_u8;
#define UNARY_2(name, ...) UNARY(name, 0)
#define BINARY(name, ...) UNARY(name, 0)
#include "ops/arithmetic.def"
#include "ops/undefine.h"

#endif
