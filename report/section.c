#include "report/section.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/figure_curves.h"
#include "report/figure_points.h"
#include "report/labels.h"
#include "report/measure.h"
#include "report/notice.h"
#include "report/pictures.h"
#include "report/table_final.h"
#include "report/table_sweep.h"

static void write_head(const evidence *e, const evidence_row *row, page *p) {
  char *notice = notice_text(e, measure_problem(row));
  page_add(p, "### %s: %s\n\n", row->row->name, row->row->title);
  if (notice) page_add(p, "> **%s**\n\n", notice);
  page_add(p, "%s", row->row->appendix ? "" : "Published: ");
  page_add_plain(p, row->row->statement);
  if (row->row->choice) {
    page_add(p, "\n\n%s", row->row->appendix ? "" : "Chosen here: ");
    page_add_plain(p, row->row->choice);
  }
  page_add(p, "\n\n```sh\n./agx run %s", row->row->id);
  if (strcmp(e->profile->name, "full") != 0) page_add(p, " --profile %s", e->profile->name);
  if (e->seeds > 1) page_add(p, " --seeds %" PRId64, e->seeds);
  page_add(p, "\n```\n\n");
  free(notice);
}

static void write_seeds(const evidence *e, page *p) {
  if (e->seeds > 1)
    page_add(p, "Means over n seeds with their 95 %% intervals (Student's t); so are the bands and bars of "
                "figures.\n\n");
  else
    page_add(p, "n = 1: no interval.\n\n");
}

/* What a figure shows at its end, for those who cannot see it: "best 3 (96.71 %), worst 1 (85.00 %)". */
static void describe(const evidence_row *row, int cross, const measure *m, page *alt) {
  int best = -1, worst = -1;
  double value[CATALOGUE_VALUES];
  for (int i = 0; i < row->width; i++) {
    value[i] = measure_over(m, &row->cells[cross * row->width + i]).mean;
    if (isnan(value[i])) continue;
    if (best < 0 || measure_better(m, value[i], value[best])) best = i;
    if (worst < 0 || measure_better(m, value[worst], value[i])) worst = i;
  }
  const char *with = label_cross(row, cross), *key = row->row->sweep.key;
  page_add(alt, "%s%s: ", *with ? "; " : "; in the end", with);
  if (best < 0)
    page_add(alt, "no finished run");
  else if (best == worst)
    page_add(alt, "%s %s alone", label_value(key, row->row->sweep.values[best]), m->brief(value[best]).text);
  else
    page_add(alt, "best %s (%s), worst %s (%s)", label_value(key, row->row->sweep.values[best]),
             m->brief(value[best]).text, label_value(key, row->row->sweep.values[worst]),
             m->brief(value[worst]).text);
}

static void describe_sweep(const evidence_row *row, const char *begin, page *alt) {
  const measure *m = &measures[measure_problem(row)][0];
  page_add(alt, "%s by %s%s%s", begin, label_key(row->row->sweep.key),
           row->height > 1 ? ", a panel for each " : "",
           row->height > 1 ? label_key(row->row->cross.key) : "");
  for (int cross = 0; cross < row->height; cross++) describe(row, cross, m, alt);
}

static void describe_model(const evidence_row *row, page *alt) {
  const measure *m = measures[measure_problem(row)];
  page_add(alt, "Training history: %s", row->row->title);
  for (int i = 0; i < MEASURES; i++) {
    double value = measure_over(&m[i], &row->cells[0]).mean;
    page_add(alt, "; %s in the end: %s", m[i].short_name,
             isnan(value) ? "no finished run" : m[i].brief(value).text);
  }
}

static int show_points(const evidence *e, const evidence_row *row, const char *folder, page *p, message *m) {
  const char *categories[CATALOGUE_VALUES];
  page alt = {.text = NULL};
  describe_sweep(row,
                 measure_published(&measures[measure_problem(row)][0], row)
                     ? "Results on validation and test beside the published ones"
                     : "Results on validation and test",
                 &alt);
  figure f = figure_of_points(e, row, categories);
  int status = picture_show(&f, folder, page_text(&alt), p, m);
  page_free(&alt);
  return status;
}

static int show_curves(const evidence *e, const evidence_row *row, const char *folder, page *p, message *m) {
  page alt = {.text = NULL};
  bool model = row->row->shape == SHOWN_AS_MODEL;
  if (model)
    describe_model(row, &alt);
  else
    describe_sweep(row, "Validation after each epoch", &alt);
  figure f = model ? figure_of_model(e, row) : figure_of_sweep(e, row);
  int status = picture_show(&f, folder, page_text(&alt), p, m);
  page_free(&alt);
  return status;
}

int section_write(const evidence *e, const evidence_row *row, const char *folder, page *p, message *m) {
  write_head(e, row, p);
  if (row->row->shape == SHOWN_AS_MODEL)
    table_of_model(row, p);
  else
    table_of_sweep(row, p);
  write_seeds(e, p);
  if (row->row->shape != SHOWN_AS_MODEL) sentence_of_agreement(row, p);
  if (row->row->shape == SHOWN_AS_TABLE && show_points(e, row, folder, p, m) != 0) return -1;
  return show_curves(e, row, folder, p, m) == 0 ? pictures_write(e, row, folder, p, m) : -1;
}

/* The part that a row stands in; the rows of the variation are one table elsewhere. */
static bool is_in(const evidence_row *row, section_rows which) {
  if (row->row->shape == SHOWN_AS_VARIATION) return false;
  if (row->added || which == ROWS_ADDED) return row->added && which == ROWS_ADDED;
  if (row->row->appendix || which == ROWS_OF_APPENDIX) return row->row->appendix && which == ROWS_OF_APPENDIX;
  return (measure_problem(row) == PROBLEM_DIGITS) == (which == ROWS_OF_DIGITS);
}

int sections_write(const evidence *e, section_rows which, const char *folder, page *p, message *m) {
  bool any = false;
  for (size_t i = 0; i < e->row_count; i++) {
    if (!is_in(&e->rows[i], which)) continue;
    if (section_write(e, &e->rows[i], folder, p, m) != 0) return -1;
    any = true;
  }
  if (!any) page_add(p, "None.\n");
  return 0;
}
