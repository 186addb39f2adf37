/* Reductions over any set of axes.
 *
 *   sum        y = sum x                    dx = g, repeated along the axes
 *   max        y = max x                    dx = g m / sum m with m = 1 where x = y, else 0
 *   logsumexp  y = log sum exp x            dx = g exp(x - y)
 *   argmax     y = the first place of max x
 *
 * Kernels reduce one block of adjacent axes; several blocks are reduced one after the other, from the last to
 * the first, so that the first pass over the operand runs along memory. */
#ifndef AG_REAL
#include <float.h>
#include <math.h>

#include "kernels/reduce.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

/* The shape without the axes of the set, or with size 1 there. */
static ag_shape reduced(ag_shape shape, const bool *in_set, bool keepdim) {
  ag_shape result = {0};
  for (int i = 0; i < shape.rank; i++) {
    if (!in_set[i] || keepdim) result.dim[result.rank++] = in_set[i] ? 1 : shape.dim[i];
  }
  return result;
}

static bool reduce_shape(ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set)) return false;
  call->shape[0] = reduced(shape, in_set, a->keepdim);
  return true;
}

/* Of no elements there is no greatest one. */
static bool max_shape(ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set)) return false;
  for (int i = 0; i < shape.rank; i++) {
    if (in_set[i] && shape.dim[i] == 0) {
      return ag_reject(call, AG_EVALUE, "axis %d of %s has no elements", i, ag_shape_text(call->c, shape));
    }
  }
  call->shape[0] = reduced(shape, in_set, a->keepdim);
  return true;
}

static bool argmax_shape(ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  if (a->axes.count > 1)
    return ag_reject(call, AG_EVALUE, "%d axes are given; it takes one, or none for all", a->axes.count);
  call->dtype[0] = AG_I64;
  return max_shape(call);
}

/* What the kernels do one after the other: at most every other axis starts a block. */
typedef struct {
  int count;
  agk_reduce_geometry block[AG_MAX_RANK / 2];
} plan;

static plan make_plan(const ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  plan p = {0};
  ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set);
  if (shape.rank == 0) p.block[p.count++] = (agk_reduce_geometry){1, 1, 1};
  int64_t inner = 1;
  for (int i = shape.rank - 1; i >= 0;) {
    if (!in_set[i]) {
      inner *= shape.dim[i--];
      continue;
    }
    agk_reduce_geometry g = {.outer = 1, .reduce = 1, .inner = inner};
    for (; i >= 0 && in_set[i]; i--) g.reduce *= shape.dim[i];
    for (int j = 0; j <= i; j++) g.outer *= shape.dim[j];
    p.block[p.count++] = g;
  }
  return p;
}

#define AG_SELF "ops/reduce.c"
#include "core/each_real.h"
#else

/* Kernels. */
typedef void (*AG_NAME(step))(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                              void *workspace);

static void AG_NAME(max_step)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                              void *workspace) {
  (void)workspace;
  AG_NAME(agk_reduce_max)(threads, g, x, y, NULL);
}

static void AG_NAME(logsumexp_step)(int threads, const agk_reduce_geometry *g, const AG_REAL *x, AG_REAL *y,
                                    void *workspace) {
  (void)workspace;
  AG_NAME(agk_reduce_logsumexp)(threads, g, x, y);
}

/* Runs the steps of the plan; what lies between two of them alternates between two parts of the scratch
 * memory. */
static void AG_NAME(run)(const ag_call *call, AG_NAME(step) step, size_t workspace) {
  const plan p = make_plan(call);
  const int64_t between = p.count > 1 ? p.block[0].outer * p.block[0].inner : 0;
  const size_t room = ((size_t)between * sizeof(AG_REAL) + 63) / 64 * 64;
  char *scratch = ag_scratch(call, 2 * room + workspace);
  if (!scratch) return;
  const AG_REAL *from = ag_data(call->in[0]);
  for (int i = 0; i < p.count; i++) {
    AG_REAL *to = i == p.count - 1 ? ag_data(call->out[0]) : (void *)(scratch + (i % 2 ? room : 0));
    step(call->threads, &p.block[i], from, to, scratch + 2 * room);
    from = to;
  }
}

