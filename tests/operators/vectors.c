/* Operators and losses against the numbers that PyTorch gives (vectors/make_operators.py). */
#include "tests/operators/vectors.h"

#include <math.h>
#include <stdlib.h>

#include "tests/operators/walk.h"

static const vector *const families[] = {
    activations_vectors,
    arithmetic_vectors,
    arrange_vectors,
    attention_vectors,
    basics_vectors,
    class_losses_vectors,
    comparisons_vectors,
    convolutions_vectors,
    einsum_vectors,
    elementwise_vectors,
    gradients_elementwise_vectors,
    gradients_structured_vectors,
    indexing_vectors,
    lanes_vectors,
    linalg_vectors,
    losses_vectors,
    masks_vectors,
    normalisation_vectors,
    pooling_vectors,
    recurrent_vectors,
    reductions_vectors,
    triangular_vectors,
    types_vectors,
    whole_order_vectors,
    whole_reductions_vectors,
};

const vector *vector_family(int index) { return index < LENGTH(families) ? families[index] : NULL; }

/* ---- Parts ---- */

ag_tensor *split_part(ag_tensor *x, int64_t size, int axis, int which) {
  ag_tensor *parts[8];
  ck_assert_int_gt(ag_split(x, size, axis, LENGTH(parts), parts), which);
  return parts[which];
}

ag_tensor *chunk_part(ag_tensor *x, int chunks, int axis, int which) {
  ag_tensor *parts[8];
  ck_assert_int_gt(ag_chunk(x, chunks, axis, parts), which);
  return parts[which];
}

ag_tensor *unbind_part(ag_tensor *x, int axis, int which) {
  ag_tensor *parts[8];
  ck_assert_int_gt(ag_unbind(x, axis, LENGTH(parts), parts), which);
  return parts[which];
}

/* ---- Operands ---- */

/* The operand, where it is real a leaf of the context's type. Its numbers were written for float64. */
static ag_tensor *operand_of(const vector *v, int i) {
  if (v->dtype[i] == AG_F64) {
    ag_tensor *x = ag_from_double(c, v->in_shape[i], v->in[i]);
    ag_set_requires_grad(x, true);
    return x;
  }
  return ag_cast(ag_from(c, AG_F64, v->in_shape[i], v->in[i]), v->dtype[i]);
}

ag_tensor *in_a_row(int n, ag_tensor *const *x) {
  ag_tensor *rows[8];
  ck_assert_int_le(n, LENGTH(rows));
  for (int i = 0; i < n; i++) rows[i] = ag_reshape(x[i], AG_SHAPE(ag_numel(x[i])));
  return ag_concat(n, rows, 0);
}

ag_tensor *gradients_in_a_row(ag_tensor *y, int n, ag_tensor *const *in) {
  ag_tensor *real[VECTOR_OPERANDS], *gradient[VECTOR_OPERANDS];
  int n_real = 0;
  for (int i = 0; i < n; i++) {
    if (ag_requires_grad(in[i])) real[n_real++] = in[i];
  }
  const bool done =
      ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = n_real, .inputs = real, .grads = gradient,
              .grad_outputs = in + n, .create_graph = true, .allow_unused = true);
  ck_assert_msg(done, "%s", ag_error_message(c));
  for (int i = 0; i < n_real; i++) gradient[i] = gradient[i] ? gradient[i] : ag_zeros_like(real[i]);
  return in_a_row(n_real, gradient);
}

ag_tensor *between_normalisations(ag_tensor *const *in) {
  ag_tensor *moments, *y = ag_conv2d(in[0], in[1], in[2], .channels_last = true, .norm = in[3], .moments = &moments);
  return in_a_row(2, (ag_tensor *[]){y, moments});
}

/* ---- Comparing ---- */

/* Equal up to rtol of the greatest finite number of the array; NaN and infinities stand where PyTorch has them. */
static void assert_vector(const vector *v, const char *what, const ag_tensor *x, ag_shape shape, const double *expected, double rtol) {
  array found = array_of(x);
  ck_assert_msg(found.shape.rank == shape.rank && numel_of(found.shape) == numel_of(shape), "%s, %s: shape %s", v->name, what,
                ag_shape_text(c, found.shape));
  ck_assert_mem_eq(found.shape.dim, shape.dim, (size_t)shape.rank * sizeof *shape.dim);
  double most = 0;
  for (int64_t i = 0; i < numel_of(shape); i++) most = fmax(most, isfinite(expected[i]) ? fabs(expected[i]) : 0);
  const char *difference = differ(numel_of(shape), found.data, expected, rtol, rtol * most + 1e-2 * rtol);
  array_free(&found);
  ck_assert_msg(!difference, "%s, %s: %s", v->name, what, difference);
}

/* Gradients are those of the sum of the result, weighted by 1/2, 1/3, 1/4, ... Where there is none here,
 * because the derivative is 0 almost everywhere, PyTorch's are zeros. */
void assert_vector_agrees(const vector *v, double rtol) {
  ag_tensor *in[VECTOR_OPERANDS] = {0}, *wanted[VECTOR_OPERANDS], *gradient[VECTOR_OPERANDS];
  int n_wanted = 0, which[VECTOR_OPERANDS];
  for (int i = 0; i < v->n_in; i++) {
    in[i] = operand_of(v, i);
    if (v->gradient[i]) wanted[n_wanted] = in[i], which[n_wanted++] = i;
  }
  ag_tensor *out = v->call(in);
  ck_assert_msg(ag_error(c) == AG_OK, "%s: %s", v->name, ag_error_message(c));
  const ag_dtype dtype = ag_dtype_of(out);
  ck_assert_msg(dtype == v->out_dtype || (v->out_dtype == AG_F64 && is_real(dtype)), "%s: the result is %s", v->name, ag_dtype_name(dtype));
  assert_vector(v, "value", out, v->out_shape, v->out, rtol);
  if (n_wanted == 0) return;
  const int64_t n = numel_of(v->out_shape);
  double *share = calloc((size_t)n + 1, sizeof *share);
  ck_assert(share);
  for (int64_t i = 0; i < n; i++) share[i] = 1.0 / (double)(2 + i);
  ag_tensor *weights = ag_from_double(c, v->out_shape, share);
  free(share);
  ck_assert_msg(ag_grad(.n_outputs = 1, .outputs = &out, .n_inputs = n_wanted, .inputs = wanted,
                        .grads = gradient, .grad_outputs = &weights, .allow_unused = true),
                "%s: %s", v->name, ag_error_message(c));
  for (int i = 0; i < n_wanted; i++) {
    const ag_shape shape = v->in_shape[which[i]];
    assert_vector(v, "gradient", gradient[i] ? gradient[i] : ag_zeros(c, shape), shape, v->gradient[which[i]],
                  rtol);
  }
}

START_TEST(agrees_in_float64) {
  ag_set_dtype(c, AG_F64);
  for (const vector *v = families[_i]; v->name; v++) assert_vector_agrees(v, 1e-10);
}
END_TEST

/* To the rounding of float32. */
START_TEST(agrees_in_float32) {
  ag_set_dtype(c, AG_F32);
  for (const vector *v = families[_i]; v->name; v++) assert_vector_agrees(v, 1e-5);
}
END_TEST

TCase *vector_tests(void) {
  TCase *t = tcase_create("vectors");
  with_context(t);
  tcase_add_loop_test(t, agrees_in_float64, 0, LENGTH(families));
  tcase_add_loop_test(t, agrees_in_float32, 0, LENGTH(families));
  return t;
}
