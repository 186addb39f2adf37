/* What several runs say together: means with their intervals, tests of differences, corrected for their
 * number.
 *
 * Intervals are 95 % intervals everywhere. A mean over seeds has that of Student's t; a share of images has
 * Wilson's, which unlike the textbook one stays inside of 0 and 1. */
#ifndef REPORT_STATISTICS_H
#define REPORT_STATISTICS_H

#include <stddef.h>

/* Numbers that are added one after the other. n = 0: the mean is NaN; n < 2: there is no interval, sd, low
 * and high are NaN. */
typedef struct {
  double mean, sd, low, high; /* low, high: the interval of the mean */
  double least, most, sum;
  double squares; /* squared distances from the mean, summed; `sd` follows from it */
  size_t n;
} spread;

void spread_add(spread *s, double value); /* to a spread that was all zero; it is right after spread_end */
void spread_end(spread *s);

/* Student's t with df > 0 degrees of freedom: P(|T| >= |t|), and the q with P(T <= q) = p. */
double student_two_sided(double t, double df);
double student_quantile(double p, double df);

/* The fewest numbers that decide anything. Two accuracies, which count whole images, may well be equal by
 * chance, and would look certain. */
enum { SPREAD_DECIDES = 3 };

/* The two-sided p of the hypothesis that the mean is `value`: 0 or 1 where all numbers are the same, NaN for
 * fewer numbers than decide. */
double spread_p(const spread *s, double value);

typedef struct {
  double low, high;
} interval;

/* The interval of a probability that was seen as the share `fraction` of n independent trials. */
interval wilson_interval(double fraction, double n);

/* Holm's correction of n p-values; NaN stands for a test that was not made, stays, and does not count. */
void holm_adjust(const double p[], size_t n, double adjusted[]);

#endif
