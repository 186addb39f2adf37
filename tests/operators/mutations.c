/* Does the walk notice? Copies of operators get one fault each; the check that exists for it must find it,
 * and must find nothing in the operator itself. */
#include "tests/operators/walk.h"

#include <float.h>
#include <string.h>

#include "ops/attributes.h"

/* ---- Faults in gradients ---- */

static void wrong_sign(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_neg(ag_mul(g[0], ag_result(node, 0)));
}

static void missing_factor(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_operand(node, 0));
}

/* Right, but a constant for the next derivative. */
static void cut_graph(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_detach(ag_result(node, 0)));
}

/* Right, but a constant in the gradient that came in. */
static void cut_gradient(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(ag_detach(g[0]), ag_result(node, 0));
}

static void forgotten_operand(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_operand(node, 1));
}

static void exchanged_operands(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_mul(g[0], ag_operand(node, 0));
  dx[1] = ag_mul(g[0], ag_operand(node, 1));
}

/* The gradient that came in belongs to others, too. */
static void overwritten_gradient(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  (void)node;
  double *elements = ag_data(g[0]);
  for (int64_t i = 0; i < ag_numel(g[0]); i++) elements[i] *= 2;
  dx[0] = g[0];
}

/* Of the gradient of log_softmax, g - exp(y) sum(g), the first term alone. */
static void first_term(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  (void)node;
  dx[0] = g[0];
}

/* ---- Faults in values ---- */

static void right_forward(const ag_call *call) {
  ag_op_find(call->op->name)->forward[ag_dtype_of(call->in[0])](call);
}

/* Multiplies the last element, of either type. */
static void disturb(ag_tensor *x, double factor) {
  const int64_t last = ag_numel(x) - 1;
  if (last < 0) return;
  if (ag_dtype_of(x) == AG_F64) ((double *)ag_data(x))[last] *= factor;
  if (ag_dtype_of(x) == AG_F32) ((float *)ag_data(x))[last] *= (float)factor;
}

/* A million times the least difference. */
static void a_little_off(const ag_call *call) {
  right_forward(call);
  disturb(call->out[0], 1 + 1e6 * DBL_EPSILON);
}

/* The same of the second result. */
static void the_second_a_little_off(const ag_call *call) {
  right_forward(call);
  disturb(call->out[1], 1 + 1e6 * DBL_EPSILON);
}

/* Off by what float32 rounding cannot explain. */
static void rough_in_float32(const ag_call *call) {
  right_forward(call);
  if (ag_dtype_of(call->out[0]) == AG_F32) disturb(call->out[0], 1 + 1e3 * (double)FLT_EPSILON);
}

static void counts_threads(const ag_call *call) {
  right_forward(call);
  disturb(call->out[0], 1 + call->threads * (double)FLT_EPSILON);
}

/* Softmax along the first axis, whatever was asked for. */
static void wrong_axis(const ag_call *call) {
  ag_call other = *call;
  other.attributes = &(const ag_axis_attributes){0};
  right_forward(&other);
}

/* Copies the elements as they lie, unless that would read past the end. */
static void strides_ignored(const ag_call *call) {
  const ag_tensor *x = call->in[0];
  const size_t bytes = (size_t)ag_numel(x) * ag_dtype_size(ag_dtype_of(x));
  if (ag_rank(x) > 0 && ag_stride_of(x)[0] == 0) {
    right_forward(call);
  } else {
    memcpy(ag_data(call->out[0]), ag_data(x), bytes);
  }
}

/* tanh_grad(x, y) with steps of 0 and 1 alone, which read no further than the right ones. */
static void steps_ignored(int64_t n, void *out, const void *const *in, const int64_t *step,
                          const double *parameters) {
  const double *x = in[0], *y = in[1];
  double *z = out;
  (void)parameters;
  for (int64_t i = 0; i < n; i++)
    z[i] = x[i * (step[0] != 0)] * (1 - y[i * (step[1] != 0)] * y[i * (step[1] != 0)]);
}

/* maximum(x, y), which loses a NaN among x. */
static void nan_lost(int64_t n, void *out, const void *const *in, const int64_t *step, const double *parameters) {
  const double *x = in[0], *y = in[1];
  double *z = out;
  (void)parameters;
  for (int64_t i = 0; i < n; i++) z[i] = x[i * step[0]] > y[i * step[1]] ? x[i * step[0]] : y[i * step[1]];
}

static bool keepdim_ignored(ag_call *call) {
  if (!ag_op_find(call->op->name)->shape(call)) return false;
  ag_shape *shape = &call->shape[0];
  if (shape->rank > 0 && shape->dim[shape->rank - 1] == 1) shape->rank--;
  return true;
}

static bool another_message(ag_call *call) { return ag_reject(call, AG_ESHAPE, "sorry"); }

static bool anything_goes(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  return true;
}

static bool out_of_memory(ag_call *call) { return ag_reject(call, AG_EMEMORY, "2x3 and 2 do not broadcast"); }

/* ---- The table ---- */

typedef enum { GOOD, BAD, BIG } kind_of_samples;

