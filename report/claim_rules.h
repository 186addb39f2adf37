/* The questions that claims ask of a row. */
#ifndef REPORT_CLAIM_RULES_H
#define REPORT_CLAIM_RULES_H

#include "report/claims.h"

/* Rules about a sweep. A trend is seen where at least three of four pairs of swept values agree with it. */
claim_rule rule_best;           /* `value` is better than all others */
claim_rule rule_best_and_worst; /* ... and `other` is worse than all others */
claim_rule rule_below;          /* `value` is worse than `other` */
claim_rule rule_rising;         /* a later value is better */
claim_rule rule_falling;        /* a later value is worse */
claim_rule rule_inside;         /* the best is neither the first nor the last */

/* Rules about one cell: that of `value`, or the only one of the row. */
claim_rule rule_diverges; /* every seed diverged */
claim_rule rule_trains;   /* every seed ended */
claim_rule
    rule_levels_off;     /* the last tenth of the epochs lowers the least validation loss by less than 1 % */
claim_rule rule_reaches; /* the published number: an accuracy to within two binomial standard errors on that
                            part of the data, a squared error to within the factor of 2 by which the choice
                            of the split alone moves it */

#endif
