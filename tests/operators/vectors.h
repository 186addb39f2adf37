/* Numbers of PyTorch: operands, what an operator gives for them, and gradients (vectors/make_operators.py). */
#ifndef TESTS_OPERATORS_VECTORS_H
#define TESTS_OPERATORS_VECTORS_H

#include <autograd.h>

/* Most operands of a case. */
#define VECTOR_OPERANDS 6

typedef struct {
  const char *name;
  ag_tensor *(*call)(ag_tensor *const *in);
  int n_in;
  ag_dtype dtype[VECTOR_OPERANDS]; /* AG_F64 stands for either real type */
  ag_shape in_shape[VECTOR_OPERANDS];
  const double *in[VECTOR_OPERANDS];
  ag_dtype out_dtype;
  ag_shape out_shape;
  const double *out;
  const double *gradient[VECTOR_OPERANDS]; /* of the result weighted by 1/2, 1/3, ...; NULL where there is none */
} vector;

#define ROW(...) (const double[]){__VA_ARGS__}

/* One table a family; each ends with a NULL name. vectors.c lists them all. */
extern const vector activations_vectors[];
extern const vector arithmetic_vectors[];
extern const vector arrange_vectors[];
extern const vector attention_vectors[];
extern const vector basics_vectors[];
extern const vector class_losses_vectors[];
extern const vector comparisons_vectors[];
extern const vector convolutions_vectors[];
extern const vector einsum_vectors[];
extern const vector elementwise_vectors[];
extern const vector gradients_elementwise_vectors[];
extern const vector gradients_structured_vectors[];
extern const vector indexing_vectors[];
extern const vector lanes_vectors[];
extern const vector linalg_vectors[];
extern const vector losses_vectors[];
extern const vector masks_vectors[];
extern const vector normalisation_vectors[];
extern const vector pooling_vectors[];
extern const vector recurrent_vectors[];
extern const vector reductions_vectors[];
extern const vector triangular_vectors[];
extern const vector types_vectors[];
extern const vector whole_order_vectors[];
extern const vector whole_reductions_vectors[];

/* The families by number; NULL past the last. */
const vector *vector_family(int index);
/* Asserts that values and gradients are PyTorch's, up to rtol of the greatest number of each array. */
void assert_vector_agrees(const vector *v, double rtol);

/* One part of what these make, for calls that are one expression. */
ag_tensor *split_part(ag_tensor *x, int64_t size, int axis, int which);
ag_tensor *chunk_part(ag_tensor *x, int chunks, int axis, int which);
ag_tensor *unbind_part(ag_tensor *x, int axis, int which);

/* The elements of n tensors, one tensor after the other. */
ag_tensor *in_a_row(int n, ag_tensor *const *x);
/* The gradients of y to those of the first n operands that are real, from the cotangent in[n], in a row:
 * zeros where there are none. They can be differentiated again. */
ag_tensor *gradients_in_a_row(ag_tensor *y, int n, ag_tensor *const *in);
/* The convolution of images (n, h, w, c), with weight, bias and norm, and the moments of it in a row. */
ag_tensor *between_normalisations(ag_tensor *const *in);
/* A layer of that description for x, of 3 inputs and 4 hidden numbers, whose states at the start, if any, and
 * weights lie in a row: its outputs and last states in a row. */
ag_tensor *rnn_outputs(ag_tensor *x, ag_tensor *row, bool states, ag_rnn_layer_new_args a);
/* A layer of 4 numbers and 2 heads whose parameters lie in a row: its output and its weights in a row. */
ag_tensor *multihead_outputs(ag_tensor *q, ag_tensor *k, ag_tensor *row, ag_tensor *mask, ag_tensor *key_padding_mask);

#endif
