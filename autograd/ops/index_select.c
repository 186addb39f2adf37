/* Choosing whole slices by their index along one axis: rows of an embedding, for example.
 *
 *   index_select       y[i][j][k] = x[i][index[j]][k] for axis 1              dx = index_select_grad(g,
 * index) index_select_grad  y[i][index[j]][k] += x[i][j][k], from zeros            dx = index_select(g,
 * index) index_add          y[i][index[j]][k] += source[i][j][k], from x           dx = g, dsource =
 * index_select(g, index)
 *
 * Seen along the axis, a tensor is outer x size x inner. What is added to one slice comes in the order of the
 * index, by one thread. */
#ifndef AG_TYPE
#include <inttypes.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* The index is a row (or a number) of places along the axis; *selected is the shape of what it selects. */
static bool check_index(const ag_call *call, ag_shape shape, int attribute, ag_shape *selected) {
  const ag_tensor *index = call->in[1];
  if (!ag_check_axis(call, shape, attribute)) return false;
  const int axis = ag_axis(shape.rank, attribute);
  if (index->rank > 1)
    return ag_reject(call, AG_ESHAPE, "index must be (n), found %s", ag_operand_text(call, 1));
  *selected = shape;
  selected->dim[axis] = index->numel;
  int64_t at;
  const int64_t *bad = ag_find_outside(index, 0, shape.dim[axis] - 1, &at);
  if (!bad) return true;
  return ag_reject(call, AG_EVALUE,
                   "index %" PRId64 " at %" PRId64 " is not in 0 .. %" PRId64 ", axis %d of %s", *bad, at,
                   shape.dim[axis] - 1, axis, ag_shape_text(call->c, shape));
}

static bool index_select_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  return check_index(call, ag_shape_of(call->in[0]), a->axis, &call->shape[0]);
}

static bool index_select_grad_shape(ag_call *call) {
  const ag_gather_grad_attributes *a = call->attributes;
  ag_shape selected;
  call->shape[0] = a->shape;
  return check_index(call, a->shape, a->axis, &selected) &&
         ag_check_shape(call, 0, "x", selected, "the shape of what the index selects");
}

static bool index_add_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  ag_shape selected;
  call->shape[0] = ag_shape_of(call->in[0]);
  return check_index(call, call->shape[0], a->axis, &selected) &&
         ag_check_shape(call, 2, "source", selected, "the shape of what the index selects");
}

/* The tensor that the index points into, and how many slices are taken from it. */
typedef struct {
  int64_t outer, size, inner, taken;
  const int64_t *index;
} selection;

static selection selection_of(const ag_tensor *whole, const ag_tensor *index, int attribute) {
  const int axis = ag_axis(whole->rank, attribute);
  selection s = {1, whole->dim[axis], 1, index->numel, ag_data(index)};
  for (int i = 0; i < axis; i++) s.outer *= whole->dim[i];
  for (int i = axis + 1; i < whole->rank; i++) s.inner *= whole->dim[i];
  return s;
}

/* Elements are copied as they are, whatever their type. */
static void index_select(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const selection s = selection_of(call->in[0], call->in[1], a->axis);
  const size_t bytes = (size_t)s.inner * ag_dtype_size(call->in[0]->dtype);
  const char *x = ag_data(call->in[0]);
  char *y = ag_data(call->out[0]);
  const int64_t rows = s.outer * s.taken, chunks = ag_chunks(rows, 1 + 4096 / (1 + s.inner));
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, rows * (s.inner + 8)))
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range r = ag_chunk_range(chunk, chunks, rows);
    for (int64_t row = r.begin; row < r.end; row++) {
      const int64_t from = row / s.taken * s.size + s.index[row % s.taken];
      memcpy(y + (size_t)row * bytes, x + (size_t)from * bytes, bytes);
    }
  }
}

#define AG_SELF "ops/index_select.c"
#include "core/each_dtype.h"
#elif AG_BITS != 1

/* Adds a part of all selected slices to a part of theirs, within one outer place. */
AG_MULTIVERSION static void AG_NAME(add_part)(const selection *s, int64_t outer, ag_range part,
                                              const AG_TYPE *x, AG_TYPE *y) {
  for (int64_t j = 0; j < s->taken; j++) {
    const AG_TYPE *from = x + (outer * s->taken + j) * s->inner;
    AG_TYPE *to = y + (outer * s->size + s->index[j]) * s->inner;
    for (int64_t k = part.begin; k < part.end; k++) to[k] = (AG_TYPE)((AG_RING)to[k] + (AG_RING)from[k]);
  }
}

