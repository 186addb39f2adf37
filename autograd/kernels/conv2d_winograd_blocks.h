/* conv2d_winograd_blocks.h - blocks of tiles: how images are cut, and the transforms of all tiles of a block.
 *
 * A block is the tiles that are transformed, multiplied and transformed back while they stay in the cache:
 * those of a few whole images, or of some rows of tiles of one large image. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_BLOCKS_H
#define AG_KERNELS_CONV2D_WINOGRAD_BLOCKS_H
#include "core/parallel.h"
#include "kernels/conv2d_winograd_way.h"

/* The pixels and points of inputs or of outputs. */
typedef struct {
  int64_t channels;
  int64_t filled; /* the channels with zeros up to whole cache lines */
  int64_t pitch;  /* numbers from one pixel, or from one tile of a point, to the next */
  int64_t step;   /* numbers from one point to the next */
  bool in_place;  /* tiles are transformed where the image lies, with no grid in between */
} agk_winograd_side;

/* Sizes that follow from the geometry alone. */
typedef struct {
  int64_t tile;         /* outputs in a row and in a column of a tile */
  int64_t points;       /* of a tile: (tile + 2)^2 */
  int64_t across, down; /* tiles in a row and in a column of an image */
  int64_t groups;       /* of images; a group is one block, or the blocks of one large image */
  int64_t rows;         /* of tiles in a block */
  agk_winograd_side in, out;
  int64_t x_grid, y_grid; /* numbers of the pixels that one image of a block takes: inputs, outputs */
  int64_t image_numbers;  /* of an image of either side, in whole lines of the cache */
} agk_winograd_plan;

typedef struct {
  int64_t image, images; /* the first image, and how many */
  int64_t row, rows;     /* the first row of tiles, and how many */
} agk_winograd_block;

agk_winograd_plan agk_winograd_planned(const agk_conv2d_geometry *g, size_t element_size);

/* Share i of `parts` of 0 <= j < n. Any run of shares has its part of n, but for one, so that threads that
 * take equal numbers of shares have equal work. */
static inline ag_range agk_winograd_share(int64_t i, int64_t parts, int64_t n) {
  return (ag_range){i * n / parts, (i + 1) * n / parts};
}

/* Numbers from one point to the next where each holds n. The odd cache line keeps the same element of all
 * points, which a transform touches together, from falling into the same few places of the cache. */
int64_t agk_winograd_step(int64_t n, size_t element_size);

/* Bytes as a number of elements, in whole lines of the cache. */
int64_t agk_winograd_numbers(size_t bytes, size_t element_size);

#define AG_SELF "kernels/conv2d_winograd_blocks.h"
#include "core/each_isa.h"
#endif
#else

/* v[point, tile] = B^T X B for the tiles of a block of x; grid is scratch of x_grid numbers. */
void AG_NAME(agk_winograd_inputs)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                  const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                  const AG_REAL *x, AG_REAL *grid, AG_REAL *v);
/* q[point, tile] = A dY A^T; grid is scratch of y_grid numbers. */
void AG_NAME(agk_winograd_outputs_adjoint)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                           const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                           const AG_REAL *gy, AG_REAL *grid, AG_REAL *q);
/* The tiles of y = A^T M A + bias from m[point, tile]; bias is filled up like channels. */
void AG_NAME(agk_winograd_outputs)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                   const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                   const AG_REAL *m, const AG_REAL *bias, AG_REAL *grid, AG_REAL *y);
/* The whole images gx = sum of the tiles B P B^T, from p[point, tile] of a block after the other. grid holds
 * the image that is being added up, so blocks of some rows of an image must follow one another. */
void AG_NAME(agk_winograd_inputs_adjoint)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                          const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                          const AG_REAL *x, const AG_REAL *points, AG_REAL *grid,
                                          AG_REAL *gx);
#endif
