/* The checks of the walk. */
#include "tests/operators/walk.h"

#include <math.h>
#include <string.h>

/* ---- Comparing ---- */

/* Differences up to rtol of the number itself, up to atol of the greatest number of the array and, where all are as good as zero,
 * up to a hundredth of atol are allowed. */
static const char *compare_arrays(const char *what, int which, const array *ours, const array *expected, double rtol, double atol) {
  bool same = ours->shape.rank == expected->shape.rank;
  for (int i = 0; i < ours->shape.rank && same; i++) same = ours->shape.dim[i] == expected->shape.dim[i];
  if (!same) return found("%s %d has another shape (%lld elements, expected %lld)", what, which, (long long)numel_of(ours->shape), (long long)numel_of(expected->shape));
  const int64_t n = numel_of(ours->shape);
  double most = 0;
  for (int64_t i = 0; i < n; i++) most = fmax(most, isfinite(expected->data[i]) ? fabs(expected->data[i]) : 0);
  const char *difference = differ(n, ours->data, expected->data, rtol, atol * (most + 1e-2));
  return difference ? found("%s %d, %s", what, which, difference) : NULL;
}

static const char *compare(const evaluation *ours, const evaluation *expected, double rtol, double atol, double gradient_rtol) {
  const char *bad = ours->error ? ours->error : expected->error;
  if (bad) return bad;
  for (int i = 0; i < expected->n_values && !bad; i++) {
    bad = compare_arrays("value", i, &ours->value[i], &expected->value[i], rtol, atol);
  }
  for (int i = 0; i < expected->n_gradients && !bad; i++) {
    bad = compare_arrays("gradient", i, &ours->gradient[i], &expected->gradient[i], gradient_rtol, gradient_rtol);
  }
  return bad;
}

/* Evaluates two applications and compares them. */
static const char *compare_applications(application ours, application expected, double rtol, double gradient_rtol) {
  evaluation a = evaluate(ours), b = evaluate(expected);
  const char *bad = compare(&a, &b, rtol, rtol, gradient_rtol);
  evaluation_free(&a);
  evaluation_free(&b);
  return bad;
}

/* ---- Values ---- */

const char *check_values(const ag_op *op, const ag_sample *s) {
  oracle_call k = {.n_in = s->n_in, .attributes = s->attributes};
  ag_ctx *ctx = ag_ctx_new();
  ag_set_dtype(ctx, AG_F64);
  for (int i = 0; i < s->n_in; i++) k.in[i] = array_of(sample_operand(ctx, op, s, i));
  ag_ctx_free(ctx);
  const char *bad = NULL;
  evaluation e = evaluate((application){op, s, AG_F64, 1, PLAIN, false});
  if (!consult_oracle(op->name, &k)) {
    bad = found("there is no oracle");
  } else if (e.error) {
    bad = e.error;
  } else if (k.n_out != e.n_values) {
    bad = found("%d results, expected %d", e.n_values, k.n_out);
  }
  for (int i = 0; i < e.n_values && !bad; i++) bad = compare_arrays("value", i, &e.value[i], &k.out[i], 1e-12, 1e-13);
  evaluation_free(&e);
  for (int i = 0; i < k.n_in; i++) array_free(&k.in[i]);
  for (int i = 0; i < k.n_out; i++) array_free(&k.out[i]);
  return bad;
}

/* ---- Gradients ---- */

/* The sum of all float64 results, each weighted irregularly; NULL when there is none. */
static ag_tensor *weighted_sum(const sampled *a, ag_tensor *const *in, uint64_t salt) {
  ag_tensor *out[AG_MAX_OUTPUTS], *sum = NULL;
  if (!ag_apply_all("weighted_sum", a->op, a->sample->n_in, in, a->sample->attributes, out)) return out[0];
  for (int k = 0; k < (a->op->n_out ? a->op->n_out : 1); k++) {
    if (ag_dtype_of(out[k]) != AG_F64) continue;
    ag_tensor *weights = irregular_leaf(ag_context(in[0]), ag_shape_of(out[k]), salt + (uint64_t)k, -1, 1);
    ag_tensor *term = ag_sum(ag_mul(out[k], weights));
    sum = sum ? ag_add(sum, term) : term;
  }
  return sum;
}

