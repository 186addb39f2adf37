/* A process that works on demand: this program with --serve, or the twin with PyTorch.
 *
 * Each request is a line on its standard input, each reply a line on its standard output, "ok ..." or "error
 * ...": hello               ok and what it is, in one line make KIND SIZES     prepares a kind of work, and
 * forgets the one before run TIMES           ok and the seconds that it took to do the work so many times
 *   peak                ok and the most bytes of memory that the process had
 * While nothing is asked the process is stopped by a signal, so that its threads, which spin for a while
 * before they sleep, do not disturb the other side. */
#ifndef BENCH_SIDE_H
#define BENCH_SIDE_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "bench/workload.h"

typedef struct {
  char *const *command; /* the program with its arguments, ended by NULL */
  pid_t process;        /* 0: none */
  FILE *to, *from;
  char reply[512]; /* the last reply without its first word; after an error, what is wrong */
} side;

/* Starts the process. All of these return false, with a line in reply, when something is wrong. */
bool side_start(side *s);
/* Sends a line and waits for the reply. */
bool side_ask(side *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool side_make(side *s, const char *name, const sizes *of);
/* The number that a request is answered with goes to *number. */
bool side_number(side *s, double *number, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Lets the process end, and waits for that. */
void side_end(side *s);

#endif
