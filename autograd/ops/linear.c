/* The affine map of a fully connected layer, alone and with the commonest nonlinearity.
 *
 *   linear       y = x w' + b           for x (..., in), w (out, in), b (out)
 *                dx = g w,   dw = g' x,   db = sum of g over all rows
 *   linear_relu  y = max(x w' + b, 0)   the same with y > 0 ? g : 0 in place of g
 *
 * One product whose sums start from the bias instead of from zero, and which may be rectified where they are
 * stored. */
#ifndef AG_REAL
#include <inttypes.h>

#include "kernels/gemm.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/linear.h"
#include "ops/sample.h"

bool ag_linear_shape(const ag_call *call, int i, ag_shape *y) {
  const ag_shape x = ag_shape_of(call->in[i]), w = ag_shape_of(call->in[i + 1]);
  if (w.rank != 2)
    return ag_reject(call, AG_ESHAPE, "weight must be (out, in), found %s", ag_operand_text(call, i + 1));
  if (x.rank < 1)
    return ag_reject(call, AG_ESHAPE, "x must be (..., in), found %s", ag_operand_text(call, i));
  if (x.dim[x.rank - 1] != w.dim[1]) {
    return ag_reject(call, AG_ESHAPE, "weight %s wants %" PRId64 " features, x %s has %" PRId64,
                     ag_operand_text(call, i + 1), w.dim[1], ag_operand_text(call, i), x.dim[x.rank - 1]);
  }
  *y = x;
  y->dim[x.rank - 1] = w.dim[0];
  return true;
}

int64_t ag_linear_rows(const ag_tensor *x) {
  int64_t rows = 1;
  for (int i = 0; i < x->rank - 1; i++) rows *= x->dim[i];
  return rows;
}

ag_tensor *ag_linear_matrix(ag_tensor *x) {
  return x->rank == 2 ? x : ag_reshape(x, AG_SHAPE(ag_linear_rows(x), x->dim[x->rank - 1]));
}

static bool linear_shape(ag_call *call) {
  if (call->n_in < 2 || call->n_in > 3) {
    return ag_reject(call, AG_EVALUE, "%d operands given; x, weight and optionally bias are wanted",
                     call->n_in);
  }
  return ag_linear_shape(call, 0, &call->shape[0]) &&
         (call->n_in == 2 ||
          ag_check_shape(call, 2, "bias", AG_SHAPE(ag_dim(call->in[1], 0)), "one number for each output"));
}

#define AG_SELF "ops/linear.c"
#include "core/each_real.h"
#else

static void AG_NAME(affine)(const ag_call *call, bool rectified) {
  const int64_t rows = ag_linear_rows(call->in[0]), out = call->in[1]->dim[0], in = call->in[1]->dim[1];
  const int64_t least = in > 0 ? in : 1;
  const agk_gemm_geometry g = {.trans_b = true,
                               .m = rows,
                               .n = out,
                               .k = in,
                               .lda = least,
                               .ldb = least,
                               .ldc = out > 0 ? out : 1,
                               .batch = 1};
  void *workspace = ag_scratch(call, AG_NAME(agk_gemm_workspace)(&g, call->threads));
  AG_REAL *y = ag_data(call->out[0]);
  if (!workspace) return;
  AG_NAME(agk_gemm_affine)
  (call->threads, &g, ag_data(call->in[0]), ag_data(call->in[1]),
   call->n_in == 3 ? ag_data(call->in[2]) : NULL, rectified, y, workspace);
}

static void AG_NAME(linear)(const ag_call *call) { AG_NAME(affine)(call, false); }

static void AG_NAME(linear_relu)(const ag_call *call) { AG_NAME(affine)(call, true); }
#endif

#ifndef AG_REAL

/* y is what was rectified, or NULL. */
static void affine_vjp(const ag_node *node, ag_tensor *g, ag_tensor *y, ag_tensor **dx) {
  ag_tensor *x = node->in[0], *weight = node->in[1], *of[3] = {NULL};
  if (ag_needs(node, 1)) {
    const ag_linear_backward_attributes a = {.only_weight = !ag_needs(node, 0)};
    ag_apply_all(AG_HERE, &ag_op_linear_backward, y ? 4 : 3, (ag_tensor *[]){g, x, weight, y}, &a, of);
  } else {
    ag_tensor *h = ag_linear_matrix(y ? ag_relu_grad(g, y) : g);
    if (ag_needs(node, 0)) of[0] = ag_reshape(ag_matmul(h, weight), ag_shape_of(x));
    if (node->n_in == 3 && ag_needs(node, 2)) of[2] = ag_sum(h, .axes = AG_AXES(0));
  }
  for (int i = 0; i < node->n_in; i++)
    if (ag_needs(node, i)) dx[i] = of[i];
}

