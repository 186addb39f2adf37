/* conv2d_winograd_forward.c - the convolution and the gradient of its input: two passes over blocks of tiles
 * that differ in the transforms alone.
 *
 * A thread takes some images, and goes through their blocks. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/conv2d_winograd_blocks.h"
#include "kernels/conv2d_winograd_passes.h"
#include "kernels/conv2d_winograd_products.h"
#include "kernels/conv2d_winograd_tiles.h"
#include "kernels/conv2d_winograd_weights.h"

/* Tiles of a block: enough that weights, which are read for each block, cost little, few enough for the
 * cache. */
enum { MOST_TILES = 32 };

#define AG_SELF "kernels/conv2d_winograd_forward.c"
#include "core/each_isa.h"
#else

/* The parts of a workspace, in numbers: for all threads, and for each. */
typedef struct {
  int64_t u, turned, bias;
  int64_t x_grid, y_grid, v, m, thread;
} AG_NAME(parts);

static int64_t AG_NAME(work)(const agk_conv2d_geometry *g) {
  return g->n * g->h_out * g->w_out * g->c_out * (g->c_in / 8);
}

static AG_NAME(parts) AG_NAME(parts_of)(const agk_winograd_plan *p, int64_t depth, int64_t pitch) {
  AG_NAME(parts)
  s = {.u = AGK_POINTS * AG_NAME(agk_winograd_weight_step)(depth, pitch),
       .turned = AG_NAME(agk_winograd_turned)(depth, pitch),
       .bias = p->out.filled,
       .v = AGK_POINTS * p->in.step,
       .m = AGK_POINTS * p->out.step,
       .y_grid = p->y_grid};
  s.x_grid = (AGK_TILE * p->down + 2) * (AGK_TILE * p->across + 2) * p->in.pitch;
  s.thread = s.x_grid + s.y_grid + s.v + s.m;
  return s;
}

static size_t AG_NAME(bytes)(const AG_NAME(parts) * s, int threads) {
  return (size_t)(s->u + s->turned + s->bias + threads * s->thread) * sizeof(AG_REAL);
}

size_t AG_NAME(winograd_forward_bytes)(const agk_conv2d_geometry *g, int threads) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(&p, g->c_in, p.out.filled);
  return AG_NAME(bytes)(&s, threads);
}

size_t AG_NAME(winograd_grad_input_bytes)(const agk_conv2d_geometry *g, int threads) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(&p, g->c_out, p.in.filled);
  return AG_NAME(bytes)(&s, threads);
}

/* The points of one side from those of the other: to[point] = from[point] u[point], for the tiles of a block.
 */
static void AG_NAME(multiply)(int64_t tiles, const agk_winograd_side *from_side,
                              const agk_winograd_side *to_side, const AG_REAL *from, const AG_REAL *u,
                              AG_REAL *to) {
  const int64_t depth = from_side->channels,
                u_step = AG_NAME(agk_winograd_weight_step)(depth, to_side->filled);
  const agk_product product = {.rows = tiles,
                               .depth = depth,
                               .columns = to_side->filled,
                               .a_row = from_side->pitch,
                               .a_step = 1,
                               .b_step = AG_PANEL,
                               .b_panel = depth * AG_PANEL,
                               .to_row = to_side->pitch};
  for (int64_t k = 0; k < AGK_POINTS; k++)
    AG_NAME(agk_product_of)(&product, from + k * from_side->step, u + k * u_step, to + k * to_side->step);
}

void AG_NAME(winograd_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x, const AG_REAL *w,
                               const AG_REAL *bias, AG_REAL *y, void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(&p, g->c_in, p.out.filled);
  AG_REAL *u = workspace, *filled = u + s.u + s.turned, *rest = filled + s.bias;
  AG_NAME(agk_winograd_weights)(threads, g, p.out.filled, w, u + s.u, u);
  for (int64_t o = 0; o < p.out.filled; o++) filled[o] = bias && o < g->c_out ? bias[o] : 0;
  AG_PARALLEL_FOR(ag_team(threads, p.groups, AG_NAME(work)(g)))
  for (int64_t i = 0; i < p.groups; i++) {
    AG_REAL *grid = rest + ag_thread_index() * s.thread, *v = grid + s.x_grid + s.y_grid, *m = v + s.v;
    const ag_range r = agk_winograd_share(i, p.groups, g->n);
    agk_winograd_block b = {.image = r.begin, .images = r.end - r.begin};
    for (; b.row < p.down; b.row += b.rows) {
      b.rows = p.down - b.row < p.rows ? p.down - b.row : p.rows;
      AG_NAME(agk_winograd_inputs)(g, &p, &b, x, grid, v);
      AG_NAME(multiply)
      (b.images * b.rows * p.across, &p.in, &p.out, v, u, m);
      AG_NAME(agk_winograd_outputs)(g, &p, &b, m, filled, grid, y);
    }
  }
}

void AG_NAME(winograd_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                  const AG_REAL *w, AG_REAL *gx, void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(&p, g->c_out, p.in.filled);
  AG_REAL *u = workspace, *rest = u + s.u + s.turned + s.bias;
  AG_NAME(agk_winograd_weights_turned)(threads, g, p.in.filled, w, u + s.u, u);
  AG_PARALLEL_FOR(ag_team(threads, p.groups, AG_NAME(work)(g)))
  for (int64_t i = 0; i < p.groups; i++) {
    AG_REAL *x_grid = rest + ag_thread_index() * s.thread, *y_grid = x_grid + s.x_grid,
            *q = y_grid + s.y_grid, *products = q + s.m;
    const ag_range r = agk_winograd_share(i, p.groups, g->n);
    agk_winograd_block b = {.image = r.begin, .images = r.end - r.begin};
    for (; b.row < p.down; b.row += b.rows) {
      b.rows = p.down - b.row < p.rows ? p.down - b.row : p.rows;
      AG_NAME(agk_winograd_outputs_adjoint)(g, &p, &b, gy, y_grid, q);
      AG_NAME(multiply)
      (b.images * b.rows * p.across, &p.out, &p.in, q, u, products);
      AG_NAME(agk_winograd_inputs_adjoint)(g, &p, &b, products, x_grid, gx);
    }
  }
}
#endif
