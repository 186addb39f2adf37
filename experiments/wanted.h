/* What any row wants of a store, under any profile and of any seed: the catalogue's rows and those that were
 * added to the store. The rest is stale. */
#ifndef EXPERIMENTS_WANTED_H
#define EXPERIMENTS_WANTED_H

#include "experiments/store.h"

typedef struct {
  char **configs; /* canonical texts, sorted */
  size_t count;
  store_dataset data[2]; /* what the store was last used with, by problem; an empty digest: nothing */
} wanted;

int wanted_of(wanted *w, store *s, message *m);
void wanted_free(wanted *w);

/* Why nobody wants a run, in a few words; NULL for one that is wanted. */
const char *wanted_why_not(const wanted *w, const run_result *r);

#endif
