/* norm.c - batch normalisation.
 *
 * Two passes over memory, both from end to end: one that sums, one that writes. A part of the images is the
 * unit of work; it keeps sums of all channels, and the sums of the parts are joined in their order. Sums go
 * over blocks, contiguous pieces of a plane; planes that are too small are gathered into one first. A block
 * is summed by lanes in the tensor's own type, and blocks are joined in double. Means and squared deviations
 * of a block are taken in two steps and joined by the formula of Chan, Golub and LeVeque (1979): nothing
 * cancels, wherever the mean lies. (Channel by channel, a plane would be read the second time from a nearer
 * cache, were it not that the planes of a channel lie a power of two apart as a rule, and so drive each other
 * out of it.) */
#ifndef AG_REAL
#include "kernels/norm.h"

#include <math.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"

enum {
  BLOCK = 1024,     /* numbers summed in their own type, in lanes of 32 */
  PLANE = 64,       /* numbers of a plane that is a block of its own */
  PARTS = 8,        /* the most units that threads share, */
  PART_SIZE = 8192, /* and the numbers that each should have */
};

/* Of `count` numbers: their mean, and the sum of their squared distances from it. */
typedef struct {
  double count, mean, square;
} moments;

/* The sums of h and of h (x - mean). */
typedef struct {
  double h, hx;
} sums;

static void join(moments *a, moments b) {
  const double count = a->count + b.count, share = b.count / count, apart = b.mean - a->mean;
  a->mean += apart * share;
  a->square += b.square + apart * apart * a->count * share;
  a->count = count;
}

/* How images and channels are cut into units. */
typedef struct {
  int64_t images, channels;
} cuts;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static cuts cuts_of(const agk_batch_norm_geometry *g) {
  const int64_t units = least(PARTS, ag_chunks(g->n * g->c * g->s, PART_SIZE));
  cuts k = {.images = least(units, g->n)};
  k.channels = k.images ? least(units / k.images, g->c) : 0;
  return k;
}

/* Images whose planes of one channel make a block. */
static int64_t images_of_block(const agk_batch_norm_geometry *g) { return g->s < PLANE ? BLOCK / g->s : 1; }

#define AG_SELF "kernels/norm.c"
#include "core/each_real.h"
#else

#include "kernels/lanes.h"

/* What makes z from the x of a channel. */
typedef struct {
  AG_REAL mean, scale, shift;
} AG_NAME(affine);

static double AG_NAME(rstd)(const agk_batch_norm_geometry *g, AG_REAL var) {
  return 1 / sqrt((double)var + g->eps);
}

/* What the channels come to: the affine map of each, and what the gradient subtracts. */
typedef struct {
  AG_NAME(affine) map;
  AG_REAL offset, slope;
} AG_NAME(channel);

/* The numbers of channel c in some images, n of them: where they lie, or gathered into `room`. */
static const AG_REAL *AG_NAME(numbers)(const agk_batch_norm_geometry *g, int64_t c, ag_range images,
                                       const AG_REAL *x, AG_REAL room[BLOCK], int64_t *n) {
  const int64_t s = g->s, step = g->c * s;
  *n = (images.end - images.begin) * s;
  x += c * s + images.begin * step;
  if (images.end - images.begin == 1) return x;
  if (s == 1)
    for (int64_t k = 0; k < *n; k++, x += step) room[k] = *x;
  else
    for (int64_t k = 0; k < *n; k += s, x += step) memcpy(room + k, x, (size_t)s * sizeof *x);
  return room;
}

AG_MULTIVERSION static moments AG_NAME(block_moments)(int64_t n, const AG_REAL *x) {
  AG_REAL sum[AGK_LANES] = {0}, square[AGK_LANES] = {0}, rest = 0, rest_square = 0;
  int64_t i = 0;
  for (; i + AGK_LANES <= n; i += AGK_LANES)
    for (int l = 0; l < AGK_LANES; l++) sum[l] += x[i + l];
  for (; i < n; i++) rest += x[i];
  const AG_REAL mean = (AG_NAME(total)(sum) + rest) / (AG_REAL)n;
  for (int l = 0; l < AGK_LANES; l++) sum[l] = 0;
  rest = 0;
  for (i = 0; i + AGK_LANES <= n; i += AGK_LANES)
    for (int l = 0; l < AGK_LANES; l++) {
      const AG_REAL d = x[i + l] - mean;
      sum[l] += d;
      square[l] += d * d;
    }
  for (; i < n; i++) {
    const AG_REAL d = x[i] - mean;
    rest += d;
    rest_square += d * d;
  }
  const double d = (double)(AG_NAME(total)(sum) + rest), count = (double)n;
  return (moments){count, (double)mean + d / count,
                   (double)(AG_NAME(total)(square) + rest_square) - d * d / count};
}

