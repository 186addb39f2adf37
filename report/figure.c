#include "report/figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/files.h"
#include "report/gnuplot.h"
#include "report/page.h"

const char *const figure_scripts[] = {"style.gp", "curves.gp", "points.gp", NULL};

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
    free(f->panels[i].series);
    free(f->panels[i].title);
  }
  free(f->panels);
  free(f->name);
  free(f->title);
  free(f->notice);
  *f = (figure){.name = NULL};
}

/* One block of lines for each series, two empty lines between blocks: gnuplot's `index`. A series without
 * points still has its line, or the blocks after it would be counted wrongly. */
static void write_data(const figure *f, page *p) {
  page_add(p, "# %s\n# columns: x, mean over the seeds, its 95 %% interval\n", f->title);
  for (size_t i = 0; i < f->count; i++)
    for (size_t j = 0; j < f->panels[i].count; j++) {
      const figure_series *s = &f->panels[i].series[j];
      page_add(p, "%s# %s%s%s\n", i + j ? "\n\n" : "", f->panels[i].title, f->panels[i].title[0] ? ": " : "",
               s->label);
      if (!s->count) page_add(p, "nan nan nan nan\n");
      for (size_t k = 0; k < s->count; k++)
        page_add(p, "%.10g %.10g %.10g %.10g\n", s->points[k].x, s->points[k].middle, s->points[k].low,
                 s->points[k].high);
    }
}

