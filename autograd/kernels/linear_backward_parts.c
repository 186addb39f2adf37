/* linear_backward_parts.c - the gradients of a small affine layer, in parts that keep to their core.
 *
 * A step of a small network is over in microseconds, so what counts is which core holds what: to write a line
 * that another core has read since, or only fetched beside what it read, takes as long as hundreds of
 * multiplications. So a thread keeps to a part of the rows, in this layer and in the ones around it, and
 * these are adjacent in x, y, g and gx. Where a part is a share of the sums over the rows,
 *
 *   gx[part, :] = h[part, :] w,   gw = the sum over the parts of h[part, :]' x[part, :],   gb likewise,
 *
 * the terms of gw change hands once, to be added. Further parts are columns of x. */
#ifndef AG_REAL
#include "kernels/linear_backward_parts.h"

#include "core/parallel.h"
#include "kernels/adjacent.h"
#include "kernels/gemm.h"
#include "kernels/product.h"
#include "kernels/reduce.h"

/* Numbers of parts of the rows and of the inputs. */
typedef struct {
  int64_t rows, in;
} cuts;

enum {
  NEAR = 1 << 18,     /* bytes of each matrix that a near cache holds beside the others */
  MAX_WORK = 1 << 25, /* multiply-adds of a small product */
  MIN_PART = 32,      /* rows or inputs of a part */
};

static int64_t length(ag_range r) { return r.end - r.begin; }

static int64_t work_of(const agk_linear_geometry *g) {
  return agk_gemm_work(g->only_weight ? 1 : 2, g->rows, g->in, g->out);
}

/* By the shape alone. gw is a sum of two at most, for each is written and read once more; and the second must
 * be one run of a product's sums, so that it may be added to the first. */
static cuts cut(const agk_linear_geometry *g, size_t size) {
  const bool sums =
      g->rows >= 2 * MIN_PART && g->rows <= 2 * AGK_PRODUCT_TERMS && g->in * g->out <= NEAR / (int64_t)size;
  int64_t pieces = g->rows * g->in * g->out / AGK_GEMM_PIECE;
  if (pieces < 2) pieces = ag_team(2, 2, work_of(g));
  cuts by = {sums && pieces > 1 ? 2 : 1, 1};
  while (2 * by.rows * by.in <= pieces && 2 * by.rows * by.in <= AGK_GEMM_PIECES &&
         g->in / by.in >= 2 * MIN_PART)
    by.in *= 2;
  return by;
}

#define AG_SELF "kernels/linear_backward_parts.c"
#include "core/each_real.h"
#else

/* ---- Scratch memory ---- */

static int64_t AG_NAME(aligned)(int64_t n) {
  return (int64_t)(ag_aligned_size((size_t)n * sizeof(AG_REAL)) / sizeof(AG_REAL));
}

/* In elements: what each thread has for a part of h and for its sums, and the terms of gw and gb that do not
 * go there at once. */
typedef struct {
  int64_t h, sum, weight, bias;
} AG_NAME(sizes);

static AG_NAME(sizes) AG_NAME(sizes_of)(const agk_linear_geometry *g, cuts by) {
  const int64_t rows = length(ag_chunk_range(0, by.rows, g->rows));
  const size_t sum = AG_NAME(agk_reduce_sum_workspace)(&(agk_reduce_geometry){1, rows, g->out}, 1);
  return (AG_NAME(sizes)){.h = AG_NAME(aligned)(rows * g->out),
                          .sum = AG_NAME(aligned)((int64_t)(sum / sizeof(AG_REAL))),
                          .weight = by.rows > 1 ? AG_NAME(aligned)(g->out * g->in) : 0,
                          .bias = by.rows > 1 ? AG_NAME(aligned)(g->out) : 0};
}

size_t AG_NAME(agk_linear_backward_parts_workspace)(const agk_linear_geometry *g, int threads) {
  const cuts by = cut(g, sizeof(AG_REAL));
  const AG_NAME(sizes) s = AG_NAME(sizes_of)(g, by);
  return (size_t)(threads * (s.h + s.sum) + s.weight + s.bias) * sizeof(AG_REAL);
}

/* ---- One part ---- */

/* gx[rows, in] = h w[:, in]. */
static void AG_NAME(input)(const agk_linear_geometry *g, ag_range rows, ag_range in, const AG_REAL *h,
                           const AG_REAL *w, AG_REAL *gx) {
  const agk_steps long_rows = {g->in, 1};
  const agk_product_geometry p = {
      .m = length(rows), .n = length(in), .k = g->out, .a = {g->out, 1}, .b = long_rows, .c = long_rows};
  AG_NAME(agk_product)(&p, h, w + in.begin, NULL, gx + rows.begin * g->in + in.begin);
}

