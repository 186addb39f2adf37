/* conv2d_winograd_way.c - images on their way to tiles and back. Where a grid has the channels of a pixel as
 * the image has them, a norm takes the rows from one to the other, and nothing is copied. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_way.h"

/* The images of a turn, cut into windows. */
static agk_norm_windows windows_of(const agk_turn *t, int64_t pool) {
  return (agk_norm_windows){t->plane / t->columns, t->columns, t->channels, pool};
}

/* Where row i of the image lies in the grid. */
static int64_t place_of(const agk_turn *t, int64_t i) {
  return ((t->top + i) * t->width + t->left) * t->pitch;
}

#define AG_SELF "kernels/conv2d_winograd_way.c"
#include "core/each_isa.h"
#else

const AG_REAL *AG_NAME(agk_winograd_pixels)(const AG_NAME(agk_winograd_way) * way, bool in_place,
                                            const agk_turn *turn, const AG_REAL *x, AG_REAL *grid) {
  const AG_REAL *norm = way->norms ? way->norms->norm : NULL;
  if (norm && !in_place && turn->pitch == turn->channels) {
    AG_NAME(agk_turn_frame)(turn, grid);
    for (int64_t i = 0; i < turn->rows; i++) AG_OF_REAL(agk_norm_relu)
    (turn->columns, turn->channels, x + i * agk_turn_row(turn), norm, grid + place_of(turn, i));
    return grid;
  }
  if (norm) AG_OF_REAL(agk_norm_relu)(turn->rows * turn->columns, turn->channels, x, norm, way->image);
  const AG_REAL *image = norm ? way->image : x;
  if (in_place) return image;
  AG_NAME(agk_turn_inside)(turn, image, grid);
  return grid;
}

const AG_REAL *AG_NAME(agk_winograd_pixels_of_gradient)(const AG_NAME(agk_winograd_way) * way, bool in_place,
                                                        const agk_turn *turn, int64_t i, int64_t first,
                                                        const AG_REAL *gy, AG_REAL *grid) {
  const AG_OF_REAL(agk_conv2d_norms) *norms = way->norms;
  const int64_t of_image = i * turn->plane * turn->channels, at = of_image + first * agk_turn_row(turn);
  const AG_REAL *image = gy + at;
  if (norms) image = way->image;
  if (norms && norms->pool) {
    const agk_norm_windows windows = windows_of(turn, norms->pool);
    AG_OF_REAL(agk_norm_pool_add_line)
    (&windows, (ag_range){first, first + turn->rows}, norms->y + of_image, norms->line,
     gy + i * agk_norm_pooled(&windows), way->image);
  } else if (norms) {
    AG_OF_REAL(agk_norm_add_line)
    (turn->rows * turn->columns, turn->channels, norms->y + at, norms->line, gy + at, way->image);
  }
  if (in_place) return image;
  AG_NAME(agk_turn_inside)(turn, image, grid);
  return grid;
}

void AG_NAME(agk_winograd_pool)(const AG_NAME(agk_winograd_way) * way, const agk_turn *turn, int64_t i,
                                const AG_REAL *y) {
  const AG_OF_REAL(agk_conv2d_norms) *norms = way->norms;
  if (!norms || !norms->pool) return;
  const agk_norm_windows windows = windows_of(turn, norms->pool);
  AG_OF_REAL(agk_norm_pool)(&windows, y, norms->sign, norms->pooled + i * agk_norm_pooled(&windows));
}

void AG_NAME(agk_winograd_settle)(const AG_NAME(agk_winograd_way) * way, bool in_place, const agk_turn *turn,
                                  const AG_REAL *grid, AG_REAL *y) {
  if (!in_place) AG_NAME(agk_turn_outside)(turn, grid, y);
  if (way->norms && way->norms->moments) AG_OF_REAL(agk_norm_add_moments)
  (turn->rows * turn->columns, turn->channels, y, way->moments);
}

void AG_NAME(agk_winograd_settle_gradient)(const AG_NAME(agk_winograd_way) * way, bool in_place,
                                           const agk_turn *turn, const AG_REAL *x, const AG_REAL *grid,
                                           AG_REAL *gx) {
  const AG_REAL *norm = way->norms ? way->norms->norm : NULL;
  if (norm && !in_place && turn->pitch == turn->channels) {
    for (int64_t i = 0; i < turn->rows; i++) AG_OF_REAL(agk_norm_relu_grad)
    (turn->columns, turn->channels, x + i * agk_turn_row(turn), norm, grid + place_of(turn, i),
     gx + i * agk_turn_row(turn), way->sums);
    return;
  }
  if (!in_place) AG_NAME(agk_turn_outside)(turn, grid, gx);
  if (norm) AG_OF_REAL(agk_norm_relu_grad)(turn->plane, turn->channels, x, norm, gx, gx, way->sums);
}
#endif
