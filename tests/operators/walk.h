/* The walk over the operator catalogue.
 *
 * Every operator is put through every check, on its samples; what has none (elementwise operators) gets generic ones. A
 * check says what is wrong instead of asserting, so that mutations.c can ask whether it notices. */
#ifndef TESTS_OPERATORS_WALK_H
#define TESTS_OPERATORS_WALK_H

#include "tests/operators/array.h"
#include "tests/support.h"

/* ---- Samples ---- */

#define MOST_SAMPLES 32

/* The samples that the operator must compute, or those that it must refuse; returns how many. */
int good_samples(const ag_op *op, ag_sample *out);
int bad_samples(const ag_op *op, ag_sample *out);
/* Samples on which threads are worth their while; 0 for an operator that no table below has. */
int big_samples(const ag_op *op, ag_sample *out);
/* Tables of these, one a family; each ends with a NULL name. n_in is counted from the shapes. */
typedef struct {
  const char *name;
  ag_sample sample;
} large_sample;
extern const large_sample basic_large[];
extern const large_sample comparison_large[];
extern const large_sample convolution_large[];
extern const large_sample indexing_large[];
extern const large_sample lane_large[];
extern const large_sample linalg_large[];
extern const large_sample mask_large[];
extern const large_sample normalisation_large[];
/* Operand i of a sample: irregular numbers from its domain, or indices. The same for every type of real numbers. */
ag_tensor *sample_operand(ag_ctx *k, const ag_op *op, const ag_sample *s, int i);
/* Whether operand i of a sample is of a real type. */
bool is_real_operand(const ag_op *op, const ag_sample *s, int i);
bool is_real(ag_dtype dtype);
/* A leaf with these elements, of that type or, where it is real, of the context's. */
ag_tensor *leaf_of(ag_ctx *k, ag_dtype dtype, const array *a);

/* ---- Applying an operator ---- */

/* How the operands lie in memory: in row-major order; with the last two axes exchanged; with steps of 2 along the
 * last axis; repeated along the first axis; in the middle of a larger tensor; backwards along every axis. */
typedef enum { PLAIN, TRANSPOSED, STEPPED, REPEATED, INSIDE, REVERSED, N_LAYOUTS } layout;

typedef struct {
  const ag_op *op;
  const ag_sample *sample;
  ag_dtype dtype;
  int threads;
  layout layout;
  bool copied; /* the operands of that layout are copied into row-major order first */
} application;

/* The results, and the gradients of an irregular combination of them to each real operand. */
typedef struct {
  ag_status status;
  const char *error; /* NULL when all went well */
  int n_values, n_gradients;
  array value[AG_MAX_OUTPUTS], gradient[AG_MAX_OPERANDS];
} evaluation;
evaluation evaluate(application a);
void evaluation_free(evaluation *e);

/* ---- Checks: NULL, or what is wrong, in a buffer that the next check overwrites ---- */

typedef const char *check(const ag_op *op, const ag_sample *s);
check check_values;    /* against the oracle, in float64 */
check check_gradients; /* against differences, with every operand used twice, to gradient_order */
check check_adjoint;   /* <J v, u> = <v, J' u>, also where check_gradients would take too long */
check check_precision; /* float32 against float64, values and gradients */
check check_threads;   /* bits with 1, 2, 3 and 7 threads */
check check_layouts;   /* strided operands against their copies */
check check_refusal;   /* the message of a bad sample */
check check_shapes;    /* the sample without elements, as numbers and with eight axes */
check check_types;     /* operands of every wrong type */
check check_numbers;   /* NaN and infinities among the elements */

/* The elements of the real operands. */
int64_t real_elements(const ag_op *op, const ag_sample *s);
/* The order to which check_gradients goes: 0 where there is nothing to differentiate, 1 to 3 by the number of elements. */
int gradient_order(const ag_op *op, const ag_sample *s);
/* A function for ag_gradcheck; user points at a `sampled`. Every operand is used by two applications, and where shapes allow one
 * operand takes the place of another. */
typedef struct {
  const ag_op *op;
  const ag_sample *sample;
} sampled;
ag_tensor *used_twice(ag_tensor *const *in, void *user);

/* Formats what a check found. */
const char *found(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* ---- Groups of tests ---- */

/* The part of the catalogue that is walked: all of it, or the one operator that AG_OPERATOR in the environment names. */
void chosen_operators(int *first, int *end);

TCase *walk_tests(void);
TCase *page_tests(void);
TCase *mutation_tests(void);
TCase *mutant_tests(void);
TCase *edge_tests(void);
TCase *elementwise_tests(void);
TCase *composite_tests(void);
TCase *arrangement_tests(void);
TCase *einsum_tests(void);
TCase *linalg_tests(void);
TCase *batch_norm_map_tests(void);
TCase *conv2d_moments_tests(void);
TCase *convolution_tests(void);
TCase *loss_tests(void);
TCase *more_loss_tests(void);
TCase *normalisation_tests(void);
TCase *attention_tests(void);
TCase *recurrent_tests(void);
TCase *comparison_tests(void);
TCase *mask_tests(void);
TCase *creation_tests(void);
TCase *type_tests(void);
TCase *reduction_tests(void);
TCase *vector_tests(void);
TCase *covered_tests(void);

#endif
