/* Splitting rows into training, validation and test part, and standardising columns by the training part
 * alone. */
#ifndef EXPERIMENTS_DATA_SPLIT_H
#define EXPERIMENTS_DATA_SPLIT_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  int64_t n;
  const int64_t *index; /* n row numbers, a stretch of the permutation */
} split_part;

enum { SPLIT_TRAIN, SPLIT_VALIDATION, SPLIT_TEST, SPLIT_PARTS };

/* Cut a permutation of 0 .. n-1 into parts of the given fractions of n: validation and test get theirs
 * rounded to the nearest row, training the rest. The parts are the stretches of `perm` in the order training,
 * validation, test, and live as long as `perm` does. Returns 0, or -1 with a one-line message when a fraction
 * lies outside [0, 1], the three do not sum to 1, nothing is left for training, or `perm` is not a
 * permutation. */
int split_indices(int64_t n, const double fractions[SPLIT_PARTS], const int64_t *perm,
                  split_part part[SPLIT_PARTS], char *message, size_t size);

/* For each column of the row-major x (rows x columns): mean = sum x / n and sd = sqrt(sum (x - mean)^2 / n)
 * over the rows of `part`, in the part's order. A constant column gets sd 1, so that it standardises to 0.
 * `part` must not be empty. */
void standard_fit(const double *x, int64_t columns, split_part part, double *mean, double *sd);

/* out[i, j] = (x[index[i], j] - mean[j]) / sd[j], for the rows of `part`: gathers and standardises. */
void standard_apply(const double *x, int64_t columns, split_part part, const double *mean, const double *sd,
                    double *out);

#endif
