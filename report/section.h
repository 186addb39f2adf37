/* One row of the catalogue as a section of the report: what was published, what we chose, the command that
 * makes it, the table and the figures. */
#ifndef REPORT_SECTION_H
#define REPORT_SECTION_H

#include "report/evidence.h"
#include "report/page.h"

/* Writes the section, and draws its figures into `folder` (the report refers to them as figures/NAME). */
int section_write(const evidence *e, const evidence_row *row, const char *folder, page *p, message *m);

/* Which rows stand in which part of the report. */
typedef enum { ROWS_OF_DIGITS, ROWS_OF_HOUSES, ROWS_OF_APPENDIX, ROWS_ADDED } section_rows;

/* The sections of these rows, in their order. */
int sections_write(const evidence *e, section_rows which, const char *folder, page *p, message *m);

#endif
