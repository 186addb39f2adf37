/* conv2d_winograd_backward.c - the gradients of the input and of the weights, or one of them. Both come from
 * the same transform of the output's gradient, block by block.
 *
 * The gradient of the weights is summed over tiles in a fixed number of parts, which are then added in their
 * order; a thread takes some parts, and goes through the blocks of their images. Where a part is one block, a
 * thread that is alone adds each to those before it, which comes to the same, and has one sum in place of
 * all. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/conv2d_winograd_blocks.h"
#include "kernels/conv2d_winograd_passes.h"
#include "kernels/conv2d_winograd_products.h"
#include "kernels/conv2d_winograd_tiles.h"
#include "kernels/conv2d_winograd_weights.h"

enum { SUMS = 4 }; /* parts of the sum */

static bool is_one_block_a_part(const agk_winograd_plan *p) {
  return p->groups <= SUMS && p->rows == p->down;
}

#define AG_SELF "kernels/conv2d_winograd_backward.c"
#include "core/each_isa.h"
#else

/* The parts of a workspace, in numbers: for all threads, and for each. What is not asked for takes none. */
typedef struct {
  int64_t u, sum, bias, turned, sums;
  int64_t image, grid, v, q, mapped, thread; /* the gradient of an image, scratch, and points of both sides */
} AG_NAME(parts);

static AG_NAME(parts) AG_NAME(parts_of)(const agk_conv2d_geometry *g, const agk_winograd_plan *p, bool norms,
                                        bool input, bool weight) {
  AG_NAME(parts)
  s = {.grid = p->x_grid > p->y_grid ? p->x_grid : p->y_grid,
       .v = p->points * p->in.step,
       .q = p->points * p->out.step};
  if (input) {
    s.u = p->points * AG_NAME(agk_winograd_weight_step)(g->c_out, p->in.filled);
    s.turned = AG_NAME(agk_winograd_turned)(g->c_out, p->in.filled);
    s.image = (p->tile * p->down + 2) * (p->tile * p->across + 2) * p->in.pitch;
  }
  if (weight) {
    const int64_t turned = AG_NAME(agk_winograd_turned)(g->c_in, p->out.filled);
    s.sum = p->points * AG_NAME(agk_winograd_sum_step)(p);
    s.bias = p->out.filled;
    s.turned = s.turned > turned ? s.turned : turned;
  }
  if (norms) {
    s.mapped = p->image_numbers;
    s.sums = agk_winograd_numbers((size_t)(SUMS * g->c_in) * sizeof(agk_norm_sums), sizeof(AG_REAL));
  }
  s.thread = s.image + s.grid + s.v + s.q + s.mapped;
  return s;
}

size_t AG_NAME(winograd_backward_bytes)(const agk_conv2d_geometry *g, int threads, bool norms, bool input,
                                        bool weight) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p, norms, input, weight);
  const int64_t sums = threads == 1 && is_one_block_a_part(&p) ? 1 : SUMS;
  return (size_t)(s.u + sums * s.sum + SUMS * s.bias + s.turned + s.sums + threads * s.thread) *
         sizeof(AG_REAL);
}

/* sum (+)= point (1, 1) of the tiles of a block. */
static void AG_NAME(add_tiles)(const agk_winograd_plan *p, int64_t tiles, bool add, const AG_REAL *q,
                               AG_REAL *sum) {
  const agk_winograd_side *side = &p->out;
  const AG_REAL *point = q + (p->tile + 3) * side->step;
  for (int64_t c = 0; c < side->filled; c += AG_WIDTH) {
    AG_VECTOR s = {0};
    for (int64_t t = 0; t < tiles; t++) s += AG_LOAD(point + t * side->pitch + c);
    if (add) s += AG_LOAD(sum + c);
    AG_STORE(sum + c, s);
  }
}

/* gb from the parts, and gw from as many sums, or from one. */
static void AG_NAME(finish)(int threads, const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                            const AG_NAME(parts) * s, int64_t parts, int64_t of_weights, AG_REAL *sums,
                            const AG_REAL *biases, AG_REAL *turned, AG_REAL *gw, AG_REAL *gb) {
  for (int64_t o = 0; o < g->c_out; o++) {
    gb[o] = biases[o];
    for (int64_t part = 1; part < parts; part++) gb[o] += biases[part * s->bias + o];
  }
  AG_NAME(agk_winograd_weights_adjoint)(threads, g, p, of_weights, s->sum, sums, turned, gw);
}

