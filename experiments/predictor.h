/* A trained model out of the store, ready to be asked. */
#ifndef EXPERIMENTS_PREDICTOR_H
#define EXPERIMENTS_PREDICTOR_H

#include "experiments/samples.h"
#include "experiments/store.h"

typedef struct {
  config config;
  ag_ctx *c;
  network net;
  samples samples; /* no parts: only what encodes an input and decodes an output */
} predictor;

/* Builds the network of a done run and reads its parameters. -1 and a line in `m` on an error. */
int predictor_open(predictor *p, store *s, const run_result *run, message *m);
void predictor_close(predictor *p);

/* The judgement of n samples, n x samples.inputs numbers as they are in the data set: pixels from -1 to +1;
 * OverallQual, YearBuilt, TotalBsmtSF, GrLivArea. Row i of the result belongs to row i. To be freed by
 * judgement_free. */
int predictor_ask(predictor *p, const double *x, int64_t n, judgement *j, message *m);

#endif
