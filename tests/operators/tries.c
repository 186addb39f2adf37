/* What the samples leave out: each is tried without elements, as numbers, with eight axes, with operands of other types, and
 * with NaN and infinities among its elements. An operator may compute what is tried, and must then be right, or refuse it
 * with a clean error. */
#include "tests/operators/walk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Whether a message is that of the operator, and its status one that a user can do something about. */
static const char *check_message(const ag_op *op, ag_status status, const char *message, const char *site) {
  char start[128];
  snprintf(start, sizeof start, "%s: %s: ", site, op->name);
  if (strncmp(message, start, strlen(start)) != 0) return found("the message \"%s\" does not begin with \"%s\"", message, start);
  const bool clean = status == AG_ESHAPE || status == AG_EVALUE || status == AG_EDTYPE;
  return clean ? NULL : found("the code is %s: %s", ag_status_text(status), message);
}

/* ---- Shapes ---- */

static bool has_nan(const array *a) {
  bool has = false;
  for (int64_t i = 0; i < numel_of(a->shape); i++) has |= isnan(a->data[i]);
  return has;
}

static const char *try_shapes(const ag_op *op, const ag_sample *s) {
  const char *bad = NULL;
  bool lost = false; /* no number comes out, such as the mean of no elements */
  for (int dtype = AG_F32; dtype <= AG_F64 && !bad; dtype++) {
    evaluation e = evaluate((application){op, s, (ag_dtype)dtype, 1, PLAIN, false});
    const bool refused = e.error && e.n_values == 0;
    bad = refused ? check_message(op, e.status, e.error, "evaluate") : e.error;
    for (int i = 0; i < e.n_values && !lost; i++) lost = has_nan(&e.value[i]);
    evaluation_free(&e);
    if (refused) return bad;
  }
  if (!bad) bad = check_values(op, s);
  return bad || lost ? bad : check_adjoint(op, s);
}

/* Gives axes of that size none, in one operand or (which < 0) in all. */
static ag_sample emptied(const ag_sample *s, int which, int64_t size) {
  ag_sample empty = *s;
  for (int i = 0; i < s->n_in; i++) {
    for (int axis = 0; axis < s->in[i].rank && (which < 0 || which == i); axis++) {
      if (s->in[i].dim[axis] == size) empty.in[i].dim[axis] = 0;
    }
  }
  return empty;
}

/* Puts axes of size 1 in front until there are eight. */
static ag_shape deepened(ag_shape shape) {
  const int added = AG_MAX_RANK - shape.rank;
  ag_shape deep = {.rank = AG_MAX_RANK};
  for (int i = 0; i < AG_MAX_RANK; i++) deep.dim[i] = i < added ? 1 : shape.dim[i - added];
  return deep;
}

/* A variation of a sample: operand `which` alone, or all where it is negative. */
typedef enum { POINT, DEEP, EMPTY } variation;

static ag_sample varied(const ag_sample *s, int which, variation kind) {
  ag_sample changed = *s;
  for (int i = 0; i < s->n_in; i++) {
    ag_shape *shape = &changed.in[i];
    if (which >= 0 && which != i) continue;
    if (kind == POINT) *shape = AG_SCALAR;
    if (kind == DEEP) *shape = deepened(*shape);
    if (kind == EMPTY) memset(shape->dim, 0, sizeof shape->dim);
  }
  return changed;
}

static const char *in_words(const ag_sample *s, const char *bad) {
  char shapes[1024] = "";
  for (int i = 0; i < s->n_in; i++) {
    strcat(shapes, i ? ", (" : "(");
    for (int axis = 0; axis < s->in[i].rank; axis++) {
      snprintf(shapes + strlen(shapes), sizeof shapes - strlen(shapes), "%s%d", axis ? " " : "", (int)s->in[i].dim[axis]);
    }
    strcat(shapes, ")");
  }
  return found("%s: %s", shapes, bad);
}

const char *check_shapes(const ag_op *op, const ag_sample *s) {
  for (int which = -1; which < s->n_in; which++) {
    for (variation kind = POINT; kind <= EMPTY; kind++) {
      const ag_sample changed = varied(s, which, kind);
      const char *bad = try_shapes(op, &changed);
      if (bad) return in_words(&changed, bad);
    }
    for (int axis = 0; axis < s->in[which < 0 ? 0 : which].rank; axis++) {
      const ag_sample empty = emptied(s, which, s->in[which < 0 ? 0 : which].dim[axis]);
      const char *bad = try_shapes(op, &empty);
      if (bad) return in_words(&empty, bad);
    }
  }
  return NULL;
}

/* ---- Types ---- */

/* An operand of that shape and type, of zeros. */
static ag_tensor *zeros_of(ag_ctx *k, ag_dtype dtype, ag_shape shape) {
  array zeros = array_new(shape);
  ag_tensor *x = ag_from(k, dtype, shape, zeros.data);
  array_free(&zeros);
  return x;
}

static ag_dtype wanted_of(const ag_op *op, int i) { return op->in_dtype[op->n_in < 0 ? 0 : i]; }

/* Whether operand i and another one must be of one type. */
static bool has_mate(const ag_op *op, const ag_sample *s, int i) {
  const ag_dtype wanted = wanted_of(op, i);
  for (int j = 0; j < s->n_in; j++) {
    if (j != i && (wanted_of(op, j) == wanted || (is_real(wanted) && is_real(wanted_of(op, j))))) return true;
  }
  return false;
}