static bool same_shape(ag_shape a, ag_shape b) {
  bool same = a.rank == b.rank;
  for (int i = 0; i < a.rank && same; i++) same = a.dim[i] == b.dim[i];
  return same;
}

ag_tensor *used_twice(ag_tensor *const *in, void *user) {
  const sampled *a = user;
  ag_tensor *sum = ag_add(weighted_sum(a, in, 300), weighted_sum(a, in, 400));
  for (int j = 1; j < a->sample->n_in; j++) {
    const bool real = is_real_operand(a->op, a->sample, j) && is_real_operand(a->op, a->sample, j - 1);
    if (!real || !same_shape(a->sample->in[j], a->sample->in[j - 1])) continue;
    ag_tensor *shared[AG_MAX_OPERANDS];
    for (int i = 0; i < a->sample->n_in; i++) shared[i] = in[i == j ? j - 1 : i];
    sum = ag_add(sum, weighted_sum(a, shared, 500 + 10 * (uint64_t)j));
  }
  return sum;
}

int64_t real_elements(const ag_op *op, const ag_sample *s) {
  int64_t n = 0;
  for (int i = 0; i < s->n_in; i++) n += is_real_operand(op, s, i) ? numel_of(s->in[i]) : 0;
  return n;
}

/* Whether there is a result that differences can be taken of. */
static bool has_float64(const ag_op *op, const ag_sample *s) {
  ag_tensor *in[AG_MAX_OPERANDS];
  sampled a = {op, s};
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, AG_F64);
  for (int i = 0; i < s->n_in; i++) in[i] = sample_operand(k, op, s, i);
  const bool has = weighted_sum(&a, in, 300) != NULL;
  ag_ctx_free(k);
  return has;
}

int gradient_order(const ag_op *op, const ag_sample *s) {
  const int64_t cheap = 400, cheapest = 24, n = real_elements(op, s);
  if (!op->vjp || n == 0 || !has_float64(op, s)) return 0;
  return n <= cheapest ? 3 : n <= cheap ? 2 : 1;
}

/* An irregular combination of the gradients of used_twice, whose gradients of the second order are of the third. */
static ag_tensor *gradients_combined(ag_tensor *const *in, void *user) {
  const sampled *a = user;
  ag_ctx *k = ag_context(in[0]);
  ag_tensor *y = used_twice(in, user), *sum = ag_scalar(k, 0), *wanted[AG_MAX_OPERANDS], *g[AG_MAX_OPERANDS];
  int n = 0;
  for (int i = 0; i < a->sample->n_in; i++) {
    if (is_real_operand(a->op, a->sample, i)) wanted[n++] = in[i];
  }
  if (!ag_requires_grad(y)) return sum;
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = n, .inputs = wanted, .grads = g, .create_graph = true, .allow_unused = true);
  for (int i = 0; i < n; i++) {
    if (g[i]) sum = ag_add(sum, ag_sum(ag_mul(g[i], irregular_leaf(k, ag_shape_of(g[i]), 900 + (uint64_t)i, -1, 1))));
  }
  return sum;
}

const char *check_gradients(const ag_op *op, const ag_sample *s) {
  const int order = gradient_order(op, s);
  if (order == 0) return NULL;
  sampled a = {op, s};
  ag_tensor *in[AG_MAX_OPERANDS];
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, AG_F64);
  for (int i = 0; i < s->n_in; i++) in[i] = sample_operand(k, op, s, i);
  ag_gradcheck(k, used_twice, &a, s->n_in, in, .eps = 1e-5, .atol = 1e-6, .rtol = 1e-5, .order = order < 2 ? 1 : 2);
  if (order == 3) ag_gradcheck(k, gradients_combined, &a, s->n_in, in, .eps = 1e-5, .atol = 1e-6, .rtol = 1e-5, .order = 2);
  const char *bad = ag_error(k) == AG_OK ? NULL : found("%s", ag_error_message(k));
  ag_ctx_free(k);
  return bad;
}

