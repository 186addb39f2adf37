/* Where the files of a data set come from: the order that data.h states. */
#ifndef EXPERIMENTS_DATA_OBTAIN_H
#define EXPERIMENTS_DATA_OBTAIN_H

#include "experiments/data/content.h"
#include "experiments/data/data.h"

typedef struct {
  data_source source;
  char where[PATH_MAX];
} origin;

/* Obtain `count` files, all real or all generated. Returns 0 with the contents, the message empty or a
 * warning; or -1 with an error and no content. */
int obtain(const data_file *files, int count, const char *folder, content *c, origin *from, char *message,
           size_t size);

#endif
