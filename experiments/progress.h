/* How far the runs are: one bar that is redrawn on a terminal, one plain line for each finished run
 * elsewhere.
 *
 * The time that is left follows from the rate at which estimated work was done so far in this very sweep, so
 * it needs no knowledge of the machine. */
#ifndef EXPERIMENTS_PROGRESS_H
#define EXPERIMENTS_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct {
  FILE *out;
  bool terminal;
  int columns;
  double begun; /* seconds, monotonic */
} progress;

/* `out` is usually stderr. */
progress progress_begin(FILE *out);

typedef struct {
  size_t total, ended, running;
  double work, work_done; /* in any unit: that was to do when this began, and that was done since */
  const char *detail;     /* of one running run */
} progress_state;

/* Redraws the bar; does nothing where there is no terminal. */
void progress_show(const progress *p, const progress_state *s);

/* A line of its own, above the bar, with how many runs have ended and what time is left. */
void progress_line(const progress *p, const progress_state *s, const char *text);

/* Takes the bar away. */
void progress_end(const progress *p);

/* "42 s", "12 min 5 s", "1 h 20 min" in a buffer of at least 32 bytes; returns it. */
const char *progress_time(double seconds, char buffer[32]);

/* Seconds that are left; NaN while there is nothing to tell from. */
double progress_left(const progress *p, const progress_state *s);

#endif
