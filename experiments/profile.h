/* Where the time of a training step goes: the first steps of a run under the engine's profiler. */
#ifndef EXPERIMENTS_PROFILE_H
#define EXPERIMENTS_PROFILE_H

#include <stdio.h>

#include "experiments/dataset.h"
#include "experiments/plan.h"

typedef struct {
  int threads;
  int64_t warmup, steps; /* warmup steps come first and are not measured */
  FILE *table;
  const char *trace; /* the file for a trace, or NULL */
} profile_options;

/* Trains the job for a few steps, prints what they cost and forgets the rest; the store is not touched. */
int profile_job(const plan_job *job, const dataset *d, const profile_options *options, message *m);

#endif
