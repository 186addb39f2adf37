#include "report/claim_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/labels.h"

/* What is compared of a cell; *value is NaN for a run that diverged, which is worse than any number. False:
 * there is nothing to compare yet. */
static bool read_final(const evidence_cell *c, const measure *m, double *value) {
  *value = evidence_metric(c, m->metric).mean;
  return c->count && (isfinite(*value) || evidence_count(c, RUN_DIVERGED));
}

static bool read_speed(const evidence_cell *c, const measure *m, double *value) {
  bool geometric = m->axis == AXIS_LOG;
  spread over = {0};
  for (size_t i = 0; i < c->count; i++)
    for (size_t k = 0; c->runs[i]->status == RUN_DONE && k < c->runs[i]->history_count; k++) {
      double at = m->at(&c->runs[i]->history[k]);
      if (isfinite(at) && (!geometric || at > 0)) spread_add(&over, geometric ? log(at) : at);
    }
  spread_end(&over);
  *value = geometric ? exp(over.mean) : over.mean;
  return c->count && (over.n || evidence_count(c, RUN_DIVERGED));
}

/* All values of a line; NaN marks the diverged. False when one is not there. */
typedef struct {
  double value[CATALOGUE_VALUES];
  int count;
  const measure *m;
} line;

static bool read_line(const claim_part *part, const evidence_row *row, int cross, line *l, page *seen) {
  *l = (line){.count = row->width, .m = &measures[measure_problem(row)][part->on]};
  bool whole = true, speed = part->reading == READ_SPEED;
  page_add(seen, "%s%s by %s: ", l->m->short_name, speed ? ", mean over the epochs," : "",
           label_key(row->row->sweep.key));
  for (int i = 0; i < row->width; i++) {
    const evidence_cell *c = &row->cells[cross * row->width + i];
    bool there = (speed ? read_speed : read_final)(c, l->m, &l->value[i]);
    char *state = evidence_state(c);
    page_add(seen, "%s%s: %s", i ? "; " : "", label_value(row->row->sweep.key, c->cell.sweep_value),
             there && isfinite(l->value[i]) ? l->m->brief(l->value[i]).text : state);
    free(state);
    whole = whole && there;
  }
  return whole;
}

/* Whether the i-th is better than the j-th: a number is better than none. */
static bool better(const line *l, int i, int j) {
  if (isnan(l->value[i])) return false;
  return isnan(l->value[j]) || measure_better(l->m, l->value[i], l->value[j]);
}

static int index_of(const evidence_row *row, const char *value) {
  for (int i = 0; i < row->width; i++)
    if (strcmp(row->row->sweep.values[i], value) == 0) return i;
  return -1;
}

static claim_answer answer(bool yes) { return yes ? ANSWER_YES : ANSWER_NO; }

/* Whether a value is better (or worse) than all others. */
static bool ahead(const line *l, int asked) {
  for (int i = 0; i < l->count; i++)
    if (i != asked && !better(l, asked, i)) return false;
  return true;
}

static bool behind(const line *l, int asked) {
  for (int i = 0; i < l->count; i++)
    if (i != asked && !better(l, i, asked)) return false;
  return true;
}

claim_answer rule_best(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  line l;
  if (!read_line(part, row, cross, &l, seen)) return ANSWER_NOT_RUN;
  return answer(ahead(&l, index_of(row, part->value)));
}

claim_answer rule_best_and_worst(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  line l;
  if (!read_line(part, row, cross, &l, seen)) return ANSWER_NOT_RUN;
  return answer(ahead(&l, index_of(row, part->value)) && behind(&l, index_of(row, part->other)));
}

claim_answer rule_below(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  line l;
  if (!read_line(part, row, cross, &l, seen)) return ANSWER_NOT_RUN;
  return answer(better(&l, index_of(row, part->other), index_of(row, part->value)));
}

/* The share of pairs in which the later value is better, or worse. */
static claim_answer trend(const claim_part *part, const evidence_row *row, int cross, bool rising,
                          page *seen) {
  line l;
  if (!read_line(part, row, cross, &l, seen)) return ANSWER_NOT_RUN;
  int pairs = 0, agree = 0;
  for (int i = 0; i < l.count; i++)
    for (int j = i + 1; j < l.count; j++, pairs++) agree += rising ? better(&l, j, i) : better(&l, i, j);
  page_add(seen, " (%d of %d pairs agree)", agree, pairs);
  return answer(4 * agree >= 3 * pairs);
}

claim_answer rule_rising(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  return trend(part, row, cross, true, seen);
}

claim_answer rule_falling(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  return trend(part, row, cross, false, seen);
}

claim_answer rule_inside(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  line l;
  if (!read_line(part, row, cross, &l, seen)) return ANSWER_NOT_RUN;
  int best = 0;
  for (int i = 1; i < l.count; i++)
    if (better(&l, i, best)) best = i;
  page_add(seen, " (best: %s)", label_value(row->row->sweep.key, row->row->sweep.values[best]));
  return answer(best > 0 && best < l.count - 1);
}
