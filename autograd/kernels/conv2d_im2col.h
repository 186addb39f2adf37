/* conv2d_im2col.h - the patches of an image as columns of a matrix: what makes a convolution a matrix
 * product.
 *
 * For one image and one group, column p = oy * w_out + ox holds the patch under output (oy, ox), and row
 * k = (c * kh + i) * kw + j its element (c, i, j); elements in the padding are 0. Then y = W columns, with W
 * (c_out / groups, K). The matrix is made in pieces that stay in the cache: for one band of output rows and
 * one slice of channels at a time the input is copied into a field, where the padding is real zeros and each
 * residue of the stride has a plane of its own. There element k of adjacent patches is adjacent, `offset[k]`
 * numbers from that of element 0, so rows of the matrix are copied in whole vectors. Shared by the files
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
  int64_t taps, depth;         /* kh * kw, and K, rows of the column matrix */
  int64_t columns;             /* h_out * w_out */
  bool direct;                 /* a 1x1 convolution whose column matrix is the image itself */
  int64_t slices, channels;    /* slices of the channels of a group, and channels of the largest */
  int64_t bands, rows;         /* bands of output rows, and rows of the highest */
  int64_t width, plane;        /* numbers of a field's row, and of one plane */
} agk_conv2d_plan;

agk_conv2d_plan agk_conv2d_planned(const agk_conv2d_geometry *g, size_t element_size);

/* Columns that are made at a time, and numbers from one row of such a piece to the next: the rows end in what
 * whole vectors write too much, and do not fall into the same places of the cache. */
enum { AGK_PIECE = 128, AGK_PIECE_STEP = AGK_PIECE + 16 };

/* Bytes of the offsets, which are the same for all, and how to fill them in. */
size_t agk_im2col_offsets_bytes(const agk_conv2d_plan *p);
void agk_im2col_offsets(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t *offset);

#define AG_SELF "kernels/conv2d_im2col.h"
#include "core/each_real.h"
#endif
#else

/* Bytes of the field and the piece of one thread. */
size_t AG_NAME(agk_im2col_field_bytes)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p);
size_t AG_NAME(agk_im2col_piece_bytes)(const agk_conv2d_plan *p);

/* field = what the output rows of a band see of some channels, the first of which is x. */
void AG_NAME(agk_im2col_field)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t channels,
                               ag_range band, const AG_REAL *x, AG_REAL *field);

/* to[k, j] = element k of patch columns.begin + j, for the `depth` elements of the channels in the field and
 * at most AGK_PIECE patches of its band, whose first output row is `top`. */
void AG_NAME(agk_im2col_piece)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t depth,
                               int64_t top, ag_range columns, const int64_t *offset, const AG_REAL *field,
                               AG_REAL *to);

/* What is done with a piece: element (k.begin + i, p.begin + j) of the column matrix lies at columns[i step +
 * j].
 */
typedef void AG_NAME(agk_im2col_use)(const agk_conv2d_plan *plan, const void *job, ag_range k, ag_range p,
                                     const AG_REAL *columns, int64_t step);

/* Makes the column matrix of a band of one image and group, whose first channel is x, slice by slice and
 * piece by piece, and hands each to `use`; the whole band at once where x is that matrix already. */
void AG_NAME(agk_im2col_each_piece)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan, ag_range band,
                                    const AG_REAL *x, const int64_t *offset, AG_REAL *field, AG_REAL *piece,
                                    AG_NAME(agk_im2col_use) * use, const void *job);

/* The adjoints: field += what a piece was copied from it, and x += what the field was copied from it. */
void AG_NAME(agk_im2col_add_piece)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t depth,
                                   int64_t top, ag_range columns, const int64_t *offset, const AG_REAL *from,
                                   AG_REAL *field);
void AG_NAME(agk_im2col_add_field)(const agk_conv2d_geometry *g, const agk_conv2d_plan *p, int64_t channels,
                                   ag_range band, const AG_REAL *field, AG_REAL *x);
#endif
