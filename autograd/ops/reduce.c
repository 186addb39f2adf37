/* Reductions over any set of axes, and the sums among them.
 *
 *   sum        y = sum x                    dx = g, repeated along the axes
 *   logsumexp  y = log sum exp x            dx = g exp(x - y)
 *
 * Kernels reduce one block of adjacent axes; several blocks are reduced one after the other. */
#ifndef AG_TYPE
#include <float.h>
#include <math.h>

#include "kernels/whole.h"
#include "ops/catalogue.h"
#include "ops/reduce.h"

ag_shape ag_reduced_shape(ag_shape shape, const bool *in_set, bool keepdim) {
  ag_shape result = {0};
  for (int i = 0; i < shape.rank; i++) {
    if (!in_set[i] || keepdim) result.dim[result.rank++] = in_set[i] ? 1 : shape.dim[i];
  }
  return result;
}

bool ag_reduce_shape(ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set)) return false;
  call->shape[0] = ag_reduced_shape(shape, in_set, a->keepdim);
  return true;
}

bool ag_reduce_some_shape(ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(call->c, call->at, call->op->name, shape, a->axes, in_set)) return false;
  for (int i = 0; i < shape.rank; i++) {
    if (in_set[i] && shape.dim[i] == 0) {
      return ag_reject(call, AG_EVALUE, "axis %d of %s has no elements", i, ag_shape_text(call->c, shape));
    }
  }
  call->shape[0] = ag_reduced_shape(shape, in_set, a->keepdim);
  return true;
}

bool ag_reduce_lane_shape(ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  if (a->axes.count <= 1) return ag_reduce_some_shape(call);
  return ag_reject(call, AG_EVALUE, "%d axes are given; it takes one, or none for all", a->axes.count);
}

ag_reduce_plan ag_plan_reduction(const ag_call *call) {
  const ag_reduce_attributes *a = call->attributes;
  const ag_shape shape = ag_shape_of(call->in[0]);
  bool in_set[AG_MAX_RANK];
  ag_reduce_plan p = {0};
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
#include "core/each_dtype.h"
#else

/* What lies between two steps alternates between two parts of the scratch memory. */
void AG_NAME(ag_reduce_run)(const ag_call *call, AG_NAME(ag_reduce_step) * step, size_t workspace) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  const int64_t between = p.count > 1 ? p.block[0].outer * p.block[0].inner : 0;
  const size_t room = ag_aligned_size((size_t)between * sizeof(AG_TYPE));
  char *scratch = ag_scratch(call, 2 * room + workspace);
  if (!scratch) return;
  const AG_TYPE *from = ag_data(call->in[0]);
  for (int i = 0; i < p.count; i++) {
    AG_TYPE *to = i == p.count - 1 ? ag_data(call->out[0]) : (void *)(scratch + (i % 2 ? room : 0));
    step(call->threads, &p.block[i], from, to, scratch + 2 * room);
    from = to;
  }
}

#if AG_BITS == 0
static void AG_NAME(sum)(const ag_call *call) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  size_t workspace = 0;
  for (int i = 0; i < p.count; i++) {
    const size_t wanted = AG_NAME(agk_reduce_sum_workspace)(&p.block[i], call->threads);
    if (wanted > workspace) workspace = wanted;
  }
  AG_NAME(ag_reduce_run)(call, AG_NAME(agk_reduce_sum), workspace);
}

static void AG_NAME(logsumexp_step)(int threads, const agk_reduce_geometry *g, const AG_TYPE *x, AG_TYPE *y,
                                    void *workspace) {
  (void)workspace;
  AG_NAME(agk_reduce_logsumexp)(threads, g, x, y);
}

static void AG_NAME(logsumexp)(const ag_call *call) {
  AG_NAME(ag_reduce_run)(call, AG_NAME(logsumexp_step), 0);
}
#endif
#endif

#ifndef AG_TYPE

static void sum_i64(const ag_call *call) { ag_reduce_run_i64(call, agk_reduce_sum_i64, 0); }

ag_tensor *ag_reduce_aligned(const ag_node *node, ag_tensor *y) {
  const ag_reduce_attributes *a = node->attributes;
  const ag_shape shape = ag_shape_of(node->in[0]);
  bool in_set[AG_MAX_RANK];
  ag_axis_set(node->c, node->at, node->op->name, shape, a->axes, in_set);
  return a->keepdim ? y : ag_reshape(y, ag_reduced_shape(shape, in_set, true));
}

static void sum_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_expand(ag_reduce_aligned(node, g[0]), ag_shape_of(node->in[0]));
}

/* Where every term is -infinity, so is y, and x - y would be NaN; with the least finite number for y, exp
 * gives 0. */
static void logsumexp_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const double least = node->in[0]->dtype == AG_F32 ? -FLT_MAX : -DBL_MAX;
  ag_tensor *y = ag_clamp(ag_reduce_aligned(node, node->out[0]), least, HUGE_VAL);
  dx[0] = ag_mul(ag_reduce_aligned(node, g[0]), ag_exp(ag_sub(node->in[0], y)));
}

static const ag_sample sum_samples[] = {
    AG_ONE_AXIS_OR_ALL("sum"),
    AG_SEVERAL_AXES("sum"),
    AG_WORKS(-2, 2, AG_OVER(1), AG_LIST(3, 0)),
    AG_WORKS(-2, 2, AG_OVER(1), AG_LIST(2, 3000)),
    AG_WHOLE_NUMBERS,
    AG_WORKS_IN(AG_I64, 6, AG_OVER(0, 2), AG_LIST(3, 2, 4)),
    AG_NO_MORE,
};

static const ag_sample logsumexp_samples[] = {
    AG_ONE_AXIS_OR_ALL("logsumexp"),
    AG_SEVERAL_AXES("logsumexp"),
    AG_WORKS(-400, 400, AG_OVER(1), AG_LIST(2, 9)),
    AG_NO_MORE,
};

const ag_op ag_op_sum = {.name = "sum",
                         .formula = "sum of x over axes",
                         .shapes = "x -> x without the axes, or with size 1 there",
                         .n_in = 1,
                         .in_dtype = {AG_ALIKE},
                         .attribute_size = sizeof(ag_reduce_attributes),
                         .shape = ag_reduce_shape,
                         .forward = {sum_f32, sum_f64, sum_i64},
                         .vjp = sum_vjp,
                         .samples = sum_samples};

const ag_op ag_op_logsumexp = {.name = "logsumexp",
                               .formula = "ln(sum of e^x over axes)",
                               .shapes = "x -> x without the axes, or with size 1 there",
                               .n_in = 1,
                               .attribute_size = sizeof(ag_reduce_attributes),
                               .shape = ag_reduce_shape,
                               .forward = {logsumexp_f32, logsumexp_f64},
                               .vjp = logsumexp_vjp,
                               .samples = logsumexp_samples};

ag_tensor *ag_reduce(const ag_op *op, const ag_reduce_args *a) {
  const ag_reduce_attributes attributes = {a->axes, a->keepdim};
  return ag_apply(a->at, op, 1, &a->x, &attributes);
}

ag_tensor *ag_reduce_widened(const ag_op *op, ag_reduce_args a) {
  a.x = ag_widened(a.at, op->name, a.x);
  return ag_reduce(op, &a);
}

ag_tensor *(ag_sum)(ag_reduce_args a) { return ag_reduce_widened(&ag_op_sum, a); }

ag_tensor *(ag_logsumexp)(ag_reduce_args a) { return ag_reduce(&ag_op_logsumexp, &a); }
#endif
