/* conv2d_winograd_tiles.c - the four transforms of F(4x4, 3x3) and their matrices.
 *
 * Tiles are gathered into a patch [36][width], element by element, so that each transform is plain arithmetic
 * on rows of `width` numbers, which the compiler turns into vector code. A transform in two dimensions is one
 * along the columns of the tile, then one along its rows. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd.h"

#include <string.h>

#include "core/multiversion.h"

#define AG_SELF "kernels/conv2d_winograd_tiles.c"
#include "core/each_real.h"
#else

/* One-dimensional transforms of n columns: element i of a column lies at from[i * s], of the result at to[i *
 * d]. */

/* B^T: 6 -> 6. */
AG_INLINE void AG_NAME(to_input)(int64_t n, const AG_REAL *restrict x, int64_t s, AG_REAL *restrict y,
                                 int64_t d) {
  AG_SIMD
  for (int64_t t = 0; t < n; t++) {
    const AG_REAL x0 = x[t], x1 = x[s + t], x2 = x[2 * s + t], x3 = x[3 * s + t], x4 = x[4 * s + t],
                  x5 = x[5 * s + t];
    const AG_REAL even = x4 - 4 * x2, odd = x3 - 4 * x1, far = x4 - x2, near = 2 * (x3 - x1);
    y[t] = 4 * x0 - 5 * x2 + x4;
    y[d + t] = even + odd;
    y[2 * d + t] = even - odd;
    y[3 * d + t] = far + near;
    y[4 * d + t] = far - near;
    y[5 * d + t] = 4 * x1 - 5 * x3 + x5;
  }
}

/* A^T: 6 -> 4. */
AG_INLINE void AG_NAME(to_output)(int64_t n, const AG_REAL *restrict x, int64_t s, AG_REAL *restrict y,
                                  int64_t d) {
  AG_SIMD
  for (int64_t t = 0; t < n; t++) {
    const AG_REAL p = x[s + t] + x[2 * s + t], q = x[s + t] - x[2 * s + t];
    const AG_REAL u = x[3 * s + t] + x[4 * s + t], v = x[3 * s + t] - x[4 * s + t];
    y[t] = x[t] + p + u;
    y[d + t] = q + 2 * v;
    y[2 * d + t] = p + 4 * u;
    y[3 * d + t] = q + 8 * v + x[5 * s + t];
  }
}

/* A: 4 -> 6. */
AG_INLINE void AG_NAME(from_output)(int64_t n, const AG_REAL *restrict x, int64_t s, AG_REAL *restrict y,
                                    int64_t d) {
  AG_SIMD
  for (int64_t t = 0; t < n; t++) {
    const AG_REAL x0 = x[t], x1 = x[s + t], x2 = x[2 * s + t], x3 = x[3 * s + t];
    const AG_REAL even = x0 + x2, odd = x1 + x3, far = x0 + 4 * x2, near = 2 * x1 + 8 * x3;
    y[t] = x0;
    y[d + t] = even + odd;
    y[2 * d + t] = even - odd;
    y[3 * d + t] = far + near;
    y[4 * d + t] = far - near;
    y[5 * d + t] = x3;
  }
}

/* G: 3 -> 6. */
AG_INLINE void AG_NAME(to_weight)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_REAL sum = x[0] + x[2 * s], far = x[0] + 4 * x[2 * s];
  y[0] = x[0] / 4;
  y[d] = -(sum + x[s]) / 6;
  y[2 * d] = -(sum - x[s]) / 6;
  y[3 * d] = (far + 2 * x[s]) / 24;
  y[4 * d] = (far - 2 * x[s]) / 24;
  y[5 * d] = x[2 * s];
}

