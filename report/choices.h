/* The choices made where the published text is open. */
#ifndef REPORT_CHOICES_H
#define REPORT_CHOICES_H

#include "report/evidence.h"
#include "report/page.h"

void choices_write(page *p);

/* What varies between seeds and how much of a difference is chance: stated with the numbers of this run. */
void variation_write(const evidence *e, page *p);

#endif
