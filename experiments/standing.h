/* How far the runs of a plan are, as other programs may see it: from the store, the claims and what running
 * ones say of themselves. */
#ifndef EXPERIMENTS_STANDING_H
#define EXPERIMENTS_STANDING_H

#include "experiments/live.h"
#include "experiments/plan.h"

typedef enum {
  STANDING_DONE,
  STANDING_DIVERGED,
  STANDING_FAILED,
  STANDING_RUNNING,
  STANDING_INTERRUPTED, /* nobody is at it, and it would go on from a checkpoint */
  STANDING_WAITING,
  STANDINGS
} standing_kind;

const char *standing_name(standing_kind kind);

typedef struct {
  standing_kind kind;
  live_line live;   /* of one that is running, or was: all zero where it does not say */
  double seconds;   /* of a done one */
  char reason[256]; /* of one that diverged or failed */
} standing;

/* One for each job of the plan; to be freed. The store may be NULL: none is there yet. */
int standing_of(standing **list, const plan *p, store *s, const char *path, message *m);

/* Seconds that are left with so many runs at a time, by the time that steps took so far; NaN where nothing
 * tells. */
double standing_left(const standing *list, const plan *p, int workers);

#endif