static void AG_NAME(sum)(const ag_call *call) {
  const plan p = make_plan(call);
  size_t workspace = 0;
  for (int i = 0; i < p.count; i++) {
    const size_t wanted = AG_NAME(agk_reduce_sum_workspace)(&p.block[i], call->threads);
    if (wanted > workspace) workspace = wanted;
  }
  AG_NAME(run)(call, AG_NAME(agk_reduce_sum), workspace);
}

static void AG_NAME(max)(const ag_call *call) { AG_NAME(run)(call, AG_NAME(max_step), 0); }

static void AG_NAME(logsumexp)(const ag_call *call) { AG_NAME(run)(call, AG_NAME(logsumexp_step), 0); }

static void AG_NAME(argmax)(const ag_call *call) {
  const plan p = make_plan(call);
  AG_NAME(agk_reduce_max)(call->threads, &p.block[0], ag_data(call->in[0]), NULL, ag_data(call->out[0]));
}
#endif

#ifndef AG_REAL

/* A tensor of the result's shape, with size 1 along the reduced axes, so that it broadcasts against the
 * operand. */
static ag_tensor *aligned(const ag_node *node, ag_tensor *y) {
  const ag_reduce_attributes *a = node->attributes;
  const ag_shape shape = ag_shape_of(node->in[0]);
  bool in_set[AG_MAX_RANK];
  ag_axis_set(node->c, node->at, node->op->name, shape, a->axes, in_set);
  return a->keepdim ? y : ag_reshape(y, reduced(shape, in_set, true));
}

static void sum_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_expand(aligned(node, g[0]), ag_shape_of(node->in[0]));
}

static void max_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_reduce_attributes *a = node->attributes;
  ag_tensor *mask = ag_equal_mask(node->in[0], aligned(node, node->out[0]));
  dx[0] = ag_mul(mask, ag_div(aligned(node, g[0]), ag_sum(mask, .axes = a->axes, .keepdim = true)));
}

/* Where every term is -infinity, so is y, and x - y would be NaN; with the least finite number for y, exp
 * gives 0. */
static void logsumexp_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const double least = node->in[0]->dtype == AG_F32 ? -FLT_MAX : -DBL_MAX;
  ag_tensor *y = ag_clamp(aligned(node, node->out[0]), least, HUGE_VAL);
  dx[0] = ag_mul(aligned(node, g[0]), ag_exp(ag_sub(node->in[0], y)));
}

/* Samples: no axes, one, adjacent and scattered ones, negative ones, long sums, and no elements. */
#define ALL AG_WITH(ag_reduce_attributes, .keepdim = false)
#define OVER(...) AG_WITH(ag_reduce_attributes, AG_LIST(__VA_ARGS__), false)
#define KEEPING(...) AG_WITH(ag_reduce_attributes, AG_LIST(__VA_ARGS__), true)
#define ONE_AXIS_OR_ALL(name)                                                                                \
  AG_WORKS(-2, 2, ALL, AG_POINT), AG_WORKS(-2, 2, ALL, AG_LIST(3, 5)),                                       \
      AG_WORKS(-2, 2, OVER(1), AG_LIST(2, 3, 4)), AG_WORKS(-2, 2, KEEPING(-1), AG_LIST(2, 1, 7)),            \
      AG_WORKS(-2, 2, OVER(1), AG_LIST(0, 3)),                                                               \
      AG_REFUSED(name ": axis 2 does not exist in 2x3", OVER(2), AG_LIST(2, 3))
