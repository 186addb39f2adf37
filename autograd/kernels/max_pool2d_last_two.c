/* max_pool2d_last_two.c - the greatest of 2x2 windows side by side where several channels lie beside each
 * other: the four pixels of a window are vectors of channels as they stand, and each element of x and of its
 * gradient is visited once.
 *
 * The last vector of a strip is moved back; fewer channels than a vector has are visited one by one. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/pool2d.h"

#define AG_SELF "kernels/max_pool2d_last_two.c"
#include "core/each_real.h"
#else

#include "kernels/vector32.h"

/* The winners of two pixels, and which of them were the second. */
#define PAIRS(first, second, best, is_second)                                                                \
  const AG_NAME(mask) is_second = AGK_BEATS(second, first);                                                  \
  const AG_NAME(vector) best = PICK(is_second, second, first)

/* W channels of the window whose pixels are `right` and `down` apart. */
AG_INLINE void AG_NAME(greatest)(int64_t right, int64_t down, const AG_REAL *x, AG_REAL *y) {
  const AG_NAME(vector) a = LOAD(x), b = LOAD(x + right), c = LOAD(x + down), d = LOAD(x + down + right);
  PAIRS(a, b, upper, upper_is_right);
  PAIRS(c, d, lower, lower_is_right);
  STORE(y, PICK(AGK_BEATS(lower, upper), lower, upper));
}

AG_INLINE void AG_NAME(gradients)(int64_t right, int64_t down, const AG_REAL *x, const AG_REAL *gy,
                                  AG_REAL *gx) {
  const AG_NAME(vector) a = LOAD(x), b = LOAD(x + right), c = LOAD(x + down), d = LOAD(x + down + right);
  PAIRS(a, b, upper, upper_is_right);
  PAIRS(c, d, lower, lower_is_right);
  const AG_NAME(mask) is_lower = AGK_BEATS(lower, upper);
  const AG_NAME(vector) g = LOAD(gy), above = ONLY(~is_lower, g), below = ONLY(is_lower, g);
  STORE(gx, ONLY(~upper_is_right, above));
  STORE(gx + right, ONLY(upper_is_right, above));
  STORE(gx + down, ONLY(~lower_is_right, below));
  STORE(gx + down + right, ONLY(lower_is_right, below));
}

/* The same one by one, for n channels, fewer than W. */
AG_INLINE void AG_NAME(greatest_of_few)(int64_t n, int64_t right, int64_t down, const AG_REAL *x,
                                        AG_REAL *y) {
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL a = x[i], b = x[i + right], c = x[i + down], d = x[i + down + right];
    const AG_REAL upper = AGK_BEATS(b, a) ? b : a, lower = AGK_BEATS(d, c) ? d : c;
    y[i] = AGK_BEATS(lower, upper) ? lower : upper;
  }
}

AG_INLINE void AG_NAME(gradients_of_few)(int64_t n, int64_t right, int64_t down, const AG_REAL *x,
                                         const AG_REAL *gy, AG_REAL *gx) {
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL a = x[i], b = x[i + right], c = x[i + down], d = x[i + down + right];
    const bool upper_is_right = AGK_BEATS(b, a), lower_is_right = AGK_BEATS(d, c),
               is_lower = AGK_BEATS(lower_is_right ? d : c, upper_is_right ? b : a);
    const AG_REAL above = is_lower ? 0 : gy[i], below = is_lower ? gy[i] : 0;
    gx[i] = upper_is_right ? 0 : above;
    gx[i + right] = upper_is_right ? above : 0;
    gx[i + down] = lower_is_right ? 0 : below;
    gx[i + down + right] = lower_is_right ? below : 0;
  }
}

AG_MULTIVERSION void AG_NAME(agk_max_last_two)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                               AG_REAL *y) {
  const int64_t right = g->channels, down = g->w * right;
  for (int64_t oy = 0; oy < g->h_out; oy++, x += 2 * down)
    for (int64_t ox = 0; ox < g->w_out; ox++, y += right) {
      const AG_REAL *at = x + 2 * ox * right;
      if (n < W) {
        AG_NAME(greatest_of_few)(n, right, down, at, y);
        continue;
      }
      for (int64_t c = 0; c < n; c += W) {
        const int64_t o = c < n - W ? c : n - W;
        AG_NAME(greatest)(right, down, at + o, y + o);
      }
    }
}

AG_MULTIVERSION void AG_NAME(agk_max_last_two_grad)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                                    const AG_REAL *gy, AG_REAL *gx) {
  const int64_t right = g->channels, down = g->w * right;
  const size_t size = (size_t)n * sizeof *gx;
  for (int64_t oy = 0; oy < g->h_out; oy++, x += 2 * down, gx += 2 * down) {
    for (int64_t ox = 0; ox < g->w_out; ox++, gy += right) {
      const int64_t at = 2 * ox * right;
      if (n < W) {
        AG_NAME(gradients_of_few)(n, right, down, x + at, gy, gx + at);
        continue;
      }
      for (int64_t c = 0; c < n; c += W) {
        const int64_t o = c < n - W ? c : n - W;
        AG_NAME(gradients)(right, down, x + at + o, gy + o, gx + at + o);
      }
    }
    for (int64_t j = 2 * g->w_out; j < g->w; j++) {
      memset(gx + j * right, 0, size);
      memset(gx + down + j * right, 0, size);
    }
  }
  for (int64_t p = 0; p < (g->h - 2 * g->h_out) * g->w; p++) memset(gx + p * right, 0, size);
}
#undef PAIRS
#endif
