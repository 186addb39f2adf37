/* Indexing: operators that join and choose elements. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_INDEXING_H
#define AUTOGRAD_MANUAL_INDEXING_H

/* Joins n tensors along an axis; the other sizes must agree. */
ag_tensor *ag_concat(ag_site at, int n, ag_tensor *const *x, int axis);
/* Joins n tensors of one shape along a new axis. */
ag_tensor *ag_stack(ag_site at, int n, ag_tensor *const *x, int axis);
/* y[i][j][k] = x[i][index[i][j][k]][k] for axis 1: index (int64) has the rank of x and is no larger elsewhere. */
ag_tensor *ag_gather(ag_site at, ag_tensor *x, int axis, ag_tensor *index);

#endif
