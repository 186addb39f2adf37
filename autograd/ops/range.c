/* New tensors whose elements follow from their place: ranges, unit matrices, grids, and one-hot rows. */
#include <inttypes.h>
#include <math.h>

#include "ops/check.h"

/* A real type stands for the context's. */
static ag_dtype type_in(const ag_ctx *c, ag_dtype dtype) { return dtype == AG_F32 ? c->dtype : dtype; }

/* Whether a number is the same after it has become an element of that type; rounding does no harm. */
static bool fits(ag_dtype dtype, double value) {
  int64_t element; /* room for one of any type */
  double back;
  if (dtype == AG_F32 || dtype == AG_F64) return true;
  ag_convert(1, dtype, &element, 1, AG_F64, &value, 1);
  ag_convert(1, AG_F64, &back, 1, dtype, &element, 1);
  return back == value;
}

/* Numbers at equal distances: the first `half` of them from start on, the others back from stop. */
typedef struct {
  double start, step, stop;
  int64_t half;
} line;

static ag_tensor *on_line(ag_site at, ag_ctx *c, ag_dtype dtype, int64_t n, line l) {
  enum { BLOCK = 256 };
  ag_tensor *x = ag_new_tensor(c, at, dtype, AG_SHAPE(n));
  if (!x) return &c->nil;
  for (int64_t begin = 0; begin < n; begin += BLOCK) {
    double values[BLOCK];
    const int64_t count = n - begin < BLOCK ? n - begin : BLOCK;
    for (int64_t i = 0; i < count; i++) {
      const int64_t place = begin + i;
      values[i] =
          place < l.half ? l.start + l.step * (double)place : l.stop - l.step * (double)(n - 1 - place);
    }
    ag_convert(count, dtype, x->data + begin * (int64_t)ag_dtype_size(dtype), 1, AG_F64, values, 1);
  }
  return x;
}

ag_tensor *(ag_arange)(ag_arange_args a) {
  ag_ctx *c = a.c;
  if (c->status != AG_OK) return &c->nil;
  const ag_dtype dtype = type_in(c, a.dtype);
  const double step = a.step == 0 ? 1 : a.step, length = ceil((a.stop - a.start) / step);
  const bool whole = dtype == AG_F32 || dtype == AG_F64 || (floor(a.start) == a.start && floor(step) == step);
  const double last = a.start + step * (length - 1);
  if (!isfinite(a.start) || !isfinite(a.stop) || !isfinite(step)) {
    ag_fail(c, AG_EVALUE, a.at, "arange: %g, %g and %g must be finite", a.start, a.stop, step);
  } else if (length < 0) {
    ag_fail(c, AG_EVALUE, a.at, "arange: steps of %g do not lead from %g to %g", step, a.start, a.stop);
  } else if (!whole) {
    ag_fail(c, AG_EVALUE, a.at, "arange: start %g and step %g must be whole numbers for %s", a.start, step,
            ag_dtype_name(dtype));
  } else if (!(length < 0x1p62)) {
    ag_fail(c, AG_EVALUE, a.at, "arange: %g steps are too many", length);
  } else if (length > 0 && dtype < AG_DTYPES && (!fits(dtype, a.start) || !fits(dtype, last))) {
    ag_fail(c, AG_EVALUE, a.at, "arange: %g .. %g are not all numbers of %s", a.start, last,
            ag_dtype_name(dtype));
  } else {
    const int64_t n = (int64_t)length;
    return on_line(a.at, c, dtype, n, (line){a.start, step, a.stop, n});
  }
  return &c->nil;
}

/* From both ends towards the middle, so that the last element is stop and rounding is symmetric. */
ag_tensor *(ag_linspace)(ag_site at, ag_ctx *c, double start, double stop, int64_t steps) {
  if (c->status != AG_OK) return &c->nil;
  if (steps < 0) {
    ag_fail(c, AG_EVALUE, at, "linspace: %" PRId64 " steps are fewer than none", steps);
    return &c->nil;
  }
  const double step = steps > 1 ? (stop - start) / (double)(steps - 1) : 0;
  return on_line(at, c, c->dtype, steps, (line){start, step, stop, steps == 1 ? 1 : steps / 2});
}

