/* conv2d_winograd.h - 3x3 convolutions with stride 1 by Winograd's minimal filtering F(4x4, 3x3).
 *
 * The output is cut into 4x4 tiles, each of which sees a 6x6 tile of the input, and
 *   Y = A^T [ (G w G^T) . (B^T X B) ] A          36 products a tile and pair of channels in place of 144,
 *   dw = G^T [ (A dY A^T) . (B^T X B) ] G        the adjoint, with the same tiles,
 * where . multiplies element by element. Summed over input channels (tiles, for dw) that is one matrix
 * product for each of the 36 elements. In float32 the result differs from the direct sum by about 1e-5 of its
 * size (the transforms multiply by up to 8 and divide by 24); in float64 by 1e-14.
 *
 * Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016. Used by conv2d*.c.
 */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_H
#define AG_KERNELS_CONV2D_WINOGRAD_H
#include <stdbool.h>

#include "core/parallel.h"
#include "kernels/conv2d.h"

enum { AGK_TILE = 4, AGK_PATCH = 6, AGK_POINTS = 36 };

/* Sizes that follow from the geometry. A group is a fixed number of images whose tiles are transformed and
 * multiplied together; its tiles are filled up to a whole number of vectors. */
typedef struct {
  int64_t across, tiles; /* tiles in a row of an image, and in an image */
  int64_t groups, width; /* groups of images, and tiles of the largest, filled up */
} agk_winograd_plan;

/* Whether the geometry is one for this algorithm: 3x3, stride 1, no dilation, one group, and channels enough
 * to pay for the transforms. */
bool agk_winograd_suits(const agk_conv2d_geometry *g);

agk_winograd_plan agk_winograd_planned(const agk_conv2d_geometry *g);

/* Numbers from one of the 36 matrices (rows, columns) to the next. The odd cache line keeps the same element
 * of all 36, which a transform touches together, from falling into the same few places of the cache. */
static inline int64_t agk_winograd_step(int64_t rows, int64_t columns) { return rows * columns + 16; }

#define AG_SELF "kernels/conv2d_winograd.h"
#include "core/each_real.h"
#endif
#else

/* The same contracts as agk_conv2d_forward and agk_conv2d_grad_weight. */
size_t AG_NAME(agk_winograd_forward_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_winograd_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                   const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace);
size_t AG_NAME(agk_winograd_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_winograd_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                       const AG_REAL *gy, AG_REAL *gw, void *workspace);

/* to[point, c, t] = (B^T X B)[point] for the tiles t of `images` images from x, and the like for (A dY A^T).
 * patch is scratch of 2 * AGK_POINTS * width numbers. */
void AG_NAME(agk_winograd_input)(const agk_conv2d_geometry *g, const agk_winograd_plan *p, int64_t images,
                                 const AG_REAL *x, AG_REAL *to, AG_REAL *patch);
void AG_NAME(agk_winograd_output_adjoint)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                          int64_t images, const AG_REAL *gy, AG_REAL *to, AG_REAL *patch);
/* y = A^T M A + bias from M[point, o, t]. */
void AG_NAME(agk_winograd_output)(const agk_conv2d_geometry *g, const agk_winograd_plan *p, int64_t images,
                                  const AG_REAL *from, const AG_REAL *bias, AG_REAL *y, AG_REAL *patch);
/* to[point, o, c] = (G w G^T)[point], and w[o, c] = G^T from G. */
void AG_NAME(agk_winograd_weight)(const agk_conv2d_geometry *g, const AG_REAL *w, AG_REAL *to);
void AG_NAME(agk_winograd_weight_adjoint)(const agk_conv2d_geometry *g, const AG_REAL *from, AG_REAL *gw);
#endif
