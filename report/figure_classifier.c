/* Counts of what a classifier said: the confusion matrix and the reliability diagram. */
#include "report/figure_classifier.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/measure.h"
#include "report/notice.h"

bool said_of_test(const evidence_cell *c, said_of_images *s) {
  const run_tensor *index = evidence_tensor(c, "test/index"), *label = evidence_tensor(c, "test/label"),
                   *probability = evidence_tensor(c, "test/probability");
  if (!index || !label || !probability || index->type != TENSOR_INT64 || label->type != TENSOR_INT64 ||
      probability->type != TENSOR_FLOAT32 || probability->rank != 2 || index->shape[0] != label->shape[0] ||
      label->shape[0] != probability->shape[0])
    return false;
  *s = (said_of_images){index->data, label->data, probability->data, (size_t)label->shape[0],
                        (size_t)probability->shape[1]};
  for (size_t i = 0; i < s->n; i++)
    if (s->label[i] < 0 || (size_t)s->label[i] >= s->classes) return false;
  return s->n > 0 && s->classes > 0;
}

size_t said_class(const said_of_images *s, size_t i) {
  const float *p = s->probability + i * s->classes;
  size_t best = 0;
  for (size_t k = 1; k < s->classes; k++)
    if (p[k] > p[best]) best = k;
  return best;
}

/* ---- Confusion ----------------------------------------------------------------------------------------- */

/* The colour grows with the logarithm of the count, so that single mistakes are seen beside hundreds of hits.
 */
static void fill_confusion(figure_panel *p, const said_of_images *s) {
  size_t *counts = memory_new(s->classes * s->classes, sizeof *counts);
  for (size_t i = 0; i < s->n; i++) counts[(size_t)s->label[i] * s->classes + said_class(s, i)]++;
  figure_image *image = figure_set_image(p, s->classes, s->classes, 0);
  image->palette = "heat";
  image->high = log1p((double)s->n / (double)s->classes);
  for (size_t i = 0; i < s->classes * s->classes; i++) {
    char text[24];
    double shade = log1p((double)counts[i]);
    image->pixels[i] = shade;
    snprintf(text, sizeof text, "%zu", counts[i]);
    if (counts[i])
      figure_add_mark(p, (double)(i % s->classes), (double)(i / s->classes),
                      shade > 0.6 * image->high ? MARK_LIGHT : MARK_DARK, text);
  }
  free(counts);
}

figure figure_of_confusion(const evidence *e, const evidence_row *row) {
  figure f = {.name = memory_format("%s-confusion", row->row->id),
              .title = memory_format("%s: what is taken for what, test part", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "image.gp",
              .x_label = "predicted digit",
              .legend = "",
              .panel_width = 620,
              .panel_height = 480};
  said_of_images s;
  if (said_of_test(&row->cells[0], &s))
    fill_confusion(figure_add_panel(&f, AXIS_LINEAR, "true digit", ""), &s);
  return f;
}

/* ---- Reliability --------------------------------------------------------------------------------------- */

enum { BINS = 10 };

typedef struct {
  double confidence, right; /* sums */
  double n;
} bin;

static void fill_bins(const said_of_images *s, bin bins[BINS]) {
  for (size_t i = 0; i < s->n; i++) {
    size_t said = said_class(s, i);
    double confidence = (double)s->probability[i * s->classes + said];
    int at = (int)fmin(confidence * BINS, BINS - 1);
    bins[at].confidence += confidence;
    bins[at].right += said == (size_t)s->label[i];
    bins[at].n++;
  }
}

static void add_accuracies(figure *f, const bin bins[BINS]) {
  figure_panel *p =
      figure_add_panel(f, AXIS_LINEAR, "share that is right", "with 95 % intervals of the share");
  p->x_high = p->y_high = 1.03;
  figure_series *ideal = figure_add_series(p, "as sure as right");
  ideal->shape = SHAPE_REFERENCE;
  for (int i = 0; i <= 1; i++) figure_add_point(ideal, (figure_point){i, i, i, i});
  figure_series *ours = figure_add_series(p, "this network");
  ours->shape = SHAPE_POINTS;
  ours->style = 1;
  for (int i = 0; i < BINS; i++) {
    if (!(bins[i].n > 0)) continue;
    double share = bins[i].right / bins[i].n;
    interval within = wilson_interval(share, bins[i].n);
    figure_add_point(ours, (figure_point){bins[i].confidence / bins[i].n, share, within.low, within.high});
  }
}

static void add_counts(figure *f, const bin bins[BINS]) {
  figure_panel *p = figure_add_panel(f, AXIS_LOG, "images", "how many images are in each bin");
  p->x_high = 1.03;
  p->y_low = 0.5;
  figure_series *s = figure_add_series(p, "images");
  s->shape = SHAPE_BARS;
  for (int i = 0; i < BINS; i++) {
    double x = (i + 0.5) / BINS;
    p->y_high = fmax(p->y_high, 2 * bins[i].n);
    figure_add_point(s, (figure_point){x, fmax(bins[i].n, 0.5), bins[i].n, bins[i].n});
  }
}

figure figure_of_reliability(const evidence *e, const evidence_row *row, double *error) {
  figure f = {.name = memory_format("%s-reliability", row->row->id),
              .title = memory_format("%s: how sure it is, and how often right, test part", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "shapes.gp",
              .x_label = "probability of the predicted digit",
              .legend = ""};
  said_of_images s;
  bin bins[BINS] = {{0, 0, 0}};
  *error = 0;
  if (!said_of_test(&row->cells[0], &s)) return f;
  fill_bins(&s, bins);
  for (int i = 0; i < BINS; i++) *error += fabs(bins[i].confidence - bins[i].right) / (double)s.n;
  add_accuracies(&f, bins);
  add_counts(&f, bins);
  return f;
}
