/* How good a network is on a part of the samples: without recording, dropout off, batch normalisation by
 * running statistics. */
#ifndef EXPERIMENTS_EVALUATE_H
#define EXPERIMENTS_EVALUATE_H

#include "experiments/samples.h"

typedef struct {
  double loss;    /* as minimised, the mean over the part */
  double metric;  /* accuracy, or squared error in dollars squared */
  judgement said; /* of each sample of the part; to be freed by judgement_free */
} evaluation;

/* `beat` is called between batches, to show that the worker is alive; may be NULL. */
evaluation evaluate(ag_ctx *c, const network *net, const config *k, const samples *s, const sample_part *part,
                    void (*beat)(void *user), void *user);

#endif
