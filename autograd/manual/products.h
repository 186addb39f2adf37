/* Products of matrices. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_PRODUCTS_H
#define AUTOGRAD_MANUAL_PRODUCTS_H

/* (..., m, k) times (..., k, n) gives (..., m, n); leading axes broadcast. A vector counts as a row on the left
 * and as a column on the right, and that axis is dropped from the result. */
ag_tensor *ag_matmul(ag_site at, ag_tensor *x, ag_tensor *y);
/* x w' + b: (..., in), (out, in) and optionally (out) give (..., out). */
typedef struct {
  ag_site at;
  ag_tensor *x, *weight, *bias;
} ag_linear_args;
ag_tensor *ag_linear(ag_linear_args a);
/* max(x w' + b, 0): relu of linear in one pass. */
ag_tensor *ag_linear_relu(ag_linear_args a);

#endif
