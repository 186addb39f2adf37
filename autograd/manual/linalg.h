/* Linear algebra: factorisations of matrices through LAPACK, and what is solved with them. A chapter of <autograd.h>,
 * which includes it. */
#ifndef AUTOGRAD_MANUAL_LINALG_H
#define AUTOGRAD_MANUAL_LINALG_H

/* Matrices are the last two axes (AG_ESHAPE unless they are square, for all but trace), the others are a batch. n may be
 * 0. A matrix that cannot be used is an error, AG_EVALUE, that says which one of the batch it is; one that has NaN
 * gives NaN. */

/* The sum of the diagonal of a matrix (rank 2). */
ag_tensor *ag_trace(ag_site at, ag_tensor *x);

/* L, lower triangular with a positive diagonal, such that L L' = x; with .upper U = L' (torch.linalg.cholesky). Of x the
 * symmetric part (x + x') / 2 is taken, so the gradient is symmetric. AG_EVALUE where that is not positive definite. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  bool upper;
} ag_cholesky_args;
ag_tensor *ag_cholesky(ag_cholesky_args a);
/* (L L')^-1 b for (..., n, k) and L from cholesky, or (U' U)^-1 b with .upper (torch.cholesky_solve). */
typedef struct {
  ag_site at;
  ag_tensor *b, *l;
  bool upper;
} ag_cholesky_solve_args;
ag_tensor *ag_cholesky_solve(ag_cholesky_solve_args a);

/* x with a x = b for (..., n, n) and (..., n, k), leading axes broadcast; of a only the lower triangle is read, or the
 * upper one (torch.linalg.solve_triangular). With .right x a = b, b (..., k, n): that is PyTorch's left=False. With
 * .unitriangular the diagonal counts as ones; with .transposed a' takes the place of a. AG_EVALUE where the diagonal
 * has a 0; PyTorch gives infinities. */
typedef struct {
  ag_site at;
  ag_tensor *a, *b;
  bool upper, unitriangular, transposed, right;
} ag_solve_triangular_args;
ag_tensor *ag_solve_triangular(ag_solve_triangular_args a);
/* x with a x = b for (..., n, n) and (..., n, k), leading axes broadcast, or for one vector for each matrix: b (n), or of
 * the shape of a without its last axis (torch.linalg.solve). With .right x a = b. AG_EVALUE where a is singular. */
typedef struct {
  ag_site at;
  ag_tensor *a, *b;
  bool right;
} ag_solve_args;
ag_tensor *ag_solve(ag_solve_args a);
/* AG_EVALUE where x is singular. */
ag_tensor *ag_inverse(ag_site at, ag_tensor *x);

/* (..., n, n) gives (...); 1 where n is 0. Gradients of any order are right where x is singular, too. */
ag_tensor *ag_det(ag_site at, ag_tensor *x);
/* log |det x|, -infinity where x is singular. sign, where given, receives the sign of det x: -1, 0 or 1. The gradient
 * is an error where x is singular. */
typedef struct {
  ag_site at;
  ag_tensor *x;
  ag_tensor **sign;
} ag_slogdet_args;
ag_tensor *ag_slogdet(ag_slogdet_args a);
/* log det x: NaN where det x < 0. */
ag_tensor *ag_logdet(ag_site at, ag_tensor *x);

#endif
