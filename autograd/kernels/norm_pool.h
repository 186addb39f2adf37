/* norm_pool.h - max pooling in front of the normalisation that it stands behind.
 *
 * A normalisation with a rectifier behind it, z = max((y - mean) scale + shift, 0), turns the order of a
 * channel's numbers round where scale is negative, and keeps it elsewhere. So the greatest z of a window is
 * that of the greatest y, or of the least where the channel's sign is negative; and where scale has the sign
 * of a parameter that is known beforehand, pooling can read y while a cache still holds it.
 *
 *   q = the y of each window of pool x pool, side by side, with the greatest s y,   s = -1 where sign < 0,
 * else 1
 *
 * Of equal ones it is the first in reading order, and NaN is greater than all numbers, as in pool2d.h. Rows
 * and columns that are left over belong to no window. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_POOL_H
#define AG_KERNELS_NORM_POOL_H
#include "core/parallel.h"

/* An image (rows, columns, channels) that is cut into windows. */
typedef struct {
  int64_t rows, columns, channels, pool;
} agk_norm_windows;

/* The windows of an image, one number for each channel. */
static inline int64_t agk_norm_pooled(const agk_norm_windows *w) {
  return w->rows / w->pool * (w->columns / w->pool) * w->channels;
}

#define AG_SELF "kernels/norm_pool.h"
#include "core/each_real.h"
#endif
#else

/* q of an image y. */
void AG_NAME(agk_norm_pool)(const agk_norm_windows *w, const AG_REAL *y, const AG_REAL *sign, AG_REAL *q);
/* Some rows of an image: total = g + offset + (y - mean) slope, where g is gq at the number that each window
 * has given, and 0 elsewhere. y and gq are whole images, total begins with the first of these rows; the rows
 * of line are mean, offset, slope and sign. */
void AG_NAME(agk_norm_pool_add_line)(const agk_norm_windows *w, ag_range rows, const AG_REAL *y,
                                     const AG_REAL *line, const AG_REAL *gq, AG_REAL *total);
#endif