void AG_NAME(winograd_backward)(int threads, const agk_conv2d_geometry *g,
                                const AG_OF_REAL(agk_conv2d_norms) * norms, const AG_REAL *x,
                                const AG_REAL *gy, const AG_REAL *w, AG_REAL *gx, AG_REAL *gw, AG_REAL *gb,
                                void *workspace) {
  const agk_winograd_plan p = agk_winograd_planned(g, sizeof(AG_REAL));
  const AG_NAME(parts) s = AG_NAME(parts_of)(g, &p, norms, gx, gw);
  const int64_t parts = gw && p.groups > SUMS ? SUMS : p.groups;
  const int team = ag_team(threads, parts, g->n * g->h_out * g->w_out * g->c_out * (g->c_in / 8));
  const bool one = team == 1 && is_one_block_a_part(&p);
  AG_REAL *u = workspace, *sums = u + s.u, *biases = sums + (one ? 1 : SUMS) * s.sum,
          *turned = biases + SUMS * s.bias, *sums_of_norm = turned + s.turned, *rest = sums_of_norm + s.sums;
  if (gw && parts == 0) {
    memset(gw, 0, (size_t)(g->c_out * g->c_in * 9) * sizeof *gw);
    memset(gb, 0, (size_t)g->c_out * sizeof *gb);
  }
  if (norms) memset(sums_of_norm, 0, (size_t)s.sums * sizeof *sums_of_norm);
  if (parts == 0) return;
  if (gx) AG_NAME(agk_winograd_weights_turned)(threads, g, &p, w, turned, u);
  AG_PARALLEL_FOR(team)
  for (int64_t part = 0; part < parts; part++) {
    AG_REAL *image = rest + ag_thread_index() * s.thread, *grid = image + s.image, *v = grid + s.grid,
            *q = v + s.v;
    const AG_NAME(agk_winograd_way) way = {
        .norms = norms, .image = q + s.q, .sums = (agk_norm_sums *)(void *)sums_of_norm + part * g->c_in};
    AG_REAL *sum = one ? sums : sums + part * s.sum;
    const ag_range mine = agk_winograd_share(part, parts, p.groups);
    for (int64_t i = mine.begin; i < mine.end; i++) {
      const ag_range r = agk_winograd_share(i, p.groups, g->n);
      agk_winograd_block b = {.image = r.begin, .images = r.end - r.begin};
      for (; b.row < p.down; b.row += b.rows) {
        b.rows = p.down - b.row < p.rows ? p.down - b.row : p.rows;
        const int64_t tiles = b.images * b.rows * p.across;
        const bool add = i > mine.begin || b.row > 0;
        AG_NAME(agk_winograd_outputs_adjoint)(g, &p, &b, &way, gy, grid, q);
        if (gw) {
          AG_NAME(agk_winograd_inputs)(g, &p, &b, &way, x, grid, v);
          AG_NAME(add_tiles)(&p, tiles, add, q, biases + part * s.bias);
        }
        for (int64_t k = 0; k < p.points; k++) {
          if (gw) AG_NAME(agk_winograd_correlate)(&p, k, tiles, add || (one && part > 0), v, q, sum);
          if (gx) AG_NAME(agk_winograd_multiply)(k, tiles, &p.out, &p.in, q, u, v);
        }
        if (gx) AG_NAME(agk_winograd_inputs_adjoint)(g, &p, &b, &way, x, v, image, gx);
      }
    }
  }
  if (gw) AG_NAME(finish)(threads, g, &p, &s, parts, one ? 1 : parts, sums, biases, turned, gw, gb);
  if (gx && norms && norms->norm) AG_OF_REAL(agk_norm_relu_settle)
  (parts, g->c_in, (agk_norm_sums *)(void *)sums_of_norm, norms->norm, norms->gnorm);
}
#endif
