/* Figures of swept values: what each gave in the end, beside what was published for it. */
#ifndef REPORT_FIGURE_POINTS_H
#define REPORT_FIGURE_POINTS_H

#include "report/evidence.h"
#include "report/figure.h"

/* `categories` keeps the names of the swept values for the figure; it must live as long, and holds
 * CATALOGUE_VALUES. */
figure figure_of_points(const evidence *e, const evidence_row *row, const char *categories[]);

#endif
