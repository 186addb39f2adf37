/* What a figure leaves on the disk: its numbers, its script and, drawn by gnuplot, its pictures. */
#include <math.h>
#include <stdlib.h>

#include "report/figure.h"
#include "report/files.h"
#include "report/gnuplot.h"
#include "report/page.h"

const char *const figure_scripts[] = {"style.gp", "curves.gp", "points.gp", "shapes.gp", "image.gp", NULL};

/* ---- NAME.dat ------------------------------------------------------------------------------------------ */

/* Text in gnuplot's double quotes, where backslash and quote are special. */
static void quoted(page *p, const char *text) {
  page_add(p, "\"");
  for (const char *c = text; *c; c++) page_add(p, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
  page_add(p, "\"");
}

static void write_series(const figure_series *s, page *p) {
  if (!s->count) page_add(p, "nan nan nan nan\n");
  for (size_t k = 0; k < s->count; k++)
    page_add(p, "%.10g %.10g %.10g %.10g\n", s->points[k].x, s->points[k].middle, s->points[k].low,
             s->points[k].high);
}

/* Two blocks: the pixels, then the marks with their colours. */
static void write_image(const figure_image *image, page *p) {
  static const char *const colours[] = {
      [MARK_DARK] = "0x202020", [MARK_LIGHT] = "0xFFFFFF", [MARK_ALARM] = "0xB00020"};
  page_add(p, "# columns: x, y, value\n");
  for (size_t y = 0; y < image->rows; y++)
    for (size_t x = 0; x < image->columns; x++)
      page_add(p, "%zu %zu %.6g\n", x, y, image->pixels[y * image->columns + x]);
  page_add(p, "\n\n# columns: x, y, text, colour\n");
  if (!image->mark_count) page_add(p, "nan nan \"\" 0\n");
  for (size_t i = 0; i < image->mark_count; i++) {
    page_add(p, "%.10g %.10g ", image->marks[i].x, image->marks[i].y);
    quoted(p, image->marks[i].text);
    page_add(p, " %s\n", colours[image->marks[i].colour]);
  }
}

/* One block of lines for each series, two empty lines between blocks: gnuplot's `index`. A series without
 * points still has its line, or the blocks after it would be counted wrongly. The images follow. */
static void write_data(const figure *f, page *p) {
  size_t block = 0;
  page_add(p, "# %s\n", f->title);
  for (size_t i = 0; i < f->count; i++)
    for (size_t j = 0; j < f->panels[i].count; j++) {
      const figure_series *s = &f->panels[i].series[j];
      page_add(p, "%s# %s%s%s\n",
               block++ ? "\n\n" : "# columns: x, value or mean over the seeds, its 95 % interval\n",
               f->panels[i].title, f->panels[i].title[0] ? ": " : "", s->label);
      write_series(s, p);
    }
  for (size_t i = 0; i < f->count; i++) {
    if (!f->panels[i].image.columns) continue;
    page_add(p, "%s# %s\n", block++ ? "\n\n" : "", f->panels[i].title);
    write_image(&f->panels[i].image, p);
  }
}

/* ---- NAME.gp ------------------------------------------------------------------------------------------- */

static void assign(page *p, const char *name, const char *text) {
  page_add(p, "%s = ", name);
  quoted(p, text);
  page_add(p, "\n");
}

/* gnuplot's arrays have a size when they are made, and at least one element. */
static void make_arrays(const figure *f, size_t series, page *p) {
  static const char *const of_panels[] = {"panel_title", "y_label", "panel_x_label", "axis",
                                          "x_low",       "x_high",  "y_low",         "y_high",
                                          "first",       "count",   "image",         "columns",
                                          "rows",        "v_low",   "v_high",        "palette"},
                           *const of_series[] = {"label", "style", "points", "broken", "shape"};
  page_add(p, "panels = %zu\n", f->count);
  for (size_t i = 0; i < sizeof of_panels / sizeof of_panels[0]; i++)
    page_add(p, "array %s[%zu]\n", of_panels[i], f->count);
  for (size_t i = 0; i < sizeof of_series / sizeof of_series[0]; i++)
    page_add(p, "array %s[%zu]\n", of_series[i], series ? series : 1);
  if (!series) page_add(p, "label[1] = \"\"\n");
}

/* An element of an array of texts. */
static void set_text(page *p, const char *array, size_t place, const char *text) {
  page_add(p, "%s[%zu] = ", array, place);
  quoted(p, text);
  page_add(p, "\n");
}

/* `first` is the number of a panel's first series, `image` that of its image's first block, both from 0 as
 * `index` counts; image is -1 where there is none. */
static void set_panel(const figure *f, size_t i, size_t first, int image, page *p) {
  static const char *const axes[] = {"accuracy", "log", "linear"};
  const figure_panel *panel = &f->panels[i];
  figure_range x = figure_x_range(f, panel), y = figure_y_range(panel);
  set_text(p, "panel_title", i + 1, panel->title);
  set_text(p, "y_label", i + 1, panel->y_label);
  set_text(p, "panel_x_label", i + 1, panel->x_label ? panel->x_label : f->x_label);
  set_text(p, "axis", i + 1, axes[panel->axis]);
  set_text(p, "palette", i + 1, panel->image.palette ? panel->image.palette : "");
  page_add(p, "x_low[%zu] = %.10g; x_high[%zu] = %.10g; y_low[%zu] = %.10g; y_high[%zu] = %.10g\n", i + 1,
           x.low, i + 1, x.high, i + 1, y.low, i + 1, y.high);
  page_add(p, "first[%zu] = %zu; count[%zu] = %zu; image[%zu] = %d; columns[%zu] = %zu; rows[%zu] = %zu\n",
           i + 1, first, i + 1, panel->count, i + 1, image, i + 1, panel->image.columns, i + 1,
           panel->image.rows);
  page_add(p, "v_low[%zu] = %.10g; v_high[%zu] = %.10g\n", i + 1, panel->image.low, i + 1, panel->image.high);
}

static void set_series(const figure_series *s, size_t place, page *p) {
  set_text(p, "label", place, s->label);
  page_add(p, "style[%zu] = %d; points[%zu] = %zu; broken[%zu] = %d; shape[%zu] = %d\n", place, s->style,
           place, s->count, place, s->broken, place, (int)s->shape);
}

static size_t count_series(const figure *f) {
  size_t count = 0;
  for (size_t i = 0; i < f->count; i++) count += f->panels[i].count;
  return count;
}

static void write_script(const figure *f, page *p) {
  size_t all = count_series(f), series = 0, images = 0;
  page_add(p, "# `gnuplot %s.gp` in this folder draws %s.svg and %s.png from %s.dat.\n", f->name, f->name,
           f->name, f->name);
  assign(p, "name", f->name);
  assign(p, "title", f->title);
  assign(p, "notice", f->notice ? f->notice : "");
  assign(p, "legend", f->legend);
  page_add(p, "panel_width = %d\npanel_height = %d\n", f->panel_width, f->panel_height);
  make_arrays(f, all, p);
  for (size_t i = 0; i < f->count; i++) {
    bool pictured = f->panels[i].image.columns > 0;
    set_panel(f, i, series, pictured ? (int)(all + 2 * images++) : -1, p);
    for (size_t j = 0; j < f->panels[i].count; j++) set_series(&f->panels[i].series[j], ++series, p);
  }
  page_add(p, "categories = %zu\n", f->category_count);
  if (f->category_count) page_add(p, "array category[%zu]\n", f->category_count);
  for (size_t i = 0; i < f->category_count; i++) set_text(p, "category", i + 1, f->categories[i]);
  page_add(p, "script = \"%s\"\nload \"style.gp\"\n", f->script);
}

/* ---- Both, and the pictures ---------------------------------------------------------------------------- */

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
