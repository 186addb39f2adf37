/* Triangles of matrices, the last two axes.
 *
 *   tril  y[i][j] = j - i <= diagonal ? x[i][j] : 0      dx = tril(g)
 *   triu  y[i][j] = j - i >= diagonal ? x[i][j] : 0      dx = triu(g)
 */
#include <string.h>

#include "core/parallel.h"
#include "ops/catalogue.h"
#include "ops/check.h"
#include "ops/sample.h"

static bool triangle_shape(ag_call *call) {
  call->shape[0] = ag_shape_of(call->in[0]);
  if (call->shape[0].rank >= 2) return true;
  return ag_reject(call, AG_ESHAPE, "x is %s, wanted is a matrix or a batch of them",
                   ag_operand_text(call, 0));
}

/* Copies the elements on one side of the diagonal and clears the others. A row is cut where the column is the
 * row's number plus the diagonal, which counts no further than the matrix. */
static void triangle(const ag_call *call, bool lower) {
  const ag_triangle_attributes *a = call->attributes;
  const ag_tensor *x = call->in[0], *y = call->out[0];
  if (x->numel == 0) return;
  const int64_t rows = x->dim[x->rank - 2], columns = x->dim[x->rank - 1], n = x->numel / columns;
  const int64_t diagonal = a->diagonal < -rows ? -rows : a->diagonal > columns ? columns : a->diagonal;
  const size_t size = ag_dtype_size(x->dtype), row = (size_t)columns * size;
  const int64_t chunks = n < 256 ? n : 256;
  AG_PARALLEL_FOR(ag_team(call->threads, chunks, x->numel))
  for (int64_t i = 0; i < chunks; i++) {
    const ag_range r = ag_chunk_range(i, chunks, n);
    for (int64_t k = r.begin; k < r.end; k++) {
      int64_t cut = k % rows + diagonal + lower;
      cut = cut < 0 ? 0 : cut > columns ? columns : cut;
      const size_t left = (size_t)cut * size, place = (size_t)k * row;
      const size_t kept = lower ? place : place + left, cleared = lower ? place + left : place;
      memcpy(y->data + kept, x->data + kept, lower ? left : row - left);
      memset(y->data + cleared, 0, lower ? row - left : left);
    }
  }
}

static void tril(const ag_call *call) { triangle(call, true); }

static void triu(const ag_call *call) { triangle(call, false); }

static void triangle_vjp(const ag_node *node, ag_tensor *const *g, ag_tensor **dx) {
  dx[0] = ag_apply(AG_HERE, node->op, 1, g, node->attributes);
}

#define FROM(diagonal) AG_WITH(ag_triangle_attributes, diagonal)
#define SAMPLES(name)                                                                                        \
  AG_WORKS(-2, 2, FROM(0), AG_LIST(3, 4)), AG_WORKS(-2, 2, FROM(1), AG_LIST(2, 4, 3)),                       \
      AG_WORKS(-2, 2, FROM(-2), AG_LIST(2, 1, 4, 3)), AG_WORKS(-2, 2, FROM(INT64_MAX), AG_LIST(2, 3)),       \
      AG_WORKS(-2, 2, FROM(INT64_MIN), AG_LIST(2, 3)), AG_WORKS(-2, 2, FROM(0), AG_LIST(2, 0, 3)),           \
      AG_WORKS(-2, 2, FROM(0), AG_LIST(3, 0)),                                                               \
      {.in = {AG_LIST(3, 4)}, .n_in = 1, .attributes = FROM(1), .below = 3, .dtype = AG_I64},                \
      {.in = {AG_LIST(3, 4)}, .n_in = 1, .attributes = FROM(-1), .below = 2, .dtype = AG_BOOL},              \
      AG_REFUSED(name ": x is 3, wanted is a matrix or a batch of them", FROM(0), AG_LIST(3)),               \
      AG_REFUSED(name ": x is scalar, wanted is a matrix or a batch of them", FROM(0), AG_POINT), AG_NO_MORE
static const ag_sample tril_samples[] = {SAMPLES("tril")};
static const ag_sample triu_samples[] = {SAMPLES("triu")};

const ag_op ag_op_tril = {.name = "tril",
                          .formula = "x where j - i <= diagonal, else 0",
                          .shapes = "(..., n, m) -> (..., n, m)",
                          .n_in = 1,
                          .in_dtype = {AG_ANY},
                          .attribute_size = sizeof(ag_triangle_attributes),
                          .shape = triangle_shape,
                          .forward = AG_EVERY_DTYPE(tril),
                          .vjp = triangle_vjp,
                          .samples = tril_samples};

const ag_op ag_op_triu = {.name = "triu",
                          .formula = "x where j - i >= diagonal, else 0",
                          .shapes = "(..., n, m) -> (..., n, m)",
                          .n_in = 1,
                          .in_dtype = {AG_ANY},
                          .attribute_size = sizeof(ag_triangle_attributes),
                          .shape = triangle_shape,
                          .forward = AG_EVERY_DTYPE(triu),
                          .vjp = triangle_vjp,
                          .samples = triu_samples};

ag_tensor *(ag_tril)(ag_site at, ag_tensor *x, int64_t diagonal) {
  return ag_apply(at, &ag_op_tril, 1, &x, &(ag_triangle_attributes){diagonal});
}

ag_tensor *(ag_triu)(ag_site at, ag_tensor *x, int64_t diagonal) {
  return ag_apply(at, &ag_op_triu, 1, &x, &(ag_triangle_attributes){diagonal});
}
