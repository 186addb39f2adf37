#include "report/figure_points.h"

#include <string.h>

#include "report/labels.h"
#include "report/measure.h"
#include "report/notice.h"

enum { PUBLISHED_STYLE = 5 }; /* the black one */

static void add_ours(figure_panel *p, const evidence_row *row, int cross, const measure *m) {
  figure_series *s = figure_add_series(p, m->short_name);
  for (int i = 0; i < row->width; i++) {
    spread over = measure_over(m, &row->cells[cross * row->width + i]);
    double *ends[] = {&over.mean, &over.low, &over.high};
    for (int k = 0; k < 3; k++) *ends[k] = m->drawn(*ends[k]);
    if (over.n) figure_add_point(s, figure_mean(i, &over));
  }
}

/* The published number is the same for each crossed value: the text names none. */
static void add_published(figure_panel *p, const evidence_row *row, int cross, const measure *m) {
  figure_series *s = NULL;
  for (int i = 0; i < row->width; i++) {
    double number;
    if (!catalogue_published(&row->cells[cross * row->width + i].cell, m->metric, &number)) continue;
    if (!s) {
      s = figure_add_series(p, "published");
      s->style = PUBLISHED_STYLE;
    }
    figure_add_point(s, (figure_point){i, m->drawn(number), m->drawn(number), m->drawn(number)});
  }
}

figure figure_of_points(const evidence *e, const evidence_row *row, const char *categories[]) {
  const char *key = row->row->sweep.key;
  const measure *judged = measures[measure_problem(row)];
  for (int i = 0; i < row->width; i++) categories[i] = label_value(key, row->row->sweep.values[i]);
  figure f = {.name = memory_format("%s-points", row->row->id),
              .title = memory_format("%s: results", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "points.gp",
              .x_label = label_key(key),
              .legend = "",
              .categories = categories,
              .category_count = (size_t)row->width};
  for (int cross = 0; cross < row->height; cross++) {
    figure_panel *p =
        figure_add_panel(&f, judged->axis, strchr(judged->axis_label, ' ') + 1, label_panel(row, cross).text);
    for (int i = 0; i < MEASURES; i++) add_ours(p, row, cross, &judged[i]);
    add_published(p, row, cross, judged);
  }
  return f;
}