static double linear_flops(const ag_call *call) {
  return (double)call->out[0]->numel * (2.0 * (double)ag_dim(call->in[1], 1) + (call->n_in == 3));
}

static void linear_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  affine_vjp(node, g[0], NULL, dx);
}

static void linear_relu_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  affine_vjp(node, g[0], node->out[0], dx);
}

#define WORKING                                                                                              \
  AG_WORKS(-2, 2, NULL, AG_LIST(3, 5), AG_LIST(4, 5), AG_LIST(4)),                                           \
      AG_WORKS(-2, 2, NULL, AG_LIST(3, 5), AG_LIST(4, 5)),                                                   \
      AG_WORKS(-2, 2, NULL, AG_LIST(2, 1, 3), AG_LIST(1, 3), AG_LIST(1)),                                    \
      AG_WORKS(-2, 2, NULL, AG_LIST(7), AG_LIST(2, 7), AG_LIST(2)),                                          \
      AG_WORKS(-2, 2, NULL, AG_LIST(0, 3), AG_LIST(2, 3), AG_LIST(2)),                                       \
      AG_WORKS(-2, 2, NULL, AG_LIST(2, 0), AG_LIST(3, 0), AG_LIST(3))

static const ag_sample linear_samples[] = {
    WORKING,
    AG_REFUSED("linear: weight 10x64 wants 64 features, x 32x128 has 128", NULL, AG_LIST(32, 128),
               AG_LIST(10, 64), AG_LIST(10)),
    AG_REFUSED("linear: weight must be (out, in), found 5", NULL, AG_LIST(3, 5), AG_LIST(5)),
    AG_REFUSED("linear: x must be (..., in), found scalar", NULL, AG_POINT, AG_LIST(4, 5)),
    AG_REFUSED("linear: bias is 5, wanted is 4, one number for each output", NULL, AG_LIST(3, 5),
               AG_LIST(4, 5), AG_LIST(5)),
    AG_REFUSED("linear: 1 operands given; x, weight and optionally bias are wanted", NULL, AG_LIST(3, 5)),
    AG_NO_MORE,
};

static const ag_sample linear_relu_samples[] = {
    WORKING,
    AG_REFUSED("linear_relu: weight 10x64 wants 64 features, x 32x128 has 128", NULL, AG_LIST(32, 128),
               AG_LIST(10, 64), AG_LIST(10)),
    AG_NO_MORE,
};

const ag_op ag_op_linear = {.name = "linear",
                            .formula = "x w' + b",
                            .shapes = "(..., in), (out, in), optionally (out) -> (..., out)",
                            .n_in = -1,
                            .shape = linear_shape,
                            .forward = {linear_f32, linear_f64},
                            .vjp = linear_vjp,
                            .flops = linear_flops,
                            .samples = linear_samples};

const ag_op ag_op_linear_relu = {.name = "linear_relu",
                                 .formula = "max(x w' + b, 0)",
                                 .shapes = "(..., in), (out, in), optionally (out) -> (..., out)",
                                 .n_in = -1,
                                 .shape = linear_shape,
                                 .forward = {linear_relu_f32, linear_relu_f64},
                                 .vjp = linear_relu_vjp,
                                 .flops = linear_flops,
                                 .samples = linear_relu_samples};

static ag_tensor *apply(const ag_op *op, const ag_linear_args *a) {
  return ag_apply(a->at, op, a->bias ? 3 : 2, (ag_tensor *[]){a->x, a->weight, a->bias}, NULL);
}

ag_tensor *(ag_linear)(ag_linear_args a) { return apply(&ag_op_linear, &a); }

ag_tensor *(ag_linear_relu)(ag_linear_args a) { return apply(&ag_op_linear_relu, &a); }
#endif
