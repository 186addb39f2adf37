/* Products of matrices. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_PRODUCTS_H
#define AUTOGRAD_MANUAL_PRODUCTS_H

/* (..., m, k) times (..., k, n) gives (..., m, n); leading axes broadcast. A vector counts as a row on the left
 * and as a column on the right, and that axis is dropped from the result. */
ag_tensor *ag_matmul(ag_site at, ag_tensor *x, ag_tensor *y);
/* The same of operands of fixed rank, which are refused otherwise: (m, k) times (k, n); (b, m, k) times (b, k, n);
 * (m, k) times (k), which gives (m); (k) times (k), which gives a number. */
ag_tensor *ag_mm(ag_site at, ag_tensor *x, ag_tensor *y);
ag_tensor *ag_bmm(ag_site at, ag_tensor *x, ag_tensor *y);
ag_tensor *ag_mv(ag_site at, ag_tensor *x, ag_tensor *y);
ag_tensor *ag_dot(ag_site at, ag_tensor *x, ag_tensor *y);
/* z[i][j] = x[i] y[j] of vectors. */
ag_tensor *ag_outer(ag_site at, ag_tensor *x, ag_tensor *y);
/* The sum over all labels that the result lacks of the product of all operands, whose axes the equation labels:
 * ag_einsum("bij,bjk->bik", 2, (ag_tensor *[]){x, y}) is a batch of matrix products. As in PyTorch, "..." stands for
 * the other axes, a label twice on one operand takes its diagonal, without an arrow the result has the ellipsis and the
 * labels that stand once, in order, and axes of size 1 broadcast. The operands are joined from the left. */
ag_tensor *ag_einsum(ag_site at, const char *equation, int n, ag_tensor *const *x);
/* x w' + b: (..., in), (out, in) and optionally (out) give (..., out). */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
} ag_linear_args;
ag_tensor *ag_linear(ag_linear_args a);
/* max(x w' + b, 0): relu of linear in one pass. */
ag_tensor *ag_linear_relu(ag_linear_args a);

#endif
