/* Systems of linear equations with a triangular matrix, of which the other triangle is not read.
 *
 *   solve_triangular  x = A^-1 b;  A'^-1 b, transposed;  b A^-1, right;  b A'^-1, both
 *
 *   db = the same with A' in place of A, of g
 *   dA = -db x',  -x db' transposed,  -x' db right,  -db' x both;  in the triangle that was read
 *
 * With a diagonal that is taken for ones the triangle is that without the diagonal. */
#ifndef AG_REAL
#include <string.h>

#include "core/parallel.h"
#include "kernels/blas.h"
#include "kernels/lapack.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/matrices.h"
#include "ops/sample.h"

static bool solve_triangular_shape(ag_call *call) {
  const ag_triangular_attributes *t = call->attributes;
  return ag_check_sides(call, t->right);
}

#define AG_SELF "ops/solve_triangular.c"
#include "core/each_real.h"
#else

/* Refuses a matrix that has a 0 on its diagonal. */
static bool AG_NAME(regular)(const ag_call *call) {
  const ag_tensor *x = call->in[0];
  const AG_REAL *a = ag_data(x);
  const int64_t n = x->dim[x->rank - 1], count = x->numel ? ag_matrix_count(ag_shape_of(x)) : 0;
  for (int64_t i = 0; i < count; i++, a += n * n) {
    for (int64_t j = 0; j < n; j++) {
      if (a[j * n + j] == 0) return ag_reject_matrix(call, i, "singular: 0 on the diagonal in row", (int)j);
    }
  }
  return true;
}

static void AG_NAME(solve_triangular)(const ag_call *call) {
  const ag_triangular_attributes *s = call->attributes;
  const agk_triangle t = {s->upper, s->unitriangular, s->transposed, s->right};
  const ag_tensor *a = call->in[0], *b = call->in[1], *out = call->out[0];
  if (!t.unit && !AG_NAME(regular)(call)) return;
  if (out->numel == 0) return;
  const int64_t n = a->dim[a->rank - 1], rows = out->dim[out->rank - 2], columns = out->dim[out->rank - 1];
  const int64_t count = ag_matrix_count(call->shape[0]);
  const AG_REAL *matrix = ag_data(a), *sides = ag_data(b);
  AG_REAL *x = ag_data(out);
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(call->threads, count, out->numel * (n < 1024 ? n : 1024)))
  for (int64_t i = 0; i < count; i++) {
    AG_REAL *solution = x + i * rows * columns;
    const int64_t of_a = ag_matrix_of(call->shape[0], a, i), of_b = ag_matrix_of(call->shape[0], b, i);
    memcpy(solution, sides + of_b * rows * columns, (size_t)(rows * columns) * sizeof *solution);
    AG_NAME(agk_solve_triangular)(rows, columns, t, matrix + of_a * n * n, solution);
  }
  agk_blas_end(state);
}
#endif

#ifndef AG_REAL

/* Broadcast batches of dA and db are summed by the driver. */
static void solve_triangular_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  const ag_triangular_attributes *t = node->attributes;
  ag_triangular_attributes back = *t;
  back.transposed = !t->transposed;
  ag_tensor *x = ag_result(node, 0);
  ag_tensor *db = ag_apply(AG_HERE, node->op, 2, (ag_tensor *[]){node->in[0], g[0]}, &back);
  dx[1] = db;
  if (!ag_needs(node, 0)) return;
  ag_tensor *left = t->transposed == t->right ? db : x, *right = t->transposed == t->right ? x : db;
  left = t->right ? ag_transpose(left, -1, -2) : left;
  right = t->right ? right : ag_transpose(right, -1, -2);
  ag_tensor *da = ag_neg(ag_matmul(left, right));
  dx[0] = t->upper ? ag_triu(da, t->unitriangular) : ag_tril(da, -(int64_t)t->unitriangular);
}

static double solve_triangular_flops(const ag_call *call) {
  return (double)call->out[0]->numel * (double)ag_dim(call->in[0], -1);
}

