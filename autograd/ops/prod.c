/* The product over any set of axes.
 *
 *   prod  y = product of x      dx[i] = g times the product of the others
 *
 * A product is the last element of the one that grows along all its factors, so its gradient is that of
 * cumprod for a g that is 0 elsewhere. Unlike g y / x, which PyTorch takes where no factor is 0, this needs
 * no division: it holds to any order for any number of factors that are 0, and beside infinities. */
#ifndef AG_REAL
#include "kernels/whole.h"
#include "ops/catalogue.h"
#include "ops/cumulate.h"
#include "ops/reduce.h"

#define AG_SELF "ops/prod.c"
#include "core/each_real.h"
#else

static void AG_NAME(prod)(const ag_call *call) {
  const ag_reduce_plan p = ag_plan_reduction(call);
  size_t workspace = 0;
  for (int i = 0; i < p.count; i++) {
    const size_t wanted = agk_reduce_prod_workspace(&p.block[i]);
    if (wanted > workspace) workspace = wanted;
  }
  AG_NAME(ag_reduce_run)(call, AG_NAME(agk_reduce_prod), workspace);
}
#endif

#ifndef AG_REAL

static void prod_i64(const ag_call *call) { ag_reduce_run_i64(call, agk_reduce_prod_i64, 0); }

/* The axes that stay, followed by those of the set; returns how many stay. */
static int reduced_last(int rank, const bool *in_set, ag_axes *order, ag_axes *inverse) {
  int kept = 0;
  order->count = inverse->count = 0;
  for (int pass = 0; pass < 2; pass++) {
    for (int i = 0; i < rank; i++) {
      if (in_set[i] == (pass == 1)) order->axis[order->count++] = i;
    }
    if (pass == 0) kept = order->count;
  }
  for (int i = 0; i < rank; i++) inverse->axis[order->axis[i]] = i;
  inverse->count = rank;
  return kept;
}

static void prod_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_reduce_attributes *a = node->attributes;
  ag_tensor *x = node->in[0];
  bool in_set[AG_MAX_RANK];
  ag_axes order, inverse;
  if (x->rank == 0 || x->numel == 0) {
    dx[0] = x->rank == 0 ? g[0] : ag_mul_scalar(x, 0);
    return;
  }
  ag_axis_set(node->c, node->at, node->op->name, ag_shape_of(x), a->axes, in_set);
  const int kept = reduced_last(x->rank, in_set, &order, &inverse);
  ag_tensor *moved = ag_permute(x, order);
  ag_shape rows = ag_shape_of(moved);
  int64_t n = 1;
  for (int i = kept; i < x->rank; i++) n *= rows.dim[i];
  rows.rank = kept + 1;
  rows.dim[kept] = n;
  ag_shape last = rows;
  last.dim[kept] = 1;

  ag_tensor *factors = ag_reshape(moved, rows);
  const ag_slice_grad_attributes end = {{kept, n - 1, n, 1}, rows};
  ag_tensor *g_last = ag_apply(AG_HERE, &ag_op_slice_grad, 1, (ag_tensor *[]){ag_reshape(g[0], last)}, &end);
  ag_tensor *d = ag_cumprod_gradient(factors, ag_cumprod(factors, kept), g_last, kept);
  if (d) dx[0] = ag_permute(ag_reshape(d, ag_shape_of(moved)), inverse);
}

static const ag_sample prod_samples[] = {
    AG_ONE_AXIS_OR_ALL("prod"),
    AG_SEVERAL_AXES("prod"),
    AG_WORKS(-2, 2, AG_OVER(1), AG_LIST(3, 0)),
    AG_WORKS(-2, 2, AG_OVER_ALL, AG_LIST(2, 0)),
    AG_WHOLE_NUMBERS,
    AG_WORKS_IN(AG_I64, 4, AG_OVER(0, 2), AG_LIST(3, 2, 4)),
    AG_WORKS(0.9, 1.1, AG_OVER(1), AG_LIST(2, 300)),
    AG_NO_MORE,
};

const ag_op ag_op_prod = {.name = "prod",
                          .formula = "product of x over axes",
                          .shapes = "x -> x without the axes, or with size 1 there",
                          .n_in = 1,
                          .in_dtype = {AG_ALIKE},
                          .attribute_size = sizeof(ag_reduce_attributes),
                          .shape = ag_reduce_shape,
                          .forward = {prod_f32, prod_f64, prod_i64},
                          .vjp = prod_vjp,
                          .samples = prod_samples};

ag_tensor *(ag_prod)(ag_reduce_args a) { return ag_reduce_widened(&ag_op_prod, a); }
#endif
