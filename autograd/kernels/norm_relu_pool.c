/* norm_relu_pool.c - the greatest of max((x - mean) scale + shift, 0) in windows side by side, channels last.
 *
 * Where the greatest is above 0, it is that of the numbers before the rectifier, at the same place; so these
 * are compared, and the winner is rectified. A window's pixels are visited once for each vector of channels,
 * whose numbers stay in registers. The last vector is moved back to the end of the channels; fewer channels
 * than a vector has are a vector that is not full.
 *
 * The pixels of a window lie in several rows, which is not the order that prefetchers like, and a row of
 * windows takes as long as its memory. So it is asked for while the one before it is worked on, from end to
 * end; of 14x14 pixels with 512 channels the pooling takes half of the time, its gradient two thirds.
 *
 * The sums of up to BLOCK windows are kept in the tensor's own type, those of blocks in double. */
#ifndef AG_REAL
#include <string.h>

#include "kernels/norm_relu_whole.h"

enum {
  BLOCK = 32, /* windows */
  LINE = 64,  /* bytes of a cache line */
};

/* Rows of windows, in all planes. */
static int64_t rows_of(const agk_pool2d_geometry *g) { return g->planes * g->h_out; }

/* Where one begins in x. */
static int64_t place_of(const agk_pool2d_geometry *g, int64_t row) {
  return (row / g->h_out * g->h + row % g->h_out * g->kernel[0]) * g->w * g->channels;
}

static int64_t chunks_of(const agk_pool2d_geometry *g) {
  return agk_norm_relu_chunks(rows_of(g), g->kernel[0] * g->w * g->channels);
}

#define AG_SELF "kernels/norm_relu_pool.c"
#include "core/each_real.h"
#else

#include "kernels/vector32.h"

/* Places of windows, as wide as the elements. */
#if AG_REAL_BYTES == 4
typedef int32_t AG_NAME(places) __attribute__((vector_size(BYTES)));
#else
typedef int64_t AG_NAME(places) __attribute__((vector_size(BYTES)));
#endif

/* A window and its surroundings: the channels of its first pixel in x and gx, those of its result in y and
 * gy, rows of pixels of `line` numbers, and the sums of h and of h (x - mean). What is asked for lies at x
 * and gx + ahead. */
typedef struct {
  int64_t c, line, ahead;
  const AG_REAL *x, *norm, *gy;
  AG_REAL *y, *gx, *h, *hx;
} AG_NAME(window);

/* ---- Some of its channels, from j on: W where `n` is known to be W when this is compiled, or fewer ---- */

AG_INLINE void AG_NAME(load)(const int64_t n, const AG_REAL *p, AG_NAME(vector) * v) {
  *v = (AG_NAME(vector)){0};
  if (n == W) *v = LOAD(p);
  for (int64_t l = 0; l < n && n != W; l++) (*v)[l] = p[l];
}

AG_INLINE void AG_NAME(store)(const int64_t n, AG_REAL *p, const AG_NAME(vector) * v) {
  if (n == W) STORE(p, *v);
  for (int64_t l = 0; l < n && n != W; l++) p[l] = (*v)[l];
}

AG_INLINE void AG_NAME(add)(const int64_t n, AG_REAL *p, const AG_NAME(vector) * v) {
  AG_NAME(vector) sum;
  AG_NAME(load)(n, p, &sum);
  sum += *v;
  AG_NAME(store)(n, p, &sum);
}

/* The greatest number before the rectifier, how far x is from the mean there, which place of the p x p it
 * has, in reading order, and the scale. */
typedef struct {
  AG_NAME(vector) v, d, scale;
  AG_NAME(places) place;
} AG_NAME(winner);

AG_INLINE void AG_NAME(find)(const int64_t n, const int64_t p, const AG_NAME(window) * w, int64_t j,
                             AG_NAME(winner) * best) {
  AG_NAME(vector) mean, shift;
  AG_NAME(places) place = {0};
  *best = (AG_NAME(winner)){{0}, {0}, {0}, {0}};
  AG_NAME(load)(n, w->norm + AGK_MEAN * w->c + j, &mean);
  AG_NAME(load)(n, w->norm + AGK_SCALE * w->c + j, &best->scale);
  AG_NAME(load)(n, w->norm + AGK_SHIFT * w->c + j, &shift);
  for (int64_t row = 0; row < p; row++)
    for (int64_t column = 0; column < p; column++, place += 1) {
      AG_NAME(vector) d;
      AG_NAME(load)(n, w->x + row * w->line + column * w->c + j, &d);
      d -= mean;
      const AG_NAME(vector) v = d * best->scale + shift;
      if (row + column == 0) best->v = v, best->d = d;
      const AG_NAME(mask) better = AGK_BEATS(v, best->v);
      best->v = PICK(better, v, best->v);
      best->d = PICK(better, d, best->d);
      best->place = ((AG_NAME(places))better & place) | (~(AG_NAME(places))better & best->place);
    }
}

