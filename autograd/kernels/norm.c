/* norm.c - batch normalisation.
 *
 * A channel is the unit of work of the sums, and its planes are small enough to be found in the cache by the
 * second pass. Sums run in double over independent lanes; pixels are normalised in the tensor's own type. */
#ifndef AG_REAL
#include "kernels/norm.h"

#include <math.h>
#include <stddef.h>

#include "core/multiversion.h"
#include "core/parallel.h"

enum { LANES = 16, RANGE = 1 << 14 };

/* The two sums that a pass gathers. */
typedef struct {
  double first, second;
} sums;

#define AG_SELF "kernels/norm.c"
#include "core/each_real.h"
#else

/* Adds sum (x - mean) and sum (x - mean)^2 of n elements. */
AG_MULTIVERSION static void AG_NAME(moments)(int64_t n, const AG_REAL *x, double mean, sums *s) {
  double first[LANES] = {0}, second[LANES] = {0};
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) {
      const double d = (double)x[i + l] - mean;
      first[l] += d;
      second[l] += d * d;
    }
  for (int l = 0; i + l < n; l++) {
    const double d = (double)x[i + l] - mean;
    first[l] += d;
    second[l] += d * d;
  }
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) {
      first[l] += first[l + width];
      second[l] += second[l + width];
    }
  s->first += first[0];
  s->second += second[0];
}

/* Adds sum gy and sum gy (x - mean) of n elements. */
AG_MULTIVERSION static void AG_NAME(products)(int64_t n, const AG_REAL *x, double mean, const AG_REAL *gy,
                                              sums *s) {
  double first[LANES] = {0}, second[LANES] = {0};
  int64_t i = 0;
  for (; i + LANES <= n; i += LANES)
    for (int l = 0; l < LANES; l++) {
      first[l] += (double)gy[i + l];
      second[l] += (double)gy[i + l] * ((double)x[i + l] - mean);
    }
  for (int l = 0; i + l < n; l++) {
    first[l] += (double)gy[i + l];
    second[l] += (double)gy[i + l] * ((double)x[i + l] - mean);
  }
  for (int width = LANES / 2; width > 0; width /= 2)
    for (int l = 0; l < width; l++) {
      first[l] += first[l + width];
      second[l] += second[l + width];
    }
  s->first += first[0];
  s->second += second[0];
}

void AG_NAME(agk_batch_norm_statistics)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                        AG_REAL *mean, AG_REAL *var) {
  const double count = (double)g->n * (double)g->s;
  AG_PARALLEL_FOR(ag_team(threads, g->c, g->n * g->c * g->s))
  for (int64_t c = 0; c < g->c; c++) {
    sums about_zero = {0, 0}, about_mean = {0, 0};
    for (int64_t i = 0; i < g->n; i++) AG_NAME(moments)(g->s, x + (i * g->c + c) * g->s, 0, &about_zero);
    const double m = about_zero.first / count;
    for (int64_t i = 0; i < g->n; i++) AG_NAME(moments)(g->s, x + (i * g->c + c) * g->s, m, &about_mean);
    mean[c] = (AG_REAL)m;
    var[c] = (AG_REAL)(about_mean.second / count);
  }
}

void AG_NAME(agk_batch_norm_rstd)(int64_t c, double eps, const AG_REAL *var, AG_REAL *rstd) {
  for (int64_t i = 0; i < c; i++) rstd[i] = (AG_REAL)(1 / sqrt((double)var[i] + eps));
}

/* Planes [p.begin, p.end) of y; plane p belongs to channel p % c. */
AG_MULTIVERSION static void AG_NAME(normalise)(const agk_batch_norm_geometry *g, ag_range p, const AG_REAL *x,
                                               const AG_REAL *mean, const AG_REAL *rstd,
                                               const AG_REAL *weight, const AG_REAL *bias, AG_REAL *y) {
  for (int64_t plane = p.begin; plane < p.end; plane++) {
    const int64_t c = plane % g->c;
    const AG_REAL scale = weight ? rstd[c] * weight[c] : rstd[c], centre = mean[c],
                  shift = bias ? bias[c] : 0;
    for (int64_t i = plane * g->s; i < (plane + 1) * g->s; i++) y[i] = (x[i] - centre) * scale + shift;
  }
}

void AG_NAME(agk_batch_norm_forward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                     const AG_REAL *mean, const AG_REAL *rstd, const AG_REAL *weight,
                                     const AG_REAL *bias, AG_REAL *y) {
  const int64_t planes = g->n * g->c, elements = planes * g->s;
  const int64_t pieces = ag_chunks(elements, RANGE), ranges = pieces < planes ? pieces : planes;
  AG_PARALLEL_FOR(ag_team(threads, ranges, elements))
  for (int64_t r = 0; r < ranges; r++)
    AG_NAME(normalise)(g, ag_chunk(r, ranges, planes), x, mean, rstd, weight, bias, y);
}

/* gx = scale (gy - offset - (x - mean) slope) for one plane. */
AG_MULTIVERSION static void AG_NAME(grad_plane)(int64_t n, const AG_REAL *restrict x, AG_REAL mean,
                                                const AG_REAL *restrict gy, AG_REAL scale, AG_REAL offset,
                                                AG_REAL slope, AG_REAL *restrict gx) {
  for (int64_t i = 0; i < n; i++) gx[i] = scale * (gy[i] - offset - (x[i] - mean) * slope);
}

void AG_NAME(agk_batch_norm_backward)(int threads, const agk_batch_norm_geometry *g, bool training,
                                      const AG_REAL *x, const AG_REAL *mean, const AG_REAL *rstd,
                                      const AG_REAL *weight, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gweight,
                                      AG_REAL *gbias) {
  const double count = (double)g->n * (double)g->s;
  AG_PARALLEL_FOR(ag_team(threads, g->c, 2 * g->n * g->c * g->s))
  for (int64_t c = 0; c < g->c; c++) {
    sums s = {0, 0};
    if (training || gweight || gbias)
      for (int64_t i = 0, at = c * g->s; i < g->n; i++, at += g->c * g->s)
        AG_NAME(products)(g->s, x + at, (double)mean[c], gy + at, &s);
    if (gbias) gbias[c] = (AG_REAL)s.first;
    if (gweight) gweight[c] = (AG_REAL)(s.second * (double)rstd[c]);
    if (!gx) continue;
    const AG_REAL scale = weight ? weight[c] * rstd[c] : rstd[c];
    const AG_REAL offset = training ? (AG_REAL)(s.first / count) : 0;
    const AG_REAL slope = training ? (AG_REAL)(s.second * (double)rstd[c] * (double)rstd[c] / count) : 0;
    for (int64_t i = 0, at = c * g->s; i < g->n; i++, at += g->c * g->s)
      AG_NAME(grad_plane)(g->s, x + at, mean[c], gy + at, scale, offset, slope, gx + at);
  }
}
#endif
