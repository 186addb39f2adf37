/* What runs leave beside a store while they are trained, in the folder "STORE-checkpoints": checkpoints, half
 * written ones, and lines that say where they are. */
#ifndef EXPERIMENTS_LEFTOVERS_H
#define EXPERIMENTS_LEFTOVERS_H

#include <stddef.h>

#include "experiments/store.h"

/* Takes away all that is left of one run. */
void leftovers_remove(const char *store, const char *key);

typedef struct {
  char key[STORE_KEY];
  bool checkpoint; /* it can be gone on with; else only rubbish is left */
  bool running;    /* somebody is at it */
} leftover;

/* The runs that left something, by key; to be freed. */
int leftovers_list(const char *store, leftover **list, size_t *count, message *m);

/* Takes away what kills have left behind: of finished runs everything, of others what is half written.
 * Nothing of a run that somebody is training now. */
int leftovers_sweep(const char *store, message *m);

#endif
