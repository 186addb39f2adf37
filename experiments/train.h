/* The training loop: one run from its configuration and seed to its result.
 *
 * A seed s moves everything that is random: the streams "split", "init", "shuffle" and "dropout" of the run's
 * context. */
#ifndef EXPERIMENTS_TRAIN_H
#define EXPERIMENTS_TRAIN_H

#include <autograd.h>

#include "experiments/dataset.h"
#include "experiments/plan.h"

typedef struct {
  int threads; /* of the engine; the results are the same bits whatever the number */
  /* Called after every step, and between the batches of an evaluation with the same step again; may be NULL.
   */
  void (*beat)(void *user, int64_t step, int64_t epoch, double loss);
  /* Asked after every step: true ends the training there, with a checkpoint; may be NULL. */
  bool (*stop)(void *user);
  /* Given the context when all is made and the first step is to come; may be NULL. */
  void (*watch)(void *user, ag_ctx *c);
  /* A line about a checkpoint that could not be read or written; the run goes on all the same. May be NULL.
   */
  void (*warn)(void *user, const char *line);
  void *user;
  const char *store;       /* beside which checkpoints are kept; NULL: there are none */
  double checkpoint_every; /* seconds of training between two; 0: after every step */
} train_options;

enum { TRAIN_STOPPED = 1 };

/* Trains from the beginning, or goes on from the run's checkpoint. Fills in *r, to be freed by
 * run_result_free. 0: the run is done, or diverged (r->status says which; the history goes as far as the run
 * did). TRAIN_STOPPED: it was told to stop. -1: it failed, and the line says why; so do data that are not
 * those of the job. */
int train(run_result *r, const plan_job *job, const dataset *d, const train_options *options, message *m);

#endif
