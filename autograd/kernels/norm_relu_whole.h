/* norm_relu_whole.h - the map of norm_relu.h over whole arrays, on several threads. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_RELU_WHOLE_H
#define AG_KERNELS_NORM_RELU_WHOLE_H
#include <stddef.h>

#include "kernels/norm_relu.h"

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
#endif