/* G^T: 6 -> 3. */
AG_INLINE void AG_NAME(from_weight)(const AG_REAL *x, int64_t s, AG_REAL *y, int64_t d) {
  const AG_REAL p = x[s] + x[2 * s], q = x[s] - x[2 * s], u = x[3 * s] + x[4 * s], v = x[3 * s] - x[4 * s];
  y[0] = x[0] / 4 - p / 6 + u / 24;
  y[d] = -q / 6 + v / 12;
  y[2 * d] = -p / 6 + u / 6 + x[5 * s];
}

/* patch[(i * side + j), t] = element (i, j) of tile t of plane c in each image; 0 outside of the image. Tile
 * (a, b) begins at (4 a - top, 4 b - left). */
AG_INLINE void AG_NAME(gather)(const agk_winograd_plan *p, int64_t images, int64_t side, int64_t h, int64_t w,
                               int64_t top, int64_t left, int64_t stride, const AG_REAL *x, AG_REAL *patch) {
  for (int64_t image = 0, t = 0; image < images; image++) {
    const AG_REAL *plane = x + image * stride;
    for (int64_t tile = 0; tile < p->tiles; tile++, t++) {
      const int64_t y0 = tile / p->across * AGK_TILE - top, x0 = tile % p->across * AGK_TILE - left;
      AG_REAL *to = patch + t;
      if (y0 >= 0 && x0 >= 0 && y0 + side <= h && x0 + side <= w) {
        const AG_REAL *from = plane + y0 * w + x0;
        for (int64_t i = 0; i < side; i++)
          for (int64_t j = 0; j < side; j++) to[(i * side + j) * p->width] = from[i * w + j];
      } else {
        for (int64_t i = 0; i < side; i++)
          for (int64_t j = 0; j < side; j++) {
            const int64_t y = y0 + i, z = x0 + j;
            to[(i * side + j) * p->width] = y >= 0 && y < h && z >= 0 && z < w ? plane[y * w + z] : 0;
          }
      }
    }
  }
}

/* The columns behind the last tile of the group. */
AG_INLINE void AG_NAME(clear_rest)(const agk_winograd_plan *p, int64_t images, AG_REAL *patch) {
  const int64_t used = images * p->tiles;
  for (int64_t k = 0; k < AGK_POINTS; k++)
    for (int64_t t = used; t < p->width; t++) patch[k * p->width + t] = 0;
}

AG_MULTIVERSION void AG_NAME(agk_winograd_input)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                                 int64_t images, const AG_REAL *x, AG_REAL *to,
                                                 AG_REAL *patch) {
  const int64_t n = p->width, point = agk_winograd_step(g->c_in, n);
  AG_REAL *half = patch + AGK_POINTS * n;
  AG_NAME(clear_rest)(p, images, patch);
  for (int64_t c = 0; c < g->c_in; c++) {
    AG_NAME(gather)
    (p, images, AGK_PATCH, g->h, g->w, g->padding[0], g->padding[1], g->c_in * g->h * g->w,
     x + c * g->h * g->w, patch);
    for (int64_t j = 0; j < AGK_PATCH; j++)
      AG_NAME(to_input)(n, patch + j * n, AGK_PATCH * n, half + j * n, AGK_PATCH * n);
    for (int64_t i = 0; i < AGK_PATCH; i++)
      AG_NAME(to_input)(n, half + i * AGK_PATCH * n, n, to + c * n + i * AGK_PATCH * point, point);
  }
}

AG_MULTIVERSION void AG_NAME(agk_winograd_output_adjoint)(const agk_conv2d_geometry *g,
                                                          const agk_winograd_plan *p, int64_t images,
                                                          const AG_REAL *gy, AG_REAL *to, AG_REAL *patch) {
  const int64_t n = p->width, point = agk_winograd_step(g->c_out, n), plane = g->h_out * g->w_out;
  AG_REAL *half = patch + AGK_POINTS * n;
  AG_NAME(clear_rest)(p, images, patch);
  for (int64_t o = 0; o < g->c_out; o++) {
    AG_NAME(gather)(p, images, AGK_TILE, g->h_out, g->w_out, 0, 0, g->c_out * plane, gy + o * plane, patch);
    for (int64_t j = 0; j < AGK_TILE; j++)
      AG_NAME(from_output)(n, patch + j * n, AGK_TILE * n, half + j * n, AGK_TILE * n);
    for (int64_t i = 0; i < AGK_PATCH; i++)
      AG_NAME(from_output)(n, half + i * AGK_TILE * n, n, to + o * n + i * AGK_PATCH * point, point);
  }
}

