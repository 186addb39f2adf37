/* norm_relu_whole.h - the map of norm_relu.h over whole arrays, alone and with the pooling behind it, on
 * several threads.
 *
 * With `norm` of mean, scale and shift,
 *   z = max((x - mean[c]) scale[c] + shift[c], 0),   y = the greatest z of each window,
 * where the windows of images (planes, h, w, channels) are kernel[0] x kernel[0] and lie side by side; rows
 * and columns that are left over belong to none. Of the geometry of a pooling that, and the sizes, are read.
 * z is never written: gradients make it from x once more. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_RELU_WHOLE_H
#define AG_KERNELS_NORM_RELU_WHOLE_H
#include <stddef.h>

#include "kernels/norm_relu.h"
#include "kernels/pool2d.h"

/* The chunks that threads share, each with sums of its own, and the numbers that it should have at least. */
enum { AGK_NORM_RELU_CHUNKS = 16, AGK_NORM_RELU_CHUNK = 8192 };

/* Of `rows` with so many numbers each. */
static inline int64_t agk_norm_relu_chunks(int64_t rows, int64_t numbers) {
  const int64_t wanted = ag_chunks(rows * numbers, AGK_NORM_RELU_CHUNK);
  const int64_t most = wanted < AGK_NORM_RELU_CHUNKS ? wanted : AGK_NORM_RELU_CHUNKS;
  return most < rows ? most : rows;
}

#define AG_SELF "kernels/norm_relu_whole.h"
#include "core/each_real.h"
#endif
#else

/* z of the rows x c. */
void AG_NAME(agk_norm_relu_forward)(int threads, int64_t rows, int64_t c, const AG_REAL *x,
                                    const AG_REAL *norm, AG_REAL *z);
/* With h = gz, or 0 where z = 0: gx = h scale, and the rows of gnorm, - scale sum(h), sum(h (x - mean)) and
 * sum(h). */
size_t AG_NAME(agk_norm_relu_workspace)(int64_t rows, int64_t c);
void AG_NAME(agk_norm_relu_backward)(int threads, int64_t rows, int64_t c, const AG_REAL *x,
                                     const AG_REAL *norm, const AG_REAL *gz, AG_REAL *gx, AG_REAL *gnorm,
                                     void *workspace);

/* y. */
void AG_NAME(agk_norm_relu_pool_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                         const AG_REAL *norm, AG_REAL *y);
/* The same of a window's place where z is greatest, as max_pool2d counts them (pool2d.h), with h = gy, or 0
 * where y = 0; elsewhere gx is 0. */
size_t AG_NAME(agk_norm_relu_pool_workspace)(const agk_pool2d_geometry *g);
void AG_NAME(agk_norm_relu_pool_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                          const AG_REAL *norm, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gnorm,
                                          void *workspace);
#endif
