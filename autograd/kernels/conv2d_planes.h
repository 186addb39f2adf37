/* conv2d_planes.h - convolutions whose channels are last by way of planes: for those that no kernel serves as
 * they are. Each image is turned into planes, and the result turned back. Used by conv2d*.c. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_PLANES_H
#define AG_KERNELS_CONV2D_PLANES_H
#include "kernels/conv2d.h"

#define AG_SELF "kernels/conv2d_planes.h"
#include "core/each_real.h"
#endif
#else

/* As the functions of conv2d.h. */
size_t AG_NAME(agk_planes_forward_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_planes_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                 const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace);
size_t AG_NAME(agk_planes_grad_input_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_planes_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                    const AG_REAL *w, AG_REAL *gx, void *workspace);
size_t AG_NAME(agk_planes_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_planes_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                     const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace);
#endif
