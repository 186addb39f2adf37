/* conv2d_im2col.h - the patches of an image as columns of a matrix: what makes a convolution a matrix
 * product.
 *
 * For one image and one group, column p = oy * w_out + ox holds the patch under output (oy, ox), and row
 * k = (c * kh + i) * kw + j its element (c, i, j); elements in the padding are 0. Then y = W columns, with W
 * (c_out / groups, K). The matrix is made in blocks of columns that stay in the cache. Shared by the files
 * conv2d*.c. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_IM2COL_H
#define AG_KERNELS_CONV2D_IM2COL_H
#include <stdbool.h>

#include "core/parallel.h"
#include "kernels/conv2d.h"

/* Sizes that follow from the geometry. */
typedef struct {
  int64_t group_in, group_out; /* channels of a group */
  int64_t depth;               /* K, rows of the column matrix */
  int64_t columns;             /* h_out * w_out */
  int64_t blocks, width;       /* blocks of columns of an image, and columns of the widest */
  bool direct;                 /* a 1x1 convolution whose column matrix is the image itself */
} agk_conv2d_plan;

agk_conv2d_plan agk_conv2d_planned(const agk_conv2d_geometry *g, size_t element_size);

/* Rounds a number of bytes up to whole cache lines, so that the parts of a workspace are aligned. */
size_t agk_aligned_size(size_t bytes);

#define AG_SELF "kernels/conv2d_im2col.h"
#include "core/each_real.h"
#endif
#else

/* to (depth, p.end - p.begin) = columns p of the image x, which starts at the first channel of the group. */
void AG_NAME(agk_im2col)(const agk_conv2d_geometry *g, int64_t channels, ag_range p, const AG_REAL *x,
                         AG_REAL *to);

/* The adjoint: adds each element of those columns to the element of gx that it was copied from. */
void AG_NAME(agk_col2im)(const agk_conv2d_geometry *g, int64_t channels, ag_range p, const AG_REAL *from,
                         AG_REAL *gx);
#endif
