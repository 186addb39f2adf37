/* How much of a difference is chance, and where the chance comes from: the rows of the catalogue that move
 * one use of randomness and leave the others alone. */
#ifndef REPORT_VARIATION_H
#define REPORT_VARIATION_H

#include "report/evidence.h"
#include "report/page.h"

/* A table with a line for each stream: the standard deviation when that one alone is moved, and its share of
 * the variances of all streams of the problem; then that of moving all at once, over the seeds. */
void variation_write(const evidence *e, page *p);

#endif
