#include "report/published.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Half a unit of the last digit that was printed: 97.11 % and 893,181,020.80 have two decimals. */
static double half_unit(const measure *m) { return m->higher_is_better ? 0.5e-4 : 0.5e-2; }

static void set_margin(published_reading *r, measured_part part) {
  double p = r->published, half = half_unit(r->measure);
  if (r->measure->higher_is_better) {
    double error = sqrt(p * (1 - p) / measure_digits(&r->cell->cell.config, part));
    r->low = p - 2 * error - half;
    r->high = fmin(p + 2 * error + half, 1);
  } else {
    r->low = p / 2 - half;
    r->high = p * 2 + half;
  }
}

static verdict judge(const published_reading *r) {
  if (r->ours.n == 0) {
    bool failed = evidence_count(r->cell, RUN_FAILED) || evidence_count(r->cell, RUN_DIVERGED);
    return failed ? VERDICT_FAILED : VERDICT_NOT_RUN;
  }
  if (r->ours.n < SPREAD_DECIDES) return VERDICT_INCONCLUSIVE;
  if (r->ours.low >= r->low && r->ours.high <= r->high) return VERDICT_REPRODUCED;
  return r->ours.high < r->low || r->ours.low > r->high ? VERDICT_NOT_REPRODUCED : VERDICT_INCONCLUSIVE;
}

bool published_of(const evidence_row *row, const evidence_cell *c, measured_part part, published_reading *r) {
  *r = (published_reading){.row = row, .cell = c, .measure = &measures[measure_problem(row)][part]};
  if (!catalogue_published(&c->cell, r->measure->metric, &r->published)) return false;
  r->ours = measure_over(r->measure, c);
  set_margin(r, part);
  r->verdict = judge(r);
  return true;
}

/* Whether the catalogue's number is one that this measure answers to. */
static bool answers(const catalogue_number *number, const measure *m) {
  return strcmp(number->metric, m->metric) == 0 ||
         (strcmp(number->metric, "accuracy") == 0 && m->higher_is_better);
}

static void add_readings(published_number *n, const catalogue_number *number) {
  for (int cross = 0; cross < n->row->height; cross++)
    for (int part = 0; part < MEASURES; part++) {
      published_reading r;
      const evidence_cell *c = evidence_at(n->row, cross, number->value);
      if (!answers(number, &measures[measure_problem(n->row)][part]) ||
          !published_of(n->row, c, (measured_part)part, &r))
        continue;
      n->readings = memory_resize(n->readings, n->count + 1, sizeof *n->readings);
      n->readings[n->count++] = r;
    }
}

static void decide(published_number *n) {
  verdict *v = memory_new(n->count, sizeof *v);
  for (size_t i = 0; i < n->count; i++) v[i] = n->readings[i].verdict;
  n->verdict = verdict_of_any(v, n->count);
  free(v);
}

published_number *published_judge(const evidence *e, size_t *count) {
  published_number *all = NULL;
  *count = 0;
  for (size_t i = 0; i < e->row_count; i++)
    for (const catalogue_number *number = e->rows[i].row->published;
         number < e->rows[i].row->published + CATALOGUE_NUMBERS && number->metric; number++) {
      published_number one = {.row = &e->rows[i], .value = number->value, .metric = number->metric};
      add_readings(&one, number);
      if (!one.count) continue; /* a duration is no result */
      decide(&one);
      all = memory_resize(all, *count + 1, sizeof *all);
      all[(*count)++] = one;
    }
  return all;
}

void published_free(published_number *numbers, size_t count) {
  for (size_t i = 0; i < count; i++) free(numbers[i].readings);
  free(numbers);
}

char *published_distance(const published_reading *r) {
  const measure *m = r->measure;
  if (r->ours.n == 0) return evidence_state(r->cell);
  double mean = r->ours.mean, edge = mean < r->low ? r->low : r->high;
  if (mean >= r->low && mean <= r->high) return memory_text("mean within the margin");
  return m->higher_is_better
             ? memory_format("mean %s points outside", number_points(fabs(mean - edge), 0).text + 1)
             : memory_format("mean %s times the margin's end", number_significant(mean / edge, 3).text);
}
