/* Choosing elements by their index along one axis.
 *
 *   gather       y[i][j][k] = x[i][index[i][j][k]][k] for axis 1             dx = gather_grad(g, index)
 *   gather_grad  y[i][index[i][j][k]][k] += x[i][j][k], from zeros           dx = gather(g, index)
 *
 * The elements that share all coordinates but that along the axis are a lane. A lane of y depends on one lane
 * of x alone, so lanes are shared among threads; within a lane the order is that of the index. */
#ifndef AG_REAL
#include <inttypes.h>
#include <string.h>

#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* The index has the rank of the indexed shape, is no larger elsewhere and its values are places along the
 * axis. */
static bool check_index(const ag_call *call, ag_shape shape, int attribute) {
  const ag_shape index = ag_shape_of(call->in[1]);
  if (!ag_check_axis(call, shape, attribute)) return false;
  const int axis = ag_axis(shape.rank, attribute);
  bool fits = index.rank == shape.rank;
  for (int i = 0; i < shape.rank && fits; i++) fits = i == axis || index.dim[i] <= shape.dim[i];
  if (!fits) {
    return ag_reject(call, AG_ESHAPE, "index %s does not fit %s; it may be larger along axis %d alone",
                     ag_shape_text(call->c, index), ag_shape_text(call->c, shape), axis);
  }
  int64_t at;
  const int64_t *bad = ag_find_outside(call->in[1], 0, shape.dim[axis] - 1, &at);
  if (!bad) return true;
  return ag_reject(call, AG_EVALUE,
                   "index %" PRId64 " at %" PRId64 " is not in 0 .. %" PRId64 ", axis %d of %s", *bad, at,
                   shape.dim[axis] - 1, axis, ag_shape_text(call->c, shape));
}

static bool gather_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[1]);
  return check_index(call, ag_shape_of(call->in[0]), a->axis);
}

static bool gather_grad_shape(ag_call *call) {
  const ag_gather_grad_attributes *a = call->attributes;
  call->shape[0] = a->shape;
  return check_index(call, a->shape, a->axis) &&
         ag_check_shape(call, 0, "x", ag_shape_of(call->in[1]), "the shape of the index");
}

/* The lanes of an index and of the larger tensor that it points into, both contiguous. */
typedef struct {
  const ag_tensor *index, *large;
  int axis;
  int64_t count, length, index_step, large_step;
} lanes;

static lanes lanes_of(const ag_tensor *index, const ag_tensor *large, int attribute) {
  lanes l = {.index = index, .large = large, .axis = ag_axis(index->rank, attribute)};
  l.length = index->dim[l.axis];
  l.count = l.length ? index->numel / l.length : 0;
  l.index_step = l.large_step = 1;
  for (int i = l.axis + 1; i < index->rank; i++) {
    l.index_step *= index->dim[i];
    l.large_step *= large->dim[i];
  }
  return l;
}

/* Where a lane begins in the index and in the large tensor. */
static void lane_begin(const lanes *l, int64_t lane, int64_t *in_index, int64_t *in_large) {
  int64_t index_stride = 1, large_stride = 1;
  *in_index = *in_large = 0;
  for (int i = l->index->rank - 1; i >= 0; i--) {
    if (i != l->axis) {
      const int64_t place = lane % l->index->dim[i];
      lane /= l->index->dim[i];
      *in_index += place * index_stride;
      *in_large += place * large_stride;
    }
    index_stride *= l->index->dim[i];
    large_stride *= l->large->dim[i];
  }
}

#define AG_SELF "ops/gather.c"
#include "core/each_real.h"
#else

/* Kernels. small has the shape of the index. */
static void AG_NAME(each_lane)(int threads, const lanes *l, AG_REAL *small, AG_REAL *large, bool scatter) {
  const int64_t *index = ag_data(l->index);
  const int64_t chunks = ag_chunks(l->count, 64);
  AG_PARALLEL_FOR(ag_team(threads, chunks, 8 * l->index->numel))
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range r = ag_chunk(chunk, chunks, l->count);
    for (int64_t lane = r.begin; lane < r.end; lane++) {
      int64_t s, t;
      lane_begin(l, lane, &s, &t);
      for (int64_t i = 0; i < l->length; i++, s += l->index_step) {
        AG_REAL *place = large + t + index[s] * l->large_step;
        if (scatter) {
          *place += small[s];
        } else {
          small[s] = *place;
        }
      }
    }
  }
}

static void AG_NAME(gather)(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const lanes l = lanes_of(call->in[1], call->in[0], a->axis);
  AG_NAME(each_lane)(call->threads, &l, ag_data(call->out[0]), ag_data(call->in[0]), false);
}

static void AG_NAME(gather_grad)(const ag_call *call) {
  const ag_gather_grad_attributes *a = call->attributes;
  const lanes l = lanes_of(call->in[1], call->out[0], a->axis);
  memset(call->out[0]->data, 0, (size_t)call->out[0]->numel * sizeof(AG_REAL));
  AG_NAME(each_lane)(call->threads, &l, ag_data(call->in[0]), ag_data(call->out[0]), true);
}
#endif

#ifndef AG_REAL

static void gather_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  const ag_gather_grad_attributes back = {a->axis, ag_shape_of(node->in[0])};
  dx[0] = ag_apply(AG_HERE, &ag_op_gather_grad, 2, (ag_tensor *[]){g[0], node->in[1]}, &back);
}

static void gather_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_gather_grad_attributes *a = node->attributes;
  dx[0] = ag_gather(g[0], a->axis, node->in[1]);
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

const ag_op ag_op_gather = {.name = "gather",
                            .formula = "x[i][index[i][j]] for axis 1",
                            .n_in = 2,
                            .in_dtype = {AG_F32, AG_I64},
                            .attribute_size = sizeof(ag_axis_attributes),
                            .shape = gather_shape,
                            .forward = {gather_f32, gather_f64},
                            .vjp = gather_vjp,
                            .samples = gather_samples};

const ag_op ag_op_gather_grad = {.name = "gather_grad",
                                 .formula = "zeros with x[i][j] added at [i][index[i][j]] for axis 1",
                                 .n_in = 2,
                                 .in_dtype = {AG_F32, AG_I64},
                                 .attribute_size = sizeof(ag_gather_grad_attributes),
                                 .shape = gather_grad_shape,
                                 .forward = {gather_grad_f32, gather_grad_f64},
                                 .vjp = gather_grad_vjp,
                                 .samples = gather_grad_samples};

ag_tensor *(ag_gather)(ag_site at, ag_tensor *x, int axis, ag_tensor *index) {
  return ag_apply(at, &ag_op_gather, 2, (ag_tensor *[]){x, index}, &(ag_axis_attributes){axis});
}
#endif
