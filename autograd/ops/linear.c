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
#include "ops/sample.h"

static bool linear_shape(ag_call *call) {
  if (call->n_in < 2 || call->n_in > 3) {
    return ag_reject(call, AG_EVALUE, "%d operands given; x, weight and optionally bias are wanted",
                     call->n_in);
  }
  const ag_shape x = ag_shape_of(call->in[0]), w = ag_shape_of(call->in[1]);
  if (w.rank != 2)
    return ag_reject(call, AG_ESHAPE, "weight must be (out, in), found %s", ag_operand_text(call, 1));
  if (x.rank < 1)
    return ag_reject(call, AG_ESHAPE, "x must be (..., in), found %s", ag_operand_text(call, 0));
  if (x.dim[x.rank - 1] != w.dim[1]) {
    return ag_reject(call, AG_ESHAPE, "weight %s wants %" PRId64 " features, x %s has %" PRId64,
                     ag_operand_text(call, 1), w.dim[1], ag_operand_text(call, 0), x.dim[x.rank - 1]);
  }
  call->shape[0] = x;
  call->shape[0].dim[x.rank - 1] = w.dim[0];
  return call->n_in == 2 || ag_check_shape(call, 2, "bias", AG_SHAPE(w.dim[0]), "one number for each output");
}

/* The number of rows: all axes but the last. */
static int64_t rows_of(const ag_tensor *x) {
  int64_t rows = 1;
  for (int i = 0; i < x->rank - 1; i++) rows *= x->dim[i];
  return rows;
}

#define AG_SELF "ops/linear.c"
#include "core/each_real.h"
#else

static void AG_NAME(affine)(const ag_call *call, bool rectified) {
  const int64_t rows = rows_of(call->in[0]), out = call->in[1]->dim[0], in = call->in[1]->dim[1];
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

/* x as one matrix of all its rows. */
static ag_tensor *matrix_of(ag_tensor *x) {
  return x->rank == 2 ? x : ag_reshape(x, AG_SHAPE(rows_of(x), x->dim[x->rank - 1]));
}

static void affine_vjp(const ag_node *node, ag_tensor *g, ag_tensor **dx) {
  ag_tensor *x = node->in[0], *rows = matrix_of(g);
  if (ag_needs(node, 0)) {
    dx[0] = ag_matmul(rows, node->in[1]);
    if (x->rank != 2) dx[0] = ag_reshape(dx[0], ag_shape_of(x));
  }
  if (ag_needs(node, 1)) dx[1] = ag_matmul(ag_transpose(rows, 0, 1), matrix_of(x));
  if (node->n_in == 3 && ag_needs(node, 2)) dx[2] = ag_sum(rows, .axes = AG_AXES(0));
}

static double linear_flops(const ag_call *call) {
  return (double)call->out[0]->numel * (2.0 * (double)ag_dim(call->in[1], 1) + (call->n_in == 3));
}

static void linear_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  affine_vjp(node, g[0], dx);
}

static void linear_relu_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  affine_vjp(node, ag_relu_grad(g[0], node->out[0]), dx);
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
