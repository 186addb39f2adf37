/* What the walk feeds to operators. */
#include "ops/sample.h"
#include "tests/operators/walk.h"

#include <math.h>
#include <string.h>

/* ---- Elementwise operators ---- */

/* The parameters p, q and t that differ from the usual ones. */
static const struct {
  const char *name;
  double p[3];
} parameters[] = {
    {"abs_pow", {2.5, 0}},
    {"clamp", {-0.7, 0.8}},
    {"clamp_grad", {-0.7, 0.8}},
    {"hardtanh", {-0.7, 0.8}},
    {"hardtanh_grad", {-0.7, 0.8}},
    {"mul_scalar", {-1.75, 0}},
    {"pow_scalar", {2.5, 0}},
    {"softplus_beta", {2, 3}},
    {"softplus_slope", {2, 3}},
};
static const double usual_parameters[3] = {0.3, 0.9, -0.4};

/* Those of integers, which are whole. */
static const double whole_parameters[3] = {1, 3, -2};

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

/* The same for integers, small ones, which the oracles' doubles hold. */
static int integer_samples(const ag_op *op, ag_sample *out) {
  if (!op->loop[AG_I64]) return 0;
  generic_samples(op, shapes, 2, out);
  out[0].below = out[1].below = 5;
  out[0].attributes = out[1].attributes = whole_parameters;
  out[0].dtype = AG_I64;
  out[1].dtype = AG_I32;
  return 2;
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
  if (op->samples) return chosen_samples(op, false, out);
  const int n = generic_samples(op, shapes, LENGTH(shapes), out);
  return n + integer_samples(op, out + n);
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

static const large_sample *const large[] = {
    basic_large,
    comparison_large,
    convolution_large,
    indexing_large,
    lane_large,
    linalg_large,
    mask_large,
    normalisation_large,
};

/* Adds the large samples that a table has of an operator to the n that are there; returns how many there are then. */
static int chosen_large(const large_sample *table, const ag_op *op, ag_sample *out, int n) {
  for (const large_sample *row = table; row->name; row++) {
    if (strcmp(row->name, op->name) != 0) continue;
    ck_assert_msg(n < MOST_SAMPLES, "%s has more than %d large samples", op->name, MOST_SAMPLES);
    out[n] = row->sample;
    while (out[n].n_in < AG_MAX_OPERANDS && numel_of(out[n].in[out[n].n_in]) > 1) out[n].n_in++;
    if (op->n_in > out[n].n_in) out[n].n_in = op->n_in; /* a last operand that is a number */
    n++;
  }
  return n;
}

int big_samples(const ag_op *op, ag_sample *out) {
  if (!op->samples) return generic_samples(op, large_shapes, LENGTH(large_shapes), out);
  int n = 0;
  for (int i = 0; i < LENGTH(large); i++) n = chosen_large(large[i], op, out, n);
  return n;
}

/* ---- Operands ---- */

/* What the object wants of operand i, or, where that is open, what the sample says. AG_F32 stands for the context's. */
static ag_dtype dtype_of(const ag_op *op, const ag_sample *s, int i) {
  const ag_dtype wanted = op->in_dtype[op->n_in < 0 ? 0 : i];
  return wanted == AG_ANY || wanted == AG_ALIKE ? s->dtype : wanted;
}

bool is_real(ag_dtype dtype) { return dtype == AG_F32 || dtype == AG_F64; }

bool is_real_operand(const ag_op *op, const ag_sample *s, int i) { return is_real(dtype_of(op, s, i)); }

ag_tensor *leaf_of(ag_ctx *k, ag_dtype dtype, const array *a) {
  if (is_real(dtype)) return ag_from_double(k, a->shape, a->data);
  return ag_cast(ag_from(k, AG_F64, a->shape, a->data), dtype);
}

/* x with the size of its matrices, where it has any, added to their diagonals. */
static ag_tensor *dominated(ag_tensor *x) {
  if (ag_rank(x) < 2) return x;
  array a = array_of(x);
  const int64_t n = a.shape.dim[a.shape.rank - 1];
  for (int64_t i = 0; i < numel_of(a.shape); i++) a.data[i] += i % (n * n) % (n + 1) == 0 ? (double)n : 0;
  ag_tensor *y = ag_from_double(ag_context(x), a.shape, a.data);
  array_free(&a);
  return y;
}

ag_tensor *sample_operand(ag_ctx *k, const ag_op *op, const ag_sample *s, int i) {
  const uint64_t salt = 100 + (uint64_t)i;
  const ag_shape shape = s->in[i];
  const ag_dtype dtype = dtype_of(op, s, i);
  const bool given = s->low < s->high, known = op->low < op->high;
  const bool whole = op->in_dtype[0] == AG_ALIKE && !given && !known && s->below > 0;
  if (is_real(dtype) && !whole) {
    ag_tensor *x = irregular_leaf(k, shape, salt, given ? s->low : known ? op->low : -1, given ? s->high : known ? op->high : 1);
    return s->dominant && i == 0 ? dominated(x) : x;
  }
  array a = array_new(shape);
  for (int64_t j = 0; j < numel_of(shape); j++) a.data[j] = floor(irregular(salt, j, 0, (double)s->below));
  ag_tensor *x = leaf_of(k, dtype, &a);
  array_free(&a);
  return x;
}
