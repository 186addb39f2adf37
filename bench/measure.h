/* Measures a row: the sides take turns, so that whatever else the machine does meets all of them alike. */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "bench/side.h"
#include "bench/statistics.h"

enum { OURS, THEIRS, BOUND, SIDES };

/* Seconds, or bytes for a row of memory; n = 0 where a side has no number. */
typedef struct {
  const workload *row;
  int threads;
  quartiles of[SIDES];
  const char *bound; /* what the bound is: "copy"; NULL where none is known */
  char error[512];   /* why a side has no number, "" when nothing is wrong */
} result;

/* Takes about `budget` seconds, or what three turns take where that is longer. sides[THEIRS] and sides[BOUND]
 * may have no process. */
result measure(const workload *row, int threads, side sides[SIDES], double budget);

/* Ours as a share of the other side's time; NaN where one of them has no number. */
double result_ratio(const result *r);
double result_share(const result *r);

#endif
