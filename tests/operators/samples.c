/* What the walk feeds to operators. */
#include "ops/sample.h"
#include "tests/operators/walk.h"

#include <stdlib.h>
#include <string.h>

/* ---- Elementwise operators ---- */

/* The parameters p and q that differ from the usual ones. */
static const struct {
  const char *name;
  double p[2];
} parameters[] = {{"clamp", {-0.7, 0.8}}, {"clamp_grad", {-0.7, 0.8}}, {"pow_scalar", {2.5, 0}}, {"mul_scalar", {-1.75, 0}}};
static const double usual_parameters[2] = {0.3, 0.9};

static const double *parameters_of(const ag_op *op) {
  for (int i = 0; i < LENGTH(parameters); i++) {
    if (strcmp(parameters[i].name, op->name) == 0) return parameters[i].p;
  }
  return usual_parameters;
}

/* Same shapes, broadcasts in both directions, numbers, single elements and none at all. */
static const ag_shape shapes[][3] = {
    {AG_LIST(3, 4), AG_LIST(3, 4), AG_LIST(3, 4)}, {AG_LIST(2, 1, 4), AG_LIST(3, 1), AG_POINT},
    {AG_POINT, AG_LIST(2, 3), AG_LIST(3)},           {AG_LIST(7), AG_POINT, AG_LIST(1)},
    {AG_LIST(0, 3), AG_LIST(3), AG_LIST(1, 1)},    {AG_POINT, AG_POINT, AG_POINT},
    {AG_LIST(1, 1), AG_LIST(1), AG_LIST(1, 1)},    {AG_LIST(2, 2, 3, 2), AG_LIST(2, 1, 2), AG_LIST(3, 1)}};
static const ag_shape large_shapes[][3] = {{AG_LIST(300, 257), AG_LIST(300, 257), AG_LIST(300, 257)},
                                           {AG_LIST(37, 1, 129), AG_LIST(61, 1), AG_LIST(61, 129)},
                                           {AG_LIST(65536), AG_POINT, AG_LIST(65536)}};

static int generic_samples(const ag_op *op, const ag_shape table[][3], int n, ag_sample *out) {
  for (int i = 0; i < n; i++) {
    out[i] = (ag_sample){.n_in = op->n_in, .attributes = parameters_of(op)};
    memcpy(out[i].in, table[i], 3 * sizeof(ag_shape));
  }
  return n;
}

/* ---- All operators ---- */

static int chosen_samples(const ag_op *op, bool bad, ag_sample *out) {
  int n = 0;
  for (const ag_sample *s = op->samples; s && s->n_in; s++) {
    ck_assert_msg(n < MOST_SAMPLES, "%s has more than %d samples", op->name, MOST_SAMPLES);
    if ((s->error != NULL) == bad) out[n++] = *s;
  }
  return n;
}

int good_samples(const ag_op *op, ag_sample *out) {
  return op->samples ? chosen_samples(op, false, out) : generic_samples(op, shapes, LENGTH(shapes), out);
}

int bad_samples(const ag_op *op, ag_sample *out) {
  if (op->samples) return chosen_samples(op, true, out);
  if (op->n_in < 2) return 0;
  static char message[64];
  snprintf(message, sizeof message, "%s: 2x3 and 2 do not broadcast", op->name);
  out[0] = (ag_sample){.in = {AG_LIST(2, 3), AG_LIST(2), AG_LIST(3)}, .n_in = op->n_in, .attributes = parameters_of(op), .error = message};
  return 1;
}

/* ---- Large samples, by operator ---- */

#define OVER(...) &(const ag_reduce_attributes){.axes = AG_LIST(__VA_ARGS__)}
#define ALL &(const ag_reduce_attributes){.keepdim = false}
#define ALONG(axis) &(const ag_axis_attributes){axis}
#define CONV(...) &(const ag_conv2d_attributes){__VA_ARGS__}
#define CONV_GRAD(...) &(const ag_conv2d_grad_attributes){__VA_ARGS__}
#define POOL(...) &(const ag_pool2d_attributes){__VA_ARGS__}
#define EPS(...) &(const ag_batch_norm_attributes){__VA_ARGS__}
#define REDUCTIONS(name)                                                                                     \
  {name, {.in = {AG_LIST(30, 33, 170)}, .attributes = OVER(1)}}, {name, {.in = {AG_LIST(64, 3001)}, .attributes = OVER(1)}},              \
      {name, {.in = {AG_LIST(2000, 70)}, .attributes = OVER(0)}}, {name, {.in = {AG_LIST(500, 401)}, .attributes = ALL}}
