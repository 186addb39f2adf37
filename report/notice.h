/* The watermark: what keeps a number from being evidence. It stands in the head of the report, under each
 * heading and on each figure. */
#ifndef REPORT_NOTICE_H
#define REPORT_NOTICE_H

#include "report/evidence.h"

/* "Quick profile: not evidence. Embedded synthetic data, not USPS digits." for what applies; NULL when
 * nothing does. To be freed. */
char *notice_text(const evidence *e, config_problem problem);

#endif
