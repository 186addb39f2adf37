/* max_pool2d_two.c - the greatest of 2x2 windows side by side, the common case, vector by vector.
 *
 * Two rows of x are parted into their even and their odd columns. Then windows lie beside each other, and the
 * winner of each pair, and of both pairs, is found without a branch. The gradient goes the other way: to the
 * winner's row, and there to the winner's column.
 *
 * The last vector of a long row is moved back. That of a short row reads and writes what lies behind it,
 * which the rows that follow write again; in the last plane of a thread, where too little follows, the
 * windows are lent some room. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/pool2d.h"

#define AG_SELF "kernels/max_pool2d_two.c"
#include "core/each_real.h"
#else

#include "kernels/vector32.h"

/* Every second place of two vectors; the places of one between those of the other, in two vectors. */
#if AG_REAL_BYTES == 4
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define FIRST_HALF(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define SECOND_HALF(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7)
#define FIRST_HALF(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define SECOND_HALF(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif

/* The winners of pairs in one row, and which of them were on the right. */
#define PAIRS(row, best, right)                                                                              \
  const AG_NAME(vector) best##_left = EVEN(LOAD(row), LOAD((row) + W)),                                      \
                        best##_right = ODD(LOAD(row), LOAD((row) + W));                                      \
  const AG_NAME(mask) right = AGK_BEATS(best##_right, best##_left);                                          \
  const AG_NAME(vector) best = PICK(right, best##_right, best##_left)

/* W windows, whose rows begin at `above` and `below`. */
AG_INLINE void AG_NAME(greatest)(const AG_REAL *above, const AG_REAL *below, AG_REAL *y) {
  PAIRS(above, upper, upper_is_right);
  PAIRS(below, lower, lower_is_right);
  STORE(y, PICK(AGK_BEATS(lower, upper), lower, upper));
}

/* By address, since how vectors are passed is a matter of the instruction set. */
AG_INLINE void AG_NAME(spread)(AG_REAL *row, const AG_NAME(mask) * right, const AG_NAME(vector) * g) {
  const AG_NAME(vector) odd = ONLY(*right, *g), even = ONLY(~*right, *g);
  STORE(row, FIRST_HALF(even, odd));
  STORE(row + W, SECOND_HALF(even, odd));
}

/* Their gradients: to_above is written before to_below, which may begin within W of its end. */
AG_INLINE void AG_NAME(gradients)(const AG_REAL *above, const AG_REAL *below, const AG_REAL *gy,
                                  AG_REAL *to_above, AG_REAL *to_below) {
  PAIRS(above, upper, upper_is_right);
  PAIRS(below, lower, lower_is_right);
  const AG_NAME(mask) is_lower = AGK_BEATS(lower, upper);
  const AG_NAME(vector) g = LOAD(gy), of_above = ONLY(~is_lower, g), of_below = ONLY(is_lower, g);
  AG_NAME(spread)(to_above, &upper_is_right, &of_above);
  AG_NAME(spread)(to_below, &lower_is_right, &of_below);
}

/* The same with room lent to n windows, fewer than W. */
static void AG_NAME(greatest_of_few)(int64_t n, const AG_REAL *above, const AG_REAL *below, AG_REAL *y) {
  AG_REAL rows[2][2 * W] = {{0}}, best[W];
  const size_t size = (size_t)n * sizeof *y;
  memcpy(rows[0], above, 2 * size);
  memcpy(rows[1], below, 2 * size);
  AG_NAME(greatest)(rows[0], rows[1], best);
  memcpy(y, best, size);
}

static void AG_NAME(gradients_of_few)(int64_t n, const AG_REAL *above, const AG_REAL *below,
                                      const AG_REAL *gy, AG_REAL *to_above, AG_REAL *to_below) {
  AG_REAL rows[2][2 * W] = {{0}}, to[2][2 * W], g[W] = {0};
  const size_t size = (size_t)n * sizeof *gy;
  memcpy(rows[0], above, 2 * size);
  memcpy(rows[1], below, 2 * size);
  memcpy(g, gy, size);
  AG_NAME(gradients)(rows[0], rows[1], g, to[0], to[1]);
  memcpy(to_above, to[0], 2 * size);
  memcpy(to_below, to[1], 2 * size);
}

/* Whether vectors that begin at row 2 `oy` of x and row `oy` of y end inside of what is left of both. */
AG_INLINE bool AG_NAME(has_room)(const agk_pool2d_geometry *g, int64_t planes, int64_t oy) {
  return (2 * oy + 1) * g->w + 2 * W <= planes * g->h * g->w &&
         oy * g->w_out + W <= planes * g->h_out * g->w_out;
}

AG_INLINE void AG_NAME(max_plane)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x,
                                  AG_REAL *y) {
  const int64_t w = g->w, n = g->w_out;
  for (int64_t oy = 0; oy < g->h_out; oy++, x += 2 * w, y += n) {
    if (n < W && AG_NAME(has_room)(g, planes, oy)) {
      AG_NAME(greatest)(x, x + w, y);
    } else if (n < W) {
      AG_NAME(greatest_of_few)(n, x, x + w, y);
    } else {
      for (int64_t ox = 0; ox < n; ox += W) {
        const int64_t o = ox < n - W ? ox : n - W;
        AG_NAME(greatest)(x + 2 * o, x + w + 2 * o, y + o);
      }
    }
  }
}

AG_INLINE void AG_NAME(grad_plane)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x,
                                   const AG_REAL *gy, AG_REAL *gx) {
  const int64_t w = g->w, n = g->w_out;
  for (int64_t oy = 0; oy < g->h_out; oy++, x += 2 * w, gy += n, gx += 2 * w) {
    if (n < W && AG_NAME(has_room)(g, planes, oy)) {
      AG_NAME(gradients)(x, x + w, gy, gx, gx + w);
    } else if (n < W) {
      AG_NAME(gradients_of_few)(n, x, x + w, gy, gx, gx + w);
    } else {
      for (int64_t ox = 0; ox < n; ox += W) {
        const int64_t o = ox < n - W ? ox : n - W;
        AG_NAME(gradients)(x + 2 * o, x + w + 2 * o, gy + o, gx + 2 * o, gx + w + 2 * o);
      }
    }
    for (int64_t j = 2 * n; j < w; j++) gx[j] = gx[w + j] = 0;
  }
  memset(gx, 0, (size_t)((g->h - 2 * g->h_out) * w) * sizeof *gx);
}

AG_MULTIVERSION void AG_NAME(agk_max_two)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x,
                                          AG_REAL *y) {
  for (; planes > 0; planes--, x += g->h * g->w, y += g->h_out * g->w_out)
    AG_NAME(max_plane)(g, planes, x, y);
}

AG_MULTIVERSION void AG_NAME(agk_max_two_grad)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x,
                                               const AG_REAL *gy, AG_REAL *gx) {
  for (; planes > 0; planes--, x += g->h * g->w, gy += g->h_out * g->w_out, gx += g->h * g->w)
    AG_NAME(grad_plane)(g, planes, x, gy, gx);
}
#undef EVEN
#undef ODD
#undef FIRST_HALF
#undef SECOND_HALF
#undef PAIRS
#endif
