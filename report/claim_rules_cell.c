/* The rules of claim_rules.h that ask about a single cell. */
#include <math.h>
#include <stdlib.h>

#include "report/claim_rules.h"
#include "report/labels.h"
#include "report/published.h"

/* Where a cell has nothing to test: it failed, or was not run. */
static void no_number(const evidence_cell *c, const char *what, findings *f) {
  bool failed = evidence_count(c, RUN_FAILED) || evidence_count(c, RUN_DIVERGED);
  char *state = evidence_state(c);
  finding_fact(f, memory_format("%s: %s", what, state), c->count, failed ? VERDICT_FAILED : VERDICT_NOT_RUN);
  free(state);
}

static const char *name_of(const evidence_row *row, const claim_part *part) {
  return part->value ? label_value(row->row->sweep.key, part->value) : row->row->name;
}

void rule_diverges(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  const evidence_cell *c = evidence_at(row, cross, part->value);
  size_t diverged = evidence_count(c, RUN_DIVERGED), done = evidence_count(c, RUN_DONE);
  if (diverged + done == 0) {
    no_number(c, name_of(row, part), f);
    return;
  }
  char *state = evidence_state(c);
  finding_fact(f,
               memory_format("%s: %s, %zu of %zu runs diverged", name_of(row, part),
                             diverged ? state : "trained to the end", diverged, c->count),
               c->count, diverged == c->count ? VERDICT_REPRODUCED : VERDICT_NOT_REPRODUCED);
  free(state);
}

void rule_trains(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  const evidence_cell *c = evidence_at(row, cross, part->value);
  size_t done = evidence_count(c, RUN_DONE);
  if (done + evidence_count(c, RUN_DIVERGED) == 0) {
    no_number(c, name_of(row, part), f);
    return;
  }
  finding_fact(f, memory_format("%s: %zu of %zu runs trained to the end", name_of(row, part), done, c->count),
               c->count, done == c->count ? VERDICT_REPRODUCED : VERDICT_NOT_REPRODUCED);
}

/* ---- The end of the training --------------------------------------------------------------------------- */

/* By which share the lowest validation loss of a run fell in the last tenth of its history; NaN where that is
 * too short. */
static double late_gain(const run_result *r) {
  size_t bound = r->history_count - r->history_count / 10;
  double before = INFINITY, after = INFINITY;
  for (size_t i = 0; i < r->history_count; i++) {
    double *side = i < bound ? &before : &after;
    if (r->history[i].validation_loss < *side) *side = r->history[i].validation_loss;
  }
  bool both = isfinite(before) && isfinite(after);
  return both ? fmax((before - after) / fabs(before), 0) : NAN;
}

void rule_levels_off(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  const evidence_cell *c = evidence_at(row, cross, part->value);
  const char *name = name_of(row, part);
  spread gain = {0};
  for (size_t i = 0; i < c->count; i++) {
    double late = c->runs[i]->status == RUN_DONE ? late_gain(c->runs[i]) : NAN;
    if (!isnan(late)) spread_add(&gain, late);
  }
  spread_end(&gain);
  if (evidence_count(c, RUN_DONE) == 0) {
    no_number(c, name, f);
  } else if (gain.n == 0) {
    finding_fact(f, memory_format("%s: fewer than ten recorded epochs say nothing about the end", name), 0,
                 VERDICT_INCONCLUSIVE);
  } else {
    char *within = gain.n < 2 ? memory_text("")
                              : memory_format(" (%s to %s)", number_percent(gain.low).text,
                                              number_percent(gain.high).text);
    finding_test(
        f,
        memory_format("%s: the lowest validation loss fell by %s %%%s in the last tenth of the epochs", name,
                      number_percent(gain.mean).text, within),
        spread_p(&gain, 0.01), gain.n, gain.mean < 0.01 ? VERDICT_REPRODUCED : VERDICT_NOT_REPRODUCED);
    free(within);
  }
}

/* ---- A published number -------------------------------------------------------------------------------- */

/* The merits of all done runs, to be held against that of the worst value that still counts as reached. */
void rule_reaches(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  published_reading r;
  const evidence_cell *c = evidence_at(row, cross, part->value);
  published_of(row, c, part->on, &r);
  const measure *m = r.measure;
  char *what = memory_format("%s, %s", row->row->name, m->short_name);
  spread merit = {0};
  for (size_t i = 0; i < c->count; i++) {
    double one = merit_of_run(part, m, c->runs[i]);
    if (!isnan(one)) spread_add(&merit, one);
  }
  spread_end(&merit);
  if (merit.n == 0) {
    no_number(c, what, f);
  } else {
    double worst = m->higher_is_better ? r.low : r.high, needed = measure_merit(m, worst);
    char *within = merit.n < 2
                       ? memory_text("")
                       : memory_format(" (%s to %s)", m->brief(r.ours.low).text, m->brief(r.ours.high).text);
    finding_test(f,
                 memory_format("%s: %s%s, published %s, margin to %s", what, m->brief(r.ours.mean).text,
                               within, m->brief(r.published).text, m->brief(worst).text),
                 spread_p(&merit, needed), merit.n,
                 merit.mean > needed ? VERDICT_REPRODUCED : VERDICT_NOT_REPRODUCED);
    free(within);
  }
  free(what);
}
