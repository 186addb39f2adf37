/* conv2d_winograd_grad_weight.c - the gradient of the weights: sums over tiles in a fixed number of parts,
 * which are then added in their order. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/conv2d_winograd_blocks.h"
#include "kernels/conv2d_winograd_passes.h"
#include "kernels/conv2d_winograd_products.h"
#include "kernels/conv2d_winograd_tiles.h"
#include "kernels/conv2d_winograd_weights.h"

/* Tiles of a block: the sums are read and written for each. Parts of the sum. */
enum { MOST_TILES = 32, SUMS = 4 };

#define AG_SELF "kernels/conv2d_winograd_grad_weight.c"
#include "core/each_isa.h"
#else

/* The parts of a workspace, in numbers: for all threads, and for each. */
typedef struct {
  int64_t sum, bias, turned;
  int64_t grid, v, q, thread;
} AG_NAME(parts);

static AG_NAME(parts) AG_NAME(parts_of)(const agk_conv2d_geometry *g, const agk_winograd_plan *p) {
  AG_NAME(parts)
  s = {.sum = AGK_POINTS * agk_winograd_step(g->c_in * p->out.filled, sizeof(AG_REAL)),
       .bias = p->out.filled,
       .turned = AG_NAME(agk_winograd_turned)(g->c_in, p->out.filled),
       .grid = p->x_grid > p->y_grid ? p->x_grid : p->y_grid,
       .v = AGK_POINTS * p->in.step,
       .q = AGK_POINTS * p->out.step};
  s.thread = s.grid + s.v + s.q;
  return s;
}

size_t AG_NAME(winograd_grad_weight_bytes)(const agk_conv2d_geometry *g, int threads) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p);
  return (size_t)(SUMS * (s.sum + s.bias) + s.turned + threads * s.thread) * sizeof(AG_REAL);
}

/* sum[point] (+)= v[point]^T q[point] over the tiles of a block. */
static void AG_NAME(add_products)(const agk_conv2d_geometry *g, const agk_winograd_plan *p, int64_t tiles,
                                  bool add, const AG_REAL *v, const AG_REAL *q, AG_REAL *sum) {
  const agk_product product = {.rows = g->c_in,
                               .depth = tiles,
                               .columns = p->out.filled,
                               .a_row = 1,
                               .a_step = p->in.pitch,
                               .b_step = p->out.pitch,
                               .b_panel = AG_PANEL,
                               .to_row = p->out.filled,
                               .add = add};
  const int64_t step = agk_winograd_step(g->c_in * p->out.filled, sizeof(AG_REAL));
  for (int64_t k = 0; k < AGK_POINTS; k++)
    AG_NAME(agk_product_of)(&product, v + k * p->in.step, q + k * p->out.step, sum + k * step);
}

/* sum (+)= point (1, 1) of the tiles of a block. */
static void AG_NAME(add_tiles)(const agk_winograd_side *side, int64_t tiles, bool add, const AG_REAL *q,
                               AG_REAL *sum) {
  const AG_REAL *point = q + (AGK_PATCH + 1) * side->step;
  for (int64_t c = 0; c < side->filled; c += AG_WIDTH) {
    AG_VECTOR s = {0};
    for (int64_t t = 0; t < tiles; t++) s += AG_LOAD(point + t * side->pitch + c);
    if (add) s += AG_LOAD(sum + c);
    AG_STORE(sum + c, s);
  }
}

void AG_NAME(winograd_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                   const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p);
  AG_REAL *sums = workspace, *biases = sums + SUMS * s.sum, *turned = biases + SUMS * s.bias,
          *rest = turned + s.turned;
  const int64_t parts = p.groups < SUMS ? p.groups : SUMS;
  if (parts == 0) {
    memset(gw, 0, (size_t)(g->c_out * g->c_in * 9) * sizeof *gw);
    memset(gb, 0, (size_t)g->c_out * sizeof *gb);
    return;
  }
  AG_PARALLEL_FOR(ag_team(threads, parts, g->n * g->h_out * g->w_out * g->c_out * (g->c_in / 8)))
  for (int64_t part = 0; part < parts; part++) {
    AG_REAL *grid = rest + ag_thread_index() * s.thread, *v = grid + s.grid, *q = v + s.v;
    const ag_range mine = agk_winograd_share(part, parts, p.groups);
    for (int64_t i = mine.begin; i < mine.end; i++) {
      const ag_range r = agk_winograd_share(i, p.groups, g->n);
      agk_winograd_block b = {.image = r.begin, .images = r.end - r.begin};
      for (; b.row < p.down; b.row += b.rows) {
        b.rows = p.down - b.row < p.rows ? p.down - b.row : p.rows;
        const int64_t tiles = b.images * b.rows * p.across;
        const bool add = i > mine.begin || b.row > 0;
        AG_NAME(agk_winograd_inputs)(g, &p, &b, x, grid, v);
        AG_NAME(agk_winograd_outputs_adjoint)(g, &p, &b, gy, grid, q);
        AG_NAME(add_products)(g, &p, tiles, add, v, q, sums + part * s.sum);
        AG_NAME(add_tiles)(&p.out, tiles, add, q, biases + part * s.bias);
      }
    }
  }
  for (int64_t o = 0; o < g->c_out; o++) {
    gb[o] = biases[o];
    for (int64_t part = 1; part < parts; part++) gb[o] += biases[part * s.bias + o];
  }
  AG_NAME(agk_winograd_weights_adjoint)(threads, g, p.out.filled, parts, s.sum, sums, turned, gw);
}
#endif
