/* Systems of linear equations with a general square matrix, by LU factors with exchanges.
 *
 *   solve    x = A^-1 b, or A'^-1 b transposed     db = A'^-1 g or A^-1 g,   dA = -db x' or -x db'
 *   inverse  y = A^-1                              dA = -y' g y'
 */
#ifndef AG_REAL
#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "kernels/blas.h"
#include "kernels/lapack.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/matrices.h"
#include "ops/sample.h"

static bool solve_shape(ag_call *call) { return ag_check_sides(call, false); }

static bool inverse_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  return ag_check_square(call, 0);
}

/* Refuses a matrix that has no inverse. */
static bool regular(const ag_call *call, const ag_lu *lu) {
  for (int64_t i = 0; i < lu->count; i++) {
    if (lu->fault[i] > 0) return ag_reject_matrix(call, i, "singular: no pivot in row", lu->fault[i] - 1);
  }
  return true;
}

#define AG_SELF "ops/solve.c"
#include "core/each_real.h"
#else

/* Replaces k right-hand sides of matrix i by their solutions; by NaN where the matrix has NaN. */
static void AG_NAME(substitute)(const ag_lu *lu, int64_t i, int64_t k, bool transposed, AG_REAL *b) {
  const AG_REAL *factors = lu->factors;
  if (lu->fault[i] == AG_LU_NAN) {
    for (int64_t j = 0; j < lu->n * k; j++) b[j] = NAN;
  } else {
    AG_NAME(agk_lu_solve)(lu->n, k, transposed, factors + i * lu->n * lu->n, lu->pivot + i * lu->n, b);
  }
}

static void AG_NAME(solve)(const ag_call *call) {
  const ag_solve_attributes *s = call->attributes;
  const ag_tensor *a = call->in[0], *b = call->in[1], *out = call->out[0];
  ag_lu lu = {0};
  if (a->numel && (!AG_NAME(ag_factorise)(call, a, &lu) || !regular(call, &lu))) return;
  if (out->numel == 0) return;
  const int64_t n = lu.n, k = out->dim[out->rank - 1], count = ag_matrix_count(call->shape[0]);
  const AG_REAL *sides = ag_data(b);
  AG_REAL *x = ag_data(out);
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(call->threads, count, out->numel * (n < 1024 ? n : 1024)))
  for (int64_t i = 0; i < count; i++) {
    const int64_t of_a = ag_matrix_of(call->shape[0], a, i), of_b = ag_matrix_of(call->shape[0], b, i);
    memcpy(x + i * n * k, sides + of_b * n * k, (size_t)(n * k) * sizeof *x);
    AG_NAME(substitute)(&lu, of_a, k, s->transposed, x + i * n * k);
  }
  agk_blas_end(state);
}

static void AG_NAME(inverse)(const ag_call *call) {
  const ag_tensor *a = call->in[0];
  AG_REAL *y = ag_data(call->out[0]);
  ag_lu lu;
  if (a->numel == 0 || !AG_NAME(ag_factorise)(call, a, &lu) || !regular(call, &lu)) return;
  const int64_t n = lu.n;
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(call->threads, lu.count, ag_matrix_work(a)))
  for (int64_t i = 0; i < lu.count; i++) {
    for (int64_t j = 0; j < n * n; j++) y[i * n * n + j] = j % (n + 1) == 0;
    AG_NAME(substitute)(&lu, i, n, false, y + i * n * n);
  }
  agk_blas_end(state);
}
#endif

#ifndef AG_REAL

/* Broadcast batches of dA and db are summed by the driver. */
static void solve_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_solve_attributes *s = node->attributes;
  const ag_solve_attributes back = {.transposed = !s->transposed};
  ag_tensor *x = ag_result(node, 0);
  ag_tensor *db = ag_apply(AG_HERE, node->op, 2, (ag_tensor *[]){node->in[0], g[0]}, &back);
  dx[1] = db;
  if (!ag_needs(node, 0)) return;
  dx[0] = ag_neg(ag_matmul(s->transposed ? x : db, ag_transpose(s->transposed ? db : x, -1, -2)));
}

static void inverse_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  ag_tensor *y = ag_transpose(ag_result(node, 0), -1, -2);
  dx[0] = ag_neg(ag_matmul(ag_matmul(y, g[0]), y));
}

static double solve_flops(const ag_call *call) {
  const double n = (double)ag_dim(call->in[0], -1);
  return (double)call->in[0]->numel * n * 2 / 3 + 2 * n * (double)call->out[0]->numel;
}

static double inverse_flops(const ag_call *call) {
  return (double)call->in[0]->numel * (double)ag_dim(call->in[0], -1) * 8 / 3;
}

#define WORKS(with, ...)                                                                                     \
  { AG_OPERANDS_(__VA_ARGS__), .attributes = with, .low = -1, .high = 1, .dominant = true }
