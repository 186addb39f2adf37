/* norm_passes.h - what norm.c has done with a unit of its work: some channels in some images.
 *
 * Two ways to do it are made here, one for planes that are long enough for vectors (norm_planes.c) and one
 * for those that are not (norm_rows.c). Both take sums of deviations from a number near the mean, in the
 * tensor's own type for a block, and join means and squared deviations in double by the formula of Chan,
 * Golub and LeVeque (1979): nothing cancels, wherever the mean lies. That number is the mean of all numbers
 * before, which are no fewer than those that go around it. If these lie far from it, they lose as many digits
 * as that distance, squared, exceeds their own deviations; but the joint sum has the squared distance, too,
 * so there the loss is one bit. The first block has none before it and goes around its own mean, in two
 * steps. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_PASSES_H
#define AG_KERNELS_NORM_PASSES_H

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/norm.h"

/* Of `count` numbers: their mean, and the sum of their squared distances from it. */
typedef struct {
  double count, mean, square;
} agk_norm_moments;

/* What is summed by itself and times d = x - mean: d, which makes the moments, or gy, or gy where z > 0. */
typedef enum { AGK_OF_X, AGK_OF_GY, AGK_OF_RECTIFIED } agk_norm_terms;

/* The sums of h and of h (x - mean). */
typedef struct {
  double h, hx;
} agk_norm_sums;

AG_INLINE void agk_norm_join(agk_norm_moments *a, agk_norm_moments b) {
  const double count = a->count + b.count, share = b.count / count, apart = b.mean - a->mean;
  a->mean += apart * share;
  a->square += b.square + apart * apart * a->count * share;
  a->count = count;
}

/* The rows of an array that has a column for each channel:
 *   z = (x - mean) scale + shift,   gx = scale (h - offset - (x - mean) slope). */
enum { AGK_MEAN, AGK_SCALE, AGK_SHIFT, AGK_OFFSET, AGK_SLOPE, AGK_NUMBERS };

#define AG_SELF "kernels/norm_passes.h"
#include "core/each_real.h"
#endif
#else

/* x, y, gy and gx are whole arrays, and so are m and s, which have an entry for each channel, and `of`, the
 * numbers of the channels. What is found of the moments is joined with m, where all of these channels have
 * the same count. */
typedef struct {
  void (*moments)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels, const AG_REAL *x,
                  agk_norm_moments *m);
  void (*write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels, const AG_REAL *x,
                const AG_REAL *of, AG_REAL *y);
  void (*grad_sums)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels, const AG_REAL *x,
                    const AG_REAL *gy, const AG_REAL *of, agk_norm_sums *s);
  void (*grad_write)(const agk_batch_norm_geometry *g, ag_range images, ag_range channels, const AG_REAL *x,
                     const AG_REAL *gy, const AG_REAL *of, AG_REAL *gx);
} AG_NAME(agk_norm_passes);

extern const AG_NAME(agk_norm_passes) AG_NAME(agk_norm_planes), AG_NAME(agk_norm_rows);
#endif
