/* norm_planes.c - the passes of batch normalisation over planes of 16 numbers and more.
 *
 * A block is a piece of a large plane, or the small planes that a channel has in some images: they share
 * lanes, whose sum is taken once. Where a plane does not end with a vector, its last one begins before the
 * end of the one before it; what both have counts once in a sum, and is written twice. */
#ifndef AG_REAL
#include <stdbool.h>

#include "kernels/norm_passes.h"

enum {
  BLOCK = 1024, /* numbers summed in their own type */
  VECTORS = 4,  /* so many vectors hide the latency of an addition */
};

/* Images whose planes of one channel make a block. */
static int64_t images_of_block(int64_t s) { return s < BLOCK ? BLOCK / s : 1; }

#define AG_SELF "kernels/norm_planes.c"
#include "core/each_real.h"
#else

#include "kernels/vector32.h"

#define ALL(x) ((x) - (AG_NAME(vector)){0})

/* Some numbers of a channel: n of each of some planes, whose beginnings are `apart` numbers from each other.
 */
typedef struct {
  int64_t planes, apart, n;
} AG_NAME(block);

/* The numbers of a channel, each in a whole vector. */
typedef struct {
  AG_NAME(vector) mean, scale, shift, offset, slope;
} AG_NAME(channel);

AG_INLINE AG_NAME(channel) AG_NAME(channel_of)(const AG_REAL *of, int64_t channels, int64_t c) {
  return (AG_NAME(channel)){ALL(of[AGK_MEAN * channels + c]), ALL(of[AGK_SCALE * channels + c]),
                            ALL(of[AGK_SHIFT * channels + c]), ALL(of[AGK_OFFSET * channels + c]),
                            ALL(of[AGK_SLOPE * channels + c])};
}

/* ---- Sums of blocks ---- */

/* One vector more for the sums of h and of h d, but for the places that are in `counted`. */
AG_INLINE void AG_NAME(add)(agk_norm_terms h, const AG_REAL *x, const AG_REAL *gy, const AG_NAME(channel) * k,
                            const AG_NAME(mask) * counted, AG_NAME(vector) * sum, AG_NAME(vector) * product) {
  const AG_NAME(vector) d = LOAD(x) - k->mean;
  AG_NAME(vector) v = d;
  if (h != AGK_OF_X) v = LOAD(gy);
  if (h == AGK_OF_RECTIFIED) v = UNLESS(d * k->scale + k->shift <= 0, v);
  v = UNLESS(*counted, v);
  *sum += v;
  *product += v * d;
}

AG_INLINE double AG_NAME(total)(const AG_NAME(vector) lanes[VECTORS]) {
  AG_REAL lane[W];
  STORE(lane, (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]));
  for (int width = W / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) lane[l] += lane[l + width];
  return (double)lane[0];
}

AG_INLINE agk_norm_sums AG_NAME(add_block)(agk_norm_terms h, AG_NAME(block) b, const AG_REAL *x,
                                           const AG_REAL *gy, const AG_NAME(channel) * k) {
  AG_NAME(vector) sum[VECTORS] = {0}, product[VECTORS] = {0};
  AG_NAME(vector) place;
  for (int l = 0; l < W; l++) place[l] = (AG_REAL)l;
  const AG_NAME(mask) none = place < 0, counted = place < ALL((AG_REAL)(W - b.n % W));
  for (int64_t p = 0; p < b.planes; p++) {
    const AG_REAL *of_x = x + p * b.apart, *of_gy = gy + p * b.apart;
    int64_t i = 0;
    for (; i + VECTORS * W <= b.n; i += VECTORS * W)
      for (int v = 0; v < VECTORS; v++)
        AG_NAME(add)(h, of_x + i + v * W, of_gy + i + v * W, k, &none, &sum[v], &product[v]);
    for (int v = 0; v < VECTORS - 1; v++) {
      if (i + W > b.n) break;
      AG_NAME(add)(h, of_x + i, of_gy + i, k, &none, &sum[v], &product[v]);
      i += W;
    }
    if (i == b.n) continue;
    i = b.n - W;
    AG_NAME(add)(h, of_x + i, of_gy + i, k, &counted, &sum[VECTORS - 1], &product[VECTORS - 1]);
  }
  return (agk_norm_sums){AG_NAME(total)(sum), AG_NAME(total)(product)};
}

/* Around `pivot`. */
AG_MULTIVERSION static agk_norm_moments AG_NAME(block_moments)(AG_NAME(block) b, const AG_REAL *x,
                                                               AG_REAL pivot) {
  const AG_NAME(channel) k = {.mean = ALL(pivot)};
  const agk_norm_sums s = AG_NAME(add_block)(AGK_OF_X, b, x, x, &k);
  const double count = (double)(b.planes * b.n);
  return (agk_norm_moments){count, (double)pivot + s.h / count, s.hx - s.h * s.h / count};
}

AG_MULTIVERSION static agk_norm_sums AG_NAME(block_sums)(bool relu, AG_NAME(block) b, const AG_REAL *x,
                                                         const AG_REAL *gy, const AG_REAL *of,
                                                         int64_t channels, int64_t c) {
  const AG_NAME(channel) k = AG_NAME(channel_of)(of, channels, c);
  return relu ? AG_NAME(add_block)(AGK_OF_RECTIFIED, b, x, gy, &k)
              : AG_NAME(add_block)(AGK_OF_GY, b, x, gy, &k);
}

