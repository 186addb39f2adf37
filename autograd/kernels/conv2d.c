/* conv2d.c - the forward convolution: pieces of the column matrix made and multiplied by one thread each.
 *
 * The unit of work is a band of output rows of one image and group, so no two units write to the same place.
 */
#ifndef AG_REAL
#include "kernels/conv2d.h"

#include "kernels/conv2d_im2col.h"
#include "kernels/conv2d_winograd.h"
#include "kernels/product.h"

#define AG_SELF "kernels/conv2d.c"
#include "core/each_real.h"
#else

size_t AG_NAME(agk_conv2d_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  if (agk_winograd_suits(g)) return AG_NAME(agk_winograd_forward_workspace)(g, threads);
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t part = AG_NAME(agk_im2col_field_bytes)(g, &plan) + AG_NAME(agk_im2col_piece_bytes)(&plan);
  return agk_im2col_offsets_bytes(&plan) + (size_t)threads * part;
}

/* The matrices of one image and one group, and the scratch memory of the thread. */
typedef struct {
  const AG_REAL *x, *w, *bias;
  AG_REAL *y;
  const int64_t *offset;
  AG_REAL *field, *piece;
} AG_NAME(job);

/* y[o, p] += sum over the k of one slice of w[o, k] columns[k, p]; the first slice starts from the bias. */
static void AG_NAME(multiply)(const agk_conv2d_plan *plan, const AG_NAME(job) * j, ag_range k, ag_range p,
                              const AG_REAL *columns, int64_t step) {
  const bool first = k.begin == 0;
  const agk_product_geometry product = {.m = plan->group_out,
                                        .n = p.end - p.begin,
                                        .k = k.end - k.begin,
                                        .a = {plan->depth, 1},
                                        .b = {step, 1},
                                        .c = {plan->columns, 1},
                                        .from = first ? (agk_steps){1, 0} : (agk_steps){plan->columns, 1}};
  AG_REAL *y = j->y + p.begin;
  AG_NAME(agk_product)(&product, j->w + k.begin, columns, first ? j->bias : y, y);
}

static void AG_NAME(forward_band)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan, ag_range band,
                                  const AG_NAME(job) * j) {
  const ag_range p = {band.begin * g->w_out, band.end * g->w_out};
  if (plan->direct || plan->depth == 0) {
    AG_NAME(multiply)(plan, j, (ag_range){0, plan->depth}, p, j->x + p.begin, plan->columns);
    return;
  }
  for (int64_t s = 0; s < plan->slices; s++) {
    const ag_range c = ag_chunk(s, plan->slices, plan->group_in);
    const ag_range k = {c.begin * plan->taps, c.end * plan->taps};
    AG_NAME(agk_im2col_field)(g, plan, c.end - c.begin, band, j->x + c.begin * g->h * g->w, j->field);
    for (int64_t at = p.begin; at < p.end; at += AGK_PIECE) {
      const ag_range columns = {at, at + AGK_PIECE < p.end ? at + AGK_PIECE : p.end};
      AG_NAME(agk_im2col_piece)
      (g, plan, k.end - k.begin, band.begin, columns, j->offset, j->field, j->piece);
      AG_NAME(multiply)(plan, j, k, columns, j->piece, AGK_PIECE_STEP);
    }
  }
}

void AG_NAME(agk_conv2d_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                 const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  if (agk_winograd_suits(g)) {
    AG_NAME(agk_winograd_forward)(threads, g, x, w, bias, y, workspace);
    return;
  }
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t field = AG_NAME(agk_im2col_field_bytes)(g, &plan),
               piece = AG_NAME(agk_im2col_piece_bytes)(&plan);
  const int64_t units = g->n * g->groups * plan.bands;
  if (plan.columns == 0 || plan.group_out == 0) return;
  agk_im2col_offsets(g, &plan, workspace);
  char *parts = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  const int64_t work = g->n * g->c_out * plan.columns * (plan.depth / 16 + 1);
  AG_PARALLEL_FOR(ag_team(threads, units, work))
  for (int64_t u = 0; u < units; u++) {
    const int64_t group = u / plan.bands % g->groups, image_group = u / plan.bands;
    char *part = parts + (size_t)ag_thread_index() * (field + piece);
    const AG_NAME(job) j = {.x = x + image_group * plan.group_in * g->h * g->w,
                            .w = w + group * plan.group_out * plan.depth,
                            .bias = bias ? bias + group * plan.group_out : NULL,
                            .y = y + image_group * plan.group_out * plan.columns,
                            .offset = workspace,
                            .field = (AG_REAL *)(void *)part,
                            .piece = (AG_REAL *)(void *)(part + field)};
    AG_NAME(forward_band)(g, &plan, ag_chunk(u % plan.bands, plan.bands, g->h_out), &j);
  }
}
#endif
