/* pool2d.h - two-dimensional pooling over windows.
 *
 * Output (p, q) of a plane looks at rows p s0 - p0 + i d0 (0 <= i < kernel[0]) and columns alike; what lies
 * in the padding is skipped. Everything is contiguous: x (planes, h, w, channels), y (planes, h_out, w_out,
 * channels). Of images (n, c, h, w) the planes are n c with one channel, of images (n, h, w, c) they are n
 * with c channels. Average pooling ignores the dilation (set it to 1). Any h_out is served, so ceil_mode too.
 */
#ifndef AG_REAL
#ifndef AG_KERNELS_POOL2D_H
#define AG_KERNELS_POOL2D_H
#include <stdbool.h>
#include <stdint.h>

#include "core/multiversion.h"
#include "core/parallel.h"

typedef struct {
  int64_t planes, channels, h, w;
  int64_t kernel[2], stride[2], padding[2], dilation[2]; /* [0] height, [1] width */
  int64_t h_out, w_out;
  bool inside_only; /* an average is that of the elements inside the plane: the padding does not count */
  int64_t divisor;  /* what sums are divided by in averages; 0 stands for the size of the window */
  bool adaptive; /* the windows share each axis: of the rest only the dilation counts, which is 1, and there
                    is one channel */
} agk_pool2d_geometry;

/* Whether x takes the place of y as the greatest: of numbers, and of vectors. Both comparisons are made, so
 * that loops have no branch. */
#define AGK_BEATS(x, y) (((x) > (y)) | ((x) != (x)))

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
  bool yes = !g->adaptive && g->divisor == 0;
  for (int d = 0; d < 2; d++)
    yes = yes && g->kernel[d] == 2 && g->stride[d] == 2 && g->padding[d] == 0 && g->dilation[d] == 1;
  return yes && 2 * g->h_out <= g->h && 2 * g->w_out <= g->w;
}

/* What an average is divided by, unless it is given: the size of the window as far as it reaches into the
 * plane, or into the padding. */
double agk_pool2d_divisor(const agk_pool2d_geometry *g, int64_t oy, int64_t ox);

/* Where several channels lie beside each other, work is cut into strips: some channels of a whole plane,
 * which share nothing that is written. */
enum { AGK_POOL2D_STRIP = 64 }; /* channels at most */
typedef struct {
  int64_t x, y; /* where it begins in both */
  int64_t n;    /* channels */
} agk_pool2d_strip;

static inline int64_t agk_pool2d_strips(const agk_pool2d_geometry *g) {
  return g->planes * ag_chunks(g->channels, AGK_POOL2D_STRIP);
}

static inline agk_pool2d_strip agk_pool2d_strip_at(const agk_pool2d_geometry *g, int64_t i) {
  const int64_t each = ag_chunks(g->channels, AGK_POOL2D_STRIP), plane = i / each;
  const ag_range r = ag_chunk_range(i % each, each, g->channels);
  return (agk_pool2d_strip){plane * g->h * g->w * g->channels + r.begin,
                            plane * g->h_out * g->w_out * g->channels + r.begin, r.end - r.begin};
}

static inline int agk_pool2d_strip_team(int threads, const agk_pool2d_geometry *g) {
  const int64_t windows = g->planes * g->h_out * g->w_out * g->channels;
  return ag_team(threads, agk_pool2d_strips(g), windows * g->kernel[0] * g->kernel[1]);
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

/* The four above where there are several channels. */
void AG_NAME(agk_max_last_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y);
void AG_NAME(agk_max_last_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *gy, AG_REAL *gx);
void AG_NAME(agk_max_last_gather)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                  const AG_REAL *h, AG_REAL *y);
void AG_NAME(agk_max_last_places)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                  int64_t *places);

/* A strip of n channels, forward and backward, with 2x2 windows side by side (agk_pool2d_by_two). */
void AG_NAME(agk_max_last_two)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x, AG_REAL *y);
void AG_NAME(agk_max_last_two_grad)(const agk_pool2d_geometry *g, int64_t n, const AG_REAL *x,
                                    const AG_REAL *gy, AG_REAL *gx);

/* Some planes of one channel, likewise. */
void AG_NAME(agk_max_two)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x, AG_REAL *y);
void AG_NAME(agk_max_two_grad)(const agk_pool2d_geometry *g, int64_t planes, const AG_REAL *x,
                               const AG_REAL *gy, AG_REAL *gx);

/* y = sum of the window / divisor. The divisor is the geometry's, or counts the elements of the window and
 * its padding, or those inside the plane; what lies beyond the padding (ceil_mode) is never counted. */
void AG_NAME(agk_avg_pool2d_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y);

/* gx = sum over the windows that contain the element of gy / divisor. */
void AG_NAME(agk_avg_pool2d_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *gy,
                                      AG_REAL *gx);

/* The same where there are several channels. */
void AG_NAME(agk_avg_last_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x, AG_REAL *y);
void AG_NAME(agk_avg_last_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *gy,
                                    AG_REAL *gx);
#endif