/* ---- Precision, threads, layouts ---- */

const char *check_precision(const ag_op *op, const ag_sample *s) {
  return compare_applications((application){op, s, AG_F32, 1, PLAIN, false}, (application){op, s, AG_F64, 1, PLAIN, false}, 1e-5, 2e-3);
}

static const char *same_bits(const char *what, int which, const array *ours, const array *expected) {
  const char *bad = compare_arrays(what, which, ours, expected, 0, 0);
  if (bad) return bad;
  const bool same = memcmp(ours->data, expected->data, (size_t)numel_of(ours->shape) * sizeof(double)) == 0;
  return same ? NULL : found("%s %d differs in the sign of a zero or the bits of a NaN", what, which);
}

static const char *check_team(const evaluation *alone, application a) {
  evaluation e = evaluate(a);
  const char *bad = e.error ? e.error : alone->error;
  for (int i = 0; i < e.n_values && !bad; i++) bad = same_bits("value", i, &e.value[i], &alone->value[i]);
  for (int i = 0; i < e.n_gradients && !bad; i++) bad = same_bits("gradient", i, &e.gradient[i], &alone->gradient[i]);
  evaluation_free(&e);
  return bad ? found("%d threads, layout %d, %s: %s", a.threads, (int)a.layout, ag_dtype_name(a.dtype), bad) : NULL;
}

const char *check_threads(const ag_op *op, const ag_sample *s) {
  const int teams[] = {2, 3, 7};
  const char *bad = NULL;
  for (int l = PLAIN; l <= TRANSPOSED; l++) {
    for (int dtype = AG_F32; dtype <= AG_F64; dtype++) {
      application a = {op, s, (ag_dtype)dtype, 1, (layout)l, false};
      evaluation alone = evaluate(a);
      for (int i = 0; i < LENGTH(teams) && !bad; i++) {
        a.threads = teams[i];
        bad = check_team(&alone, a);
      }
      evaluation_free(&alone);
    }
  }
  return bad;
}

const char *check_layouts(const ag_op *op, const ag_sample *s) {
  const char *bad = NULL;
  for (int l = TRANSPOSED; l < N_LAYOUTS && !bad; l++) {
    bad = compare_applications((application){op, s, AG_F64, 1, (layout)l, false}, (application){op, s, AG_F64, 1, (layout)l, true}, 1e-13, 1e-12);
    if (bad) bad = found("layout %d: %s", l, bad);
  }
  return bad;
}

/* ---- Refusals ---- */

const char *check_refusal(const ag_op *op, const ag_sample *s) {
  ag_tensor *in[AG_MAX_OPERANDS], *out[AG_MAX_OUTPUTS];
  char expected[512];
  snprintf(expected, sizeof expected, "here: %s", s->error);
  ag_ctx *k = ag_ctx_new();
  for (int i = 0; i < s->n_in; i++) in[i] = sample_operand(k, op, s, i);
  const bool done = ag_apply_all("here", op, s->n_in, in, s->attributes, out);
  const char *bad = NULL;
  if (done || !ag_is_nil(out[0])) {
    bad = found("it was not refused: %s", s->error);
  } else if (strcmp(ag_error_message(k), expected) != 0) {
    bad = found("the message is \"%s\", expected \"%s\"", ag_error_message(k), expected);
  } else if (ag_error(k) == AG_EMEMORY || ag_error(k) == AG_EIO) {
    bad = found("the code is wrong: %s", ag_status_text(ag_error(k)));
  }
  ag_ctx_free(k);
  return bad;
}