static void AG_NAME(add_slices)(int threads, const selection *s, const AG_TYPE *x, AG_TYPE *y) {
  const int64_t parts = ag_chunks(s->inner, 64), pieces = s->outer * parts;
  AG_PARALLEL_FOR(ag_team(threads, pieces, s->outer * s->taken * (s->inner + 8)))
  for (int64_t piece = 0; piece < pieces; piece++)
    AG_NAME(add_part)(s, piece / parts, ag_chunk_range(piece % parts, parts, s->inner), x, y);
}

#if AG_BITS == 0
static void AG_NAME(index_select_grad)(const ag_call *call) {
  const ag_gather_grad_attributes *a = call->attributes;
  ag_tensor *y = call->out[0];
  const selection s = selection_of(y, call->in[1], a->axis);
  memset(y->data, 0, (size_t)y->numel * sizeof(AG_TYPE));
  AG_NAME(add_slices)(call->threads, &s, ag_data(call->in[0]), ag_data(y));
}
#endif

static void AG_NAME(index_add)(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  ag_tensor *y = call->out[0];
  const selection s = selection_of(y, call->in[1], a->axis);
  memcpy(y->data, call->in[0]->data, (size_t)y->numel * sizeof(AG_TYPE));
  AG_NAME(add_slices)(call->threads, &s, ag_data(call->in[2]), ag_data(y));
}
#endif

#ifndef AG_TYPE

static void index_select_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  const ag_gather_grad_attributes back = {a->axis, ag_shape_of(node->in[0])};
  dx[0] = ag_apply(AG_HERE, &ag_op_index_select_grad, 2, (ag_tensor *[]){g[0], node->in[1]}, &back);
}

static void index_select_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_gather_grad_attributes *a = node->attributes;
  dx[0] = ag_index_select(g[0], a->axis, node->in[1]);
}

static void index_add_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  dx[0] = g[0];
  if (ag_needs(node, 2)) dx[2] = ag_index_select(g[0], a->axis, node->in[1]);
}

#define ALONG(axis) AG_WITH(ag_axis_attributes, axis)
static const ag_sample index_select_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, ALONG(1), AG_LIST(3, 5, 2), AG_LIST(4)),
    AG_WORKS_UP_TO(3, -2, 2, ALONG(0), AG_LIST(4, 3), AG_LIST(7)),
    AG_WORKS_UP_TO(2, -2, 2, ALONG(-1), AG_LIST(2, 3), AG_LIST(2)),
    AG_WORKS_UP_TO(2, -2, 2, ALONG(0), AG_LIST(3, 2), AG_POINT),
    AG_WORKS_UP_TO(0, -2, 2, ALONG(0), AG_LIST(3, 2), AG_LIST(0)),
    AG_WORKS_UP_TO(1, -2, 2, ALONG(1), AG_LIST(0, 2), AG_LIST(3)),
    AG_REFUSED("index_select: index must be (n), found 2x1", ALONG(0), AG_LIST(3, 2), AG_LIST(2, 1)),
    AG_REFUSED("index_select: axis 2 does not exist in 3x2", ALONG(2), AG_LIST(3, 2), AG_LIST(2)),
    AG_REFUSED("index_select: axis 0 does not exist in scalar", ALONG(0), AG_POINT, AG_LIST(2)),
    AG_REFUSED("index_select: index 0 at 0 is not in 0 .. -1, axis 1 of 2x0", ALONG(1), AG_LIST(2, 0),
               AG_LIST(1)),
    AG_NO_MORE,
};

#define INTO(axis, ...) AG_WITH(ag_gather_grad_attributes, axis, AG_LIST(__VA_ARGS__))
static const ag_sample index_select_grad_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, INTO(1, 3, 5, 2), AG_LIST(3, 4, 2), AG_LIST(4)),
    AG_WORKS_UP_TO(3, -2, 2, INTO(0, 4, 3), AG_LIST(7, 3), AG_LIST(7)),
    AG_WORKS_UP_TO(2, -2, 2, INTO(-1, 2, 3), AG_LIST(2, 2), AG_LIST(2)),
    AG_WORKS_UP_TO(0, -2, 2, INTO(0, 3, 2), AG_LIST(0, 2), AG_LIST(0)),
    AG_REFUSED("index_select_grad: x is 3x2, wanted is 2x2, the shape of what the index selects",
               INTO(0, 4, 2), AG_LIST(3, 2), AG_LIST(2)),
    AG_REFUSED("index_select_grad: index must be (n), found 2x1", INTO(0, 4, 2), AG_LIST(2, 2),
               AG_LIST(2, 1)),
    AG_NO_MORE,
};

