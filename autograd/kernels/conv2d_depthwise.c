/* conv2d_depthwise.c - the depthwise convolution and its gradients, plane by plane and band by band.
 *
 * The unit of work of the forward convolution is a band of one image and group, that of the gradients one
 * plane of x or some images, so no two units write to the same place. */
#ifndef AG_REAL
#include "kernels/conv2d_depthwise.h"

#include <string.h>

#include "core/multiversion.h"

enum {
  FEW_FILTERS = 2,        /* of a group: more make a matrix that is worth a product, */
  WIDE = 8,               /* unless a row fills vectors */
  PARTS = 8,              /* of the images whose sums threads share */
  FLUSH = 1024,           /* numbers that are summed in their own type, about */
  FIELDS_BYTES = 1 << 15, /* of the fields of some images, at most, unless one has more */
  ABREAST = 8,            /* sums whose lanes are added at a time */
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
 * the sums of all filters in lanes of double. What is added to them are sums in the tensor's own type over a
 * band of a few images, whose fields are made together, so that these stay in registers meanwhile. */
typedef struct {
  int64_t parts, images;                  /* of all images, and those of a few */
  int64_t numbers, all;                   /* sums of one filter, and of all */
  size_t total_bytes, field_bytes, bytes; /* of all totals; of a field; of a thread */
} AG_NAME(weights);

static AG_NAME(weights) AG_NAME(weights_of)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  AG_NAME(weights)
  s = {.parts = g->n < PARTS ? g->n : PARTS, .images = 1, .numbers = plan->taps + 1};
  s.all = g->c_out * s.numbers;
  s.total_bytes = ag_aligned_size((size_t)(s.parts * s.all) * sizeof(double));
  s.field_bytes = AG_NAME(agk_im2col_field_bytes)(g, plan);
  const int64_t fit = FIELDS_BYTES / (int64_t)s.field_bytes;
  if (plan->columns > 0 && plan->columns < FLUSH) s.images = FLUSH / plan->columns;
  if (s.images > fit) s.images = fit > 0 ? fit : 1;
  s.bytes = (size_t)s.images * s.field_bytes + (size_t)(s.all * AG_NAME(LANES)) * sizeof(double);
  return s;
}

size_t AG_NAME(agk_depthwise_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const AG_NAME(weights) s = AG_NAME(weights_of)(g, &plan);
  return agk_im2col_offsets_bytes(&plan) + s.total_bytes + (size_t)threads * s.bytes;
}

/* sums += the products of a few images with their part of gy. */
static void AG_NAME(correlate_images)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                      const int64_t *offset, ag_range images, int64_t field_step,
                                      const AG_REAL *x, const AG_REAL *gy, AG_REAL *field, double *sums) {
  const int64_t of_image = g->c_out * plan->columns;
  agk_depthwise_images m = {images.end - images.begin, field_step, of_image, 0};
  for (int64_t group = 0; group < g->groups; group++)
    for (int64_t j = 0; j < plan->bands; j++) {
      const ag_range rows = ag_chunk_range(j, plan->bands, g->h_out);
      const agk_depthwise_band b = AG_NAME(band)(g, plan, offset, rows);
      const int64_t filter = group * plan->group_out;
      const int64_t first = images.begin * of_image + filter * plan->columns + rows.begin * g->w_out;
      m.room = g->n * of_image - first;
      for (int64_t i = 0; i < m.count; i++) AG_NAME(agk_im2col_field)
      (g, plan, 1, rows, x + ((images.begin + i) * g->c_in + group) * g->h * g->w, field + i * field_step);
      AG_NAME(agk_depthwise_correlate)
      (&b, &m, field, gy + first, sums + filter * (plan->taps + 1) * AG_NAME(LANES));
    }
}

/* total[k] = the sum of the lanes of sum k, one after the other, for some sums side by side: an addition
 * waits for the one before. */
AG_MULTIVERSION static void AG_NAME(add_lanes)(int64_t n, const double *restrict sums,
                                               double *restrict total) {
  int64_t k = 0;
  for (; k + ABREAST <= n; k += ABREAST, sums += ABREAST * AG_NAME(LANES)) {
    double sum[ABREAST] = {0};
    for (int l = 0; l < AG_NAME(LANES); l++)
      for (int j = 0; j < ABREAST; j++) sum[j] += sums[j * AG_NAME(LANES) + l];
    memcpy(total + k, sum, sizeof sum);
  }
  for (; k < n; k++, sums += AG_NAME(LANES)) {
    total[k] = 0;
    for (int l = 0; l < AG_NAME(LANES); l++) total[k] += sums[l];
  }
}

/* The sums over some images; room is the memory of the thread. */
static void AG_NAME(sum_part)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                              const AG_NAME(weights) * s, const int64_t *offset, ag_range images,
                              const AG_REAL *x, const AG_REAL *gy, double *total, char *room) {
  const size_t fields = (size_t)s->images * s->field_bytes;
  AG_REAL *field = (AG_REAL *)(void *)room;
  double *sums = (double *)(void *)(room + fields);
  memset(sums, 0, s->bytes - fields);
  for (int64_t i = images.begin; i < images.end; i += s->images) {
    const ag_range few = {i, i + s->images < images.end ? i + s->images : images.end};
    AG_NAME(correlate_images)
    (g, plan, offset, few, (int64_t)(s->field_bytes / sizeof *field), x, gy, field, sums);
  }
  AG_NAME(add_lanes)(s->all, sums, total);
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
