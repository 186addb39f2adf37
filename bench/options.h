/* What the user asks for. */
#ifndef BENCH_OPTIONS_H
#define BENCH_OPTIONS_H

#include <stdbool.h>

#include "bench/workload.h"

enum { MOST_COUNTS = 8 };

typedef struct {
  const char *names; /* of rows, as prefixes or patterns with blanks between them; "" for all */
  const char *python, *twin, *out;
  double seconds;
  int threads[MOST_COUNTS], counts; /* in ascending order */
  bool serve, list, help;
} options;

extern const char options_usage[];

/* Reads the command line. Returns false after it said on stderr, in one line, what is wrong. */
bool options_read(options *o, int argc, char **argv);
/* Whether a row is asked for. */
bool options_want(const options *o, const workload *w);

#endif
