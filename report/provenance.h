/* Where the numbers come from, and, kept apart, what differs between two runs of the same thing. */
#ifndef REPORT_PROVENANCE_H
#define REPORT_PROVENANCE_H

#include "report/evidence.h"
#include "report/page.h"

/* Engine, compiler, machine and data of the runs in this report: the same for the same machine and source. */
void provenance_write(const evidence *e, page *p);

/* Durations, dates and threads: all that may differ between two identical reruns. */
void timing_write(const evidence *e, page *p);

#endif
