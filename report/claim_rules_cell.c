/* The rules of claim_rules.h that ask about a single cell. */
#include <math.h>
#include <stdlib.h>

#include "report/claim_rules.h"
#include "report/labels.h"

static const evidence_cell *asked(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  const evidence_cell *c = evidence_at(row, cross, part->value);
  if (part->value) page_add(seen, "%s: ", label_value(row->row->sweep.key, part->value));
  return c;
}

static claim_answer not_run(const evidence_cell *c, page *seen) {
  char *state = evidence_state(c);
  page_add(seen, "%s", state);
  free(state);
  return ANSWER_NOT_RUN;
}

claim_answer rule_diverges(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  const evidence_cell *c = asked(part, row, cross, seen);
  size_t diverged = evidence_count(c, RUN_DIVERGED);
  if (diverged + evidence_count(c, RUN_DONE) == 0) return not_run(c, seen);
  char *state = evidence_state(c);
  page_add(seen, "%s (%zu of %zu runs diverged)", diverged ? state : "trained to the end", diverged,
           c->count);
  free(state);
  return diverged == c->count ? ANSWER_YES : ANSWER_NO;
}

claim_answer rule_trains(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  const evidence_cell *c = asked(part, row, cross, seen);
  size_t done = evidence_count(c, RUN_DONE);
  if (done + evidence_count(c, RUN_DIVERGED) == 0) return not_run(c, seen);
  page_add(seen, "%zu of %zu runs trained to the end", done, c->count);
  return done == c->count ? ANSWER_YES : ANSWER_NO;
}

/* The lowest validation loss before and after the first nine tenths of a history. */
static bool lowest(const run_result *r, double *before, double *after) {
  size_t bound = r->history_count - r->history_count / 10;
  *before = *after = INFINITY;
  for (size_t i = 0; i < r->history_count; i++) {
    double *side = i < bound ? before : after;
    if (r->history[i].validation_loss < *side) *side = r->history[i].validation_loss;
  }
  return isfinite(*before) && isfinite(*after);
}

claim_answer rule_levels_off(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  const evidence_cell *c = asked(part, row, cross, seen);
  spread gain = {0};
  for (size_t i = 0; i < c->count; i++) {
    double before, after;
    if (c->runs[i]->status == RUN_DONE && lowest(c->runs[i], &before, &after))
      spread_add(&gain, (before - after) / fabs(before));
  }
  spread_end(&gain);
  if (gain.n == 0) {
    if (evidence_count(c, RUN_DONE) == 0) return not_run(c, seen);
    page_add(seen, "fewer than ten recorded epochs say nothing about the end of the training");
    return ANSWER_NOT_RUN;
  }
  page_add(seen,
           "in the last tenth of the epochs the lowest validation loss fell by %s %% of what it was before",
           number_percent(fmax(gain.mean, 0)).text);
  return gain.mean < 0.01 ? ANSWER_YES : ANSWER_NO;
}

claim_answer rule_reaches(const claim_part *part, const evidence_row *row, int cross, page *seen) {
  const evidence_cell *c = asked(part, row, cross, seen);
  const measure *m = &measures[measure_problem(row)][part->on];
  double published = NAN, ours = evidence_metric(c, m->metric).mean;
  catalogue_published(&c->cell, m->metric, &published);
  page_add(seen, "%s: ", m->short_name);
  if (isnan(ours)) return not_run(c, seen);
  page_add(seen, "%s, published %s", m->brief(ours).text, m->brief(published).text);
  if (m->higher_is_better) {
    double margin = 2 * sqrt(published * (1 - published) / measure_digits(&c->cell.config, part->on));
    page_add(seen, " (margin %s points: two binomial standard errors)", number_percent(margin).text);
    return ours >= published - margin ? ANSWER_YES : ANSWER_NO;
  }
  page_add(seen, " (squared error %s times the published one; margin: a factor of 2)",
           number_significant(ours / published, 3).text);
  return ours <= 2 * published && ours >= 0.5 * published ? ANSWER_YES : ANSWER_NO;
}
