/* conv2d_grey_last.c - the convolution of grey images and the gradient of its weights, band by band.
 *
 * With one channel the field of conv2d_im2col.h is what the windows of a band are read from, wherever
 * channels lie. A band of output rows of one image is the unit of work of the convolution; the gradient sums
 * some of these. */
#ifndef AG_REAL
#include "kernels/conv2d_grey_last.h"

#include <string.h>

#include "kernels/conv2d_grey_last_rows.h"
#include "kernels/conv2d_im2col.h"

enum {
  MOST_TAPS = 32,  /* more are worth a matrix product */
  PARTS = 8,       /* of the bands whose sums threads share */
  LANE_BYTES = 64, /* that the channels are filled up to, for any instruction set */
};

bool agk_grey_last_suits(const agk_conv2d_geometry *g) {
  return g->channels_last && g->c_in == 1 && g->groups == 1 && g->kh * g->kw > 1 &&
         g->kh * g->kw <= MOST_TAPS;
}

/* The parts of a workspace that are the same for all threads. */
static size_t windows_bytes(const agk_conv2d_plan *plan, int64_t w_out) {
  return agk_im2col_offsets_bytes(plan) + ag_aligned_size((size_t)(plan->rows * w_out) * sizeof(int64_t));
}

static agk_grey_windows windows_of(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                                   void *workspace) {
  int64_t *place = (int64_t *)(void *)((char *)workspace + agk_im2col_offsets_bytes(plan));
  agk_im2col_offsets(g, plan, workspace);
  for (int64_t p = 0; p < plan->rows * g->w_out; p++) place[p] = p / g->w_out * plan->width + p % g->w_out;
  return (agk_grey_windows){plan->taps, g->c_out, workspace, place};
}

static int64_t work_of(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  return g->n * g->c_out * plan->columns * (plan->taps / 8 + 1);
}

#define EACH_ISA_OF(name) AG_EACH_ISA(name)

#define AG_SELF "kernels/conv2d_grey_last.c"
#include "core/each_real.h"
#else

/* ---- y from x ---- */

static size_t AG_NAME(turned_bytes)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  const int64_t lanes = LANE_BYTES / sizeof(AG_REAL);
  return (size_t)((plan->taps + 1) * ag_chunks(g->c_out, lanes)) * LANE_BYTES;
}

size_t AG_NAME(agk_grey_last_forward_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return windows_bytes(&plan, g->w_out) + AG_NAME(turned_bytes)(g, &plan) +
         (size_t)threads * AG_NAME(agk_im2col_field_bytes)(g, &plan);
}

void AG_NAME(agk_grey_last_forward_by)(ag_isa isa, int threads, const agk_conv2d_geometry *g,
                                       const AG_REAL *x, const AG_REAL *w, const AG_REAL *bias, AG_REAL *y,
                                       void *workspace) {
  typedef void turn(const agk_grey_windows *, const AG_REAL *, const AG_REAL *, AG_REAL *);
  typedef void outputs(const agk_grey_windows *, int64_t, const AG_REAL *, const AG_REAL *, AG_REAL *);
  static turn *const turns[] = EACH_ISA_OF(AG_NAME(agk_grey_turn_weights));
  static outputs *const all_outputs[] = EACH_ISA_OF(AG_NAME(agk_grey_outputs));
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const size_t bytes = AG_NAME(agk_im2col_field_bytes)(g, &plan);
  const agk_grey_windows s = windows_of(g, &plan, workspace);
  const int64_t units = g->n * plan.bands;
  char *turned = (char *)workspace + windows_bytes(&plan, g->w_out),
       *fields = turned + AG_NAME(turned_bytes)(g, &plan);
  turns[isa](&s, w, bias, (AG_REAL *)(void *)turned);
  AG_PARALLEL_FOR(ag_team(threads, units, work_of(g, &plan)))
  for (int64_t u = 0; u < units; u++) {
    const int64_t image = u / plan.bands;
    const ag_range rows = ag_chunk_range(u % plan.bands, plan.bands, g->h_out);
    AG_REAL *field = (AG_REAL *)(void *)(fields + (size_t)ag_thread_index() * bytes);
    AG_NAME(agk_im2col_field)(g, &plan, 1, rows, x + image * g->h * g->w, field);
    all_outputs[isa](&s, (rows.end - rows.begin) * g->w_out, field, (AG_REAL *)(void *)turned,
                     y + (image * plan.columns + rows.begin * g->w_out) * g->c_out);
  }
}

void AG_NAME(agk_grey_last_forward)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                    const AG_REAL *w, const AG_REAL *bias, AG_REAL *y, void *workspace) {
  AG_NAME(agk_grey_last_forward_by)(ag_isa_here(), threads, g, x, w, bias, y, workspace);
}

