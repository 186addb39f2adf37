/* im2col.h - the windows of an image as columns of a matrix, and back. Planes, windows and places as in
 * pool2d.h; the matrix of one plane has a row for each element of the window and a column for each window:
 * (planes, kernel[0] * kernel[1], h_out * w_out), contiguous. */
#ifndef AG_REAL
#ifndef AG_KERNELS_IM2COL_H
#define AG_KERNELS_IM2COL_H

#include "kernels/pool2d.h"

#define AG_SELF "kernels/im2col.h"
#include "core/each_real.h"
#endif
#else

/* y = the elements of the windows of x, 0 in the padding. */
void AG_NAME(agk_im2col)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y);
/* x = each element of y added to the place where the other function takes it from. */
void AG_NAME(agk_col2im)(int threads, const agk_pool2d_geometry *g, const AG_REAL *y, AG_REAL *x);
#endif
