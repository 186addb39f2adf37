#include "bench/statistics.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b) {
  const double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double quantile(size_t n, const double *sorted, double q) {
  const double place = q * (double)(n - 1);
  const size_t below = (size_t)place, above = below + 1 < n ? below + 1 : below;
  return sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
}

quartiles quartiles_of(size_t n, double *values) {
  if (n == 0) return (quartiles){0, NAN, NAN, NAN};
  qsort(values, n, sizeof *values, ascending);
  return (quartiles){n, quantile(n, values, 0.25), quantile(n, values, 0.5), quantile(n, values, 0.75)};
}

quartiles quartiles_scaled(quartiles q, double factor) {
  return (quartiles){q.n, q.low * factor, q.median * factor, q.high * factor};
}

double exponent_of(size_t n, const double *x, const double *y) {
  double mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (size_t i = 0; i < n; i++) {
    mean_x += log(x[i]) / (double)n;
    mean_y += log(y[i]) / (double)n;
  }
  for (size_t i = 0; i < n; i++) {
    const double dx = log(x[i]) - mean_x;
    xx += dx * dx;
    xy += dx * (log(y[i]) - mean_y);
  }
  return xx > 0 ? xy / xx : NAN;
}
