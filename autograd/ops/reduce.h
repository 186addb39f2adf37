/* What the families of reductions share: shapes, the order in which blocks of axes are reduced, and samples.
 */
#ifndef AG_TYPE
#ifndef AG_OPS_REDUCE_H
#define AG_OPS_REDUCE_H

#include "kernels/reduce.h"
#include "ops/check.h"
#include "ops/sample.h"

/* What the kernels do one after the other: at most every other axis starts a block. */
typedef struct {
  int count;
  agk_reduce_geometry block[AG_MAX_RANK / 2];
} ag_reduce_plan;

/* The shape without the axes of the set, or with size 1 there. */
ag_shape ag_reduced_shape(ag_shape shape, const bool *in_set, bool keepdim);
/* The shape rule of a reduction, and that of one that asks for at least one element. */
bool ag_reduce_shape(ag_call *call);
bool ag_reduce_some_shape(ag_call *call);
/* The same along one axis, or of all elements in row-major order. */
bool ag_reduce_lane_shape(ag_call *call);
/* Blocks from the last to the first, so that the first pass over the operand runs along memory. */
ag_reduce_plan ag_plan_reduction(const ag_call *call);
/* A tensor of the result's shape, with size 1 along the reduced axes, so that it broadcasts against the
 * operand. */
ag_tensor *ag_reduce_aligned(const ag_node *node, ag_tensor *y);
ag_tensor *ag_reduce(const ag_op *op, const ag_reduce_args *a);
/* The same for an operator whose results of whole numbers and truths are int64. */
ag_tensor *ag_reduce_widened(const ag_op *op, ag_reduce_args a);

/* Attributes of samples. */
#define AG_OVER_ALL AG_WITH(ag_reduce_attributes, .keepdim = false)
#define AG_OVER(...) AG_WITH(ag_reduce_attributes, AG_LIST(__VA_ARGS__), false)
#define AG_KEEPING(...) AG_WITH(ag_reduce_attributes, AG_LIST(__VA_ARGS__), true)
/* Samples: no axes, one, adjacent and scattered ones, negative ones, and no elements. */
#define AG_ONE_AXIS_OR_ALL(name)                                                                             \
  AG_WORKS(-2, 2, AG_OVER_ALL, AG_POINT), AG_WORKS(-2, 2, AG_OVER_ALL, AG_LIST(3, 5)),                       \
      AG_WORKS(-2, 2, AG_OVER(1), AG_LIST(2, 3, 4)), AG_WORKS(-2, 2, AG_KEEPING(-1), AG_LIST(2, 1, 7)),      \
      AG_WORKS(-2, 2, AG_OVER(1), AG_LIST(0, 3)),                                                            \
      AG_REFUSED(name ": axis 2 does not exist in 2x3", AG_OVER(2), AG_LIST(2, 3))
#define AG_SEVERAL_AXES(name)                                                                                \
  AG_WORKS(-2, 2, AG_OVER(0, 2, 3), AG_LIST(4, 3, 2, 5)),                                                    \
      AG_WORKS(-2, 2, AG_KEEPING(-1, 0, 2), AG_LIST(3, 2, 3, 1, 2)),                                         \
      AG_REFUSED(name ": axis -1 of 2x3 is given twice", AG_OVER(1, -1), AG_LIST(2, 3))
#define AG_SOME_ELEMENTS(name) AG_REFUSED(name ": axis 1 of 3x0 has no elements", AG_OVER(-1), AG_LIST(3, 0))
#define AG_AT_MOST_ONE_AXIS(name)                                                                            \
  AG_REFUSED(name ": 2 axes are given; it takes one, or none for all", AG_OVER(0, 2), AG_LIST(2, 3, 4))

/* Whole numbers, and truths. */
#define AG_WHOLE_NUMBERS                                                                                     \
  AG_WORKS_IN(AG_I64, 6, AG_OVER(1), AG_LIST(2, 9)), AG_WORKS_IN(AG_I64, 3, AG_OVER_ALL, AG_LIST(3, 2)),     \
      AG_WORKS_IN(AG_I64, 6, AG_KEEPING(0), AG_LIST(4, 3))
#define AG_SMALL_NUMBERS                                                                                     \
  AG_WORKS_IN(AG_I32, 6, AG_OVER(1), AG_LIST(2, 9, 2)), AG_WORKS_IN(AG_U8, 255, AG_OVER_ALL, AG_LIST(3, 2)), \
      AG_WORKS_IN(AG_BOOL, 1, AG_OVER(-1), AG_LIST(4, 3))

#define AG_SELF "ops/reduce.h"
#include "core/each_dtype.h"
#endif
#else

typedef void AG_NAME(ag_reduce_step)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                                     void *workspace);
/* Runs the steps of the plan, each with that many bytes of workspace. */
void AG_NAME(ag_reduce_run)(const ag_call *call, AG_NAME(ag_reduce_step) * step, size_t workspace);
#endif
