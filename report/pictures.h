/* Figures in the text: how one is put there, and what the final models have to show beside their curves. */
#ifndef REPORT_PICTURES_H
#define REPORT_PICTURES_H

#include "report/evidence.h"
#include "report/figure.h"
#include "report/page.h"

/* Draws a figure into `folder`, refers to it, and frees it; one without panels is passed over. `alt` says
 * what it shows, for those who cannot see it. */
int picture_show(figure *f, const char *folder, const char *alt, page *p, message *m);

/* What the store allows: mistakes, confusion, calibration and filters of a classifier; prices and sigma of a
 * regressor; learning rates; the losses of runs that diverged. */
int pictures_write(const evidence *e, const evidence_row *row, const char *folder, page *p, message *m);

#endif
