/* From the text of a data file to arrays. The parsers are strict for their own sake and know nothing of
 * hashes.
 *
 * `name` is the file's name in messages, `rows` the number of rows that the text must hold. Both return 0, or
 * -1 with a one-line message "name:line:column: expected ..., found ...; ..." and an empty set. */
#ifndef EXPERIMENTS_DATA_PARSE_H
#define EXPERIMENTS_DATA_PARSE_H

#include "experiments/data/data.h"

/* A line is a label 0..9 and 256 numbers within [-1, 1], separated by blanks; blanks around the line do not
 * matter. */
int digits_parse(const char *bytes, size_t n, const char *name, int64_t rows, digit_set *set, char *message,
                 size_t size);
void digit_set_free(digit_set *set);

/* CSV: the first line names the columns. The four features and SalePrice are found by name, whatever their
 * order; other columns are skipped, but every line must have as many fields as the first. A field may be
 * "quoted", with "" for a quote inside; it ends on the line where it begins. Fills n, x and price alone. */
int houses_parse(const char *bytes, size_t n, const char *name, int64_t rows, houses *h, char *message,
                 size_t size);

#endif
