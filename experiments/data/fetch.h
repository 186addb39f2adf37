/* Fetching a known file from upstream into the cache. */
#ifndef EXPERIMENTS_DATA_FETCH_H
#define EXPERIMENTS_DATA_FETCH_H

#include "experiments/data/content.h"

/* Run `curl` on the file's URL, into a temporary file of `folder` (made when it is missing); once the content
 * is verified, sync it and rename it to its name. Returns 0 with the content, or 1 with a one-line warning
 * that names the reason and ends in "using the embedded data"; then the folder is as it was. Waits at most 5
 * seconds for a connection, 60 for the whole. */
int fetch(const data_file *file, const char *folder, content *c, char *message, size_t size);

#endif
