/* Views: the same elements under another shape. Only shape and strides change, no element is read or written.
 *
 *   reshape  the same elements in row-major order     dx = g in the shape of x
 *   permute  y[..i_axes..] = x[..i..]                 dx = g permuted back
 *   expand   x repeated                               dx = g summed over the repeats
 *
 * A reshape whose strides do not exist (the transposed matrix as one row) is a view of a copy. */
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* ---- reshape ---- */

/* The size that -1 stands for follows from the others. */
static bool reshape_shape(ag_call *call) {
  const ag_shape_attributes *a = call->attributes;
  const int64_t numel = ag_numel(call->in[0]);
  ag_shape shape = a->shape;
  int open = -1;
  for (int i = 0; i < shape.rank && i < AG_MAX_RANK; i++) {
    if (shape.dim[i] != -1) continue;
    if (open >= 0) {
      return ag_reject(call, AG_EVALUE, "at most one size may be -1, found %s",
                       ag_shape_text(call->c, a->shape));
    }
    open = i;
    shape.dim[i] = 1;
  }
  const int64_t others = ag_shape_numel(shape);
  if (others < 0) return ag_reject(call, AG_EVALUE, "%s is not a shape", ag_shape_text(call->c, a->shape));
  if (open >= 0 && others > 0) shape.dim[open] = numel / others;
  if (ag_shape_numel(shape) != numel || (open >= 0 && others == 0)) {
    return ag_reject(call, AG_ESHAPE, "the elements of %s do not fill %s", ag_operand_text(call, 0),
                     ag_shape_text(call->c, a->shape));
  }
  call->shape[0] = shape;
  return true;
}

/* Finds strides that show the elements of x in row-major order under another shape. The axes of x are joined,
 * from the last, into runs that lie evenly in memory; each run must be used up by whole axes of the result.
 */
static bool find_strides(const ag_tensor *x, ag_shape shape, int64_t *stride) {
  int v = shape.rank - 1;
  int64_t run = 1, used = 1, base = x->rank ? x->stride[x->rank - 1] : 1;
  for (int d = x->rank - 1; d >= 0; d--) {
    run *= x->dim[d];
    if (d > 0 && (x->dim[d - 1] == 1 || x->stride[d - 1] == run * base)) continue;
    for (; v >= 0 && (used < run || shape.dim[v] == 1); v--) {
      stride[v] = used * base;
      used *= shape.dim[v];
    }
    if (used != run) return false;
    if (d > 0) base = x->stride[d - 1];
    run = used = 1;
  }
  for (; v >= 0; v--) stride[v] = 1;
  return true;
}

static void reshape_view(const ag_call *call, ag_tensor *out) {
  ag_tensor *x = call->in[0];
  ag_set_layout(out, call->shape[0]);
  if (x->numel == 0 || find_strides(x, call->shape[0], out->stride)) return;
  ag_set_layout(out, call->shape[0]);
  ag_tensor *copy = ag_packed(call->at, x);
  if (!copy) return;
  ag_storage *shared = out->storage;
  out->storage = copy->storage;
  out->data = copy->data;
  copy->storage = shared;
  ag_drop(copy);
}

static void reshape_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_reshape(g[0], ag_shape_of(node->in[0]));
}

