/* Would the walk notice a wrong gradient? Every vjp of the catalogue gets one fault after another: what it
 * gives for one of its operands is spoiled, and check_gradients must find it on one of the operator's
 * samples. A mutant is a fault that takes hold of the gradient to one operand. It is killed when the check
 * complains, and equivalent when no gradient of the first or second order differs on any sample, which is
 * right for the faults that the table says may be none: a constant derivative may well be detached. Every
 * other one has survived, and the test fails. With AG_EQUIVALENT in the environment, equivalent ones are
 * named. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/operators/walk.h"

/* ---- The mutant at work ---- */

/* Spoils the gradient d to x; nothing changes where it returns d itself. */
typedef ag_tensor *spoil(const ag_node *node, ag_tensor *const *g, ag_tensor *d, ag_tensor *x);

/* A vjp is told of its node alone, so what it shall do wrong stands here. */
static struct {
  const ag_op *right;
  spoil *fault;
  int operand, calls;
  bool took_hold; /* on some sample it gave something else than the right gradient */
} work;

static int results_of(const ag_op *op) { return op->n_out ? op->n_out : 1; }

static void spoiled_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  work.right->vjp(node, g, dx);
  work.calls++;
  ag_tensor **d = &dx[work.operand];
  if (!*d || ag_error(ag_context(*d)) != AG_OK) return;
  ag_tensor *right = *d;
  *d = work.fault(node, g, right, ag_operand(node, work.operand));
  work.took_hold |= *d != right;
}

/* ---- Faults ---- */

#define FAULT(name)                                                                                          \
  static ag_tensor *name(const ag_node *node, ag_tensor *const *g, ag_tensor *d, ag_tensor *x)
#define UNUSED (void)node, (void)g, (void)d, (void)x

static bool same_shape(const ag_tensor *x, const ag_tensor *y) {
  if (ag_rank(x) != ag_rank(y)) return false;
  for (int i = 0; i < ag_rank(x); i++) {
    if (ag_dim(x, i) != ag_dim(y, i)) return false;
  }
  return true;
}

/* The first, or the last, axis along which there is something to confuse; -1 where there is none. */
static int axis_from(const ag_tensor *d, bool last) {
  int found = -1;
  for (int i = 0; i < ag_rank(d); i++) {
    if (ag_dim(d, i) > 1 && (last || found < 0)) found = i;
  }
  return found;
}

FAULT(sign_flipped) {
  UNUSED;
  return ag_neg(d);
}

FAULT(factor_2) {
  UNUSED;
  return ag_mul_scalar(d, 2);
}

/* The incoming gradient as it is, where it has the right shape. */
FAULT(factors_missing) {
  UNUSED;
  return g[0] && same_shape(g[0], d) ? g[0] : d;
}

/* Of several uses of the operand some count, as if the others were overwritten. */
FAULT(overwritten) {
  UNUSED;
  return work.calls % 2 ? d : NULL;
}

FAULT(forgotten) {
  UNUSED;
  return NULL;
}

/* Everything one place further along the last axis. */
FAULT(axis_shifted) {
  UNUSED;
  const int axis = axis_from(d, true);
  if (axis < 0) return d;
  return ag_concat(2, ((ag_tensor *[]){ag_slice(d, axis, 1, ag_dim(d, axis), 1), ag_slice(d, axis, 0, 1, 1)}),
                   axis);
}

/* The elements of the transposed gradient in the shape of the right one. */
FAULT(axes_exchanged) {
  UNUSED;
  const int first = axis_from(d, false), last = axis_from(d, true);
  return first == last ? d : ag_reshape(ag_transpose(d, first, last), ag_shape_of(d));
}

/* A mean in place of a sum, or the other way round, wherever operand and result differ in size. */
FAULT(mean_for_sum) {
  UNUSED;
  if (!g[0] || ag_numel(g[0]) == 0 || ag_numel(g[0]) == ag_numel(x)) return d;
  return ag_mul_scalar(d, (double)ag_numel(x) / (double)ag_numel(g[0]));
}

/* The first row in the place of all. */
FAULT(row_repeated) {
  UNUSED;
  const int axis = axis_from(d, false);
  return axis < 0 ? d : ag_expand(ag_slice(d, axis, 0, 1, 1), ag_shape_of(d));
}

/* The mean along the last axis in the place of every element. */
FAULT(averaged) {
  UNUSED;
  const int axis = axis_from(d, true);
  return axis < 0 ? d : ag_expand(ag_mean(d, .axes = AG_AXES(axis), .keepdim = true), ag_shape_of(d));
}

