/* Numbers, names and arrays to and from a row of bytes: how a checkpoint is written and, as something that
 * anybody may have put there, read.
 *
 * A reader never looks past its end and never believes a length: what does not fit makes it `bad`, and from
 * then on it gives zeros. So a caller reads on and asks once. Little-endian, as tensors in a store are. */
#ifndef EXPERIMENTS_BYTES_H
#define EXPERIMENTS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes being put together; zero is empty. Freed by free(data). */
typedef struct {
  unsigned char *data;
  size_t size, room;
} bytes;

void bytes_put(bytes *b, const void *data, size_t size);
void bytes_put_integer(bytes *b, int64_t value);
void bytes_put_real(bytes *b, double value);
void bytes_put_text(bytes *b, const char *text); /* its length, then its characters */

/* Bytes being taken apart. */
typedef struct {
  const unsigned char *next;
  size_t left;
  bool bad;
} bytes_reader;

/* `size` bytes in place, or NULL. */
const void *bytes_take(bytes_reader *r, size_t size);
int64_t bytes_take_integer(bytes_reader *r);
double bytes_take_real(bytes_reader *r);
/* How many items of `size` bytes follow: `bad` where so many are not left. */
size_t bytes_take_count(bytes_reader *r, size_t size);
/* A text of less than `room` characters; else `bad`. */
void bytes_take_text(bytes_reader *r, char *text, size_t room);

#endif
