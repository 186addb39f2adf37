/* Stores as text for other programs. */
#ifndef EXPERIMENTS_EXPORT_H
#define EXPERIMENTS_EXPORT_H

#include <stdio.h>

#include "experiments/store.h"

/* One function for each table or document, in the order of the runs' keys. Numbers have as many digits as
 * read back to the same bits; what was not measured is empty in CSV, and null in JSON. */
typedef struct {
  const char *name, *file; /* "runs", "runs.csv" */
  int (*write)(store *s, FILE *out, message *m);
} export_format;

extern const export_format export_formats[]; /* runs, metrics, history; then json; a NULL name ends them */

#endif