/* Right, but a constant for the next order. */
FAULT(detached) {
  UNUSED;
  return ag_detach(d);
}

/* The right gradient as a function of the operands alone. */
static ag_tensor *of_operands(const ag_node *node, ag_tensor *const *g) {
  ag_tensor *dx[AG_MAX_OPERANDS] = {NULL}, *constant[AG_MAX_OUTPUTS];
  for (int k = 0; k < results_of(work.right); k++) constant[k] = g[k] ? ag_detach(g[k]) : NULL;
  work.right->vjp(node, constant, dx);
  return dx[work.operand];
}

/* A constant for the next order in the incoming gradient. */
FAULT(detached_from_gradient) {
  UNUSED;
  return of_operands(node, g);
}

/* A constant for the next order in the operands: since d is linear in g, d(x, g) - d(x, g as a constant) + d
 * as a constant is d with its derivative with respect to g alone. */
FAULT(detached_from_operands) {
  UNUSED;
  return ag_add(ag_sub(d, of_operands(node, g)), ag_detach(d));
}

static const struct {
  const char *name;
  spoil *fault;
  bool may_be_none;
} faults[] = {
    {"sign flipped", sign_flipped, false},
    {"factor of 2", factor_2, false},
    {"factors missing", factors_missing, true},
    {"a use overwritten", overwritten, false},
    {"operand forgotten", forgotten, false},
    {"axis shifted", axis_shifted, false},
    {"axes exchanged", axes_exchanged, false},
    {"mean for sum", mean_for_sum, false},
    {"row repeated", row_repeated, false},
    {"averaged", averaged, false},
    {"detached", detached, false},
    {"detached from the gradient", detached_from_gradient, false},
    {"detached from the operands", detached_from_operands, true},
};

/* ---- Whether anything changes ---- */

typedef struct {
  int64_t n;
  double *number; /* NULL after an error */
} numbers;

static void append(numbers *all, const ag_tensor *x, int64_t n) {
  all->number = realloc(all->number, (size_t)(all->n + n + 1) * sizeof *all->number);
  if (!all->number) ck_abort_msg("no memory for %lld numbers", (long long)(all->n + n));
  for (int64_t i = 0; i < n; i++) all->number[all->n + i] = 0;
  if (x) ag_to_double(x, all->number + all->n);
  all->n += n;
}

/* The gradients of scale times used_twice to the real operands, then those of an irregular combination of
 * them to the operands and to the scale, on which they depend through the incoming gradient alone. */
static numbers gradients_of(const ag_op *op, const ag_sample *s) {
  numbers all = {0};
  ag_tensor *in[AG_MAX_OPERANDS], *wanted[AG_MAX_OPERANDS + 1], *g[AG_MAX_OPERANDS + 1], *sum = NULL;
  int n = 0;
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, AG_F64);
  for (int i = 0; i < s->n_in; i++) {
    in[i] = sample_operand(k, op, s, i);
    if (!is_real_operand(op, s, i)) continue;
    ag_set_requires_grad(in[i], true);
    wanted[n++] = in[i];
  }
  ag_tensor *scale = trained_leaf(k, AG_SCALAR, 800, 1, 2),
            *y = ag_mul(scale, used_twice(in, &(sampled){op, s}));
  ag_grad(.n_outputs = 1, .outputs = &y, .n_inputs = n, .inputs = wanted, .grads = g, .create_graph = true,
          .allow_unused = true);
  for (int i = 0; i < n && ag_error(k) == AG_OK; i++) {
    append(&all, g[i], ag_numel(wanted[i]));
    if (!g[i]) continue;
    ag_tensor *term = ag_sum(ag_mul(g[i], irregular_leaf(k, ag_shape_of(g[i]), 810 + (uint64_t)i, -1, 1)));
    sum = sum ? ag_add(sum, term) : term;
  }
  wanted[n++] = scale;
  for (int i = 0; i < n; i++) g[i] = NULL;
  if (sum && ag_requires_grad(sum)) {
    ag_grad(.n_outputs = 1, .outputs = &sum, .n_inputs = n, .inputs = wanted, .grads = g,
            .allow_unused = true);
  }
  for (int i = 0; i < n && ag_error(k) == AG_OK; i++) append(&all, g[i], ag_numel(wanted[i]));
  if (ag_error(k) != AG_OK) {
    free(all.number);
    all = (numbers){0};
  }
  ag_ctx_free(k);
  return all;
}

