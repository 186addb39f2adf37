/* Slices and the contiguous copy.
 *
 *   slice       y[i] = x[start + i step] along one axis, a view      dx = slice_grad(g)
 *   slice_grad  y[start + i step] = x[i], 0 elsewhere                dx = slice(g)
 *   contiguous  y = x in row-major order                             dx = g
 */
#include <inttypes.h>
#include <string.h>

#include "kernels/strided.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* Python's rule: negative bounds count from the end, then all are clipped to the places that a walk in the
 * direction of the step can begin or end at: 0 .. size forwards, size - 1 .. -1 backwards. */
static int64_t clip(int64_t bound, int64_t size, int64_t step) {
  const int64_t least = step < 0 ? -1 : 0, most = step < 0 ? size - 1 : size;
  if (bound < 0) bound += size;
  return bound < least ? least : bound > most ? most : bound;
}

/* How many elements a slice takes of `size` ones. */
static int64_t count(const ag_slice_attributes *a, int64_t size) {
  const int64_t start = clip(a->start, size, a->step), stop = clip(a->stop, size, a->step);
  const int64_t distance = a->step < 0 ? start - stop : stop - start, step = a->step < 0 ? -a->step : a->step;
  return distance > 0 ? (distance - 1) / step + 1 : 0;
}

/* The shape of a slice of the given shape, and where it begins along its axis. */
static bool slice_of(ag_call *call, ag_shape shape, const ag_slice_attributes *a, ag_shape *result) {
  if (!ag_check_axis(call, shape, a->axis)) return false;
  if (a->step == 0 || a->step == INT64_MIN)
    return ag_reject(call, AG_EVALUE, "step %" PRId64 " leads nowhere", a->step);
  const int axis = ag_axis(shape.rank, a->axis);
  *result = shape;
  result->dim[axis] = count(a, shape.dim[axis]);
  return true;
}

static bool slice_shape(ag_call *call) {
  return slice_of(call, ag_shape_of(call->in[0]), call->attributes, &call->shape[0]);
}

static bool slice_grad_shape(ag_call *call) {
  const ag_slice_grad_attributes *a = call->attributes;
  ag_shape slice;
  if (!slice_of(call, a->shape, &a->slice, &slice)) return false;
  call->shape[0] = a->shape;
  return ag_check_shape(call, 0, "x", slice, "the shape of that slice");
}

static bool contiguous_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  return true;
}

/* The layout of a slice within a tensor of the given strides, and the offset of its first element. The step
 * of a single element leads to nothing and may be too long for a stride. */
static int64_t slice_layout(ag_shape slice, ag_shape whole, const ag_slice_attributes *a, int64_t *stride) {
  const int axis = ag_axis(whole.rank, a->axis);
  const int64_t offset = slice.dim[axis] ? clip(a->start, whole.dim[axis], a->step) * stride[axis] : 0;
  if (slice.dim[axis] > 1) stride[axis] *= a->step;
  return offset;
}

static void slice_view(const ag_call *call, ag_tensor *out) {
  const ag_tensor *x = call->in[0];
  ag_set_layout(out, call->shape[0]);
  if (out->numel == 0) return;
  memcpy(out->stride, x->stride, sizeof out->stride);
  out->data += slice_layout(call->shape[0], ag_shape_of(x), call->attributes, out->stride) *
               (int64_t)ag_dtype_size(x->dtype);
}

static void slice_grad(const ag_call *call) {
  const ag_slice_grad_attributes *a = call->attributes;
  const ag_shape slice = ag_shape_of(call->in[0]);
  ag_tensor *out = call->out[0];
  const size_t size = ag_dtype_size(out->dtype);
  agk_layout layout = {.rank = slice.rank};
  memcpy(layout.size, slice.dim, sizeof layout.size);
  memcpy(layout.stride, out->stride, sizeof layout.stride);
  const int64_t offset = slice_layout(slice, a->shape, &a->slice, layout.stride);
  memset(out->data, 0, (size_t)out->numel * size);
  if (call->in[0]->numel == 0) return;
  agk_copy_to_strided(call->threads, size, &layout, call->in[0]->data, out->data + offset * (int64_t)size);
}

static void contiguous(const ag_call *call) {
  const ag_tensor *x = call->in[0];
  agk_layout layout = {.rank = x->rank};
  memcpy(layout.size, x->dim, sizeof layout.size);
  memcpy(layout.stride, x->stride, sizeof layout.stride);
  if (x->numel)
    agk_copy_from_strided(call->threads, ag_dtype_size(x->dtype), &layout, x->data, call->out[0]->data);
}

static void slice_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_slice_attributes *a = node->attributes;
  const ag_slice_grad_attributes back = {*a, ag_shape_of(node->in[0])};
  dx[0] = ag_apply(AG_HERE, &ag_op_slice_grad, 1, g, &back);
}

static void slice_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_slice_grad_attributes *a = node->attributes;
  dx[0] = ag_apply(AG_HERE, &ag_op_slice, 1, g, &a->slice);
}

static void contiguous_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  (void)node;
  dx[0] = g[0];
}