#define SCATTERED(name) {name, {.in = {AG_LIST(40, 30, 20, 7)}, .attributes = OVER(0, 2)}}
#define LANES(name)                                                                                          \
  {name, {.in = {AG_LIST(300, 500)}, .attributes = ALONG(1)}}, {name, {.in = {AG_LIST(50, 40, 70)}, .attributes = ALONG(1)}}
#define LANE_GRADS(name)                                                                                     \
  {name, {.in = {AG_LIST(300, 500), AG_LIST(300, 500)}, .attributes = ALONG(1)}},                            \
      {name, {.in = {AG_LIST(50, 40, 70), AG_LIST(50, 40, 70)}, .attributes = ALONG(1)}}

static const struct {
  const char *name;
  ag_sample sample;
} large[] = {
    REDUCTIONS("argmax"), REDUCTIONS("max"), REDUCTIONS("sum"), REDUCTIONS("logsumexp"),
    SCATTERED("max"), SCATTERED("sum"), SCATTERED("logsumexp"),
    {"contiguous", {.in = {AG_LIST(300, 501)}}},
    {"slice_grad", {.in = {AG_LIST(300, 251)}, .attributes = &(const ag_slice_grad_attributes){{1, 0, 502, 2}, AG_LIST(300, 502)}}},
    {"concat", {.in = {AG_LIST(300, 130), AG_LIST(300, 251), AG_LIST(300, 3)}, .attributes = ALONG(1)}},
    {"gather", {.in = {AG_LIST(300, 70), AG_LIST(300, 190)}, .attributes = ALONG(1), .below = 70}},
    {"gather", {.in = {AG_LIST(40, 30, 70), AG_LIST(40, 60, 70)}, .attributes = ALONG(1), .below = 30}},
    {"gather_grad", {.in = {AG_LIST(300, 190), AG_LIST(300, 190)}, .attributes = &(const ag_gather_grad_attributes){1, AG_LIST(300, 70)}, .below = 70}},
    {"gather_grad", {.in = {AG_LIST(900, 190), AG_LIST(900, 190)}, .attributes = &(const ag_gather_grad_attributes){0, AG_LIST(7, 190)}, .below = 7}},
    {"where", {.in = {AG_LIST(300, 257), AG_LIST(300, 257), AG_LIST(300, 257)}, .below = 2}},
    {"where", {.in = {AG_LIST(37, 1, 129), AG_LIST(61, 1), AG_POINT}, .below = 2}},
    {"linear", {.in = {AG_LIST(150, 130), AG_LIST(120, 130), AG_LIST(120)}}},
    {"linear", {.in = {AG_LIST(50, 1000), AG_LIST(10, 1000), AG_LIST(10)}}},
    {"linear_relu", {.in = {AG_LIST(150, 130), AG_LIST(120, 130), AG_LIST(120)}}},
    {"matmul", {.in = {AG_LIST(120, 140), AG_LIST(140, 110)}}},
    {"matmul", {.in = {AG_LIST(12, 40, 50), AG_LIST(12, 50, 30)}}},
    {"matmul", {.in = {AG_LIST(10, 5000), AG_LIST(5000, 10)}}},
    {"conv2d", {.in = {AG_LIST(6, 8, 20, 20), AG_LIST(16, 8, 3, 3), AG_LIST(16)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d", {.in = {AG_LIST(5, 17, 11, 18), AG_LIST(16, 17, 3, 3), AG_LIST(16)}, .attributes = CONV({1, 1}, {1, 1}, {1, 1}, 1)}},
    {"conv2d", {.in = {AG_LIST(5, 6, 21, 19), AG_LIST(12, 2, 3, 5)}, .attributes = CONV({2, 1}, {0, 3}, {1, 2}, 3)}},
    {"conv2d_grad_input", {.in = {AG_LIST(6, 16, 20, 20), AG_LIST(16, 8, 3, 3)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {20, 20})}},
    {"conv2d_grad_input", {.in = {AG_LIST(5, 16, 11, 18), AG_LIST(16, 17, 3, 3)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {11, 18})}},
    {"conv2d_grad_weight", {.in = {AG_LIST(5, 17, 11, 18), AG_LIST(5, 16, 11, 18)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {3, 3})}},
    {"conv2d_grad_weight", {.in = {AG_LIST(6, 8, 20, 20), AG_LIST(6, 16, 20, 20)}, .attributes = CONV_GRAD({{1, 1}, {1, 1}, {1, 1}, 1}, {3, 3})}},
    {"avg_pool2d", {.in = {AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1, 1)}},
    {"avg_pool2d_grad", {.in = {AG_LIST(8, 16, 12, 12)}, .attributes = &(const ag_avg_pool2d_grad_attributes){{3, 2, 1, 1}, {24, 24}}}},
    {"max_pool2d", {.in = {AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1, 1)}},
    {"max_pool2d", {.in = {AG_LIST(8, 16, 33, 57)}, .attributes = POOL(2, 2, 0, 1)}},
    {"max_pool2d_grad", {.in = {AG_LIST(8, 16, 12, 12), AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1, 1)}},
    {"max_pool2d_grad", {.in = {AG_LIST(8, 16, 16, 28), AG_LIST(8, 16, 33, 57)}, .attributes = POOL(2, 2, 0, 1)}},
    {"max_pool2d_gather", {.in = {AG_LIST(8, 16, 24, 24), AG_LIST(8, 16, 24, 24)}, .attributes = POOL(3, 2, 1, 1)}},
    {"batch_norm", {.in = {AG_LIST(32, 16, 12, 12), AG_LIST(16), AG_LIST(16)}, .attributes = EPS(1e-5)}},
    {"batch_norm", {.in = {AG_LIST(9, 40, 33, 35), AG_LIST(40), AG_LIST(40)}, .attributes = EPS(1e-5, true)}},
    {"batch_norm", {.in = {AG_LIST(3000, 30), AG_LIST(30), AG_LIST(30)}, .attributes = EPS(1e-5)}},
    {"batch_norm_grad", {.in = {AG_LIST(32, 16, 12, 12), AG_LIST(32, 16, 12, 12), AG_LIST(16), AG_LIST(16), AG_LIST(2, 16)}, .attributes = EPS(1e-5), .low = 0.3, .high = 2}},
    LANES("softmax"), LANES("log_softmax"), LANE_GRADS("softmax_grad"), LANE_GRADS("log_softmax_grad"),
};

int big_samples(const ag_op *op, ag_sample *out) {
  if (!op->samples) return generic_samples(op, large_shapes, LENGTH(large_shapes), out);
  int n = 0;
  for (int i = 0; i < LENGTH(large); i++) {
    if (strcmp(large[i].name, op->name) != 0) continue;
    out[n] = large[i].sample;
    while (out[n].n_in < AG_MAX_OPERANDS && numel_of(out[n].in[out[n].n_in]) > 1) out[n].n_in++;
    if (op->n_in > out[n].n_in) out[n].n_in = op->n_in; /* a last operand that is a number */
    n++;
  }
  return n;
}

/* ---- Operands ---- */

static ag_dtype dtype_of(const ag_op *op, int i) { return op->in_dtype[op->n_in < 0 ? 0 : i]; }

bool is_real_operand(const ag_op *op, int i) { return dtype_of(op, i) != AG_I64 && dtype_of(op, i) != AG_BOOL; }

ag_tensor *sample_operand(ag_ctx *k, const ag_op *op, const ag_sample *s, int i) {
  const uint64_t salt = 100 + (uint64_t)i;
  const ag_shape shape = s->in[i];
  if (is_real_operand(op, i)) {
    const bool given = s->low < s->high, known = op->low < op->high;
    return irregular_leaf(k, shape, salt, given ? s->low : known ? op->low : -1, given ? s->high : known ? op->high : 1);
  }
  const int64_t n = numel_of(shape);
  int64_t *places = malloc((size_t)(n + 1) * sizeof *places);
  bool *truths = malloc((size_t)(n + 1) * sizeof *truths);
  ck_assert(places && truths);
  for (int64_t j = 0; j < n; j++) {
    places[j] = (int64_t)irregular(salt, j, 0, (double)s->below);
    truths[j] = places[j] != 0;
  }
  const ag_dtype dtype = dtype_of(op, i);
  ag_tensor *x = ag_from(k, dtype, shape, dtype == AG_I64 ? (const void *)places : truths);
  free(places);
  free(truths);
  return x;
}
