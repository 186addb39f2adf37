/* What the key of a run is made of, and where two of them differ. */
#ifndef EXPERIMENTS_IDENTITY_H
#define EXPERIMENTS_IDENTITY_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct {
  const char *config; /* canonical text */
  int64_t seed;
  const char *data_digest, *engine;
} identity;

/* How many parts differ: fields of the configuration, seed, data, engine. Prints a line for each to `out`, "
 * lr 0.01 -> 0.1"; NULL only counts. */
size_t identity_compare(const identity *from, const identity *to, FILE *out);

#endif
