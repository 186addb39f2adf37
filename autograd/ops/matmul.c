/* Matrix products.
 *
 *   z = x y for (..., m, k) and (..., k, n), leading axes broadcast       dx = g y',   dy = x' g
 *
 * A transposed view goes to the kernel as it is, as a matrix to be read by columns; so does a broadcast
 * batch, whose matrices are 0 elements apart. Only matrices that have no unit stride are copied. */
#ifndef AG_REAL
#include "kernels/gemm.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

#define MOST 0x7fffffff /* the limit of BLAS for sizes and leading dimensions */

/* The batch axes of a shape of rank at least 2. */
static ag_shape batch_of(ag_shape shape) {
  shape.rank -= 2;
  return shape;
}

/* Refuses both operands; the message has a place for each shape. */
#define refused(call, code, message)                                                                         \
  ag_reject(call, code, message, ag_operand_text(call, 0), ag_operand_text(call, 1))

static bool matmul_shape(ag_call *call) {
  const ag_shape x = ag_shape_of(call->in[0]), y = ag_shape_of(call->in[1]);
  if (x.rank < 2 || y.rank < 2)
    return refused(call, AG_ESHAPE, "%s and %s must be matrices or batches of them");
  const int64_t m = x.dim[x.rank - 2], k = x.dim[x.rank - 1], n = y.dim[y.rank - 1];
  if (k != y.dim[y.rank - 2]) return refused(call, AG_ESHAPE, "%s and %s do not fit");
  if (!ag_broadcast(batch_of(x), batch_of(y), &call->shape[0])) {
    return refused(call, AG_ESHAPE, "the leading axes of %s and %s do not broadcast");
  }
  if (m > MOST || n > MOST || k > MOST)
    return refused(call, AG_EVALUE, "%s and %s: sizes must be below 2^31");
  call->shape[0].dim[call->shape[0].rank++] = m;
  call->shape[0].dim[call->shape[0].rank++] = n;
  return true;
}

/* Whether matrices of these sizes and strides have rows of adjacent elements. */
static bool has_rows(int64_t rows, int64_t columns, int64_t row_stride, int64_t column_stride) {
  return (columns == 1 || column_stride == 1) && (rows == 1 || (row_stride >= columns && row_stride <= MOST));
}

/* One operand as the kernel reads it; x itself, or its contiguous copy. */
typedef struct {
  ag_tensor *x;
  bool transposed;
  int64_t leading, batch[AG_MAX_RANK]; /* strides */
} matrices;

static bool view_matrices(const ag_call *call, int i, matrices *view) {
  ag_tensor *x = call->in[i];
  const ag_shape out = call->shape[0];
  for (int copied = 0;; copied++) {
    const int last = x->rank - 1;
    const int64_t rows = x->dim[last - 1], columns = x->dim[last], down = x->stride[last - 1],
                  right = x->stride[last];
    view->transposed = !has_rows(rows, columns, down, right);
    if (!view->transposed) view->leading = rows == 1 ? columns : down;
    if (view->transposed) view->leading = columns == 1 ? rows : right;
    if (copied || !view->transposed || has_rows(columns, rows, right, down)) break;
    x = ag_packed(call->at, x);
    if (!x) return false;
  }
  if (view->leading < 1) view->leading = 1;
  const int added = out.rank - x->rank;
  for (int j = 0; j < out.rank - 2; j++) {
    view->batch[j] = j < added || (x->dim[j - added] == 1 && out.dim[j] != 1) ? 0 : x->stride[j - added];
  }
  view->x = x;
  return true;
}

/* The batch axes from *first on walk evenly through both operands, so that one kernel call takes them all. */
static int64_t even_batch(ag_shape batch, const matrices *a, const matrices *b, int *first) {
  int64_t count = 1;
  *first = batch.rank;
  for (int i = batch.rank - 1; i >= 0; i--) {
    const int last = batch.rank - 1;
    if (i < last && (a->batch[i] != a->batch[last] * count || b->batch[i] != b->batch[last] * count)) break;
    count *= batch.dim[i];
    *first = i;
  }
  return count;
}

#define AG_SELF "ops/matmul.c"
#include "core/each_real.h"
#else

/* Kernel: walks over the batch axes that the strides of the kernel cannot express. */
static void AG_NAME(multiply)(const ag_call *call, const matrices *a, const matrices *b) {
  const ag_shape out = call->shape[0], batch = batch_of(out);
  const ag_tensor *x = a->x;
  int first;
  agk_gemm_geometry g = {
      .trans_a = a->transposed, .trans_b = b->transposed, .lda = a->leading, .ldb = b->leading};
  g.m = out.dim[out.rank - 2];
  g.n = g.ldc = out.dim[out.rank - 1];
  g.k = x->dim[x->rank - 1];
  g.batch = even_batch(batch, a, b, &first);
  g.stride_c = g.m * g.n;
  if (first < batch.rank) {
    g.stride_a = a->batch[batch.rank - 1];
    g.stride_b = b->batch[batch.rank - 1];
  }
  void *workspace = ag_scratch(call, AG_NAME(agk_gemm_workspace)(&g, call->threads));
  if (!workspace || call->out[0]->numel == 0) return;
  AG_REAL *z = ag_data(call->out[0]);
  const int64_t calls = call->out[0]->numel / (g.batch * g.stride_c);
  for (int64_t i = 0; i < calls; i++) {
    const AG_REAL *p = ag_data(a->x), *q = ag_data(b->x);
    int64_t rest = i;
    for (int j = first - 1; j >= 0; j--) {
      p += rest % batch.dim[j] * a->batch[j];
      q += rest % batch.dim[j] * b->batch[j];
      rest /= batch.dim[j];
    }
    AG_NAME(agk_gemm)(call->threads, &g, p, q, 0, z + i * g.batch * g.stride_c, workspace);
  }
}

