/* The samples of one run: the data set cut into three parts by a random order, in the numbers that the model
 * sees.
 *
 * What differs between the problems (how parts are made, what an output means, how good it is) is in their
 * type objects, problem_digits.c and problem_houses.c. */
#ifndef EXPERIMENTS_SAMPLES_H
#define EXPERIMENTS_SAMPLES_H

#include "experiments/dataset.h"
#include "experiments/data/split.h"
#include "experiments/network.h"

enum { DIGIT_SIDE = 16, DIGIT_CLASSES = 10 };

typedef struct {
  int64_t n;
  double *x;      /* n x inputs, as the model sees them */
  double *target; /* n x outputs: one-hot digits; prices, standardised where the configuration says so */
  int64_t *label; /* n digits; NULL for houses */
  double *price;  /* n prices in dollars; NULL for digits */
  int64_t *index; /* n positions in the file */
} sample_part;

typedef struct problem problem;

typedef struct {
  const problem *problem;
  ag_shape input; /* of one sample: (1, 16, 16) or (4) */
  int64_t inputs, outputs;
  sample_part part[SPLIT_PARTS];
  /* Houses: feature = (file - mean) / sd, target = (price - mean) / sd. */
  double feature_mean[HOUSE_FEATURES], feature_sd[HOUSE_FEATURES], target_mean, target_sd;
} samples;

/* What a model says of n samples, for people: digits: `value` (n x 10) probabilities; houses: `value` (n) the
 * mean and `sigma` (n) the standard deviation in dollars, NULL where the model knows none. */
typedef struct {
  double *value, *sigma;
} judgement;

struct problem {
  const char *metric; /* "accuracy", "mse" */
  /* How many rows of the data set are cut into parts. */
  int64_t (*rows)(const dataset *d);
  /* Sets input, inputs and outputs. */
  void (*layout)(samples *s);
  /* Fills the parts from the rows in this order. */
  int (*make)(samples *s, const dataset *d, const config *k, const int64_t *order, message *m);
  /* Appends what `out` says of n samples at row `at` of j. */
  void (*judge)(const samples *s, network_output out, int64_t at, int64_t n, judgement j);
  /* Accuracy, or squared error in dollars squared. */
  double (*score)(const sample_part *part, judgement j);
  /* Stores what the model finally said of the validation and the test part, and the scales it needs to be
   * used again. */
  void (*keep)(const samples *s, const judgement said[SPLIT_PARTS], run_result *r);
  /* Reads those scales back. */
  int (*recall)(samples *s, store *from, const char *key, message *m);
  /* One sample as it is in the data set, in place, to what the model sees. */
  void (*encode)(const samples *s, double *x);
};

extern const problem problem_digits, problem_houses;

/* "train", "validation", "test". */
const char *samples_part_name(int part);

/* The type object of a problem. */
const problem *problem_of(int64_t which);

/* The samples of a configuration, in the order that the stream "split" of the context gives. */
int samples_make(samples *s, ag_ctx *c, const config *k, const dataset *d, message *m);
void samples_free(samples *s);

/* Rows rows[0 .. n-1] of a part (or from .. from + n - 1 with rows NULL) as tensors in the innermost scope.
 */
typedef struct {
  ag_tensor *x, *target, *label; /* label NULL for houses */
} sample_batch;
sample_batch samples_batch(ag_ctx *c, const samples *s, const sample_part *part, const int64_t *rows,
                           int64_t from, int64_t n);

/* Room for what a model says of n samples. */
judgement judgement_new(const samples *s, const config *k, int64_t n);
void judgement_free(judgement *j);

/* For the type objects: room for n samples. */
sample_part sample_part_new(const samples *s, int64_t n);

#endif
