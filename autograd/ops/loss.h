/* What losses that are made of operators share. */
#ifndef AG_OPS_LOSS_H
#define AG_OPS_LOSS_H

#include <autograd.h>

/* Whether a loss may look at x[0] and the others, which must have its shape; names[i] is what a message calls
 * x[i]. If not, *result is what the loss returns. */
bool ag_loss_ready(ag_site at, const char *what, int n, ag_tensor *const *x, const char *const *names,
                   ag_tensor **result);
/* Whether weight, which may be NULL, broadcasts to x. */
bool ag_loss_weight_ready(ag_site at, const char *what, const char *name, ag_tensor *x, ag_tensor *weight,
                          ag_tensor **result);
/* The mean or the sum of the losses, or these themselves. */
ag_tensor *ag_loss_reduce(ag_site at, const char *what, ag_tensor *loss, ag_reduction reduction);

#endif
