/* Pictures of what a regressor said of the houses of the test part in the end. They are of one run, the first
 * seed that is done; a figure without panels says that the store has not what it needs. */
#ifndef REPORT_FIGURE_REGRESSOR_H
#define REPORT_FIGURE_REGRESSOR_H

#include "report/evidence.h"
#include "report/figure.h"

/* Predicted against true price; a Gaussian regressor's with the band in which it expects 95 % of the prices.
 */
figure figure_of_prices(const evidence *e, const evidence_row *row);

/* How many prices lie within the bands of sigma, for bands of every width, and the histogram of the
 * probability integral transform: the shares that its distributions give to prices below the true one, which
 * is flat for a regressor that knows what it does not know. *covered becomes the share within the 95 % band.
 */
figure figure_of_sigma(const evidence *e, const evidence_row *row, double *covered);

#endif
