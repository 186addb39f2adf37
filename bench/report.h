/* What was measured, in the forms that people and programs read. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <stdio.h>

#include "bench/measure.h"

/* The machine and the two programs. */
typedef struct {
  char processor[128];
  long cores;
  char ours[256], theirs[256]; /* what each side says of itself; "" for one that is not there */
} machine;

machine machine_here(void);

/* The table, in Markdown, with the machine above it and how the sizes grow below it. */
void report_table(FILE *out, const machine *m, const result *results, size_t n);
/* All of it as one JSON object. */
void report_json(FILE *out, const machine *m, const result *results, size_t n);
/* A line for each result: what speed.gp draws. */
void report_speed(FILE *out, const result *results, size_t n);

#endif
