/* norm_relu.h - the parts of batch normalisation that work apart from it, on rows whose columns are channels.
 *
 * Where the statistics are known, normalisation and the rectifier behind it are a map of each element alone,
 *   z = max((x - mean[c]) scale[c] + shift[c], 0),
 * that whoever reads x can make on the way, so that z is never written. `norm` holds mean, scale and shift, a
 * row of c numbers each. What the statistics themselves say of the gradient of x is a line through x,
 *   offset[c] + (x - mean[c]) slope[c],
 * and `line` holds mean, offset and slope. Functions serve one thread; x, z and gradients are rows x c. */
#ifndef AG_REAL
#ifndef AG_KERNELS_NORM_RELU_H
#define AG_KERNELS_NORM_RELU_H
#include "kernels/norm_passes.h"

/* Rows of `norm` and of `line`, in the order of norm_passes.h. */
enum { AGK_NORM_ROWS = 3, AGK_LINE_ROWS = 3 };

#define AG_SELF "kernels/norm_relu.h"
#include "core/each_real.h"
#endif
#else

void AG_NAME(agk_norm_relu)(int64_t rows, int64_t c, const AG_REAL *x, const AG_REAL *norm, AG_REAL *z);
/* With h = gz, or 0 where z = 0: gx = h scale, which may take the place of gz, and s[c] += the sums of h and
 * of h (x - mean). Then the gradient of mean is - scale sum(h), that of scale sum(h (x - mean)), of shift
 * sum(h). */
void AG_NAME(agk_norm_relu_grad)(int64_t rows, int64_t c, const AG_REAL *x, const AG_REAL *norm,
                                 const AG_REAL *gz, AG_REAL *gx, agk_norm_sums *s);
/* The rows of the gradient of `norm` from these sums of chunks of rows, c each. They are added in their
 * order, in the first of them; of no chunks they are 0, so there is room for one. */
void AG_NAME(agk_norm_relu_settle)(int64_t chunks, int64_t c, agk_norm_sums *s, const AG_REAL *norm,
                                   AG_REAL *gnorm);
/* total = g + offset + (x - mean) slope. */
void AG_NAME(agk_norm_add_line)(int64_t rows, int64_t c, const AG_REAL *x, const AG_REAL *line,
                                const AG_REAL *g, AG_REAL *total);
/* Joins the moments of the columns of x with m[c], all of which have the same count. There must be a row. */
void AG_NAME(agk_norm_add_moments)(int64_t rows, int64_t c, const AG_REAL *x, agk_norm_moments *m);
#endif
