/* Lanes: the elements of a tensor that share all coordinates but the one along an axis. An index of the same
 * rank points, lane by lane, from its own elements to those of a larger tensor. */
#ifndef AG_OPS_LANES_H
#define AG_OPS_LANES_H

#include "ops/attributes.h"
#include "ops/check.h"

/* The lanes of an index and of the larger tensor, both contiguous. Element i of a lane is index_step i (and
 * large_step i) elements behind its first one. */
typedef struct {
  const ag_tensor *index, *large;
  int axis;
  int64_t count, length, index_step, large_step;
} ag_lanes;

/* Whether the index, operand 1, has the rank of the indexed shape, is no larger elsewhere, and has places
 * along the axis for values; refuses it when not. */
bool ag_check_lanes(const ag_call *call, ag_shape shape, int axis);
ag_lanes ag_lanes_of(const ag_tensor *index, const ag_tensor *large, int axis);
/* Where a lane begins in the index and in the large tensor. */
void ag_lane_begin(const ag_lanes *l, int64_t lane, int64_t *in_index, int64_t *in_large);
/* Copies between all elements of `small`, which has the shape of the index, and what they point to: to small,
 * or, in the order of the index, from it. */
void ag_lanes_copy(int threads, const ag_lanes *l, size_t size, char *small, char *large, bool from_small);
/* op, of operands x, index and src, for the arguments of a user: a src that is larger than the index gives
 * its first elements, a number stands for all. */
ag_tensor *ag_apply_to_lanes(ag_site at, const ag_op *op, ag_tensor *x, int axis, ag_tensor *index,
                             ag_tensor *src);

#endif
