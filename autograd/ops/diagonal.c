/* Diagonals of the matrices that two axes span.
 *
 *   diagonal        y[..., k] = x[..., i0 + k, ..., j0 + k, ...], a view            dx = diagonal_grad(g)
 *   diagonal_grad   y[..., i0 + k, ..., j0 + k, ...] = x[..., k], 0 elsewhere       dx = diagonal(g)
 *
 * with (i0, j0) = (0, offset), or (-offset, 0) where offset is negative. */
#include <inttypes.h>
#include <string.h>

#include "kernels/strided.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* The shape of the diagonals: that of x without the two axes, and their length behind it. */
static bool diagonal_of(const ag_call *call, ag_shape x, const ag_diagonal_attributes *a, ag_shape *result) {
  if (!ag_check_axis(call, x, a->axis1) || !ag_check_axis(call, x, a->axis2)) return false;
  const int rows = ag_axis(x.rank, a->axis1), columns = ag_axis(x.rank, a->axis2);
  if (rows == columns)
    return ag_reject(call, AG_EVALUE, "axes %d and %d of %s are the same", a->axis1, a->axis2,
                     ag_shape_text(call->c, x));
  int64_t n = x.dim[rows], m = x.dim[columns];
  if (a->offset < 0) n = a->offset < -n ? 0 : n + a->offset;
  if (a->offset > 0) m = a->offset > m ? 0 : m - a->offset;
  *result = (ag_shape){0};
  for (int i = 0; i < x.rank; i++)
    if (i != rows && i != columns) result->dim[result->rank++] = x.dim[i];
  result->dim[result->rank++] = n < m ? n : m;
  return true;
}

static bool diagonal_shape(ag_call *call) {
  return diagonal_of(call, ag_shape_of(call->in[0]), call->attributes, &call->shape[0]);
}

static bool diagonal_grad_shape(ag_call *call) {
  const ag_diagonal_grad_attributes *a = call->attributes;
  ag_shape diagonal;
  call->shape[0] = a->shape;
  return diagonal_of(call, a->shape, &a->diagonal, &diagonal) &&
         ag_check_shape(call, 0, "x", diagonal, "the shape of the diagonals");
}

/* The strides of the diagonals of a tensor with these strides; returns the offset of their first element.
 * Only for diagonals that have elements: an offset beyond all of them may be too far to multiply with. */
static int64_t diagonal_strides(int rank, const int64_t *stride, const ag_diagonal_attributes *a,
                                int64_t *to) {
  const int rows = ag_axis(rank, a->axis1), columns = ag_axis(rank, a->axis2);
  int n = 0;
  for (int i = 0; i < rank; i++)
    if (i != rows && i != columns) to[n++] = stride[i];
  to[n] = stride[rows] + stride[columns];
  return a->offset < 0 ? -a->offset * stride[rows] : a->offset * stride[columns];
}

static void diagonal_view(const ag_call *call, ag_tensor *out) {
  const ag_tensor *x = call->in[0];
  ag_set_layout(out, call->shape[0]);
  if (out->numel == 0) return;
  out->data +=
      diagonal_strides(x->rank, x->stride, call->attributes, out->stride) * (int64_t)ag_dtype_size(x->dtype);
}

static void diagonal_grad(const ag_call *call) {
  const ag_diagonal_grad_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0], *out = call->out[0];
  const size_t size = ag_dtype_size(out->dtype);
  agk_layout layout = {.rank = x->rank};
  memset(out->data, 0, (size_t)out->numel * size);
  if (x->numel == 0) return;
  memcpy(layout.size, x->dim, (size_t)x->rank * sizeof *layout.size);
  const int64_t offset = diagonal_strides(out->rank, out->stride, &a->diagonal, layout.stride);
  agk_copy_to_strided(call->threads, size, &layout, x->data, out->data + offset * (int64_t)size);
}

static void diagonal_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_diagonal_grad_attributes back = {*(const ag_diagonal_attributes *)node->attributes,
                                            ag_shape_of(node->in[0])};
  dx[0] = ag_apply(AG_HERE, &ag_op_diagonal_grad, 1, g, &back);
}

static void diagonal_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_diagonal_grad_attributes *a = node->attributes;
  dx[0] = ag_apply(AG_HERE, &ag_op_diagonal, 1, g, &a->diagonal);
}

