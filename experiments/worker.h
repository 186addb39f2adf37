/* What a worker does: trains one run, or goes on with it, and puts the result into the store. */
#ifndef EXPERIMENTS_WORKER_H
#define EXPERIMENTS_WORKER_H

#include "experiments/supervisor.h"
#include "experiments/sweep.h"

work_end worker_train(const plan_job *run, const dataset *d, const sweep_options *options, worker_page *page);

/* Saves a result into a store that this program opened before. */
int worker_save(const char *store, const run_result *r, message *m);

#endif
