/* The whole report: from a store of runs to a folder with report.md and its figures. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "experiments/catalogue.h"
#include "experiments/message.h"

typedef struct {
  const char *store; /* the store file */
  const char *out;   /* the folder to write into; made when it is not there */
  const char *parts; /* the folder of template.md, page.css and the gnuplot scripts */
  const catalogue_profile *profile;
  const catalogue_row *const *rows; /* what was published, and is shown: catalogue_rows */
} report_request;

typedef struct {
  size_t missing; /* cells that no run has filled */
  size_t mishaps; /* runs that failed, or diverged where nobody expects it */
  size_t against; /* claims and published numbers that are not reproduced */
} report_outcome;

/* Writes OUT/report.md, OUT/report.html, OUT/results.json and OUT/figures/. Everything is made in a folder
 * beside the old files first and then renamed into their place, report.md last. */
int report_write(const report_request *request, report_outcome *outcome, message *m);

#endif
