/* Elementwise operators from their definitions, in other words than those of the library. */
#include <math.h>

#include "tests/operators/array.h"

#define ROOT_2 1.41421356237309504880
#define ROOT_2_PI 2.50662827463100050242

static double normal_density(double x) { return exp(-x * x / 2) / ROOT_2_PI; }
static double normal_below(double x) { return (1 + erf(x / ROOT_2)) / 2; }
static double logistic(double x) { return exp(x) / (exp(x) + 1); }
static double softplus(double x) { return log(exp(x) + 1); }

/* NaN stays NaN, which is not so for fmax and fmin. */
static double greatest(double x, double bound) { return x < bound ? bound : x; }
static double least(double x, double bound) { return x > bound ? bound : x; }

/* What is left of x after whole multiples of y, with the sign of y. */
static double modulo(double x, double y) {
  const double left = fmod(x, y);
  return left * y < 0 ? left + y : left;
}

/* By halving an interval that holds it. */
static double inverse_of_erf(double y) {
  double low = -6, high = 6;
  if (!(fabs(y) <= 1)) return NAN;
  for (int i = 0; i < 80; i++) {
    const double middle = (low + high) / 2;
    if (erf(middle) < y) low = middle;
    if (erf(middle) >= y) high = middle;
  }
  return low;
}

/* By the definition of the derivative of x s(v(x)), with s' = s^2 e^-v. */
static double gelu_tanh_slope(double x) {
  const double k = sqrt(2 / M_PI), v = 2 * k * (x + 0.044715 * pow(x, 3)), s = logistic(v);
  return s + x * s * s * exp(-v) * 2 * k * (1 + 3 * 0.044715 * x * x);
}

#define DEFINE(name, value)                                                                                  \
  static double name##_of(const double *v, const double *p) {                                                \
    (void)p;                                                                                                 \
    return value;                                                                                            \
  }
#define X v[0]
#define Y v[1]
#define Z v[2]
#define P p[0]
#define Q p[1]

