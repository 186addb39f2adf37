/* conv2d_winograd_tiles.c - the transforms of F(4x4, 3x3): one along the columns of a tile, then one along
 * its rows, both on vectors of channels. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_tiles.h"

#include "core/multiversion.h"

#define AG_SELF "kernels/conv2d_winograd_tiles.c"
#include "core/each_isa.h"
#else

/* Transforms of one line: its element i is the vector at x + i * s, that of the result goes to y + i * d. */

#define X(i) AG_LOAD(x + (i)*s)
#define Y(i, v) AG_STORE(y + (i)*d, v)
#define TIMES(a, b, c) AG_FMA(AG_ALL((AG_REAL)(a)), b, c)

/* B^T: 6 -> 6. */
AG_INLINE void AG_NAME(input)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4);
  const AG_VECTOR even = TIMES(-4, x2, x4), odd = TIMES(-4, x1, x3), far = x4 - x2, near = x3 - x1;
  Y(0, TIMES(4, X(0), TIMES(-5, x2, x4)));
  Y(1, even + odd);
  Y(2, even - odd);
  Y(3, TIMES(2, near, far));
  Y(4, TIMES(-2, near, far));
  Y(5, TIMES(4, x1, TIMES(-5, x3, X(5))));
}

/* B: 6 -> 6. */
AG_INLINE void AG_NAME(input_adjoint)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4), x5 = X(5);
  const AG_VECTOR p = x1 + x2, q = x1 - x2, u = x3 + x4, v = x3 - x4;
  Y(0, AG_ALL((AG_REAL)4) * x0);
  Y(1, TIMES(4, x5 - q, AG_ALL((AG_REAL)-2) * v));
  Y(2, TIMES(-5, x0, TIMES(-4, p, -u)));
  Y(3, TIMES(-5, x5, TIMES(2, v, q)));
  Y(4, x0 + p + u);
  Y(5, x5);
}

/* A^T: 6 -> 4. */
AG_INLINE void AG_NAME(output)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4);
  const AG_VECTOR p = x1 + x2, q = x1 - x2, u = x3 + x4, v = x3 - x4;
  Y(0, X(0) + p + u);
  Y(1, TIMES(2, v, q));
  Y(2, TIMES(4, u, p));
  Y(3, TIMES(8, v, q) + X(5));
}

/* A: 4 -> 6. */
AG_INLINE void AG_NAME(output_adjoint)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), x3 = X(3);
  const AG_VECTOR even = x0 + x2, odd = x1 + x3, far = TIMES(4, x2, x0), near = TIMES(4, x3, x1);
  Y(0, x0);
  Y(1, even + odd);
  Y(2, even - odd);
  Y(3, TIMES(2, near, far));
  Y(4, TIMES(-2, near, far));
  Y(5, x3);
}

/* G: 3 -> 6. */
AG_INLINE void AG_NAME(weight)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x0 = X(0), x1 = X(1), x2 = X(2), sum = x0 + x2, far = TIMES(4, x2, x0);
  Y(0, x0 / 4);
  Y(1, (sum + x1) / -6);
  Y(2, (sum - x1) / -6);
  Y(3, TIMES(2, x1, far) / 24);
  Y(4, TIMES(-2, x1, far) / 24);
  Y(5, x2);
}

/* G^T: 6 -> 3. */
AG_INLINE void AG_NAME(weight_adjoint)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_VECTOR x1 = X(1), x2 = X(2), x3 = X(3), x4 = X(4);
  const AG_VECTOR p = x1 + x2, q = x1 - x2, u = x3 + x4, v = x3 - x4;
  Y(0, TIMES(6, X(0), u - 4 * p) / 24);
  Y(1, TIMES(-2, q, v) / 12);
  Y(2, (u - p) / 6 + X(5));
}

#undef X
#undef Y
#undef TIMES

typedef void AG_NAME(line)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d);

