/* The variance, with the mean around which it is taken.
 *
 *   mean = sum(x) / n,   var = sum((x - mean)^2) / (n - correction)
 *   dx = 2 gv (x - mean) / (n - correction) + gm / n
 *
 * in two passes: the square of a difference does not cancel as the difference of squares does. That the mean
 * moves with x adds nothing to the gradient of the variance, for the distances from it add up to 0; it does
 * to the next one, by way of the mean in dx. */
#ifndef AG_REAL
#include "core/multiversion.h"
#include "kernels/reduce.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* x as (outer, reduce, inner). The reduced axes are adjacent; none of them stands for 1 element. */
static agk_reduce_geometry geometry_of(const ag_tensor *x, const bool *in_set) {
  agk_reduce_geometry g = {1, 1, 1};
  int i = x->rank - 1;
  for (; i >= 0 && !in_set[i]; i--) g.inner *= x->dim[i];
  for (; i >= 0 && in_set[i]; i--) g.reduce *= x->dim[i];
  for (; i >= 0; i--) g.outer *= x->dim[i];
  return g;
}

/* Whether the axes of the set lie side by side. */
static bool adjacent(int rank, const bool *in_set) {
  int blocks = 0;
  for (int i = 0; i < rank; i++) blocks += in_set[i] && (i == 0 || !in_set[i - 1]);
  return blocks < 2;
}

/* The shape without the axes of the set, or with size 1 there. */
static ag_shape without(ag_shape shape, const bool *in_set, bool keepdim) {
  ag_shape result = {0};
  for (int i = 0; i < shape.rank; i++) {
    if (!in_set[i] || keepdim) result.dim[result.rank++] = in_set[i] ? 1 : shape.dim[i];
  }
  return result;
}

static bool var_shape(ag_call *call) {
  const ag_var_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set)) return false;
  if (!adjacent(shape.rank, in_set))
    return ag_reject(call, AG_EVALUE, "the axes of %s must be adjacent", ag_operand_text(call, 0));
  call->shape[0] = call->shape[1] = without(shape, in_set, a->keepdim);
  return true;
}

/* What the sum of the squares of n elements is divided by. */
static double freedom(const ag_var_attributes *a, int64_t n) {
  return (double)(a->biased || n == 0 ? n : n - 1);
}

static agk_reduce_geometry geometry_of_call(ag_site at, const ag_tensor *x, const ag_var_attributes *a) {
  bool in_set[AG_MAX_RANK];
  ag_axis_set(x->c, at, "var", ag_shape_of(x), a->axes, in_set);
  return geometry_of(x, in_set);
}

#define AG_SELF "ops/var.c"
#include "core/each_real.h"
#else

AG_MULTIVERSION static void AG_NAME(scale)(int64_t n, double factor, AG_REAL *y) {
  const AG_REAL p = (AG_REAL)factor;
  for (int64_t i = 0; i < n; i++) y[i] = p * y[i];
}

static void AG_NAME(var)(const ag_call *call) {
  const ag_var_attributes *a = call->attributes;
  const agk_reduce_geometry g = geometry_of_call(call->at, call->in[0], a);
  void *workspace = ag_scratch(call, AG_NAME(agk_reduce_sum_workspace)(&g, call->threads));
  const AG_REAL *x = ag_data(call->in[0]);
  AG_REAL *var = ag_data(call->out[0]), *mean = ag_data(call->out[1]);
  if (!workspace) return;
  AG_NAME(agk_reduce_sum)(call->threads, &g, x, mean, workspace);
  AG_NAME(scale)(g.outer * g.inner, 1 / (double)g.reduce, mean);
  AG_NAME(agk_reduce_squares)(call->threads, &g, x, mean, var, workspace);
  AG_NAME(scale)(g.outer * g.inner, 1 / freedom(a, g.reduce), var);
}
#endif

#ifndef AG_REAL

/* A tensor of the result's shape, with size 1 along the reduced axes. */
static ag_tensor *aligned(const ag_node *node, ag_tensor *y) {
  const ag_var_attributes *a = node->attributes;
  const ag_shape shape = ag_shape_of(node->in[0]);
  bool in_set[AG_MAX_RANK];
  if (a->keepdim) return y;
  ag_axis_set(node->c, node->at, node->op->name, shape, a->axes, in_set);
  return ag_reshape(y, without(shape, in_set, true));
}

