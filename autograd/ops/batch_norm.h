/* What batch normalisation and its gradient share. */
#ifndef AG_OPS_BATCH_NORM_H
#define AG_OPS_BATCH_NORM_H

#include "kernels/norm.h"
#include "ops/attributes.h"

/* x (n, c, ...) as the kernels see it: n, c and the elements of one channel of one sample. */
agk_batch_norm_geometry ag_batch_norm_geometry(ag_shape x, const ag_batch_norm_attributes *a);
/* Refuses an x that is not (n, c, ...) with more than one value in each channel. */
bool ag_batch_norm_check(const ag_call *call, const char *what, ag_shape x);
/* The mean (0) or the variance (1) of a (2, c) pair, as a view that broadcasts against x. */
ag_tensor *ag_batch_norm_row(ag_tensor *pair, int row, const ag_tensor *x);
/* One number for each channel, as a view that broadcasts against x. */
ag_tensor *ag_batch_norm_channels(ag_tensor *values, const ag_tensor *x);
/* Moves running statistics, those that are not NULL, towards the mean and variance (2, c) of so many
 * elements. */
void ag_batch_norm_remember(ag_tensor *running_mean, ag_tensor *running_var, double momentum,
                            const ag_tensor *statistics, int64_t elements);

#endif
