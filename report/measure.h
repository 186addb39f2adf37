/* What the two problems are judged by. A measure is a metric of the store together with how people read it: a
 * heading, digits, what a difference is, and how it is drawn.
 *
 * Means and intervals are taken on the measure's scale: of accuracies as they are, of squared errors as
 * logarithms, so that the mean is the geometric one and no interval reaches below zero. Two runs are compared
 * by their merit, of which more is better: the accuracy, or minus the logarithm of the root mean squared
 * error. */
#ifndef REPORT_MEASURE_H
#define REPORT_MEASURE_H

#include <stdbool.h>

#include "experiments/store.h"
#include "report/evidence.h"
#include "report/figure.h"
#include "report/numbers.h"
#include "report/statistics.h"

typedef struct {
  const char *metric;             /* as in the store: "validation_accuracy" */
  const char *heading;            /* "Validation accuracy, %" */
  const char *difference_heading; /* "Validation − published, points" */
  const char *short_name;         /* of a series in a figure: "validation" */
  bool higher_is_better;
  number_text (*number)(double value);
  number_text (*difference)(double ours, double published);
  number_text (*brief)(double value); /* with its unit, in a sentence: "97.11 %", "29,886 dollars" */
  number_text (*gain)(double merit);  /* a difference of merits: points, or the factor of the error */
  double (*scale)(double value), (*unscale)(double scaled);
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

/* More is better. */
double measure_merit(const measure *m, double value);

/* Differences of merits, with their interval: "+0.24 points (0.02 to 0.46)", "error × 0.973 (0.951 to
 * 0.996)". To be freed. */
char *measure_gain(const measure *m, const spread *merit);

/* The measure over the seeds whose runs are done. Its sd is on the measure's scale. */
spread measure_over(const measure *m, const evidence_cell *c);

/* From the scale of a measure to its values. */
void measure_unscale(const measure *m, spread *s);

/* How many digits a part has: of the official test file, or of the validation part. */
double measure_digits(const config *c, measured_part part);

/* "97.11", or with several seeds "97.11 (96.90 to 97.32)", the mean and its interval; where there is no
 * number, why there is none: "not run". */
void measure_text(const measure *m, const evidence_cell *c, char *text, size_t size);

#endif
