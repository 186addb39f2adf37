#include "report/choices.h"

#include <inttypes.h>
#include <math.h>

#include "report/measure.h"
#include "report/table.h"

void choices_write(page *p) {
  table t = table_new(3, (const table_column[]){{"The text leaves open", TABLE_TEXT},
                                                {"Chosen here", TABLE_TEXT},
                                                {"Key for --set", TABLE_CODE}});
  for (const catalogue_choice *c = catalogue_choices; c->question; c++) {
    table_cell(&t, "%s", c->question);
    table_cell(&t, "%s", c->choice);
    table_cell(&t, "%s", c->key ? c->key : "");
  }
  table_write(&t, p);
  table_free(&t);
}

static void add_range(const evidence_row *row, page *p) {
  for (int i = 0; i < MEASURES; i++) {
    const measure *m = &measures[measure_problem(row)][i];
    spread s = measure_over(m, &row->cells[0]);
    if (s.n > 1)
      page_add(p, "- %s, %s: from %s to %s over %zu seeds.\n", row->row->name, m->short_name,
               m->brief(s.least).text, m->brief(s.most).text, s.n);
  }
}

void variation_write(const evidence *e, page *p) {
  const evidence_cell *classifier = &evidence_find(e, "p1-final")->cells[0];
  double accuracy = measure_over(&measures[PROBLEM_DIGITS][ON_TEST], classifier).mean,
         images = measure_digits(&classifier->cell.config, ON_TEST);
  page_add(p,
           "A seed moves the split, the initialisation, the order of the samples and dropout, all at once. ");
  if (e->seeds > 1) {
    page_add(
        p, "The runs so far have up to %" PRId64 " seeds (errors of house prices as root mean squares):\n\n",
        e->seeds);
    for (size_t i = 0; i < e->row_count; i++)
      if (e->rows[i].row->shape == SHOWN_AS_MODEL) add_range(&e->rows[i], p);
    page_add(p, "\n");
  } else {
    page_add(p, "This report has one seed: no interval can be given, and a small difference between two "
                "cells may be chance.\n\n");
  }
  if (isfinite(accuracy))
    page_add(p,
             "Besides, an accuracy on %.0f test images has a binomial standard error of its own: %s points "
             "at %s %%. ",
             images, number_percent(sqrt(accuracy * (1 - accuracy) / images)).text,
             number_percent(accuracy).text);
  page_add(p, "The squared error of the houses hangs on the two or three outlying houses that a split puts "
              "into a part, more than on "
              "any of the choices compared here.\n");
}
