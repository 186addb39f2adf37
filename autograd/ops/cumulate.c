/* What grows along an axis. Indices below run along it.
 *
 *   cumsum        y[i] = x[0] + ... + x[i]                dx = cumsum(g) in reverse
 *   cumprod       y[i] = x[0] ... x[i]                    dx[i] = y[i-1] s[i]
 *   logcumsumexp  y[i] = log(e^x[0] + ... + e^x[i])       dx[i] = e^(x[i] - y[i]) t[i]
 *   recurrence    y[i] = a[i-1] y[i-1] + b[i]             db = z,  da[i] = z[i+1] y[i]
 *                 in reverse y[i] = a[i] y[i+1] + b[i]    db = z,  da[i] = z[i] y[i+1]
 *
 * where y[-1] of cumprod is 1 and the others start from 0. z is the recurrence of g with the same a in the
 * other direction; s and t are that in reverse, s[i] = x[i+1] s[i+1] + g[i] and t[i] = e^(y[i] - y[i+1])
 * t[i+1] + g[i]. So nothing is divided by x, gradients of any order hold where factors are 0, and no power
 * overflows. */
#ifndef AG_REAL
#include <float.h>
#include <math.h>

#include "kernels/cumulate.h"
#include "kernels/whole.h"
#include "ops/catalogue.h"
#include "ops/cumulate.h"
#include "ops/choice.h"
#include "ops/sample.h"

static bool along_axis_shape(ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[0]);
  return ag_check_lane(call, call->shape[0], a->axis);
}

static bool cumsum_shape(ag_call *call) {
  const ag_cumulate_attributes *a = call->attributes;
  call->shape[0] = ag_shape_of(call->in[0]);
  return ag_check_lane(call, call->shape[0], a->axis);
}

/* a links neighbours, so it is one element shorter than b. */
static bool recurrence_shape(ag_call *call) {
  const ag_cumulate_attributes *a = call->attributes;
  ag_shape links = call->shape[0] = ag_shape_of(call->in[1]);
  if (!ag_check_axis(call, links, a->axis)) return false;
  int64_t *length = &links.dim[ag_axis(links.rank, a->axis)];
  *length -= *length > 0;
  return ag_check_shape(call, 0, "a", links, "that of b with one element less along the axis");
}

#define AG_SELF "ops/cumulate.c"
#include "core/each_real.h"
#else

