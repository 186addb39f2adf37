/* Uncompressing gzip data in memory, never beyond a given size. */
#ifndef EXPERIMENTS_DATA_GUNZIP_H
#define EXPERIMENTS_DATA_GUNZIP_H

#include <stddef.h>

typedef enum {
  GUNZIP_OK,
  GUNZIP_SHORT,   /* the input ends inside a gzip member */
  GUNZIP_LONG,    /* more than `limit` bytes would come out */
  GUNZIP_DAMAGED, /* not gzip, a wrong checksum, or bytes behind the last member */
  GUNZIP_NO_MEMORY
} gunzip_status;

/* Uncompress the `n` bytes at `in`: one gzip member or several, one after another. *m is how many bytes came
 * out, also after a failure; *out is a buffer to be freed on GUNZIP_OK and NULL otherwise. */
gunzip_status gunzip(const char *in, size_t n, size_t limit, char **out, size_t *m);

#endif
