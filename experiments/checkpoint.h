/* The state of a run between two of its steps, as bytes and back: everything on which the following steps
 * depend, so that a run that goes on from it ends in the same bits as one that was never stopped. */
#ifndef EXPERIMENTS_CHECKPOINT_H
#define EXPERIMENTS_CHECKPOINT_H

#include <autograd.h>

#include "experiments/bytes.h"
#include "experiments/store.h"

/* The losses of so many first steps are kept: how a run began says why it diverged. */
enum { FIRST_LOSSES = 32 };

/* Where a run is. */
typedef struct {
  int64_t epoch, step, at;     /* finished epochs and steps; samples of the running epoch that are behind */
  double loss, sum;            /* of the last step; over those samples */
  double first[FIRST_LOSSES];  /* of the first steps, as far as they were done */
  double started;              /* when the run first began, seconds since 1970 */
  double seconds, cpu_seconds; /* that it took so far, in all sittings */
  int64_t peak_kb;
} run_place;

/* The parts of a run that hold its state; all are the trainer's. */
typedef struct {
  run_place *place;
  ag_ctx *c; /* registered tensors, streams */
  ag_optim *optim;
  int64_t *order, samples; /* of the running epoch */
  int64_t epochs;          /* of the whole run */
  run_result *result;      /* the history */
} run_parts;

/* To be freed by free(data). */
bytes checkpoint_take(const run_parts *from);

/* Puts a state back into parts that were made for the same configuration and seed. -1 and a line when it does
 * not fit them, and then nothing is changed. */
int checkpoint_put_back(const run_parts *to, bytes_reader state, message *m);

#endif
