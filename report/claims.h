/* The statements of the published text, each with the rule that tests it on the runs and what the runs say.
 *
 * A claim has parts; a part asks one question of one row, for each of its crossed values (so a claim about a
 * sweep that names no loss is asked with both). The rules look at means over the seeds and know no margin for
 * chance: their answer is about this run, not about the world. */
#ifndef REPORT_CLAIMS_H
#define REPORT_CLAIMS_H

#include "report/evidence.h"
#include "report/measure.h"
#include "report/page.h"

typedef enum { ANSWER_NO, ANSWER_YES, ANSWER_NOT_RUN } claim_answer;

/* What of a cell is compared: what it gave in the end, or its mean over the recorded epochs (of an error: the
 * geometric mean), which is the better the sooner it is good. */
typedef enum { READ_FINAL, READ_SPEED } claim_reading;

typedef struct claim_part claim_part;

/* Answers for one line of crossed values and adds what it saw to the evidence. */
typedef claim_answer claim_rule(const claim_part *part, const evidence_row *row, int cross, page *seen);

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
  claim_part parts[CLAIM_PARTS];
  const char *identity; /* for a claim that is mathematics: the formula, and what tests it; it has no parts */
} claim;

extern const claim claims[]; /* in the order of the text; a NULL text ends the table */

/* The table of verdicts, then what each rests on. */
void claims_write(const evidence *e, page *p);

/* "9 of 15 claims hold in this run, ...": for the head of the report. */
void claims_write_summary(const evidence *e, page *p);

#endif
