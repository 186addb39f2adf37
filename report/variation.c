#include "report/variation.h"

#include <math.h>
#include <stdlib.h>

#include "report/measure.h"
#include "report/table.h"

/* Squared deviations from a mean, and what they are divided by. */
typedef struct {
  double squares;
  size_t freedom, runs;
} deviation;

static double variance_of(const deviation *d) { return d->freedom ? d->squares / (double)d->freedom : NAN; }

/* The merit of the run of a cell with this seed; NaN where it has none. */
static double merit_of(const measure *m, const evidence_cell *c, int64_t seed) {
  const run_result *r = evidence_run(c, seed);
  return r ? measure_merit(m, evidence_value(r, m->metric)) : NAN;
}

static void add_group(deviation *d, const spread *group) {
  d->runs += group->n;
  if (group->n < 2) return;
  d->squares += group->squares;
  d->freedom += group->n - 1;
}

/* One stream moved: the runs of one seed are a group around a mean of their own. */
static deviation moved(const evidence_row *row, const measure *m) {
  deviation d = {0, 0, 0};
  for (size_t i = 0; i < row->cells[0].count; i++) {
    spread group = {0};
    for (int k = 0; k < row->width; k++) {
      double merit = merit_of(m, &row->cells[k], row->cells[0].runs[i]->seed);
      if (isfinite(merit)) spread_add(&group, merit);
    }
    add_group(&d, &group);
  }
  return d;
}

/* All streams moved: the first cells, whose streams have the run's own seed. */
static deviation all_moved(const evidence_row *row, const measure *m) {
  deviation d = {0, 0, 0};
  spread group = {0};
  for (size_t i = 0; i < row->cells[0].count; i++) {
    double merit = merit_of(m, &row->cells[0], row->cells[0].runs[i]->seed);
    if (isfinite(merit)) spread_add(&group, merit);
  }
  add_group(&d, &group);
  return d;
}

static void add_deviation(table *t, const measure *m, double variance) {
  if (isnan(variance))
    table_cell(t, "%s", "");
  else
    table_cell(t, "%s%s", number_percent(sqrt(variance)).text, m->higher_is_better ? " points" : " %");
}

static void add_share(table *t, double part, double whole) {
  if (part >= 0 && whole > 0)
    table_cell(t, "%s %%", number_grouped(100 * part / whole, 0).text);
  else
    table_cell(t, "%s", "");
}

static bool is_of(const evidence_row *row, config_problem problem) {
  return row->row->shape == SHOWN_AS_VARIATION && measure_problem(row) == problem;
}

static double sum_of_variances(const evidence *e, config_problem problem, const measure *m) {
  double sum = 0;
  for (size_t i = 0; i < e->row_count; i++) {
    deviation d = is_of(&e->rows[i], problem) ? moved(&e->rows[i], m) : (deviation){0, 0, 0};
    if (d.freedom) sum += variance_of(&d);
  }
  return sum;
}

static void add_line(table *t, config_problem problem, const char *what, const deviation d[MEASURES],
                     const double sums[MEASURES]) {
  table_cell(t, "%s", problem == PROBLEM_DIGITS ? "1" : "2");
  table_cell(t, "%s", what);
  for (int i = 0; i < MEASURES; i++) {
    double variance = variance_of(&d[i]);
    add_deviation(t, &measures[problem][i], variance);
    if (sums)
      add_share(t, variance, sums[i]);
    else
      table_cell(t, "%s", "");
  }
  table_cell(t, "%zu", d[0].runs);
}

static void add_problem(table *t, const evidence *e, config_problem problem) {
  const measure *m = measures[problem];
  const evidence_row *last = NULL;
  double sums[MEASURES];
  for (int i = 0; i < MEASURES; i++) sums[i] = sum_of_variances(e, problem, &m[i]);
  for (size_t i = 0; i < e->row_count; i++) {
    const evidence_row *row = &e->rows[i];
    if (!is_of(row, problem)) continue;
    const deviation d[MEASURES] = {moved(row, &m[0]), moved(row, &m[1])};
    add_line(t, problem, row->row->title, d, sums);
    last = row;
  }
  if (!last) return;
  const deviation all[MEASURES] = {all_moved(last, &m[0]), all_moved(last, &m[1])};
  add_line(t, problem, "all at once: the seed", all, NULL);
}

/* What the models of a problem are, from the first of its rows. */
static void write_model(const evidence *e, config_problem problem, page *p) {
  for (size_t i = 0; i < e->row_count; i++) {
    if (!is_of(&e->rows[i], problem)) continue;
    char *summary = config_summary(&e->rows[i].cells[0].cell.config);
    page_add(p, "%s problem %d: ", problem == PROBLEM_DIGITS ? "Model of" : "; of",
             problem == PROBLEM_DIGITS ? 1 : 2);
    page_add_plain(p, summary);
    free(summary);
    return;
  }
}

void variation_write(const evidence *e, page *p) {
  table t = table_new(7, (const table_column[]){{"Problem", TABLE_NUMBER},
                                                {"What is moved", TABLE_TEXT},
                                                {"Standard deviation, validation", TABLE_NUMBER},
                                                {"Share", TABLE_NUMBER},
                                                {"Standard deviation, test", TABLE_NUMBER},
                                                {"Share", TABLE_NUMBER},
                                                {"Runs", TABLE_NUMBER}});
  for (int i = 0; i < EVIDENCE_PROBLEMS; i++) add_problem(&t, e, (config_problem)i);
  table_write(&t, p);
  table_free(&t);
  for (int i = 0; i < EVIDENCE_PROBLEMS; i++) write_model(e, (config_problem)i, p);
  page_add(p, ".\n");
}
