/* conv2d_winograd_weights.c - weights are turned until the channels that become columns lie beside each
 * other, then transformed like tiles of 3x3 pixels. Threads share the depth. */
#ifndef AG_REAL
#include "kernels/conv2d_winograd_weights.h"

#include "core/multiversion.h"
#include "kernels/conv2d_winograd_products.h"
#include "kernels/conv2d_winograd_tiles.h"
#include "kernels/conv2d_winograd_turn.h"

/* Of the depth, so many make a piece of work. */
enum { PIECE = 8, TAPS = 9 };

/* The taps of some input channels as one row of pixels, whose channels are the outputs. */
static agk_turn turn_of(const agk_conv2d_geometry *g, ag_range in, int64_t pitch) {
  const int64_t pixels = (in.end - in.begin) * TAPS;
  return (agk_turn){.channels = g->c_out,
                    .plane = g->c_in * TAPS,
                    .rows = 1,
                    .columns = pixels,
                    .height = 1,
                    .width = pixels,
                    .pitch = pitch};
}

#define AG_SELF "kernels/conv2d_winograd_weights.c"
#include "core/each_isa.h"
#else

int64_t AG_NAME(agk_winograd_turned)(int64_t depth, int64_t pitch) { return depth * TAPS * pitch; }

int64_t AG_NAME(agk_winograd_weight_step)(int64_t depth, int64_t pitch) {
  return agk_winograd_step(depth * ag_chunks(pitch, AG_PANEL) * AG_PANEL, sizeof(AG_REAL));
}

/* The panels for part of the depth. */
static void AG_NAME(transform)(int64_t size, ag_range r, int64_t depth, int64_t pitch, const AG_REAL *turned,
                               AG_REAL *u) {
  for (int64_t k = r.begin; k < r.end; k++)
    for (int64_t j = 0; j < pitch; j += AG_PANEL) {
      const agk_tile tile = {.size = size,
                             .channels = pitch - j < AG_PANEL ? pitch - j : AG_PANEL,
                             .row = 3 * pitch,
                             .pitch = pitch,
                             .point = AG_NAME(agk_winograd_weight_step)(depth, pitch)};
      AG_NAME(agk_tile_weight)(&tile, turned + k * TAPS * pitch + j, u + j * depth + k * AG_PANEL);
    }
}

void AG_NAME(agk_winograd_weights)(int threads, const agk_conv2d_geometry *g, const agk_winograd_plan *p,
                                   const AG_REAL *w, AG_REAL *turned, AG_REAL *u) {
  const int64_t pieces = ag_chunks(g->c_in, PIECE), pitch = p->out.filled;
  AG_PARALLEL_FOR(ag_team(threads, pieces, p->points * g->c_in * g->c_out))
  for (int64_t i = 0; i < pieces; i++) {
    const ag_range r = ag_chunk_range(i, pieces, g->c_in);
    const agk_turn turn = turn_of(g, r, pitch);
    AG_NAME(agk_turn_inside)(&turn, w + r.begin * TAPS, turned + r.begin * TAPS * pitch);
    AG_NAME(transform)(p->tile, r, g->c_in, pitch, turned, u);
  }
}

void AG_NAME(agk_winograd_weights_turned)(int threads, const agk_conv2d_geometry *g,
                                          const agk_winograd_plan *p, const AG_REAL *w, AG_REAL *turned,
                                          AG_REAL *u) {
  const int64_t pieces = ag_chunks(g->c_out, PIECE), pitch = p->in.filled;
  const agk_turn turn = {.channels = g->c_in,
                         .plane = TAPS,
                         .rows = 1,
                         .columns = TAPS,
                         .height = 1,
                         .width = TAPS,
                         .pitch = pitch};
  AG_PARALLEL_FOR(ag_team(threads, pieces, p->points * g->c_in * g->c_out))
  for (int64_t i = 0; i < pieces; i++) {
    const ag_range r = ag_chunk_range(i, pieces, g->c_out);
    for (int64_t o = r.begin; o < r.end; o++)
      AG_NAME(agk_turn_inside)(&turn, w + o * g->c_in * TAPS, turned + o * TAPS * pitch);
    AG_NAME(transform)(p->tile, r, g->c_out, pitch, turned, u);
  }
}

void AG_NAME(agk_winograd_weights_adjoint)(int threads, const agk_conv2d_geometry *g,
                                           const agk_winograd_plan *p, int64_t sums, int64_t size,
                                           AG_REAL *du, AG_REAL *turned, AG_REAL *gw) {
  const int64_t pieces = ag_chunks(g->c_in, PIECE), pitch = p->out.filled,
                step = AG_NAME(agk_winograd_sum_step)(p);
  const agk_tile tile = {.size = p->tile, .channels = pitch, .row = 3 * pitch, .pitch = pitch, .point = step};
  AG_PARALLEL_FOR(ag_team(threads, pieces, p->points * g->c_in * g->c_out))
  for (int64_t i = 0; i < pieces; i++) {
    const ag_range r = ag_chunk_range(i, pieces, g->c_in);
    for (int64_t point = 0; point < p->points; point++) {
      AG_REAL *sum = du + point * step;
      for (int64_t j = r.begin * pitch; j < r.end * pitch; j += AG_WIDTH) {
        AG_VECTOR v = AG_LOAD(sum + j);
        for (int64_t s = 1; s < sums; s++) v += AG_LOAD(sum + s * size + j);
        AG_STORE(sum + j, v);
      }
    }
    for (int64_t k = r.begin; k < r.end; k++)
      AG_NAME(agk_tile_weight_adjoint)(&tile, du + k * pitch, turned + k * TAPS * pitch);
    const agk_turn turn = turn_of(g, r, pitch);
    AG_NAME(agk_turn_outside)(&turn, turned + r.begin * TAPS * pitch, gw + r.begin * TAPS);
  }
}
#endif
