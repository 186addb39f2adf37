/* Activations, element by element: everything that follows from the lines of activations.def. */
#ifndef AG_REAL
#include <tgmath.h>

#include "core/internal.h"
#include "core/multiversion.h"
#include "kernels/elementary.h"
#include "ops/catalogue.h"

/* 1 / sqrt(2 pi). */
#define NORMAL_DENSITY 0.39894228040143267794
/* Those with which selu keeps mean 0 and variance 1 (Klambauer et al. 2017). */
#define SELU_ALPHA 1.6732632423543772
#define SELU_SCALE 1.0507009873554805
/* gelu_tanh(x) = x / (1 + e^-(GELU_LINEAR x + GELU_CUBIC x^3)): 2 sqrt(2 / pi), and 0.044715 times that. */
#define GELU_LINEAR 1.59576912160573071176
#define GELU_CUBIC (0.044715 * GELU_LINEAR)

#define AG_SELF "ops/activations.c"
#include "core/each_real.h"
#else

#define silu_slope(x) AG_NAME(silu_slope)(x)
#define mish_gate(x) AG_NAME(mish_gate)(x)
#define mish_slope(x) AG_NAME(mish_slope)(x)
#define gelu_tanh_slope(x) AG_NAME(gelu_tanh_slope)(x)
#include "ops/elementwise_loops.h"

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

#define ROOT_DENSITY REAL(NORMAL_DENSITY)
#include "ops/activations.def"
#include "ops/undefine.h"
#endif

#ifndef AG_REAL
#include "ops/elementwise_objects.h"

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

#define WANTED AG_F32
#define LOOPS(name)                                                                                          \
  { name##_f32, name##_f64 }
#include "ops/activations.def"
#include "ops/undefine.h"
#endif
