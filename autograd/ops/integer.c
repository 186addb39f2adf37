/* Arithmetic of integers: what follows from the lines of arithmetic.def for int64, int32 and uint8. Numbers
 * are computed modulo 2^64, of which the lowest bits are the result: signed arithmetic in C may not wrap
 * around. */
#ifndef AG_TYPE
#include "ops/integer.h"

#include "core/multiversion.h"

#define AG_SELF "ops/integer.c"
#include "core/each_dtype.h"
#elif AG_BITS > 1

#define ARGUMENTS int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters
#define UNARY(name, formula, value, ...)                                                                     \
  AG_MULTIVERSION void AG_NAME(ag_##name)(ARGUMENTS) {                                                       \
    const AG_TYPE *a = in[0];                                                                                \
    AG_TYPE *o = out;                                                                                        \
    const int64_t s = step[0];                                                                               \
    (void)parameters;                                                                                        \
    for (int64_t i = 0; i < n; i++) {                                                                        \
      const uint64_t x = (uint64_t)a[i * s];                                                                 \
      o[i] = (AG_TYPE)(value);                                                                               \
    }                                                                                                        \
  }
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
#undef ARGUMENTS
#endif
