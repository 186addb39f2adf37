/* conv2d_grey_last.h - convolutions of grey images whose channels lie last in the result: x is (n, h, w), y
 * (n, h_out, w_out, c_out).
 *
 * There is no matrix worth a product: a pixel of y is the sum of one vector of weights for each tap, times a
 * number of x. So the channels fill the vectors, and y or its gradient is gone through once, from end to end.
 */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_GREY_LAST_H
#define AG_KERNELS_CONV2D_GREY_LAST_H
#include "core/isa.h"
#include "kernels/conv2d.h"

/* Whether this is the way for a convolution and for the gradient of its weights. */
bool agk_grey_last_suits(const agk_conv2d_geometry *g);

#define AG_SELF "kernels/conv2d_grey_last.h"
#include "core/each_real.h"
#endif
#else

/* As the functions of conv2d.h. An element of y is summed in the order of conv2d_depthwise.c, and has its
 * bits. */
size_t AG_NAME(agk_grey_last_forward_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_grey_last_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace);
size_t AG_NAME(agk_grey_last_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_grey_last_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                        const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace);

/* By the code for one instruction set, in the same workspace. */
void AG_NAME(agk_grey_last_forward_by)(ag_isa isa, int threads, const agk_conv2d_geometry *g,
                                       const AG_REAL *x, const AG_REAL *w, const AG_REAL *bias, AG_REAL *y,
                                       void *workspace);
void AG_NAME(agk_grey_last_grad_weight_by)(ag_isa isa, int threads, const agk_conv2d_geometry *g,
                                           const AG_REAL *x, const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb,
                                           void *workspace);
#endif
