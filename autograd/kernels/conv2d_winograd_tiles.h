/* conv2d_winograd_tiles.h - the transforms of F(m x m, 3 x 3), on tiles whose channels lie beside each other.
 */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_TILES_H
#define AG_KERNELS_CONV2D_WINOGRAD_TILES_H
#include <stdbool.h>
#include <stdint.h>

/* A tile has m x m outputs, sees (m + 2) x (m + 2) inputs, and has as many points in between. */
enum { AGK_LEAST_TILE = 4, AGK_MOST_TILE = 6 };

/* Where one tile of size m lies: pixel (i, j) in a grid at i * row + j * pitch, and point k at k * point; in
 * both the `channels` numbers of the pixel or point lie beside each other, a multiple of what 64 bytes hold.
 */
typedef struct {
  int64_t size, channels, row, pitch, point;
} agk_tile;

#define AG_SELF "kernels/conv2d_winograd_tiles.h"
#include "core/each_isa.h"
#endif
#else

/* points = B^T X B of the pixels X, and the adjoint: X = B points B^T, added to the rows that are shared with
 * a tile above, and the columns that are shared with one before. */
void AG_NAME(agk_tile_input)(const agk_tile *t, const AG_REAL *x, AG_REAL *points);
void AG_NAME(agk_tile_input_adjoint)(bool above, bool before, const agk_tile *t, const AG_REAL *points,
                                     AG_REAL *x);
/* The m x m pixels Y = A^T points A + bias, and the adjoint: points = A Y A^T. */
void AG_NAME(agk_tile_output)(const agk_tile *t, const AG_REAL *points, const AG_REAL *bias, AG_REAL *y);
void AG_NAME(agk_tile_output_adjoint)(const agk_tile *t, const AG_REAL *y, AG_REAL *points);
/* points = G w G^T of the 3x3 pixels w, and the adjoint: w = G^T points G. */
void AG_NAME(agk_tile_weight)(const agk_tile *t, const AG_REAL *w, AG_REAL *points);
void AG_NAME(agk_tile_weight_adjoint)(const agk_tile *t, const AG_REAL *points, AG_REAL *w);
#endif