/* ---- The gradients with respect to the weights and the bias ---- */

/* Some bands are a part, which has a sum in double for each tap, and one for the bias, of each channel: sums
 * over chunks of pixels, in the tensor's own type, are added to it. */
typedef struct {
  int64_t bands, parts, all;
  size_t total_bytes;
} AG_NAME(weights);

static AG_NAME(weights) AG_NAME(weights_of)(const agk_conv2d_geometry *g, const agk_conv2d_plan *plan) {
  AG_NAME(weights) s = {.bands = g->n * plan->bands, .all = (plan->taps + 1) * g->c_out};
  s.parts = s.bands < PARTS ? s.bands : PARTS;
  s.total_bytes = ag_aligned_size((size_t)(s.parts * s.all) * sizeof(double));
  return s;
}

size_t AG_NAME(agk_grey_last_grad_weight_workspace)(const agk_conv2d_geometry *g, int threads) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  return windows_bytes(&plan, g->w_out) + AG_NAME(weights_of)(g, &plan).total_bytes +
         (size_t)threads * AG_NAME(agk_im2col_field_bytes)(g, &plan);
}

/* The sums over some bands of all images. */
static void AG_NAME(sum_part)(ag_isa isa, const agk_conv2d_geometry *g, const agk_conv2d_plan *plan,
                              const agk_grey_windows *s, ag_range bands, const AG_REAL *x, const AG_REAL *gy,
                              AG_REAL *field, double *total) {
  typedef void add(const agk_grey_windows *, int64_t, int64_t, const AG_REAL *, const AG_REAL *, int64_t,
                   double *);
  static add *const adds[] = EACH_ISA_OF(AG_NAME(agk_grey_add_products));
  memset(total, 0, (size_t)((plan->taps + 1) * g->c_out) * sizeof *total);
  for (int64_t u = bands.begin; u < bands.end; u++) {
    const int64_t image = u / plan->bands;
    const ag_range rows = ag_chunk_range(u % plan->bands, plan->bands, g->h_out);
    const int64_t pixels = (rows.end - rows.begin) * g->w_out, chunks = ag_chunks(pixels, AGK_GREY_CHUNK);
    const int64_t first = image * plan->columns + rows.begin * g->w_out;
    AG_NAME(agk_im2col_field)(g, plan, 1, rows, x + image * g->h * g->w, field);
    for (int64_t i = 0; i < chunks; i++) {
      const ag_range p = ag_chunk_range(i, chunks, pixels);
      const int64_t at = first + p.begin;
      adds[isa](s, p.begin, p.end - p.begin, field, gy + at * g->c_out,
                (g->n * plan->columns - at) * g->c_out, total);
    }
  }
}

void AG_NAME(agk_grey_last_grad_weight_by)(ag_isa isa, int threads, const agk_conv2d_geometry *g,
                                           const AG_REAL *x, const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb,
                                           void *workspace) {
  const agk_conv2d_plan plan = agk_conv2d_planned(g, sizeof(AG_REAL));
  const AG_NAME(weights) t = AG_NAME(weights_of)(g, &plan);
  const size_t bytes = AG_NAME(agk_im2col_field_bytes)(g, &plan);
  const agk_grey_windows s = windows_of(g, &plan, workspace);
  char *totals = (char *)workspace + windows_bytes(&plan, g->w_out), *fields = totals + t.total_bytes;
  double *total = (double *)(void *)totals;
  AG_PARALLEL_FOR(ag_team(threads, t.parts, work_of(g, &plan)))
  for (int64_t i = 0; i < t.parts; i++) AG_NAME(sum_part)
  (isa, g, &plan, &s, ag_chunk_range(i, t.parts, t.bands), x, gy,
   (AG_REAL *)(void *)(fields + (size_t)ag_thread_index() * bytes), total + i * t.all);
  for (int64_t k = 0; k < t.all; k++) {
    double sum = 0;
    for (int64_t i = 0; i < t.parts; i++) sum += total[i * t.all + k];
    const int64_t tap = k / g->c_out, channel = k % g->c_out;
    *(tap < plan.taps ? gw + channel * plan.taps + tap : gb + channel) = (AG_REAL)sum;
  }
}

void AG_NAME(agk_grey_last_grad_weight)(int threads, const agk_conv2d_geometry *g, const AG_REAL *x,
                                        const AG_REAL *gy, AG_REAL *gw, AG_REAL *gb, void *workspace) {
  AG_NAME(agk_grey_last_grad_weight_by)(ag_isa_here(), threads, g, x, gy, gw, gb, workspace);
}
#endif
