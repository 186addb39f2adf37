/* One-line messages in a buffer of the caller. */
#ifndef EXPERIMENTS_DATA_SAY_H
#define EXPERIMENTS_DATA_SAY_H

#include <stddef.h>

/* Format `message` (cut to `size`, control characters shown as '?', so that it stays one line) and return -1,
 * so that a function can `return say(...)`. A `size` of 0 discards the message. */
int say(char *message, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
