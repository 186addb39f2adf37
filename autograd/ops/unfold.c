/* Windows that slide along an axis (Tensor.unfold of PyTorch).
 *
 *   unfold       y[.., i, .., k] = x[.., i step + k, ..] with k < size as the last axis, a view
 *                dx = unfold_grad(g)
 *   unfold_grad  y[.., j, ..] = the sum of x[.., i, .., k] where i step + k = j, in the order of i
 *                dx = unfold(g) */
#ifndef AG_REAL
#include <inttypes.h>
#include <string.h>

#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* The shape of all windows of a tensor of that shape. */
static bool windows_of(const ag_call *call, ag_shape x, const ag_unfold_attributes *a, ag_shape *result) {
  if (!ag_check_axis(call, x, a->axis)) return false;
  const int axis = ag_axis(x.rank, a->axis);
  if (a->step < 1) return ag_reject(call, AG_EVALUE, "step %" PRId64 " must be at least 1", a->step);
  if (a->size < 0 || a->size > x.dim[axis]) {
    return ag_reject(call, AG_EVALUE, "size %" PRId64 " is not in 0 .. %" PRId64 ", axis %d of %s", a->size,
                     x.dim[axis], axis, ag_shape_text(call->c, x));
  }
  if (x.rank == AG_MAX_RANK)
    return ag_reject(call, AG_ESHAPE, "windows would be one axis too many for %s", ag_shape_text(call->c, x));
  *result = x;
  result->dim[axis] = (x.dim[axis] - a->size) / a->step + 1;
  result->dim[result->rank++] = a->size;
  return true;
}

static bool unfold_shape(ag_call *call) {
  return windows_of(call, ag_shape_of(call->in[0]), call->attributes, &call->shape[0]);
}

static bool unfold_grad_shape(ag_call *call) {
  const ag_unfold_grad_attributes *a = call->attributes;
  ag_shape windows;
  call->shape[0] = a->shape;
  return windows_of(call, a->shape, &a->unfold, &windows) &&
         ag_check_shape(call, 0, "x", windows, "the shape of the windows");
}

/* The step of a single window leads to nothing and may be too long for a stride. */
static void unfold_view(const ag_call *call, ag_tensor *out) {
  const ag_unfold_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0];
  const int axis = ag_axis(x->rank, a->axis);
  ag_set_layout(out, call->shape[0]);
  if (out->numel == 0) return;
  memcpy(out->stride, x->stride, (size_t)x->rank * sizeof *x->stride);
  out->stride[x->rank] = x->stride[axis];
  if (out->dim[axis] > 1) out->stride[axis] *= a->step;
}

#define AG_SELF "ops/unfold.c"
#include "core/each_real.h"
#else

/* Seen along the axis, x is outer x windows x inner x size, and y is outer x n x inner. Each row (outer, j)
 * of y is made by one thread. */
static void AG_NAME(unfold_grad)(const ag_call *call) {
  const ag_unfold_grad_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0], *y = call->out[0];
  const int axis = ag_axis(y->rank, a->unfold.axis);
  const int64_t n = y->dim[axis], windows = x->dim[axis], size = a->unfold.size, step = a->unfold.step;
  int64_t outer = 1, inner = 1;
  for (int i = 0; i < axis; i++) outer *= y->dim[i];
  for (int i = axis + 1; i < y->rank; i++) inner *= y->dim[i];
  const AG_REAL *from = ag_data(x);
  AG_REAL *to = ag_data(y);
  memset(to, 0, (size_t)y->numel * sizeof *to);
  if (x->numel == 0) return;
  const int64_t rows = outer * n, chunks = ag_chunks(rows, 1 + 1024 / inner);
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, x->numel + y->numel))
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range r = ag_chunk_range(chunk, chunks, rows);
    for (int64_t row = r.begin; row < r.end; row++) {
      const int64_t j = row % n, last = j / step < windows ? j / step : windows - 1;
      for (int64_t i = j < size ? 0 : (j - size) / step + 1; i <= last; i++) {
        const AG_REAL *part = from + (row / n * windows + i) * inner * size + j - i * step;
        for (int64_t k = 0; k < inner; k++) to[row * inner + k] += part[k * size];
      }
    }
  }
}
#endif

