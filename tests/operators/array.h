/* Arrays of doubles with a shape, and oracles: what an operator should give, written once more as plainly as possible. */
#ifndef TESTS_OPERATORS_ARRAY_H
#define TESTS_OPERATORS_ARRAY_H

#include <autograd.h>

typedef struct {
  ag_shape shape;
  double *data;
} array;

/* An array of zeros. */
array array_new(ag_shape shape);
array array_of(const ag_tensor *x);
void array_free(array *a);
int64_t numel_of(ag_shape shape);
/* Steps an index through a shape in row-major order, and counts its steps behind the last axis. */
void next_index(ag_shape shape, int64_t *index);
/* The place of an index in row-major order. */
int64_t place_of(ag_shape shape, const int64_t *index);
#define EACH_INDEX(shape, index)                                                                             \
  for (int64_t index[AG_MAX_RANK + 1] = {0}; index[AG_MAX_RANK] < numel_of(shape); next_index(shape, index))
/* Element (i, j, k, l) of an array of rank 4. */
double *at4(const array *a, int64_t i, int64_t j, int64_t k, int64_t l);
/* 0 .. rank - 1 for an axis that may be negative. A number has one axis. */
int axis_of(int rank, int axis);

/* One application: an oracle makes `out` from the rest. */
typedef struct {
  int n_in, n_out;
  array in[AG_MAX_OPERANDS], out[AG_MAX_OUTPUTS];
  const void *attributes;
} oracle_call;

/* An oracle is a function of numbers, applied with broadcasting, or one of whole arrays. */
typedef struct {
  const char *name;
  double (*element)(const double *v, const double *p);
  void (*whole)(oracle_call *k);
} oracle;
/* Runs the oracle of that operator; false when there is none. */
bool consult_oracle(const char *name, oracle_call *k);

/* Tables, which end with a NULL name. */
extern const oracle comparison_oracles[];
extern const oracle convolution_oracles[];
extern const oracle elementwise_oracles[];
extern const oracle image_oracles[];
extern const oracle indexing_oracles[];
extern const oracle lane_oracles[];
extern const oracle layer_norm_oracles[];
extern const oracle linalg_oracles[];
extern const oracle mask_oracles[];
extern const oracle moments_oracles[];
extern const oracle normalisation_oracles[];
extern const oracle pooling_oracles[];
extern const oracle product_oracles[];
extern const oracle reduction_oracles[];
extern const oracle type_oracles[];
extern const oracle view_oracles[];

#endif
