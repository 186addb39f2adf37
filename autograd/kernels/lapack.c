#ifndef AG_REAL
#include "kernels/lapack.h"

#include <cblas.h>
#include <stddef.h>

/* LAPACK's Fortran interface; the last argument of potrf is the length of the text, which compilers of
 * Fortran pass and OpenBLAS does not read. */
void spotrf_(const char *triangle, const int *n, float *a, const int *lda, int *info, size_t length);
void dpotrf_(const char *triangle, const int *n, double *a, const int *lda, int *info, size_t length);
void sgetrf_(const int *m, const int *n, float *a, const int *lda, int *pivot, int *info);
void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivot, int *info);

#define AG_SELF "kernels/lapack.c"
#include "core/each_real.h"
#else

bool AG_NAME(agk_has_nan)(int64_t n, const AG_REAL *a) {
  bool found = false;
  for (int64_t i = 0; i < n; i++) found |= a[i] != a[i];
  return found;
}

int AG_NAME(agk_cholesky)(int64_t n, bool upper, AG_REAL *a) {
  const int order = (int)n;
  int info = 0;
  AG_LAPACK(potrf)(upper ? "L" : "U", &order, a, &order, &info, 1);
  return info;
}

int AG_NAME(agk_lu)(int64_t n, AG_REAL *a, int *pivot) {
  const int order = (int)n;
  int info = 0;
  AG_LAPACK(getrf)(&order, &order, a, &order, pivot, &info);
  return info;
}

void AG_NAME(agk_solve_triangular)(int64_t rows, int64_t columns, agk_triangle t, const AG_REAL *a,
                                   AG_REAL *b) {
  AG_BLAS(trsm)
  (CblasRowMajor, t.right ? CblasRight : CblasLeft, t.upper ? CblasUpper : CblasLower,
   t.transposed ? CblasTrans : CblasNoTrans, t.unit ? CblasUnit : CblasNonUnit, (int)rows, (int)columns, 1, a,
   (int)(t.right ? columns : rows), b, (int)columns);
}

static void AG_NAME(exchange)(int64_t k, AG_REAL *x, AG_REAL *y) {
  for (int64_t i = 0; i < k && x != y; i++) {
    const AG_REAL t = x[i];
    x[i] = y[i];
    y[i] = t;
  }
}

void AG_NAME(agk_lu_solve)(int64_t n, int64_t k, bool transposed, const AG_REAL *lu, const int *pivot,
                           AG_REAL *b) {
  const agk_triangle l = {.transposed = transposed},
                     u = {.upper = true, .unit = true, .transposed = transposed};
  for (int64_t i = 0; i < n && transposed; i++) AG_NAME(exchange)(k, b + i * k, b + (pivot[i] - 1) * k);
  AG_NAME(agk_solve_triangular)(n, k, transposed ? u : l, lu, b);
  AG_NAME(agk_solve_triangular)(n, k, transposed ? l : u, lu, b);
  for (int64_t i = n - 1; i >= 0 && !transposed; i--) AG_NAME(exchange)(k, b + i * k, b + (pivot[i] - 1) * k);
}
#endif
