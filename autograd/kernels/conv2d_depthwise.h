/* conv2d_depthwise.h - convolutions whose groups have one input channel, as those of grey images: there is no
 * matrix to multiply by, or a very low one, so each number of the kernel is multiplied with a whole row of
 * the field (conv2d_im2col.h) at a time. Shared by the files conv2d*.c. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_DEPTHWISE_H
#define AG_KERNELS_CONV2D_DEPTHWISE_H
#include "kernels/conv2d_im2col.h"

/* Whether this is the way for a convolution and for the gradient of its weights, and for that of its input.
 */
bool agk_depthwise_suits(const agk_conv2d_geometry *g);
bool agk_depthwise_grad_input_suits(const agk_conv2d_geometry *g);

/* One band of output rows by some filters: element k of the window of row r and column q lies at
 * field[offset[k]
 * + r width + q]; the output of a filter is `plane` numbers behind that of the filter before. */
typedef struct {
  int64_t rows, columns, width, taps;
  const int64_t *offset;
  int64_t filters, plane;
} agk_depthwise_band;

/* The same band of some images: where their fields lie, and their parts of gy, in numbers from one to the
 * next; and how many numbers of gy there are from the first of these parts on. */
typedef struct {
  int64_t count, field_step, gy_step, room;
} agk_depthwise_images;

/* Sums of products are kept in lanes that make 64 bytes, whatever the instruction set. */
enum { AGK_DEPTHWISE_LANE_BYTES = 64 };

#define AG_SELF "kernels/conv2d_depthwise.h"
#include "core/each_real.h"
#endif
#else

/* As the functions of conv2d.h. */
size_t AG_NAME(agk_depthwise_forward_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_depthwise_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace);
size_t AG_NAME(agk_depthwise_grad_input_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_depthwise_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                       const AG_REAL *w, AG_REAL *gx, void *workspace);
size_t AG_NAME(agk_depthwise_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_depthwise_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                        const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace);

/* The rows of a band, in conv2d_depthwise_rows.c, and the sums over them, in conv2d_depthwise_sums.c: y =
 * bias + sum over k of w[k] times element k of the windows, for each filter, whose weights and bias (which
 * may be NULL) follow those of the filter before; its adjoint for one filter, which adds to the field; and,
 * for each filter, sums[k] += gy times element k and sums[taps] += gy, over all windows of some images: the
 * lanes of a sum are of the tensor's own type until they are added to those of double. */
void AG_NAME(agk_depthwise_filter)(const agk_depthwise_band *b, const AG_REAL *w, const AG_REAL *bias,
                                   const AG_REAL *field, AG_REAL *y);
void AG_NAME(agk_depthwise_spread)(const agk_depthwise_band *b, const AG_REAL *w, const AG_REAL *gy,
                                   AG_REAL *field);
void AG_NAME(agk_depthwise_correlate)(const agk_depthwise_band *b, const agk_depthwise_images *m,
                                      const AG_REAL *field, const AG_REAL *gy, double *sums);
#endif
