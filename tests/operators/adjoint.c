/* The adjoint identity: for the Jacobian J of an operator, v in the shapes of its operands and u in those of its results,
 *
 *   <J v, u> = <v, J' u>.
 *
 * J' u is what the vjp gives. J v is had twice: from differences along v, which cost two applications however large the
 * operands are, and as the derivative of <v, J' u> with respect to u, which is linear in it. */
#include "tests/operators/walk.h"

#include <math.h>
#include <stdlib.h>

/* One application and its directions; only real operands and results take part. */
typedef struct {
  const ag_op *op;
  const ag_sample *sample;
  ag_ctx *k;
  ag_tensor *in[AG_MAX_OPERANDS], *v[AG_MAX_OPERANDS], *out[AG_MAX_OUTPUTS], *u[AG_MAX_OUTPUTS];
  int n_real, n_out;
  int real[AG_MAX_OPERANDS];
} setting;

static int results_of(const ag_op *op) { return op->n_out ? op->n_out : 1; }

static bool apply(setting *t, ag_tensor *const *in, ag_tensor **out) {
  return ag_apply_all("adjoint", t->op, t->sample->n_in, in, t->sample->attributes, out);
}

/* Among many numbers of float32 some are equal, and so have no derivative where one is to be greater; digits that float32 does not
 * have part them. */
static void part_equal(ag_tensor *x, uint64_t salt) {
  double *element = ag_data(x);
  for (int64_t i = 0; i < ag_numel(x); i++) element[i] += irregular(salt, i, -3e-8, 3e-8);
}

static bool prepare(setting *t) {
  const ag_sample *s = t->sample;
  for (int i = 0; i < s->n_in; i++) {
    t->in[i] = sample_operand(t->k, t->op, s, i);
    if (!is_real_operand(t->op, s, i)) continue;
    part_equal(t->in[i], 650 + (uint64_t)i);
    ag_set_requires_grad(t->in[i], true);
    t->v[t->n_real] = irregular_leaf(t->k, s->in[i], 600 + (uint64_t)i, -1, 1);
    t->real[t->n_real++] = i;
  }
  if (!apply(t, t->in, t->out)) return false;
  for (int k = 0; k < results_of(t->op); k++) {
    if (ag_dtype_of(t->out[k]) != AG_F64) continue;
    t->out[t->n_out] = t->out[k];
    t->u[t->n_out++] = trained_leaf(t->k, ag_shape_of(t->out[k]), 700 + (uint64_t)k, -1, 1);
  }
  return true;
}

/* The sum of a[i] b[i]; NULL stands for zeros. magnitude gains the sum of |a[i] b[i]|. */
static double inner(const ag_tensor *a, const ag_tensor *b, double *magnitude) {
  double sum = 0;
  if (!a || !b) return 0;
  double *x = elements(a), *y = elements(b);
  for (int64_t i = 0; i < ag_numel(a); i++) {
    sum += x[i] * y[i];
    *magnitude += fabs(x[i] * y[i]);
  }
  free(x);
  free(y);
  return sum;
}

/* J v by differences with steps of h; the results are leaves. */
static bool differences(setting *t, double h, ag_tensor **jv) {
  ag_tensor *moved[AG_MAX_OPERANDS], *above[AG_MAX_OUTPUTS], *below[AG_MAX_OUTPUTS];
  ag_no_grad_begin(t->k);
  for (int sign = -1; sign <= 1; sign += 2) {
    for (int i = 0; i < t->sample->n_in; i++) moved[i] = t->in[i];
    for (int i = 0; i < t->n_real; i++) moved[t->real[i]] = ag_add(t->in[t->real[i]], ag_mul_scalar(t->v[i], sign * h));
    apply(t, moved, sign < 0 ? below : above);
  }
  for (int k = 0, n = 0; k < results_of(t->op); k++) {
    if (ag_dtype_of(above[k]) == AG_F64) jv[n++] = ag_mul_scalar(ag_sub(above[k], below[k]), 0.5 / h);
  }
  ag_no_grad_end(t->k);
  return ag_error(t->k) == AG_OK;
}

/* J' u, and J v as the gradient of <v, J' u> to u; NULL where a gradient is zero. */
static bool gradients(setting *t, ag_tensor **jtu, ag_tensor **jv) {
  ag_tensor *outputs[AG_MAX_OUTPUTS], *u[AG_MAX_OUTPUTS], *inputs[AG_MAX_OPERANDS], *sum = NULL;
  int n = 0;
  for (int i = 0; i < t->n_real; i++) jtu[i] = NULL, inputs[i] = t->in[t->real[i]];
  for (int k = 0; k < t->n_out; k++) {
    jv[k] = NULL;
    if (ag_requires_grad(t->out[k])) outputs[n] = t->out[k], u[n++] = t->u[k];
  }
  if (n == 0) return true;
  if (!ag_grad(.n_outputs = n, .outputs = outputs, .n_inputs = t->n_real, .inputs = inputs, .grads = jtu, .grad_outputs = u,
               .create_graph = true, .allow_unused = true))
    return false;
  for (int i = 0; i < t->n_real; i++) {
    if (!jtu[i]) continue;
    ag_tensor *term = ag_sum(ag_mul(jtu[i], t->v[i]));
    sum = sum ? ag_add(sum, term) : term;
  }
  if (!sum || !ag_requires_grad(sum)) return true;
  return ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = t->n_out, .inputs = t->u, .grads = jv, .allow_unused = true);
}

static const char *compare_products(setting *t) {
  ag_tensor *jtu[AG_MAX_OPERANDS], *derived[AG_MAX_OUTPUTS], *differed[AG_MAX_OUTPUTS];
  double backward = 0, twice = 0, forward = 0, magnitude = 0;
  if (!gradients(t, jtu, derived)) return found("%s", ag_error_message(t->k));
  for (int i = 0; i < t->n_real; i++) backward += inner(jtu[i], t->v[i], &magnitude);
  for (int k = 0; k < t->n_out; k++) twice += inner(derived[k], t->u[k], &magnitude);
  if (!(fabs(twice - backward) <= 1e-11 * magnitude)) {
    return found("<J v, u> is %.15g by the derivative of the gradient, <v, J' u> is %.15g", twice, backward);
  }
  if (real_elements(t->op, t->sample) == 0) return NULL;
  /* Among many elements one may lie so near to a jump that a step crosses it; a shorter one does not. */
  for (double h = 1e-7; h > 1e-12; h /= 10) {
    double size = magnitude;
    if (!differences(t, h, differed)) return found("%s", ag_error_message(t->k));
    forward = 0;
    for (int k = 0; k < t->n_out; k++) forward += inner(differed[k], t->u[k], &size);
    if (isfinite(forward) && fabs(forward - backward) <= 1e-5 * size) return NULL;
  }
  return found("<J v, u> is %.9g by differences, <v, J' u> is %.9g", forward, backward);
}

const char *check_adjoint(const ag_op *op, const ag_sample *s) {
  if (!op->vjp) return NULL;
  setting t = {.op = op, .sample = s, .k = ag_ctx_new()};
  ag_set_dtype(t.k, AG_F64);
  const char *bad = !prepare(&t) ? found("%s", ag_error_message(t.k)) : t.n_real > 0 && t.n_out > 0 ? compare_products(&t) : NULL;
  ag_ctx_free(t.k);
  return bad;
}
