/* conv2d_winograd_tiles.c - the transforms of tiles: one along the columns, then one along the rows. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_tiles.h"

#include "core/multiversion.h"

enum { MOST_POINTS = (AGK_MOST_TILE + 2) * (AGK_MOST_TILE + 2) };

/* The code for a tile of each size, in which the size is known. */
#define EACH_SIZE(size, call)                                                                                \
  if (size == 4) {                                                                                           \
    enum { M = 4 };                                                                                          \
    call;                                                                                                    \
  } else if (size == 5) {                                                                                    \
    enum { M = 5 };                                                                                          \
    call;                                                                                                    \
  } else {                                                                                                   \
    enum { M = 6 };                                                                                          \
    call;                                                                                                    \
  }

#define AG_SELF "kernels/conv2d_winograd_tiles.c"
#include "core/each_isa.h"
#else

#include "kernels/conv2d_winograd_lines.h"

typedef void AG_NAME(line)(const int m, const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d);

/* The n columns of a tile, beside each other in half. */
AG_INLINE void AG_NAME(columns)(AG_NAME(line) * transform, const int m, const int n, const AG_REAL *x,
                                int64_t row, int64_t column, AG_REAL *half) {
  for (int j = 0; j < n; j++) transform(m, x + j * column, row, half + j * AG_WIDTH, n * AG_WIDTH);
}

/* From n x n vectors to k x k, by the same transform of columns and of rows. */
AG_INLINE void AG_NAME(both)(AG_NAME(line) * transform, const int m, const int n, const int k,
                             const AG_REAL *x, int64_t row, int64_t column, AG_REAL *y, int64_t to_row,
                             int64_t to_column) {
  AG_REAL half[MOST_POINTS * AG_WIDTH] __attribute__((aligned(64)));
  AG_NAME(columns)(transform, m, n, x, row, column, half);
  for (int i = 0; i < k; i++) transform(m, half + i * n * AG_WIDTH, AG_WIDTH, y + i * to_row, to_column);
}

AG_INLINE void AG_NAME(input_tile)(const int m, const agk_tile *t, const AG_REAL *x, AG_REAL *points) {
  const int n = m + 2;
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH)
    AG_NAME(both)(AG_NAME(input), m, n, n, x + c, t->row, t->pitch, points + c, n * t->point, t->point);
}

/* Tiles overlap by two pixels. The first to reach a pixel stores, so that nothing has to be cleared. A row
 * stays in registers until it is added. */
AG_INLINE void AG_NAME(add_input)(const int m, const bool above, const bool before, const agk_tile *t,
                                  const AG_REAL *points, AG_REAL *x) {
  const int n = m + 2;
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH) {
    AG_REAL half[MOST_POINTS * AG_WIDTH] __attribute__((aligned(64)));
    AG_NAME(columns)(AG_NAME(input_adjoint), m, n, points + c, n * t->point, t->point, half);
    for (int i = 0; i < n; i++) {
      AG_REAL line[(AGK_MOST_TILE + 2) * AG_WIDTH], *to = x + i * t->row + c;
      AG_NAME(input_adjoint)(m, half + i * n * AG_WIDTH, AG_WIDTH, line, AG_WIDTH);
      for (int j = 0; j < n; j++) {
        AG_VECTOR v = AG_LOAD(line + j * AG_WIDTH);
        if ((above && i < 2) || (before && j < 2)) v += AG_LOAD(to + j * t->pitch);
        AG_STORE(to + j * t->pitch, v);
      }
    }
  }
}

AG_INLINE void AG_NAME(input_adjoint_tile)(const int m, bool above, bool before, const agk_tile *t,
                                           const AG_REAL *points, AG_REAL *x) {
  if (above && before) {
    AG_NAME(add_input)(m, true, true, t, points, x);
  } else if (above) {
    AG_NAME(add_input)(m, true, false, t, points, x);
  } else {
    AG_NAME(add_input)(m, false, before, t, points, x);
  }
}

AG_INLINE void AG_NAME(output_tile)(const int m, const agk_tile *t, const AG_REAL *points,
                                    const AG_REAL *bias, AG_REAL *y) {
  const int n = m + 2;
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH) {
    AG_REAL half[MOST_POINTS * AG_WIDTH] __attribute__((aligned(64)));
    AG_NAME(columns)(AG_NAME(output), m, n, points + c, n * t->point, t->point, half);
    for (int i = 0; i < m; i++) {
      AG_REAL line[AGK_MOST_TILE * AG_WIDTH], *to = y + i * t->row + c;
      AG_NAME(output)(m, half + i * n * AG_WIDTH, AG_WIDTH, line, AG_WIDTH);
      for (int j = 0; j < m; j++)
        AG_STORE(to + j * t->pitch, AG_LOAD(line + j * AG_WIDTH) + AG_LOAD(bias + c));
    }
  }
}

AG_INLINE void AG_NAME(output_adjoint_tile)(const int m, const agk_tile *t, const AG_REAL *y,
                                            AG_REAL *points) {
  const int n = m + 2;
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH) AG_NAME(both)
  (AG_NAME(output_adjoint), m, m, n, y + c, t->row, t->pitch, points + c, n * t->point, t->point);
}

AG_INLINE void AG_NAME(weight_tile)(const int m, const agk_tile *t, const AG_REAL *w, AG_REAL *points) {
  const int n = m + 2;
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH)
    AG_NAME(both)(AG_NAME(weight), m, 3, n, w + c, t->row, t->pitch, points + c, n * t->point, t->point);
}

AG_INLINE void AG_NAME(weight_adjoint_tile)(const int m, const agk_tile *t, const AG_REAL *points,
                                            AG_REAL *w) {
  const int n = m + 2;
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH) AG_NAME(both)
  (AG_NAME(weight_adjoint), m, n, 3, points + c, n * t->point, t->point, w + c, t->row, t->pitch);
}

void AG_NAME(agk_tile_input)(const agk_tile *t, const AG_REAL *x, AG_REAL *points) {
  EACH_SIZE(t->size, AG_NAME(input_tile)(M, t, x, points))
}

void AG_NAME(agk_tile_input_adjoint)(bool above, bool before, const agk_tile *t, const AG_REAL *points,
                                     AG_REAL *x) {
  EACH_SIZE(t->size, AG_NAME(input_adjoint_tile)(M, above, before, t, points, x))
}

void AG_NAME(agk_tile_output)(const agk_tile *t, const AG_REAL *points, const AG_REAL *bias, AG_REAL *y) {
  EACH_SIZE(t->size, AG_NAME(output_tile)(M, t, points, bias, y))
}

void AG_NAME(agk_tile_output_adjoint)(const agk_tile *t, const AG_REAL *y, AG_REAL *points) {
  EACH_SIZE(t->size, AG_NAME(output_adjoint_tile)(M, t, y, points))
}

void AG_NAME(agk_tile_weight)(const agk_tile *t, const AG_REAL *w, AG_REAL *points) {
  EACH_SIZE(t->size, AG_NAME(weight_tile)(M, t, w, points))
}

void AG_NAME(agk_tile_weight_adjoint)(const agk_tile *t, const AG_REAL *points, AG_REAL *w) {
  EACH_SIZE(t->size, AG_NAME(weight_adjoint_tile)(M, t, points, w))
}
#endif
