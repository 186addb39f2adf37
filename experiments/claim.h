/* Who trains what, while it lasts: a lock on one byte of the file "STORE-claims", chosen by the run's key.
 *
 * The kernel lets a lock go when the last process that holds it ends, however it ends. So two `agx run` on
 * one store never train the same run twice, and a kill leaves nothing behind that would have to be cleaned up
 * or waited for. The lock belongs to the open file (F_OFD_SETLK), so a worker inherits it through fork. */
#ifndef EXPERIMENTS_CLAIM_H
#define EXPERIMENTS_CLAIM_H

#include "experiments/message.h"

/* An open claim; -1 is none. */
typedef int claim;

/* 1: the run is ours, to be given back by claim_release. 0: somebody else is training it. -1: an error. */
int claim_take(claim *c, const char *store_path, const char *key, message *m);
void claim_release(claim c);

/* Whether anybody is training the run: 1 or 0, or -1 for an error. Takes nothing and makes no file. */
int claim_held(const char *store_path, const char *key, message *m);

#endif
