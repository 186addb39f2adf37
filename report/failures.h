/* What did not end in a number. */
#ifndef REPORT_FAILURES_H
#define REPORT_FAILURES_H

#include "report/evidence.h"
#include "report/page.h"

/* Diverged and failed runs, and cells without any run, one line each. */
void failures_write(const evidence *e, page *p);

/* How many cells have no run at all. */
size_t failures_missing(const evidence *e);

/* How many runs failed, or diverged although the catalogue does not expect it; a run that several cells share
 * counts for each. */
size_t failures_mishaps(const evidence *e);

#endif