static bool same_numbers(const numbers *a, const numbers *b) {
  double most = 0;
  if (!a->number || !b->number || a->n != b->n) return false;
  for (int64_t i = 0; i < a->n; i++) most = fmax(most, fabs(a->number[i]));
  return !differ(a->n, b->number, a->number, 0, 1e-11 * most);
}

/* ---- All mutants of an operator ---- */

/* Samples that are differentiated twice, the smallest first, with the right gradients. */
typedef struct {
  ag_sample sample;
  numbers right;
} proof;

static int by_size(const void *a, const void *b) {
  const ag_sample *s = &((const proof *)a)->sample, *t = &((const proof *)b)->sample;
  const int64_t m = real_elements(work.right, s), n = real_elements(work.right, t);
  return (m > n) - (m < n);
}

static int proofs_of(const ag_op *op, proof *out) {
  ag_sample samples[MOST_SAMPLES];
  int n = 0;
  for (int i = 0, all = good_samples(op, samples); i < all; i++) {
    if (gradient_order(op, &samples[i]) >= 2) out[n++] = (proof){samples[i], gradients_of(op, &samples[i])};
  }
  qsort(out, (size_t)n, sizeof *out, by_size);
  return n;
}

typedef enum { NO_MUTANT, KILLED, EQUIVALENT, SURVIVED } fate;

static fate fate_of(const ag_op *wrong, bool may_be_none, const proof *proofs, int n) {
  bool survived = !may_be_none;
  work.took_hold = false;
  for (int i = 0; i < n; i++) {
    const ag_sample *s = &proofs[i].sample;
    if (work.operand >= s->n_in || !is_real_operand(wrong, s, work.operand)) continue;
    numbers changed = gradients_of(wrong, s);
    const bool same = same_numbers(&proofs[i].right, &changed);
    free(changed.number);
    if (same) continue;
    if (check_gradients(wrong, s)) return KILLED;
    survived = true;
  }
  return !work.took_hold ? NO_MUTANT : survived ? SURVIVED : EQUIVALENT;
}

/* Of all operators so far, by fault. */
static int n_killed[LENGTH(faults)], n_equivalent[LENGTH(faults)], n_survived[LENGTH(faults)];

START_TEST(are_tried) {
  const ag_op *op = ag_catalogue(_i);
  if (!op->vjp) return;
  ag_op wrong = *op;
  proof proofs[MOST_SAMPLES];
  int operands = 0;
  wrong.vjp = spoiled_vjp;
  work.right = op;
  const int n = proofs_of(op, proofs);
  for (int i = 0; i < n; i++) operands = proofs[i].sample.n_in > operands ? proofs[i].sample.n_in : operands;
  for (work.operand = 0; work.operand < operands; work.operand++) {
    for (int f = 0; f < LENGTH(faults); f++) {
      work.fault = faults[f].fault;
      const fate result = fate_of(&wrong, faults[f].may_be_none, proofs, n);
      n_killed[f] += result == KILLED;
      n_equivalent[f] += result == EQUIVALENT;
      n_survived[f] += result == SURVIVED;
      const bool named = result == SURVIVED || (result == EQUIVALENT && getenv("AG_EQUIVALENT"));
      if (named)
        printf("%s: %s, operand %d, %s\n", result == SURVIVED ? "survived" : "equivalent", op->name,
               work.operand, faults[f].name);
    }
  }
  for (int i = 0; i < n; i++) free(proofs[i].right.number);
}
END_TEST

/* The sum of all mutants, and those of each fault. */
START_TEST(none_survives) {
  int killed = 0, equivalent = 0, survived = 0;
  for (int f = 0; f < LENGTH(faults); f++) {
    printf("%-28s %5d killed %5d equivalent %5d survived\n", faults[f].name, n_killed[f], n_equivalent[f],
           n_survived[f]);
    killed += n_killed[f], equivalent += n_equivalent[f], survived += n_survived[f];
  }
  printf("%d mutants, %d killed, %d equivalent\n", killed + equivalent + survived, killed, equivalent);
  ck_assert_int_eq(survived, 0);
  ck_assert_int_gt(killed, 0);
}
END_TEST

TCase *mutant_tests(void) {
  TCase *t = tcase_create("mutants");
  int first, end;
  chosen_operators(&first, &end);
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, are_tried, first, end);
  tcase_add_test(t, none_survives);
  return t;
}
