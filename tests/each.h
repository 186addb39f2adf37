/* Assertions over whole arrays. Each of Check's own writes a mark through a pipe, two system calls, which
 * takes longer than most elements do; so a result is asserted once: it is walked, and the first element that
 * fails is the message. */
#ifndef TESTS_EACH_H
#define TESTS_EACH_H

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

/* Asserts for i = 0 .. n - 1 that two numbers, expressions in i, are equal or differ by less than tolerance;
 * NaN is near nothing. The format and what follows say what the element is of, and may use i. */
#define ASSERT_EACH(i, n, found, expected, tolerance, ...)                                                   \
  do {                                                                                                       \
    mark_point();                                                                                            \
    for (int64_t i = 0, each_end = (n); i < each_end; i++) {                                                 \
      const double each_found = (double)(found), each_expected = (double)(expected),                         \
                   each_tolerance = (tolerance);                                                             \
      if (each_found == each_expected || fabs(each_found - each_expected) < each_tolerance) continue;        \
      ck_abort_msg("%s", each_text(i, each_found, each_expected, each_tolerance, __VA_ARGS__));              \
    }                                                                                                        \
  } while (0)

/* Asserts that the bits of two arrays of n numbers are the same. */
#define ASSERT_EACH_BIT(n, found, expected, ...)                                                             \
  do {                                                                                                       \
    mark_point();                                                                                            \
    if (memcmp((found), (expected), (size_t)(n) * sizeof *(found)) == 0) break;                              \
    int64_t each = 0;                                                                                        \
    while (memcmp(&(found)[each], &(expected)[each], sizeof *(found)) == 0) each++;                          \
    ck_abort_msg("%s", each_text(each, (double)(found)[each], (double)(expected)[each], 0, __VA_ARGS__));    \
  } while (0)

/* What is wrong with element i, in a buffer that the next call overwrites. */
__attribute__((format(printf, 5, 6))) static inline const char *
each_text(int64_t i, double found, double expected, double tolerance, const char *what, ...) {
  static char text[512];
  va_list arguments;
  va_start(arguments, what);
  const int n = vsnprintf(text, sizeof text / 2, what, arguments);
  va_end(arguments);
  const size_t written = n < 0 ? 0 : n < (int)sizeof text / 2 ? (size_t)n : sizeof text / 2 - 1;
  snprintf(text + written, sizeof text - written, ", element %lld: %.17g, expected %.17g within %.3g",
           (long long)i, found, expected, tolerance);
  return text;
}

#endif
