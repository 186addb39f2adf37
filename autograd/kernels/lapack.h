/* lapack.h - factorisations of one square matrix in the calling thread, and what is solved with them.
 *
 * Matrices are row-major and n x n, right-hand sides n x k. LAPACK reads by columns, so what it sees is the
 * transposed matrix; nothing is turned around for it:
 *
 *   A = L L'   the lower triangle in rows is the upper one in columns
 *   A = L U P  with a unit diagonal in U; L, U and the exchanges P of columns are the LU factors of A', which
 *              LAPACK finds with exchanges of rows
 *
 * Calls stand between agk_blas_begin and agk_blas_end. Sizes are below 2^31. */
#ifndef AG_REAL
#ifndef AG_KERNELS_LAPACK_H
#define AG_KERNELS_LAPACK_H
#include <stdbool.h>
#include <stdint.h>

/* How a triangular matrix stands in a system of equations. */
typedef struct {
  bool upper, unit; /* the triangle that is read, whose diagonal may be taken for ones */
  bool transposed;  /* A' in place of A */
  bool right;       /* X A = B in place of A X = B */
} agk_triangle;

#define AG_SELF "kernels/lapack.h"
#include "core/each_real.h"
#endif
#else

/* Whether one of n numbers is NaN. LAPACK may do anything with it, pivots out of range included. */
bool AG_NAME(agk_has_nan)(int64_t n, const AG_REAL *a);

/* Replaces the lower triangle of A by L, or the upper one by L'; the other triangle is neither read nor
 * written. Returns 0, or the order of the first leading minor that is not positive. */
int AG_NAME(agk_cholesky)(int64_t n, bool upper, AG_REAL *a);

/* Replaces A by L and U, and notes P in n pivots. Returns 0, or the number, from 1 on, of the first row that
 * depends on those before it; the factors are right then, too, but cannot be divided by. */
int AG_NAME(agk_lu)(int64_t n, AG_REAL *a, int *pivot);

/* Replaces B by X with A X = B, or A' X = B, from the factors of A, where no row depends on others. */
void AG_NAME(agk_lu_solve)(int64_t n, int64_t k, bool transposed, const AG_REAL *lu, const int *pivot,
                           AG_REAL *b);

/* Replaces B, rows x columns, by X with A X = B, or what else the triangle says. */
void AG_NAME(agk_solve_triangular)(int64_t rows, int64_t columns, agk_triangle t, const AG_REAL *a,
                                   AG_REAL *b);
#endif