/* ---- What is written to the planes of some channels, which begin at x, gy, y and gx ---- */

AG_INLINE void AG_NAME(write_planes)(bool relu, int64_t s, int64_t channels, ag_range some, const AG_REAL *x,
                                     const AG_REAL *of, AG_REAL *y) {
  for (int64_t c = some.begin; c < some.end; c++, x += s, y += s) {
    const AG_NAME(channel) k = AG_NAME(channel_of)(of, channels, c);
    for (int64_t i = 0; i < s; i += W) {
      const int64_t at = i + W <= s ? i : s - W;
      const AG_NAME(vector) z = (LOAD(x + at) - k.mean) * k.scale + k.shift;
      STORE(y + at, relu ? UNLESS(z <= 0, z) : z);
    }
  }
}

AG_MULTIVERSION static void AG_NAME(planes_of_y)(bool relu, int64_t s, int64_t channels, ag_range some,
                                                 const AG_REAL *x, const AG_REAL *of, AG_REAL *y) {
  if (relu)
    AG_NAME(write_planes)(true, s, channels, some, x, of, y);
  else
    AG_NAME(write_planes)(false, s, channels, some, x, of, y);
}

AG_INLINE void AG_NAME(write_gradient)(bool relu, int64_t s, int64_t channels, ag_range some,
                                       const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of, AG_REAL *gx) {
  for (int64_t c = some.begin; c < some.end; c++, x += s, gy += s, gx += s) {
    const AG_NAME(channel) k = AG_NAME(channel_of)(of, channels, c);
    for (int64_t i = 0; i < s; i += W) {
      const int64_t at = i + W <= s ? i : s - W;
      const AG_NAME(vector) d = LOAD(x + at) - k.mean, g = LOAD(gy + at);
      const AG_NAME(vector) h = relu ? UNLESS(d * k.scale + k.shift <= 0, g) : g;
      STORE(gx + at, k.scale * (h - k.offset - d * k.slope));
    }
  }
}

AG_MULTIVERSION static void AG_NAME(planes_of_gx)(bool relu, int64_t s, int64_t channels, ag_range some,
                                                  const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of,
                                                  AG_REAL *gx) {
  if (relu)
    AG_NAME(write_gradient)(true, s, channels, some, x, gy, of, gx);
  else
    AG_NAME(write_gradient)(false, s, channels, some, x, gy, of, gx);
}

/* ---- The passes ---- */

/* Block number `piece` of the planes in the images from i on, and where it begins in channel c. */
static AG_NAME(block) AG_NAME(block_of)(const agk_batch_norm_geometry *g, ag_range images, int64_t i,
                                        int64_t c, int64_t piece, int64_t *at) {
  const int64_t left = images.end - i, most = images_of_block(g->s);
  const ag_range r = ag_chunk_range(piece, ag_chunks(g->s, BLOCK), g->s);
  *at = (i * g->c + c) * g->s + r.begin;
  return (AG_NAME(block)){left < most ? left : most, g->c * g->s, r.end - r.begin};
}

static void AG_NAME(moments)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                             const AG_REAL *x, agk_norm_moments *m) {
  for (int64_t i = images.begin; i < images.end; i += images_of_block(g->s))
    for (int64_t c = channels.begin; c < channels.end; c++)
      for (int64_t k = 0; k < ag_chunks(g->s, BLOCK); k++) {
        int64_t at;
        const AG_NAME(block) b = AG_NAME(block_of)(g, images, i, c, k, &at);
        const double pivot = m[c].count > 0 ? m[c].mean : AG_NAME(block_moments)(b, x + at, x[at]).mean;
        agk_norm_join(&m[c], AG_NAME(block_moments)(b, x + at, (AG_REAL)pivot));
      }
}

static void AG_NAME(write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                           const AG_REAL *x, const AG_REAL *of, AG_REAL *y) {
  for (int64_t i = images.begin; i < images.end; i++) {
    const int64_t at = (i * g->c + channels.begin) * g->s;
    AG_NAME(planes_of_y)(g->relu, g->s, g->c, channels, x + at, of, y + at);
  }
}

static void AG_NAME(grad_sums)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                               const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of, agk_norm_sums *s) {
  for (int64_t c = channels.begin; c < channels.end; c++) s[c] = (agk_norm_sums){0, 0};
  for (int64_t i = images.begin; i < images.end; i += images_of_block(g->s))
    for (int64_t c = channels.begin; c < channels.end; c++)
      for (int64_t k = 0; k < ag_chunks(g->s, BLOCK); k++) {
        int64_t at;
        const AG_NAME(block) b = AG_NAME(block_of)(g, images, i, c, k, &at);
        const agk_norm_sums more = AG_NAME(block_sums)(g->relu, b, x + at, gy + at, of, g->c, c);
        s[c].h += more.h;
        s[c].hx += more.hx;
      }
}

static void AG_NAME(grad_write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                                const AG_REAL *x, const AG_REAL *gy, const AG_REAL *of, AG_REAL *gx) {
  for (int64_t i = images.begin; i < images.end; i++) {
    const int64_t at = (i * g->c + channels.begin) * g->s;
    AG_NAME(planes_of_gx)(g->relu, g->s, g->c, channels, x + at, gy + at, of, gx + at);
  }
}

const AG_NAME(agk_norm_passes)
    AG_NAME(agk_norm_planes) = {AG_NAME(moments), AG_NAME(write), AG_NAME(grad_sums), AG_NAME(grad_write)};
#undef ALL
#endif