/* h and h (x - mean) summed over a block. */
AG_INLINE sums AG_NAME(products)(bool relu, int64_t n, const AG_REAL *x, const AG_REAL *gy,
                                 AG_NAME(affine) a) {
  AG_REAL h[AGK_LANES] = {0}, hx[AGK_LANES] = {0}, rest_h = 0, rest_hx = 0;
  int64_t i = 0;
  for (; i + AGK_LANES <= n; i += AGK_LANES)
    for (int l = 0; l < AGK_LANES; l++) {
      const AG_REAL d = x[i + l] - a.mean, v = relu && d * a.scale + a.shift <= 0 ? 0 : gy[i + l];
      h[l] += v;
      hx[l] += v * d;
    }
  for (; i < n; i++) {
    const AG_REAL d = x[i] - a.mean, v = relu && d * a.scale + a.shift <= 0 ? 0 : gy[i];
    rest_h += v;
    rest_hx += v * d;
  }
  return (sums){(double)(AG_NAME(total)(h) + rest_h), (double)(AG_NAME(total)(hx) + rest_hx)};
}

AG_MULTIVERSION static sums AG_NAME(block_sums)(bool relu, int64_t n, const AG_REAL *x, const AG_REAL *gy,
                                                AG_NAME(affine) a) {
  return relu ? AG_NAME(products)(true, n, x, gy, a) : AG_NAME(products)(false, n, x, gy, a);
}

/* A plane of y. */
AG_MULTIVERSION static void AG_NAME(normalise)(bool relu, int64_t n, const AG_REAL *restrict x,
                                               AG_NAME(affine) a, AG_REAL *restrict y) {
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL z = (x[i] - a.mean) * a.scale + a.shift;
    y[i] = relu && z <= 0 ? 0 : z;
  }
}

/* A plane of gx = scale (h - offset - (x - mean) slope). */
AG_MULTIVERSION static void AG_NAME(grad_plane)(bool relu, int64_t n, const AG_REAL *restrict x,
                                                const AG_REAL *restrict gy, const AG_NAME(channel) * of,
                                                AG_REAL *restrict gx) {
  const AG_NAME(affine) a = of->map;
  const AG_REAL offset = of->offset, slope = of->slope;
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL d = x[i] - a.mean, h = relu && d * a.scale + a.shift <= 0 ? 0 : gy[i];
    gx[i] = a.scale * (h - offset - d * slope);
  }
}

/* ---- The passes of a unit ---- */

static void AG_NAME(sum_unit)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                              const AG_REAL *x, moments *m) {
  AG_REAL room[BLOCK];
  for (int64_t c = channels.begin; c < channels.end; c++) m[c] = (moments){0, 0, 0};
  const int64_t step = images_of_block(g);
  for (int64_t i = images.begin; i < images.end; i += step)
    for (int64_t c = channels.begin; c < channels.end; c++) {
      int64_t n;
      const AG_REAL *of_x = AG_NAME(numbers)(g, c, (ag_range){i, least(i + step, images.end)}, x, room, &n);
      const int64_t blocks = ag_chunks(n, BLOCK);
      for (int64_t b = 0; b < blocks; b++) {
        const ag_range r = ag_chunk_range(b, blocks, n);
        join(&m[c], AG_NAME(block_moments)(r.end - r.begin, of_x + r.begin));
      }
    }
}

static void AG_NAME(grad_sum_unit)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels,
                                   const AG_REAL *x, const AG_REAL *gy, const AG_NAME(channel) * of,
                                   sums *s) {
  AG_REAL room[2][BLOCK];
  for (int64_t c = channels.begin; c < channels.end; c++) s[c] = (sums){0, 0};
  const int64_t step = images_of_block(g);
  for (int64_t i = images.begin; i < images.end; i += step)
    for (int64_t c = channels.begin; c < channels.end; c++) {
      int64_t n;
      const ag_range some = {i, least(i + step, images.end)};
      const AG_REAL *of_x = AG_NAME(numbers)(g, c, some, x, room[0], &n),
                    *of_gy = AG_NAME(numbers)(g, c, some, gy, room[1], &n);
      const int64_t blocks = ag_chunks(n, BLOCK);
      for (int64_t b = 0; b < blocks; b++) {
        const ag_range r = ag_chunk_range(b, blocks, n);
        const sums more =
            AG_NAME(block_sums)(g->relu, r.end - r.begin, of_x + r.begin, of_gy + r.begin, of[c].map);
        s[c].h += more.h;
        s[c].hx += more.hx;
      }
    }
}

