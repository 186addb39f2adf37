/* Placing elements by their index along one axis.
 *
 *   scatter       y[i][index[i][j][k]][k] = src[i][j][k] for axis 1, from x; the last of equal places wins
 *                 dx = scatter(g, index, 0),   dsrc = scatter_grad(g, index)
 *   scatter_grad  y[i][j][k] = x[i][index[i][j][k]][k], or 0 where a later element has the same place
 *                 dx = scatter(0, index, g)
 *
 * So the gradient is that of what was computed even where places are equal, which PyTorch leaves open. */
#include <string.h>

#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/lanes.h"
#include "ops/sample.h"

static bool scatter_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[0]);
  return ag_check_lanes(call, call->shape[0], a->axis) &&
         ag_check_shape(call, 2, "src", ag_shape_of(call->in[1]), "the shape of the index");
}

static bool scatter_grad_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[1]);
  return ag_check_lanes(call, ag_shape_of(call->in[0]), a->axis);
}

static void scatter(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  ag_tensor *y = call->out[0];
  const size_t size = ag_dtype_size(y->dtype);
  const ag_lanes l = ag_lanes_of(call->in[1], y, a->axis);
  memcpy(y->data, call->in[0]->data, (size_t)y->numel * size);
  ag_lanes_copy(call->threads, &l, size, call->in[2]->data, y->data, true);
}

/* Each thread notes, for the lane at work, which element of the index was the last to have a place. */
static void scatter_grad(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0];
  ag_tensor *y = call->out[0];
  const int64_t *index = ag_data(call->in[1]), size = (int64_t)ag_dtype_size(x->dtype);
  const ag_lanes l = ag_lanes_of(call->in[1], x, a->axis);
  const int64_t places = x->dim[l.axis], chunks = ag_chunks(l.count, 64);
  const int team = ag_team(call->threads, chunks, 16 * y->numel);
  int64_t *last = ag_scratch(call, (size_t)team * (size_t)places * sizeof *last);
  if (!last) return;
  memset(y->data, 0, (size_t)(y->numel * size));
  AG_PARALLEL_FOR(team)
  for (int64_t chunk = 0; chunk < chunks; chunk++) {
    const ag_range r = ag_chunk_range(chunk, chunks, l.count);
    int64_t *noted = last + ag_thread_index() * places;
    for (int64_t lane = r.begin; lane < r.end; lane++) {
      int64_t s, t;
      ag_lane_begin(&l, lane, &s, &t);
      for (int64_t i = 0; i < l.length; i++) noted[index[s + i * l.index_step]] = i;
      for (int64_t i = 0; i < l.length; i++, s += l.index_step) {
        if (noted[index[s]] == i)
          memcpy(y->data + s * size, x->data + (t + index[s] * l.large_step) * size, (size_t)size);
      }
    }
  }
}

static void scatter_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  if (ag_needs(node, 0)) {
    ag_tensor *zero = ag_filled(AG_HERE, node->c, g[0]->dtype, AG_SCALAR, 0);
    if (zero) dx[0] = ag_scatter(g[0], a->axis, node->in[1], zero);
  }
  if (ag_needs(node, 2))
    dx[2] = ag_apply(AG_HERE, &ag_op_scatter_grad, 2, (ag_tensor *[]){g[0], node->in[1]}, a);
}

static void scatter_grad_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  ag_tensor *zero = ag_filled(AG_HERE, node->c, g[0]->dtype, AG_SCALAR, 0);
  if (zero) dx[0] = ag_scatter(ag_expand(zero, ag_shape_of(node->in[0])), a->axis, node->in[1], g[0]);
}

#define ALONG(axis) AG_WITH(ag_axis_attributes, axis)
static const ag_sample scatter_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 1), AG_LIST(3, 1)),
    AG_WORKS_UP_TO(3, -2, 2, ALONG(-2), AG_LIST(3, 4, 2), AG_LIST(2, 7, 2), AG_LIST(2, 7, 2)),
    AG_WORKS_UP_TO(2, -2, 2, ALONG(0), AG_LIST(3, 3), AG_LIST(3, 3), AG_LIST(3, 3)),
    AG_WORKS_UP_TO(0, -2, 2, ALONG(0), AG_LIST(3, 2), AG_LIST(0, 2), AG_LIST(0, 2)),
    AG_WORKS_UP_TO(0, -2, 2, ALONG(1), AG_LIST(0, 2), AG_LIST(0, 5), AG_LIST(0, 5)),
    AG_REFUSED("scatter: index 3x1 does not fit 2x3; it may be larger along axis 1 alone", ALONG(1),
               AG_LIST(2, 3), AG_LIST(3, 1), AG_LIST(3, 1)),
    AG_REFUSED("scatter: src is 2x1, wanted is 2x2, the shape of the index", ALONG(1), AG_LIST(2, 3),
               AG_LIST(2, 2), AG_LIST(2, 1)),
    AG_REFUSED("scatter: axis 2 does not exist in 2x3", ALONG(2), AG_LIST(2, 3), AG_LIST(2, 1),
               AG_LIST(2, 1)),
    AG_REFUSED("scatter: axis 0 does not exist in scalar", ALONG(0), AG_POINT, AG_POINT, AG_POINT),
    AG_REFUSED("scatter: index 0 at 0 is not in 0 .. -1, axis 1 of 2x0", ALONG(1), AG_LIST(2, 0),
               AG_LIST(2, 1), AG_LIST(2, 1)),
    AG_NO_MORE,
};