static const ag_sample index_add_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, ALONG(1), AG_LIST(3, 5, 2), AG_LIST(4), AG_LIST(3, 4, 2)),
    AG_WORKS_UP_TO(2, -2, 2, ALONG(-2), AG_LIST(3, 3), AG_LIST(3), AG_LIST(3, 3)),
    AG_WORKS_UP_TO(0, -2, 2, ALONG(0), AG_LIST(3, 2), AG_LIST(0), AG_LIST(0, 2)),
    AG_WORKS_IN(AG_I64, 4, ALONG(0), AG_LIST(5, 3), AG_LIST(7), AG_LIST(7, 3)),
    AG_WORKS_IN(AG_I32, 4, ALONG(0), AG_LIST(5, 3), AG_LIST(7), AG_LIST(7, 3)),
    AG_WORKS_IN(AG_U8, 4, ALONG(0), AG_LIST(5, 3), AG_LIST(7), AG_LIST(7, 3)),
    AG_REFUSED("index_add: source is 3x2, wanted is 2x2, the shape of what the index selects", ALONG(0),
               AG_LIST(4, 2), AG_LIST(2), AG_LIST(3, 2)),
    AG_REFUSED("index_add: index must be (n), found 2x1", ALONG(0), AG_LIST(4, 2), AG_LIST(2, 1),
               AG_LIST(2, 2)),
    AG_REFUSED("index_add: index 0 at 0 is not in 0 .. -1, axis 0 of 0", ALONG(0), AG_LIST(0), AG_LIST(1),
               AG_LIST(1)),
    AG_NO_MORE,
};

const ag_op ag_op_index_select = {.name = "index_select",
                                  .formula = "x[index[i]] along an axis",
                                  .shapes = "(..., n, ...), (m) -> (..., m, ...)",
                                  .n_in = 2,
                                  .in_dtype = {AG_ANY, AG_I64},
                                  .attribute_size = sizeof(ag_axis_attributes),
                                  .shape = index_select_shape,
                                  .forward = AG_EVERY_DTYPE(index_select),
                                  .vjp = index_select_vjp,
                                  .samples = index_select_samples};

const ag_op ag_op_index_select_grad = {.name = "index_select_grad",
                                       .formula = "zeros with x[i] added at [index[i]] along an axis",
                                       .shapes = "(..., m, ...), (m) -> (..., n, ...)",
                                       .n_in = 2,
                                       .in_dtype = {AG_F32, AG_I64},
                                       .attribute_size = sizeof(ag_gather_grad_attributes),
                                       .shape = index_select_grad_shape,
                                       .forward = {index_select_grad_f32, index_select_grad_f64},
                                       .vjp = index_select_grad_vjp,
                                       .samples = index_select_grad_samples};

const ag_op ag_op_index_add = {
    .name = "index_add",
    .formula = "x with source[i] added at [index[i]] along an axis",
    .shapes = "(..., n, ...), (m), (..., m, ...) -> (..., n, ...)",
    .n_in = 3,
    .in_dtype = {AG_ALIKE, AG_I64, AG_ALIKE},
    .attribute_size = sizeof(ag_axis_attributes),
    .shape = index_add_shape,
    .forward = {index_add_f32, index_add_f64, index_add_i64, NULL, index_add_i32, index_add_u8},
    .vjp = index_add_vjp,
    .samples = index_add_samples};

ag_tensor *(ag_index_select)(ag_site at, ag_tensor *x, int axis, ag_tensor *index) {
  return ag_apply(at, &ag_op_index_select, 2, (ag_tensor *[]){x, index}, &(ag_axis_attributes){axis});
}

ag_tensor *(ag_index_add)(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *source) {
  return ag_apply(at, &ag_op_index_add, 3, (ag_tensor *[]){x, index, source}, &(ag_axis_attributes){axis});
}
#endif
