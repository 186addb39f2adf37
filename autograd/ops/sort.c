/* Elements of an axis in the order of their size, with their places.
 *
 *   sort      all of them
 *   topk      the first k, from the greatest or the least on
 *   kthvalue  the k-th least, counted from 1
 *   median    the one in the middle, the lower of two           dx = g at the places, 0 elsewhere
 *
 * Equal elements keep their order. NaN counts as greater than every number, but one NaN makes a median NaN.
 */
#ifndef AG_TYPE
#include <inttypes.h>

#include "kernels/order.h"
#include "ops/catalogue.h"
#include "ops/choice.h"
#include "ops/reduce.h"

static bool sort_shape(ag_call *call) {
  const ag_sort_attributes *a = call->attributes;
  if (!ag_lane_axis(call, a->axes)) return false;
  call->shape[0] = call->shape[1] = ag_shape_of(call->in[0]);
  call->dtype[1] = AG_I64;
  return true;
}

/* Refuses a k that is not in least .. the number of elements of a lane. */
static bool check_k(const ag_call *call, ag_axes axes, int64_t k, int64_t least) {
  const ag_shape shape = ag_shape_of(call->in[0]);
  const int64_t most = ag_lane_geometry(shape, ag_chosen_axis(axes)).reduce;
  if (k >= least && k <= most) return true;
  return ag_reject(call, AG_EVALUE, "k %" PRId64 " is not in %" PRId64 " .. %" PRId64 ", axis %d of %s", k,
                   least, most, ag_chosen_axis(axes), ag_shape_text(call->c, shape));
}

static bool topk_shape(ag_call *call) {
  const ag_topk_attributes *a = call->attributes;
  ag_shape shape = ag_shape_of(call->in[0]);
  if (!ag_lane_axis(call, a->axes) || !check_k(call, a->axes, a->k, shape.rank == 0)) return false;
  if (shape.rank > 0) shape.dim[ag_axis(shape.rank, ag_chosen_axis(a->axes))] = a->k;
  call->shape[0] = call->shape[1] = shape;
  call->dtype[1] = AG_I64;
  return true;
}

static bool kthvalue_shape(ag_call *call) {
  const ag_kthvalue_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK] = {false};
  if (!ag_lane_axis(call, a->axes) || !check_k(call, a->axes, a->k, 1)) return false;
  if (shape.rank > 0) in_set[ag_axis(shape.rank, ag_chosen_axis(a->axes))] = true;
  call->shape[0] = call->shape[1] = ag_reduced_shape(shape, in_set, a->keepdim);
  call->dtype[1] = AG_I64;
  return true;
}

static bool median_shape(ag_call *call) {
  if (!ag_reduce_lane_shape(call)) return false;
  call->shape[1] = call->shape[0];
  call->dtype[1] = AG_I64;
  return true;
}

#define AG_SELF "ops/sort.c"
#include "core/each_dtype.h"
#else

static void AG_NAME(order)(const ag_call *call, const agk_reduce_geometry *g, int64_t count,
                           bool descending) {
  void *workspace = ag_scratch(call, agk_order_workspace(g, call->threads));
  if (!workspace) return;
  AG_NAME(agk_order)
  (call->threads, g, count, descending, ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]),
   workspace);
}

static void AG_NAME(pick)(const ag_call *call, const agk_reduce_geometry *g, int64_t k, bool nan_wins) {
  void *workspace = ag_scratch(call, agk_order_workspace(g, call->threads));
  if (!workspace) return;
  AG_NAME(agk_pick)
  (call->threads, g, k, nan_wins, ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]),
   workspace);
}

static void AG_NAME(sort)(const ag_call *call) {
  const ag_sort_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(ag_shape_of(call->in[0]), ag_chosen_axis(a->axes));
  AG_NAME(order)(call, &g, g.reduce, a->descending);
}

static void AG_NAME(topk)(const ag_call *call) {
  const ag_topk_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(ag_shape_of(call->in[0]), ag_chosen_axis(a->axes));
  AG_NAME(order)(call, &g, a->k, !a->smallest);
}

static void AG_NAME(kthvalue)(const ag_call *call) {
  const ag_kthvalue_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(ag_shape_of(call->in[0]), ag_chosen_axis(a->axes));
  AG_NAME(pick)(call, &g, a->k - 1, false);
}

static void AG_NAME(median)(const ag_call *call) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  AG_NAME(pick)(call, p.block, (p.block->reduce - 1) / 2, true);
}
#endif

#ifndef AG_TYPE

static void sort_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_sort_attributes *a = node->attributes;
  dx[0] = ag_put_back(node, g[0], ag_chosen_axis(a->axes));
}

