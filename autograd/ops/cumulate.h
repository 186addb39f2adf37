/* What the product shares with the one that grows: its gradient. */
#ifndef AG_OPS_CUMULATE_H
#define AG_OPS_CUMULATE_H

#include <autograd.h>

/* dx of y = cumprod(x) along an axis, from the gradient g of y; x has at least one element and one axis. */
ag_tensor *ag_cumprod_gradient(ag_tensor *x, ag_tensor *y, ag_tensor *g, int axis);

#endif
