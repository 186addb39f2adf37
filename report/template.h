/* The report's skeleton is a Markdown file with {{names}} in it; each name is replaced by a text made from
 * the runs. */
#ifndef REPORT_TEMPLATE_H
#define REPORT_TEMPLATE_H

#include "experiments/message.h"
#include "report/page.h"

typedef struct {
  const char *name, *text; /* a NULL name ends the list */
} template_value;

/* Appends `source`, its names replaced, to `out`; texts are put in as they are, and a name inside them stays.
 * Every name of the source must have a text, and every text must be asked for, so that nothing falls out of
 * the report unseen. Errors: "FILE:12: {{sumary}} is no part of the report; the parts are summary, claims"
 *   "FILE:12: {{ without }}"
 *   "FILE: the part {{claims}} is missing"
 * `file` is for these messages alone. */
int template_fill(const char *file, const char *source, const template_value values[], page *out, message *m);

#endif
