/* conv2d_norms.h - convolutions between normalisations, of images with their channels last.
 *
 * Batch normalisation and the rectifier behind it are a map of each number once the moments of its channel
 * are known (norm_relu.h). So a convolution can make that map as it reads its images, and can sum the moments
 * of its results as it writes them: what lies between two convolutions is then written once and read once,
 * and the images that the normalisation would make are never there.
 *
 *   y = conv2d(max((x - mean) scale + shift, 0), w) + bias,   moments = mean and biased variance of y
 *
 * An image is mapped, summed or pooled (norm_pool.h) where a cache still holds it. */
#ifndef AG_REAL
#ifndef AG_KERNELS_CONV2D_NORMS_H
#define AG_KERNELS_CONV2D_NORMS_H
#include "kernels/conv2d.h"
#include "kernels/norm_pool.h"
#include "kernels/norm_relu.h"

/* An output, cut into windows. */
static inline agk_norm_windows agk_conv2d_windows(const agk_conv2d_geometry *g, int64_t pool) {
  return (agk_norm_windows){g->h_out, g->w_out, g->c_out, pool};
}

#define AG_SELF "kernels/conv2d_norms.h"
#include "core/each_real.h"
#endif
#else

/* What a convolution has to do with normalisations, besides itself. */
typedef struct {
  const AG_REAL *norm;     /* x is read as agk_norm_relu of it; NULL: as it is */
  AG_REAL *moments;        /* forward: of y, mean and biased variance of each channel; NULL: not wanted */
  int64_t pool;            /* above 0: the windows that y is pooled by; with it, */
  const AG_REAL *sign;     /*   forward: for agk_norm_pool, */
  AG_REAL *pooled;         /*   and where its q goes */
  const AG_REAL *y, *line; /* backward: gy is read as agk_norm_add_line of it, by y, or is that of q */
  AG_REAL *gnorm;          /* backward, with norm: its gradient */
} AG_NAME(agk_conv2d_norms);

/* y, the moments and q. bias may be NULL, and y where it is pooled; g->channels_last must be. */
size_t AG_NAME(agk_conv2d_norms_forward_workspace)(const agk_conv2d_geometry *g, int threads);
void AG_NAME(agk_conv2d_norms_forward)(int threads, const agk_conv2d_geometry *g,
                                       const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                       const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace);
/* gw, gb, and gx with gnorm or without either, for gx NULL. */
size_t AG_NAME(agk_conv2d_norms_backward_workspace)(const agk_conv2d_geometry *g, int threads, bool input);
void AG_NAME(agk_conv2d_norms_backward)(int threads, const agk_conv2d_geometry *g,
                                        const AG_NAME(agk_conv2d_norms) * norms, const AG_REAL *x,
                                        const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw,
                                        AG_REAL *gb, void *workspace);

/* The moments from those of parts, c each, one after the other. */
void AG_NAME(agk_conv2d_norms_unite)(int64_t parts, int64_t c, agk_norm_moments *m, AG_REAL *moments);
#endif
