/* Creation: new tensors whose elements follow from their place. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_CREATION_H
#define AUTOGRAD_MANUAL_CREATION_H

/* Of the context's type. */
ag_tensor *ag_ones(ag_site at, ag_ctx *c, ag_shape shape);
/* Tensors of the shape and type of x. */
ag_tensor *ag_zeros_like(ag_site at, ag_tensor *x);
ag_tensor *ag_ones_like(ag_site at, ag_tensor *x);
ag_tensor *ag_full_like(ag_site at, ag_tensor *x, double value);

/* start, start + step, ... before stop (n): ag_arange(c, 0, 10, 2). step 0 stands for 1; one that does not lead to stop
 * is an error. dtype AG_F32, the default, stands for the context's type; for integers, start and step are whole. */
typedef struct {
  ag_site at;
  ag_ctx *c;
  double start, stop, step;
  ag_dtype dtype;
} ag_arange_args;
ag_tensor *ag_arange(ag_arange_args a);
/* steps numbers at equal distances from start to stop, both included. */
ag_tensor *ag_linspace(ag_site at, ag_ctx *c, double start, double stop, int64_t steps);
/* (n, m): 1 where row and column are the same, else 0. m 0 stands for n, dtype AG_F32 for the context's type. */
typedef struct {
  ag_site at;
  ag_ctx *c;
  int64_t n, m;
  ag_dtype dtype;
} ag_eye_args;
ag_tensor *ag_eye(ag_eye_args a);
/* Views of n tensors of at most one axis in the shape (size of x[0], size of x[1], ...): element [i][j]... of grid[k] is
 * element i, j, ... of x[k], whichever is number k (torch.meshgrid with indexing "ij"). False after an error. */
bool ag_meshgrid(ag_site at, int n, ag_tensor *const *x, ag_tensor **grid);
/* (..., classes) int64 from int64 index (...): 1 at the place that the index says, else 0. classes -1 stands for one more
 * than the greatest index. */
ag_tensor *ag_one_hot(ag_site at, ag_tensor *index, int64_t classes);

#endif
