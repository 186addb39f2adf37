/* conv2d_winograd_forward.c - the convolution: a thread takes some images, and goes through their blocks. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/conv2d_winograd_blocks.h"
#include "kernels/conv2d_winograd_passes.h"
#include "kernels/conv2d_winograd_products.h"
#include "kernels/conv2d_winograd_tiles.h"
#include "kernels/conv2d_winograd_weights.h"

#define AG_SELF "kernels/conv2d_winograd_forward.c"
#include "core/each_isa.h"
#else

/* The parts of a workspace, in numbers: for all threads, and for each. */
typedef struct {
  int64_t u, turned, bias, moments;
  int64_t grid, v, image, thread;
} AG_NAME(parts);

static AG_NAME(parts)
    AG_NAME(parts_of)(const agk_conv2d_geometry *g, const agk_winograd_plan *p, bool norms) {
  AG_NAME(parts)
  s = {.u = p->points * AG_NAME(agk_winograd_weight_step)(g->c_in, p->out.filled),
       .turned = AG_NAME(agk_winograd_turned)(g->c_in, p->out.filled),
       .bias = p->out.filled,
       .grid = p->x_grid > p->y_grid ? p->x_grid : p->y_grid,
       .v = (p->points + 1) * p->in.step};
  if (norms) {
    s.moments =
        agk_winograd_numbers((size_t)(p->groups * g->c_out) * sizeof(agk_norm_moments), sizeof(AG_REAL));
    s.image = p->image_numbers;
  }
  s.thread = s.grid + s.v + 2 * s.image;
  return s;
}

size_t AG_NAME(winograd_forward_bytes)(const agk_conv2d_geometry *g, int threads, bool norms) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p, norms);
  return (size_t)(s.u + s.turned + s.bias + s.moments + threads * s.thread) * sizeof(AG_REAL);
}

void AG_NAME(winograd_forward)(int threads, const agk_conv2d_geometry *g,
                               const AG_OF_REAL(agk_conv2d_norms) * norms, const AG_REAL *x, const AG_REAL *w,
                               const AG_REAL *bias, AG_REAL *y, void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p, norms);
  AG_REAL *u = workspace, *filled = u + s.u + s.turned, *moments = filled + s.bias,
          *rest = moments + s.moments;
  if (norms) memset(moments, 0, (size_t)s.moments * sizeof *moments);
  AG_NAME(agk_winograd_weights)(threads, g, &p, w, u + s.u, u);
  for (int64_t o = 0; o < p.out.filled; o++) filled[o] = bias && o < g->c_out ? bias[o] : 0;
  AG_PARALLEL_FOR(ag_team(threads, p.groups, g->n * g->h_out * g->w_out * g->c_out * (g->c_in / 8)))
  for (int64_t i = 0; i < p.groups; i++) {
    AG_REAL *grid = rest + ag_thread_index() * s.thread, *m = grid + s.grid, *v = m + p.in.step;
    const ag_range r = agk_winograd_share(i, p.groups, g->n);
    const AG_NAME(agk_winograd_way) way = {.norms = norms,
                                           .image = v + s.v - p.in.step,
                                           .written = v + s.v - p.in.step + s.image,
                                           .moments = (agk_norm_moments *)(void *)moments + i * g->c_out};
    agk_winograd_block b = {.image = r.begin, .images = r.end - r.begin};
    for (; b.row < p.down; b.row += b.rows) {
      b.rows = p.down - b.row < p.rows ? p.down - b.row : p.rows;
      AG_NAME(agk_winograd_inputs)(g, &p, &b, &way, x, grid, v);
      for (int64_t k = 0; k < p.points; k++)
        AG_NAME(agk_winograd_multiply)(k, b.images * b.rows * p.across, &p.in, &p.out, v, u, m);
      AG_NAME(agk_winograd_outputs)(g, &p, &b, &way, m, filled, grid, y);
    }
  }
  if (norms && norms->moments) AG_OF_REAL(agk_conv2d_norms_unite)
  (p.groups, g->c_out, (agk_norm_moments *)(void *)moments, norms->moments);
}
#endif