#define SLICE(...) AG_WITH(ag_slice_attributes, __VA_ARGS__)
static const ag_sample slice_samples[] = {
    AG_WORKS(-2, 2, SLICE(0, 1, 6, 2), AG_LIST(7)),
    AG_WORKS(-2, 2, SLICE(1, -4, -1, 1), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, SLICE(-3, 1, 100, 3), AG_LIST(4, 2, 3)),
    AG_WORKS(-2, 2, SLICE(1, 2, 1, 1), AG_LIST(2, 3)),
    AG_WORKS(-2, 2, SLICE(0, 6, -100, -2), AG_LIST(7)),
    AG_WORKS(-2, 2, SLICE(1, -1, 0, -1), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, SLICE(1, 100, -8, -3), AG_LIST(2, 6, 2)),
    AG_WORKS(-2, 2, SLICE(0, 1, 3, -1), AG_LIST(5)),
    AG_WORKS(-2, 2, SLICE(0, 3, 0, -1), AG_LIST(0, 2)),
    AG_WORKS(-2, 2, SLICE(0, 2, INT64_MAX, INT64_MAX / 2), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, SLICE(0, -1, INT64_MIN, -INT64_MAX / 2), AG_LIST(3, 2)),
    AG_REFUSED("slice: step 0 leads nowhere", SLICE(0, 0, 1, 0), AG_LIST(2, 3)),
    AG_REFUSED("slice: axis 2 does not exist in 2x3", SLICE(2, 0, 1, 1), AG_LIST(2, 3)),
    AG_REFUSED("slice: axis 0 does not exist in scalar", SLICE(0, 0, 1, 1), AG_POINT),
    AG_NO_MORE,
};

#define PART(axis, start, stop, step, ...)                                                                   \
  AG_WITH(ag_slice_grad_attributes, {axis, start, stop, step}, AG_LIST(__VA_ARGS__))
static const ag_sample slice_grad_samples[] = {
    AG_WORKS(-2, 2, PART(0, 1, 6, 2, 7), AG_LIST(3)),
    AG_WORKS(-2, 2, PART(1, -4, -1, 1, 3, 5), AG_LIST(3, 3)),
    AG_WORKS(-2, 2, PART(-3, 1, 100, 3, 4, 2, 3), AG_LIST(1, 2, 3)),
    AG_WORKS(-2, 2, PART(1, 2, 1, 1, 2, 3), AG_LIST(2, 0)),
    AG_REFUSED("slice_grad: x is 2x2, wanted is 2x1, the shape of that slice", PART(1, 0, 1, 1, 2, 3),
               AG_LIST(2, 2)),
    AG_WORKS(-2, 2, PART(0, 6, -100, -2, 7), AG_LIST(4)),
    AG_WORKS(-2, 2, PART(1, -1, 0, -1, 3, 5), AG_LIST(3, 4)),
    AG_REFUSED("slice_grad: step 0 leads nowhere", PART(1, 0, 1, 0, 2, 3), AG_LIST(2, 1)),
    AG_REFUSED("slice_grad: axis 2 does not exist in 2x3", PART(2, 0, 1, 1, 2, 3), AG_LIST(2, 1)),
    AG_NO_MORE,
};

static const ag_sample contiguous_samples[] = {
    AG_WORKS(-2, 2, NULL, AG_LIST(3, 4)),
    AG_WORKS(-2, 2, NULL, AG_LIST(2, 1, 0)),
    AG_WORKS(-2, 2, NULL, AG_POINT),
    AG_NO_MORE,
};

const ag_op ag_op_slice = {.name = "slice",
                           .formula = "x[start], x[start + step], ... along an axis",
                           .shapes = "(..., n, ...) -> (..., m, ...)",
                           .n_in = 1,
                           .in_dtype = {AG_ANY},
                           .attribute_size = sizeof(ag_slice_attributes),
                           .shape = slice_shape,
                           .view = slice_view,
                           .vjp = slice_vjp,
                           .samples = slice_samples};

const ag_op ag_op_slice_grad = {.name = "slice_grad",
                                .formula = "zeros with x in the place of a slice",
                                .shapes = "(..., m, ...) -> (..., n, ...)",
                                .n_in = 1,
                                .attribute_size = sizeof(ag_slice_grad_attributes),
                                .shape = slice_grad_shape,
                                .forward = {slice_grad, slice_grad},
                                .vjp = slice_grad_vjp,
                                .samples = slice_grad_samples};

const ag_op ag_op_contiguous = {.name = "contiguous",
                                .formula = "x in row-major order",
                                .shapes = "x -> the same",
                                .n_in = 1,
                                .in_dtype = {AG_ANY},
                                .shape = contiguous_shape,
                                .forward = AG_EVERY_DTYPE(contiguous),
                                .strided = true,
                                .vjp = contiguous_vjp,
                                .samples = contiguous_samples};

ag_tensor *(ag_slice)(ag_site at, ag_tensor *x, int axis, int64_t start, int64_t stop, int64_t step) {
  return ag_apply(at, &ag_op_slice, 1, &x, &(ag_slice_attributes){axis, start, stop, step});
}

ag_tensor *(ag_contiguous)(ag_site at, ag_tensor *x) {
  ag_tensor *result;
  if (!ag_ready(at, "contiguous", 1, &x, &result)) return result;
  return ag_is_contiguous(x) ? x : ag_apply(at, &ag_op_contiguous, 1, &x, NULL);
}
