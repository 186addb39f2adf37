/* Arithmetic of integers: what follows from the lines of arithmetic.def for int64, int32 and uint8. Numbers
 * are computed modulo 2^64, of which the lowest bits are the result: signed arithmetic in C may not wrap
 * around. */
#ifndef AG_TYPE
#include "ops/integer.h"

#include "core/internal.h"
#include "core/multiversion.h"

/* Of numbers modulo 2^64, which stand for those of int64. */
#define below(x, y) ((int64_t)(x) < (int64_t)(y))
#define fabs(x) (below(x, 0) ? 0 - (x) : (x))

#define AG_SELF "ops/integer.c"
#include "core/each_dtype.h"
#elif AG_BITS > 1

#define TYPE (AG_BITS == 64 ? AG_I64 : AG_BITS == 32 ? AG_I32 : AG_U8)

/* A parameter in the operands' type. */
static uint64_t AG_NAME(parameter)(double p) {
  AG_TYPE whole;
  ag_convert(1, TYPE, &whole, 1, AG_F64, &p, 1);
  return (uint64_t)whole;
}

#define ARGUMENTS int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters
#define P_AND_Q                                                                                              \
  const uint64_t p = AG_NAME(parameter)(parameters[0]);                                                      \
  const uint64_t q = AG_NAME(parameter)(parameters[1])
#define LOOP_1(name, constants, value)                                                                       \
  AG_MULTIVERSION void AG_NAME(ag_##name)(ARGUMENTS) {                                                       \
    const AG_TYPE *a = in[0];                                                                                \
    AG_TYPE *o = out;                                                                                        \
    const int64_t s = step[0];                                                                               \
    (void)parameters;                                                                                        \
    constants;                                                                                               \
    for (int64_t i = 0; i < n; i++) {                                                                        \
      const uint64_t x = (uint64_t)a[i * s];                                                                 \
      o[i] = (AG_TYPE)(value);                                                                               \
    }                                                                                                        \
  }
#define UNARY(name, formula, value, ...) LOOP_1(name, , value)
#define UNARY_2(name, p, q, formula, value, ...) LOOP_1(name, P_AND_Q, value)
#define BINARY(name, formula, value, ...)                                                                    \
  AG_MULTIVERSION void AG_NAME(ag_##name)(ARGUMENTS) {                                                       \
    const AG_TYPE *a = in[0], *b = in[1];                                                                    \
    AG_TYPE *o = out;                                                                                        \
    const int64_t s = step[0], t = step[1];                                                                  \
    (void)parameters;                                                                                        \
    for (int64_t i = 0; i < n; i++) {                                                                        \
      const uint64_t x = (uint64_t)a[i * s], y = (uint64_t)b[i * t];                                         \
      o[i] = (AG_TYPE)(value);                                                                               \
    }                                                                                                        \
  }
#include "ops/arithmetic.def"
#include "ops/undefine.h"
#undef TYPE
#undef ARGUMENTS
#undef P_AND_Q
#undef LOOP_1
#endif
