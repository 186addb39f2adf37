/* Checks that several families of operators share. */
#include "ops/check.h"

#include <inttypes.h>
#include <string.h>

bool ag_ready(ag_site at, const char *what, int n, ag_tensor *const *x, ag_tensor **result) {
  ag_ctx *c = NULL;
  for (int i = 0; x && i < n && !c; i++) c = ag_context(x[i]);
  *result = c ? &c->nil : NULL;
  if (!c || c->status != AG_OK) return false;
  for (int i = 0; i < n; i++) {
    if (!x[i]) {
      ag_fail(c, AG_EVALUE, at, "%s: operand %d is NULL", what, i);
      return false;
    }
    if (x[i]->c != c) {
      ag_fail(c, AG_ESTATE, at, "%s: operand %d belongs to another context", what, i);
      return false;
    }
    if (!ag_usable(at, what, i, x[i])) return false;
  }
  return true;
}

ag_tensor *ag_widened(ag_site at, const char *what, ag_tensor *x) {
  ag_tensor *result;
  if (!x || x->dtype == AG_F32 || x->dtype == AG_F64 || x->dtype == AG_I64) return x;
  return ag_ready(at, what, 1, &x, &result) ? (ag_cast)(at, x, AG_I64) : result;
}

bool ag_axis_set(ag_ctx *c, ag_site at, const char *what, ag_shape shape, ag_axes axes, bool *in_set) {
  for (int i = 0; i < AG_MAX_RANK; i++) in_set[i] = axes.count == 0 && i < shape.rank;
  for (int i = 0; i < axes.count; i++) {
    const int axis = ag_axis(shape.rank ? shape.rank : 1, axes.axis[i]);
    if (axis < 0 || in_set[axis]) {
      ag_fail(c, AG_EVALUE, at,
              axis < 0 ? "%s: axis %d does not exist in %s" : "%s: axis %d of %s is given twice", what,
              axes.axis[i], ag_shape_text(c, shape));
      return false;
    }
    in_set[axis] = true;
  }
  return true;
}

bool ag_check_axis(const ag_call *call, ag_shape shape, int axis) {
  if (ag_axis(shape.rank, axis) >= 0) return true;
  return ag_reject(call, AG_EVALUE, "axis %d does not exist in %s", axis, ag_shape_text(call->c, shape));
}

bool ag_check_shape(const ag_call *call, int i, const char *what, ag_shape shape, const char *why) {
  const ag_shape found = ag_shape_of(call->in[i]);
  if (ag_shape_equal(found, shape)) return true;
  return ag_reject(call, AG_ESHAPE, "%s is %s, wanted is %s, %s", what, ag_shape_text(call->c, found),
                   ag_shape_text(call->c, shape), why);
}

bool ag_check_images(const ag_call *call, const char *name, ag_shape shape, bool last) {
  if (shape.rank == 4) return true;
  return ag_reject(call, AG_ESHAPE, "%s must be %s, found %s", name, last ? "(n, h, w, c)" : "(n, c, h, w)",
                   ag_shape_text(call->c, shape));
}

/* Looks through the elements that start at data and run along `axis` and those after it. */
static const int64_t *find(const ag_tensor *x, int axis, const int64_t *data, int64_t least, int64_t most,
                           int64_t *at) {
  if (axis == x->rank) {
    if (*data < least || *data > most) return data;
    ++*at;
    return NULL;
  }
  const int64_t *found = NULL;
  for (int64_t i = 0; i < x->dim[axis] && !found; i++) {
    found = find(x, axis + 1, data + i * x->stride[axis], least, most, at);
  }
  return found;
}

const char *ag_operand_text(const ag_call *call, int i) {
  return ag_shape_text(call->c, ag_shape_of(call->in[i]));
}

const int64_t *ag_find_outside(const ag_tensor *index, int64_t least, int64_t most, int64_t *at) {
  *at = 0;
  return index->numel == 0 ? NULL
                           : find(index, 0, (const int64_t *)(const void *)index->data, least, most, at);
}

bool ag_index_ready(ag_site at, const char *what, const ag_tensor *index, int64_t n) {
  if (index->dtype != AG_I64) {
    ag_fail(index->c, AG_EDTYPE, at, "%s: index is %s, wanted is int64", what, ag_dtype_name(index->dtype));
    return false;
  }
  int64_t place;
  const int64_t *bad = ag_find_outside(index, 0, n - 1, &place);
  if (!bad) return true;
  ag_fail(index->c, AG_EVALUE, at, "%s: index %" PRId64 " at %" PRId64 " is not in 0 .. %" PRId64, what, *bad,
          place, n - 1);
  return false;
}
