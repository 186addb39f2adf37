/* Names for people: of the values that a sweep goes through, and of its keys. */
#ifndef REPORT_LABELS_H
#define REPORT_LABELS_H

#include "report/evidence.h"

/* "mse_softmax" -> "squared error on the softmax", "relu" -> "ReLU"; a value without a name of its own stays
 * as it is. */
const char *label_value(const char *key, const char *value);

/* The label of a key: "conv.layers" -> "convolution layers". */
const char *label_key(const char *key);

/* The label of a key as the heading of a column: "Convolution layers". */
typedef struct {
  char text[64];
} label_heading;
label_heading label_key_heading(const char *key);

/* The line of crossed values `cross`: "cross-entropy"; "" where nothing is crossed. */
const char *label_cross(const evidence_row *row, int cross);

/* The same as the title of a panel, where a bare number would say nothing: "batch size 50", "cross-entropy".
 */
label_heading label_panel(const evidence_row *row, int cross);

/* "digits" -> "USPS digits": the data a problem is named after. */
const char *label_data(config_problem problem);

#endif
