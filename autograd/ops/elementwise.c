/* Elementwise operators: everything that follows from the lines of elementwise.def and arithmetic.def. */
#ifndef AG_REAL
#include <tgmath.h>

#include "core/internal.h"
#include "core/multiversion.h"
#include "kernels/elementary.h"
#include "kernels/special.h"
#include "ops/catalogue.h"
#include "ops/integer.h"

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
#define silu_slope(x) AG_NAME(silu_slope)(x)
#define mish_gate(x) AG_NAME(mish_gate)(x)
#define mish_slope(x) AG_NAME(mish_slope)(x)
#define gelu_tanh_slope(x) AG_NAME(gelu_tanh_slope)(x)

/* 1 / sqrt(2 pi). */
#define NORMAL_DENSITY 0.39894228040143267794
/* ln(2), ln(10), 1 / sqrt(pi). */
#define LN_2 0.69314718055994530942
#define LN_10 2.30258509299404568402
#define ROOT_1_PI 0.56418958354775628695
/* Those with which selu keeps mean 0 and variance 1 (Klambauer et al. 2017). */
#define SELU_ALPHA 1.6732632423543772
#define SELU_SCALE 1.0507009873554805
/* gelu_tanh(x) = x / (1 + e^-(GELU_LINEAR x + GELU_CUBIC x^3)): 2 sqrt(2 / pi), and 0.044715 times that. */
#define GELU_LINEAR 1.59576912160573071176
#define GELU_CUBIC (0.044715 * GELU_LINEAR)

#define AG_SELF "ops/elementwise.c"
#include "core/each_real.h"
#else

#define REAL(number) ((AG_REAL)(number))
#define GREATEST REAL(sizeof(AG_REAL) == sizeof(float) ? (double)FLT_MAX : DBL_MAX)

/* Numbers that are more than an expression. s is 1 / (1 + e^-x). */

AG_INLINE AG_REAL AG_NAME(logistic)(AG_REAL x) { return 1 / (1 + exp(-x)); }

/* s + x s', the derivative of x s. */
AG_INLINE AG_REAL AG_NAME(silu_slope)(AG_REAL x) {
  const AG_REAL s = AG_NAME(logistic)(x);
  return s * (1 + x * (1 - s));
}

/* tanh(ln(1 + e^x)) = n / (n + 2) with n = e^x (e^x + 2), written in e^-|x|, which does not overflow. */
AG_INLINE AG_REAL AG_NAME(mish_gate)(AG_REAL x) {
  const AG_REAL e = exp(-fabs(x)), low = e * (e + 2), high = 1 + 2 * e;
  return x > 0 ? high / (high + 2 * e * e) : low / (low + 2);
}

AG_INLINE AG_REAL AG_NAME(mish_slope)(AG_REAL x) {
  const AG_REAL t = AG_NAME(mish_gate)(x);
  return t + x * AG_NAME(logistic)(x) * (1 - t * t);
}

AG_INLINE AG_REAL AG_NAME(gelu_tanh_slope)(AG_REAL x) {
  const AG_REAL cubic = x * x * REAL(GELU_CUBIC), s = AG_NAME(logistic)(x * (REAL(GELU_LINEAR) + cubic));
  return s + x * s * (1 - s) * (REAL(GELU_LINEAR) + 3 * cubic);
}

/* Kernels. The common steps have loops of their own, which the compiler turns into vector code: all operands
 * contiguous, or one of two, or two of three, repeated. */
#define ROOT_DENSITY ((AG_REAL)NORMAL_DENSITY)
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
#include "ops/arithmetic.def"
#include "ops/elementwise.def"
#include "ops/undefine.h"

#undef REAL
#undef GREATEST
#undef ROOT_DENSITY
#undef LOOP
#undef ARGUMENTS
#undef P
#undef P_AND_Q
#undef P_Q_AND_T
#undef EACH
#undef LOOP_1
#undef LOOP_2
#undef LOOP_3
#endif

