/* norm.c - batch normalisation.
 *
 * A group of adjacent channels is the unit of work, small enough for the second cache: its sums are taken
 * first, then its planes are written, so memory is read once. Sums go over blocks, contiguous pieces of a
 * channel; planes smaller than a block are gathered into one first. A block is summed by lanes in the
 * tensor's own type, and blocks are joined in double. Means and squared deviations of a block are taken in
 * two steps and joined by the formula of Chan, Golub and LeVeque (1979): nothing cancels, wherever the mean
 * lies. */
#ifndef AG_REAL
#include "kernels/norm.h"

#include <math.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"

enum {
  BLOCK = 1024,         /* numbers summed in their own type, in lanes of 32 */
  GROUP = 8,            /* the most channels of a group, */
  GROUP_SIZE = 1 << 15, /* the numbers that it should have, */
  GROUPS = 16,          /* and how many groups there should be for threads to share */
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

static int64_t groups_of(const agk_batch_norm_geometry *g) {
  int64_t size = GROUP_SIZE / (g->n * g->s);
  if (size > GROUP) size = GROUP;
  if (size > g->c / GROUPS) size = g->c / GROUPS;
  return ag_chunks(g->c, size < 1 ? 1 : size);
}

static int64_t blocks_of(const agk_batch_norm_geometry *g) {
  return g->s < BLOCK ? ag_chunks(g->n, BLOCK / g->s) : g->n * ag_chunks(g->s, BLOCK);
}

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

/* Block i of a channel and its length n: where it lies, or gathered into `room`. */
static const AG_REAL *AG_NAME(block)(const agk_batch_norm_geometry *g, int64_t c, int64_t i, const AG_REAL *x,
                                     AG_REAL room[BLOCK], int64_t *n) {
  const int64_t s = g->s, step = g->c * s;
  if (s >= BLOCK) {
    const int64_t pieces = ag_chunks(s, BLOCK);
    const ag_range piece = ag_chunk_range(i % pieces, pieces, s);
    *n = piece.end - piece.begin;
    return x + i / pieces * step + c * s + piece.begin;
  }
  const ag_range images = ag_chunk_range(i, blocks_of(g), g->n);
  *n = (images.end - images.begin) * s;
  x += c * s + images.begin * step;
  for (int64_t k = 0; k < *n; k += s, x += step) {
    if (s == 1)
      room[k] = *x;
    else
      memcpy(room + k, x, (size_t)s * sizeof *x);
  }
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
                                                const AG_REAL *restrict gy, AG_NAME(affine) a, AG_REAL offset,
                                                AG_REAL slope, AG_REAL *restrict gx) {
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL d = x[i] - a.mean, h = relu && d * a.scale + a.shift <= 0 ? 0 : gy[i];
    gx[i] = a.scale * (h - offset - d * slope);
  }
}

static void AG_NAME(forward_group)(const agk_batch_norm_geometry *g, ag_range group, const AG_REAL *x,
                                   const AG_REAL *weight, const AG_REAL *bias, AG_REAL *y, AG_REAL *mean,
                                   AG_REAL *var) {
  moments m[GROUP] = {{0, 0, 0}};
  AG_NAME(affine) a[GROUP];
  AG_REAL room[BLOCK];
  for (int64_t i = 0; i < blocks_of(g); i++)
    for (int64_t c = group.begin; c < group.end; c++) {
      int64_t n;
      const AG_REAL *block = AG_NAME(block)(g, c, i, x, room, &n);
      join(&m[c - group.begin], AG_NAME(block_moments)(n, block));
    }
  for (int64_t c = group.begin; c < group.end; c++) {
    const moments *of = &m[c - group.begin];
    mean[c] = (AG_REAL)of->mean;
    var[c] = (AG_REAL)(of->square / of->count);
    a[c - group.begin] = (AG_NAME(affine)){mean[c], (AG_REAL)AG_NAME(rstd)(g, var[c]) * weight[c], bias[c]};
  }
  for (int64_t i = 0; i < g->n; i++)
    for (int64_t c = group.begin; c < group.end; c++) {
      const int64_t at = (i * g->c + c) * g->s;
      AG_NAME(normalise)(g->relu, g->s, x + at, a[c - group.begin], y + at);
    }
}

void AG_NAME(agk_batch_norm_forward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                     const AG_REAL *weight, const AG_REAL *bias, AG_REAL *y, AG_REAL *mean,
                                     AG_REAL *var) {
  const int64_t groups = groups_of(g);
  AG_PARALLEL_FOR(ag_team(threads, groups, 2 * g->n * g->c * g->s))
  for (int64_t u = 0; u < groups; u++)
    AG_NAME(forward_group)(g, ag_chunk_range(u, groups, g->c), x, weight, bias, y, mean, var);
}

static void AG_NAME(backward_group)(const agk_batch_norm_geometry *g, ag_range group, const AG_REAL *x,
                                    const AG_REAL *mean, const AG_REAL *var, const AG_REAL *weight,
                                    const AG_REAL *bias, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gweight,
                                    AG_REAL *gbias) {
  AG_REAL room[2][BLOCK], offset[GROUP], slope[GROUP];
  AG_NAME(affine) a[GROUP];
  sums s[GROUP] = {{0, 0}};
  for (int64_t c = group.begin; c < group.end; c++)
    a[c - group.begin] = (AG_NAME(affine)){mean[c], (AG_REAL)AG_NAME(rstd)(g, var[c]) * weight[c], bias[c]};
  for (int64_t i = 0; i < blocks_of(g); i++)
    for (int64_t c = group.begin; c < group.end; c++) {
      int64_t n;
      const AG_REAL *of_x = AG_NAME(block)(g, c, i, x, room[0], &n),
                    *of_gy = AG_NAME(block)(g, c, i, gy, room[1], &n);
      const sums more = AG_NAME(block_sums)(g->relu, n, of_x, of_gy, a[c - group.begin]);
      s[c - group.begin].h += more.h;
      s[c - group.begin].hx += more.hx;
    }
  for (int64_t c = group.begin, k = 0; c < group.end; c++, k++) {
    const double rstd = AG_NAME(rstd)(g, var[c]), count = (double)g->n * (double)g->s;
    gbias[c] = (AG_REAL)s[k].h;
    gweight[c] = (AG_REAL)(s[k].hx * rstd);
    offset[k] = (AG_REAL)(s[k].h / count);
    slope[k] = (AG_REAL)(s[k].hx * rstd * rstd / count);
  }
  for (int64_t i = 0; i < g->n; i++)
    for (int64_t c = group.begin, k = 0; c < group.end; c++, k++) {
      const int64_t at = (i * g->c + c) * g->s;
      AG_NAME(grad_plane)(g->relu, g->s, x + at, gy + at, a[k], offset[k], slope[k], gx + at);
    }
}

void AG_NAME(agk_batch_norm_backward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                      const AG_REAL *mean, const AG_REAL *var, const AG_REAL *weight,
                                      const AG_REAL *bias, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gweight,
                                      AG_REAL *gbias) {
  const int64_t groups = groups_of(g);
  AG_PARALLEL_FOR(ag_team(threads, groups, 3 * g->n * g->c * g->s))
  for (int64_t u = 0; u < groups; u++) AG_NAME(backward_group)
  (g, ag_chunk_range(u, groups, g->c), x, mean, var, weight, bias, gy, gx, gweight, gbias);
}
#endif