/* ---- The drivers ---- */

/* The parts of a workspace: the sums of all units, and the channels. */
static size_t AG_NAME(sums_bytes)(const agk_batch_norm_geometry *g) {
  return (size_t)(cuts_of(g).images * g->c) * sizeof(moments);
}

size_t AG_NAME(agk_batch_norm_workspace)(const agk_batch_norm_geometry *g) {
  return AG_NAME(sums_bytes)(g) + (size_t)g->c * sizeof(AG_NAME(channel));
}

/* The images and the channels of unit u. */
#define IMAGES ag_chunk_range(u / k.channels, k.images, g->n)
#define CHANNELS ag_chunk_range(u % k.channels, k.channels, g->c)

void AG_NAME(agk_batch_norm_forward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                     const AG_REAL *weight, const AG_REAL *bias, AG_REAL *y, AG_REAL *mean,
                                     AG_REAL *var, void *workspace) {
  const cuts k = cuts_of(g);
  const int64_t units = k.images * k.channels;
  const int team = ag_team(threads, units, 2 * g->n * g->c * g->s);
  moments *m = workspace;
  AG_NAME(channel) *of = (void *)((char *)workspace + AG_NAME(sums_bytes)(g));
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++) AG_NAME(sum_unit)(g, IMAGES, CHANNELS, x, m + u / k.channels * g->c);
  for (int64_t c = 0; c < g->c; c++) {
    for (int64_t i = 1; i < k.images; i++) join(&m[c], m[i * g->c + c]);
    mean[c] = (AG_REAL)m[c].mean;
    var[c] = (AG_REAL)(m[c].square / m[c].count);
    of[c].map = (AG_NAME(affine)){mean[c], (AG_REAL)AG_NAME(rstd)(g, var[c]) * weight[c], bias[c]};
  }
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++) {
    const ag_range images = IMAGES, channels = CHANNELS;
    for (int64_t i = images.begin; i < images.end; i++)
      for (int64_t c = channels.begin; c < channels.end; c++) {
        const int64_t at = (i * g->c + c) * g->s;
        AG_NAME(normalise)(g->relu, g->s, x + at, of[c].map, y + at);
      }
  }
}

void AG_NAME(agk_batch_norm_backward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                      const AG_REAL *mean, const AG_REAL *var, const AG_REAL *weight,
                                      const AG_REAL *bias, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gweight,
                                      AG_REAL *gbias, void *workspace) {
  const cuts k = cuts_of(g);
  const int64_t units = k.images * k.channels;
  const int team = ag_team(threads, units, 3 * g->n * g->c * g->s);
  const double count = (double)g->n * (double)g->s;
  sums *s = workspace;
  AG_NAME(channel) *of = (void *)((char *)workspace + AG_NAME(sums_bytes)(g));
  for (int64_t c = 0; c < g->c; c++)
    of[c].map = (AG_NAME(affine)){mean[c], (AG_REAL)AG_NAME(rstd)(g, var[c]) * weight[c], bias[c]};
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++)
    AG_NAME(grad_sum_unit)(g, IMAGES, CHANNELS, x, gy, of, s + u / k.channels * g->c);
  for (int64_t c = 0; c < g->c; c++) {
    for (int64_t i = 1; i < k.images; i++) {
      s[c].h += s[i * g->c + c].h;
      s[c].hx += s[i * g->c + c].hx;
    }
    const double rstd = AG_NAME(rstd)(g, var[c]);
    gbias[c] = (AG_REAL)s[c].h;
    gweight[c] = (AG_REAL)(s[c].hx * rstd);
    of[c].offset = (AG_REAL)(s[c].h / count);
    of[c].slope = (AG_REAL)(s[c].hx * rstd * rstd / count);
  }
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++) {
    const ag_range images = IMAGES, channels = CHANNELS;
    for (int64_t i = images.begin; i < images.end; i++)
      for (int64_t c = channels.begin; c < channels.end; c++) {
        const int64_t at = (i * g->c + c) * g->s;
        AG_NAME(grad_plane)(g->relu, g->s, x + at, gy + at, &of[c], gx + at);
      }
  }
}
#undef IMAGES
#undef CHANNELS
#endif
