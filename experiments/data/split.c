#include "experiments/data/split.h"

#include "experiments/data/say.h"

#include <math.h>
#include <stdlib.h>

static int check_permutation(int64_t n, const int64_t *perm, char *message, size_t size) {
  unsigned char *seen = calloc((size_t)n, 1);
  if (seen == NULL) return say(message, size, "split: no memory for %lld rows", (long long)n);
  int status = 0;
  for (int64_t i = 0; i < n && status == 0; i++) {
    if (perm[i] < 0 || perm[i] >= n || seen[perm[i]])
      status = say(message, size, "split: expected a permutation of 0 to %lld, found %lld %s at place %lld",
                   (long long)n - 1, (long long)perm[i], perm[i] < 0 || perm[i] >= n ? "outside" : "again",
                   (long long)i);
    else
      seen[perm[i]] = 1;
  }
  free(seen);
  return status;
}

int split_indices(int64_t n, const double fractions[SPLIT_PARTS], const int64_t *perm,
                  split_part part[SPLIT_PARTS], char *message, size_t size) {
  const double *f = fractions;
  int proper = fabs(f[0] + f[1] + f[2] - 1) < 1e-9;
  for (int k = 0; k < SPLIT_PARTS; k++) proper = proper && f[k] >= 0 && f[k] <= 1;
  if (!proper)
    return say(message, size,
               "split: expected three fractions within [0, 1] that sum to 1, found %g, %g and %g", f[0], f[1],
               f[2]);
  const int64_t validation = (int64_t)floor((double)n * f[SPLIT_VALIDATION] + 0.5);
  const int64_t test = (int64_t)floor((double)n * f[SPLIT_TEST] + 0.5);
  const int64_t train = n - validation - test;
  if (train <= 0)
    return say(
        message, size,
        "split: expected at least one of %lld rows for training, found none; lower the other fractions",
        (long long)n);
  if (check_permutation(n, perm, message, size) != 0) return -1;
  part[SPLIT_TRAIN] = (split_part){train, perm};
  part[SPLIT_VALIDATION] = (split_part){validation, perm + train};
  part[SPLIT_TEST] = (split_part){test, perm + train + validation};
  return 0;
}

void standard_fit(const double *x, int64_t columns, split_part part, double *mean, double *sd) {
  for (int64_t j = 0; j < columns; j++) {
    double sum = 0, squares = 0;
    for (int64_t i = 0; i < part.n; i++) sum += x[part.index[i] * columns + j];
    mean[j] = sum / (double)part.n;
    for (int64_t i = 0; i < part.n; i++) {
      const double d = x[part.index[i] * columns + j] - mean[j];
      squares += d * d;
    }
    sd[j] = squares > 0 ? sqrt(squares / (double)part.n) : 1;
  }
}

void standard_apply(const double *x, int64_t columns, split_part part, const double *mean, const double *sd,
                    double *out) {
  for (int64_t i = 0; i < part.n; i++)
    for (int64_t j = 0; j < columns; j++)
      out[i * columns + j] = (x[part.index[i] * columns + j] - mean[j]) / sd[j];
}
