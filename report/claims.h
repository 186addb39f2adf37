/* The statements of the published text, each with the rule that tests it on the runs, and the verdict.
 *
 * A claim has parts, all of which have to hold; a part asks one question of one row, for each of its crossed
 * values (so a claim about a sweep that names no loss is asked with both). What a question compares are
 * findings, tested together: see finding.h; how verdicts add up: see verdict.h. */
#ifndef REPORT_CLAIMS_H
#define REPORT_CLAIMS_H

#include "report/evidence.h"
#include "report/finding.h"
#include "report/measure.h"

/* What of a run is compared: what it gave in the end, or its mean over the recorded epochs (of an error: the
 * geometric mean), which is the better the sooner it is good. */
typedef enum { READ_FINAL, READ_SPEED } claim_reading;

typedef struct claim_part claim_part;

/* Adds what it compares for one line of crossed values to the findings. */
typedef void claim_rule(const claim_part *part, const evidence_row *row, int cross, findings *f);

struct claim_part {
  const char *row; /* id; NULL ends the parts */
  claim_rule *rule;
  claim_reading reading;
  measured_part on;
  const char *value, *other; /* swept values that the rule asks about */
};

enum { CLAIM_PARTS = 5 };

typedef struct {
  const char *text;
  const char *statistic, *margin; /* what decides, and by how much it has to: in words, for the reader */
  claim_part parts[CLAIM_PARTS];
} claim;

extern const claim claims[]; /* in the order of the text; a NULL text ends the table */

/* One question: the findings from `first` on, `count` of them. */
typedef struct {
  const claim_part *part;
  int cross;
  size_t first, count;
  verdict verdict;
} claim_question;

typedef struct {
  const claim *claim;
  findings findings;
  claim_question *questions;
  size_t question_count;
  verdict verdict;
  bool disagree;       /* inconclusive not for want of seeds: its readings give opposite answers */
  char *evidence;      /* one sentence made from the numbers */
  size_t fewest, most; /* seeds of the findings */
} claim_result;

/* The results of all claims, in their order, `*count` of them; to be freed by claims_free. */
claim_result *claims_judge(const evidence *e, size_t *count);
void claims_free(claim_result *results, size_t count);

#endif
