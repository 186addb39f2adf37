/* Pictures of what a digit classifier said of the test part in the end, and of what it looks at. They are of
 * one run, the first seed that is done; a figure without panels says that the store has not what it needs. */
#ifndef REPORT_FIGURE_CLASSIFIER_H
#define REPORT_FIGURE_CLASSIFIER_H

#include "report/evidence.h"
#include "report/figure.h"

/* Counts of true digit against predicted digit. */
figure figure_of_confusion(const evidence *e, const evidence_row *row);

/* Accuracy against confidence in ten bins, and how many images are in each. *error becomes the expected
 * calibration error: the mean over all images of the distance between the two. */
figure figure_of_reliability(const evidence *e, const evidence_row *row, double *error);

/* The images that it gets wrong, the surest first. Their pixels come from the data set, which must be the one
 * that the run was trained on; *wrong becomes how many there are. */
figure figure_of_mistakes(const evidence *e, const evidence_row *row, size_t *wrong);

/* The filters of the first convolution. */
figure figure_of_filters(const evidence *e, const evidence_row *row);

/* What was said of the images of the test part. */
typedef struct {
  const int64_t *index, *label; /* in the official test file */
  const float *probability;     /* n x classes */
  size_t n, classes;
} said_of_images;

/* False where the store has nothing, or not what it should have. */
bool said_of_test(const evidence_cell *c, said_of_images *s);

/* The likeliest class of the i-th image. */
size_t said_class(const said_of_images *s, size_t i);

#endif