AG_INLINE void AG_NAME(greatest)(const int64_t n, const int64_t p, const AG_NAME(window) * w, int64_t j) {
  AG_NAME(winner) best;
  AG_NAME(find)(n, p, w, j, &best);
  best.v = UNLESS(best.v <= 0, best.v);
  AG_NAME(store)(n, w->y + j, &best.v);
}

/* The first `counted` of the channels are in the sums already. */
AG_INLINE void AG_NAME(grad)(const int64_t n, int64_t counted, const int64_t p, const AG_NAME(window) * w,
                             int64_t j) {
  AG_NAME(winner) best;
  AG_NAME(vector) h, hx;
  AG_NAME(places) place = {0};
  AG_NAME(find)(n, p, w, j, &best);
  AG_NAME(load)(n, w->gy + j, &h);
  h = UNLESS(best.v <= 0, h);
  hx = h * best.d;
  const AG_NAME(vector) to = h * best.scale;
  for (int64_t l = 0; l < counted; l++) h[l] = hx[l] = 0;
  AG_NAME(add)(n, w->h + j, &h);
  AG_NAME(add)(n, w->hx + j, &hx);
  for (int64_t row = 0; row < p; row++)
    for (int64_t column = 0; column < p; column++, place += 1) {
      const AG_NAME(vector) here = ONLY((AG_NAME(mask))(best.place == place), to);
      AG_NAME(store)(n, w->gx + row * w->line + column * w->c + j, &here);
    }
}

/* ---- All channels of a window ---- */

AG_INLINE void AG_NAME(ask)(const int64_t n, const AG_REAL *p) {
  for (int64_t i = 0; i < n; i += LINE / AG_REAL_BYTES) __builtin_prefetch(p + i, 0, 2);
}

AG_INLINE void AG_NAME(write_window)(const int64_t p, const AG_NAME(window) * w) {
  const int64_t last = w->c - W;
  for (int64_t j = 0; j <= last; j += W) {
    AG_NAME(ask)(p * p * W, w->x + w->ahead + p * p * j);
    AG_NAME(greatest)(W, p, w, j);
  }
  if (last < 0) AG_NAME(greatest)(w->c, p, w, 0);
  if (last > 0 && w->c % W) AG_NAME(greatest)(W, p, w, last);
}

AG_INLINE void AG_NAME(grad_window)(const int64_t p, const AG_NAME(window) * w) {
  const int64_t last = w->c - W;
  for (int64_t j = 0; j <= last; j += W) {
    AG_NAME(ask)(p * p * W, w->x + w->ahead + p * p * j);
    AG_NAME(ask)(p * p * W, w->gx + w->ahead + p * p * j);
    AG_NAME(grad)(W, 0, p, w, j);
  }
  if (last < 0) AG_NAME(grad)(w->c, 0, p, w, 0);
  if (last > 0 && w->c % W) AG_NAME(grad)(W, W - w->c % W, p, w, last);
}

/* ---- Rows of windows ---- */

/* The window i of row r among `rows`. In the place of a window, p p c numbers of the next row are asked for;
 * the last row asks for itself. */
AG_INLINE AG_NAME(window) AG_NAME(window_at)(const agk_pool2d_geometry *g, ag_range rows, int64_t r,
                                             int64_t i, const AG_REAL *x, const AG_REAL *norm) {
  const int64_t c = g->channels, p = g->kernel[0], begin = place_of(g, r),
                next = place_of(g, r + 1 < rows.end ? r + 1 : r);
  return (AG_NAME(window)){.c = c,
                           .line = g->w * c,
                           .ahead = next + i * p * p * c - (begin + i * p * c),
                           .x = x + begin + i * p * c,
                           .norm = norm};
}

AG_MULTIVERSION static void AG_NAME(write_rows)(const agk_pool2d_geometry *g, ag_range rows, const AG_REAL *x,
                                                const AG_REAL *norm, AG_REAL *y) {
  for (int64_t r = rows.begin; r < rows.end; r++)
    for (int64_t i = 0; i < g->w_out; i++) {
      AG_NAME(window) w = AG_NAME(window_at)(g, rows, r, i, x, norm);
      w.y = y + (r * g->w_out + i) * w.c;
      if (g->kernel[0] == 2)
        AG_NAME(write_window)(2, &w);
      else
        AG_NAME(write_window)(g->kernel[0], &w);
    }
}

