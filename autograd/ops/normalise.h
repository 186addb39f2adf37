/* What functions that normalise share. */
#ifndef AG_OPS_NORMALISE_H
#define AG_OPS_NORMALISE_H

#include <autograd.h>

/* Whether the last axes of x have this shape, of one axis or more, and weight and bias, where given, have it
 * too. If not, *result is what the function returns. */
bool ag_normalised_ready(ag_site at, const char *what, ag_tensor *x, ag_shape shape, ag_tensor *weight,
                         ag_tensor *bias, ag_tensor **result);
/* x weight + bias, each where it is given. */
ag_tensor *ag_affine(ag_site at, ag_tensor *x, ag_tensor *weight, ag_tensor *bias);

#endif
