/* conv2d_winograd_blocks.c - the tiles of a block, image by image by way of a grid of pixels. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_blocks.h"

#include "kernels/conv2d_winograd_tiles.h"
#include "kernels/conv2d_winograd_turn.h"

enum { LINE = 64, LEAST_TILES = 32 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

int64_t agk_winograd_step(int64_t n, size_t element_size) { return n + LINE / (int64_t)element_size; }

/* Pixels of many channels lie an odd number of lines apart, so that neighbours do not share a place in the
 * cache. */
static int64_t pitch_of(int64_t lines) { return lines < 8 ? lines : lines | 1; }

agk_winograd_plan agk_winograd_planned(const agk_conv2d_geometry *g, size_t element_size) {
  const int64_t line = LINE / (int64_t)element_size;
  agk_winograd_plan p = {.across = ag_chunks(g->w_out, AGK_TILE),
                         .down = ag_chunks(g->h_out, AGK_TILE),
                         .in = ag_chunks(g->c_in, line) * line,
                         .out = ag_chunks(g->c_out, line) * line};
  p.in_pitch = pitch_of(p.in / line) * line;
  p.out_pitch = pitch_of(p.out / line) * line;
  const int64_t balance = p.in * p.out / (p.in + p.out), most_tiles = most(LEAST_TILES, balance);
  p.images = least(most(most_tiles / (p.across * p.down), 1), most(g->n, 1));
  p.rows = least(most(most_tiles / p.across, 1), p.down);
  p.tiles = p.images * p.rows * p.across;
  p.v_step = agk_winograd_step(p.tiles * p.in_pitch, element_size);
  p.m_step = agk_winograd_step(p.tiles * p.out_pitch, element_size);
  p.x_grid = (AGK_TILE * p.rows + 2) * (AGK_TILE * p.across + 2) * p.in_pitch;
  p.y_grid = AGK_TILE * p.rows * AGK_TILE * p.across * p.out_pitch;
  return p;
}

/* Pixels `rows` of an image of w columns, in a grid whose pixel (0, 0) is pixel (-top, -left) of them. */
static agk_turn turn_of(const agk_winograd_block *b, const agk_winograd_plan *p, int64_t margin,
                        ag_range rows, int64_t w, int64_t channels, int64_t plane, int64_t top, int64_t left,
                        int64_t pitch) {
  return (agk_turn){.channels = channels,
                    .plane = plane,
                    .rows = rows.end - rows.begin,
                    .columns = w,
                    .height = AGK_TILE * b->rows + margin,
                    .width = AGK_TILE * p->across + margin,
                    .top = top,
                    .left = left,
                    .pitch = pitch};
}

/* The rows of the input that the tiles of a block see, and those of the output that they are. */
static ag_range input_rows(const agk_conv2d_geometry *g, const agk_winograd_block *b) {
  const int64_t begin = AGK_TILE * b->row - g->padding[0];
  return (ag_range){most(begin, 0), least(begin + AGK_TILE * b->rows + 2, g->h)};
}

static ag_range output_rows(const agk_conv2d_geometry *g, const agk_winograd_block *b) {
  return (ag_range){AGK_TILE * b->row, least(AGK_TILE * (b->row + b->rows), g->h_out)};
}

static agk_turn input_turn(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                           const agk_winograd_block *b) {
  const ag_range rows = input_rows(g, b);
  return turn_of(b, p, 2, rows, g->w, g->c_in, g->h * g->w, rows.begin - AGK_TILE * b->row + g->padding[0],
                 g->padding[1], p->in_pitch);
}

static agk_turn output_turn(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                            const agk_winograd_block *b) {
  return turn_of(b, p, 0, output_rows(g, b), g->w_out, g->c_out, g->h_out * g->w_out, 0, 0, p->out_pitch);
}

/* Tiles in the grid of a turn. */
static agk_tile tile_of(const agk_turn *t, int64_t channels, int64_t step) {
  return (agk_tile){.channels = channels, .row = t->width * t->pitch, .pitch = t->pitch, .point = step};
}

#define AG_SELF "kernels/conv2d_winograd_blocks.c"
#include "core/each_isa.h"
#else

void AG_NAME(agk_winograd_inputs)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                  const agk_winograd_block *b, const AG_REAL *x, AG_REAL *grid, AG_REAL *v) {
  const agk_turn turn = input_turn(g, p, b);
  const agk_tile tile = tile_of(&turn, p->in, p->v_step);
  x += b->image * g->c_in * turn.plane + input_rows(g, b).begin * g->w;
  for (int64_t image = 0; image < b->images; image++, x += g->c_in * turn.plane) {
    AG_NAME(agk_turn_inside)(&turn, x, grid);
    for (int64_t i = 0; i < b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, v += p->in_pitch)
        AG_NAME(agk_tile_input)(&tile, grid + AGK_TILE * (i * tile.row + j * tile.pitch), v);
  }
}

void AG_NAME(agk_winograd_outputs_adjoint)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                           const agk_winograd_block *b, const AG_REAL *gy, AG_REAL *grid,
                                           AG_REAL *q) {
  const agk_turn turn = output_turn(g, p, b);
  const agk_tile tile = tile_of(&turn, p->out, p->m_step);
  gy += b->image * g->c_out * turn.plane + output_rows(g, b).begin * g->w_out;
  for (int64_t image = 0; image < b->images; image++, gy += g->c_out * turn.plane) {
    AG_NAME(agk_turn_inside)(&turn, gy, grid);
    for (int64_t i = 0; i < b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, q += p->out_pitch)
        AG_NAME(agk_tile_output_adjoint)(&tile, grid + AGK_TILE * (i * tile.row + j * tile.pitch), q);
  }
}

void AG_NAME(agk_winograd_outputs)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                   const agk_winograd_block *b, const AG_REAL *m, const AG_REAL *bias,
                                   AG_REAL *grid, AG_REAL *y) {
  const agk_turn turn = output_turn(g, p, b);
  const agk_tile tile = tile_of(&turn, p->out, p->m_step);
  y += b->image * g->c_out * turn.plane + output_rows(g, b).begin * g->w_out;
  for (int64_t image = 0; image < b->images; image++, y += g->c_out * turn.plane) {
    for (int64_t i = 0; i < b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, m += p->out_pitch)
        AG_NAME(agk_tile_output)(&tile, m, bias, grid + AGK_TILE * (i * tile.row + j * tile.pitch));
    AG_NAME(agk_turn_outside)(&turn, grid, y);
  }
}

void AG_NAME(agk_winograd_inputs_adjoint)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                          const agk_winograd_block *b, const AG_REAL *points, AG_REAL *grid,
                                          AG_REAL *gx) {
  const agk_winograd_block whole = {b->image, b->images, 0, p->down};
  const agk_turn turn = input_turn(g, p, &whole);
  const agk_tile tile = tile_of(&turn, p->in, p->v_step);
  gx += b->image * g->c_in * turn.plane;
  for (int64_t image = 0; image < b->images; image++, gx += g->c_in * turn.plane) {
    for (int64_t i = b->row; i < b->row + b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, points += p->in_pitch) AG_NAME(agk_tile_input_adjoint)
    (i > 0, j > 0, &tile, points, grid + AGK_TILE * (i * tile.row + j * tile.pitch));
    if (b->row + b->rows == p->down) AG_NAME(agk_turn_outside)(&turn, grid, gx);
  }
}
#endif