static void topk_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_topk_attributes *a = node->attributes;
  dx[0] = ag_put_back(node, g[0], ag_chosen_axis(a->axes));
}

static void kthvalue_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_kthvalue_attributes *a = node->attributes;
  dx[0] = ag_put_one_back(node, g[0], AG_AXES(ag_chosen_axis(a->axes)));
}

#define ASCENDING(...) AG_WITH(ag_sort_attributes, AG_LIST(__VA_ARGS__), false)
#define DESCENDING(...) AG_WITH(ag_sort_attributes, AG_LIST(__VA_ARGS__), true)
static const ag_sample sort_samples[] = {
    AG_WORKS(-2, 2, ASCENDING(1), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, DESCENDING(-2), AG_LIST(2, 7, 3)),
    AG_WORKS(-2, 2, AG_WITH(ag_sort_attributes, .descending = true), AG_LIST(2, 41)),
    AG_WORKS(-2, 2, ASCENDING(0), AG_POINT),
    AG_WORKS(-2, 2, ASCENDING(1), AG_LIST(2, 0)),
    AG_WORKS(-2, 2, ASCENDING(0), AG_LIST(1, 3)),
    AG_WORKS_IN(AG_I64, 6, DESCENDING(0), AG_LIST(9, 2)),
    AG_WORKS_IN(AG_I32, 6, ASCENDING(1), AG_LIST(2, 40)),
    AG_WORKS_IN(AG_U8, 255, ASCENDING(0), AG_LIST(7)),
    AG_WORKS_IN(AG_BOOL, 1, DESCENDING(1), AG_LIST(2, 5)),
    AG_REFUSED("sort: axis 2 does not exist in 2x3", ASCENDING(2), AG_LIST(2, 3)),
    AG_REFUSED("sort: axis 1 does not exist in scalar", ASCENDING(1), AG_POINT),
    AG_REFUSED("sort: 2 axes are given; it takes one, or none for the last", ASCENDING(0, 1), AG_LIST(2, 3)),
    AG_NO_MORE,
};

#define GREATEST(k, ...) AG_WITH(ag_topk_attributes, k, AG_LIST(__VA_ARGS__), false)
#define LEAST(k, ...) AG_WITH(ag_topk_attributes, k, AG_LIST(__VA_ARGS__), true)
static const ag_sample topk_samples[] = {
    AG_WORKS(-2, 2, GREATEST(3, 1), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, LEAST(2, -2), AG_LIST(2, 7, 3)),
    AG_WORKS(-2, 2, GREATEST(20, 1), AG_LIST(2, 41)),
    AG_WORKS(-2, 2, LEAST(41, 1), AG_LIST(2, 41)),
    AG_WORKS(-2, 2, AG_WITH(ag_topk_attributes, 1), AG_POINT),
    AG_WORKS(-2, 2, GREATEST(0, 1), AG_LIST(2, 3)),
    AG_WORKS_IN(AG_I64, 6, GREATEST(3, 0), AG_LIST(9, 2)),
    AG_WORKS_IN(AG_U8, 255, LEAST(20, 1), AG_LIST(2, 41)),
    AG_REFUSED("topk: k 4 is not in 0 .. 3, axis 1 of 2x3", GREATEST(4, 1), AG_LIST(2, 3)),
    AG_REFUSED("topk: k -1 is not in 0 .. 3, axis -1 of 2x3", AG_WITH(ag_topk_attributes, -1), AG_LIST(2, 3)),
    AG_REFUSED("topk: k 0 is not in 1 .. 1, axis -1 of scalar", AG_WITH(ag_topk_attributes, 0), AG_POINT),
    AG_REFUSED("topk: axis 2 does not exist in 2x3", GREATEST(1, 2), AG_LIST(2, 3)),
    AG_NO_MORE,
};

#define KTH(k, ...) AG_WITH(ag_kthvalue_attributes, k, AG_LIST(__VA_ARGS__), false)
static const ag_sample kthvalue_samples[] = {
    AG_WORKS(-2, 2, KTH(2, 1), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, AG_WITH(ag_kthvalue_attributes, 7, AG_LIST(-2), true), AG_LIST(2, 7, 3)),
    AG_WORKS(-2, 2, AG_WITH(ag_kthvalue_attributes, 30), AG_LIST(2, 41)),
    AG_WORKS(-2, 2, AG_WITH(ag_kthvalue_attributes, 1), AG_POINT),
    AG_WORKS(-2, 2, KTH(1, 1), AG_LIST(0, 3)),
    AG_WORKS_IN(AG_I64, 6, KTH(5, 0), AG_LIST(9, 2)),
    AG_WORKS_IN(AG_I32, 99, KTH(30, 1), AG_LIST(2, 41)),
    AG_REFUSED("kthvalue: k 0 is not in 1 .. 3, axis 1 of 2x3", KTH(0, 1), AG_LIST(2, 3)),
    AG_REFUSED("kthvalue: k 1 is not in 1 .. 0, axis 1 of 2x0", KTH(1, 1), AG_LIST(2, 0)),
    AG_REFUSED("kthvalue: axis 2 does not exist in 2x3", KTH(1, 2), AG_LIST(2, 3)),
    AG_NO_MORE,
};

