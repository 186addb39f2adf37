/* Images of figure_classifier.h that are made of tiles: mistaken digits, and filters. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/samples.h"
#include "report/figure_classifier.h"
#include "report/measure.h"
#include "report/notice.h"

/* ---- Mistakes ------------------------------------------------------------------------------------------ */

enum { ACROSS = 10, DOWN = 3, TILE = DIGIT_SIDE + 4, TILE_HEIGHT = DIGIT_SIDE + 9 };

typedef struct {
  size_t image, said;
  float confidence;
} mistake;

static int by_confidence(const void *a, const void *b) {
  const mistake *first = a, *second = b;
  if (first->confidence < second->confidence || first->confidence > second->confidence)
    return first->confidence < second->confidence ? 1 : -1;
  return first->image < second->image ? -1 : 1;
}

static mistake *find_mistakes(const said_of_images *s, size_t *count) {
  mistake *all = memory_new(s->n, sizeof *all);
  *count = 0;
  for (size_t i = 0; i < s->n; i++) {
    size_t said = said_class(s, i);
    if (said != (size_t)s->label[i])
      all[(*count)++] = (mistake){i, said, s->probability[i * s->classes + said]};
  }
  qsort(all, *count, sizeof *all, by_confidence);
  return all;
}

static void add_tile(figure_panel *p, size_t place, const digit_set *set, const said_of_images *s,
                     const mistake *m) {
  size_t left = place % ACROSS * TILE + 2, top = place / ACROSS * TILE_HEIGHT + 1;
  const float *pixels = set->x + s->index[m->image] * DIGIT_PIXELS;
  for (size_t i = 0; i < DIGIT_PIXELS; i++)
    p->image.pixels[(top + i / DIGIT_SIDE) * p->image.columns + left + i % DIGIT_SIDE] = (double)pixels[i];
  char text[48];
  double middle = (double)left + (DIGIT_SIDE - 1) / 2.0;
  snprintf(text, sizeof text, "%zu, is %d", m->said, (int)s->label[m->image]);
  figure_add_mark(p, middle, (double)top + DIGIT_SIDE + 1.4, MARK_ALARM, text);
  snprintf(text, sizeof text, "%.1f %%", 100 * (double)m->confidence);
  figure_add_mark(p, middle, (double)top + DIGIT_SIDE + 4.6, MARK_DARK, text);
}

/* The data that the runs of this report were trained on, or nothing. */
static bool load_digits(const evidence *e, dataset *d) {
  message unused;
  if (dataset_load(d, PROBLEM_DIGITS, NULL, &unused) != 0) return false;
  return strcmp(d->digits.digest, e->data[PROBLEM_DIGITS].digest) == 0;
}

static bool inside(const said_of_images *s, const digit_set *set) {
  for (size_t i = 0; i < s->n; i++)
    if (s->index[i] < 0 || s->index[i] >= set->n) return false;
  return true;
}

figure figure_of_mistakes(const evidence *e, const evidence_row *row, size_t *wrong) {
  figure f = {
      .name = memory_format("%s-mistakes", row->row->id),
      .title = memory_format("%s: the surest mistakes of the test part (said, is, how sure)", row->row->name),
      .notice = notice_text(e, measure_problem(row)),
      .script = "image.gp",
      .x_label = "",
      .legend = "",
      .panel_width = 980,
      .panel_height = 330};
  said_of_images s;
  dataset d = {.has = {false, false}};
  *wrong = 0;
  if (said_of_test(&row->cells[0], &s) && load_digits(e, &d) && inside(&s, &d.digits.test)) {
    mistake *all = find_mistakes(&s, wrong);
    figure_panel *p = figure_add_panel(&f, AXIS_LINEAR, "", "");
    figure_image *image = figure_set_image(p, ACROSS * TILE, DOWN * TILE_HEIGHT, -1);
    image->palette = "ink";
    image->low = -1;
    image->high = 1;
    for (size_t i = 0; i < *wrong && i < ACROSS * DOWN; i++) add_tile(p, i, &d.digits.test, &s, &all[i]);
    free(all);
  }
  dataset_free(&d);
  return f;
}

/* ---- Filters ------------------------------------------------------------------------------------------- */

/* (filters, 1, side, side) as tiles with a gap of one pixel, 16 in a row. */
static void fill_filters(figure_panel *p, const run_tensor *weight) {
  const float *w = weight->data;
  size_t filters = (size_t)weight->shape[0], side = (size_t)weight->shape[2],
         across = filters < 16 ? filters : 16;
  double size = 0;
  for (size_t i = 0; i < filters * side * side; i++) size = fmax(size, fabs((double)w[i]));
  figure_image *image =
      figure_set_image(p, across * (side + 1) - 1, (filters + across - 1) / across * (side + 1) - 1, 0);
  image->palette = "signed";
  image->low = -size;
  image->high = size;
  for (size_t i = 0; i < filters * side * side; i++) {
    size_t filter = i / (side * side), y = i / side % side, x = i % side;
    size_t row = filter / across * (side + 1) + y, column = filter % across * (side + 1) + x;
    image->pixels[row * image->columns + column] = (double)w[i];
  }
}

figure figure_of_filters(const evidence *e, const evidence_row *row) {
  figure f = {.name = memory_format("%s-filters", row->row->id),
              .title = memory_format(
                  "%s: filters of the first convolution (blue: positive, orange: negative)", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "image.gp",
              .x_label = "",
              .legend = "",
              .panel_width = 760,
              .panel_height = 170};
  const run_tensor *weight = evidence_tensor(&row->cells[0], "parameter/conv1.weight");
  bool fits = weight && weight->type == TENSOR_FLOAT32 && weight->rank == 4 && weight->shape[1] == 1 &&
              weight->shape[2] == weight->shape[3] && weight->shape[0] > 0 && weight->shape[2] > 0;
  if (fits) fill_filters(figure_add_panel(&f, AXIS_LINEAR, "", ""), weight);
  return f;
}
