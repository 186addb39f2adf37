/* The two data sets of the report, as plain C arrays.
 *
 * Data are looked for in this order, and whatever is found is checked against the known SHA-256 of its
 * uncompressed content:
 *   1. the folder that the caller or AUTOGRAD_DATA names: that folder only, a file missing or altered there
 * is an error;
 *   2. the cache, $XDG_CACHE_HOME/libautograd or ~/.cache/libautograd: an altered file there is an error too;
 *   3. upstream, fetched by curl into the cache, unless AUTOGRAD_OFFLINE is set to something other than 0;
 *   4. the embedded generators, which need no network and say so through `source`.
 * The files of one data set come from the same side: real ones, or generated ones, never a mixture. */
#ifndef EXPERIMENTS_DATA_DATA_H
#define EXPERIMENTS_DATA_DATA_H

#include "experiments/data/digest.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

enum {
  DIGIT_PIXELS = 256, /* 16 x 16 */
  DIGIT_TRAIN_ROWS = 7291,
  DIGIT_TEST_ROWS = 2007,
  HOUSE_FEATURES = 4, /* OverallQual, YearBuilt, TotalBsmtSF, GrLivArea */
  HOUSE_ROWS = 1460,
  DATA_MESSAGE_SIZE = 1024 /* a message buffer of this size is never cut short by a path of usual length */
};

typedef enum { DATA_FOLDER, DATA_CACHE, DATA_UPSTREAM, DATA_EMBEDDED } data_source;

/* "folder", "cache", "upstream" or "embedded". */
const char *data_source_name(data_source source);

typedef struct {
  int64_t n;
  float *x;       /* n x 256: row-major 16 x 16, -1 background .. +1 ink */
  int64_t *label; /* n: 0..9 */
} digit_set;

typedef struct {
  digit_set train, test;
  data_source source;
  char digest[DIGEST_SIZE]; /* as `sha256sum zip.train zip.test | sha256sum` prints, on the plain files */
  char where[PATH_MAX];     /* the folder that the files were read from, or "embedded generator" */
} digits;

typedef struct {
  int64_t n;
  double *x;     /* n x 4: OverallQual (1..10), YearBuilt (year), TotalBsmtSF and GrLivArea (square feet) */
  double *price; /* n: SalePrice in dollars */
  data_source source;
  char digest[DIGEST_SIZE]; /* what `sha256sum house-prices-train.csv` prints */
  char where[PATH_MAX];
} houses;

/* Load a data set. `folder` is the only place to look in; NULL or "" leaves the choice to AUTOGRAD_DATA and,
 * where that is unset or empty, to the order above. Returns 0, with `message` empty or holding a one-line
 * warning that says why the data are the embedded ones; or -1, with a one-line error in `message` and an
 * empty data set. */
int digits_load(digits *d, const char *folder, char *message, size_t size);
int houses_load(houses *h, const char *folder, char *message, size_t size);

/* Release what a load returned. A data set that is all zero, or freed already, is left alone. */
void digits_free(digits *d);
void houses_free(houses *h);

#endif
