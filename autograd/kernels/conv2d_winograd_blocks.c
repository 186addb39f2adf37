/* conv2d_winograd_blocks.c - the tiles of a block, image by image by way of a grid of pixels. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_blocks.h"

#include "core/multiversion.h"
#include "kernels/conv2d_winograd_tiles.h"

/* Bytes of a line of the cache, the tiles that a block has at least, where there are so many, and what the
 * number of groups is a multiple of. */
enum { LINE = 64, LEAST_TILES = 32, SHARES = 4 };

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t most(int64_t a, int64_t b) { return a > b ? a : b; }

int64_t agk_winograd_step(int64_t n, size_t element_size) { return n + LINE / (int64_t)element_size; }

int64_t agk_winograd_numbers(size_t bytes, size_t element_size) {
  return ag_chunks((int64_t)bytes, LINE) * LINE / (int64_t)element_size;
}

/* The size of tiles that needs the fewest multiplications: larger tiles need fewer for an output, but more of
 * them hang over the edges of the image. */
static int64_t best_tile(const agk_conv2d_geometry *g) {
  int64_t best = 0, fewest = 0;
  for (int64_t m = AGK_LEAST_TILE; m <= AGK_MOST_TILE; m++) {
    const int64_t products = ag_chunks(g->w_out, m) * ag_chunks(g->h_out, m) * (m + 2) * (m + 2);
    if (best && products >= fewest) continue;
    best = m;
    fewest = products;
  }
  return best;
}

/* Pixels of many channels lie an odd number of lines apart, so that neighbours do not share a place in the
 * cache. */
static agk_winograd_side side_of(int64_t channels, size_t element_size) {
  const int64_t line = LINE / (int64_t)element_size, lines = ag_chunks(channels, line);
  return (agk_winograd_side){
      .channels = channels, .filled = lines * line, .pitch = (lines < 8 ? lines : lines | 1) * line};
}

/* Whether tiles that cover `height` x `width` pixels find them in an image: its channels are last and fill
 * whole lines, and it is neither larger nor smaller. */
static bool is_covered(const agk_conv2d_geometry *g, const agk_winograd_side *side, const int64_t size[2],
                       int64_t height, int64_t width) {
  return g->channels_last && side->channels == side->filled && size[0] == height && size[1] == width;
}

/* The weights, or their sums, are read for each block. A block of many channels has as many tiles as make its
 * own numbers, which are read once, as many as those. The number of groups is one that 2 or 4 threads share
 * equally, where there are images enough. */
agk_winograd_plan agk_winograd_planned(const agk_conv2d_geometry *g, size_t element_size) {
  const int64_t tile = best_tile(g);
  agk_winograd_plan p = {.tile = tile,
                         .points = (tile + 2) * (tile + 2),
                         .across = ag_chunks(g->w_out, tile),
                         .down = ag_chunks(g->h_out, tile),
                         .in = side_of(g->c_in, element_size),
                         .out = side_of(g->c_out, element_size)};
  const int64_t balance = p.in.filled * p.out.filled / (p.in.filled + p.out.filled);
  const int64_t tiles = most(LEAST_TILES, balance), images = most(tiles / (p.across * p.down), 1);
  p.groups = least(most(ag_chunks(g->n, images) / SHARES, 1) * SHARES, g->n);
  p.rows = least(most(tiles / p.across, 1), p.down);
  const int64_t of_block = (p.groups ? ag_chunks(g->n, p.groups) : 0) * p.rows * p.across;
  p.in.step = p.out.step = agk_winograd_step(of_block * most(p.in.pitch, p.out.pitch), element_size);
  p.in.in_place = g->padding[0] == 0 && g->padding[1] == 0 &&
                  is_covered(g, &p.in, (int64_t[]){g->h, g->w}, tile * p.down + 2, tile * p.across + 2);
  p.out.in_place = is_covered(g, &p.out, (int64_t[]){g->h_out, g->w_out}, tile * p.down, tile * p.across);
  p.x_grid = (tile * p.rows + 2) * (tile * p.across + 2) * p.in.pitch;
  p.y_grid = tile * p.rows * tile * p.across * p.out.pitch;
  p.image_numbers = most(g->h * g->w * p.in.filled, g->h_out * g->w_out * p.out.filled);
  return p;
}

