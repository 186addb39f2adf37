/* Choosing elements by their index along one axis, and adding them back.
 *
 *   gather       y[i][j][k] = x[i][index[i][j][k]][k] for axis 1             dx = gather_grad(g, index)
 *   gather_grad  y[i][index[i][j][k]][k] += x[i][j][k], from zeros           dx = gather(g, index)
 *   scatter_add  y[i][index[i][j][k]][k] += src[i][j][k], from x             dx = g,   dsrc = gather(g,
 * index)
 */
#ifndef AG_TYPE
#include <string.h>

#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/lanes.h"
#include "ops/sample.h"

static bool gather_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[1]);
  return ag_check_lanes(call, ag_shape_of(call->in[0]), a->axis);
}

static bool gather_grad_shape(ag_call *call) {
  const ag_gather_grad_attributes *a = call->attributes;
  call->shape[0] = a->shape;
  return ag_check_lanes(call, a->shape, a->axis) &&
         ag_check_shape(call, 0, "x", ag_shape_of(call->in[1]), "the shape of the index");
}

static bool scatter_add_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[0]);
  return ag_check_lanes(call, call->shape[0], a->axis) &&
         ag_check_shape(call, 2, "src", ag_shape_of(call->in[1]), "the shape of the index");
}

/* Elements are copied as they are, whatever their type. */
static void gather(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0];
  const ag_lanes l = ag_lanes_of(call->in[1], x, a->axis);
  ag_lanes_copy(call->threads, &l, ag_dtype_size(x->dtype), call->out[0]->data, x->data, false);
}

#define AG_SELF "ops/gather.c"
#include "core/each_dtype.h"
#elif AG_BITS != 1

/* Adds the elements of small, which has the shape of the index, to those of large that they point to. */
static void AG_NAME(add_lanes)(int threads, const ag_lanes *l, const AG_TYPE *small, AG_TYPE *large) {
  const int64_t *index = ag_data(l->index);
  const int64_t chunks = ag_chunks(l->count, 64);
  AG_PARALLEL_FOR(ag_team(threads, chunks, 8 * l->index->numel))
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range r = ag_chunk_range(chunk, chunks, l->count);
    for (int64_t lane = r.begin; lane < r.end; lane++) {
      int64_t s, t;
      ag_lane_begin(l, lane, &s, &t);
      for (int64_t i = 0; i < l->length; i++, s += l->index_step) {
        AG_TYPE *to = large + t + index[s] * l->large_step;
        *to = (AG_TYPE)((AG_RING)*to + (AG_RING)small[s]);
      }
    }
  }
}

#if AG_BITS == 0
static void AG_NAME(gather_grad)(const ag_call *call) {
  const ag_gather_grad_attributes *a = call->attributes;
  ag_tensor *y = call->out[0];
  const ag_lanes l = ag_lanes_of(call->in[1], y, a->axis);
  memset(y->data, 0, (size_t)y->numel * sizeof(AG_TYPE));
  AG_NAME(add_lanes)(call->threads, &l, ag_data(call->in[0]), ag_data(y));
}
#endif

static void AG_NAME(scatter_add)(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  ag_tensor *y = call->out[0];
  const ag_lanes l = ag_lanes_of(call->in[1], y, a->axis);
  memcpy(y->data, call->in[0]->data, (size_t)y->numel * sizeof(AG_TYPE));
  AG_NAME(add_lanes)(call->threads, &l, ag_data(call->in[2]), ag_data(y));
}
#endif

#ifndef AG_TYPE

static void gather_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  const ag_gather_grad_attributes back = {a->axis, ag_shape_of(node->in[0])};
  dx[0] = ag_apply(AG_HERE, &ag_op_gather_grad, 2, (ag_tensor *[]){g[0], node->in[1]}, &back);
}

static void gather_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_gather_grad_attributes *a = node->attributes;
  dx[0] = ag_gather(g[0], a->axis, node->in[1]);
}

static void scatter_add_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  dx[0] = g[0];
  if (ag_needs(node, 2)) dx[2] = ag_gather(g[0], a->axis, node->in[1]);
}

