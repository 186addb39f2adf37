/* The data of a whole sweep: read once by the driver, shared by all workers through fork. */
#ifndef EXPERIMENTS_DATASET_H
#define EXPERIMENTS_DATASET_H

#include <stdbool.h>

#include "experiments/data/data.h"
#include "experiments/config.h"
#include "experiments/store.h"

typedef struct {
  digits digits;
  houses houses;
  bool has[2]; /* by config_problem */
} dataset;

/* Loads the data of a problem unless it is there. A warning of the data room (why the embedded data are used)
 * goes to `warn`, which may be NULL. */
int dataset_load(dataset *d, config_problem problem, void (*warn)(const char *line), message *m);
void dataset_free(dataset *d);

/* What the run store keeps of it. */
store_dataset dataset_describe(const dataset *d, config_problem problem);

#endif
