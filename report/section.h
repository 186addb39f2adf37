/* One row of the catalogue as a section of the report: what was published, what we chose, the command that
 * makes it, the table and the figures. */
#ifndef REPORT_SECTION_H
#define REPORT_SECTION_H

#include "report/evidence.h"
#include "report/page.h"

/* Writes the section, and draws its figures into `folder` (the report refers to them as figures/NAME). */
int section_write(const evidence *e, const evidence_row *row, const char *folder, page *p, message *m);

/* The sections of all rows of a problem (or, with `appendix`, of the rows of ours), in the order of the
 * catalogue. */
int sections_write(const evidence *e, config_problem problem, bool appendix, const char *folder, page *p,
                   message *m);

#endif