#define PLAIN AG_WITH(ag_solve_attributes, false)
#define TRANSPOSED AG_WITH(ag_solve_attributes, true)
static const ag_sample solve_samples[] = {
    WORKS(PLAIN, AG_LIST(3, 3), AG_LIST(3, 2)),
    WORKS(PLAIN, AG_LIST(4, 4), AG_LIST(4, 4)),
    WORKS(TRANSPOSED, AG_LIST(2, 3, 3), AG_LIST(3, 1)),
    WORKS(TRANSPOSED, AG_LIST(2, 2), AG_LIST(3, 2, 2)),
    WORKS(PLAIN, AG_LIST(2, 1, 2, 2), AG_LIST(3, 2, 1)),
    WORKS(PLAIN, AG_LIST(1, 1), AG_LIST(1, 1)),
    WORKS(PLAIN, AG_LIST(0, 0), AG_LIST(0, 3)),
    WORKS(PLAIN, AG_LIST(2, 2), AG_LIST(2, 0)),
    WORKS(PLAIN, AG_LIST(0, 2, 2), AG_LIST(1, 2, 3)),
    AG_REFUSED("solve: 3x3 and 2x3 do not fit", PLAIN, AG_LIST(3, 3), AG_LIST(2, 3)),
    AG_REFUSED("solve: 3x2 is not made of square matrices", PLAIN, AG_LIST(3, 2), AG_LIST(3, 2)),
    AG_REFUSED("solve: the leading axes of 2x1x1 and 3x1x1 do not broadcast", PLAIN, AG_LIST(2, 1, 1),
               AG_LIST(3, 1, 1)),
    AG_NO_MORE,
};
static const ag_sample inverse_samples[] = {
    WORKS(NULL, AG_LIST(3, 3)),
    WORKS(NULL, AG_LIST(2, 1, 4, 4)),
    WORKS(NULL, AG_LIST(3, 2, 2)),
    WORKS(NULL, AG_LIST(1, 1)),
    WORKS(NULL, AG_LIST(1, 1, 1, 1, 1, 2, 2, 2)),
    WORKS(NULL, AG_LIST(0, 0)),
    WORKS(NULL, AG_LIST(0, 3, 3)),
    WORKS(NULL, AG_LIST(2, 0, 0)),
    AG_REFUSED("inverse: 3 is not made of square matrices", NULL, AG_LIST(3)),
    AG_REFUSED("inverse: 4x2x3 is not made of square matrices", NULL, AG_LIST(4, 2, 3)),
    AG_NO_MORE,
};

const ag_op ag_op_solve = {.name = "solve",
                           .formula = "x with a x = b",
                           .shapes = "(..., n, n), (..., n, k) -> (..., n, k)",
                           .n_in = 2,
                           .attribute_size = sizeof(ag_solve_attributes),
                           .shape = solve_shape,
                           .forward = {solve_f32, solve_f64},
                           .vjp = solve_vjp,
                           .flops = solve_flops,
                           .samples = solve_samples};

const ag_op ag_op_inverse = {.name = "inverse",
                             .formula = "y with x y = 1",
                             .shapes = "(..., n, n) -> (..., n, n)",
                             .n_in = 1,
                             .shape = inverse_shape,
                             .forward = {inverse_f32, inverse_f64},
                             .vjp = inverse_vjp,
                             .flops = inverse_flops,
                             .samples = inverse_samples};

ag_tensor *(ag_inverse)(ag_site at, ag_tensor *x) { return ag_apply(at, &ag_op_inverse, 1, &x, NULL); }

/* Whether b is one vector for each matrix of a: PyTorch's rule. */
static bool is_vectors(const ag_tensor *a, const ag_tensor *b) {
  bool vectors = b->rank == 1 || b->rank == a->rank - 1;
  for (int i = 0; i < b->rank && vectors && b->rank != 1; i++) vectors = b->dim[i] == a->dim[i];
  return vectors;
}

/* x a = b is a' x' = b'. */
ag_tensor *(ag_solve)(ag_solve_args s) {
  ag_tensor *x;
  if (!ag_ready(s.at, "solve", 2, (ag_tensor *[]){s.a, s.b}, &x)) return x;
  const bool vectors = is_vectors(s.a, s.b), turned = s.right && !vectors && s.b->rank >= 2;
  ag_tensor *b = vectors ? (ag_unsqueeze)(s.at, s.b, -1) : turned ? (ag_transpose)(s.at, s.b, -1, -2) : s.b;
  x = ag_apply(s.at, &ag_op_solve, 2, (ag_tensor *[]){s.a, b}, &(ag_solve_attributes){s.right});
  if (turned) return (ag_transpose)(s.at, x, -1, -2);
  return vectors ? (ag_squeeze)((ag_squeeze_args){.at = s.at, .x = x, .axes = AG_AXES(-1)}) : x;
}
#endif