#define TO(...) AG_WITH(ag_shape_attributes, AG_LIST(__VA_ARGS__))
#define TO_POINT AG_WITH(ag_shape_attributes, AG_POINT)
static const ag_sample reshape_samples[] = {
    AG_WORKS(-2, 2, TO(3, 4), AG_LIST(2, 6)),
    AG_WORKS(-2, 2, TO(-1, 1, 2), AG_LIST(3, 1, 4)),
    AG_WORKS(-2, 2, TO(30), AG_LIST(2, 3, 5)),
    AG_WORKS(-2, 2, TO(3, 0, 2), AG_LIST(0, 3)),
    AG_WORKS(-2, 2, TO(1, 1), AG_POINT),
    AG_WORKS(-2, 2, TO_POINT, AG_LIST(1, 1)),
    AG_REFUSED("reshape: at most one size may be -1, found -1x-1", TO(-1, -1), AG_LIST(2, 3)),
    AG_REFUSED("reshape: -2x-3 is not a shape", TO(-2, -3), AG_LIST(2, 3)),
    AG_REFUSED("reshape: the elements of 2x3 do not fill 4x2", TO(4, 2), AG_LIST(2, 3)),
    AG_REFUSED("reshape: the elements of 2x3 do not fill 4x-1", TO(4, -1), AG_LIST(2, 3)),
    AG_REFUSED("reshape: the elements of 0x3 do not fill 0x-1", TO(0, -1), AG_LIST(0, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_reshape = {.name = "reshape",
                             .formula = "x in another shape",
                             .shapes = "x -> the given shape of as many elements",
                             .n_in = 1,
                             .in_dtype = {AG_ANY},
                             .attribute_size = sizeof(ag_shape_attributes),
                             .shape = reshape_shape,
                             .view = reshape_view,
                             .vjp = reshape_vjp,
                             .samples = reshape_samples};

/* ---- permute ---- */

static bool permute_shape(ag_call *call) {
  const ag_permute_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  if (a->axes.count != shape.rank) {
    return ag_reject(call, AG_EVALUE, "%d axes are given for %s, which has %d", a->axes.count,
                     ag_shape_text(call->c, shape), shape.rank);
  }
  if (!ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set)) return false;
  call->shape[0].rank = shape.rank;
  for (int i = 0; i < shape.rank; i++)
    call->shape[0].dim[i] = shape.dim[ag_axis(shape.rank, a->axes.axis[i])];
  return true;
}

static void permute_view(const ag_call *call, ag_tensor *out) {
  const ag_permute_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0];
  ag_set_layout(out, call->shape[0]);
  for (int i = 0; i < x->rank; i++) out->stride[i] = x->stride[ag_axis(x->rank, a->axes.axis[i])];
}

static void permute_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_permute_attributes *a = node->attributes;
  ag_axes back = {.count = a->axes.count};
  for (int i = 0; i < back.count; i++) back.axis[ag_axis(back.count, a->axes.axis[i])] = i;
  dx[0] = ag_permute(g[0], back);
}