/* Whether operand i, which is of that type in the sample, may as well be of another. */
static bool fits(const ag_op *op, const ag_sample *s, int i, ag_dtype usual, ag_dtype given) {
  const ag_dtype wanted = wanted_of(op, i);
  if (given == usual || wanted == AG_ANY) return true;
  return (wanted == AG_ALIKE || (is_real(wanted) && is_real(given))) && !has_mate(op, s, i);
}

/* Operand `which`, or for -1 all that may have any type, of that type, the others as in the sample. What fits may be refused with
 * a clean error; what does not fit must be, with both types in the message. */
static const char *try_type(const ag_op *op, const ag_sample *s, int which, ag_dtype given) {
  ag_tensor *in[AG_MAX_OPERANDS], *out[AG_MAX_OUTPUTS];
  ag_dtype usual = given;
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, AG_F64);
  for (int i = 0; i < s->n_in; i++) {
    in[i] = sample_operand(k, op, s, i);
    if (i == which) usual = ag_dtype_of(in[i]);
    if (i == which || (which < 0 && !(wanted_of(op, i) < AG_DTYPES))) in[i] = zeros_of(k, given, s->in[i]);
  }
  const bool may = which < 0 || fits(op, s, which, usual, given), done = ag_apply_all("here", op, s->n_in, in, s->attributes, out);
  const char *message = ag_error_message(k), *bad = done ? NULL : check_message(op, ag_error(k), message, "here");
  if (done && !may) bad = "it was not refused";
  if (!bad && !may && ag_error(k) != AG_EDTYPE) bad = found("the code is %s", ag_status_text(ag_error(k)));
  if (!bad && !may && (!strstr(message, ag_dtype_name(given)) || !strstr(message, ag_dtype_name(usual)))) {
    bad = found("the message \"%s\" does not name both types", message);
  }
  if (bad) bad = found("%s for operand %d in place of %s: %s", ag_dtype_name(given), which, ag_dtype_name(usual), bad);
  ag_ctx_free(k);
  return bad;
}

const char *check_types(const ag_op *op, const ag_sample *s) {
  const char *bad = NULL;
  for (int given = 0; given < AG_DTYPES; given++) {
    for (int which = -1; which < s->n_in && !bad; which++) bad = try_type(op, s, which, (ag_dtype)given);
  }
  return bad;
}

/* ---- Numbers ---- */

/* Puts a number in the place of every third element of a leaf. */
static void strew(ag_tensor *x, double number) {
  for (int64_t i = ag_numel(x) > 1; i < ag_numel(x); i += 3) {
    if (ag_dtype_of(x) == AG_F64) ((double *)ag_data(x))[i] = number;
    if (ag_dtype_of(x) == AG_F32) ((float *)ag_data(x))[i] = (float)number;
  }
}

/* What comes of a NaN is what the oracle says. What comes of an infinity is finite where the oracle says so, and the same there;
 * elsewhere one of the two may meet a difference of infinities, or the zeros of a padding, and get NaN. */
static const char *compare_numbers(const ag_tensor *ours, const array *expected, double rtol, bool lost) {
  double most = 0;
  const int64_t n = ag_numel(ours);
  if (n != numel_of(expected->shape)) return "the result has another shape";
  double *y = elements(ours);
  for (int64_t i = 0; i < n; i++) {
    if (!lost && (isnan(expected->data[i]) || (isnan(y[i]) && isinf(expected->data[i])))) y[i] = expected->data[i];
    most = fmax(most, isfinite(expected->data[i]) ? fabs(expected->data[i]) : 0);
  }
  const char *difference = differ(n, y, expected->data, rtol, rtol * most);
  free(y);
  return difference;
}

static const char *try_number(const ag_op *op, const ag_sample *s, int which, double number, ag_dtype dtype) {
  ag_tensor *in[AG_MAX_OPERANDS], *out[AG_MAX_OUTPUTS];
  oracle_call call = {.n_in = s->n_in, .attributes = s->attributes};
  ag_ctx *k = ag_ctx_new();
  ag_set_dtype(k, dtype);
  for (int i = 0; i < s->n_in; i++) {
    in[i] = sample_operand(k, op, s, i);
    if (i == which) strew(in[i], number);
    call.in[i] = array_of(in[i]);
  }
  const char *bad = NULL;
  const bool refused = !ag_apply_all("here", op, s->n_in, in, s->attributes, out);
  if (refused) {
    bad = check_message(op, ag_error(k), ag_error_message(k), "here");
  } else if (!consult_oracle(op->name, &call)) {
    bad = "there is no oracle";
  }
  for (int i = 0; i < call.n_out && !bad; i++) {
    bad = compare_numbers(out[i], &call.out[i], dtype == AG_F64 ? 1e-11 : 1e-4, isnan(number));
    if (bad) bad = found("%s: %f in operand %d: value %d, %s", ag_dtype_name(dtype), number, which, i, bad);
  }
  for (int i = 0; i < call.n_in; i++) array_free(&call.in[i]);
  for (int i = 0; i < call.n_out; i++) array_free(&call.out[i]);
  ag_ctx_free(k);
  return bad;
}

const char *check_numbers(const ag_op *op, const ag_sample *s) {
  const double numbers[] = {NAN, INFINITY, -INFINITY};
  const char *bad = NULL;
  for (int i = 0; i < s->n_in; i++) {
    for (int n = 0; n < LENGTH(numbers) && !bad && is_real_operand(op, s, i); n++) {
      bad = try_number(op, s, i, numbers[n], AG_F64);
      if (!bad) bad = try_number(op, s, i, numbers[n], AG_F32);
    }
  }
  return bad;
}
