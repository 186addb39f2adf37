/* Student's distribution through the regularised incomplete beta function:
 *
 *   P(|T| >= t) = I_x(df / 2, 1 / 2) with x = df / (df + t^2)
 *   I_x(a, b)   = x^a (1 - x)^b / (a B(a, b)) / (1 + d1 / (1 + d2 / (1 + ...)))
 *   d_{2m+1}    = -(a + m) (a + b + m) x / ((a + 2m) (a + 2m + 1))
 *   d_{2m}      = m (b - m) x / ((a + 2m - 1) (a + 2m))                      (Abramowitz and Stegun 26.5.8)
 *
 * The fraction converges fast for x < (a + 1) / (a + b + 2); beyond that I_x(a, b) = 1 - I_{1-x}(b, a). */
#include "report/statistics.h"

#include <math.h>
#include <stdlib.h>

#include "experiments/message.h"

/* ---- Distributions ------------------------------------------------------------------------------------- */

/* From the back; so many terms are enough for hundreds of degrees of freedom. */
static double beta_fraction(double x, double a, double b) {
  double value = 1;
  for (int i = 200; i > 0; i--) {
    double m = floor(i / 2.0);
    double d = i % 2 ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                     : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    value = 1 + d / value;
  }
  return value;
}

static double beta_lower(double x, double a, double b) {
  double front = exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a;
  return front / beta_fraction(x, a, b);
}

static double beta_share(double x, double a, double b) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return x < (a + 1) / (a + b + 2) ? beta_lower(x, a, b) : 1 - beta_lower(1 - x, b, a);
}

double student_two_sided(double t, double df) { return beta_share(df / (df + t * t), df / 2, 0.5); }

/* The tail falls with t, so halving an interval finds where it is as wanted. */
double student_quantile(double p, double df) {
  double wanted = 2 * fmin(p, 1 - p), low = 0, high = 1;
  while (student_two_sided(high, df) > wanted) high *= 2;
  for (int i = 0; i < 200 && low < high; i++) {
    double middle = 0.5 * (low + high);
    *(student_two_sided(middle, df) > wanted ? &low : &high) = middle;
  }
  return p < 0.5 ? -high : high;
}

/* ---- Means --------------------------------------------------------------------------------------------- */

void spread_add(spread *s, double value) {
  double from = value - s->mean;
  s->least = s->n ? fmin(s->least, value) : value;
  s->most = s->n ? fmax(s->most, value) : value;
  s->n++;
  s->sum += value;
  s->mean += from / (double)s->n;
  s->squares += from * (value - s->mean);
}

void spread_end(spread *s) {
  if (s->n == 0) *s = (spread){.mean = NAN, .least = NAN, .most = NAN};
  s->sd = s->n < 2 ? NAN : sqrt(s->squares / ((double)s->n - 1));
  double half = s->n < 2 ? NAN : student_quantile(0.975, (double)s->n - 1) * s->sd / sqrt((double)s->n);
  s->low = s->mean - half;
  s->high = s->mean + half;
}

double spread_p(const spread *s, double value) {
  if (s->n < SPREAD_DECIDES) return NAN;
  double distance = fabs(s->mean - value), error = s->sd / sqrt((double)s->n);
  if (!(error > 0)) return distance > 0 ? 0 : 1;
  return student_two_sided(distance / error, (double)s->n - 1);
}

/* ---- Shares, and several tests at once ----------------------------------------------------------------- */

interval wilson_interval(double fraction, double n) {
  const double z = 1.959963984540054;
  double shrunk = 1 + z * z / n, middle = (fraction + z * z / (2 * n)) / shrunk,
         half = z / shrunk * sqrt(fraction * (1 - fraction) / n + z * z / (4 * n * n));
  return (interval){fmax(middle - half, 0), fmin(middle + half, 1)};
}

static int by_value(const void *a, const void *b) {
  double first = **(const double *const *)a, second = **(const double *const *)b;
  return (first > second) - (first < second);
}

/* The least of m p-values is multiplied by m, the next by m - 1, ...; none falls below the one before it. */
void holm_adjust(const double p[], size_t n, double adjusted[]) {
  const double **order = memory_new(n, sizeof *order);
  size_t tests = 0;
  for (size_t i = 0; i < n; i++) {
    adjusted[i] = NAN;
    if (!isnan(p[i])) order[tests++] = &p[i];
  }
  qsort(order, tests, sizeof *order, by_value);
  double bound = 0;
  for (size_t i = 0; i < tests; i++) {
    bound = fmax(bound, fmin(1, *order[i] * (double)(tests - i)));
    adjusted[order[i] - p] = bound;
  }
  free(order);
}
