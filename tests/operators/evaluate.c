/* Applies an operator to a sample, in every way that must not make a difference. */
#include "tests/operators/walk.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *found(const char *format, ...) {
  static char text[1024];
  char fresh[sizeof text]; /* an argument may be the last text */
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(fresh, sizeof fresh, format, arguments);
  va_end(arguments);
  memcpy(text, fresh, sizeof text);
  return text;
}

/* ---- Layouts ---- */

/* A leaf with these elements, which are freed, and the type of x. */
static ag_tensor *leaf_like(const ag_tensor *x, array a) {
  ag_tensor *leaf = leaf_of(ag_context(x), ag_dtype_of(x), &a);
  array_free(&a);
  if (is_real(ag_dtype_of(x))) ag_set_requires_grad(leaf, true);
  return leaf;
}

static ag_tensor *fresh(const ag_tensor *x) { return leaf_like(x, array_of(x)); }

/* A leaf that holds each element of x and then another one. */
static ag_tensor *pairs_of(const ag_tensor *x) {
  array a = array_of(x);
  ag_shape wide = a.shape;
  wide.dim[wide.rank - 1] *= 2;
  array pairs = array_new(wide);
  for (int64_t i = 0; i < numel_of(a.shape); i++) {
    pairs.data[2 * i] = a.data[i];
    pairs.data[2 * i + 1] = a.data[i] == 0;
  }
  array_free(&a);
  return leaf_like(x, pairs);
}

/* x as the middle of a larger leaf, with NaN around it, or numbers that are no index, so that nobody reads them unnoticed. */
static ag_tensor *inside(const ag_tensor *x) {
  array a = array_of(x);
  ag_shape wide = a.shape;
  for (int axis = 0; axis < wide.rank; axis++) wide.dim[axis] += 3;
  array around = array_new(wide);
  for (int64_t i = 0; i < numel_of(wide); i++) around.data[i] = is_real(ag_dtype_of(x)) ? NAN : 99;
  EACH_INDEX(a.shape, index) {
    int64_t to[AG_MAX_RANK];
    for (int axis = 0; axis < wide.rank; axis++) to[axis] = index[axis] + 2;
    around.data[place_of(wide, to)] = a.data[place_of(a.shape, index)];
  }
  ag_tensor *middle = leaf_like(x, around);
  for (int axis = 0; axis < wide.rank; axis++) middle = ag_slice(middle, axis, 2, 2 + a.shape.dim[axis], 1);
  array_free(&a);
  return middle;
}

/* The elements of x, or for REPEATED its first row again and again, as a view of a leaf. */
static ag_tensor *laid_out(ag_tensor *x, layout l) {
  const int rank = ag_rank(x);
  if (l == TRANSPOSED && rank >= 2) return ag_transpose(fresh(ag_transpose(x, -1, -2)), -1, -2);
  if (l == STEPPED && rank >= 1) {
    ag_tensor *pairs = pairs_of(x);
    return ag_slice(pairs, -1, 0, ag_dim(pairs, -1), 2);
  }
  if (l == REPEATED && rank >= 1 && ag_dim(x, 0) > 1) {
    return ag_expand(fresh(ag_slice(x, 0, 0, 1, 1)), ag_shape_of(x));
  }
  if (l == INSIDE) return inside(x);
  if (l == REVERSED) return ag_flip(fresh(ag_flip(x, (ag_axes){0})), (ag_axes){0});
  return fresh(x);
}

/* A dominant matrix must not have equal rows. */
static layout layout_of(const application *a, int i) {
  const bool matrix = i == 0 && a->sample->dominant && a->sample->in[0].rank == 2;
  return a->layout == REPEATED && matrix ? PLAIN : a->layout;
}

/* ---- Evaluation ---- */

/* The gradients of the sum of all real results, each weighted irregularly, to the real operands. */
static void take_gradients(evaluation *e, const application *a, ag_tensor *const *in, ag_tensor *const *out) {
  ag_tensor *outputs[AG_MAX_OUTPUTS], *weights[AG_MAX_OUTPUTS], *inputs[AG_MAX_OPERANDS], *g[AG_MAX_OPERANDS];
  int n_outputs = 0;
  for (int k = 0; k < e->n_values; k++) {
    if (!ag_requires_grad(out[k])) continue;
    ag_tensor *weight = irregular_leaf(ag_context(in[0]), ag_shape_of(out[k]), 200 + (uint64_t)k, -1, 1);
    weights[n_outputs] = ag_cast(weight, ag_dtype_of(out[k]));
    outputs[n_outputs++] = out[k];
  }
  for (int i = 0; i < a->sample->n_in; i++) {
    if (is_real_operand(a->op, a->sample, i)) inputs[e->n_gradients++] = in[i];
  }
  if (n_outputs == 0 || !ag_grad(.n_outputs = n_outputs, .outputs = outputs, .n_inputs = e->n_gradients, .inputs = inputs, .grads = g,
                                 .grad_outputs = weights, .allow_unused = true)) {
    e->n_gradients = 0;
  }
  for (int i = 0; i < e->n_gradients; i++) e->gradient[i] = g[i] ? array_of(g[i]) : array_new(ag_shape_of(inputs[i]));
}

evaluation evaluate(application a) {
  evaluation e = {0};
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, a.dtype);
  ag_set_threads(k, a.threads);
  ag_tensor *in[AG_MAX_OPERANDS], *out[AG_MAX_OUTPUTS];
  for (int i = 0; i < a.sample->n_in; i++) {
    in[i] = sample_operand(k, a.op, a.sample, i);
    in[i] = laid_out(in[i], layout_of(&a, i));
    if (a.copied) in[i] = fresh(in[i]);
  }
  ag_apply_all("evaluate", a.op, a.sample->n_in, in, a.sample->attributes, out);
  if (ag_error(k) == AG_OK) {
    e.n_values = a.op->n_out ? a.op->n_out : 1;
    for (int i = 0; i < e.n_values; i++) e.value[i] = array_of(out[i]);
    take_gradients(&e, &a, in, out);
  }
  e.status = ag_error(k);
  if (e.status != AG_OK) e.error = found("%s", ag_error_message(k));
  ag_ctx_free(k);
  return e;
}

void evaluation_free(evaluation *e) {
  for (int i = 0; i < e->n_values; i++) array_free(&e->value[i]);
  for (int i = 0; i < e->n_gradients; i++) array_free(&e->gradient[i]);
  *e = (evaluation){0};
}
