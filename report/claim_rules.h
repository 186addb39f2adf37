/* The questions that claims ask of a row. */
#ifndef REPORT_CLAIM_RULES_H
#define REPORT_CLAIM_RULES_H

#include "report/claims.h"

/* Rules about a sweep: differences of two cells, seed by seed. */
claim_rule rule_best;           /* `value` is better than each other */
claim_rule rule_best_and_worst; /* ... and `other` is worse than each other */
claim_rule rule_below;          /* `value` is worse than `other` */
claim_rule rule_moderate;       /* `value` is better than the first and than the last */

/* Rules about a trend: the slope of the line that fits the cells of a seed best, a number for each seed. */
claim_rule rule_rising;  /* a later value is better */
claim_rule rule_falling; /* a later value is worse */

/* Rules about one cell: that of `value`, or the only one of the row. */
claim_rule rule_diverges; /* every seed diverged */
claim_rule rule_trains;   /* every seed ended */
claim_rule
    rule_levels_off;     /* the last tenth of the epochs lowers the least validation loss by less than 1 % */
claim_rule rule_reaches; /* the published number, to within its margin (published.h) */

/* A rule about mathematics, asked of what a regressor predicted: with a standard deviation of 1 its
 * likelihood is half the squared error plus a constant. The engine's own losses are evaluated; no seed is
 * involved. */
claim_rule rule_identity;

/* Adds the finding of two cells, `a` being better than `b` by the text; the reading and the measured part are
 * those of `part`. */
void compare_cells(const claim_part *part, const evidence_row *row, const evidence_cell *a,
                   const evidence_cell *b, findings *f);

/* What is compared of a run, as merit: NaN where it has no such number. */
double merit_of_run(const claim_part *part, const measure *m, const run_result *r);

#endif