/* Writes tile t of one plane, from the rows of 16 elements in tiles. */
AG_INLINE void AG_NAME(scatter)(const agk_conv2d_geometry *g, const agk_winograd_plan *p, int64_t tile,
                                const AG_REAL *from, AG_REAL bias, AG_REAL *plane) {
  const int64_t y0 = tile / p->across * AGK_TILE, x0 = tile % p->across * AGK_TILE;
  const int64_t rows = g->h_out - y0 < AGK_TILE ? g->h_out - y0 : AGK_TILE;
  const int64_t columns = g->w_out - x0 < AGK_TILE ? g->w_out - x0 : AGK_TILE;
  for (int64_t i = 0; i < rows; i++)
    for (int64_t j = 0; j < columns; j++)
      plane[(y0 + i) * g->w_out + x0 + j] = from[(i * AGK_TILE + j) * p->width] + bias;
}

AG_MULTIVERSION void AG_NAME(agk_winograd_output)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                                  int64_t images, const AG_REAL *from, const AG_REAL *bias,
                                                  AG_REAL *y, AG_REAL *patch) {
  const int64_t n = p->width, point = agk_winograd_step(g->c_out, n), plane = g->h_out * g->w_out;
  AG_REAL *half = patch + AGK_POINTS * n;
  for (int64_t o = 0; o < g->c_out; o++) {
    for (int64_t j = 0; j < AGK_PATCH; j++)
      AG_NAME(to_output)(n, from + o * n + j * point, AGK_PATCH * point, half + j * n, AGK_PATCH * n);
    for (int64_t i = 0; i < AGK_TILE; i++)
      AG_NAME(to_output)(n, half + i * AGK_PATCH * n, n, patch + i * AGK_TILE * n, n);
    for (int64_t image = 0; image < images; image++)
      for (int64_t tile = 0; tile < p->tiles; tile++) AG_NAME(scatter)
    (g, p, tile, patch + image * p->tiles + tile, bias ? bias[o] : 0, y + (image * g->c_out + o) * plane);
  }
}

AG_MULTIVERSION void AG_NAME(agk_winograd_weight)(const agk_conv2d_geometry *g, const AG_REAL *w,
                                                  AG_REAL *to) {
  const int64_t pairs = g->c_out * g->c_in, point = agk_winograd_step(g->c_out, g->c_in);
  for (int64_t k = 0; k < pairs; k++) {
    AG_REAL half[AGK_PATCH * 3];
    for (int64_t j = 0; j < 3; j++) AG_NAME(to_weight)(w + k * 9 + j, 3, half + j, 3);
    for (int64_t i = 0; i < AGK_PATCH; i++)
      AG_NAME(to_weight)(half + i * 3, 1, to + k + i * AGK_PATCH * point, point);
  }
}

AG_MULTIVERSION void AG_NAME(agk_winograd_weight_adjoint)(const agk_conv2d_geometry *g, const AG_REAL *from,
                                                          AG_REAL *gw) {
  const int64_t pairs = g->c_out * g->c_in, point = agk_winograd_step(g->c_out, g->c_in);
  for (int64_t k = 0; k < pairs; k++) {
    AG_REAL half[AGK_PATCH * 3];
    for (int64_t i = 0; i < AGK_PATCH; i++)
      AG_NAME(from_weight)(from + k + i * AGK_PATCH * point, point, half + i * 3, 1);
    for (int64_t j = 0; j < 3; j++) AG_NAME(from_weight)(half + j, 3, gw + k * 9 + j, 3);
  }
}
#endif
