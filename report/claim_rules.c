/* The rules of claim_rules.h that compare cells of a sweep. */
#include "report/claim_rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/labels.h"

/* ---- What is compared of a run ------------------------------------------------------------------------- */

/* NaN where an epoch was not measured: a mean over the others would say something else. */
static double merit_over_epochs(const measure *m, const run_result *r) {
  spread over = {0};
  for (size_t k = 0; k < r->history_count; k++) {
    double merit = measure_merit(m, m->at(&r->history[k]));
    if (isnan(merit)) return NAN;
    if (isfinite(merit)) spread_add(&over, merit);
  }
  spread_end(&over);
  return over.mean;
}

double merit_of_run(const claim_part *part, const measure *m, const run_result *r) {
  if (r->status != RUN_DONE) return NAN;
  return part->reading == READ_SPEED ? merit_over_epochs(m, r)
                                     : measure_merit(m, evidence_value(r, m->metric));
}

/* ---- Two cells, seed by seed --------------------------------------------------------------------------- */

/* What the seeds that two cells share have to say. */
typedef struct {
  spread difference;                       /* of the seeds where both have a number */
  size_t seeds, first_alone, second_alone; /* where only one of them has one, because the other diverged */
  size_t failed, unmeasured;
} pairing;

static bool is_unmeasured(const run_result *r, double merit) { return r->status == RUN_DONE && isnan(merit); }

static pairing pair_up(const claim_part *part, const measure *m, const evidence_cell *a,
                       const evidence_cell *b) {
  pairing p = {.seeds = 0};
  for (size_t i = 0; i < a->count; i++) {
    const run_result *first = a->runs[i], *second = evidence_run(b, first->seed);
    if (!second) continue;
    double x = merit_of_run(part, m, first), y = merit_of_run(part, m, second);
    p.seeds++;
    p.failed += first->status == RUN_FAILED || second->status == RUN_FAILED;
    p.unmeasured += is_unmeasured(first, x) || is_unmeasured(second, y);
    p.first_alone += !isnan(x) && second->status == RUN_DIVERGED;
    p.second_alone += !isnan(y) && first->status == RUN_DIVERGED;
    if (!isnan(x) && !isnan(y)) spread_add(&p.difference, x - y);
  }
  spread_end(&p.difference);
  return p;
}

static char *name_of(const evidence_row *row, const evidence_cell *c) {
  return memory_text(label_value(row->row->sweep.key, c->cell.sweep_value));
}

/* A run that diverged is worse than any number, and that is no matter of chance; where only some diverged, it
 * is. */
static void without_test(const pairing *p, const char *what, const char *a, const char *b, findings *f) {
  size_t n = p->seeds;
  if (n == 0)
    finding_fact(f, memory_format("%s: not run", what), 0, VERDICT_NOT_RUN);
  else if (p->failed)
    finding_fact(f, memory_format("%s: %zu of %zu pairs of runs failed", what, p->failed, n), n,
                 VERDICT_FAILED);
  else if (p->unmeasured)
    finding_fact(f, memory_format("%s: done, but this was not measured", what), 0, VERDICT_NOT_RUN);
  else if (p->first_alone == n)
    finding_fact(f, memory_format("%s: %s diverged with every seed", what, b), n, VERDICT_REPRODUCED);
  else if (p->second_alone == n)
    finding_fact(f, memory_format("%s: %s diverged with every seed", what, a), n, VERDICT_NOT_REPRODUCED);
  else
    finding_fact(f,
                 memory_format("%s: diverged with some seeds, %s with %zu and %s with %zu of %zu", what, a,
                               p->second_alone, b, p->first_alone, n),
                 n, VERDICT_INCONCLUSIVE);
}

void compare_cells(const claim_part *part, const evidence_row *row, const evidence_cell *a,
                   const evidence_cell *b, findings *f) {
  const measure *m = &measures[measure_problem(row)][part->on];
  pairing p = pair_up(part, m, a, b);
  char *first = name_of(row, a), *second = name_of(row, b);
  char *what = memory_format("%s %s against %s, %s%s", label_key(row->row->sweep.key), first, second,
                             m->short_name, part->reading == READ_SPEED ? ", mean over the epochs" : "");
  if (p.seeds && p.difference.n == p.seeds) {
    char *gain = measure_gain(m, &p.difference);
    finding_test(f, memory_format("%s: %s", what, gain), spread_p(&p.difference, 0), p.seeds,
                 p.difference.mean > 0 ? VERDICT_REPRODUCED : VERDICT_NOT_REPRODUCED);
    free(gain);
  } else {
    without_test(&p, what, first, second, f);
  }
  free(first);
  free(second);
  free(what);
}

/* ---- The rules ----------------------------------------------------------------------------------------- */

/* The cells of a line. */
static const evidence_cell *line_of(const evidence_row *row, int cross) {
  return &row->cells[cross * row->width];
}

void rule_best(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  const evidence_cell *best = evidence_at(row, cross, part->value), *line = line_of(row, cross);
  for (int i = 0; i < row->width; i++)
    if (&line[i] != best) compare_cells(part, row, best, &line[i], f);
}

void rule_best_and_worst(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  const evidence_cell *best = evidence_at(row, cross, part->value), *line = line_of(row, cross),
                      *worst = evidence_at(row, cross, part->other);
  rule_best(part, row, cross, f);
  for (int i = 0; i < row->width; i++)
    if (&line[i] != best && &line[i] != worst) compare_cells(part, row, &line[i], worst, f);
}

void rule_below(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  compare_cells(part, row, evidence_at(row, cross, part->other), evidence_at(row, cross, part->value), f);
}

void rule_moderate(const claim_part *part, const evidence_row *row, int cross, findings *f) {
  const evidence_cell *moderate = evidence_at(row, cross, part->value), *line = line_of(row, cross);
  compare_cells(part, row, moderate, &line[0], f);
  compare_cells(part, row, moderate, &line[row->width - 1], f);
}