DEFINE(neg, 0 - X)
DEFINE(abs, X < 0 ? -X : X)
DEFINE(sign, (double)((X > 0) - (X < 0)))
DEFINE(square, pow(X, 2))
DEFINE(sqrt, exp(log(X) / 2))
DEFINE(exp, pow(M_E, X))
DEFINE(log, log2(X) * M_LN2)
DEFINE(reciprocal, pow(X, -1))
DEFINE(rsqrt, exp(log(X) / -2))
DEFINE(exp2, exp(X *M_LN2))
DEFINE(expm1, exp(X) - 1)
DEFINE(log1p, log(1 + X))
DEFINE(log2, log(X) / M_LN2)
DEFINE(log10, log(X) / M_LN10)
DEFINE(add_scalar, P + X)
DEFINE(rsub_scalar, -(X - P))
DEFINE(mul_scalar, X *P)
DEFINE(pow_scalar, exp(P *log(X)))
DEFINE(root, exp(log(X) / P))
DEFINE(abs_pow, X == 0 ? 0 : exp(P *log(X < 0 ? -X : X)))
DEFINE(pow_or_zero, X == 0 ? 0 : exp(P *log(X)))
DEFINE(add, Y + X)
DEFINE(sub, -(Y - X))
DEFINE(mul, Y *X)
DEFINE(div, X * (1 / Y))
DEFINE(pow, exp2(Y *log2(X)))
DEFINE(maximum, X > Y || isnan(X) ? X : Y)
DEFINE(minimum, X > Y || isnan(Y) ? Y : X)
DEFINE(squared_difference, pow(X - Y, 2))
DEFINE(addcmul, X + Y * Z)
DEFINE(hypot, sqrt(X *X + Y * Y))
DEFINE(logaddexp, log(exp(X) + exp(Y)))
DEFINE(xlogy, log2(pow(Y, X)) * M_LN2)
DEFINE(bernoulli_nll, -log(pow(X, Y) * pow(1 - X, 1 - Y)))
DEFINE(copysign, (X < 0) == (Y < 0) ? X : -X)
DEFINE(lerp, X *(1 - Z) + Y * Z)
DEFINE(lerp_scalar, X *(1 - P) + Y * P)
DEFINE(nan_to_num, isnan(X) ? P : isinf(X) && X > 0 ? Q : isinf(X) ? p[2] : X)
DEFINE(floor, X - (fmod(X, 1) + (fmod(X, 1) < 0)))
DEFINE(ceil, X - (fmod(X, 1) - (fmod(X, 1) > 0)))
DEFINE(trunc, X - fmod(X, 1))
DEFINE(round, X - remainder(X, 1))
DEFINE(frac, fmod(X, 1))
DEFINE(floor_divide, (X - modulo(X, Y)) / Y)
DEFINE(fmod, X - Y * (X / Y - fmod(X / Y, 1)))
DEFINE(remainder, X - Y * (X / Y - fmod(X / Y, 1)))
DEFINE(sin, cos(X - M_PI / 2))
DEFINE(cos, sin(X + M_PI / 2))
DEFINE(tan, sin(X) / cos(X))
DEFINE(asin, atan(X / sqrt(1 - X * X)))
DEFINE(acos, 2 * atan(sqrt((1 - X) / (1 + X))))
DEFINE(atan, asin(X / sqrt(1 + X * X)))
DEFINE(atan2, 2 * atan((sqrt(X *X + Y * Y) - Y) / X))
DEFINE(sinh, (exp(X) - exp(-X)) / 2)
DEFINE(cosh, (exp(X) + exp(-X)) / 2)
DEFINE(asinh, log(X + sqrt(X * X + 1)))
DEFINE(acosh, log(X + sqrt(X * X - 1)))
DEFINE(atanh, (log(1 + X) - log(1 - X)) / 2)
DEFINE(erf, 2 * normal_below(X *ROOT_2) - 1)
DEFINE(erfc, 2 - 2 * normal_below(X *ROOT_2))
DEFINE(erfinv, inverse_of_erf(X))
DEFINE(clamp, least(greatest(X, P), Q))
DEFINE(relu, (X + fabs(X)) / 2)
DEFINE(addcmul_relu, X + Y * Z < 0 ? 0 : X + Y * Z)
DEFINE(leaky_relu, X < 0 ? P * X : X)
DEFINE(parametric_relu, X < 0 ? Y * X : X)
DEFINE(relu6, least(greatest(X, 0), 6))
DEFINE(threshold, X > P || isnan(X) ? X : Q)
DEFINE(hardtanh, least(greatest(X, P), Q))
DEFINE(hardsigmoid, least(greatest(X / 6 + 0.5, 0), 1))
DEFINE(hardswish, X *least(greatest(X / 6 + 0.5, 0), 1))
DEFINE(hardshrink, X >= -P && X <= P ? 0 : X)
DEFINE(softshrink, X - least(greatest(X, -P), P))
DEFINE(tanhshrink, X - (1 - 2 / (exp(2 * X) + 1)))
DEFINE(softsign, X > 0 ? X / (1 + X) : X / (1 - X))
DEFINE(elu, greatest(X, 0) + P * (exp(least(X, 0)) - 1))
DEFINE(celu, greatest(X, 0) + P * (exp(least(X, 0) / P) - 1))
DEFINE(selu, 1.0507009873554805 * (greatest(X, 0) + 1.6732632423543772 * (exp(least(X, 0)) - 1)))
DEFINE(logsigmoid, log(logistic(X)))
DEFINE(silu, X *logistic(X))
DEFINE(mish, X *tanh(softplus(X)))
DEFINE(softplus_beta, P *X > Q ? X : softplus(P *X) / P)
DEFINE(gelu_tanh, X / 2 * (1 + tanh(sqrt(2 / M_PI) * (X + 0.044715 * pow(X, 3)))))
DEFINE(tanh, (exp(2 * X) - 1) / (exp(2 * X) + 1))
DEFINE(sigmoid, exp(X) / (exp(X) + 1))
DEFINE(softplus, log(exp(X) + 1))
DEFINE(gelu, X *normal_below(X))
DEFINE(smooth_l1, X > -P && X < P ? X * X / P / 2 : fabs(X) - P / 2)
DEFINE(xlogy_grad, X *log2(Z) * M_LN2)
DEFINE(finite_grad, isfinite(Y) ? X : 0)
DEFINE(parametric_relu_grad, Y > 0 ? X : X * Z)
DEFINE(threshold_grad, Y < P ? 0 : X)
DEFINE(hardtanh_grad, P < Y && Q > Y ? X : 0)
DEFINE(hardswish_grad, Y >= 3 ? X : Y <= -3 ? 0 : X * (Y / 3 + 0.5))
DEFINE(shrink_grad, Y < -P || Y > P ? X : 0)
DEFINE(elu_grad, X *(Y > 0 ? 1 : P * exp(Y)))
DEFINE(elu_curvature, X >= 0 ? 0 : exp(X) * P)
DEFINE(silu_grad, X *(logistic(Y) + Y * logistic(Y) * logistic(-Y)))
DEFINE(mish_grad, X *(tanh(softplus(Y)) + Y * logistic(Y) / pow(cosh(softplus(Y)), 2)))
DEFINE(softplus_slope, P *X > Q ? 1 : logistic(P *X))
DEFINE(gelu_tanh_grad, X *gelu_tanh_slope(Y))
DEFINE(relu_grad, Y > 0 || isnan(Y) ? X : 0)
DEFINE(tanh_grad, X *(1 - Y) * (1 + Y))
DEFINE(sigmoid_grad, X *(Y - Y * Y))
DEFINE(leaky_relu_grad, Y > 0 ? X : X * P)
DEFINE(clamp_grad, P <= Y && Q >= Y ? X : 0)
DEFINE(greater_grad, Z > Y ? 0 : X / (1 + (Z == Y)))
DEFINE(scaled_difference, X *Y - X * Z)
DEFINE(equal_mask, X <= Y && X >= Y ? 1 : 0)
DEFINE(pow_grad_base, Y *pow(X, Y) / X)
DEFINE(pow_grad_exponent, log(X) * exp(Y * log(X)))
DEFINE(gelu_grad, X *(normal_below(Y) + Y * normal_density(Y)))
DEFINE(gelu_curvature, 2 * normal_density(X) - X * X * normal_density(X))
DEFINE(where, X != 0 ? Y : Z)

