/* Joining tensors.
 *
 *   concat  y = x0, x1, ... one after the other along an axis     dxi = that slice of g, a view
 *   stack   concat of tensors that get a new axis of size 1
 */
#include "kernels/strided.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

static bool concat_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const ag_shape first = ag_shape_of(call->in[0]);
  if (!ag_check_axis(call, first, a->axis)) return false;
  const int axis = ag_axis(first.rank, a->axis);
  call->shape[0] = first;
  for (int i = 1; i < call->n_in; i++) {
    ag_shape shape = ag_shape_of(call->in[i]);
    const int64_t size = shape.dim[axis];
    shape.dim[axis] = first.dim[axis];
    if (!ag_shape_equal(shape, first)) {
      return ag_reject(call, AG_ESHAPE, "operand %d is %s, operand 0 %s; they may differ along axis %d alone",
                       i, ag_shape_text(call->c, ag_shape_of(call->in[i])), ag_shape_text(call->c, first),
                       axis);
    }
    call->shape[0].dim[axis] += size;
  }
  return true;
}

/* Each operand is a block of (outer, its size along the axis times inner) within rows of the result. */
static void concat(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const ag_tensor *out = call->out[0];
  const int axis = ag_axis(out->rank, a->axis);
  const size_t size = ag_dtype_size(out->dtype);
  int64_t outer = 1;
  for (int i = 0; i < axis; i++) outer *= out->dim[i];
  if (out->numel == 0) return;
  const int64_t row = out->numel / outer;
  char *to = out->data;
  for (int i = 0; i < call->n_in; i++) {
    const int64_t part = call->in[i]->numel / outer;
    const agk_layout layout = {.rank = 2, .size = {outer, part}, .stride = {row, 1}};
    if (part) agk_copy_to_strided(call->threads, size, &layout, call->in[i]->data, to);
    to += part * (int64_t)size;
  }
}

static void concat_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  int64_t begin = 0;
  for (int i = 0; i < node->n_in; i++) {
    const int64_t end = begin + ag_dim(node->in[i], a->axis);
    if (ag_needs(node, i)) dx[i] = ag_slice(g[0], a->axis, begin, end, 1);
    begin = end;
  }
}

#define ALONG(axis) AG_WITH(ag_axis_attributes, axis)
static const ag_sample concat_samples[] = {
    AG_WORKS(-2, 2, ALONG(1), AG_LIST(2, 3), AG_LIST(2, 1), AG_LIST(2, 4)),
    AG_WORKS(-2, 2, ALONG(-3), AG_LIST(1, 3, 2), AG_LIST(2, 3, 2)),
    AG_WORKS(-2, 2, ALONG(0), AG_LIST(5)),
    AG_WORKS(-2, 2, ALONG(1), AG_LIST(2, 0), AG_LIST(2, 3)),
    AG_REFUSED("concat: operand 1 is 3x3, operand 0 2x3; they may differ along axis 1 alone", ALONG(1),
               AG_LIST(2, 3), AG_LIST(3, 3)),
    AG_REFUSED("concat: operand 1 is 2, operand 0 2x3; they may differ along axis 1 alone", ALONG(-1),
               AG_LIST(2, 3), AG_LIST(2)),
    AG_REFUSED("concat: axis 0 does not exist in scalar", ALONG(0), AG_POINT, AG_POINT),
    AG_NO_MORE,
};

const ag_op ag_op_concat = {.name = "concat",
                            .formula = "operands one after the other along an axis",
                            .shapes = "(..., n, ...), (..., m, ...), ... -> (..., n + m + ..., ...)",
                            .n_in = -1,
                            .in_dtype = {AG_ALIKE},
                            .attribute_size = sizeof(ag_axis_attributes),
                            .shape = concat_shape,
                            .forward = AG_EVERY_DTYPE(concat),
                            .vjp = concat_vjp,
                            .samples = concat_samples};

ag_tensor *(ag_concat)(ag_site at, int n, ag_tensor *const *x, int axis) {
  return ag_apply(at, &ag_op_concat, n, x, &(ag_axis_attributes){axis});
}

ag_tensor *(ag_stack)(ag_site at, int n, ag_tensor *const *x, int axis) {
  ag_tensor *result;
  if (!ag_ready(at, "stack", n, x, &result)) return result;
  ag_ctx *c = x[0]->c;
  const ag_shape shape = ag_shape_of(x[0]);
  const int place = ag_axis(shape.rank + 1, axis);
  for (int i = 1; i < n; i++) {
    if (ag_shape_equal(ag_shape_of(x[i]), shape)) continue;
    ag_fail(c, AG_ESHAPE, at, "stack: operand %d is %s, operand 0 %s; all must have one shape", i,
            ag_shape_text(c, ag_shape_of(x[i])), ag_shape_text(c, shape));
    return result;
  }
  if (place < 0 || shape.rank == AG_MAX_RANK) {
    ag_fail(c, AG_EVALUE, at,
            place < 0 ? "stack: there is no place for axis %d in %s"
                      : "stack: axis %d would be one too many for %s",
            axis, ag_shape_text(c, shape));
    return result;
  }
  ag_shape longer = {.rank = shape.rank + 1};
  for (int i = 0; i < longer.rank; i++) longer.dim[i] = i == place ? 1 : shape.dim[i > place ? i - 1 : i];
  ag_tensor **parts = ag_scope_bytes(c, (size_t)n * sizeof *parts, at);
  if (!parts) return result;
  for (int i = 0; i < n; i++) parts[i] = (ag_reshape)(at, x[i], longer);
  return (ag_concat)(at, n, parts, place);
}
