/* All verdicts of a report, and what they mean for its exit status. */
#ifndef REPORT_VERDICTS_H
#define REPORT_VERDICTS_H

#include "report/claims.h"
#include "report/published.h"

typedef struct {
  claim_result *claims;
  size_t claim_count;
  published_number *numbers;
  size_t number_count;
  size_t claims_with[VERDICTS], numbers_with[VERDICTS]; /* how many have each verdict */
} verdicts;

verdicts verdicts_reach(const evidence *e);
void verdicts_free(verdicts *v);

/* Claims and published numbers that are not reproduced. */
size_t verdicts_against(const verdicts *v);

/* "Of the 15 claims of the published text 3 are reproduced, ...": for the head of the report. */
void verdicts_write_summary(const verdicts *v, const evidence *e, page *p);

/* The claims with verdict and evidence, then all that each rests on. */
void verdicts_write_claims(const verdicts *v, const evidence *e, page *p);

/* The published numbers with verdicts, then each reading of each. */
void verdicts_write_numbers(const verdicts *v, page *p);

#endif
