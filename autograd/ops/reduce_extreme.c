/* Greatest and least elements over axes, and where they are.
 *
 *   max, min              y = max x                                dx = g m / sum m, m = 1 where x = y, else
 * 0 argmax, argmin        y = the first place of max x max_along, min_along  y = max x and that place dx = g
 * at that place, 0 elsewhere
 *
 * The last two take one axis, or all elements in row-major order. NaN beats every number. */
#ifndef AG_TYPE
#include "kernels/whole.h"
#include "ops/catalogue.h"
#include "ops/choice.h"
#include "ops/reduce.h"

static bool place_shape(ag_call *call) {
  call->dtype[0] = AG_I64;
  return ag_reduce_lane_shape(call);
}

static bool along_shape(ag_call *call) {
  if (!ag_reduce_lane_shape(call)) return false;
  call->shape[1] = call->shape[0];
  call->dtype[1] = AG_I64;
  return true;
}

#define AG_SELF "ops/reduce_extreme.c"
#include "core/each_dtype.h"
#else

static void AG_NAME(max_step)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                              void *workspace) {
  (void)workspace;
  AG_NAME(agk_reduce_max)(threads, g, x, y, NULL);
}

static void AG_NAME(min_step)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                              void *workspace) {
  (void)workspace;
  AG_NAME(agk_reduce_min)(threads, g, x, y, NULL);
}

static void AG_NAME(max)(const ag_call *call) { AG_NAME(ag_reduce_run)(call, AG_NAME(max_step), 0); }

static void AG_NAME(min)(const ag_call *call) { AG_NAME(ag_reduce_run)(call, AG_NAME(min_step), 0); }

static void AG_NAME(argmax)(const ag_call *call) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  AG_NAME(agk_reduce_max)(call->threads, p.block, ag_data(call->in[0]), NULL, ag_data(call->out[0]));
}

static void AG_NAME(argmin)(const ag_call *call) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  AG_NAME(agk_reduce_min)(call->threads, p.block, ag_data(call->in[0]), NULL, ag_data(call->out[0]));
}

static void AG_NAME(max_along)(const ag_call *call) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  AG_NAME(agk_reduce_max)
  (call->threads, p.block, ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]));
}

static void AG_NAME(min_along)(const ag_call *call) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  AG_NAME(agk_reduce_min)
  (call->threads, p.block, ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]));
}
#endif

#ifndef AG_TYPE

static void extreme_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_reduce_attributes *a = node->attributes;
  ag_tensor *mask = ag_equal_mask(node->in[0], ag_reduce_aligned(node, node->out[0]));
  dx[0] = ag_mul(mask, ag_div(ag_reduce_aligned(node, g[0]), ag_sum(mask, .axes = a->axes, .keepdim = true)));
}

#define EXTREME_SAMPLES(name)                                                                                \
  {                                                                                                          \
    AG_ONE_AXIS_OR_ALL(name), AG_SEVERAL_AXES(name), AG_SOME_ELEMENTS(name), AG_WHOLE_NUMBERS,               \
        AG_SMALL_NUMBERS, AG_NO_MORE                                                                         \
  }
#define PLACE_SAMPLES(name)                                                                                  \
  {                                                                                                          \
    AG_ONE_AXIS_OR_ALL(name), AG_SOME_ELEMENTS(name), AG_AT_MOST_ONE_AXIS(name), AG_WHOLE_NUMBERS,           \
        AG_SMALL_NUMBERS, AG_NO_MORE                                                                         \
  }
static const ag_sample max_samples[] = EXTREME_SAMPLES("max");
static const ag_sample min_samples[] = EXTREME_SAMPLES("min");
static const ag_sample argmax_samples[] = PLACE_SAMPLES("argmax");
static const ag_sample argmin_samples[] = PLACE_SAMPLES("argmin");
static const ag_sample max_along_samples[] = PLACE_SAMPLES("max_along");
static const ag_sample min_along_samples[] = PLACE_SAMPLES("min_along");

