/* conv2d_planes.c - images with their channels last are copied into planes, and planes into images. */
#ifndef AG_REAL
#include "kernels/conv2d_planes.h"

#include "kernels/strided.h"

static agk_conv2d_geometry planar(const agk_conv2d_geometry *g) {
  agk_conv2d_geometry p = *g;
  p.channels_last = false;
  return p;
}

/* The planes of images of `pixels` pixels, as a view of images with their channels last. */
static agk_layout planes_of(int64_t n, int64_t channels, int64_t pixels) {
  return (agk_layout){.rank = 3, .size = {n, channels, pixels}, .stride = {pixels * channels, 1, channels}};
}

static agk_layout inputs(const agk_conv2d_geometry *g) { return planes_of(g->n, g->c_in, g->h * g->w); }

static agk_layout outputs(const agk_conv2d_geometry *g) {
  return planes_of(g->n, g->c_out, g->h_out * g->w_out);
}

/* Numbers of a layout in whole lines of the cache, so that what follows is aligned. */
static int64_t numbers(agk_layout l, size_t size) {
  const int64_t line = 64 / (int64_t)size, n = l.size[0] * l.size[1] * l.size[2];
  return (n + line - 1) / line * line;
}

static size_t bytes(const agk_conv2d_geometry *g, size_t size) {
  return (size_t)(numbers(inputs(g), size) + numbers(outputs(g), size)) * size;
}

#define AG_SELF "kernels/conv2d_planes.c"
#include "core/each_real.h"
#else

static void AG_NAME(to_planes)(int threads, agk_layout l, const AG_REAL *images, AG_REAL *planes) {
  agk_copy_from_strided(threads, sizeof *planes, &l, images, planes);
}

static void AG_NAME(to_images)(int threads, agk_layout l, const AG_REAL *planes, AG_REAL *images) {
  agk_copy_to_strided(threads, sizeof *planes, &l, planes, images);
}

size_t AG_NAME(agk_planes_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_geometry p = planar(g);
  return bytes(g, sizeof(AG_REAL)) + AG_NAME(agk_conv2d_forward_workspace)(&p, threads);
}

void AG_NAME(agk_planes_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                 const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  const agk_conv2d_geometry p = planar(g);
  AG_REAL *x_planes = workspace, *y_planes = x_planes + numbers(inputs(g), sizeof *x);
  AG_NAME(to_planes)(threads, inputs(g), x, x_planes);
  AG_NAME(agk_conv2d_forward)
  (threads, &p, x_planes, w, bias, y_planes, y_planes + numbers(outputs(g), sizeof *x));
  AG_NAME(to_images)(threads, outputs(g), y_planes, y);
}

size_t AG_NAME(agk_planes_grad_input_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_geometry p = planar(g);
  return bytes(g, sizeof(AG_REAL)) + AG_NAME(agk_conv2d_grad_input_workspace)(&p, threads);
}

void AG_NAME(agk_planes_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                    const AG_REAL *w, AG_REAL *gx, void *workspace) {
  const agk_conv2d_geometry p = planar(g);
  AG_REAL *x_planes = workspace, *y_planes = x_planes + numbers(inputs(g), sizeof *gx);
  AG_NAME(to_planes)(threads, outputs(g), gy, y_planes);
  AG_NAME(agk_conv2d_grad_input)
  (threads, &p, y_planes, w, x_planes, y_planes + numbers(outputs(g), sizeof *gx));
  AG_NAME(to_images)(threads, inputs(g), x_planes, gx);
}

size_t AG_NAME(agk_planes_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_geometry p = planar(g);
  return bytes(g, sizeof(AG_REAL)) + AG_NAME(agk_conv2d_grad_weight_workspace)(&p, threads);
}

void AG_NAME(agk_planes_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                     const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace) {
  const agk_conv2d_geometry p = planar(g);
  AG_REAL *x_planes = workspace, *y_planes = x_planes + numbers(inputs(g), sizeof *x);
  AG_NAME(to_planes)(threads, inputs(g), x, x_planes);
  AG_NAME(to_planes)(threads, outputs(g), gy, y_planes);
  AG_NAME(agk_conv2d_grad_weight)
  (threads, &p, x_planes, y_planes, gw, gb, y_planes + numbers(outputs(g), sizeof *x));
}
#endif
