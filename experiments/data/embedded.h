/* The embedded data sets: what is learned from when there is no other data.
 *
 * Each function writes the text that the file of the same shape would hold, so that generated data take the
 * same way through digest and parser as real ones. The bytes depend on nothing: integer arithmetic only, no
 * library function that rounds. Returns a buffer to be freed and its length in *n, or NULL when there is no
 * memory. */
#ifndef EXPERIMENTS_DATA_EMBEDDED_H
#define EXPERIMENTS_DATA_EMBEDDED_H

#include <stddef.h>

char *embedded_digits_train(size_t *n);
char *embedded_digits_test(size_t *n);
char *embedded_houses(size_t *n);

#endif