/* The rows of the input that the tiles of a block see, and those of the output that they are. */
static ag_range input_rows(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                           const agk_winograd_block *b) {
  const int64_t begin = p->tile * b->row - g->padding[0];
  return (ag_range){most(begin, 0), least(begin + p->tile * b->rows + 2, g->h)};
}

static ag_range output_rows(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                            const agk_winograd_block *b) {
  return (ag_range){p->tile * b->row, least(p->tile * (b->row + b->rows), g->h_out)};
}

/* The pixels of one image of a block: as the tensor has them, and in a grid that its tiles cover. */
static agk_turn input_turn(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                           const agk_winograd_block *b) {
  const ag_range rows = input_rows(g, p, b);
  return (agk_turn){.channels = g->c_in,
                    .last = g->channels_last,
                    .plane = g->h * g->w,
                    .rows = rows.end - rows.begin,
                    .columns = g->w,
                    .height = p->tile * b->rows + 2,
                    .width = p->tile * p->across + 2,
                    .top = rows.begin - p->tile * b->row + g->padding[0],
                    .left = g->padding[1],
                    .pitch = p->in.pitch};
}

static agk_turn output_turn(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                            const agk_winograd_block *b) {
  const ag_range rows = output_rows(g, p, b);
  return (agk_turn){.channels = g->c_out,
                    .last = g->channels_last,
                    .plane = g->h_out * g->w_out,
                    .rows = rows.end - rows.begin,
                    .columns = g->w_out,
                    .height = p->tile * b->rows,
                    .width = p->tile * p->across,
                    .pitch = p->out.pitch};
}

/* Tiles in the grid of a turn, or in the image. */
static agk_tile tile_of(const agk_winograd_plan *p, const agk_turn *t, const agk_winograd_side *side) {
  const int64_t pitch = side->in_place ? side->channels : side->pitch;
  return (agk_tile){.size = p->tile,
                    .channels = side->filled,
                    .row = t->width * pitch,
                    .pitch = pitch,
                    .point = side->step};
}

/* Numbers of the gradient of an image of y, or of what it is pooled to. */
static int64_t numbers_of_gradient(const agk_conv2d_geometry *g, int64_t pool) {
  const agk_norm_windows windows = agk_conv2d_windows(g, pool ? pool : 1);
  return agk_norm_pooled(&windows);
}

#define AG_SELF "kernels/conv2d_winograd_blocks.c"
#include "core/each_isa.h"
#else

/* Asks for part i of `parts` of the planes of an image, where a block holds whole images. While tiles are
 * transformed the memory has nothing else to do, and no prefetcher sees which planes are turned next. */
AG_INLINE void AG_NAME(fetch)(const AG_REAL *image, int64_t numbers, int64_t i, int64_t parts) {
  const ag_range r = ag_chunk_range(i, parts, numbers);
  for (int64_t k = r.begin; k < r.end; k += LINE / (int64_t)sizeof(AG_REAL))
    __builtin_prefetch(image + k, 0, 2);
}

void AG_NAME(agk_winograd_inputs)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                  const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                  const AG_REAL *x, AG_REAL *grid, AG_REAL *v) {
  const agk_turn turn = input_turn(g, p, b);
  const agk_tile tile = tile_of(p, &turn, &p->in);
  const int64_t numbers = g->c_in * turn.plane;
  x += b->image * numbers + input_rows(g, p, b).begin * agk_turn_row(&turn);
  for (int64_t k = 0; k < b->images; k++, x += numbers) {
    const bool fetches = b->rows == p->down && b->image + k + 1 < g->n;
    const AG_REAL *pixels = AG_NAME(agk_winograd_pixels)(way, p->in.in_place, &turn, x, grid);
    for (int64_t i = 0; i < b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, v += p->in.pitch) {
        if (fetches) AG_NAME(fetch)(x + numbers, numbers, i * p->across + j, b->rows * p->across);
        AG_NAME(agk_tile_input)(&tile, pixels + p->tile * (i * tile.row + j * tile.pitch), v);
      }
  }
}