/* gw[out, in] = h[:, out]' x[rows, in], added to what is there where `more` is true. */
static void AG_NAME(weight)(const agk_linear_geometry *g, ag_range rows, ag_range in, ag_range out,
                            const AG_REAL *h, const AG_REAL *x, bool more, AG_REAL *gw) {
  const agk_steps long_rows = {g->in, 1};
  const agk_product_geometry p = {.m = length(out),
                                  .n = length(in),
                                  .k = length(rows),
                                  .a = {1, g->out},
                                  .b = long_rows,
                                  .c = long_rows,
                                  .from = long_rows};
  gw += out.begin * g->in + in.begin;
  AG_NAME(agk_product)(&p, h + out.begin, x + rows.begin * g->in + in.begin, more ? gw : NULL, gw);
}

/* Some pieces, part after part of the rows. Where the parts have several threads, a part's terms of gw go
 * there for the outputs that the other part adds up, and to `kept` for its own; a kept gb is of part 1. */
static void AG_NAME(pieces)(const agk_linear_geometry *g, const AG_NAME(agk_linear_gradients) * o, cuts by,
                            ag_range range, AG_REAL *own, AG_REAL *kept, bool apart) {
  const AG_NAME(sizes) s = AG_NAME(sizes_of)(g, by);
  const AG_REAL *h = NULL;
  for (int64_t i = range.begin; i < range.end; i++) {
    const int64_t part = i / by.in;
    const ag_range rows = ag_chunk_range(part, by.rows, g->rows),
                   in = ag_chunk_range(i % by.in, by.in, g->in);
    if (i == range.begin || i % by.in == 0) {
      h = o->y ? own : o->g + rows.begin * g->out;
      if (o->y) AG_NAME(agk_rectify_gradient)
      (length(rows) * g->out, o->g + rows.begin * g->out, o->y + rows.begin * g->out, own);
    }
    if (!g->only_weight) AG_NAME(input)(g, rows, in, h, o->w, o->gx);
    for (int64_t to = 0; apart && to < 2; to++)
      AG_NAME(weight)(g, rows, in, ag_chunk_range(to, 2, g->out), h, o->x, false, to == part ? kept : o->gw);
    if (!apart) AG_NAME(weight)(g, rows, in, (ag_range){0, g->out}, h, o->x, part > 0, o->gw);
    if (i % by.in > 0) continue;
    AG_REAL *gb = part > 0 ? kept + s.weight : o->gb;
    AG_NAME(agk_reduce_sum)(1, &(agk_reduce_geometry){1, length(rows), g->out}, h, gb, own + s.h);
  }
}

/* Share t of gw and gb, to which what was kept is added. */
static void AG_NAME(gather)(const agk_linear_geometry *g, const AG_NAME(agk_linear_gradients) * o, int64_t t,
                            int64_t team, const AG_REAL *kept_weight, const AG_REAL *kept_bias) {
  const int64_t line = AG_NAME(aligned)(1);
  const ag_range w = ag_chunk_lines(t, team, g->out * g->in, line), b = ag_chunk_lines(t, team, g->out, line);
  AG_NAME(agk_add)(length(w), kept_weight + w.begin, o->gw + w.begin);
  AG_NAME(agk_add)(length(b), kept_bias + b.begin, o->gb + b.begin);
}

/* ---- All of them ---- */

bool AG_NAME(agk_linear_backward_is_small)(const agk_linear_geometry *g) {
  const int64_t most = NEAR / (int64_t)sizeof(AG_REAL);
  return g->rows * g->in <= most && g->rows * g->out <= most && g->rows * g->in * g->out <= MAX_WORK;
}

void AG_NAME(agk_linear_backward_parts)(int threads, const agk_linear_geometry *g,
                                        const AG_NAME(agk_linear_gradients) * o, void *workspace) {
  const cuts by = cut(g, sizeof(AG_REAL));
  const AG_NAME(sizes) s = AG_NAME(sizes_of)(g, by);
  const int64_t all = by.rows * by.in, own = s.h + s.sum;
  const int team = ag_team(threads, all, work_of(g));
  AG_REAL *room = workspace, *kept = room + threads * own;
  if (team == 1) {
    AG_NAME(pieces)(g, o, by, (ag_range){0, all}, room, kept, false);
    if (by.rows > 1) AG_NAME(agk_add)(g->out, kept + s.weight, o->gb);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t t = 0; t < team; t++)
    AG_NAME(pieces)(g, o, by, ag_chunk_range(t, team, all), room + t * own, kept, by.rows > 1);
  if (by.rows == 1) return;
  const AG_REAL *bias = kept + s.weight;
  if (ag_team(threads, 2, AG_MOVED * g->out * g->in) == 1) {
    AG_NAME(gather)(g, o, 0, 1, kept, bias);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t t = 0; t < team; t++) AG_NAME(gather)(g, o, t, team, kept, bias);
}
#endif