#ifndef AG_REAL

static void unfold_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_unfold_grad_attributes back = {*(const ag_unfold_attributes *)node->attributes,
                                          ag_shape_of(node->in[0])};
  dx[0] = ag_apply(AG_HERE, &ag_op_unfold_grad, 1, g, &back);
}

static void unfold_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_unfold_grad_attributes *a = node->attributes;
  dx[0] = ag_apply(AG_HERE, &ag_op_unfold, 1, g, &a->unfold);
}

#define WINDOWS(axis, size, step) AG_WITH(ag_unfold_attributes, axis, size, step)
static const ag_sample unfold_samples[] = {
    AG_WORKS(-2, 2, WINDOWS(0, 3, 1), AG_LIST(6)),
    AG_WORKS(-2, 2, WINDOWS(-2, 2, 2), AG_LIST(2, 5, 3)),
    AG_WORKS(-2, 2, WINDOWS(1, 1, 3), AG_LIST(2, 5)),
    AG_WORKS(-2, 2, WINDOWS(0, 4, INT64_MAX), AG_LIST(4, 2)),
    AG_WORKS(-2, 2, WINDOWS(0, 0, 2), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, WINDOWS(1, 2, 1), AG_LIST(0, 3)),
    AG_REFUSED("unfold: step 0 must be at least 1", WINDOWS(0, 1, 0), AG_LIST(3)),
    AG_REFUSED("unfold: size 4 is not in 0 .. 3, axis 1 of 2x3", WINDOWS(-1, 4, 1), AG_LIST(2, 3)),
    AG_REFUSED("unfold: size -1 is not in 0 .. 3, axis 0 of 3", WINDOWS(0, -1, 1), AG_LIST(3)),
    AG_REFUSED("unfold: axis 0 does not exist in scalar", WINDOWS(0, 1, 1), AG_POINT),
    AG_REFUSED("unfold: windows would be one axis too many for 1x1x1x1x1x1x1x2", WINDOWS(7, 1, 1),
               AG_LIST(1, 1, 1, 1, 1, 1, 1, 2)),
    AG_NO_MORE,
};

#define BACK(axis, size, step, ...)                                                                          \
  AG_WITH(ag_unfold_grad_attributes, {axis, size, step}, AG_LIST(__VA_ARGS__))
static const ag_sample unfold_grad_samples[] = {
    AG_WORKS(-2, 2, BACK(0, 3, 1, 6), AG_LIST(4, 3)),
    AG_WORKS(-2, 2, BACK(-2, 2, 2, 2, 5, 3), AG_LIST(2, 2, 3, 2)),
    AG_WORKS(-2, 2, BACK(1, 1, 3, 2, 5), AG_LIST(2, 2, 1)),
    AG_WORKS(-2, 2, BACK(0, 0, 2, 3, 2), AG_LIST(2, 2, 0)),
    AG_REFUSED("unfold_grad: x is 3x3, wanted is 4x3, the shape of the windows", BACK(0, 3, 1, 6),
               AG_LIST(3, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_unfold = {.name = "unfold",
                            .formula = "x[i step + k] along an axis, k as the last one",
                            .shapes = "(..., n, ...) -> (..., windows, ..., size)",
                            .n_in = 1,
                            .in_dtype = {AG_ANY},
                            .attribute_size = sizeof(ag_unfold_attributes),
                            .shape = unfold_shape,
                            .view = unfold_view,
                            .vjp = unfold_vjp,
                            .samples = unfold_samples};

const ag_op ag_op_unfold_grad = {.name = "unfold_grad",
                                 .formula = "windows added to what they were made of",
                                 .shapes = "(..., windows, ..., size) -> (..., n, ...)",
                                 .n_in = 1,
                                 .attribute_size = sizeof(ag_unfold_grad_attributes),
                                 .shape = unfold_grad_shape,
                                 .forward = {unfold_grad_f32, unfold_grad_f64},
                                 .vjp = unfold_grad_vjp,
                                 .samples = unfold_grad_samples};

ag_tensor *(ag_unfold)(ag_site at, ag_tensor *x, int axis, int64_t size, int64_t step) {
  return ag_apply(at, &ag_op_unfold, 1, &x, &(ag_unfold_attributes){axis, size, step});
}
#endif
