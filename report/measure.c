#include "report/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/data/data.h"

static number_text dollars_squared(double value) { return number_grouped(value, 2); }
static number_text root_in_dollars(double value) {
  number_text number;
  snprintf(number.text, sizeof number.text, "%.300s\u00a0dollars", number_grouped(sqrt(value), 0).text);
  return number;
}
static number_text percent_sign(double value) {
  number_text number;
  snprintf(number.text, sizeof number.text, "%.300s\u00a0%%", number_percent(value).text);
  return number;
}
static number_text points(double merit) { return number_points(merit, 0); }
static number_text error_factor(double merit) { return number_grouped(exp(-merit), 3); }
static double as_it_is(double value) { return value; }
static double share(double value) { return fmin(fmax(value, 0), 1); }
static double percent(double fraction) { return 100 * fraction; }
static double thousand_dollars(double squared_error) { return sqrt(squared_error) / 1000; }
static double validation(const run_point *p) { return p->validation_metric; }
static double test(const run_point *p) { return p->test_metric; }

#define ACCURACY(of)                                                                                         \
  .higher_is_better = true, .number = number_percent, .difference = number_points, .brief = percent_sign,    \
  .gain = points, .scale = as_it_is, .unscale = share, .drawn = percent, .at = of, .axis = AXIS_ACCURACY
#define SQUARED_ERROR(of)                                                                                    \
  .higher_is_better = false, .number = dollars_squared, .difference = number_relative,                       \
  .brief = root_in_dollars, .gain = error_factor, .scale = log, .unscale = exp, .drawn = thousand_dollars,   \
  .at = of, .axis = AXIS_LOG

const measure measures[EVIDENCE_PROBLEMS][MEASURES] = {
    [PROBLEM_DIGITS] = {[ON_VALIDATION] = {"validation_accuracy", "Validation accuracy, %",
                                           "Validation − published, points", "validation",
                                           ACCURACY(validation), .axis_label = "validation accuracy (%)"},
                        [ON_TEST] = {"test_accuracy", "Test accuracy, %", "Test − published, points", "test",
                                     ACCURACY(test), .axis_label = "test accuracy (%)"}},
    [PROBLEM_HOUSES] =
        {[ON_VALIDATION] = {"validation_mse", "Validation squared error, dollars²",
                            "Validation against published", "validation", SQUARED_ERROR(validation),
                            .axis_label = "validation root mean squared error (thousand dollars)"},
         [ON_TEST] = {"test_mse", "Test squared error, dollars²", "Test against published", "test",
                      SQUARED_ERROR(test), .axis_label = "test root mean squared error (thousand dollars)"}},
};

double measure_digits(const config *c, measured_part part) {
  double all = part == ON_TEST ? DIGIT_TEST_ROWS : round(DIGIT_TRAIN_ROWS * c->split_validation);
  return c->limit_evaluate && (double)c->limit_evaluate < all ? (double)c->limit_evaluate : all;
}

config_problem measure_problem(const evidence_row *row) {
  return (config_problem)row->cells[0].cell.config.problem;
}

bool measure_published(const measure *m, const evidence_row *row) {
  double number;
  for (int i = 0; i < row->width; i++)
    if (catalogue_published(&row->cells[i].cell, m->metric, &number)) return true;
  return false;
}

bool measure_better(const measure *m, double a, double b) { return m->higher_is_better ? a > b : a < b; }

char *measure_gain(const measure *m, const spread *merit) {
  const char *before = m->higher_is_better ? "" : "error × ", *after = m->higher_is_better ? " points" : "";
  double first = m->higher_is_better ? merit->low : merit->high,
         last = m->higher_is_better ? merit->high : merit->low;
  if (merit->n < 2) return memory_format("%s%s%s", before, m->gain(merit->mean).text, after);
  return memory_format("%s%s%s (%s to %s)", before, m->gain(merit->mean).text, after, m->gain(first).text,
                       m->gain(last).text);
}

double measure_merit(const measure *m, double value) {
  return m->higher_is_better ? m->scale(value) : -0.5 * m->scale(value);
}

void measure_unscale(const measure *m, spread *s) {
  double *ends[] = {&s->mean, &s->low, &s->high, &s->least, &s->most};
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    if (!isnan(*ends[i])) *ends[i] = m->unscale(*ends[i]);
}

spread measure_over(const measure *m, const evidence_cell *c) {
  spread s = {0};
  for (size_t i = 0; i < c->count; i++) {
    double value = evidence_value(c->runs[i], m->metric);
    if (!isnan(value)) spread_add(&s, m->scale(value));
  }
  spread_end(&s);
  measure_unscale(m, &s);
  return s;
}

void measure_text(const measure *m, const evidence_cell *c, char *text, size_t size) {
  spread s = measure_over(m, c);
  if (s.n == 0) {
    char *why = evidence_state(c);
    snprintf(text, size, "%s", why);
    free(why);
  } else if (s.n == 1) {
    snprintf(text, size, "%s", m->number(s.mean).text);
  } else {
    snprintf(text, size, "%s (%s to %s)", m->number(s.mean).text, m->number(s.low).text,
             m->number(s.high).text);
  }
}
