/* The tables of the final models. */
#ifndef REPORT_TABLE_FINAL_H
#define REPORT_TABLE_FINAL_H

#include "report/evidence.h"
#include "report/page.h"

/* One model: a line for each measure, ours beside published. */
void table_of_model(const evidence_row *row, page *p);

/* All models of the catalogue in one table: what a hurried reader wants. */
void table_of_models(const evidence *e, page *p);

#endif
