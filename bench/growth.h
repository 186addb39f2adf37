/* How time grows with a size: the rows that differ in one size alone, and the exponent p of time = a size^p
 * that fits them. */
#ifndef BENCH_GROWTH_H
#define BENCH_GROWTH_H

#include <stdio.h>

#include "bench/measure.h"

enum { GROWTH_MOST = 8 };

/* The points of one side, with one number of threads. */
typedef struct {
  size_t n;
  double size[GROWTH_MOST], seconds[GROWTH_MOST];
} growth_curve;

/* What was varied ("batch", ..., "threads"), by OURS or THEIRS, with that many threads; with 0, any. */
growth_curve growth_of(const char *varied, int whose, int threads, const result *results, size_t n);
double growth_exponent(const growth_curve *c);

/* A table of the exponents, in Markdown, where there are any, and the points as CSV: what growth.gp draws. */
void growth_table(FILE *out, const result *results, size_t n);
void growth_csv(FILE *out, const result *results, size_t n);

#endif
