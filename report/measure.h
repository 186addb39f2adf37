/* What the two problems are judged by. A measure is a metric of the store together with how people read it: a
 * heading, digits, what a difference is, and how it is drawn. */
#ifndef REPORT_MEASURE_H
#define REPORT_MEASURE_H

#include <stdbool.h>

#include "experiments/store.h"
#include "report/evidence.h"
#include "report/figure.h"
#include "report/numbers.h"

typedef struct {
  const char *metric;             /* as in the store: "validation_accuracy" */
  const char *heading;            /* "Validation accuracy, %" */
  const char *difference_heading; /* "Validation − published, points" */
  const char *short_name;         /* of a series in a figure: "validation" */
  bool higher_is_better;
  number_text (*number)(double value);
  number_text (*difference)(double ours, double published);
  number_text (*brief)(double value);   /* with its unit, in a sentence: "97.11 %", "29,886 dollars" */
  double (*drawn)(double value);        /* in the unit of the axis */
  double (*at)(const run_point *point); /* the same measure in a history */
  figure_axis axis;
  const char *axis_label; /* "accuracy (%)" */
} measure;

typedef enum {
  ON_VALIDATION,
  ON_TEST,
  MEASURES
} measured_part; /* each problem has a measure for each part */

extern const measure measures[EVIDENCE_PROBLEMS][MEASURES]; /* by config_problem */

/* The problem of a row. */
config_problem measure_problem(const evidence_row *row);

/* Whether a number of this measure was published for any cell of the row. */
bool measure_published(const measure *m, const evidence_row *row);

/* Whether `a` is the better of two values. */
bool measure_better(const measure *m, double a, double b);

/* How many digits a part has: of the official test file, or of the validation part. */
double measure_digits(const config *c, measured_part part);

/* "97.11", or with several seeds "97.11 (96.90 to 97.30)"; where there is no number, why there is none: "not
 * run". */
void measure_text(const measure *m, const evidence_cell *c, char *text, size_t size);

#endif