#define TRIANGLE(...) AG_WITH(ag_triangular_attributes, __VA_ARGS__)
#define WORKS(with, ...)                                                                                     \
  { AG_OPERANDS_(__VA_ARGS__), .attributes = with, .low = -1, .high = 1, .dominant = true }
static const ag_sample solve_triangular_samples[] = {
    WORKS(TRIANGLE(0), AG_LIST(3, 3), AG_LIST(3, 2)),
    WORKS(TRIANGLE(.upper = true), AG_LIST(4, 4), AG_LIST(4, 4)),
    WORKS(TRIANGLE(.transposed = true), AG_LIST(2, 3, 3), AG_LIST(3, 1)),
    WORKS(TRIANGLE(.right = true), AG_LIST(3, 3), AG_LIST(2, 3)),
    WORKS(TRIANGLE(.right = true, .transposed = true, .upper = true), AG_LIST(2, 2), AG_LIST(3, 2, 2)),
    WORKS(TRIANGLE(.right = true, .transposed = true), AG_LIST(2, 1, 3, 3), AG_LIST(2, 1, 3)),
    WORKS(TRIANGLE(.unitriangular = true), AG_LIST(2, 3, 3), AG_LIST(2, 3, 2)),
    WORKS(TRIANGLE(.unitriangular = true, .upper = true, .transposed = true), AG_LIST(2, 3, 3),
          AG_LIST(3, 2)),
    WORKS(TRIANGLE(.unitriangular = true, .upper = true, .right = true), AG_LIST(1, 3, 3), AG_LIST(2, 2, 3)),
    WORKS(TRIANGLE(0), AG_LIST(1, 1), AG_LIST(1, 1)),
    WORKS(TRIANGLE(0), AG_LIST(0, 0), AG_LIST(0, 3)),
    WORKS(TRIANGLE(0), AG_LIST(2, 2), AG_LIST(2, 0)),
    WORKS(TRIANGLE(0), AG_LIST(0, 2, 2), AG_LIST(1, 2, 3)),
    AG_REFUSED("solve_triangular: 3x3 and 2x3 do not fit", TRIANGLE(0), AG_LIST(3, 3), AG_LIST(2, 3)),
    AG_REFUSED("solve_triangular: 3x3 and 3x2 do not fit", TRIANGLE(.right = true), AG_LIST(3, 3),
               AG_LIST(3, 2)),
    AG_REFUSED("solve_triangular: 3x3 and 3 do not fit", TRIANGLE(0), AG_LIST(3, 3), AG_LIST(3)),
    AG_REFUSED("solve_triangular: 3x2 is not made of square matrices", TRIANGLE(0), AG_LIST(3, 2),
               AG_LIST(3, 2)),
    AG_REFUSED("solve_triangular: the leading axes of 2x1x1 and 3x1x1 do not broadcast", TRIANGLE(0),
               AG_LIST(2, 1, 1), AG_LIST(3, 1, 1)),
    AG_REFUSED("solve_triangular: 0x3000000000: sizes must be below 2^31", TRIANGLE(0), AG_LIST(0, 0),
               AG_LIST(0, 3000000000)),
    AG_NO_MORE,
};

const ag_op ag_op_solve_triangular = {.name = "solve_triangular",
                                      .formula = "x with a x = b, a a triangular matrix",
                                      .shapes = "(..., n, n), (..., n, k) -> (..., n, k)",
                                      .n_in = 2,
                                      .attribute_size = sizeof(ag_triangular_attributes),
                                      .shape = solve_triangular_shape,
                                      .forward = {solve_triangular_f32, solve_triangular_f64},
                                      .vjp = solve_triangular_vjp,
                                      .flops = solve_triangular_flops,
                                      .samples = solve_triangular_samples};

ag_tensor *(ag_solve_triangular)(ag_solve_triangular_args a) {
  const ag_triangular_attributes t = {a.upper, a.unitriangular, a.transposed, a.right};
  return ag_apply(a.at, &ag_op_solve_triangular, 2, (ag_tensor *[]){a.a, a.b}, &t);
}
#endif