#define OF(offset, axis1, axis2) AG_WITH(ag_diagonal_attributes, offset, axis1, axis2)
static const ag_sample diagonal_samples[] = {
    AG_WORKS(-2, 2, OF(0, 0, 1), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, OF(1, -2, -1), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, OF(-1, 2, 0), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, OF(5, 0, 1), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, OF(-3, 0, 1), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, OF(-2, 0, 1), AG_LIST(3, 1)),
    AG_WORKS(-2, 2, OF(INT64_MIN, 0, 1), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, OF(INT64_MAX, 1, 0), AG_LIST(3, 4)),
    AG_WORKS(-2, 2, OF(0, 0, 2), AG_LIST(2, 0, 3)),
    AG_REFUSED("diagonal: axes 0 and -2 of 3x4 are the same", OF(0, 0, -2), AG_LIST(3, 4)),
    AG_REFUSED("diagonal: axis 1 does not exist in 3", OF(0, 0, 1), AG_LIST(3)),
    AG_REFUSED("diagonal: axis 0 does not exist in scalar", OF(0, 0, 1), AG_POINT),
    AG_NO_MORE,
};

#define INTO(offset, axis1, axis2, ...)                                                                      \
  AG_WITH(ag_diagonal_grad_attributes, {offset, axis1, axis2}, AG_LIST(__VA_ARGS__))
static const ag_sample diagonal_grad_samples[] = {
    AG_WORKS(-2, 2, INTO(0, 0, 1, 3, 4), AG_LIST(3)),
    AG_WORKS(-2, 2, INTO(1, -2, -1, 2, 3, 4), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, INTO(-1, 2, 0, 2, 3, 4), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, INTO(5, 0, 1, 3, 4), AG_LIST(0)),
    AG_REFUSED("diagonal_grad: x is 2, wanted is 3, the shape of the diagonals", INTO(0, 0, 1, 3, 4),
               AG_LIST(2)),
    AG_NO_MORE,
};

const ag_op ag_op_diagonal = {.name = "diagonal",
                              .formula = "x[i][i + offset]",
                              .shapes = "(..., n, ..., m, ...) -> (..., k)",
                              .n_in = 1,
                              .in_dtype = {AG_ANY},
                              .attribute_size = sizeof(ag_diagonal_attributes),
                              .shape = diagonal_shape,
                              .view = diagonal_view,
                              .vjp = diagonal_vjp,
                              .samples = diagonal_samples};

const ag_op ag_op_diagonal_grad = {.name = "diagonal_grad",
                                   .formula = "zeros with x in the place of diagonals",
                                   .shapes = "(..., k) -> (..., n, ..., m, ...)",
                                   .n_in = 1,
                                   .attribute_size = sizeof(ag_diagonal_grad_attributes),
                                   .shape = diagonal_grad_shape,
                                   .forward = {diagonal_grad, diagonal_grad},
                                   .vjp = diagonal_grad_vjp,
                                   .samples = diagonal_grad_samples};

ag_tensor *(ag_diagonal)(ag_site at, ag_tensor *x, int64_t offset, int axis1, int axis2) {
  return ag_apply(at, &ag_op_diagonal, 1, &x, &(ag_diagonal_attributes){offset, axis1, axis2});
}

ag_tensor *(ag_diag)(ag_site at, ag_tensor *x, int64_t offset) {
  ag_tensor *result;
  if (!ag_ready(at, "diag", 1, &x, &result)) return result;
  if (x->rank == 2) return (ag_diagonal)(at, x, offset, 0, 1);
  if (x->rank != 1) {
    ag_fail(x->c, AG_ESHAPE, at, "diag: x must be (n) or (n, m), found %s",
            ag_shape_text(x->c, ag_shape_of(x)));
    return result;
  }
  if (offset > INT32_MAX || offset < -INT32_MAX) {
    ag_fail(x->c, AG_EVALUE, at, "diag: offset %" PRId64 " is not below 2^31", offset);
    return result;
  }
  const int64_t n = x->numel + (offset < 0 ? -offset : offset);
  return ag_apply(at, &ag_op_diagonal_grad, 1, &x,
                  &(ag_diagonal_grad_attributes){{offset, 0, 1}, AG_SHAPE(n, n)});
}
