/* Figures of training histories. */
#ifndef REPORT_FIGURE_CURVES_H
#define REPORT_FIGURE_CURVES_H

#include "report/evidence.h"
#include "report/figure.h"

/* A sweep: what validation gave after each epoch, a panel for each crossed value and a line for each swept
 * one. */
figure figure_of_sweep(const evidence *e, const evidence_row *row);

/* A model: the judged measure on validation and test in one panel, the losses on all three parts in the
 * other. */
figure figure_of_model(const evidence *e, const evidence_row *row);

#endif
