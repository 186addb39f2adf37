/* conv2d_winograd.h - 3x3 convolutions with stride 1 by Winograd's minimal filtering F(m x m, 3 x 3), m = 4,
 * 5 or 6.
 *
 * The output is cut into m x m tiles, each of which sees n x n of the input, n = m + 2, and
 *   Y  = A^T [ (G w G^T) . (B^T X B) ] A         n^2 products a tile and pair of channels in place of 9 m^2,
 *   dX = B [ (G w G^T) . (A dY A^T) ] B^T        added where tiles overlap, and
 *   dw = G^T [ (B^T X B) . (A dY A^T) ] G        the adjoints, with the same tiles,
 * where . multiplies element by element. Summed over input channels (output channels, tiles) that is one
 * matrix product for each of the n^2 points. The size is that which covers the output with the fewest
 * products.
 *
 * Errors of float32 with 64 channels, as the root of the mean square by that of the result: at most 2.5e-6
 * for m = 4, 4e-6 for m = 5 and 5e-6 for m = 6, where sums of the products themselves have 4e-7; the greatest
 * error is below 1e-5 of the greatest number.
 *
 * Source: Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016. Used by conv2d*.c.
 */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_H
#define AG_KERNELS_CONV2D_WINOGRAD_H
#include <stdbool.h>

#include "kernels/conv2d_norms.h"

/* Whether the geometry is one for this algorithm: 3x3, stride 1, no dilation, one group, and channels enough
 * to pay for the transforms. */
bool agk_winograd_suits(const agk_conv2d_geometry *g);

#define AG_SELF "kernels/conv2d_winograd.h"
#include "core/each_real.h"
#endif
#else

/* The same contracts as those of agk_conv2d_* and, where there are norms, agk_conv2d_norms_*; otherwise norms
 * is NULL. */
size_t AG_NAME(agk_winograd_forward_workspace)(const agk_conv2d_geometry *g, int threads, bool norms);
void AG_NAME(agk_winograd_forward)(int threads, const agk_conv2d_geometry *g,
                                   const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                   const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace);
/* The gradients together: what `input` and `weight` ask for, or what is not NULL of gx, and of gw with gb.
 * Without gx no w is read, without gw no x. */
size_t AG_NAME(agk_winograd_backward_workspace)(const agk_conv2d_geometry *g, int threads, bool norms,
                                                bool input, bool weight);
void AG_NAME(agk_winograd_backward)(int threads, const agk_conv2d_geometry *g,
                                    const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                    const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw,
                                    AG_REAL *gb, void *workspace);
#endif
