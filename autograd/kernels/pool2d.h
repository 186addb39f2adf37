/* pool2d.h - two-dimensional pooling over windows.
 *
 * Output (p, q) of a plane looks at rows p s0 - p0 + i d0 (0 <= i < kernel[0]) and columns alike; what lies
 * in the padding is skipped. Planes are the N * C images of a batch; everything is contiguous: x (planes, h,
 * w), y (planes, h_out, w_out). Average pooling ignores the dilation (set it to 1). Any h_out is served, so
 * ceil_mode too. */
#ifndef AG_REAL
#ifndef AG_KERNELS_POOL2D_H
#define AG_KERNELS_POOL2D_H
#include <stdbool.h>
#include <stdint.h>

#include "core/multiversion.h"
#include "core/parallel.h"

typedef struct {
  int64_t planes, h, w;
  int64_t kernel[2], stride[2], padding[2], dilation[2]; /* [0] height, [1] width */
  int64_t h_out, w_out;
  bool inside_only; /* an average is that of the elements inside the plane: the padding does not count */
  int64_t divisor;  /* what sums are divided by in averages; 0 stands for the size of the window */
  bool adaptive;    /* the windows share each axis: of the rest only the dilation counts, which is 1 */
} agk_pool2d_geometry;

/* Window o of the n that share an axis: from floor(o size / n) to ceil((o + 1) size / n), without products
 * that could overflow. Neighbours overlap where n does not divide the size. */
static inline ag_range agk_pool2d_share(int64_t o, int64_t n, int64_t size) {
  const int64_t whole = size / n, rest = size % n;
  return (ag_range){o * whole + o * rest / n, (o + 1) * whole + ag_chunks((o + 1) * rest, n)};
}

/* The positions of a window along one axis that lie inside the plane: begin, begin + dilation, ... < end. */
static inline ag_range agk_pool2d_window(const agk_pool2d_geometry *g, int axis, int64_t o) {
  const int64_t size = axis == 0 ? g->h : g->w, step = g->dilation[axis];
  if (g->adaptive) return agk_pool2d_share(o, axis == 0 ? g->h_out : g->w_out, size);
  ag_range r = {o * g->stride[axis] - g->padding[axis], 0};
  r.end = r.begin + (g->kernel[axis] - 1) * step + 1;
  if (r.begin < 0) r.begin += (-r.begin + step - 1) / step * step;
  if (r.end > size) r.end = size;
  return r;
}

/* The windows along one axis whose position i, counted from 0, lies inside the plane. */
static inline ag_range agk_pool2d_inside(const agk_pool2d_geometry *g, int axis, int64_t i) {
  const int64_t size = axis == 0 ? g->h : g->w, n = axis == 0 ? g->h_out : g->w_out, step = g->stride[axis];
  const int64_t before = g->padding[axis] - i * g->dilation[axis], room = size + before;
  ag_range r = {before > 0 ? ag_chunks(before, step) : 0, room > 0 ? ag_chunks(room, step) : 0};
  if (r.end > n) r.end = n;
  return r;
}

/* Windows of 2x2 side by side, the common case, for which there are loops of their own. */
static inline bool agk_pool2d_by_two(const agk_pool2d_geometry *g) {
  bool yes = !g->adaptive;
  for (int d = 0; d < 2; d++)
    yes = yes && g->kernel[d] == 2 && g->stride[d] == 2 && g->padding[d] == 0 && g->dilation[d] == 1;
  return yes && 2 * g->h_out <= g->h && 2 * g->w_out <= g->w;
}

#define AG_SELF "kernels/pool2d.h"
#include "core/each_real.h"
#endif
#else

/* y = the greatest element of the window. Its place is that of the first of equal elements; NaN beats every
 * number, and the last NaN wins, as in PyTorch. A window that sees padding only gives -infinity and has no
 * place. */
void AG_NAME(agk_max_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y);

/* gx = the sum of the gy of those windows that have their greatest x there. */
void AG_NAME(agk_max_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                      const AG_REAL *gy, AG_REAL *gx);

/* y = h at the place of the greatest x of the window, 0 where there is none: the derivative of the line above
 * with respect to gy. */
void AG_NAME(agk_max_pool2d_gather)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *h, AG_REAL *y);

/* places = where the greatest x of the window lies in its plane, -1 where there is none. */
void AG_NAME(agk_max_pool2d_places)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    int64_t *places);

/* Some planes of either, with 2x2 windows side by side (agk_pool2d_by_two). */
void AG_NAME(agk_max_two)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x, AG_REAL *y);
void AG_NAME(agk_max_two_grad)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x,
                               const AG_REAL *gy, AG_REAL *gx);

/* y = sum of the window / divisor. The divisor is the geometry's, or counts the elements of the window and
 * its padding, or those inside the plane; what lies beyond the padding (ceil_mode) is never counted. */
void AG_NAME(agk_avg_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y);

/* gx = sum over the windows that contain the element of gy / divisor. */
void AG_NAME(agk_avg_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *gy,
                                      AG_REAL *gx);
#endif