#define ALONG(axis) AG_WITH(ag_axis_attributes, axis)
static const ag_sample gather_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 1)),
    AG_WORKS_UP_TO(3, -2, 2, ALONG(-2), AG_LIST(3, 4, 2), AG_LIST(2, 7, 2)),
    AG_WORKS_UP_TO(3, -2, 2, ALONG(0), AG_LIST(4, 3), AG_LIST(2, 2)),
    AG_WORKS_UP_TO(0, -2, 2, ALONG(0), AG_LIST(3, 2), AG_LIST(0, 2)),
    AG_REFUSED("gather: index 3x1 does not fit 2x3; it may be larger along axis 1 alone", ALONG(1),
               AG_LIST(2, 3), AG_LIST(3, 1)),
    AG_REFUSED("gather: index 2 does not fit 2x3; it may be larger along axis 1 alone", ALONG(1),
               AG_LIST(2, 3), AG_LIST(2)),
    AG_REFUSED("gather: axis 0 does not exist in scalar", ALONG(0), AG_POINT, AG_POINT),
    AG_REFUSED("gather: axis 2 does not exist in 2x3", ALONG(2), AG_LIST(2, 3), AG_LIST(2, 1)),
    AG_REFUSED("gather: index 0 at 0 is not in 0 .. -1, axis 1 of 2x0", ALONG(1), AG_LIST(2, 0),
               AG_LIST(2, 1)),
    AG_NO_MORE,
};

#define INTO(axis, ...) AG_WITH(ag_gather_grad_attributes, axis, AG_LIST(__VA_ARGS__))
static const ag_sample gather_grad_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, INTO(1, 3, 5), AG_LIST(3, 1), AG_LIST(3, 1)),
    AG_WORKS_UP_TO(3, -2, 2, INTO(-2, 3, 4, 2), AG_LIST(2, 7, 2), AG_LIST(2, 7, 2)),
    AG_WORKS_UP_TO(0, -2, 2, INTO(0, 3, 2), AG_LIST(0, 2), AG_LIST(0, 2)),
    AG_REFUSED("gather_grad: x is 2x2, wanted is 2x1, the shape of the index", INTO(1, 2, 3), AG_LIST(2, 2),
               AG_LIST(2, 1)),
    AG_REFUSED("gather_grad: index 3x1 does not fit 2x3; it may be larger along axis 1 alone", INTO(1, 2, 3),
               AG_LIST(3, 1), AG_LIST(3, 1)),
    AG_NO_MORE,
};

static const ag_sample scatter_add_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 2), AG_LIST(3, 2)),
    AG_WORKS_UP_TO(3, -2, 2, ALONG(-2), AG_LIST(3, 4, 2), AG_LIST(2, 7, 2), AG_LIST(2, 7, 2)),
    AG_WORKS_UP_TO(2, -2, 2, ALONG(0), AG_LIST(3, 3), AG_LIST(3, 3), AG_LIST(3, 3)),
    AG_WORKS_UP_TO(0, -2, 2, ALONG(0), AG_LIST(3, 2), AG_LIST(0, 2), AG_LIST(0, 2)),
    AG_WORKS_IN(AG_I64, 4, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 7), AG_LIST(3, 7)),
    AG_WORKS_IN(AG_I32, 4, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 7), AG_LIST(3, 7)),
    AG_WORKS_IN(AG_U8, 4, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 7), AG_LIST(3, 7)),
    AG_REFUSED("scatter_add: index 3x1 does not fit 2x3; it may be larger along axis 1 alone", ALONG(1),
               AG_LIST(2, 3), AG_LIST(3, 1), AG_LIST(3, 1)),
    AG_REFUSED("scatter_add: src is 2x1, wanted is 2x2, the shape of the index", ALONG(1), AG_LIST(2, 3),
               AG_LIST(2, 2), AG_LIST(2, 1)),
    AG_REFUSED("scatter_add: index 0 at 0 is not in 0 .. -1, axis 1 of 2x0", ALONG(1), AG_LIST(2, 0),
               AG_LIST(2, 1), AG_LIST(2, 1)),
    AG_NO_MORE,
};

