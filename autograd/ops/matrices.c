#ifndef AG_REAL
#include "ops/matrices.h"

#include <inttypes.h>
#include <string.h>

#include "core/parallel.h"
#include "kernels/blas.h"
#include "kernels/lapack.h"
#include "ops/check.h"

#define MOST 0x7fffffff /* the limit of BLAS for sizes */

bool ag_check_square(const ag_call *call, int i) {
  const ag_shape x = ag_shape_of(call->in[i]);
  if (x.rank < 2 || x.dim[x.rank - 1] != x.dim[x.rank - 2])
    return ag_reject(call, AG_ESHAPE, "%s is not made of square matrices", ag_operand_text(call, i));
  return true;
}

bool ag_check_sides(ag_call *call, bool rows) {
  ag_shape a = ag_shape_of(call->in[0]), b = ag_shape_of(call->in[1]);
  if (!ag_check_square(call, 0)) return false;
  const int64_t n = a.dim[a.rank - 1];
  if (b.rank < 2 || b.dim[b.rank - (rows ? 1 : 2)] != n)
    return ag_reject(call, AG_ESHAPE, "%s and %s do not fit", ag_operand_text(call, 0),
                     ag_operand_text(call, 1));
  const int64_t others = b.dim[b.rank - (rows ? 2 : 1)];
  if (others > MOST)
    return ag_reject(call, AG_EVALUE, "%s: sizes must be below 2^31", ag_operand_text(call, 1));
  a.rank -= 2;
  b.rank -= 2;
  if (!ag_broadcast(a, b, &call->shape[0]))
    return ag_reject(call, AG_ESHAPE, "the leading axes of %s and %s do not broadcast",
                     ag_operand_text(call, 0), ag_operand_text(call, 1));
  call->shape[0].dim[call->shape[0].rank++] = rows ? others : n;
  call->shape[0].dim[call->shape[0].rank++] = rows ? n : others;
  return true;
}

int64_t ag_matrix_count(ag_shape shape) {
  int64_t count = 1;
  for (int i = 0; i < shape.rank - 2; i++) count *= shape.dim[i];
  return count;
}

int64_t ag_matrix_of(ag_shape shape, const ag_tensor *x, int64_t i) {
  const int added = shape.rank - x->rank;
  int64_t which = 0, step = 1;
  for (int axis = shape.rank - 3; axis >= added; axis--) {
    const int64_t size = x->dim[axis - added];
    if (size != 1) which += i % shape.dim[axis] * step;
    i /= shape.dim[axis];
    step *= size;
  }
  return which;
}

int64_t ag_matrix_work(const ag_tensor *x) {
  const int64_t n = x->dim[x->rank - 1];
  return x->numel * (n < 1024 ? n : 1024);
}

bool ag_reject_matrix(const ag_call *call, int64_t which, const char *fault, int number) {
  return ag_reject(call, AG_EVALUE, "matrix %" PRId64 " of %s is %s %d", which, ag_operand_text(call, 0),
                   fault, number);
}

#define AG_SELF "ops/matrices.c"
#include "core/each_real.h"
#else

bool AG_NAME(ag_factorise)(const ag_call *call, const ag_tensor *x, ag_lu *lu) {
  const int64_t n = x->dim[x->rank - 1], count = ag_matrix_count(ag_shape_of(x));
  char *memory =
      ag_scratch(call, (size_t)x->numel * sizeof(AG_REAL) + (size_t)count * (size_t)(n + 1) * sizeof(int));
  if (!memory) return false;
  AG_REAL *factors = (AG_REAL *)(void *)memory;
  int *pivot = (int *)(void *)(factors + x->numel), *fault = pivot + count * n;
  const AG_REAL *elements = ag_data(x);
  const int state = agk_blas_begin();
  AG_PARALLEL_FOR(ag_team(call->threads, count, ag_matrix_work(x)))
  for (int64_t i = 0; i < count; i++) {
    AG_REAL *a = factors + i * n * n;
    fault[i] = AG_LU_NAN;
    if (AG_NAME(agk_has_nan)(n * n, elements + i * n * n)) continue;
    memcpy(a, elements + i * n * n, (size_t)(n * n) * sizeof *a);
    fault[i] = n ? AG_NAME(agk_lu)(n, a, pivot + i * n) : 0;
  }
  agk_blas_end(state);
  *lu = (ag_lu){n, count, factors, pivot, fault};
  return true;
}
#endif
