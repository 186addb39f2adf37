/* elementwise_loops.h - makes kernels of the lines of a table.
 *
 * A file with such a table (elementwise.c, activations.c) is compiled by core/each_real.h and includes this
 * where AG_REAL is defined, and the table behind it. There is no include guard: each use is another one. */

/* The table's functions of these names are the ones that become vector code. */
#undef exp
#undef expm1
#undef log
#undef log1p
#undef tanh
#undef erfc
#define exp(x) AG_NAME(agk_exp)(x)
#define expm1(x) AG_NAME(agk_expm1)(x)
#define log(x) AG_NAME(agk_log)(x)
#define log1p(x) AG_NAME(agk_log1p)(x)
#define log1p_unit(x) AG_NAME(agk_log1p_unit)(x)
#define tanh(x) AG_NAME(agk_tanh)(x)
#define erfc(x) AG_NAME(agk_erfc)(x)
#define below(x, y) ((x) < (y))
#define bell(x) AG_NAME(agk_bell)(x)
#define normal(x) AG_NAME(agk_normal)(x)
#define power(x, p) AG_NAME(agk_power)(x, p)

#define REAL(number) ((AG_REAL)(number))
#define GREATEST REAL(sizeof(AG_REAL) == sizeof(float) ? (double)FLT_MAX : DBL_MAX)

/* Kernels. The common steps have loops of their own, which the compiler turns into vector code: all operands
 * contiguous, or one of two, or two of three, repeated. */
#define LOOP AG_MULTIVERSION static void
#define ARGUMENTS int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters
#define P const AG_REAL p = (AG_REAL)parameters[0]
#define P_AND_Q                                                                                              \
  P;                                                                                                         \
  const AG_REAL q = (AG_REAL)parameters[1]
#define P_Q_AND_T                                                                                            \
  P_AND_Q;                                                                                                   \
  const AG_REAL t = (AG_REAL)parameters[2]
#define EACH(numbers, value)                                                                                 \
  for (int64_t i = 0; i < n; i++) {                                                                          \
    numbers;                                                                                                 \
    o[i] = (AG_REAL)(value);                                                                                 \
  }

#define LOOP_1(name, constants, value)                                                                       \
  LOOP AG_NAME(name)(ARGUMENTS) {                                                                            \
    AG_REAL *o = out;                                                                                        \
    const AG_REAL *a = in[0];                                                                                \
    const int64_t s = step[0];                                                                               \
    (void)parameters;                                                                                        \
    constants;                                                                                               \
    if (s == 1)                                                                                              \
      EACH(const AG_REAL x = a[i], value)                                                                    \
    else                                                                                                     \
      EACH(const AG_REAL x = a[i * s], value)                                                                \
  }

#define LOOP_2(name, constants, value)                                                                       \
  LOOP AG_NAME(name)(ARGUMENTS) {                                                                            \
    AG_REAL *o = out;                                                                                        \
    const AG_REAL *a = in[0], *b = in[1];                                                                    \
    const int64_t s = step[0], t = step[1];                                                                  \
    (void)parameters;                                                                                        \
    constants;                                                                                               \
    if (s == 1 && t == 1) {                                                                                  \
      EACH(const AG_REAL x = a[i]; const AG_REAL y = b[i], value)                                            \
    } else if (s == 1 && t == 0) {                                                                           \
      const AG_REAL y = *b;                                                                                  \
      EACH(const AG_REAL x = a[i], value)                                                                    \
    } else if (s == 0 && t == 1) {                                                                           \
      const AG_REAL x = *a;                                                                                  \
      EACH(const AG_REAL y = b[i], value)                                                                    \
    } else {                                                                                                 \
      EACH(const AG_REAL x = a[i * s]; const AG_REAL y = b[i * t], value)                                    \
    }                                                                                                        \
  }

#define LOOP_3(name, value)                                                                                  \
  LOOP AG_NAME(name)(ARGUMENTS) {                                                                            \
    AG_REAL *o = out;                                                                                        \
    const AG_REAL *a = in[0], *b = in[1], *c = in[2];                                                        \
    const int64_t s = step[0], t = step[1], u = step[2];                                                     \
    (void)parameters;                                                                                        \
    if (s == 1 && t == 1 && u == 1) {                                                                        \
      EACH(const AG_REAL x = a[i]; const AG_REAL y = b[i]; const AG_REAL z = c[i], value)                    \
    } else if (s == 0 && t == 1 && u == 0) {                                                                 \
      const AG_REAL x = *a, z = *c;                                                                          \
      EACH(const AG_REAL y = b[i], value)                                                                    \
    } else {                                                                                                 \
      EACH(const AG_REAL x = a[i * s]; const AG_REAL y = b[i * t]; const AG_REAL z = c[i * u], value)        \
    }                                                                                                        \
  }

#define UNARY(name, formula, value, dx, low, high) LOOP_1(name, , value)
#define UNARY_1(name, p, formula, value, dx, low, high) LOOP_1(name, P, value)
#define UNARY_2(name, p, q, formula, value, dx, low, high) LOOP_1(name, P_AND_Q, value)
#define UNARY_3(name, p, q, t, formula, value, dx, low, high) LOOP_1(name, P_Q_AND_T, value)
#define BINARY(name, formula, value, dx, dy, low, high) LOOP_2(name, , value)
#define BINARY_1(name, p, formula, value, dx, dy, low, high) LOOP_2(name, P, value)
#define BINARY_2(name, p, q, formula, value, dx, dy, low, high) LOOP_2(name, P_AND_Q, value)
#define TERNARY(name, formula, value, dx, dy, dz, low, high) LOOP_3(name, value)
