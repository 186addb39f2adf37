/* The two files that hold the checkpoints of a run, "STORE-checkpoints/KEY-a" and "-b", written in turns, so
 * that a good one is there at any moment.
 *
 *   "agxstate", version, serial number, key of the run, maker, content, SHA-256 of all that as text
 *
 * A file is written beside its place, synced, and renamed. What is found later may still be torn, of another
 * run or of another program: it is read as something that anybody may have put there, and a file that is not
 * what it should be costs one line and the newest steps, since the other one takes its place. */
#ifndef EXPERIMENTS_CHECKPOINT_FILE_H
#define EXPERIMENTS_CHECKPOINT_FILE_H

#include "experiments/bytes.h"
#include "experiments/message.h"

enum { CHECKPOINT_VERSION = 1 };

typedef struct {
  char *folder, *stem; /* "results.db-checkpoints" and that with "/KEY" */
  const char *key;     /* the caller's, as is: */
  const char *maker;   /* who makes the bits; those of another maker are not gone on with */
  int64_t serial;      /* of the newest one */
} checkpoint_pair;

checkpoint_pair checkpoint_pair_of(const char *store, const char *key, const char *maker);
void checkpoint_pair_free(checkpoint_pair *p);

/* Writes the next one in place of the older of the two. The newer one is untouched, whatever happens. */
int checkpoint_write(checkpoint_pair *p, const bytes *content, message *m);

/* Hands the content of the newer one to `use`, and where that is refused or not to be had, the other's. Each
 * file that is there and not used for what it is costs one line to `warn`. True when one was used. */
typedef int checkpoint_use(void *user, bytes_reader content, message *m);
typedef void checkpoint_warn(void *user, const char *line);
bool checkpoint_read(checkpoint_pair *p, checkpoint_use *use, checkpoint_warn *warn, void *user);

/* Takes both away, and what a write left half done. */
void checkpoint_remove(const checkpoint_pair *p);

#endif
