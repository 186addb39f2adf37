/* Pictures of how a training went beside its curves. A figure without panels says that the store has not what
 * it needs. */
#ifndef REPORT_FIGURE_TRAINING_H
#define REPORT_FIGURE_TRAINING_H

#include "report/evidence.h"
#include "report/figure.h"

/* The learning rate of each epoch, where it changes at all. */
figure figure_of_rates(const evidence *e, const evidence_row *row);

/* The loss of each of the first steps, of the runs that diverged: up to the step at which it was no number.
 */
figure figure_of_divergence(const evidence *e, const evidence_row *row);

#endif
