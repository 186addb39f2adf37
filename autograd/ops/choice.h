/* What operators share that work along one axis, and those whose results are elements of their operand. The
 * elements that share all coordinates but that along the axis are a lane; a number is a lane of its own, and
 * as in PyTorch it has the axes 0 and -1. */
#ifndef AG_OPS_CHOICE_H
#define AG_OPS_CHOICE_H

#include "kernels/reduce.h"
#include "ops/check.h"

/* Refuses an axis that no lane of the shape runs along. */
bool ag_check_lane(const ag_call *call, ag_shape shape, int axis);
/* The axis that was asked for; of none, the last. Refuses more than one. */
bool ag_lane_axis(const ag_call *call, ag_axes axes);
int ag_chosen_axis(ag_axes axes);
/* The lanes of a shape along an axis that it has. */
agk_reduce_geometry ag_lane_geometry(ag_shape shape, int axis);

/* Applies an operator of one operand with two results, values and their places: returns the values and stores
 * the places where `indices` says, unless that is NULL. */
ag_tensor *ag_apply_choice(ag_site at, const ag_op *op, ag_tensor *x, const void *attributes,
                           ag_tensor **indices);
/* The gradient of such an operator: zeros with g added at the places that were chosen along the axis. */
ag_tensor *ag_put_back(const ag_node *node, ag_tensor *g, int axis);
/* The same where one element was chosen, along the axis or, where there is none, of all, with or without
 * keepdim. */
ag_tensor *ag_put_one_back(const ag_node *node, ag_tensor *g, ag_axes axes);
/* A vjp that does this for an operator with ag_reduce_attributes. */
void ag_reduced_choice_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx);

#endif
