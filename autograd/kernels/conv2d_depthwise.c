/* conv2d_depthwise.c - the depthwise convolution and its gradients, plane by plane and band by band.
 *
 * The unit of work of the forward convolution is a band of one image and group, that of the gradients one
 * plane of x or some images, so no two units write to the same place. */
#ifndef AG_REAL
#include "kernels/conv2d_depthwise.h"

#include <string.h>

#include "core/multiversion.h"

enum {
  FEW_FILTERS = 2, /* of a group: more make a matrix that is worth a product, */
  WIDE = 8,        /* unless a row fills vectors */
  PARTS = 8,       /* of the images whose sums threads share */
  FLUSH = 1024,    /* numbers that are summed in their own type, about */
};

bool agk_depthwise_suits(const agk_conv2d_geometry *g) {
  return g->c_in == g->groups && g->kh * g->kw > 1 &&
         (g->c_out <= FEW_FILTERS * g->groups || g->w_out >= WIDE);
}

bool agk_depthwise_grad_input_suits(const agk_conv2d_geometry *g) {
  return g->c_in == g->groups && g->kh * g->kw > 1 && g->c_out <= FEW_FILTERS * g->groups;
}

#define AG_SELF "kernels/conv2d_depthwise.c"
#include "core/each_real.h"
#else

enum { AG_NAME(LANES) = AGK_DEPTHWISE_LANE_BYTES / sizeof(AG_REAL) };

static agk_depthwise_band AG_NAME(band)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                        const int64_t *offset, ag_range rows) {
  return (agk_depthwise_band){.rows = rows.end - rows.begin,
                              .columns = g->w_out,
                              .width = plan->width,
                              .taps = plan->taps,
                              .offset = offset,
                              .filters = plan->group_out,
                              .plane = plan->columns};
}

size_t AG_NAME(agk_depthwise_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return agk_im2col_offsets_bytes(&plan) + (size_t)threads * AG_NAME(agk_im2col_field_bytes)(g, &plan);
}

size_t AG_NAME(agk_depthwise_grad_input_workspace)(const agk_conv2d_geometry *g, int threads) {
  return AG_NAME(agk_depthwise_forward_workspace)(g, threads);
}

void AG_NAME(agk_depthwise_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t bytes = AG_NAME(agk_im2col_field_bytes)(g, &plan);
  const int64_t units = g->n * g->groups * plan.bands;
  char *fields = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  agk_im2col_offsets(g, &plan, workspace);
  AG_PARALLEL_FOR(ag_team(threads, units, g->n * g->c_out * plan.columns * (plan.taps / 8 + 1)))
  for (int64_t u = 0; u < units; u++) {
    const int64_t plane = u / plan.bands, group = plane % g->groups;
    const ag_range rows = ag_chunk_range(u % plan.bands, plan.bands, g->h_out);
    const agk_depthwise_band b = AG_NAME(band)(g, &plan, workspace, rows);
    AG_REAL *field = (AG_REAL *)(void *)(fields + (size_t)ag_thread_index() * bytes);
    AG_NAME(agk_im2col_field)(g, &plan, 1, rows, x + plane * g->h * g->w, field);
    AG_NAME(agk_depthwise_filter)
    (&b, w + group * plan.group_out * plan.taps, bias ? bias + group * plan.group_out : NULL, field,
     y + plane * plan.group_out * plan.columns + rows.begin * g->w_out);
  }
}

void AG_NAME(agk_depthwise_grad_input)(int threads, const agk_conv2d_geometry *g, const AG_REAL *gy,
                                       const AG_REAL *w, AG_REAL *gx, void *workspace) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t bytes = AG_NAME(agk_im2col_field_bytes)(g, &plan);
  const int64_t planes = g->n * g->groups, in = g->h * g->w;
  char *fields = (char *)workspace + agk_im2col_offsets_bytes(&plan);
  agk_im2col_offsets(g, &plan, workspace);
  AG_PARALLEL_FOR(
      ag_team(threads, planes, planes * in + g->n * g->c_out * plan.columns * (plan.taps / 8 + 1)))
  for (int64_t p = 0; p < planes; p++) {
    AG_REAL *field = (AG_REAL *)(void *)(fields + (size_t)ag_thread_index() * bytes);
    memset(gx + p * in, 0, (size_t)in * sizeof *gx);
    for (int64_t i = 0; i < plan.bands; i++) {
      const ag_range rows = ag_chunk_range(i, plan.bands, g->h_out);
      const agk_depthwise_band b = AG_NAME(band)(g, &plan, workspace, rows);
      memset(field, 0, bytes);
      for (int64_t j = 0; j < plan.group_out; j++) {
        AG_NAME(agk_depthwise_spread)
        (&b, w + (p % g->groups * plan.group_out + j) * plan.taps,
         gy + (p * plan.group_out + j) * plan.columns + rows.begin * g->w_out, field);
      }
      AG_NAME(agk_im2col_add_field)(g, &plan, 1, rows, field, gx + p * in);
    }
  }
}

/* ---- The gradients with respect to the weights and the bias ---- */

