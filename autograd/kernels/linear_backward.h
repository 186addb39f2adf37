/* linear_backward.h - all gradients of y = x w' + b, or of max(x w' + b, 0).
 *
 *   h = g, or y > 0 ? g : 0,   gx = h w,   gw = h' x,   gb = sum of h over the rows
 *
 * x: rows x in,  w: out x in,  g, y and h: rows x out, all row-major and without gaps. */
#ifndef AG_REAL
#ifndef AG_KERNELS_LINEAR_BACKWARD_H
#define AG_KERNELS_LINEAR_BACKWARD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  int64_t rows, in, out;
  bool only_weight; /* gx is not wanted */
} agk_linear_geometry;

#define AG_SELF "kernels/linear_backward.h"
#include "core/each_real.h"
#endif
#else

/* What is read, y being NULL where nothing was rectified, and what is written. */
typedef struct {
  const AG_REAL *g, *x, *w, *y;
  AG_REAL *gx, *gw, *gb;
} AG_NAME(agk_linear_gradients);

/* Bytes of scratch memory that agk_linear_backward needs. */
size_t AG_NAME(agk_linear_backward_workspace)(const agk_linear_geometry *g, int threads);

void AG_NAME(agk_linear_backward)(int threads, const agk_linear_geometry *g,
                                  const AG_NAME(agk_linear_gradients) * o, void *workspace);
#endif
