/* What a claim rests on: one comparison of numbers, tested over the seeds or plain to see.
 *
 * A comparison is a two-sided paired t test over the seeds; the p-values of all comparisons of a claim are
 * corrected together by Holm's method, and a comparison is called only where its corrected p is below 0.05.
 * The sign then says what is called. So one or two seeds call nothing, however large the difference, except
 * what is no matter of chance (a loss that became NaN). */
#ifndef REPORT_FINDING_H
#define REPORT_FINDING_H

#include "report/page.h"
#include "report/statistics.h"
#include "report/verdict.h"

typedef struct {
  char *text;     /* what was compared, and what came out */
  double p;       /* NaN: not tested; the verdict is known without a test, or there is nothing to test */
  double holm;    /* p, corrected; findings_decide sets it */
  size_t n;       /* seeds behind it; 0: none is involved */
  verdict called; /* the verdict if the test is significant, or without a test */
  verdict verdict;
} finding;

typedef struct {
  finding *list;
  size_t count;
} findings;

/* A test: `called` becomes the verdict if p is small enough, else it is inconclusive. `text` becomes the
 * finding's. */
void finding_test(findings *f, char *text, double p, size_t n, verdict called);

/* A fact. */
void finding_fact(findings *f, char *text, size_t n, verdict is);

/* Corrects all p-values for their number, and decides. */
void findings_decide(findings *f);
void findings_free(findings *f);

/* "3 against 4: ...; p = 0.012 (Holm), n = 3". */
void finding_write(const finding *f, page *p);

/* The one of findings[from .. to - 1] that its verdict hangs on: of those with this verdict, the surest when
 * it is refused, the least sure otherwise. NULL without any. */
const finding *findings_decisive(const findings *f, size_t from, size_t to, verdict v);

#endif
