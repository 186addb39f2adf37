/* The table of a sweep: ours beside published. */
#ifndef REPORT_TABLE_SWEEP_H
#define REPORT_TABLE_SWEEP_H

#include "report/evidence.h"
#include "report/page.h"

/* A line for each cell: crossed value, swept value, the measures, what was published and how far off it is,
 * and the number of seeds. Columns that would be empty are left out. */
void table_of_sweep(const evidence_row *row, page *p);

/* Which crossed value agrees better with the published numbers, in a sentence made from the mean distances;
 * nothing where there is nothing to compare. */
void sentence_of_agreement(const evidence_row *row, page *p);

#endif