#define ROW(name) {#name, name##_of, NULL}
const oracle elementwise_oracles[] = {
    ROW(neg), ROW(abs), ROW(sign), ROW(square), ROW(sqrt), ROW(exp), ROW(log), ROW(reciprocal), ROW(rsqrt), ROW(exp2),
    ROW(expm1), ROW(log1p), ROW(log2), ROW(log10), ROW(add_scalar), ROW(rsub_scalar), ROW(mul_scalar), ROW(pow_scalar),
    ROW(add), ROW(sub), ROW(mul), ROW(div), ROW(pow), ROW(maximum), ROW(minimum), ROW(squared_difference), ROW(addcmul),
    ROW(hypot), ROW(logaddexp), ROW(xlogy), ROW(bernoulli_nll), ROW(copysign), ROW(lerp), ROW(lerp_scalar), ROW(nan_to_num), ROW(floor),
    ROW(ceil), ROW(trunc), ROW(round), ROW(frac), ROW(floor_divide), ROW(fmod), ROW(remainder), ROW(sin), ROW(cos),
    ROW(tan), ROW(asin), ROW(acos), ROW(atan), ROW(atan2), ROW(sinh), ROW(cosh), ROW(asinh), ROW(acosh), ROW(atanh),
    ROW(erf), ROW(erfc), ROW(erfinv), ROW(clamp), ROW(relu), ROW(addcmul_relu), ROW(leaky_relu), ROW(parametric_relu),
    ROW(relu6), ROW(threshold), ROW(hardtanh), ROW(hardsigmoid), ROW(hardswish), ROW(hardshrink), ROW(softshrink),
    ROW(tanhshrink), ROW(softsign), ROW(elu), ROW(celu), ROW(selu), ROW(logsigmoid), ROW(silu), ROW(mish),
    ROW(softplus_beta), ROW(gelu_tanh), ROW(tanh), ROW(sigmoid), ROW(softplus), ROW(gelu), ROW(smooth_l1),
    ROW(xlogy_grad), ROW(finite_grad), ROW(parametric_relu_grad), ROW(threshold_grad), ROW(hardtanh_grad), ROW(hardswish_grad),
    ROW(shrink_grad), ROW(elu_grad), ROW(elu_curvature), ROW(silu_grad), ROW(mish_grad), ROW(softplus_slope),
    ROW(gelu_tanh_grad), ROW(relu_grad), ROW(tanh_grad), ROW(sigmoid_grad), ROW(leaky_relu_grad), ROW(clamp_grad),
    ROW(greater_grad), ROW(equal_mask), ROW(pow_grad_base), ROW(pow_grad_exponent), ROW(gelu_grad),
    ROW(gelu_curvature),
    ROW(root), ROW(abs_pow), ROW(pow_or_zero), ROW(scaled_difference),
    ROW(where),        {NULL, NULL, NULL}};