#ifndef AG_REAL

/* Second derivatives that are more than an expression, in operators. */

/* 2 t' + x t'' for t = tanh(ln(1 + e^x)): t' = (1 - t^2) s and t'' = t' (1 - s - 2 s t). */
static ag_tensor *mish_curvature(ag_tensor *x) {
  ag_tensor *s = ag_sigmoid(x), *t = ag_tanh(ag_softplus(x));
  ag_tensor *bend = ag_sub(ag_rsub_scalar(s, 1), ag_mul_scalar(ag_mul(s, t), 2));
  return ag_mul(ag_tanh_grad(s, t), ag_add_scalar(ag_mul(x, bend), 2));
}

/* (x s(v))'' = s (1 - s) (2 v' + x v'' - x v'^2 tanh(v / 2)) for the cubic v of gelu_tanh. */
static ag_tensor *gelu_tanh_curvature(ag_tensor *x) {
  ag_tensor *cubic = ag_mul_scalar(ag_square(x), GELU_CUBIC);
  ag_tensor *v = ag_mul(x, ag_add_scalar(cubic, GELU_LINEAR));
  ag_tensor *slope = ag_add_scalar(ag_mul_scalar(cubic, 3), GELU_LINEAR);
  ag_tensor *straight = ag_add_scalar(ag_mul_scalar(cubic, 12), 2 * GELU_LINEAR);
  ag_tensor *bend = ag_mul(ag_mul(x, ag_square(slope)), ag_tanh(ag_mul_scalar(v, 0.5)));
  return ag_sigmoid_grad(ag_sub(straight, bend), ag_sigmoid(v));
}

/* Vector-Jacobian products, objects and public functions. */
#define NONE ((ag_tensor *)NULL)
#define PARAMETER(name, k)                                                                                   \
  const double name = ((const double *)node->attributes)[k];                                                 \
  (void)name
#define P PARAMETER(p, 0)
#define P_AND_Q                                                                                              \
  P;                                                                                                         \
  PARAMETER(q, 1)
#define P_Q_AND_T                                                                                            \
  P_AND_Q;                                                                                                   \
  PARAMETER(t, 2)

#define VJP_1(name, constants, dx)                                                                           \
  static void name##_vjp(const ag_node *node, ag_tensor *const *grads, ag_tensor **d) {                      \
    ag_tensor *g = grads[0], *r = node->out[0], *x = node->in[0];                                            \
    (void)g, (void)r, (void)x;                                                                               \
    constants;                                                                                               \
    if (ag_needs(node, 0)) d[0] = dx;                                                                        \
  }

#define VJP_2(name, constants, dx, dy)                                                                       \
  static void name##_vjp(const ag_node *node, ag_tensor *const *grads, ag_tensor **d) {                      \
    ag_tensor *g = grads[0], *r = node->out[0], *x = node->in[0], *y = node->in[1];                          \
    (void)g, (void)r, (void)x, (void)y;                                                                      \
    constants;                                                                                               \
    if (ag_needs(node, 0)) d[0] = dx;                                                                        \
    if (ag_needs(node, 1)) d[1] = dy;                                                                        \
  }

#define VJP_3(name, dx, dy, dz)                                                                              \
  static void name##_vjp(const ag_node *node, ag_tensor *const *grads, ag_tensor **d) {                      \
    ag_tensor *g = grads[0], *r = node->out[0], *x = node->in[0], *y = node->in[1], *z = node->in[2];        \
    (void)g, (void)r, (void)x, (void)y, (void)z;                                                             \
    if (ag_needs(node, 0)) d[0] = dx;                                                                        \
    if (ag_needs(node, 1)) d[1] = dy;                                                                        \
    if (ag_needs(node, 2)) d[2] = dz;                                                                        \
  }

