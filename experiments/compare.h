/* What two stores say of the same runs: where their numbers differ, and whether by more than seeds do. */
#ifndef EXPERIMENTS_COMPARE_H
#define EXPERIMENTS_COMPARE_H

#include "experiments/store.h"

/* One metric of one configuration, over the seeds of each store. */
typedef struct {
  size_t n;
  double mean, variance; /* variance with n - 1; 0 for n = 1 */
} compare_side;

typedef enum {
  COMPARED_EQUAL,   /* the same bits for every seed */
  COMPARED_WITHIN,  /* other bits, but the 95 % interval of the difference of the means holds 0 */
  COMPARED_BEYOND,  /* it does not */
  COMPARED_UNKNOWN, /* one seed on either side: nothing tells how much seeds differ */
  COMPARED_KINDS
} compared;

/* Half of the 95 % interval of the difference of two means, by Student's t with the pooled variance; NaN
 * where there is nothing to tell it from. */
double compare_margin(const compare_side *a, const compare_side *b);

typedef struct {
  char *config;
  char metric[32];
  compare_side a, b;
  compared verdict;
} comparison;

typedef struct {
  comparison *metrics; /* of configurations that both stores have done runs of */
  size_t count;
  size_t only_a, only_b, shared; /* runs, by configuration and seed */
  size_t changed;                /* shared ones that are done in one store and not in the other */
} compare_result;

int compare_stores(compare_result *r, store *a, store *b, message *m);
void compare_free(compare_result *r);

#endif
