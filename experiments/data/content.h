/* The known files, and reading one of them with its content checked. */
#ifndef EXPERIMENTS_DATA_CONTENT_H
#define EXPERIMENTS_DATA_CONTENT_H

#include "experiments/data/digest.h"

#include <stddef.h>

typedef struct {
  const char *name;   /* of the file, in whatever folder */
  const char *what;   /* for messages */
  const char *url;    /* upstream */
  const char *sha256; /* of the uncompressed content: a gzip wrapper may be rewritten */
  size_t bytes;       /* of the uncompressed content */
  int gzip;
  char *(*embedded)(size_t *n); /* the generator of content in the same format */
} data_file;

extern const data_file digit_files[2]; /* training, test */
extern const data_file house_file;

typedef struct {
  char *bytes;
  size_t n;
  char sha256[DIGEST_SIZE];
} content;

/* Read the whole of `fd`, uncompress it, and compare size and hash with what is known of `file`. Returns 0,
 * or -1 with
 * "<shown>: expected ..., found ...; <remedy>". The descriptor stays open. */
int content_from(int fd, const data_file *file, const char *shown, const char *remedy, content *c,
                 char *message, size_t size);

/* The same for a path. Returns 1, with "<path>: expected ..., found no such file; <missing>", when there is
 * none. */
int content_read(const char *path, const data_file *file, const char *remedy, const char *missing, content *c,
                 char *message, size_t size);

/* What the embedded generator of `file` writes: 0, or -1 with a message when there is no memory. */
int content_embedded(const data_file *file, content *c, char *message, size_t size);

void content_free(content *c);

#endif
