#include "report/figure_regressor.h"

#include <math.h>
#include <stdlib.h>

#include "report/measure.h"
#include "report/notice.h"

/* What was said of n houses, in dollars; sigma NULL where the model knows none. */
typedef struct {
  const double *price, *mean, *sigma;
  size_t n;
} said_of_houses;

static const double *numbers_of(const evidence_cell *c, const char *name, size_t n) {
  const run_tensor *t = evidence_tensor(c, name);
  return t && t->type == TENSOR_FLOAT64 && (!n || (size_t)t->shape[0] == n) ? t->data : NULL;
}

static bool said_of_test(const evidence_cell *c, said_of_houses *s) {
  const run_tensor *price = evidence_tensor(c, "test/price");
  *s = (said_of_houses){.n = price ? (size_t)price->shape[0] : 0};
  s->price = numbers_of(c, "test/price", s->n);
  s->mean = numbers_of(c, "test/mean", s->n);
  s->sigma = numbers_of(c, "test/sigma", s->n);
  return s->n && s->price && s->mean;
}

/* ---- Prices -------------------------------------------------------------------------------------------- */

figure figure_of_prices(const evidence *e, const evidence_row *row) {
  figure f = {.name = memory_format("%s-prices", row->row->id),
              .title = memory_format("%s: predicted and true prices, test part", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "shapes.gp",
              .x_label = "true price (thousand dollars)",
              .legend = "",
              .panel_height = 420};
  said_of_houses s;
  if (!said_of_test(&row->cells[0], &s)) return f;
  figure_panel *p = figure_add_panel(&f, AXIS_LINEAR, "predicted price (thousand dollars)", "");
  double most = 0;
  for (size_t i = 0; i < s.n; i++) most = fmax(most, fmax(s.price[i], s.mean[i]) / 1000);
  p->x_high = 1.03 * most;
  p->y_high = 1.15 * most;
  figure_series *ideal = figure_add_series(p, "predicted = true");
  ideal->shape = SHAPE_REFERENCE;
  for (int i = 0; i <= 1; i++)
    figure_add_point(ideal, (figure_point){i * most, i * most, i * most, i * most});
  figure_series *ours =
      figure_add_series(p, s.sigma ? "a house, with the band that should hold 95 %" : "a house");
  ours->shape = s.sigma ? SHAPE_POINTS : SHAPE_DOTS;
  ours->style = 1;
  for (size_t i = 0; i < s.n; i++) {
    double mean = s.mean[i] / 1000, band = s.sigma ? 1.959964 * s.sigma[i] / 1000 : 0;
    figure_add_point(ours, (figure_point){s.price[i] / 1000, mean, mean - band, mean + band});
  }
  return f;
}

/* ---- Sigma --------------------------------------------------------------------------------------------- */

/* P(price of this house < the true one), by the model. */
static double transform(const said_of_houses *s, size_t i) {
  return 0.5 * erfc((s->mean[i] - s->price[i]) / (sqrt(2) * s->sigma[i]));
}

/* The share of prices within the band that should hold `level`: those whose transform is nearer to 1/2 than
 * that. */
static double share_within(const said_of_houses *s, double level) {
  size_t count = 0;
  for (size_t i = 0; i < s->n; i++) count += fabs(transform(s, i) - 0.5) <= 0.5 * level;
  return (double)count / (double)s->n;
}

static void add_coverage(figure *f, const said_of_houses *s) {
  figure_panel *p = figure_add_panel(f, AXIS_LINEAR, "share of houses within the band", "coverage");
  p->x_label = "share that the band should hold";
  p->x_high = p->y_high = 1.03;
  figure_series *ideal = figure_add_series(p, "as it should be");
  ideal->shape = SHAPE_REFERENCE;
  for (int i = 0; i <= 1; i++) figure_add_point(ideal, (figure_point){i, i, i, i});
  figure_series *ours = figure_add_series(p, "this regressor (band: 95 % interval of the share)");
  ours->style = 1;
  for (int i = 1; i < 20; i++) {
    double level = i / 20.0, share = share_within(s, level);
    interval within = wilson_interval(share, (double)s->n);
    figure_add_point(ours, (figure_point){level, share, within.low, within.high});
  }
}

enum { BINS = 10 };

/* Beside the flat histogram, whose bins scatter as shares of 1/10 do. */
static void add_histogram(figure *f, const said_of_houses *s) {
  figure_panel *p = figure_add_panel(f, AXIS_LINEAR, "share of houses", "probability integral transform");
  p->x_label = "share of its distribution below the true price";
  p->x_high = 1;
  double counts[BINS] = {0};
  for (size_t i = 0; i < s->n; i++) counts[(int)fmin(transform(s, i) * BINS, BINS - 1)]++;
  figure_series *bars = figure_add_series(p, "this regressor");
  bars->shape = SHAPE_BARS;
  for (int i = 0; i < BINS; i++) {
    double share = counts[i] / (double)s->n;
    p->y_high = fmax(p->y_high, 1.15 * share);
    figure_add_point(bars, (figure_point){(i + 0.5) / BINS, share, share, share});
  }
  const interval flat = wilson_interval(1.0 / BINS, (double)s->n);
  figure_series *ideal = figure_add_series(p, "flat, and its 95 % interval");
  for (int i = 0; i <= 1; i++) figure_add_point(ideal, (figure_point){i, 1.0 / BINS, flat.low, flat.high});
  ideal->style = 8;
  p->y_high = fmax(p->y_high, 1.2 * flat.high);
}

figure figure_of_sigma(const evidence *e, const evidence_row *row, double *covered) {
  figure f = {.name = memory_format("%s-sigma", row->row->id),
              .title = memory_format("%s: does it know how sure it is? Test part", row->row->name),
              .notice = notice_text(e, measure_problem(row)),
              .script = "shapes.gp",
              .x_label = "",
              .legend = ""};
  said_of_houses s;
  *covered = NAN;
  if (!said_of_test(&row->cells[0], &s) || !s.sigma) return f;
  *covered = share_within(&s, 0.95);
  add_coverage(&f, &s);
  add_histogram(&f, &s);
  return f;
}
