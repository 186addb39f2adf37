#include "report/table_final.h"

#include "report/measure.h"
#include "report/table.h"

static const table_column columns[] = {
    {"Model", TABLE_TEXT},
    {"Measure", TABLE_TEXT},
    {"Ours (over the seeds)", TABLE_NUMBER},
    {"Over the images", TABLE_NUMBER},
    {"Published", TABLE_NUMBER},
    {"Difference", TABLE_NUMBER},
    {"n", TABLE_NUMBER},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

/* Seeds are no samples of the images: a part of n images has an interval of its own. */
static void add_images(table *t, const evidence_cell *c, measured_part part, const measure *m,
                       const spread *ours) {
  if (!m->higher_is_better || ours->n == 0) {
    table_cell(t, "%s", "");
    return;
  }
  double images = measure_digits(&c->cell.config, part);
  interval i = wilson_interval(ours->mean, images);
  table_cell(t, "%s to %s of %.0f", m->number(i.low).text, m->number(i.high).text, images);
}

/* The lines of one model; `named`: with the model's name in front. */
static void add_model(table *t, const evidence_row *row, bool named) {
  const evidence_cell *c = &row->cells[0];
  for (int i = 0; i < MEASURES; i++) {
    const measure *m = &measures[measure_problem(row)][i];
    char text[256];
    double published;
    spread ours = measure_over(m, c);
    bool known = catalogue_published(&c->cell, m->metric, &published);
    measure_text(m, c, text, sizeof text);
    if (named) table_cell(t, "%s", row->row->name);
    table_cell(t, "%s", m->heading);
    table_cell(t, "%s", text);
    add_images(t, c, (measured_part)i, m, &ours);
    table_cell(t, "%s", known ? m->number(published).text : "");
    table_cell(t, "%s%s", known && ours.n ? m->difference(ours.mean, published).text : "",
               known && ours.n && m->higher_is_better ? " points" : "");
    table_cell(t, "%zu", ours.n);
  }
}

void table_of_model(const evidence_row *row, page *p) {
  table t = table_new(COLUMNS - 1, columns + 1);
  add_model(&t, row, false);
  table_write(&t, p);
  table_free(&t);
}

void table_of_models(const evidence *e, page *p) {
  table t = table_new(COLUMNS, columns);
  for (size_t i = 0; i < e->row_count; i++)
    if (e->rows[i].row->shape == SHOWN_AS_MODEL && !e->rows[i].added) add_model(&t, &e->rows[i], true);
  table_write(&t, p);
  table_free(&t);
}