/* What replaces a part of the operator; `clue` must stand in what the check says. */
static const struct {
  const char *name, *fault;
  check *notice;
  kind_of_samples samples;
  const char *clue;
  ag_op with;
} mutants[] = {
    {"exp", "wrong sign", check_gradients, GOOD, "differences give", {.vjp = wrong_sign}},
    {"square", "missing factor", check_gradients, GOOD, "differences give", {.vjp = missing_factor}},
    {"exp", "constant for the second order", check_gradients, GOOD, "order 2", {.vjp = cut_graph}},
    {"mul", "an operand forgotten", check_gradients, GOOD, "the gradient is 0", {.vjp = forgotten_operand}},
    {"mul", "operands exchanged", check_gradients, GOOD, "", {.vjp = exchanged_operands}},
    {"neg", "gradient overwritten", check_gradients, GOOD, "differences give", {.vjp = overwritten_gradient}},
    {"log_softmax", "a term forgotten", check_gradients, GOOD, "differences give", {.vjp = first_term}},
    {"exp", "wrong sign", check_adjoint, GOOD, "by differences", {.vjp = wrong_sign}},
    {"exp", "constant in the gradient", check_adjoint, GOOD, "the derivative of the gradient", {.vjp = cut_gradient}},
    {"matmul",
     "a little off",
     check_values,
     GOOD,
     "value 0, element",
     {.forward = {a_little_off, a_little_off}}},
    {"batch_norm",
     "a little off",
     check_values,
     GOOD,
     "value 0, element",
     {.forward = {a_little_off, a_little_off}}},
    {"conv2d_moments_grad",
     "the second result a little off",
     check_values,
     GOOD,
     "value 1, element",
     {.forward = {the_second_a_little_off, the_second_a_little_off}}},
    {"conv2d_moments",
     "a little off",
     check_values,
     GOOD,
     "value 0, element",
     {.forward = {a_little_off, a_little_off}}},
    {"softmax", "wrong axis", check_values, GOOD, "value 0, element", {.forward = {wrong_axis, wrong_axis}}},
    {"argmax", "keepdim ignored", check_values, GOOD, "another shape", {.shape = keepdim_ignored}},
    {"sum", "without an oracle", check_values, GOOD, "no oracle", {.name = "no such operator"}},
    {"conv2d",
     "float32 rough",
     check_precision,
     GOOD,
     "value 0, element",
     {.forward = {rough_in_float32, rough_in_float32}}},
    {"logsumexp",
     "bits from threads",
     check_threads,
     BIG,
     "2 threads",
     {.forward = {counts_threads, counts_threads}}},
    {"conv2d_moments",
     "bits from threads",
     check_threads,
     BIG,
     "2 threads",
     {.forward = {counts_threads, counts_threads}}},
    {"avg_pool2d",
     "bits from threads",
     check_threads,
     BIG,
     "2 threads",
     {.forward = {counts_threads, counts_threads}}},
    {"norm_relu_grad",
     "bits from threads",
     check_threads,
     BIG,
     "2 threads",
     {.forward = {counts_threads, counts_threads}}},
    {"tanh_grad",
     "steps ignored",
     check_layouts,
     GOOD,
     "value 0, element",
     {.loop = {steps_ignored, steps_ignored}}},
    {"contiguous",
     "strides ignored",
     check_layouts,
     GOOD,
     "value 0, element",
     {.forward = {strides_ignored, strides_ignored}}},
    {"sum", "keepdim ignored", check_shapes, GOOD, "(1 1 ", {.shape = keepdim_ignored}},
    {"maximum", "NaN lost", check_numbers, GOOD, "expected nan", {.loop = {nan_lost, nan_lost}}},
    {"matmul", "another message", check_refusal, BAD, "\"here: matmul: sorry\"", {.shape = another_message}},
    {"reshape", "nothing refused", check_refusal, BAD, "not refused", {.shape = anything_goes}},
    {"add", "a wrong code", check_refusal, BAD, "the code is wrong", {.shape = out_of_memory}},
};

static ag_op mutated(int index) {
  const ag_op *with = &mutants[index].with;
  ag_op op = *ag_op_find(mutants[index].name);
  if (with->name) op.name = with->name;
  if (with->vjp) op.vjp = with->vjp;
  if (with->shape) op.shape = with->shape;
  if (with->forward[0]) memcpy(op.forward, with->forward, sizeof op.forward);
  if (with->loop[0]) memcpy(op.loop, with->loop, sizeof op.loop);
  return op;
}

START_TEST(is_noticed) {
  int (*const samples_of[])(const ag_op *, ag_sample *) = {good_samples, bad_samples, big_samples};
  const ag_op *right = ag_op_find(mutants[_i].name), wrong = mutated(_i);
  ag_sample samples[MOST_SAMPLES];
  const int n = samples_of[mutants[_i].samples](right, samples);
  int noticed = 0;
  for (int i = 0; i < n; i++) {
    const char *bad = mutants[_i].notice(right, &samples[i]);
    ck_assert_msg(!bad, "%s itself: %s", right->name, bad);
    bad = mutants[_i].notice(&wrong, &samples[i]);
    noticed += bad && strstr(bad, mutants[_i].clue);
  }
  ck_assert_msg(noticed > 0, "%s, %s: not noticed by any of %d samples", right->name, mutants[_i].fault, n);
}
END_TEST

TCase *mutation_tests(void) {
  TCase *t = tcase_create("mutations");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, is_noticed, 0, LENGTH(mutants));
  return t;
}
