/* The choices made where the published text is open. */
#ifndef REPORT_CHOICES_H
#define REPORT_CHOICES_H

#include "report/page.h"

void choices_write(page *p);

#endif