ag_tensor *(ag_eye)(ag_eye_args a) {
  ag_ctx *c = a.c;
  const ag_dtype dtype = type_in(c, a.dtype);
  const int64_t columns = a.m ? a.m : a.n;
  ag_tensor *x = ag_filled(a.at, c, dtype, AG_SHAPE(a.n, columns), 0);
  const double one = 1;
  if (!x) return &c->nil;
  const int64_t length = a.n < columns ? a.n : columns;
  if (length) ag_convert(length, dtype, x->data, columns + 1, AG_F64, &one, 0);
  return x;
}

ag_tensor *(ag_full_like)(ag_site at, ag_tensor *x, double value) {
  ag_tensor *result;
  if (!ag_ready(at, "full_like", 1, &x, &result)) return result;
  ag_tensor *y = ag_filled(at, x->c, x->dtype, ag_shape_of(x), value);
  return y ? y : result;
}

ag_tensor *(ag_ones)(ag_site at, ag_ctx *c, ag_shape shape) { return (ag_full)(at, c, shape, 1); }

ag_tensor *(ag_zeros_like)(ag_site at, ag_tensor *x) { return (ag_full_like)(at, x, 0); }

ag_tensor *(ag_ones_like)(ag_site at, ag_tensor *x) { return (ag_full_like)(at, x, 1); }

bool(ag_meshgrid)(ag_site at, int n, ag_tensor *const *x, ag_tensor **grid) {
  ag_tensor *result;
  ag_shape shape = {0};
  const bool ready = ag_ready(at, "meshgrid", n, x, &result);
  for (int i = 0; i < n; i++) grid[i] = result;
  if (!ready) return false;
  ag_ctx *c = x[0]->c;
  if (n > AG_MAX_RANK) {
    ag_fail(c, AG_EVALUE, at, "meshgrid: %d operands are given, at most %d axes are possible", n,
            AG_MAX_RANK);
    return false;
  }
  shape.rank = n;
  for (int i = 0; i < n; i++) {
    if (x[i]->rank > 1) {
      ag_fail(c, AG_ESHAPE, at, "meshgrid: operand %d is %s, wanted is one axis", i,
              ag_shape_text(c, ag_shape_of(x[i])));
      return false;
    }
    shape.dim[i] = x[i]->numel;
  }
  for (int i = 0; i < n; i++) {
    ag_shape column = {.rank = n};
    for (int k = 0; k < n; k++) column.dim[k] = k == i ? x[i]->numel : 1;
    grid[i] = (ag_expand)(at, (ag_reshape)(at, x[i], column), shape);
  }
  return c->status == AG_OK;
}

/* One more than the greatest index. */
static int64_t classes_of(ag_site at, ag_tensor *index) {
  const ag_tensor *packed = ag_packed(at, index);
  int64_t most = -1;
  for (int64_t i = 0; packed && i < packed->numel; i++) {
    const int64_t value = ((const int64_t *)(const void *)packed->data)[i];
    most = value > most ? value : most;
  }
  return most < INT64_MAX ? most + 1 : most;
}

ag_tensor *(ag_one_hot)(ag_site at, ag_tensor *index, int64_t classes) {
  ag_tensor *result;
  if (!ag_ready(at, "one_hot", 1, &index, &result)) return result;
  ag_ctx *c = index->c;
  ag_shape shape = ag_shape_of(index);
  if (index->dtype != AG_I64) {
    ag_fail(c, AG_EDTYPE, at, "one_hot: index is %s, wanted is int64", ag_dtype_name(index->dtype));
    return result;
  }
  if (shape.rank == AG_MAX_RANK) {
    ag_fail(c, AG_ESHAPE, at, "one_hot: an axis of classes would be one too many for %s",
            ag_shape_text(c, shape));
    return result;
  }
  const int64_t n = classes == -1 ? classes_of(at, index) : classes;
  if (n < 0 || (classes == -1 && n == 0)) {
    ag_fail(c, AG_EVALUE, at, "one_hot: %" PRId64 " classes; the number of classes must be given here",
            classes);
    return result;
  }
  if (!ag_index_ready(at, "one_hot", index, n)) return result;
  shape.dim[shape.rank++] = 1;
  ag_tensor *places = (ag_arange)((ag_arange_args){.at = at, .c = c, .stop = (double)n, .dtype = AG_I64});
  return (ag_cast)(at, (ag_eq)(at, (ag_reshape)(at, index, shape), places), AG_I64);
}