/* Text in gnuplot's double quotes, where backslash and quote are special. */
static void quoted(page *p, const char *text) {
  page_add(p, "\"");
  for (const char *c = text; *c; c++) page_add(p, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
  page_add(p, "\"");
}

static void assign(page *p, const char *name, const char *text) {
  page_add(p, "%s = ", name);
  quoted(p, text);
  page_add(p, "\n");
}

typedef struct {
  double low, high;
} range;

static void cover(range *r, double value) {
  if (!isfinite(value)) return;
  r->low = fmin(r->low, value);
  r->high = fmax(r->high, value);
}

static double as_it_is(double value) { return value; }

static range whole_x(const figure *f) {
  if (f->categories) return (range){-0.5, (double)f->category_count - 0.5};
  range r = {INFINITY, -INFINITY};
  for (size_t i = 0; i < f->count; i++)
    for (size_t j = 0; j < f->panels[i].count; j++)
      for (size_t k = 0; k < f->panels[i].series[j].count; k++) cover(&r, f->panels[i].series[j].points[k].x);
  return r.low < r.high ? (range){fmin(r.low, 0), r.high} : (range){0, 1};
}

/* Intervals of few seeds can be wider than all that there is to see: they are shown as far as half the height
 * of the curves beyond them. */
static range with_intervals(const figure_panel *p, range r) {
  double (*to)(double) = p->axis == AXIS_LOG ? log : as_it_is,
         (*from)(double) = p->axis == AXIS_LOG ? exp : as_it_is;
  double low = to(r.low), high = to(r.high), air = 0.5 * (high - low) + (p->axis == AXIS_LOG ? 0.2 : 0);
  for (size_t j = 0; j < p->count; j++)
    for (size_t k = 0; k < p->series[j].count; k++) {
      cover(&r, from(fmax(to(p->series[j].points[k].low), low - air)));
      cover(&r, from(fmin(to(p->series[j].points[k].high), high + air)));
    }
  return r;
}

/* The range of a panel's values with some air around it, in the units of its axis: the bounds of an empty
 * panel are as good as any. An accuracy of exactly 100 % lies infinitely far up and is drawn at the upper
 * edge. */
static range whole_y(const figure_panel *p) {
  range r = {INFINITY, -INFINITY};
  for (size_t j = 0; j < p->count; j++)
    for (size_t k = 0; k < p->series[j].count; k++) cover(&r, p->series[j].points[k].middle);
  bool empty = r.low > r.high;
  if (!empty && (p->axis != AXIS_LOG || r.low > 0)) r = with_intervals(p, r);
  switch (p->axis) {
  case AXIS_ACCURACY:
    if (empty) return (range){0, 99};
    return (range){fmax(0, 100 - 1.25 * (100 - fmin(r.low, 99.8))), fmin(100 - 0.6 * (100 - r.high), 99.97)};
  case AXIS_LOG:
    if (empty || r.low <= 0) return (range){1, 10};
    return (range){r.low / 1.2, r.high * 1.2};
  case AXIS_LINEAR: break;
  }
  if (empty) return (range){0, 1};
  double air = r.high > r.low ? 0.06 * (r.high - r.low) : 1;
  return (range){r.low - air, r.high + air};
}

/* gnuplot's arrays count from 1; `first` holds the number of a panel's first series, from 0 as `index`
 * counts. */
static void write_script(const figure *f, page *p) {
  static const char *const axes[] = {"accuracy", "log", "linear"};
  size_t series = 0;
  for (size_t i = 0; i < f->count; i++) series += f->panels[i].count;
  page_add(p, "# `gnuplot %s.gp` in this folder draws %s.svg and %s.png from %s.dat.\n", f->name, f->name,
           f->name, f->name);
  assign(p, "name", f->name);
  assign(p, "title", f->title);
  assign(p, "notice", f->notice ? f->notice : "");
  assign(p, "x_label", f->x_label);
  assign(p, "legend", f->legend);
  range x = whole_x(f);
  page_add(p, "x_low = %.10g\nx_high = %.10g\n", x.low, x.high);
  page_add(p,
           "panels = %zu\narray panel_title[%zu]\narray y_label[%zu]\narray axis[%zu]\narray "
           "y_low[%zu]\narray y_high[%zu]\n"
           "array first[%zu]\narray count[%zu]\narray label[%zu]\narray style[%zu]\narray points[%zu]\n"
           "array broken[%zu]\n",
           f->count, f->count, f->count, f->count, f->count, f->count, f->count, f->count, series, series,
           series, series);
  size_t number = 0;
  for (size_t i = 0; i < f->count; i++) {
    const figure_panel *panel = &f->panels[i];
    range y = whole_y(panel);
    page_add(p, "panel_title[%zu] = ", i + 1);
    quoted(p, panel->title);
    page_add(p, "; y_label[%zu] = ", i + 1);
    quoted(p, panel->y_label);
    page_add(
        p,
        "; axis[%zu] = \"%s\"; y_low[%zu] = %.10g; y_high[%zu] = %.10g; first[%zu] = %zu; count[%zu] = %zu\n",
        i + 1, axes[panel->axis], i + 1, y.low, i + 1, y.high, i + 1, number, i + 1, panel->count);
    for (size_t j = 0; j < panel->count; j++, number++) {
      page_add(p, "label[%zu] = ", number + 1);
      quoted(p, panel->series[j].label);
      page_add(p, "; style[%zu] = %d; points[%zu] = %zu; broken[%zu] = %d\n", number + 1,
               panel->series[j].style, number + 1, panel->series[j].count, number + 1,
               panel->series[j].broken);
    }
  }
  page_add(p, "categories = %zu\n", f->category_count);
  if (f->category_count) page_add(p, "array category[%zu]\n", f->category_count);
  for (size_t i = 0; i < f->category_count; i++) {
    page_add(p, "category[%zu] = ", i + 1);
    quoted(p, f->categories[i]);
    page_add(p, "\n");
  }
  page_add(p, "script = \"%s\"\nload \"style.gp\"\n", f->script);
}

static int write_page(const figure *f, const char *folder, const char *ending,
                      void (*write)(const figure *f, page *p), message *m) {
  char *path = memory_format("%s/%s.%s", folder, f->name, ending);
  page p = {.text = NULL};
  write(f, &p);
  int status = file_write(path, page_text(&p), m);
  page_free(&p);
  free(path);
  return status;
}

static int drawn(const figure *f, const char *folder, const char *ending, message *m) {
  char *path = memory_format("%s/%s.%s", folder, f->name, ending);
  int status =
      file_is_empty(path) ? message_fail(m, "gnuplot: %s.gp left no picture in %s", f->name, path) : 0;
  free(path);
  return status;
}

int figure_write(const figure *f, const char *folder, message *m) {
  if (write_page(f, folder, "dat", write_data, m) != 0 || write_page(f, folder, "gp", write_script, m) != 0)
    return -1;
  char *script = memory_format("%s.gp", f->name);
  int status = gnuplot_run(folder, script, m);
  free(script);
  if (status != 0) return -1;
  return drawn(f, folder, "svg", m) == 0 && drawn(f, folder, "png", m) == 0 ? 0 : -1;
}
