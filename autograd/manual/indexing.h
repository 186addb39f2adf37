/* Indexing: operators that join and choose elements. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_INDEXING_H
#define AUTOGRAD_MANUAL_INDEXING_H

/* Joins n tensors along an axis; the other sizes must agree. */
ag_tensor *ag_concat(ag_site at, int n, ag_tensor *const *x, int axis);
/* Joins n tensors of one shape along a new axis. */
ag_tensor *ag_stack(ag_site at, int n, ag_tensor *const *x, int axis);
/* y[i][j][k] = x[i][index[i][j][k]][k] for axis 1: index (int64) has the rank of x and is no larger elsewhere; x has
 * any type. */
ag_tensor *ag_gather(ag_site at, ag_tensor *x, int axis, ag_tensor *index);
/* gather along one axis, where x and index broadcast elsewhere; without an axis, of both as rows. */
typedef struct {
  ag_site at;
  ag_tensor *x, *index;
  ag_axes axes;
} ag_take_along_dim_args;
ag_tensor *ag_take_along_dim(ag_take_along_dim_args a);
/* x with src[i][j][k] at [i][index[i][j][k]][k], for axis 1. index has the rank of x and is no larger than x elsewhere,
 * and nowhere larger than src, of which the rest is not used; a src of rank 0 stands for as many. Of equal places the
 * last one along the axis wins, and alone has a gradient. */
ag_tensor *ag_scatter(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *src);
/* The same with src added to what is there; equal places add up. Integers, too, which wrap around. */
ag_tensor *ag_scatter_add(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *src);
/* y[i][j][k] = x[i][index[j]][k] for axis 1: index (n) of int64, x of any type. */
ag_tensor *ag_index_select(ag_site at, ag_tensor *x, int axis, ag_tensor *index);
/* x with source[i][j][k] added at [i][index[j]][k], for axis 1; equal indices add up. Integers, too. */
ag_tensor *ag_index_add(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *source);
/* x with source[i][j][k], or the value, at [i][index[j]][k], for axis 1; of equal indices the last one wins. x has
 * any type. */
ag_tensor *ag_index_copy(ag_site at, ag_tensor *x, int axis, ag_tensor *index, ag_tensor *source);
ag_tensor *ag_index_fill(ag_site at, ag_tensor *x, int axis, ag_tensor *index, double value);
/* Rows of weight (n, d): index (...) of int64 gives (..., d). With .padded, row padding_idx (negative: from the last)
 * gets no gradient. */
typedef struct {
  ag_site at;
  ag_tensor *index, *weight;
  bool padded;
  int64_t padding_idx;
} ag_embedding_args;
ag_tensor *ag_embedding(ag_embedding_args a);
/* x, and value where mask (bool) is true; x, of any type, and mask broadcast. value is converted as by ag_cast. */
ag_tensor *ag_masked_fill(ag_site at, ag_tensor *x, ag_tensor *mask, double value);
/* The elements of x where mask (bool) is true, in row-major order (n); x, of any type, and mask broadcast. */
ag_tensor *ag_masked_select(ag_site at, ag_tensor *x, ag_tensor *mask);

#endif