#define AS(...) AG_WITH(ag_permute_attributes, AG_LIST(__VA_ARGS__))
#define AS_POINT AG_WITH(ag_permute_attributes, AG_POINT)
static const ag_sample permute_samples[] = {
    AG_WORKS(-2, 2, AS(1, 0), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, AS(2, 0, -2), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, AS(3, 1, 0, 2), AG_LIST(2, 1, 3, 2)),
    AG_WORKS(-2, 2, AS_POINT, AG_POINT),
    AG_REFUSED("permute: 1 axes are given for 2x3, which has 2", AS(0), AG_LIST(2, 3)),
    AG_REFUSED("permute: axis 2 does not exist in 2x3", AS(0, 2), AG_LIST(2, 3)),
    AG_REFUSED("permute: axis 1 of 2x3 is given twice", AS(1, 1), AG_LIST(2, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_permute = {.name = "permute",
                             .formula = "x with its axes in another order",
                             .shapes = "x -> its sizes in the given order",
                             .n_in = 1,
                             .in_dtype = {AG_ANY},
                             .attribute_size = sizeof(ag_permute_attributes),
                             .shape = permute_shape,
                             .view = permute_view,
                             .vjp = permute_vjp,
                             .samples = permute_samples};

/* ---- expand ---- */

/* -1 stands for the size of x there. */
static bool expand_shape(ag_call *call) {
  const ag_shape_attributes *a = call->attributes;
  const ag_shape from = ag_shape_of(call->in[0]);
  ag_shape both, shape = a->shape;
  const int added = shape.rank - from.rank;
  for (int i = added > 0 ? added : 0; i < shape.rank && i < AG_MAX_RANK; i++) {
    if (shape.dim[i] == -1) shape.dim[i] = from.dim[i - added];
  }
  if (ag_shape_numel(shape) < 0) {
    return ag_reject(call, AG_EVALUE, "%s is not a shape for %s", ag_shape_text(call->c, a->shape),
                     ag_shape_text(call->c, from));
  }
  if (!ag_broadcast(from, shape, &both) || !ag_shape_equal(both, shape)) {
    return ag_reject(call, AG_ESHAPE,
                     "%s does not expand to %s; only axes of size 1 and new leading ones repeat",
                     ag_shape_text(call->c, from), ag_shape_text(call->c, a->shape));
  }
  call->shape[0] = shape;
  return true;
}

static void expand_view(const ag_call *call, ag_tensor *out) {
  const ag_tensor *x = call->in[0];
  ag_set_layout(out, call->shape[0]);
  const int added = out->rank - x->rank;
  for (int i = 0; i < out->rank; i++) {
    out->stride[i] = i < added || x->dim[i - added] != out->dim[i] ? 0 : x->stride[i - added];
  }
}

/* The driver sums what was repeated. */
static void expand_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  (void)node;
  dx[0] = g[0];
}

static const ag_sample expand_samples[] = {
    AG_WORKS(-2, 2, TO(3, 4), AG_LIST(3, 1)),
    AG_WORKS(-2, 2, TO(2, 3, 2), AG_LIST(1, 2)),
    AG_WORKS(-2, 2, TO(2, 2), AG_POINT),
    AG_WORKS(-2, 2, TO(0, 3), AG_LIST(1, 3)),
    AG_REFUSED("expand: 2x3 does not expand to 4x3; only axes of size 1 and new leading ones repeat",
               TO(4, 3), AG_LIST(2, 3)),
    AG_REFUSED("expand: 2x3 does not expand to 3; only axes of size 1 and new leading ones repeat", TO(3),
               AG_LIST(2, 3)),
    AG_WORKS(-2, 2, TO(2, -1, 4, -1), AG_LIST(3, 1, 2)),
    AG_REFUSED("expand: -1x3 is not a shape for 3", TO(-1, 3), AG_LIST(3)),
    AG_REFUSED("expand: -2x3 is not a shape for 1x3", TO(-2, 3), AG_LIST(1, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_expand = {.name = "expand",
                            .formula = "x repeated along axes of size 1 and new leading axes",
                            .shapes = "x -> the given shape, to which x broadcasts",
                            .n_in = 1,
                            .in_dtype = {AG_ANY},
                            .attribute_size = sizeof(ag_shape_attributes),
                            .shape = expand_shape,
                            .view = expand_view,
                            .vjp = expand_vjp,
                            .samples = expand_samples};

/* ---- Public functions ---- */

ag_tensor *(ag_reshape)(ag_site at, ag_tensor *x, ag_shape shape) {
  return ag_apply(at, &ag_op_reshape, 1, &x, &(ag_shape_attributes){shape});
}

ag_tensor *(ag_expand)(ag_site at, ag_tensor *x, ag_shape shape) {
  return ag_apply(at, &ag_op_expand, 1, &x, &(ag_shape_attributes){shape});
}

ag_tensor *(ag_permute)(ag_site at, ag_tensor *x, ag_axes axes) {
  return ag_apply(at, &ag_op_permute, 1, &x, &(ag_permute_attributes){axes});
}

ag_tensor *(ag_transpose)(ag_site at, ag_tensor *x, int axis1, int axis2) {
  ag_tensor *result;
  bool in_set[AG_MAX_RANK];
  if (!ag_ready(at, "transpose", 1, &x, &result)) return result;
  if (!ag_axis_set(x->c, at, "transpose", ag_shape_of(x), (ag_axes){1, {axis1}}, in_set)) return result;
  if (!ag_axis_set(x->c, at, "transpose", ag_shape_of(x), (ag_axes){1, {axis2}}, in_set)) return result;
  if (x->rank == 0) return x;
  ag_axes axes = {.count = x->rank};
  for (int i = 0; i < x->rank; i++) axes.axis[i] = i;
  axes.axis[ag_axis(x->rank, axis1)] = ag_axis(x->rank, axis2);
  axes.axis[ag_axis(x->rank, axis2)] = ag_axis(x->rank, axis1);
  return (ag_permute)(at, x, axes);
}

ag_tensor *(ag_flatten)(ag_site at, ag_tensor *x, int from) {
  ag_tensor *result;
  bool in_set[AG_MAX_RANK];
  if (!ag_ready(at, "flatten", 1, &x, &result)) return result;
  if (!ag_axis_set(x->c, at, "flatten", ag_shape_of(x), (ag_axes){1, {from}}, in_set)) return result;
  if (x->rank == 0) return (ag_reshape)(at, x, AG_SHAPE(1));
  ag_shape shape = ag_shape_of(x);
  const int first = ag_axis(shape.rank, from);
  for (int i = first + 1; i < shape.rank; i++) shape.dim[first] *= shape.dim[i];
  shape.rank = first + 1;
  return (ag_reshape)(at, x, shape);
}
