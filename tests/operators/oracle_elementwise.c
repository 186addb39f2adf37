/* Elementwise operators from their definitions, in other words than those of the library. */
#include <math.h>

#include "tests/operators/array.h"

#define ROOT_2 1.41421356237309504880
#define ROOT_2_PI 2.50662827463100050242

static double normal_density(double x) { return exp(-x * x / 2) / ROOT_2_PI; }
static double normal_below(double x) { return (1 + erf(x / ROOT_2)) / 2; }

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
DEFINE(add_scalar, P + X)
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
DEFINE(maximum, X > Y ? X : Y)
DEFINE(minimum, X > Y ? Y : X)
DEFINE(squared_difference, pow(X - Y, 2))
DEFINE(addcmul, X + Y * Z)
DEFINE(clamp, X < P ? P : X > Q ? Q : X)
DEFINE(relu, (X + fabs(X)) / 2)
DEFINE(addcmul_relu, fmax(X + Y * Z, 0))
DEFINE(leaky_relu, X < 0 ? P * X : X)
DEFINE(tanh, (exp(2 * X) - 1) / (exp(2 * X) + 1))
DEFINE(sigmoid, exp(X) / (exp(X) + 1))
DEFINE(softplus, log(exp(X) + 1))
DEFINE(gelu, X *normal_below(X))
DEFINE(smooth_l1, X > -P && X < P ? X * X / P / 2 : fabs(X) - P / 2)
DEFINE(relu_grad, Y > 0 ? X : 0)
DEFINE(tanh_grad, X *(1 - Y) * (1 + Y))
DEFINE(sigmoid_grad, X *(Y - Y * Y))
DEFINE(leaky_relu_grad, Y > 0 ? X : X * P)
DEFINE(clamp_grad, Y < P || Y > Q ? 0 : X)
DEFINE(greater_grad, Y < Z ? 0 : Y > Z ? X : X * 0.5)
DEFINE(equal_mask, X < Y || X > Y ? 0 : 1)
DEFINE(pow_grad_base, Y *pow(X, Y) / X)
DEFINE(pow_grad_exponent, log(X) * exp(Y * log(X)))
DEFINE(gelu_slope, normal_below(X) + X * normal_density(X))
DEFINE(gelu_curvature, 2 * normal_density(X) - X * X * normal_density(X))
DEFINE(where, X != 0 ? Y : Z)

#define ROW(name) {#name, name##_of, NULL}
const oracle elementwise_oracles[] = {
    ROW(neg),          ROW(abs),          ROW(sign),       ROW(square),        ROW(sqrt),         ROW(exp),
    ROW(log),          ROW(add_scalar),   ROW(mul_scalar), ROW(pow_scalar),    ROW(add),          ROW(sub),
    ROW(mul),          ROW(div),          ROW(pow),        ROW(maximum),       ROW(minimum),      ROW(clamp),
    ROW(addcmul),      ROW(addcmul_relu), ROW(squared_difference),
    ROW(relu),         ROW(leaky_relu),   ROW(tanh),       ROW(sigmoid),       ROW(softplus),     ROW(gelu),
    ROW(smooth_l1),    ROW(relu_grad),    ROW(tanh_grad),  ROW(sigmoid_grad),  ROW(leaky_relu_grad), ROW(clamp_grad),
    ROW(greater_grad), ROW(equal_mask),   ROW(pow_grad_base), ROW(pow_grad_exponent), ROW(gelu_slope), ROW(gelu_curvature),
    ROW(root),         ROW(abs_pow),      ROW(pow_or_zero),
    ROW(where),        {NULL, NULL, NULL}};
