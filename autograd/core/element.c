/* Elements as numbers: reading, writing and printing tensors of any type and layout. */
#include <math.h>
#include <string.h>

#include "core/internal.h"

static double load(const ag_tensor *x, const char *place) {
  if (x->dtype == AG_F32) return (double)*(const float *)(const void *)place;
  if (x->dtype == AG_F64) return *(const double *)(const void *)place;
  if (x->dtype == AG_I64) return (double)*(const int64_t *)(const void *)place;
  return (double)*(const bool *)(const void *)place;
}

static void store(const ag_tensor *x, char *place, double value) {
  if (x->dtype == AG_F32) {
    *(float *)(void *)place = (float)value;
  } else if (x->dtype == AG_F64) {
    *(double *)(void *)place = value;
  } else if (x->dtype == AG_I64) {
    *(int64_t *)(void *)place = (int64_t)value;
  } else {
    *(bool *)(void *)place = value != 0;
  }
}

/* Steps an index through a shape in row-major order and keeps the offset, in elements, that belongs to it. */
static void next(const ag_tensor *x, int64_t *index, int64_t *offset) {
  for (int i = x->rank - 1; i >= 0; i--) {
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
  const int64_t size = (int64_t)ag_dtype_size(x->dtype);
  for (int64_t i = 0; i < x->numel; i++, next(x, index, &offset)) out[i] = load(x, x->data + offset * size);
}

double(ag_item)(ag_site at, const ag_tensor *x) {
  if (ag_is_nil(x) || !ag_usable(at, "item", 0, x)) return NAN;
  if (x->numel != 1) {
    ag_fail(x->c, AG_ESHAPE, at, "item: a tensor of shape %s has not exactly one element",
            ag_shape_text(x->c, ag_shape_of(x)));
    return NAN;
  }
  return load(x, x->data);
}

void(ag_assign)(ag_site at, ag_tensor *x, const double *data) {
  if (ag_is_nil(x) || x->c->status != AG_OK || !ag_usable(at, "assign", 0, x)) return;
  if (x->node) {
    ag_fail(x->c, AG_ESTATE, at,
            "assign: the result of an operator cannot be overwritten; assign to leaf tensors");
    return;
  }
  int64_t index[AG_MAX_RANK] = {0}, offset = 0;
  const int64_t size = (int64_t)ag_dtype_size(x->dtype);
  for (int64_t i = 0; i < x->numel; i++, next(x, index, &offset)) store(x, x->data + offset * size, data[i]);
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
    fprintf(file, "%.6g", load(x, x->data + offset * size));
    next(x, index, &offset);
    int closed = x->rank;
    while (closed > 0 && index[closed - 1] == 0) closed--;
    for (int k = closed; k < x->rank; k++) fputc(']', file);
    fputs(closed == x->rank && x->rank ? ", " : "\n", file);
  }
}
