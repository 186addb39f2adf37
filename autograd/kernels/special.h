/* special.h - functions of numbers that the C library has not, or has with other corners than operators want.
 * In double alone: of floats they are exact, up to the rounding of the result. */
#ifndef AG_KERNELS_SPECIAL_H
#define AG_KERNELS_SPECIAL_H

#include <math.h>

#include "core/multiversion.h"

/* x - y floor(x / y), from the exact quotient: fmod, moved into the interval that has the sign of y. */
AG_INLINE double agk_remainder(double x, double y) {
  const double rest = fmod(x, y);
  return rest != 0 && (y < 0) != (rest < 0) ? rest + y : rest;
}

/* floor(x / y), from the exact quotient: x without its remainder is a whole multiple of y but for rounding.
 */
AG_INLINE double agk_floor_divide(double x, double y) {
  if (y == 0) return x / y;
  const double rest = fmod(x, y), quotient = (x - rest) / y;
  const double below = rest != 0 && (y < 0) != (rest < 0) ? quotient - 1 : quotient;
  return below == 0 ? copysign(0, x / y) : rint(below);
}

/* The y with erf(y) = x. A rational first guess, good to six digits, near 1 to four, is mended by steps of
 * Halley's method, each of which triples them. Near 1 it solves erfc(y) = 1 - x instead: 1 - x is exact, and
 * erfc does not cancel. */
AG_INLINE double agk_erfinv(double x) {
  const double a = fabs(x), two_by_root_pi = 1.12837916709551257390;
  double y;
  if (!(a < 1)) return a == 1 ? copysign(INFINITY, x) : (double)NAN;
  if (a <= 0.7) {
    const double z = a * a;
    y = a * (((-0.140543331 * z + 0.914624893) * z - 1.645349621) * z + 0.886226899) /
        ((((0.012229801 * z - 0.329097515) * z + 1.442710462) * z - 2.118377725) * z + 1);
  } else {
    const double z = sqrt(-log((1 - a) / 2));
    y = (((1.641345311 * z + 3.429567803) * z - 1.624906493) * z - 1.970840454) /
        ((1.637067800 * z + 3.543889200) * z + 1);
  }
  for (int steps = a <= 0.7 ? 1 : 2; steps > 0; steps--) {
    const double excess = a <= 0.5 ? erf(y) - a : (1 - a) - erfc(y);
    const double step = excess / (two_by_root_pi * exp(-y * y));
    y -= step / (1 + y * step);
  }
  return copysign(y, x);
}

#endif
