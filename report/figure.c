#include "report/figure.h"

#include <math.h>
#include <stdlib.h>

enum { STYLES = 8 };

figure_panel *figure_add_panel(figure *f, figure_axis axis, const char *y_label, const char *title) {
  f->panels = memory_resize(f->panels, f->count + 1, sizeof *f->panels);
  figure_panel *p = &f->panels[f->count++];
  *p = (figure_panel){.title = memory_text(title), .y_label = y_label, .axis = axis};
  return p;
}

figure_series *figure_add_series(figure_panel *p, const char *label) {
  p->series = memory_resize(p->series, p->count + 1, sizeof *p->series);
  figure_series *s = &p->series[p->count++];
  *s = (figure_series){.label = memory_text(label), .style = (int)((p->count - 1) % STYLES) + 1};
  return s;
}

void figure_add_point(figure_series *s, figure_point point) {
  s->points = memory_resize(s->points, s->count + 1, sizeof *s->points);
  s->points[s->count++] = point;
}

figure_point figure_mean(double x, const spread *s) {
  bool single = isnan(s->low);
  return (figure_point){x, s->mean, single ? s->mean : s->low, single ? s->mean : s->high};
}

void figure_free(figure *f) {
  for (size_t i = 0; i < f->count; i++) {
    for (size_t j = 0; j < f->panels[i].count; j++) {
      free(f->panels[i].series[j].label);
      free(f->panels[i].series[j].points);
    }
    figure_image *image = &f->panels[i].image;
    for (size_t j = 0; j < image->mark_count; j++) free(image->marks[j].text);
    free(image->marks);
    free(image->pixels);
    free(f->panels[i].series);
    free(f->panels[i].title);
  }
  free(f->panels);
  free(f->name);
  free(f->title);
  free(f->notice);
  *f = (figure){.name = NULL};
}

figure_image *figure_set_image(figure_panel *p, size_t columns, size_t rows, double blank) {
  p->image = (figure_image){.columns = columns, .rows = rows};
  p->image.pixels = memory_new(columns * rows, sizeof *p->image.pixels);
  for (size_t i = 0; i < columns * rows; i++) p->image.pixels[i] = blank;
  return &p->image;
}

void figure_add_mark(figure_panel *p, double x, double y, mark_colour colour, const char *text) {
  figure_image *image = &p->image;
  image->marks = memory_resize(image->marks, image->mark_count + 1, sizeof *image->marks);
  image->marks[image->mark_count++] = (figure_mark){x, y, memory_text(text), colour};
}

/* ---- Ranges -------------------------------------------------------------------------------------------- */

static void cover(figure_range *r, double value) {
  if (!isfinite(value)) return;
  r->low = fmin(r->low, value);
  r->high = fmax(r->high, value);
}

static double as_it_is(double value) { return value; }

figure_range figure_x_range(const figure *f, const figure_panel *p) {
  if (p->x_low < p->x_high) return (figure_range){p->x_low, p->x_high};
  if (f->categories) return (figure_range){-0.5, (double)f->category_count - 0.5};
  figure_range r = {INFINITY, -INFINITY};
  for (size_t i = 0; i < f->count; i++)
    for (size_t j = 0; j < f->panels[i].count; j++)
      for (size_t k = 0; k < f->panels[i].series[j].count; k++) cover(&r, f->panels[i].series[j].points[k].x);
  return r.low < r.high ? (figure_range){fmin(r.low, 0), r.high} : (figure_range){0, 1};
}

/* The scales of the axes: of accuracies what style.gp draws. */
static double error_scale(double accuracy) { return -log(fmax(100 - accuracy, 0.03)); }
static double from_error_scale(double scaled) { return 100 - exp(-scaled); }

/* Intervals of few seeds can be wider than all that there is to see: they are shown as far as half the height
 * of the curves beyond them. */
static figure_range with_intervals(const figure_panel *p, figure_range r) {
  static double (*const to[])(double) = {error_scale, log, as_it_is},
                        (*const from[])(double) = {from_error_scale, exp, as_it_is};
  double low = to[p->axis](r.low), high = to[p->axis](r.high),
         air = 0.5 * (high - low) + (p->axis == AXIS_LINEAR ? 0 : 0.2);
  for (size_t j = 0; j < p->count; j++)
    for (size_t k = 0; k < p->series[j].count; k++) {
      cover(&r, from[p->axis](fmax(to[p->axis](p->series[j].points[k].low), low - air)));
      cover(&r, from[p->axis](fmin(to[p->axis](p->series[j].points[k].high), high + air)));
    }
  return r;
}

/* The range of a panel's values with some air around it, in the units of its axis: the bounds of an empty
 * panel are as good as any. An accuracy of exactly 100 % lies infinitely far up and is drawn at the upper
 * edge. */
figure_range figure_y_range(const figure_panel *p) {
  if (p->y_low < p->y_high) return (figure_range){p->y_low, p->y_high};
  figure_range r = {INFINITY, -INFINITY};
  for (size_t j = 0; j < p->count; j++)
    for (size_t k = 0; k < p->series[j].count; k++) cover(&r, p->series[j].points[k].middle);
  bool empty = r.low > r.high;
  if (!empty && (p->axis != AXIS_LOG || r.low > 0)) r = with_intervals(p, r);
  switch (p->axis) {
  case AXIS_ACCURACY:
    if (empty) return (figure_range){0, 99};
    return (figure_range){fmax(0, 100 - 1.25 * (100 - fmin(r.low, 99.8))),
                          fmin(100 - 0.6 * (100 - r.high), 99.97)};
  case AXIS_LOG:
    if (empty || r.low <= 0) return (figure_range){1, 10};
    return (figure_range){r.low / 1.2, r.high * 1.2};
  case AXIS_LINEAR: break;
  }
  if (empty) return (figure_range){0, 1};
  double air = r.high > r.low ? 0.06 * (r.high - r.low) : 1;
  return (figure_range){r.low - air, r.high + air};
}