#define SEVERAL_AXES(name)                                                                                   \
  AG_WORKS(-2, 2, OVER(0, 2, 3), AG_LIST(4, 3, 2, 5)),                                                       \
      AG_WORKS(-2, 2, KEEPING(-1, 0, 2), AG_LIST(3, 2, 3, 1, 2)),                                            \
      AG_REFUSED(name ": axis -1 of 2x3 is given twice", OVER(1, -1), AG_LIST(2, 3))

static const ag_sample sum_samples[] = {
    ONE_AXIS_OR_ALL("sum"),
    SEVERAL_AXES("sum"),
    AG_WORKS(-2, 2, OVER(1), AG_LIST(3, 0)),
    AG_WORKS(-2, 2, OVER(1), AG_LIST(2, 3000)),
    AG_NO_MORE,
};

static const ag_sample max_samples[] = {
    ONE_AXIS_OR_ALL("max"),
    SEVERAL_AXES("max"),
    AG_REFUSED("max: axis 1 of 3x0 has no elements", OVER(-1), AG_LIST(3, 0)),
    AG_NO_MORE,
};

static const ag_sample logsumexp_samples[] = {
    ONE_AXIS_OR_ALL("logsumexp"),
    SEVERAL_AXES("logsumexp"),
    AG_WORKS(-400, 400, OVER(1), AG_LIST(2, 9)),
    AG_NO_MORE,
};

static const ag_sample argmax_samples[] = {
    ONE_AXIS_OR_ALL("argmax"),
    AG_REFUSED("argmax: axis 1 of 3x0 has no elements", OVER(-1), AG_LIST(3, 0)),
    AG_REFUSED("argmax: 2 axes are given; it takes one, or none for all", OVER(0, 2), AG_LIST(2, 3, 4)),
    AG_NO_MORE,
};

const ag_op ag_op_sum = {.name = "sum",
                         .formula = "sum of x over axes",
                         .n_in = 1,
                         .attribute_size = sizeof(ag_reduce_attributes),
                         .shape = reduce_shape,
                         .forward = {sum_f32, sum_f64},
                         .vjp = sum_vjp,
                         .samples = sum_samples};

const ag_op ag_op_max = {.name = "max",
                         .formula = "greatest x over axes; equal ones share the gradient",
                         .n_in = 1,
                         .attribute_size = sizeof(ag_reduce_attributes),
                         .shape = max_shape,
                         .forward = {max_f32, max_f64},
                         .vjp = max_vjp,
                         .samples = max_samples};

const ag_op ag_op_logsumexp = {.name = "logsumexp",
                               .formula = "ln(sum of e^x over axes)",
                               .n_in = 1,
                               .attribute_size = sizeof(ag_reduce_attributes),
                               .shape = reduce_shape,
                               .forward = {logsumexp_f32, logsumexp_f64},
                               .vjp = logsumexp_vjp,
                               .samples = logsumexp_samples};

const ag_op ag_op_argmax = {.name = "argmax",
                            .formula = "place of the first greatest x along an axis",
                            .n_in = 1,
                            .attribute_size = sizeof(ag_reduce_attributes),
                            .shape = argmax_shape,
                            .forward = {argmax_f32, argmax_f64},
                            .samples = argmax_samples};

static ag_tensor *reduce(const ag_op *op, const ag_reduce_args *a) {
  const ag_reduce_attributes attributes = {a->axes, a->keepdim};
  return ag_apply(a->at, op, 1, &a->x, &attributes);
}

ag_tensor *(ag_sum)(ag_reduce_args a) { return reduce(&ag_op_sum, &a); }

ag_tensor *(ag_max)(ag_reduce_args a) { return reduce(&ag_op_max, &a); }

ag_tensor *(ag_logsumexp)(ag_reduce_args a) { return reduce(&ag_op_logsumexp, &a); }

ag_tensor *(ag_argmax)(ag_reduce_args a) { return reduce(&ag_op_argmax, &a); }
#endif
