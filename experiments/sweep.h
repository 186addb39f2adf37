/* Trains what a plan asks for and the store does not have yet: plan, store, claims, supervisor and progress
 * put together. */
#ifndef EXPERIMENTS_SWEEP_H
#define EXPERIMENTS_SWEEP_H

#include <stdio.h>

#include "experiments/dataset.h"
#include "experiments/plan.h"

typedef struct {
  const char *store; /* path */
  int workers;       /* processes at a time */
  int threads;       /* of each */
  double patience;   /* seconds without a sign of life after which a worker is given up */
  double checkpoint; /* seconds of training between two checkpoints of a run */
  FILE *out;         /* progress */
} sweep_options;

typedef struct {
  size_t kept;       /* were finished before, done or diverged */
  size_t done;       /* trained now */
  size_t diverged;   /* now and before: what they have to say stays the same */
  size_t surprising; /* of these, the ones that the catalogue does not expect to */
  size_t failed;     /* now; they are tried again next time */
  bool interrupted;
} sweep_outcome;

/* Makes the store where there is none, or finds out now rather than after the first run that it cannot be
 * used; notes there which data the plan uses. */
int sweep_prepare(const plan *p, const dataset *d, const char *store, message *m);

/* Which jobs of a plan are not finished in the store: their positions, in the plan's order, to be freed. The
 * others are counted in *found as kept, diverged and surprising. A store that does not exist yet, or is an
 * empty file, has no runs. */
int sweep_pending(const plan *p, const char *store, size_t **pending, size_t *count, sweep_outcome *found,
                  message *m);

/* After sweep_prepare. -1 for an error of the environment (store, processes); runs that fail are an outcome.
 */
int sweep_run(const plan *p, const dataset *d, const sweep_options *options, sweep_outcome *outcome,
              message *m);

#endif
