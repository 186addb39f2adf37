/* One clear line for the user, and memory that is there or ends the program.
 *
 * Every function of this room that can fail takes a `message *`, writes one line into it and returns -1. The
 * caller decides where the line goes: to stderr, into the store, into a test's assertion. */
#ifndef EXPERIMENTS_MESSAGE_H
#define EXPERIMENTS_MESSAGE_H

#include <stddef.h>

typedef struct {
  char text[1024];
} message;

/* Writes the line and returns -1, so that `return message_fail(m, ...)` reads as one thought. `m` may be
 * NULL. */
int message_fail(message *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts "prefix: " before the line that is there and returns -1: each caller on the way up adds what it was
 * doing. */
int message_prefix(message *m, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* calloc, realloc and strdup that end the program with one line and status 1 when there is no memory: the
 * experiments have nothing sensible left to do then, and finished runs are safe in the store. */
void *memory_new(size_t count, size_t size);
void *memory_resize(void *old, size_t count, size_t size);
char *memory_text(const char *text);

/* A formatted string of any length, to be freed. */
char *memory_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
