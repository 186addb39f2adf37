/* conv2d_winograd_passes.h - the convolution and its gradients for each instruction set, from which
 * conv2d_winograd.c takes the one of this processor. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_PASSES_H
#define AG_KERNELS_CONV2D_WINOGRAD_PASSES_H
#include "kernels/conv2d_norms.h"

#define AG_SELF "kernels/conv2d_winograd_passes.h"
#include "core/each_isa.h"
#endif
#else

/* As in conv2d_winograd.h. */
size_t AG_NAME(winograd_forward_bytes)(const agk_conv2d_geometry *g, int threads, bool norms);
void AG_NAME(winograd_forward)(int threads, const agk_conv2d_geometry *g,
                               const AG_OF_REAL(agk_conv2d_norms) * norms, const AG_REAL *x, const AG_REAL *w,
                               const AG_REAL *bias, AG_REAL *y, void *workspace);
size_t AG_NAME(winograd_backward_bytes)(const agk_conv2d_geometry *g, int threads, bool norms, bool input,
                                        bool weight);
void AG_NAME(winograd_backward)(int threads, const agk_conv2d_geometry *g,
                                const AG_OF_REAL(agk_conv2d_norms) * norms, const AG_REAL *x,
                                const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw, AG_REAL *gb,
                                void *workspace);
#endif
