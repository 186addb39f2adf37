/* conv2d_winograd_weights.h - the transforms of all weights of a convolution.
 *
 * Of the channels of inputs and outputs those that a product sums over are its depth, the others are its
 * columns: depth = c_in for the forward convolution and c_out for the gradient of its input. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_WINOGRAD_WEIGHTS_H
#define AG_KERNELS_CONV2D_WINOGRAD_WEIGHTS_H
#include "kernels/conv2d_winograd_blocks.h"

#define AG_SELF "kernels/conv2d_winograd_weights.h"
#include "core/each_isa.h"
#endif
#else

/* Numbers in the weights with their channels beside each other, in all points that products read, and from
 * one of these points to the next. */
int64_t AG_NAME(agk_winograd_turned)(int64_t depth, int64_t pitch);
int64_t AG_NAME(agk_winograd_weight_step)(int64_t depth, int64_t pitch);

/* u[point] = the panels of G w G^T, depth x pitch, that agk_product_of takes as b. For the forward
 * convolution the columns are outputs, filled up to pitch. turned is scratch. */
void AG_NAME(agk_winograd_weights)(int threads, const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                   const AG_REAL *w, AG_REAL *turned, AG_REAL *u);
/* The same with the roles of inputs and outputs exchanged. */
void AG_NAME(agk_winograd_weights_turned)(int threads, const agk_conv2d_geometry *g,
                                          const agk_winograd_plan *p, const AG_REAL *w, AG_REAL *turned,
                                          AG_REAL *u);
/* gw = G^T (sum of `sums` matrices [point][c_in][pitch], one `size` numbers after the other) G. The first of
 * them becomes the sum. */
void AG_NAME(agk_winograd_weights_adjoint)(int threads, const agk_conv2d_geometry *g,
                                           const agk_winograd_plan *p, int64_t sums, int64_t size,
                                           AG_REAL *du, AG_REAL *turned, AG_REAL *gw);
#endif
