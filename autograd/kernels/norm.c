/* norm.c - batch normalisation.
 *
 * Two passes over memory, both from end to end: one that sums, one that writes. The unit of work is some
 * images, of which it takes some channels where there are few; it keeps sums of its channels, and the sums of
 * the units are joined in the order of the images.
 *
 * A few channels in all images would find in a near cache, when they are written, what was read when they
 * were summed. They take longer, though: their pieces of an image lie a whole image apart, and no prefetcher
 * sees the next one coming. 16 of 512 channels of 14x14 at a time take 1.4 of the time; pieces have to be
 * 50 KB long, too many for that cache, to take no more. Where images lie a power of two apart, the pieces
 * drive each other out of the cache as well. */
#ifndef AG_REAL
#include "kernels/norm.h"

#include <math.h>

#include "kernels/norm_passes.h"

enum {
  UNITS = 8,        /* the units that threads share, */
  UNIT_SIZE = 8192, /* and the numbers that each should have */
  PLANE = 16,       /* numbers of a plane from which on vectors go along it */
};

/* How images and channels are cut into units. */
typedef struct {
  int64_t images, channels;
} cuts;

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static cuts cuts_of(const agk_batch_norm_geometry *g) {
  const int64_t units = least(UNITS, ag_chunks(g->n * g->c * g->s, UNIT_SIZE));
  cuts k = {.images = least(units, g->n)};
  k.channels = k.images ? least(units / k.images, g->c) : 0;
  return k;
}

static ag_range images_of(const agk_batch_norm_geometry *g, cuts k, int64_t unit) {
  return ag_chunk_range(unit / k.channels, k.images, g->n);
}

static ag_range channels_of(const agk_batch_norm_geometry *g, cuts k, int64_t unit) {
  return ag_chunk_range(unit % k.channels, k.channels, g->c);
}

static double rstd(const agk_batch_norm_geometry *g, double var) { return 1 / sqrt(var + g->eps); }

#define AG_SELF "kernels/norm.c"
#include "core/each_real.h"
#else

static const AG_NAME(agk_norm_passes) * AG_NAME(passes)(const agk_batch_norm_geometry *g) {
  return g->s < PLANE ? &AG_NAME(agk_norm_rows) : &AG_NAME(agk_norm_planes);
}

/* The parts of a workspace: the sums of all units, and the channels. */
static size_t AG_NAME(sums_bytes)(const agk_batch_norm_geometry *g) {
  return (size_t)(cuts_of(g).images * g->c) * sizeof(agk_norm_moments);
}

size_t AG_NAME(agk_batch_norm_workspace)(const agk_batch_norm_geometry *g) {
  return AG_NAME(sums_bytes)(g) + (size_t)(AGK_NUMBERS * g->c) * sizeof(AG_REAL);
}

/* ---- What the sums of the units come to ---- */

static void AG_NAME(settle)(const agk_batch_norm_geometry *g, cuts k, agk_norm_moments *m,
                            const AG_REAL *weight, const AG_REAL *bias, AG_REAL *mean, AG_REAL *var,
                            AG_REAL *of) {
  for (int64_t c = 0; c < g->c; c++) {
    for (int64_t i = 1; i < k.images; i++) agk_norm_join(&m[c], m[i * g->c + c]);
    of[AGK_MEAN * g->c + c] = mean[c] = (AG_REAL)m[c].mean;
    var[c] = (AG_REAL)(m[c].square / m[c].count);
    of[AGK_SCALE * g->c + c] = (AG_REAL)rstd(g, (double)var[c]) * weight[c];
    of[AGK_SHIFT * g->c + c] = bias[c];
  }
}

static void AG_NAME(settle_grad)(const agk_batch_norm_geometry *g, cuts k, agk_norm_sums *s,
                                 const AG_REAL *var, AG_REAL *gweight, AG_REAL *gbias, AG_REAL *of) {
  const double count = (double)g->n * (double)g->s;
  for (int64_t c = 0; c < g->c; c++) {
    for (int64_t i = 1; i < k.images; i++) {
      s[c].h += s[i * g->c + c].h;
      s[c].hx += s[i * g->c + c].hx;
    }
    const double r = rstd(g, (double)var[c]);
    gbias[c] = (AG_REAL)s[c].h;
    gweight[c] = (AG_REAL)(s[c].hx * r);
    of[AGK_OFFSET * g->c + c] = (AG_REAL)(s[c].h / count);
    of[AGK_SLOPE * g->c + c] = (AG_REAL)(s[c].hx * r * r / count);
  }
}

/* ---- The drivers ---- */

void AG_NAME(agk_batch_norm_forward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                     const AG_REAL *weight, const AG_REAL *bias, AG_REAL *y, AG_REAL *mean,
                                     AG_REAL *var, void *workspace) {
  const AG_NAME(agk_norm_passes) *pass = AG_NAME(passes)(g);
  AG_REAL *of = (void *)((char *)workspace + AG_NAME(sums_bytes)(g));
  const cuts k = cuts_of(g);
  const int64_t units = k.images * k.channels;
  const int team = ag_team(threads, units, 2 * g->n * g->c * g->s);
  agk_norm_moments *m = workspace;
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++) {
    const ag_range images = images_of(g, k, u), channels = channels_of(g, k, u);
    agk_norm_moments *of_unit = m + u / k.channels * g->c;
    for (int64_t c = channels.begin; c < channels.end; c++) of_unit[c] = (agk_norm_moments){0, 0, 0};
    pass->moments(g, images, channels, x, of_unit);
  }
  AG_NAME(settle)(g, k, m, weight, bias, mean, var, of);
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++) pass->write(g, images_of(g, k, u), channels_of(g, k, u), x, of, y);
}

void AG_NAME(agk_batch_norm_backward)(int threads, const agk_batch_norm_geometry *g, const AG_REAL *x,
                                      const AG_REAL *mean, const AG_REAL *var, const AG_REAL *weight,
                                      const AG_REAL *bias, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gweight,
                                      AG_REAL *gbias, void *workspace) {
  const AG_NAME(agk_norm_passes) *pass = AG_NAME(passes)(g);
  AG_REAL *of = (void *)((char *)workspace + AG_NAME(sums_bytes)(g));
  const cuts k = cuts_of(g);
  const int64_t units = k.images * k.channels;
  const int team = ag_team(threads, units, 3 * g->n * g->c * g->s);
  agk_norm_sums *s = workspace;
  for (int64_t c = 0; c < g->c; c++) {
    of[AGK_MEAN * g->c + c] = mean[c];
    of[AGK_SCALE * g->c + c] = (AG_REAL)rstd(g, (double)var[c]) * weight[c];
    of[AGK_SHIFT * g->c + c] = bias[c];
  }
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++) {
    const ag_range images = images_of(g, k, u), channels = channels_of(g, k, u);
    pass->grad_sums(g, images, channels, x, gy, of, s + u / k.channels * g->c);
  }
  AG_NAME(settle_grad)(g, k, s, var, gweight, gbias, of);
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < units; u++)
    pass->grad_write(g, images_of(g, k, u), channels_of(g, k, u), x, gy, of, gx);
}
#endif
