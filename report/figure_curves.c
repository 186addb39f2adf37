#include "report/figure_curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/labels.h"
#include "report/measure.h"
#include "report/notice.h"

typedef double (*reading)(const run_point *point);
typedef double (*unit)(double value);

static double train_loss(const run_point *p) { return p->train_loss; }
static double validation_loss(const run_point *p) { return p->validation_loss; }
static double test_loss(const run_point *p) { return p->test_loss; }
static double as_it_is(double value) { return value; }
static double billions(double value) { return value / 1e9; }

/* At each recorded epoch the mean over the seeds that came so far and its interval: on a logarithmic axis the
 * geometric mean, and accuracies end at 0 and 100 %. All runs of a
 * cell record the same epochs, so the i-th points belong together; the longest history has them all. */
static void add_curve(figure_series *s, figure_axis axis, const evidence_cell *c, reading read, unit in) {
  const run_result *longest = NULL;
  for (size_t i = 0; i < c->count; i++)
    if (!longest || c->runs[i]->history_count > longest->history_count) longest = c->runs[i];
  for (size_t k = 0; longest && k < longest->history_count; k++) {
    spread over = {0};
    for (size_t i = 0; i < c->count; i++) {
      double value = k < c->runs[i]->history_count ? in(read(&c->runs[i]->history[k])) : NAN;
      if (axis == AXIS_LOG) value = log(value);
      if (isfinite(value)) spread_add(&over, value);
    }
    spread_end(&over);
    figure_point at = figure_mean((double)longest->history[k].epoch, &over);
    double *ends[] = {&at.middle, &at.low, &at.high};
    for (int i = 0; i < 3; i++)
      *ends[i] = axis == AXIS_LOG        ? exp(*ends[i])
                 : axis == AXIS_ACCURACY ? fmin(fmax(*ends[i], 0), 100)
                                         : *ends[i];
    if (over.n) figure_add_point(s, at);
  }
  s->broken = evidence_count(c, RUN_DIVERGED) > 0;
}

/* The value, and why its line is short or not there; the reason of a failure is too long for a legend. */
static void add_labelled(figure_panel *p, const evidence_cell *c, const char *name, reading read, unit in) {
  bool whole = c->count > 0 && evidence_count(c, RUN_DONE) == c->count;
  char *state = evidence_state(c);
  char *label = whole ? memory_text(name) : memory_format("%s: %.*s", name, (int)strcspn(state, ":"), state);
  add_curve(figure_add_series(p, label), p->axis, c, read, in);
  free(state);
  free(label);
}

static void add_sweep(figure_panel *p, const evidence_row *row, int cross, reading read, unit in) {
  for (int i = 0; i < row->width; i++) {
    const evidence_cell *c = &row->cells[cross * row->width + i];
    add_labelled(p, c, label_value(row->row->sweep.key, c->cell.sweep_value), read, in);
  }
}

figure figure_of_sweep(const evidence *e, const evidence_row *row) {
  const measure *judged = &measures[measure_problem(row)][0];
  figure f = {.name = memory_format("%s-curves", row->row->id),
              .title = memory_format("%s: training curves", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "curves.gp",
              .x_label = "epoch",
              .legend = label_key(row->row->sweep.key)};
  for (int cross = 0; cross < row->height; cross++)
    add_sweep(figure_add_panel(&f, judged->axis, judged->axis_label, label_panel(row, cross).text), row,
              cross, judged->at, judged->drawn);
  if (strcmp(row->row->sweep.key, "loss") == 0)
    add_sweep(figure_add_panel(&f, AXIS_LOG, "validation loss (each in its own unit)", ""), row, 0,
              validation_loss, as_it_is);
  return f;
}

typedef struct {
  const char *label;
  figure_axis axis;
  unit in;
} loss_axis;

/* Squared errors of prices in dollars are near 1e9; a likelihood may be negative. */
static loss_axis axis_of(const config *c) {
  if (c->loss == LOSS_GAUSSIAN_NLL)
    return (loss_axis){"negative log-likelihood of one house (nats)", AXIS_LINEAR, as_it_is};
  if (c->problem == PROBLEM_HOUSES && c->target == TARGET_DOLLARS)
    return (loss_axis){"mean squared error (10⁹ dollars²)", AXIS_LOG, billions};
  return (loss_axis){"loss", AXIS_LOG, as_it_is};
}

/* A test part that was looked at in the end alone is a point instead of a curve. */
static const char *test_name(const evidence_cell *c) {
  return c->cell.config.record_test == TEST_END ? "test, in the end" : "test";
}

figure figure_of_model(const evidence *e, const evidence_row *row) {
  const evidence_cell *c = &row->cells[0];
  const measure *judged = measures[measure_problem(row)];
  loss_axis loss = axis_of(&c->cell.config);
  figure f = {.name = memory_format("%s-curves", row->row->id),
              .title = memory_format("%s: training curves", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "curves.gp",
              .x_label = "epoch",
              .legend = ""};
  figure_panel *p = figure_add_panel(&f, judged->axis, strchr(judged->axis_label, ' ') + 1, "");
  for (int i = 0; i < MEASURES; i++)
    add_labelled(p, c, i == ON_TEST ? test_name(c) : judged[i].short_name, judged[i].at, judged[i].drawn);
  p = figure_add_panel(&f, loss.axis, loss.label, "");
  add_labelled(p, c, "validation", validation_loss, loss.in);
  add_labelled(p, c, test_name(c), test_loss, loss.in);
  add_labelled(p, c, "training", train_loss, loss.in);
  return f;
}
