/* What the affine map and its gradients share. */
#ifndef AG_OPS_LINEAR_H
#define AG_OPS_LINEAR_H

#include <autograd.h>

/* The shape of x w' where x is operand i and w the one behind it; stores the error, and returns false, where
 * they do not fit. */
bool ag_linear_shape(const ag_call *call, int i, ag_shape *y);
/* The number of rows of x: all axes but the last. */
int64_t ag_linear_rows(const ag_tensor *x);
/* x as one matrix of all its rows. */
ag_tensor *ag_linear_matrix(ag_tensor *x);

#endif