#define OBJECT(title, text, operands, constants, from, to)                                                   \
  const ag_op ag_op_##title = {.name = #title,                                                               \
                               .formula = text,                                                              \
                               .n_in = operands,                                                             \
                               .attribute_size = constants * sizeof(double),                                 \
                               .in_dtype = {WANTED, WANTED, WANTED},                                         \
                               .loop = LOOPS(title),                                                         \
                               .vjp = title##_vjp,                                                           \
                               .low = from,                                                                  \
                               .high = to};
#define SITE ag_site at, ag_tensor *x
#define APPLY(name, constants, ...)                                                                          \
  return ag_apply(at, &ag_op_##name, (int)(sizeof(ag_tensor *[]){__VA_ARGS__} / sizeof(ag_tensor *)),        \
                  (ag_tensor *[]){__VA_ARGS__}, constants);
#define ONE ((double[]){p})
#define TWO ((double[]){p, q})
#define THREE ((double[]){p, q, t})

#define UNARY(name, formula, value, dx, low, high)                                                           \
  VJP_1(name, , dx) OBJECT(name, formula, 1, 0, low, high) ag_tensor *(ag_##name)(SITE) {                    \
    APPLY(name, NULL, x)                                                                                     \
  }
#define UNARY_1(name, p, formula, value, dx, low, high)                                                      \
  VJP_1(name, P, dx) OBJECT(name, formula, 1, 1, low, high) ag_tensor *(ag_##name)(SITE, double p) {         \
    APPLY(name, ONE, x)                                                                                      \
  }
#define UNARY_2(name, p, q, formula, value, dx, low, high)                                                   \
  VJP_1(name, P_AND_Q, dx)                                                                                   \
  OBJECT(name, formula, 1, 2, low, high) ag_tensor *(ag_##name)(SITE, double p, double q) {                  \
    APPLY(name, TWO, x)                                                                                      \
  }
#define UNARY_3(name, p, q, t, formula, value, dx, low, high)                                                \
  VJP_1(name, P_Q_AND_T, dx)                                                                                 \
  OBJECT(name, formula, 1, 3, low, high) ag_tensor *(ag_##name)(SITE, double p, double q, double t) {        \
    APPLY(name, THREE, x)                                                                                    \
  }
#define BINARY(name, formula, value, dx, dy, low, high)                                                      \
  VJP_2(name, , dx, dy) OBJECT(name, formula, 2, 0, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y) { \
    APPLY(name, NULL, x, y)                                                                                  \
  }
#define BINARY_1(name, p, formula, value, dx, dy, low, high)                                                 \
  VJP_2(name, P, dx, dy)                                                                                     \
  OBJECT(name, formula, 2, 1, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y, double p) {             \
    APPLY(name, ONE, x, y)                                                                                   \
  }
#define BINARY_2(name, p, q, formula, value, dx, dy, low, high)                                              \
  VJP_2(name, P_AND_Q, dx, dy)                                                                               \
  OBJECT(name, formula, 2, 2, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y, double p, double q) {   \
    APPLY(name, TWO, x, y)                                                                                   \
  }
#define TERNARY(name, formula, value, dx, dy, dz, low, high)                                                 \
  VJP_3(name, dx, dy, dz)                                                                                    \
  OBJECT(name, formula, 3, 0, low, high) ag_tensor *(ag_##name)(SITE, ag_tensor * y, ag_tensor * z) {        \
    APPLY(name, NULL, x, y, z)                                                                               \
  }

/* Numbers of every type. */
#define WANTED AG_ALIKE
#define LOOPS(name)                                                                                          \
  { [AG_F32] = name##_f32, name##_f64, ag_##name##_i64, [AG_I32] = ag_##name##_i32, ag_##name##_u8 }
#include "ops/arithmetic.def"
#undef WANTED
#undef LOOPS

/* Real numbers alone. */
#define WANTED AG_F32
#define LOOPS(name)                                                                                          \
  { name##_f32, name##_f64 }
#include "ops/elementwise.def"
#include "ops/undefine.h"
#endif
