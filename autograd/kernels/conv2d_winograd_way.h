/* conv2d_winograd_way.h - what images meet between memory and their tiles: a frame or another order of
 * channels, by way of a grid, and the norms of conv2d_norms.h. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_WAY_H
#define AG_KERNELS_CONV2D_WINOGRAD_WAY_H
#include "kernels/conv2d_norms.h"
#include "kernels/conv2d_winograd_turn.h"

#define AG_SELF "kernels/conv2d_winograd_way.h"
#include "core/each_isa.h"
#endif
#else

/* norms is NULL where there are none, and the rest is then not there: scratch for an image that is read and
 * for one that is written where nobody else has room for it; and the sums of all images before, which those
 * of an image are added to. */
typedef struct {
  const AG_OF_REAL(agk_conv2d_norms) * norms;
  AG_REAL *image, *written;
  agk_norm_moments *moments;
  agk_norm_sums *sums;
} AG_NAME(agk_winograd_way);

/* The pixels that tiles see of some rows of x, or of the gradient of y from that of image i on, `first` being
 * the first of these rows: `in_place` where these lie, or in the image or the grid of scratch. */
const AG_REAL *AG_NAME(agk_winograd_pixels)(const AG_NAME(agk_winograd_way) * way, bool in_place,
                                            const agk_turn *turn, const AG_REAL *x, AG_REAL *grid);
const AG_REAL *AG_NAME(agk_winograd_pixels_of_gradient)(const AG_NAME(agk_winograd_way) * way, bool in_place,
                                                        const agk_turn *turn, int64_t i, int64_t first,
                                                        const AG_REAL *gy, AG_REAL *grid);
/* Pools image i, y, where there is pooling. */
void AG_NAME(agk_winograd_pool)(const AG_NAME(agk_winograd_way) * way, const agk_turn *turn, int64_t i,
                                const AG_REAL *y);
/* What tiles have written, in place or in the grid, becomes some rows of y, or the gradient of a whole image
 * x. */
void AG_NAME(agk_winograd_settle)(const AG_NAME(agk_winograd_way) * way, bool in_place, const agk_turn *turn,
                                  const AG_REAL *grid, AG_REAL *y);
void AG_NAME(agk_winograd_settle_gradient)(const AG_NAME(agk_winograd_way) * way, bool in_place,
                                           const agk_turn *turn, const AG_REAL *x, const AG_REAL *grid,
                                           AG_REAL *gx);
#endif