void AG_NAME(agk_winograd_outputs_adjoint)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                           const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                           const AG_REAL *gy, AG_REAL *grid, AG_REAL *q) {
  const agk_turn turn = output_turn(g, p, b);
  const agk_tile tile = tile_of(p, &turn, &p->out);
  const int64_t numbers = g->c_out * turn.plane,
                of_gy = numbers_of_gradient(g, way->norms ? way->norms->pool : 0);
  const AG_REAL *y = way->norms ? way->norms->y : NULL;
  for (int64_t k = b->image; k < b->image + b->images; k++) {
    const bool fetches = b->rows == p->down && k + 1 < g->n;
    const AG_REAL *pixels = AG_NAME(agk_winograd_pixels_of_gradient)(way, p->out.in_place, &turn, k,
                                                                     output_rows(g, p, b).begin, gy, grid);
    for (int64_t i = 0; i < b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, q += p->out.pitch) {
        if (fetches) AG_NAME(fetch)(gy + (k + 1) * of_gy, of_gy, i * p->across + j, b->rows * p->across);
        if (fetches && y)
          AG_NAME(fetch)(y + (k + 1) * numbers, numbers, i * p->across + j, b->rows * p->across);
        AG_NAME(agk_tile_output_adjoint)(&tile, pixels + p->tile * (i * tile.row + j * tile.pitch), q);
      }
  }
}

void AG_NAME(agk_winograd_outputs)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                   const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                   const AG_REAL *m, const AG_REAL *bias, AG_REAL *grid, AG_REAL *y) {
  const agk_turn turn = output_turn(g, p, b);
  const agk_tile tile = tile_of(p, &turn, &p->out);
  const int64_t numbers = g->c_out * turn.plane;
  const int64_t first = output_rows(g, p, b).begin * agk_turn_row(&turn);
  for (int64_t image = b->image; image < b->image + b->images; image++) {
    AG_REAL *whole = y ? y + image * numbers : way->written, *to = whole + first,
            *pixels = p->out.in_place ? to : grid;
    for (int64_t i = 0; i < b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, m += p->out.pitch) {
        if (b->rows == p->down) AG_NAME(fetch)(to, numbers, i * p->across + j, b->rows * p->across);
        AG_NAME(agk_tile_output)(&tile, m, bias, pixels + p->tile * (i * tile.row + j * tile.pitch));
      }
    AG_NAME(agk_winograd_settle)(way, p->out.in_place, &turn, grid, to);
    if (b->row + b->rows == p->down) AG_NAME(agk_winograd_pool)(way, &turn, image, whole);
  }
}

void AG_NAME(agk_winograd_inputs_adjoint)(const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                          const agk_winograd_block *b, const AG_NAME(agk_winograd_way) * way,
                                          const AG_REAL *x, const AG_REAL *points, AG_REAL *grid,
                                          AG_REAL *gx) {
  const agk_winograd_block whole = {b->image, b->images, 0, p->down};
  const agk_turn turn = input_turn(g, p, &whole);
  const agk_tile tile = tile_of(p, &turn, &p->in);
  const int64_t numbers = g->c_in * turn.plane;
  x = x ? x + b->image * numbers : NULL;
  gx += b->image * numbers;
  for (int64_t image = 0; image < b->images; image++, gx += numbers) {
    AG_REAL *pixels = p->in.in_place ? gx : grid;
    for (int64_t i = b->row; i < b->row + b->rows; i++)
      for (int64_t j = 0; j < p->across; j++, points += p->in.pitch) {
        AG_NAME(fetch)(gx, numbers, i * p->across + j, p->down * p->across);
        if (way->norms && way->norms->norm) AG_NAME(fetch)
        (x + image * numbers, numbers, i * p->across + j, p->down * p->across);
        AG_NAME(agk_tile_input_adjoint)
        (i > 0, j > 0, &tile, points, pixels + p->tile * (i * tile.row + j * tile.pitch));
      }
    if (b->row + b->rows == p->down) AG_NAME(agk_winograd_settle_gradient)
    (way, p->in.in_place, &turn, x ? x + image * numbers : NULL, grid, gx);
  }
}
#endif
