/* elementary.h - elementary functions that loops can be made vectors of.
 *
 * For float they are written in plain arithmetic, without a call, a table or a branch, so a loop over them
 * becomes vector code, with the same bits on every instruction set. The argument is reduced as by Cody and
 * Waite ("Software Manual for the Elementary Functions", 1980), what is left is a polynomial, the best in
 * the sense of the greatest relative error. The errors found over all kinds of numbers, in units in the last
 * place, stand at each function; tests/test_kernels_elementary.c holds them to that. For double they are
 * those of the C library. */
#ifndef AG_KERNELS_ELEMENTARY_H
#define AG_KERNELS_ELEMENTARY_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "core/multiversion.h"

/* ln 2 in two parts; a whole number below 2^15 times the first is exact. */
#define AGK_LN2_HIGH 0.693359375f
#define AGK_LN2_LOW -2.12194440e-4f

AG_INLINE uint32_t agk_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

AG_INLINE float agk_from_bits(uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

/* 2^k for -127 < k < 128. */
AG_INLINE float agk_power_of_two(int32_t k) { return agk_from_bits((uint32_t)(k + 127) << 23); }

/* What x of e^x is reduced to: x = k ln 2 + r with |r| <= ln(2) / 2. */
typedef struct {
  float r;
  int32_t k;
} agk_reduced;

/* Adding `round` rounds to a whole number and leaves it in the low bits, whatever x is: a conversion of NaN
 * would be undefined. */
AG_INLINE agk_reduced agk_reduce(float x) {
  const float round = 0x1.8p23f;
  x = x > 89 ? 89 : x;
  x = x < -104 ? -104 : x;
  const float shifted = x * 1.44269504f + round, n = shifted - round;
  return (agk_reduced){x - n * AGK_LN2_HIGH - n * AGK_LN2_LOW,
                       (int32_t)(agk_bits(shifted) - agk_bits(round))};
}

/* e^r - 1 for the r of a reduced number. */
AG_INLINE float agk_exp_part(float r) {
  float p = 1.3942160e-3f;
  p = p * r + 8.3637759e-3f;
  p = p * r + 4.1666362e-2f;
  p = p * r + 1.6666573e-1f;
  p = p * r + 0.5f;
  return p * (r * r) + r;
}

/* 2^k e^r. The power of two is applied in two halves, so that results may be subnormal, or infinite. */
AG_INLINE float agk_expand(float r, int32_t k) {
  const int32_t half = k >> 1;
  return (agk_exp_part(r) + 1) * agk_power_of_two(half) * agk_power_of_two(k - half);
}

/* e^x. Error: 1.1. */
AG_INLINE float agk_exp_f32(float x) {
  const agk_reduced a = agk_reduce(x);
  return agk_expand(a.r, a.k);
}

/* e^x - 1, accurate where that is small: 2^k (e^r - 1) + (2^k - 1). Where the 1 is lost anyway, e^x, which
 * may be infinite while 2^k (e^r - 1) is not yet. Error: 2. */
AG_INLINE float agk_expm1_f32(float x) {
  const agk_reduced a = agk_reduce(x);
  const int32_t half = a.k >> 1;
  const float scale = agk_power_of_two(half) * agk_power_of_two(a.k - half);
  const float near = agk_exp_part(a.r) * scale + (scale - 1), far = agk_expand(a.r, a.k);
  const float y = x > 20 ? far : near;
  return x == 0 ? x : y; /* the reduction loses the sign of a zero */
}

/* k ln 2 + ln(1 + f) for 1 + f between the square roots of 1/2 and 2. */
AG_INLINE float agk_log_sum(float k, float f) {
  const float square = f * f;
  float p = 6.9153681e-2f;
  p = p * f - 1.1789808e-1f;
  p = p * f + 1.1872977e-1f;
  p = p * f - 1.2384348e-1f;
  p = p * f + 1.4218658e-1f;
  p = p * f - 1.6669251e-1f;
  p = p * f + 2.0002227e-1f;
  p = p * f - 2.4999987e-1f;
  p = p * f + 3.3333310e-1f;
  return k * AGK_LN2_HIGH + (f + (f * square * p + k * AGK_LN2_LOW - 0.5f * square));
}

/* ln(x), by x = 2^k m with m around 1. Error: 1. */
AG_INLINE float agk_log_f32(float x) {
  const uint32_t root_half = 0x3f3504f3u; /* the bits of the square root of 1/2, where m begins */
  const float normal = x < FLT_MIN ? x * 0x1p23f : x, shift = x < FLT_MIN ? 23.0f : 0.0f;
  const uint32_t bits = agk_bits(normal) - root_half;
  const float k = (float)((int32_t)bits >> 23) - shift;
  const float y = agk_log_sum(k, agk_from_bits((bits & 0x7fffffu) + root_half) - 1);
  const float outside = x == 0 ? -INFINITY : NAN, above = x > FLT_MAX ? x : y;
  return x > 0 ? above : outside;
}

/* ln(1 + x), accurate where that is small. What rounding takes from u = 1 + x changes ln(u) by the factor
 * (u - 1) / x, nearly (Kahan, in Hewlett-Packard's "HP-15C Advanced Functions Handbook", 1982). Error: 3. */
AG_INLINE float agk_log1p_f32(float x) {
  const float u = 1 + x, y = agk_log_f32(u) * (x / (u - 1));
  return u == 1 || x > FLT_MAX ? x : y;
}

/* ln(1 + x) for 0 <= x <= 1. Error: 1.5. */
AG_INLINE float agk_log1p_unit_f32(float x) {
  return x > 0.41421356f ? agk_log_sum(1, 0.5f * x - 0.5f) : agk_log_sum(0, x);
}

/* Error: 1.5. */
AG_INLINE float agk_tanh_f32(float x) {
  const float a = fabsf(x), square = a * a;
  float p = -5.7170368e-3f;
  p = p * square + 2.0650579e-2f;
  p = p * square - 5.3743497e-2f;
  p = p * square + 1.3331491e-1f;
  p = p * square - 3.3333284e-1f;
  const float near = a + a * square * p, far = 1 - 2 / (agk_exp_f32(2 * a) + 1);
  return copysignf(a < 0.625f ? near : far, x);
}

/* 1 - erf(x), accurate where that is small. A polynomial in (a - 2) / (a + 2) gives (1 + 2 a) e^(a^2) erfc(a)
 * for a = |x| (after Shepherd and Laframboise, Math. Comp. 36, 1981); a^2 is exact as a sum of two. Error: 5.
 */
AG_INLINE float agk_erfc_f32(float x) {
  float a = fabsf(x);
  a = a > 11 ? 11 : a;
  const float q = (a - 2) / (a + 2), high = agk_from_bits(agk_bits(a) & 0xfffff000u);
  const agk_reduced e = agk_reduce(-high * high);
  float p = 8.0613405e-5f;
  p = p * q + 1.7219802e-4f;
  p = p * q - 3.9990703e-4f;
  p = p * q - 1.4231380e-3f;
  p = p * q + 1.2512073e-3f;
  p = p * q + 8.7096812e-3f;
  p = p * q - 8.0303345e-3f;
  p = p * q - 5.4217868e-2f;
  p = p * q + 1.6405098e-1f;
  p = p * q - 1.6603053e-1f;
  p = p * q - 9.2763819e-2f;
  p = p * q + 2.7697837e-1f;
  const float tail = agk_expand(e.r + (high - a) * (high + a), e.k) * ((1 + p) / (1 + 2 * a));
  return x < 0 ? 2 - tail : tail;
}

/* e^(-x^2 / 2), or 0 where that is less than FLT_MIN: a power of 2, whose whole part goes to the exponent.
 * Error for |x| <= 3: 9; beyond, it grows as x^2. */
AG_INLINE float agk_bell_f32(float x) {
  const float round = 0x1.8p23f;
  float a = fabsf(x);
  a = a > 14 ? 14 : a;
  const float exponent = a * a * -0.72134752f, shifted = exponent + round, f = exponent - (shifted - round);
  const int32_t k = (int32_t)(agk_bits(shifted) - agk_bits(round)) + 127;
  float p = 1.32646e-3f;
  p = p * f + 9.671511e-3f;
  p = p * f + 5.5507343e-2f;
  p = p * f + 2.4022242e-1f;
  p = p * f + 6.9314698e-1f;
  p = p * f + 1;
  return p * agk_from_bits((uint32_t)(k > 0 ? k : 0) << 23);
}

/* P(X < x) for a standard normal X, accurate where that is small. A polynomial in t = 1 / (1 + c |x|) gives
 * P(X < -|x|) e^(x^2 / 2) / t (after Hastings, "Approximations for Digital Computers", 1955). Error for |x|
 * <= 3: 11; beyond, that of agk_bell. */
AG_INLINE float agk_normal_f32(float x) {
  float a = fabsf(x);
  a = a > 14 ? 14 : a;
  const float t = 1 / (1 + 0.305f * a);
  float p = 3.6699263e-2f;
  p = p * t - 1.5298862e-1f;
  p = p * t + 1.8571743e-1f;
  p = p * t - 3.7977313e-2f;
  p = p * t + 1.2102193e-1f;
  p = p * t + 1.034208e-1f;
  p = p * t + 1.2246683e-1f;
  p = p * t + 1.2163973e-1f;
  const float tail = agk_bell_f32(x) * (p * t);
  return x > 0 ? 1 - tail : tail;
}

/* x^p. The powers that are wanted most are products; p stays the same in a loop, which becomes one for each.
 */
AG_INLINE float agk_power_f32(float x, float p) {
  return p == 1    ? x
         : p == 2  ? x * x
         : p == 3  ? x * x * x
         : p == -1 ? 1 / x
         : p == -2 ? 1 / (x * x)
                   : powf(x, p);
}

AG_INLINE double agk_power_f64(double x, double p) {
  return p == 1    ? x
         : p == 2  ? x * x
         : p == 3  ? x * x * x
         : p == -1 ? 1 / x
         : p == -2 ? 1 / (x * x)
                   : pow(x, p);
}

AG_INLINE double agk_exp_f64(double x) { return exp(x); }
AG_INLINE double agk_expm1_f64(double x) { return expm1(x); }
AG_INLINE double agk_log_f64(double x) { return log(x); }
AG_INLINE double agk_log1p_f64(double x) { return log1p(x); }
AG_INLINE double agk_log1p_unit_f64(double x) { return log1p(x); }
AG_INLINE double agk_tanh_f64(double x) { return tanh(x); }
AG_INLINE double agk_erfc_f64(double x) { return erfc(x); }
AG_INLINE double agk_bell_f64(double x) { return exp(x * x / -2); }
AG_INLINE double agk_normal_f64(double x) { return erfc(x * -0.70710678118654752440) / 2; }

#endif
