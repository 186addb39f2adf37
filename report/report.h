/* The whole report: from a store of runs to a folder with report.md and its figures. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "experiments/catalogue.h"
#include "experiments/message.h"

typedef struct {
  const char *store; /* the store file */
  const char *out;   /* the folder to write into; made when it is not there */
  const char *parts; /* the folder of template.md and the gnuplot scripts */
  const catalogue_profile *profile;
} report_request;

/* Writes OUT/report.md and OUT/figures/. Everything is made in a folder beside the old files first and then
 * renamed into their place, report.md last. *missing becomes the number of cells that no run has filled. */
int report_write(const report_request *request, size_t *missing, message *m);

#endif
