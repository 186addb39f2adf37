/* Adding a row of the user's to the store, and making it what a request is about. */
#ifndef EXPERIMENTS_ADDED_H
#define EXPERIMENTS_ADDED_H

#include "experiments/request.h"

/* The settings of the request and the grids, each "key=value,value" (at most two), become the row NAME of the
 * store. With `keep` false it is only made. 0, or AGX_ERROR and a line on stderr. */
int added_row(const command *c, request *q, const char *name, const char *const *grids, int count, bool keep);

#endif