const ag_op ag_op_max = {.name = "max",
                         .formula = "greatest x over axes; equal ones share the gradient",
                         .shapes = "x -> x without the axes, or with size 1 there",
                         .n_in = 1,
                         .in_dtype = {AG_ALIKE},
                         .attribute_size = sizeof(ag_reduce_attributes),
                         .shape = ag_reduce_some_shape,
                         .forward = AG_EACH_DTYPE(max),
                         .vjp = extreme_vjp,
                         .samples = max_samples};

const ag_op ag_op_min = {.name = "min",
                         .formula = "least x over axes; equal ones share the gradient",
                         .shapes = "x -> x without the axes, or with size 1 there",
                         .n_in = 1,
                         .in_dtype = {AG_ALIKE},
                         .attribute_size = sizeof(ag_reduce_attributes),
                         .shape = ag_reduce_some_shape,
                         .forward = AG_EACH_DTYPE(min),
                         .vjp = extreme_vjp,
                         .samples = min_samples};

const ag_op ag_op_argmax = {.name = "argmax",
                            .formula = "place of the first greatest x along an axis",
                            .shapes = "x -> x without the axis, or with size 1 there",
                            .n_in = 1,
                            .in_dtype = {AG_ALIKE},
                            .attribute_size = sizeof(ag_reduce_attributes),
                            .shape = place_shape,
                            .forward = AG_EACH_DTYPE(argmax),
                            .not_differentiable = "the result is a place",
                            .samples = argmax_samples};

const ag_op ag_op_argmin = {.name = "argmin",
                            .formula = "place of the first least x along an axis",
                            .shapes = "x -> x without the axis, or with size 1 there",
                            .n_in = 1,
                            .in_dtype = {AG_ALIKE},
                            .attribute_size = sizeof(ag_reduce_attributes),
                            .shape = place_shape,
                            .forward = AG_EACH_DTYPE(argmin),
                            .not_differentiable = "the result is a place",
                            .samples = argmin_samples};

const ag_op ag_op_max_along = {.name = "max_along",
                               .formula = "greatest x along an axis, and the first place that has it",
                               .shapes =
                                   "x -> x without the axis, or with size 1 there, places of that shape",
                               .n_in = 1,
                               .in_dtype = {AG_ALIKE},
                               .n_out = 2,
                               .attribute_size = sizeof(ag_reduce_attributes),
                               .shape = along_shape,
                               .forward = AG_EACH_DTYPE(max_along),
                               .vjp = ag_reduced_choice_vjp,
                               .samples = max_along_samples};

const ag_op ag_op_min_along = {.name = "min_along",
                               .formula = "least x along an axis, and the first place that has it",
                               .shapes =
                                   "x -> x without the axis, or with size 1 there, places of that shape",
                               .n_in = 1,
                               .in_dtype = {AG_ALIKE},
                               .n_out = 2,
                               .attribute_size = sizeof(ag_reduce_attributes),
                               .shape = along_shape,
                               .forward = AG_EACH_DTYPE(min_along),
                               .vjp = ag_reduced_choice_vjp,
                               .samples = min_along_samples};

ag_tensor *(ag_max)(ag_reduce_args a) { return ag_reduce(&ag_op_max, &a); }

ag_tensor *(ag_min)(ag_reduce_args a) { return ag_reduce(&ag_op_min, &a); }

ag_tensor *(ag_amax)(ag_reduce_args a) { return ag_reduce(&ag_op_max, &a); }

ag_tensor *(ag_amin)(ag_reduce_args a) { return ag_reduce(&ag_op_min, &a); }

ag_tensor *(ag_argmax)(ag_reduce_args a) { return ag_reduce(&ag_op_argmax, &a); }

ag_tensor *(ag_argmin)(ag_reduce_args a) { return ag_reduce(&ag_op_argmin, &a); }

static ag_tensor *along(const ag_op *op, const ag_along_args *a) {
  const ag_reduce_attributes attributes = {a->axes, a->keepdim};
  return ag_apply_choice(a->at, op, a->x, &attributes, a->indices);
}

ag_tensor *(ag_max_along)(ag_along_args a) { return along(&ag_op_max_along, &a); }

ag_tensor *(ag_min_along)(ag_along_args a) { return along(&ag_op_min_along, &a); }
#endif
