/* Elementwise operators. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_ELEMENTWISE_H
#define AUTOGRAD_MANUAL_ELEMENTWISE_H

/* Elementwise operators, with NumPy broadcasting, are declared with their formulas in <autograd/operators.h>,
 * made from the tables autograd/ops/{arithmetic,elementwise,activations,compare}.def:
 *   arithmetic   add sub mul div neg abs sign reciprocal sqrt rsqrt square squared_difference pow addcmul lerp
 *                hypot maximum minimum clamp copysign nan_to_num, add_scalar mul_scalar pow_scalar rsub_scalar
 *                lerp_scalar; add sub mul neg square abs sign maximum minimum clamp take integers, too,
 *                which wrap around; the bounds of clamp are then converted as by ag_cast
 *   rounding     floor ceil round trunc frac floor_divide fmod remainder
 *   exponential  exp exp2 expm1 log log1p log2 log10 logaddexp xlogy
 *   angles       sin cos tan asin acos atan atan2
 *   hyperbolic   sinh cosh tanh asinh acosh atanh
 *   errors       erf erfc erfinv
 *   activations  relu relu6 leaky_relu threshold elu celu selu sigmoid logsigmoid silu mish softplus softplus_beta
 *                gelu gelu_tanh hardtanh hardsigmoid hardswish hardshrink softshrink tanhshrink softsign
 *   comparisons  eq ne lt le gt ge, those with a number eq_scalar ..., isnan isinf isfinite, logical_and logical_or
 *                logical_xor logical_not: of operands of any one type, with a bool as result
 * Their parameters are positional: ag_elu(x, 1), ag_hardtanh(x, -1, 1), ag_nan_to_num(x, 0, NAN, NAN) are PyTorch's
 * defaults. Derivatives are PyTorch's, at kinks and for NaN and infinity, too; the whole numbers of rounding have none.
 * Three differ from PyTorch 1.13: hardshrink and softshrink of NaN are NaN, where it makes 0 of some or all, and the
 * derivative of softsign at infinity is 0, where it makes NaN. */

/* x > 0 ? x : w x with w = weight: one number, or one for each channel, axis 1 of x (He et al. 2015). A weight has
 * rank 0 or 1; an x of rank below 2 has one channel. */
ag_tensor *ag_prelu(ag_site at, ag_tensor *x, ag_tensor *weight);

/* The same elements in another data type; x itself where it has that type. Real numbers lose their fraction when they
 * become integers; there NaN gives 0 and what is out of range the nearest bound, where PyTorch leaves both open.
 * Integers that become smaller ones keep their lowest bits. To bool: whether x is not 0; NaN is true. Between the two
 * real types the gradient is cast back. */
ag_tensor *ag_cast(ag_site at, ag_tensor *x, ag_dtype dtype);

/* condition ? x : y, elementwise with broadcasting; condition is bool, x and y have one type. */
ag_tensor *ag_where(ag_site at, ag_tensor *condition, ag_tensor *x, ag_tensor *y);

#endif
