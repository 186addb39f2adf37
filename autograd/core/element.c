/* Elements as numbers: reading, writing and printing tensors of any type and layout. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/internal.h"

/* The rows of a tensor, one a step of next: elements along the last axis, and what lies before it. */
typedef struct {
  int outer;
  int64_t length, step, size;
} rows;

static rows rows_of(const ag_tensor *x) {
  const int outer = x->rank > 0 ? x->rank - 1 : 0;
  const rows r = {outer, 1, 1, (int64_t)ag_dtype_size(x->dtype)};
  return x->rank > 0 ? (rows){outer, x->dim[outer], x->stride[outer], r.size} : r;
}

/* Steps an index through the first `rank` axes in row-major order and keeps the offset, in elements, that
 * belongs to it. */
static void next(const ag_tensor *x, int rank, int64_t *index, int64_t *offset) {
  for (int i = rank - 1; i >= 0; i--) {
    *offset += x->stride[i];
    if (++index[i] < x->dim[i]) return;
    *offset -= x->stride[i] * x->dim[i];
    index[i] = 0;
  }
}

/* Whether x holds elements that can be read now. */
static bool alive(const ag_tensor *x) {
  return !ag_is_nil(x) && x->depth <= x->c->depth && x->serial == x->c->scope[x->depth].serial;
}

void ag_to_double(const ag_tensor *x, double *out) {
  if (!alive(x)) {
    for (int64_t i = 0; i < ag_numel(x); i++) out[i] = NAN;
    return;
  }
  int64_t index[AG_MAX_RANK] = {0}, offset = 0;
  const rows r = rows_of(x);
  for (int64_t i = 0; i < x->numel; i += r.length, next(x, r.outer, index, &offset)) {
    ag_convert(r.length, AG_F64, out + i, 1, x->dtype, x->data + offset * r.size, r.step);
  }
}

double(ag_item)(ag_site at, const ag_tensor *x) {
  if (ag_is_nil(x) || !ag_usable(at, "item", 0, x)) return NAN;
  if (x->numel != 1) {
    ag_fail(x->c, AG_ESHAPE, at, "item: a tensor of shape %s has not exactly one element",
            ag_shape_text(x->c, ag_shape_of(x)));
    return NAN;
  }
  double value;
  ag_convert(1, AG_F64, &value, 1, x->dtype, x->data, 1);
  return value;
}

void(ag_assign)(ag_site at, ag_tensor *x, const double *data) {
  if (ag_is_nil(x) || x->c->status != AG_OK || !ag_usable(at, "assign", 0, x)) return;
  if (x->node) {
    ag_fail(x->c, AG_ESTATE, at,
            "assign: the result of an operator cannot be overwritten; assign to leaf tensors");
    return;
  }
  if (!data && x->numel > 0) {
    ag_fail(x->c, AG_EVALUE, at, "assign: data is NULL, wanted are the elements of %s",
            ag_shape_text(x->c, ag_shape_of(x)));
    return;
  }
  int64_t index[AG_MAX_RANK] = {0}, offset = 0;
  const rows r = rows_of(x);
  for (int64_t i = 0; i < x->numel; i += r.length, next(x, r.outer, index, &offset)) {
    ag_convert(r.length, x->dtype, x->data + offset * r.size, r.step, AG_F64, data + i, 1);
  }
  ag_overwritten(x);
}

/* Integers in full, which as double they may not be, and truths as 1 and 0. */
static void print_element(FILE *file, const ag_tensor *x, const char *place) {
  int64_t whole;
  double real;
  if (x->dtype == AG_F32 || x->dtype == AG_F64) {
    ag_convert(1, AG_F64, &real, 1, x->dtype, place, 1);
    fprintf(file, "%.6g", real);
  } else {
    ag_convert(1, AG_I64, &whole, 1, x->dtype, place, 1);
    fprintf(file, "%" PRId64, whole);
  }
}

/* Brackets open before the first element of an axis and close after its last, as NumPy prints. */
void ag_print(FILE *file, const char *name, const ag_tensor *x) {
  if (!alive(x)) {
    fprintf(file, "%s: %s\n", name, ag_is_nil(x) ? "nil" : "stale");
    return;
  }
  fprintf(file, "%s: %s %s\n", name, ag_dtype_name(x->dtype), ag_shape_text(x->c, ag_shape_of(x)));
  int64_t index[AG_MAX_RANK] = {0}, offset = 0;
  const int64_t size = (int64_t)ag_dtype_size(x->dtype);
  for (int64_t i = 0; i < x->numel; i++) {
    int opened = x->rank;
    while (opened > 0 && index[opened - 1] == 0) opened--;
    for (int k = 0; k < opened && opened < x->rank; k++) fputc(' ', file);
    for (int k = opened; k < x->rank; k++) fputc('[', file);
    print_element(file, x, x->data + offset * size);
    next(x, x->rank, index, &offset);
    int closed = x->rank;
    while (closed > 0 && index[closed - 1] == 0) closed--;
    for (int k = closed; k < x->rank; k++) fputc(']', file);
    fputs(closed == x->rank && x->rank ? ", " : "\n", file);
  }
}