static void AG_NAME(matmul)(const ag_call *call) {
  matrices a, b;
  if (!view_matrices(call, 0, &a)) return;
  if (view_matrices(call, 1, &b)) {
    AG_NAME(multiply)(call, &a, &b);
    if (b.x != call->in[1]) ag_drop(b.x);
  }
  if (a.x != call->in[0]) ag_drop(a.x);
}
#endif

#ifndef AG_REAL

/* Broadcast batches of dx and dy are summed by the driver. */
static void matmul_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *x = node->in[0], *y = node->in[1];
  if (ag_needs(node, 0)) dx[0] = ag_matmul(g[0], ag_transpose(y, -1, -2));
  if (ag_needs(node, 1)) dx[1] = ag_matmul(ag_transpose(x, -1, -2), g[0]);
}

static double matmul_flops(const ag_call *call) {
  return 2.0 * (double)call->out[0]->numel * (double)ag_dim(call->in[0], -1);
}

static const ag_sample matmul_samples[] = {
    AG_WORKS(-2, 2, NULL, AG_LIST(3, 5), AG_LIST(5, 4)),
    AG_WORKS(-2, 2, NULL, AG_LIST(1, 1), AG_LIST(1, 7)),
    AG_WORKS(-2, 2, NULL, AG_LIST(2, 3, 4), AG_LIST(2, 4, 5)),
    AG_WORKS(-2, 2, NULL, AG_LIST(2, 1, 3, 2), AG_LIST(3, 2, 4)),
    AG_WORKS(-2, 2, NULL, AG_LIST(3, 2, 2, 3), AG_LIST(3, 1, 3, 1)),
    AG_WORKS(-2, 2, NULL, AG_LIST(2, 3), AG_LIST(2, 2, 3, 4)),
    AG_WORKS(-2, 2, NULL, AG_LIST(2, 3, 0), AG_LIST(0, 4)),
    AG_REFUSED("matmul: 32x128 and 64x10 do not fit", NULL, AG_LIST(32, 128), AG_LIST(64, 10)),
    AG_REFUSED("matmul: the leading axes of 2x3x4 and 3x4x5 do not broadcast", NULL, AG_LIST(2, 3, 4),
               AG_LIST(3, 4, 5)),
    AG_REFUSED("matmul: 3 and 3x4 must be matrices or batches of them", NULL, AG_LIST(3), AG_LIST(3, 4)),
    AG_REFUSED("matmul: 3000000000x0 and 0x1: sizes must be below 2^31", NULL, AG_LIST(3000000000, 0),
               AG_LIST(0, 1)),
    AG_NO_MORE,
};

const ag_op ag_op_matmul = {.name = "matmul",
                            .formula = "x y",
                            .shapes = "(..., m, k), (..., k, n) -> (..., m, n)",
                            .n_in = 2,
                            .shape = matmul_shape,
                            .forward = {matmul_f32, matmul_f64},
                            .strided = true,
                            .vjp = matmul_vjp,
                            .flops = matmul_flops,
                            .samples = matmul_samples};

/* A vector as a matrix of one row or, on the right, of one column. */
static ag_tensor *as_matrix(ag_site at, ag_tensor *x, bool right) {
  if (x->rank != 1) return x;
  return (ag_reshape)(at, x, right ? AG_SHAPE(x->dim[0], 1) : AG_SHAPE(1, x->dim[0]));
}

/* A batch times one matrix is one product of all its rows. */
static ag_tensor *multiply(ag_site at, ag_tensor *x, ag_tensor *y) {
  ag_shape shape = ag_shape_of(x);
  const bool rows = x->rank > 2 && y->rank == 2 && x->dim[x->rank - 1] == y->dim[0];
  if (!rows) return ag_apply(at, &ag_op_matmul, 2, (ag_tensor *[]){x, y}, NULL);
  int64_t m = 1;
  for (int i = 0; i < shape.rank - 1; i++) m *= shape.dim[i];
  ag_tensor *flat[] = {(ag_reshape)(at, x, AG_SHAPE(m, y->dim[0])), y};
  shape.dim[shape.rank - 1] = y->dim[1];
  return (ag_reshape)(at, ag_apply(at, &ag_op_matmul, 2, flat, NULL), shape);
}

ag_tensor *(ag_matmul)(ag_site at, ag_tensor *x, ag_tensor *y) {
  ag_tensor *result;
  if (!ag_ready(at, "matmul", 2, (ag_tensor *[]){x, y}, &result)) return result;
  const bool row = x->rank == 1, column = y->rank == 1;
  if ((row || column) && (!x->rank || !y->rank || x->dim[x->rank - 1] != y->dim[column ? 0 : y->rank - 2])) {
    ag_fail(x->c, AG_ESHAPE, at, "matmul: %s and %s do not fit", ag_shape_text(x->c, ag_shape_of(x)),
            ag_shape_text(x->c, ag_shape_of(y)));
    return result;
  }
  ag_tensor *z = multiply(at, as_matrix(at, x, false), as_matrix(at, y, true));
  if (!row && !column) return z;
  if (ag_is_nil(z)) return z;
  ag_shape shape = ag_shape_of(z);
  if (row) shape.dim[shape.rank - 2] = shape.dim[shape.rank - 1];
  shape.rank -= row + column;
  return (ag_reshape)(at, z, shape);
}
#endif
