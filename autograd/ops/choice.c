/* Lanes, and operators that choose elements from them. */
#include "ops/choice.h"

#include "ops/attributes.h"
#include "ops/catalogue.h"

bool ag_check_lane(const ag_call *call, ag_shape shape, int axis) {
  return (shape.rank == 0 && (axis == 0 || axis == -1)) || ag_check_axis(call, shape, axis);
}

bool ag_lane_axis(const ag_call *call, ag_axes axes) {
  if (axes.count <= 1) return ag_check_lane(call, ag_shape_of(call->in[0]), ag_chosen_axis(axes));
  return ag_reject(call, AG_EVALUE, "%d axes are given; it takes one, or none for the last", axes.count);
}

int ag_chosen_axis(ag_axes axes) { return axes.count ? axes.axis[0] : -1; }

agk_reduce_geometry ag_lane_geometry(ag_shape shape, int axis) {
  agk_reduce_geometry g = {1, 1, 1};
  if (shape.rank == 0) return g;
  const int along = ag_axis(shape.rank, axis);
  g.reduce = shape.dim[along];
  for (int i = 0; i < along; i++) g.outer *= shape.dim[i];
  for (int i = along + 1; i < shape.rank; i++) g.inner *= shape.dim[i];
  return g;
}

ag_tensor *ag_apply_choice(ag_site at, const ag_op *op, ag_tensor *x, const void *attributes,
                           ag_tensor **indices) {
  ag_tensor *out[AG_MAX_OUTPUTS];
  ag_apply_all(at, op, 1, &x, attributes, out);
  if (indices) *indices = out[1];
  return out[0];
}

/* Adds g at the places of shape `whole`, along its axis. */
static ag_tensor *put(ag_tensor *g, ag_tensor *index, ag_shape whole, int axis) {
  const ag_gather_grad_attributes back = {axis, whole};
  return ag_apply(AG_HERE, &ag_op_gather_grad, 2, (ag_tensor *[]){g, index}, &back);
}

/* Index and gradient get the axis back that keepdim would have left. */
static ag_tensor *put_one(const ag_node *node, ag_tensor *g, ag_shape whole, int axis) {
  ag_shape one = whole;
  one.dim[axis] = 1;
  return put(ag_reshape(g, one), ag_reshape(node->out[1], one), whole, axis);
}

/* Of all elements in row-major order. */
static ag_tensor *put_one_of_all(const ag_node *node, ag_tensor *g) {
  const ag_tensor *x = node->in[0];
  return ag_reshape(put_one(node, g, AG_SHAPE(x->numel), 0), ag_shape_of(x));
}

ag_tensor *ag_put_back(const ag_node *node, ag_tensor *g, int axis) {
  const ag_tensor *x = node->in[0];
  return x->rank == 0 ? put_one_of_all(node, g) : put(g, node->out[1], ag_shape_of(x), axis);
}

ag_tensor *ag_put_one_back(const ag_node *node, ag_tensor *g, ag_axes axes) {
  const ag_tensor *x = node->in[0];
  if (x->rank == 0 || axes.count == 0) return put_one_of_all(node, g);
  return put_one(node, g, ag_shape_of(x), ag_axis(x->rank, axes.axis[0]));
}

void ag_reduced_choice_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_reduce_attributes *a = node->attributes;
  dx[0] = ag_put_one_back(node, g[0], a->axes);
}
