/* Where a run is just now, for other programs: one line in the file "STORE-checkpoints/KEY-live", written
 * anew about once a second. It is a hint and nothing more: whether somebody is training the run, its claim
 * tells. */
#ifndef EXPERIMENTS_LIVE_H
#define EXPERIMENTS_LIVE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int file; /* -1: it could not be made, which is no reason not to train */
  char *path;
  double begun, written;
  int64_t steps, epochs;
} live;

live live_begin(const char *store, const char *key, int64_t steps, int64_t epochs);
void live_write(live *l, int64_t first, int64_t step, int64_t epoch);
void live_end(live *l); /* takes the file away */

typedef struct {
  int64_t first, step, steps, epoch, epochs; /* steps first .. step were made in this sitting */
  double seconds;                            /* that they took */
} live_line;

bool live_read(const char *store, const char *key, live_line *line);

#endif
