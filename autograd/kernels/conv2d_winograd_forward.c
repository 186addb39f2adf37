/* conv2d_winograd_forward.c - the convolution: a thread takes some images, and goes through their blocks. */
#ifndef AG_REAL
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
  int64_t u, turned, bias;
  int64_t grid, v, thread;
} AG_NAME(parts);

static AG_NAME(parts) AG_NAME(parts_of)(const agk_conv2d_geometry *g, const agk_winograd_plan *p) {
  AG_NAME(parts)
  s = {.u = p->points * AG_NAME(agk_winograd_weight_step)(g->c_in, p->out.filled),
       .turned = AG_NAME(agk_winograd_turned)(g->c_in, p->out.filled),
       .bias = p->out.filled,
       .grid = p->x_grid > p->y_grid ? p->x_grid : p->y_grid,
       .v = (p->points + 1) * p->in.step};
  s.thread = s.grid + s.v;
  return s;
}

size_t AG_NAME(winograd_forward_bytes)(const agk_conv2d_geometry *g, int threads) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p);
  return (size_t)(s.u + s.turned + s.bias + threads * s.thread) * sizeof(AG_REAL);
}

void AG_NAME(winograd_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x, const AG_REAL *w,
                               const AG_REAL *bias, AG_REAL *y, void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p);
  AG_REAL *u = workspace, *filled = u + s.u + s.turned, *rest = filled + s.bias;
  AG_NAME(agk_winograd_weights)(threads, g, &p, w, u + s.u, u);
  for (int64_t o = 0; o < p.out.filled; o++) filled[o] = bias && o < g->c_out ? bias[o] : 0;
  AG_PARALLEL_FOR(ag_team(threads, p.groups, g->n * g->h_out * g->w_out * g->c_out * (g->c_in / 8)))
  for (int64_t i = 0; i < p.groups; i++) {
    AG_REAL *grid = rest + ag_thread_index() * s.thread, *m = grid + s.grid, *v = m + p.in.step;
    const ag_range r = agk_winograd_share(i, p.groups, g->n);
    agk_winograd_block b = {.image = r.begin, .images = r.end - r.begin};
    for (; b.row < p.down; b.row += b.rows) {
      b.rows = p.down - b.row < p.rows ? p.down - b.row : p.rows;
      AG_NAME(agk_winograd_inputs)(g, &p, &b, x, grid, v);
      for (int64_t k = 0; k < p.points; k++)
        AG_NAME(agk_winograd_multiply)(k, b.images * b.rows * p.across, &p.in, &p.out, v, u, m);
      AG_NAME(agk_winograd_outputs)(g, &p, &b, m, filled, grid, y);
    }
  }
}
#endif
