/* The report for programs: every number and every verdict, as one JSON object.
 *
 *   {"profile", "seeds", "missing", "mishaps", "against",
 *    "claims":    [{"claim", "text", "statistic", "margin", "verdict", "readings_disagree", "evidence",
 *                   "questions": [{"row", "cross", "verdict",
 *                                  "comparisons": [{"text", "p", "p_holm", "n", "verdict"}]}]}],
 *    "published": [{"row", "value", "metric", "verdict",
 *                   "readings": [{"metric", "cross", "published", "margin": [low, high],
 *                                 "mean", "interval": [low, high], "n", "verdict"}]}],
 *    "cells":     [{"row", "value", "cross", "runs", "done", "diverged", "failed",
 *                   "measures": [{"metric", "mean", "interval", "n", "by_seed": [{"seed", "value"}]}]}]}
 *
 * Accuracies are fractions and errors dollars squared, as in the store; what is not there is null. Nothing in
 * it depends on when or how fast the runs were made. */
#ifndef REPORT_RESULTS_H
#define REPORT_RESULTS_H

#include "report/evidence.h"
#include "report/page.h"
#include "report/verdicts.h"

void results_write(const evidence *e, const verdicts *v, page *p);

#endif
