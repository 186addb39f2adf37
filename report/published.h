/* The published numbers, one by one, against ours.
 *
 * A published number stands for one run of which nothing else is known. It is reproduced when the whole 95 %
 * interval of our mean lies within a margin around it, not reproduced when the interval lies outside, and
 * inconclusive where it is both, or where there are fewer than three seeds. Such a margin makes a correction
 * for the number of comparisons unnecessary: it is asked for equality, and chance alone makes equality harder
 * to show.
 *
 * The margin of an accuracy is two binomial standard errors of the published number on the images of that
 * part; that of a squared error is a factor of two, by which the choice of the split alone moves it. Both are
 * widened by half a unit of the last printed digit. */
#ifndef REPORT_PUBLISHED_H
#define REPORT_PUBLISHED_H

#include "report/evidence.h"
#include "report/measure.h"
#include "report/page.h"
#include "report/verdict.h"

/* One published number under one reading: a measured part and a crossed value. */
typedef struct {
  const evidence_row *row;
  const evidence_cell *cell;
  const measure *measure;
  double published, low, high; /* the margin's ends */
  spread ours;
  verdict verdict;
} published_reading;

/* What is known of the number of a cell; false where none was published for this measure. */
bool published_of(const evidence_row *row, const evidence_cell *c, measured_part part, published_reading *r);

/* The published numbers, each with the readings that the text leaves open (both losses, both parts): a number
 * is reproduced when it comes out under one of them. */
typedef struct {
  const evidence_row *row;
  const char *value;  /* of the sweep; NULL: the row has one cell */
  const char *metric; /* as the catalogue names it: "accuracy" does not say on which part */
  published_reading *readings;
  size_t count;
  verdict verdict;
} published_number;

published_number *published_judge(const evidence *e, size_t *count);
void published_free(published_number *numbers, size_t count);

/* "outside by 0.31 points", "within". */
char *published_distance(const published_reading *r);

#endif
