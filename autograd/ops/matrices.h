/* What the families of square matrices share. The last two axes are a matrix, the others a batch. */
#ifndef AG_REAL
#ifndef AG_OPS_MATRICES_H
#define AG_OPS_MATRICES_H

#include "core/internal.h"

/* Refuses operand i unless it is made of square matrices; no tensor has such ones whose size BLAS could not
 * count. */
bool ag_check_square(const ag_call *call, int i);
/* The shape rule of b, operand 1, beside the matrices of operand 0, n x n: rows of n elements, or columns.
 * Leading axes broadcast. */
bool ag_check_sides(ag_call *call, bool rows);
int64_t ag_matrix_count(ag_shape shape);
/* Which matrix of an operand belongs to matrix i of the shape to which its leading axes are broadcast. */
int64_t ag_matrix_of(ag_shape shape, const ag_tensor *x, int64_t i);
/* What n^3 operations for each matrix cost, for ag_team. */
int64_t ag_matrix_work(const ag_tensor *x);
/* The error of one matrix of operand 0: "matrix 3 of 2x2x4x4 is " and the fault with its number. */
bool ag_reject_matrix(const ag_call *call, int64_t which, const char *fault, int number);

/* The LU factors of all matrices of an operand, in scratch memory. */
typedef struct {
  int64_t n, count;
  void *factors;
  int *pivot;
  int *fault; /* 0; the row, from 1 on, that has no pivot; or AG_LU_NAN where nothing was factorised */
} ag_lu;
#define AG_LU_NAN (-1)

#define AG_SELF "ops/matrices.h"
#include "core/each_real.h"
#endif
#else

/* false, and an error, when there is no memory. */
bool AG_NAME(ag_factorise)(const ag_call *call, const ag_tensor *x, ag_lu *lu);
#endif