/* From n x n vectors to m x m, by the same transform of columns and of rows. */
AG_INLINE void AG_NAME(both)(AG_NAME(line) * transform, const int n, const int m, const AG_REAL *x,
                             int64_t row, int64_t column, AG_REAL *y, int64_t to_row, int64_t to_column) {
  AG_REAL half[AGK_POINTS * AG_WIDTH] __attribute__((aligned(64)));
  for (int j = 0; j < n; j++) transform(x + j * column, row, half + j * AG_WIDTH, n * AG_WIDTH);
  for (int i = 0; i < m; i++) transform(half + i * n * AG_WIDTH, AG_WIDTH, y + i * to_row, to_column);
}

void AG_NAME(agk_tile_input)(const agk_tile *t, const AG_REAL *x, AG_REAL *points) {
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH)
    AG_NAME(both)(AG_NAME(input), 6, 6, x + c, t->row, t->pitch, points + c, 6 * t->point, t->point);
}

/* Tiles overlap by two pixels. The first to reach a pixel stores, so that nothing has to be cleared. */
AG_INLINE void AG_NAME(add_input)(const bool above, const bool before, const agk_tile *t,
                                  const AG_REAL *points, AG_REAL *x) {
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH) {
    AG_REAL tile[AGK_POINTS * AG_WIDTH] __attribute__((aligned(64)));
    AG_NAME(both)
    (AG_NAME(input_adjoint), 6, 6, points + c, 6 * t->point, t->point, tile, 6 * AG_WIDTH, AG_WIDTH);
    for (int i = 0; i < 6; i++)
      for (int j = 0; j < 6; j++) {
        AG_REAL *to = x + i * t->row + j * t->pitch + c;
        AG_VECTOR v = AG_LOAD(tile + (i * 6 + j) * AG_WIDTH);
        if ((above && i < 2) || (before && j < 2)) v += AG_LOAD(to);
        AG_STORE(to, v);
      }
  }
}

void AG_NAME(agk_tile_input_adjoint)(bool above, bool before, const agk_tile *t, const AG_REAL *points,
                                     AG_REAL *x) {
  if (above && before) {
    AG_NAME(add_input)(true, true, t, points, x);
  } else if (above) {
    AG_NAME(add_input)(true, false, t, points, x);
  } else {
    AG_NAME(add_input)(false, before, t, points, x);
  }
}

void AG_NAME(agk_tile_output)(const agk_tile *t, const AG_REAL *points, const AG_REAL *bias, AG_REAL *y) {
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH) {
    AG_REAL tile[AGK_POINTS * AG_WIDTH] __attribute__((aligned(64)));
    AG_NAME(both)
    (AG_NAME(output), 6, 4, points + c, 6 * t->point, t->point, tile, 4 * AG_WIDTH, AG_WIDTH);
    for (int i = 0; i < 4; i++)
      for (int j = 0; j < 4; j++)
        AG_STORE(y + i * t->row + j * t->pitch + c,
                 AG_LOAD(tile + (i * 4 + j) * AG_WIDTH) + AG_LOAD(bias + c));
  }
}

void AG_NAME(agk_tile_output_adjoint)(const agk_tile *t, const AG_REAL *y, AG_REAL *points) {
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH)
    AG_NAME(both)(AG_NAME(output_adjoint), 4, 6, y + c, t->row, t->pitch, points + c, 6 * t->point, t->point);
}

void AG_NAME(agk_tile_weight)(const agk_tile *t, const AG_REAL *w, AG_REAL *points) {
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH)
    AG_NAME(both)(AG_NAME(weight), 3, 6, w + c, t->row, t->pitch, points + c, 6 * t->point, t->point);
}

void AG_NAME(agk_tile_weight_adjoint)(const agk_tile *t, const AG_REAL *points, AG_REAL *w) {
  for (int64_t c = 0; c < t->channels; c += AG_WIDTH)
    AG_NAME(both)(AG_NAME(weight_adjoint), 6, 3, points + c, 6 * t->point, t->point, w + c, t->row, t->pitch);
}
#endif