/* What no window covers: columns behind those of this row, and rows behind the last ones of a plane. */
AG_INLINE void AG_NAME(clear_rest)(const agk_pool2d_geometry *g, int64_t row, AG_REAL *gx) {
  const int64_t p = g->kernel[0], line = g->w * g->channels, covered = g->w_out * p * g->channels;
  for (int64_t i = 0; i < p; i++) memset(gx + i * line + covered, 0, (size_t)(line - covered) * sizeof *gx);
  if (row % g->h_out == g->h_out - 1)
    memset(gx + p * line, 0, (size_t)((g->h - p * g->h_out) * line) * sizeof *gx);
}

/* Adds the sums of a block to those of all. */
AG_INLINE void AG_NAME(settle_block)(int64_t c, AG_REAL *h, AG_REAL *hx, agk_norm_sums *s) {
  for (int64_t j = 0; j < c; j++) {
    s[j].h += (double)h[j];
    s[j].hx += (double)hx[j];
    h[j] = hx[j] = 0;
  }
}

/* s and block, which has room for 2 c numbers, are zeros in the beginning. */
AG_MULTIVERSION static void AG_NAME(grad_rows)(const agk_pool2d_geometry *g, ag_range rows, const AG_REAL *x,
                                               const AG_REAL *norm, const AG_REAL *gy, AG_REAL *gx,
                                               AG_REAL *block, agk_norm_sums *s) {
  const int64_t c = g->channels;
  int windows = 0;
  for (int64_t r = rows.begin; r < rows.end; r++) {
    for (int64_t i = 0; i < g->w_out; i++) {
      AG_NAME(window) w = AG_NAME(window_at)(g, rows, r, i, x, norm);
      w.gy = gy + (r * g->w_out + i) * c;
      w.gx = gx + (w.x - x);
      w.h = block;
      w.hx = block + c;
      if (g->kernel[0] == 2)
        AG_NAME(grad_window)(2, &w);
      else
        AG_NAME(grad_window)(g->kernel[0], &w);
      if (++windows % BLOCK == 0) AG_NAME(settle_block)(c, block, block + c, s);
    }
    AG_NAME(clear_rest)(g, r, gx + place_of(g, r));
  }
  AG_NAME(settle_block)(c, block, block + c, s);
}

/* ---- The drivers ---- */

void AG_NAME(agk_norm_relu_pool_forward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                         const AG_REAL *norm, AG_REAL *y) {
  const int64_t rows = rows_of(g), chunks = chunks_of(g);
  AG_PARALLEL_FOR(ag_team(threads, chunks, g->planes * g->h * g->w * g->channels))
  for (int64_t i = 0; i < chunks; i++) AG_NAME(write_rows)(g, ag_chunk_range(i, chunks, rows), x, norm, y);
}

/* The sums of all chunks, and behind them those of their blocks. */
static size_t AG_NAME(sums_bytes)(const agk_pool2d_geometry *g) {
  return (size_t)((chunks_of(g) + 1) * g->channels) * sizeof(agk_norm_sums);
}

size_t AG_NAME(agk_norm_relu_pool_workspace)(const agk_pool2d_geometry *g) {
  return AG_NAME(sums_bytes)(g) + (size_t)(chunks_of(g) * 2 * g->channels) * sizeof(AG_REAL);
}

void AG_NAME(agk_norm_relu_pool_backward)(int threads, const agk_pool2d_geometry *g, const AG_REAL *x,
                                          const AG_REAL *norm, const AG_REAL *gy, AG_REAL *gx, AG_REAL *gnorm,
                                          void *workspace) {
  const int64_t rows = rows_of(g), chunks = chunks_of(g), c = g->channels;
  agk_norm_sums *all = workspace;
  AG_REAL *blocks = (void *)((char *)workspace + AG_NAME(sums_bytes)(g));
  AG_PARALLEL_FOR(ag_team(threads, chunks, 2 * g->planes * g->h * g->w * g->channels))
  for (int64_t i = 0; i < chunks; i++) {
    agk_norm_sums *s = all + i * c;
    AG_REAL *block = blocks + 2 * i * c;
    for (int64_t j = 0; j < c; j++) s[j] = (agk_norm_sums){0, 0};
    for (int64_t j = 0; j < 2 * c; j++) block[j] = 0;
    AG_NAME(grad_rows)(g, ag_chunk_range(i, chunks, rows), x, norm, gy, gx, block, s);
  }
  AG_NAME(agk_norm_relu_settle)(chunks, c, all, norm, gnorm);
}
#endif