const ag_op ag_op_gather = {.name = "gather",
                            .formula = "x[i][index[i][j]] for axis 1",
                            .shapes = "(..., n, ...), (..., m, ...) -> (..., m, ...)",
                            .n_in = 2,
                            .in_dtype = {AG_ANY, AG_I64},
                            .attribute_size = sizeof(ag_axis_attributes),
                            .shape = gather_shape,
                            .forward = AG_EVERY_DTYPE(gather),
                            .vjp = gather_vjp,
                            .samples = gather_samples};

const ag_op ag_op_gather_grad = {.name = "gather_grad",
                                 .formula = "zeros with x[i][j] added at [i][index[i][j]] for axis 1",
                                 .shapes = "(..., m, ...), (..., m, ...) -> (..., n, ...)",
                                 .n_in = 2,
                                 .in_dtype = {AG_F32, AG_I64},
                                 .attribute_size = sizeof(ag_gather_grad_attributes),
                                 .shape = gather_grad_shape,
                                 .forward = {gather_grad_f32, gather_grad_f64},
                                 .vjp = gather_grad_vjp,
                                 .samples = gather_grad_samples};

const ag_op ag_op_scatter_add = {
    .name = "scatter_add",
    .formula = "x with src[i][j] added at [i][index[i][j]] for axis 1",
    .shapes = "(..., n, ...), (..., m, ...), (..., m, ...) -> (..., n, ...)",
    .n_in = 3,
    .in_dtype = {AG_ALIKE, AG_I64, AG_ALIKE},
    .attribute_size = sizeof(ag_axis_attributes),
    .shape = scatter_add_shape,
    .forward = {scatter_add_f32, scatter_add_f64, scatter_add_i64, NULL, scatter_add_i32, scatter_add_u8},
    .vjp = scatter_add_vjp,
    .samples = scatter_add_samples};

ag_tensor *(ag_gather)(ag_site at, ag_tensor *x, int axis, ag_tensor *index) {
  return ag_apply(at, &ag_op_gather, 2, (ag_tensor *[]){x, index}, &(ag_axis_attributes){axis});
}

ag_tensor *(ag_take_along_dim)(ag_take_along_dim_args a) {
  ag_tensor *result, *x = a.x, *index = a.index;
  if (!ag_ready(a.at, "take_along_dim", 2, (ag_tensor *[]){x, index}, &result)) return result;
  if (a.axes.count == 0) {
    x = (ag_reshape)(a.at, x, AG_SHAPE(x->numel));
    return (ag_gather)(a.at, x, 0, (ag_reshape)(a.at, index, AG_SHAPE(index->numel)));
  }
  const int axis = ag_axis(x->rank, a.axes.axis[0]);
  ag_shape of_x = ag_shape_of(x), of_index = ag_shape_of(index), both;
  if (a.axes.count > 1 || axis < 0) {
    ag_fail(x->c, AG_EVALUE, a.at,
            axis < 0 ? "take_along_dim: axis %d does not exist in %s"
                     : "take_along_dim: %d axes are given for %s; it takes one, or none for all",
            axis < 0 ? a.axes.axis[0] : a.axes.count, ag_shape_text(x->c, of_x));
    return result;
  }
  if (index->rank == x->rank) of_index.dim[axis] = of_x.dim[axis];
  if (index->rank != x->rank || !ag_broadcast(of_x, of_index, &both)) {
    ag_fail(x->c, AG_ESHAPE, a.at, "take_along_dim: %s and index %s do not broadcast around axis %d",
            ag_shape_text(x->c, of_x), ag_shape_text(x->c, ag_shape_of(index)), axis);
    return result;
  }
  x = (ag_expand)(a.at, x, both);
  both.dim[axis] = index->dim[axis];
  return (ag_gather)(a.at, x, axis, (ag_expand)(a.at, index, both));
}

ag_tensor *(ag_scatter_add)(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *src) {
  return ag_apply_to_lanes(at, &ag_op_scatter_add, x, axis, index, src);
}
#endif