static const ag_sample scatter_grad_samples[] = {
    AG_WORKS_UP_TO(4, -2, 2, ALONG(1), AG_LIST(3, 5), AG_LIST(3, 1)),
    AG_WORKS_UP_TO(3, -2, 2, ALONG(-2), AG_LIST(3, 4, 2), AG_LIST(2, 7, 2)),
    AG_WORKS_UP_TO(0, -2, 2, ALONG(0), AG_LIST(3, 2), AG_LIST(0, 2)),
    AG_REFUSED("scatter_grad: index 3x1 does not fit 2x3; it may be larger along axis 1 alone", ALONG(1),
               AG_LIST(2, 3), AG_LIST(3, 1)),
    AG_NO_MORE,
};

const ag_op ag_op_scatter = {.name = "scatter",
                             .formula = "x with src[i][j] at [i][index[i][j]] for axis 1",
                             .shapes = "(..., n, ...), (..., m, ...), (..., m, ...) -> (..., n, ...)",
                             .n_in = 3,
                             .in_dtype = {AG_ALIKE, AG_I64, AG_ALIKE},
                             .attribute_size = sizeof(ag_axis_attributes),
                             .shape = scatter_shape,
                             .forward = AG_EVERY_DTYPE(scatter),
                             .vjp = scatter_vjp,
                             .samples = scatter_samples};

const ag_op ag_op_scatter_grad = {.name = "scatter_grad",
                                  .formula =
                                      "x[i][index[i][j]] for axis 1, 0 where a later j has the same index",
                                  .shapes = "(..., n, ...), (..., m, ...) -> (..., m, ...)",
                                  .n_in = 2,
                                  .in_dtype = {AG_F32, AG_I64},
                                  .attribute_size = sizeof(ag_axis_attributes),
                                  .shape = scatter_grad_shape,
                                  .forward = {scatter_grad, scatter_grad},
                                  .vjp = scatter_grad_vjp,
                                  .samples = scatter_grad_samples};

ag_tensor *(ag_scatter)(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *src) {
  return ag_apply_to_lanes(at, &ag_op_scatter, x, axis, index, src);
}

/* Puts src, the slices that an index (n) names or a number, in the place of these slices of x. */
static ag_tensor *place_slices(ag_site at, const char *what, ag_tensor *x, int attribute, ag_tensor *index,
                               ag_tensor *src) {
  const int axis = ag_axis(x->rank, attribute);
  if (axis < 0 || index->rank > 1) {
    ag_fail(x->c, axis < 0 ? AG_EVALUE : AG_ESHAPE, at,
            axis < 0 ? "%s: axis %d does not exist in %s" : "%s: index along axis %d must be (n), found %s",
            what, attribute, ag_shape_text(x->c, ag_shape_of(axis < 0 ? x : index)));
    return &x->c->nil;
  }
  if (!ag_index_ready(at, what, index, x->dim[axis])) return &x->c->nil;
  ag_shape thin = {.rank = x->rank}, slices = ag_shape_of(x);
  for (int i = 0; i < x->rank; i++) thin.dim[i] = i == axis ? index->numel : 1;
  slices.dim[axis] = index->numel;
  index = (ag_expand)(at, (ag_reshape)(at, index, thin), slices);
  if (src->rank == 0) src = (ag_expand)(at, src, slices);
  return ag_apply(at, &ag_op_scatter, 3, (ag_tensor *[]){x, index, src}, &(ag_axis_attributes){axis});
}

ag_tensor *(ag_index_copy)(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *source) {
  ag_tensor *result;
  if (!ag_ready(at, "index_copy", 3, (ag_tensor *[]){x, index, source}, &result)) return result;
  return place_slices(at, "index_copy", x, axis, index, source);
}

ag_tensor *(ag_index_fill)(ag_site at, ag_tensor *x, int axis, ag_tensor *index, double value) {
  ag_tensor *result;
  if (!ag_ready(at, "index_fill", 2, (ag_tensor *[]){x, index}, &result)) return result;
  ag_tensor *number = ag_filled(at, x->c, x->dtype, AG_SCALAR, value);
  return number ? place_slices(at, "index_fill", x, axis, index, number) : result;
}
