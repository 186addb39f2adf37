#include "report/table_sweep.h"

#include <math.h>

#include "report/labels.h"
#include "report/measure.h"
#include "report/table.h"

/* The headings of the swept keys live as long as their table. */
typedef struct {
  label_heading sweep, cross;
} key_headings;

static size_t choose_columns(const evidence_row *row, const measure *judged, const key_headings *keys,
                             table_column columns[TABLE_COLUMNS]) {
  size_t width = 0;
  if (row->row->cross.key) columns[width++] = (table_column){keys->cross.text, TABLE_TEXT};
  columns[width++] = (table_column){keys->sweep.text, TABLE_TEXT};
  for (int i = 0; i < MEASURES; i++) columns[width++] = (table_column){judged[i].heading, TABLE_NUMBER};
  if (measure_published(judged, row)) columns[width++] = (table_column){"Published", TABLE_NUMBER};
  for (int i = 0; i < MEASURES; i++)
    if (measure_published(&judged[i], row))
      columns[width++] = (table_column){judged[i].difference_heading, TABLE_NUMBER};
  columns[width++] = (table_column){"n", TABLE_NUMBER};
  return width;
}

/* How many seeds the numbers are a mean of; "2 of 3" where a run did not end. */
static void add_count(table *t, const evidence_cell *c) {
  size_t done = evidence_count(c, RUN_DONE);
  if (done == c->count)
    table_cell(t, "%zu", done);
  else
    table_cell(t, "%zu of %zu", done, c->count);
}

static void add_line(table *t, const evidence_row *row, const measure *judged, const evidence_cell *c) {
  char text[256];
  double published;
  if (c->cell.cross_value) table_cell(t, "%s", label_value(row->row->cross.key, c->cell.cross_value));
  table_cell(t, "%s", label_value(row->row->sweep.key, c->cell.sweep_value));
  for (int i = 0; i < MEASURES; i++) {
    measure_text(&judged[i], c, text, sizeof text);
    table_cell(t, "%s", text);
  }
  if (measure_published(judged, row)) {
    bool known = catalogue_published(&c->cell, judged->metric, &published);
    table_cell(t, "%s", known ? judged->number(published).text : "");
  }
  for (int i = 0; i < MEASURES; i++) {
    if (!measure_published(&judged[i], row)) continue;
    spread ours = measure_over(&judged[i], c);
    bool both = ours.n && catalogue_published(&c->cell, judged[i].metric, &published);
    table_cell(t, "%s", both ? judged[i].difference(ours.mean, published).text : "");
  }
  add_count(t, c);
}

void table_of_sweep(const evidence_row *row, page *p) {
  const measure *judged = measures[measure_problem(row)];
  key_headings keys = {.sweep = label_key_heading(row->row->sweep.key)};
  if (row->row->cross.key) keys.cross = label_key_heading(row->row->cross.key);
  table_column columns[TABLE_COLUMNS];
  size_t width = choose_columns(row, judged, &keys, columns);
  table t = table_new(width, columns);
  for (int i = 0; i < row->width * row->height; i++) add_line(&t, row, judged, &row->cells[i]);
  table_write(&t, p);
  table_free(&t);
}

/* Mean distance from the published numbers, over the cells that have both. */
static spread distance(const evidence_row *row, int cross, const measure *m) {
  spread s = {0};
  for (int i = 0; i < row->width; i++) {
    const evidence_cell *c = &row->cells[cross * row->width + i];
    spread ours = measure_over(m, c);
    double published;
    if (ours.n && catalogue_published(&c->cell, m->metric, &published))
      spread_add(&s, fabs(ours.mean - published));
  }
  spread_end(&s);
  return s;
}

void sentence_of_agreement(const evidence_row *row, page *p) {
  const measure *judged = measures[measure_problem(row)];
  if (row->height < 2 || !measure_published(judged, row)) return;
  for (int i = 0; i < MEASURES; i++) {
    int closest = -1, compared = 0;
    page_add(p, "%s: mean distance from the published numbers ",
             i == 0 ? "On the validation part" : "On the test part");
    for (int cross = 0; cross < row->height; cross++) {
      spread s = distance(row, cross, &judged[i]);
      page_add(p, "%s%s with %s", cross ? ", " : "", s.n ? judged[i].number(s.mean).text : "unknown",
               label_cross(row, cross));
      if (s.n && (closest < 0 || s.mean < distance(row, closest, &judged[i]).mean)) closest = cross;
      compared += s.n == (size_t)row->width;
    }
    if (compared == row->height)
      page_add(p, " (points): %s agrees better.\n", label_cross(row, closest));
    else
      page_add(p, " (points): not all cells have a number, so neither is preferred.\n");
  }
  page_add(p, "\n");
}
