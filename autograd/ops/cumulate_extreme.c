/* The greatest and the least element so far along an axis, and where it is.
 *
 *   cummax, cummin  y[i] = max(x[0] ... x[i]) and its place     dx = g added at the places, 0 elsewhere
 */
#ifndef AG_REAL
#include "kernels/cumulate.h"
#include "ops/catalogue.h"
#include "ops/choice.h"
#include "ops/sample.h"

static bool extreme_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = call->shape[1] = ag_shape_of(call->in[0]);
  call->dtype[1] = AG_I64;
  return ag_check_lane(call, call->shape[0], a->axis);
}

#define AG_SELF "ops/cumulate_extreme.c"
#include "core/each_real.h"
#else

static void AG_NAME(cummax)(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  AG_NAME(agk_cummax)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]));
}

static void AG_NAME(cummin)(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  AG_NAME(agk_cummin)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]), ag_data(call->out[1]));
}
#endif

#ifndef AG_REAL

static void extreme_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  dx[0] = ag_put_back(node, g[0], a->axis);
}

#define ALONG(axis) AG_WITH(ag_axis_attributes, axis)
#define SAMPLES(name)                                                                                        \
  {                                                                                                          \
    AG_WORKS(-2, 2, ALONG(1), AG_LIST(3, 5)), AG_WORKS(-2, 2, ALONG(-2), AG_LIST(2, 3, 4)),                  \
        AG_WORKS(-2, 2, ALONG(0), AG_LIST(3, 70)), AG_WORKS(-2, 2, ALONG(0), AG_POINT),                      \
        AG_WORKS(-2, 2, ALONG(1), AG_LIST(2, 0)),                                                            \
        AG_REFUSED(name ": axis 2 does not exist in 2x3", ALONG(2), AG_LIST(2, 3)), AG_NO_MORE               \
  }
static const ag_sample cummax_samples[] = SAMPLES("cummax");
static const ag_sample cummin_samples[] = SAMPLES("cummin");

const ag_op ag_op_cummax = {.name = "cummax",
                            .formula = "greatest of x[0] ... x[i] along an axis, and its last place",
                            .shapes = "(..., n, ...) -> (..., n, ...), places of that shape",
                            .n_in = 1,
                            .n_out = 2,
                            .attribute_size = sizeof(ag_axis_attributes),
                            .shape = extreme_shape,
                            .forward = {cummax_f32, cummax_f64},
                            .vjp = extreme_vjp,
                            .samples = cummax_samples};

const ag_op ag_op_cummin = {.name = "cummin",
                            .formula = "least of x[0] ... x[i] along an axis, and its last place",
                            .shapes = "(..., n, ...) -> (..., n, ...), places of that shape",
                            .n_in = 1,
                            .n_out = 2,
                            .attribute_size = sizeof(ag_axis_attributes),
                            .shape = extreme_shape,
                            .forward = {cummin_f32, cummin_f64},
                            .vjp = extreme_vjp,
                            .samples = cummin_samples};

ag_tensor *(ag_cummax)(ag_cumulate_args a) {
  return ag_apply_choice(a.at, &ag_op_cummax, a.x, &(ag_axis_attributes){a.axis}, a.indices);
}

ag_tensor *(ag_cummin)(ag_cumulate_args a) {
  return ag_apply_choice(a.at, &ag_op_cummin, a.x, &(ag_axis_attributes){a.axis}, a.indices);
}
#endif