/* A filter has a sum for each of its numbers and, behind these, one for its bias. A part of the images keeps
 * the sums of all filters, so that it reads gy from end to end: each in lanes of the tensor's own type, which
 * are flushed to lanes of double before they hold more than a few numbers, and in the end in one double. */
typedef struct {
  int64_t parts, images;                              /* of all images, and between two flushes */
  int64_t numbers, all;                               /* sums of one filter, and of all */
  size_t total_bytes, field_bytes, lane_bytes, bytes; /* of all totals; of a thread's parts; of a thread */
} AG_NAME(weights);

static AG_NAME(weights) AG_NAME(weights_of)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  AG_NAME(weights)
  s = {.parts = g->n < PARTS ? g->n : PARTS, .images = 1, .numbers = plan->taps + 1};
  if (plan->columns > 0 && plan->columns < FLUSH) s.images = FLUSH / plan->columns;
  s.all = g->c_out * s.numbers;
  s.total_bytes = agk_aligned_size((size_t)(s.parts * s.all) * sizeof(double));
  s.field_bytes = AG_NAME(agk_im2col_field_bytes)(g, plan);
  s.lane_bytes = (size_t)s.all * AGK_DEPTHWISE_LANE_BYTES;
  s.bytes = s.field_bytes + s.lane_bytes + (size_t)(s.all * AG_NAME(LANES)) * sizeof(double);
  return s;
}

size_t AG_NAME(agk_depthwise_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const AG_NAME(weights) s = AG_NAME(weights_of)(g, &plan);
  return agk_im2col_offsets_bytes(&plan) + s.total_bytes + (size_t)threads * s.bytes;
}

/* lanes += the products of one image with its part of gy. */
static void AG_NAME(correlate_image)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                     const int64_t *offset, const AG_REAL *x, const AG_REAL *gy,
                                     AG_REAL *field, AG_REAL *lanes) {
  const int64_t step = (plan->taps + 1) * AG_NAME(LANES);
  for (int64_t group = 0; group < g->groups; group++, x += g->h * g->w)
    for (int64_t i = 0; i < plan->bands; i++) {
      const ag_range rows = ag_chunk_range(i, plan->bands, g->h_out);
      const agk_depthwise_band b = AG_NAME(band)(g, plan, offset, rows);
      AG_NAME(agk_im2col_field)(g, plan, 1, rows, x, field);
      const int64_t first = group * plan->group_out;
      AG_NAME(agk_depthwise_correlate)
      (&b, field, gy + first * plan->columns + rows.begin * g->w_out, lanes + first * step);
    }
}

/* sums += lanes, and lanes = 0. */
AG_MULTIVERSION static void AG_NAME(flush)(int64_t n, AG_REAL *restrict lanes, double *restrict sums) {
  for (int64_t i = 0; i < n; i++) {
    sums[i] += (double)lanes[i];
    lanes[i] = 0;
  }
}

/* The sums over some images; room is the memory of the thread. */
static void AG_NAME(sum_part)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                              const AG_NAME(weights) * s, const int64_t *offset, ag_range images,
                              const AG_REAL *x, const AG_REAL *gy, double *total, char *room) {
  AG_REAL *field = (AG_REAL *)(void *)room, *lanes = (AG_REAL *)(void *)(room + s->field_bytes);
  double *sums = (double *)(void *)(room + s->field_bytes + s->lane_bytes);
  memset(lanes, 0, s->bytes - s->field_bytes);
  for (int64_t i = images.begin; i < images.end; i++) {
    AG_NAME(correlate_image)
    (g, plan, offset, x + i * g->c_in * g->h * g->w, gy + i * g->c_out * plan->columns, field, lanes);
    if ((i - images.begin + 1) % s->images == 0 || i + 1 == images.end)
      AG_NAME(flush)(s->all * AG_NAME(LANES), lanes, sums);
  }
  for (int64_t k = 0; k < s->all; k++) {
    total[k] = 0;
    for (int l = 0; l < AG_NAME(LANES); l++) total[k] += sums[k * AG_NAME(LANES) + l];
  }
}

void AG_NAME(agk_depthwise_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                        const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const AG_NAME(weights) s = AG_NAME(weights_of)(g, &plan);
  char *totals = (char *)workspace + agk_im2col_offsets_bytes(&plan), *rooms = totals + s.total_bytes;
  double *total = (double *)(void *)totals;
  agk_im2col_offsets(g, &plan, workspace);
  AG_PARALLEL_FOR(ag_team(threads, s.parts, g->n * g->c_out * plan.columns * (plan.taps / 8 + 1)))
  for (int64_t i = 0; i < s.parts; i++) AG_NAME(sum_part)
  (g, &plan, &s, workspace, ag_chunk_range(i, s.parts, g->n), x, gy, total + i * s.all,
   rooms + (size_t)ag_thread_index() * s.bytes);
  for (int64_t k = 0; k < s.all; k++) {
    double sum = 0;
    for (int64_t i = 0; i < s.parts; i++) sum += total[i * s.all + k];
    const int64_t filter = k / s.numbers, tap = k % s.numbers;
    *(tap < plan.taps ? gw + filter * plan.taps + tap : gb + filter) = (AG_REAL)sum;
  }
}
#endif