static void AG_NAME(cumsum)(const ag_call *call) {
  const ag_cumulate_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  AG_NAME(agk_cumsum)(call->threads, &g, a->reverse, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(cumprod)(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  AG_NAME(agk_cumprod)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(logcumsumexp)(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  AG_NAME(agk_logcumsumexp)(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void AG_NAME(recurrence)(const ag_call *call) {
  const ag_cumulate_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  AG_NAME(agk_recurrence)
  (call->threads, &g, a->reverse, ag_data(call->in[0]), ag_data(call->in[1]), ag_data(call->out[0]));
}
#endif

#ifndef AG_REAL

static void cumsum_i64(const ag_call *call) {
  const ag_cumulate_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  agk_cumsum_i64(call->threads, &g, a->reverse, ag_data(call->in[0]), ag_data(call->out[0]));
}

static void cumprod_i64(const ag_call *call) {
  const ag_axis_attributes *a = call->attributes;
  const agk_reduce_geometry g = ag_lane_geometry(call->shape[0], a->axis);
  agk_cumprod_i64(call->threads, &g, ag_data(call->in[0]), ag_data(call->out[0]));
}

/* x without its last element, or without its first. */
static ag_tensor *without_last(ag_tensor *x, int axis) {
  const int64_t n = ag_dim(x, axis);
  return ag_slice(x, axis, 0, n > 0 ? n - 1 : 0, 1);
}

static ag_tensor *without_first(ag_tensor *x, int axis) { return ag_slice(x, axis, 1, ag_dim(x, axis), 1); }

ag_tensor *ag_cumprod_gradient(ag_tensor *x, ag_tensor *y, ag_tensor *g, int axis) {
  ag_shape one = ag_shape_of(x);
  one.dim[ag_axis(one.rank, axis)] = 1;
  ag_tensor *ones = ag_filled(AG_HERE, x->c, x->dtype, one, 1);
  if (!ones) return NULL;
  ag_tensor *before = ag_concat(2, ((ag_tensor *[]){ones, without_last(y, axis)}), axis);
  return ag_mul(before, ag_recurrence(without_first(x, axis), g, axis, true));
}

/* A number, and what has no elements, is its own sum, product and logarithm of the sum. */
static bool grows(const ag_tensor *x) { return x->rank > 0 && x->numel > 0; }

static void cumsum_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_cumulate_attributes a = *(const ag_cumulate_attributes *)node->attributes;
  a.reverse = !a.reverse;
  dx[0] = ag_apply(AG_HERE, &ag_op_cumsum, 1, g, &a);
}

static void cumprod_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_axis_attributes *a = node->attributes;
  dx[0] = grows(node->in[0]) ? ag_cumprod_gradient(node->in[0], node->out[0], g[0], a->axis) : g[0];
}

/* Where all terms so far are -infinity, so is y, and differences with it would be NaN; with the least finite
 * number for y, exp gives 0 for x. The links between infinite y are 1, so that nothing odd gets past them. */
static void logcumsumexp_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const int axis = ((const ag_axis_attributes *)node->attributes)->axis;
  ag_tensor *x = node->in[0];
  dx[0] = g[0];
  if (!grows(x)) return;
  const double most = x->dtype == AG_F32 ? FLT_MAX : DBL_MAX;
  ag_tensor *y = ag_clamp(node->out[0], -most, HUGE_VAL), *finite = ag_clamp(y, -most, most);
  ag_tensor *links = ag_exp(ag_sub(without_last(finite, axis), without_first(finite, axis)));
  dx[0] = ag_mul(ag_exp(ag_sub(x, y)), ag_recurrence(links, g[0], axis, true));
}

static void recurrence_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_cumulate_attributes *a = node->attributes;
  ag_tensor *y = node->out[0], *z = ag_recurrence(node->in[0], g[0], a->axis, !a->reverse);
  if (ag_needs(node, 1)) dx[1] = z;
  if (!ag_needs(node, 0)) return;
  ag_tensor *later = a->reverse ? y : z, *earlier = a->reverse ? z : y;
  dx[0] = ag_mul(without_first(later, a->axis), without_last(earlier, a->axis));
}

#define ALONG(axis) AG_WITH(ag_axis_attributes, axis)
#define FROM(axis, reverse) AG_WITH(ag_cumulate_attributes, axis, reverse)
static const ag_sample cumsum_samples[] = {
    AG_WORKS(-2, 2, FROM(1, false), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, FROM(-2, true), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, FROM(0, false), AG_LIST(3, 70)),
    AG_WORKS(-2, 2, FROM(0, true), AG_POINT),
    AG_WORKS(-2, 2, FROM(1, false), AG_LIST(2, 0)),
    AG_WORKS_IN(AG_I64, 6, FROM(1, false), AG_LIST(2, 9)),
    AG_WORKS_IN(AG_I64, 6, FROM(0, true), AG_LIST(5, 70)),
    AG_REFUSED("cumsum: axis 2 does not exist in 2x3", FROM(2, false), AG_LIST(2, 3)),
    AG_REFUSED("cumsum: axis 1 does not exist in scalar", FROM(1, false), AG_POINT),
    AG_NO_MORE,
};

#define GROWING(name)                                                                                        \
  AG_WORKS(-2, 2, ALONG(1), AG_LIST(3, 5)), AG_WORKS(-2, 2, ALONG(-2), AG_LIST(2, 3, 4)),                    \
      AG_WORKS(-2, 2, ALONG(0), AG_LIST(3, 70)), AG_WORKS(-2, 2, ALONG(1), AG_LIST(3, 1)),                   \
      AG_WORKS(-2, 2, ALONG(-1), AG_POINT), AG_WORKS(-2, 2, ALONG(1), AG_LIST(2, 0)),                        \
      AG_WORKS(-2, 2, ALONG(0), AG_LIST(3, 0)),                                                              \
      AG_REFUSED(name ": axis -3 does not exist in 2x3", ALONG(-3), AG_LIST(2, 3))
static const ag_sample cumprod_samples[] = {
    GROWING("cumprod"),
    AG_WORKS_IN(AG_I64, 4, ALONG(1), AG_LIST(2, 9)),
    AG_WORKS_IN(AG_I64, 4, ALONG(0), AG_LIST(5, 70)),
    AG_NO_MORE,
};
static const ag_sample logcumsumexp_samples[] = {
    GROWING("logcumsumexp"),
    AG_WORKS(-400, 400, ALONG(1), AG_LIST(2, 9)),
    AG_NO_MORE,
};

static const ag_sample recurrence_samples[] = {
    AG_WORKS(-2, 2, FROM(1, false), AG_LIST(3, 4), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, FROM(-2, true), AG_LIST(2, 2, 4), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, FROM(0, true), AG_LIST(2, 70), AG_LIST(3, 70)),
    AG_WORKS(-2, 2, FROM(0, false), AG_LIST(0), AG_LIST(1)),
    AG_WORKS(-2, 2, FROM(0, true), AG_LIST(0, 2), AG_LIST(0, 2)),
    AG_REFUSED("recurrence: a is 2x3, wanted is 2x2, that of b with one element less along the axis",
               FROM(1, false), AG_LIST(2, 3), AG_LIST(2, 3)),
    AG_REFUSED("recurrence: axis 2 does not exist in 2x3", FROM(2, false), AG_LIST(2, 2), AG_LIST(2, 3)),
    AG_REFUSED("recurrence: axis 0 does not exist in scalar", FROM(0, false), AG_POINT, AG_POINT),
    AG_NO_MORE,
};

const ag_op ag_op_cumsum = {.name = "cumsum",
                            .formula = "x[0] + ... + x[i] along an axis",
                            .shapes = "(..., n, ...) -> (..., n, ...)",
                            .n_in = 1,
                            .in_dtype = {AG_ALIKE},
                            .attribute_size = sizeof(ag_cumulate_attributes),
                            .shape = cumsum_shape,
                            .forward = {cumsum_f32, cumsum_f64, cumsum_i64},
                            .vjp = cumsum_vjp,
                            .samples = cumsum_samples};

const ag_op ag_op_cumprod = {.name = "cumprod",
                             .formula = "x[0] ... x[i] along an axis",
                             .shapes = "(..., n, ...) -> (..., n, ...)",
                             .n_in = 1,
                             .in_dtype = {AG_ALIKE},
                             .attribute_size = sizeof(ag_axis_attributes),
                             .shape = along_axis_shape,
                             .forward = {cumprod_f32, cumprod_f64, cumprod_i64},
                             .vjp = cumprod_vjp,
                             .samples = cumprod_samples};

const ag_op ag_op_logcumsumexp = {.name = "logcumsumexp",
                                  .formula = "ln(e^x[0] + ... + e^x[i]) along an axis",
                                  .shapes = "(..., n, ...) -> (..., n, ...)",
                                  .n_in = 1,
                                  .attribute_size = sizeof(ag_axis_attributes),
                                  .shape = along_axis_shape,
                                  .forward = {logcumsumexp_f32, logcumsumexp_f64},
                                  .vjp = logcumsumexp_vjp,
                                  .samples = logcumsumexp_samples};

const ag_op ag_op_recurrence = {.name = "recurrence",
                                .formula = "y[i] = a[i-1] y[i-1] + b[i] along an axis",
                                .shapes = "(..., n, ...), (..., n, ...) -> (..., n, ...)",
                                .n_in = 2,
                                .attribute_size = sizeof(ag_cumulate_attributes),
                                .shape = recurrence_shape,
                                .forward = {recurrence_f32, recurrence_f64},
                                .vjp = recurrence_vjp,
                                .samples = recurrence_samples};

ag_tensor *(ag_cumsum)(ag_site at, ag_tensor *x, int axis) {
  x = ag_widened(at, "cumsum", x);
  return ag_apply(at, &ag_op_cumsum, 1, &x, &(ag_cumulate_attributes){axis, false});
}

ag_tensor *(ag_cumprod)(ag_site at, ag_tensor *x, int axis) {
  x = ag_widened(at, "cumprod", x);
  return ag_apply(at, &ag_op_cumprod, 1, &x, &(ag_axis_attributes){axis});
}

ag_tensor *(ag_logcumsumexp)(ag_site at, ag_tensor *x, int axis) {
  return ag_apply(at, &ag_op_logcumsumexp, 1, &x, &(ag_axis_attributes){axis});
}

ag_tensor *(ag_recurrence)(ag_site at, ag_tensor *a, ag_tensor *b, int axis, bool reverse) {
  return ag_apply(at, &ag_op_recurrence, 2, (ag_tensor *[]){a, b}, &(ag_cumulate_attributes){axis, reverse});
}
#endif