static void var_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_var_attributes *a = node->attributes;
  ag_tensor *x = node->in[0];
  const int64_t n = geometry_of_call(node->at, x, a).reduce;
  if (g[0])
    dx[0] = ag_scaled_difference(ag_mul_scalar(aligned(node, g[0]), 2 / freedom(a, n)), x,
                                 aligned(node, node->out[1]));
  if (g[1]) {
    ag_tensor *more = ag_expand(ag_mul_scalar(aligned(node, g[1]), 1 / (double)n), ag_shape_of(x));
    dx[0] = g[0] ? ag_add(dx[0], more) : more;
  }
}

static double var_flops(const ag_call *call) { return 4 * (double)call->in[0]->numel; }

#define OVER(...) AG_WITH(ag_var_attributes, AG_LIST(__VA_ARGS__), false, false)
static const ag_sample var_samples[] = {
    AG_WORKS(-2, 2, AG_WITH(ag_var_attributes, .keepdim = false), AG_LIST(3, 5)),
    AG_WORKS(-2, 2, OVER(1), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, OVER(1, 2), AG_LIST(2, 3, 4)),
    AG_WORKS(-2, 2, AG_WITH(ag_var_attributes, AG_LIST(-1), true, false), AG_LIST(2, 1, 7)),
    AG_WORKS(-2, 2, AG_WITH(ag_var_attributes, AG_LIST(0), false, true), AG_LIST(3, 2)),
    AG_WORKS(-2, 2, AG_WITH(ag_var_attributes, .biased = true), AG_POINT),
    AG_WORKS(-2, 2, OVER(1), AG_LIST(0, 3)),
    AG_WORKS(-2, 2, OVER(1), AG_LIST(2, 3000)),
    AG_REFUSED("var: axis 2 does not exist in 2x3", OVER(2), AG_LIST(2, 3)),
    AG_REFUSED("var: axis -1 of 2x3 is given twice", OVER(1, -1), AG_LIST(2, 3)),
    AG_REFUSED("var: the axes of 2x3x4 must be adjacent", OVER(0, 2), AG_LIST(2, 3, 4)),
    AG_NO_MORE,
};

const ag_op ag_op_var = {.name = "var",
                         .formula = "sum of (x - mean)^2 over adjacent axes / (n - correction), and the mean",
                         .shapes = "x -> x without the axes, or with size 1 there, twice",
                         .n_in = 1,
                         .n_out = 2,
                         .attribute_size = sizeof(ag_var_attributes),
                         .shape = var_shape,
                         .forward = {var_f32, var_f64},
                         .vjp = var_vjp,
                         .flops = var_flops,
                         .samples = var_samples};

/* x with the axes of the set behind the others, and how many they are. */
static ag_tensor *behind(ag_site at, ag_tensor *x, const bool *in_set, int *count) {
  ag_axes order = {0};
  for (int i = 0; i < x->rank; i++)
    if (!in_set[i]) order.axis[order.count++] = i;
  *count = x->rank - order.count;
  for (int i = 0; i < x->rank; i++)
    if (in_set[i]) order.axis[order.count++] = i;
  return (ag_permute)(at, x, order);
}

ag_tensor *(ag_var)(ag_var_args a) {
  ag_tensor *out[2], *x = a.x;
  ag_var_attributes attributes = {a.axes, a.keepdim, a.biased};
  bool in_set[AG_MAX_RANK];
  if (!ag_ready(a.at, "var", 1, &x, out)) return out[0];
  const ag_shape shape = ag_shape_of(x);
  if (!ag_axis_set(x->c, a.at, "var", shape, a.axes, in_set)) return &x->c->nil;
  const bool scattered = !adjacent(x->rank, in_set);
  if (scattered) {
    int count;
    x = behind(a.at, x, in_set, &count);
    attributes.axes.count = count;
    for (int i = 0; i < count; i++) attributes.axes.axis[i] = shape.rank - count + i;
    attributes.keepdim = false;
  }
  ag_apply_all(a.at, &ag_op_var, 1, &x, &attributes, out);
  return scattered && a.keepdim ? (ag_reshape)(a.at, out[0], without(shape, in_set, true)) : out[0];
}
#endif
