/* What repeated measurements say. */
#ifndef BENCH_STATISTICS_H
#define BENCH_STATISTICS_H

#include <stddef.h>

/* Half of the values lie between low and high. With n = 0 there is nothing, and all are NaN. */
typedef struct {
  size_t n;
  double low, median, high;
} quartiles;

/* Between two values the quartiles are interpolated, as NumPy does. Sorts the values. */
quartiles quartiles_of(size_t n, double *values);
/* All three multiplied. */
quartiles quartiles_scaled(quartiles q, double factor);

/* The exponent p of y = a x^p: the slope of the least-squares line through the logarithms. NaN for fewer than
 * two different x. */
double exponent_of(size_t n, const double *x, const double *y);

#endif