static const ag_sample median_samples[] = {
    AG_ONE_AXIS_OR_ALL("median"),
    AG_WORKS(-2, 2, AG_OVER(1), AG_LIST(2, 40)),
    AG_SOME_ELEMENTS("median"),
    AG_WHOLE_NUMBERS,
    AG_SMALL_NUMBERS,
    AG_AT_MOST_ONE_AXIS("median"),
    AG_NO_MORE,
};

const ag_op ag_op_sort = {.name = "sort",
                          .formula = "x in the order of size along an axis, and the places",
                          .shapes = "(..., n, ...) -> (..., n, ...), places of that shape",
                          .n_in = 1,
                          .in_dtype = {AG_ALIKE},
                          .n_out = 2,
                          .attribute_size = sizeof(ag_sort_attributes),
                          .shape = sort_shape,
                          .forward = AG_EACH_DTYPE(sort),
                          .vjp = sort_vjp,
                          .samples = sort_samples};

const ag_op ag_op_topk = {.name = "topk",
                          .formula = "the k greatest or least x along an axis, and their places",
                          .shapes = "(..., n, ...) -> (..., k, ...), places of that shape",
                          .n_in = 1,
                          .in_dtype = {AG_ALIKE},
                          .n_out = 2,
                          .attribute_size = sizeof(ag_topk_attributes),
                          .shape = topk_shape,
                          .forward = AG_EACH_DTYPE(topk),
                          .vjp = topk_vjp,
                          .samples = topk_samples};

const ag_op ag_op_kthvalue = {.name = "kthvalue",
                              .formula = "the k-th least x along an axis, and its place",
                              .shapes = "x -> x without the axis, or with size 1 there, places of that shape",
                              .n_in = 1,
                              .in_dtype = {AG_ALIKE},
                              .n_out = 2,
                              .attribute_size = sizeof(ag_kthvalue_attributes),
                              .shape = kthvalue_shape,
                              .forward = AG_EACH_DTYPE(kthvalue),
                              .vjp = kthvalue_vjp,
                              .samples = kthvalue_samples};

const ag_op ag_op_median = {.name = "median",
                            .formula = "the lower middle x along an axis, and its place",
                            .shapes = "x -> x without the axis, or with size 1 there, places of that shape",
                            .n_in = 1,
                            .in_dtype = {AG_ALIKE},
                            .n_out = 2,
                            .attribute_size = sizeof(ag_reduce_attributes),
                            .shape = median_shape,
                            .forward = AG_EACH_DTYPE(median),
                            .vjp = ag_reduced_choice_vjp,
                            .samples = median_samples};

ag_tensor *(ag_sort)(ag_sort_args a) {
  return ag_apply_choice(a.at, &ag_op_sort, a.x, &(ag_sort_attributes){a.axes, a.descending}, a.indices);
}

ag_tensor *(ag_topk)(ag_topk_args a) {
  return ag_apply_choice(a.at, &ag_op_topk, a.x, &(ag_topk_attributes){a.k, a.axes, a.smallest}, a.indices);
}

ag_tensor *(ag_kthvalue)(ag_kthvalue_args a) {
  return ag_apply_choice(a.at, &ag_op_kthvalue, a.x, &(ag_kthvalue_attributes){a.k, a.axes, a.keepdim},
                         a.indices);
}

ag_tensor *(ag_median)(ag_along_args a) {
  return ag_apply_choice(a.at, &ag_op_median, a.x, &(ag_reduce_attributes){a.axes, a.keepdim}, a.indices);
}

/* The places alone have no gradient, so nothing is recorded. */
ag_tensor *(ag_argsort)(ag_argsort_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "argsort", 1, &a.x, &result)) return result;
  ag_ctx *c = a.x->c;
  ag_no_grad_begin(c);
  (ag_sort)((ag_sort_args){a.at, a.x, a.axes, a.descending, &result});
  ag_no_grad_end(c);
  return result;
}
#endif
