#include "report/claims.h"

#include <stdint.h>
#include <stdlib.h>

#include "report/labels.h"

static void ask(const evidence *e, const claim_part *part, claim_result *r) {
  const evidence_row *row = evidence_find(e, part->row);
  for (int cross = 0; cross < row->height; cross++) {
    r->questions = memory_resize(r->questions, r->question_count + 1, sizeof *r->questions);
    claim_question *q = &r->questions[r->question_count++];
    *q = (claim_question){.part = part, .cross = cross, .first = r->findings.count};
    part->rule(part, row, cross, &r->findings);
    q->count = r->findings.count - q->first;
  }
}

static verdict answer(const claim_question *q, const findings *f) {
  verdict *v = memory_new(q->count, sizeof *v);
  for (size_t i = 0; i < q->count; i++) v[i] = f->list[q->first + i].verdict;
  verdict is = verdict_of_all(v, q->count);
  free(v);
  return is;
}

/* The questions of a part follow each other: its readings. */
static verdict judge_part(claim_result *r, size_t from, size_t *to) {
  size_t n = 0;
  verdict readings[CATALOGUE_VALUES];
  for (*to = from; *to < r->question_count && r->questions[*to].part == r->questions[from].part; ++*to)
    readings[n++] = r->questions[*to].verdict;
  verdict is = verdict_of_readings(readings, n);
  r->disagree |= is == VERDICT_INCONCLUSIVE && verdict_of_all(readings, n) == VERDICT_NOT_REPRODUCED;
  return is;
}

static void decide(claim_result *r) {
  verdict parts[CLAIM_PARTS];
  size_t n = 0;
  for (size_t i = 0; i < r->question_count; i++)
    r->questions[i].verdict = answer(&r->questions[i], &r->findings);
  for (size_t i = 0; i < r->question_count;) parts[n++] = judge_part(r, i, &i);
  r->verdict = verdict_of_all(parts, n);
  r->disagree &= r->verdict == VERDICT_INCONCLUSIVE;
}

static void count_seeds(claim_result *r) {
  r->fewest = SIZE_MAX;
  for (size_t i = 0; i < r->findings.count; i++) {
    size_t n = r->findings.list[i].n;
    r->fewest = n < r->fewest ? n : r->fewest;
    r->most = n > r->most ? n : r->most;
  }
}

/* "With cross-entropy: " where the row was run with several losses. */
static void add_question(const evidence *e, const claim_question *q, const findings *f, verdict v, page *p) {
  const evidence_row *row = evidence_find(e, q->part->row);
  const finding *one = findings_decisive(f, q->first, q->first + q->count, v);
  const char *with = label_cross(row, q->cross);
  if (!one) return;
  page_add(p, "%s%s%s%s", p->length ? "; but " : "", *with ? "with " : "", with, *with ? ", " : "");
  finding_write(one, p);
}

/* The comparison that the verdict hangs on; two where the readings disagree. */
static void find_evidence(const evidence *e, claim_result *r) {
  page p = {.text = NULL};
  const finding *decisive = findings_decisive(&r->findings, 0, r->findings.count, r->verdict);
  for (size_t i = 0; i < r->question_count; i++) {
    const claim_question *q = &r->questions[i];
    size_t at = decisive ? (size_t)(decisive - r->findings.list) : 0;
    if (r->disagree ? q->verdict == VERDICT_REPRODUCED || q->verdict == VERDICT_NOT_REPRODUCED
                    : at >= q->first && at < q->first + q->count)
      add_question(e, q, &r->findings, q->verdict, &p);
  }
  r->evidence = memory_text(page_text(&p));
  page_free(&p);
}

claim_result *claims_judge(const evidence *e, size_t *count) {
  claim_result *all = NULL;
  for (*count = 0; claims[*count].text; ++*count) {
    all = memory_resize(all, *count + 1, sizeof *all);
    claim_result *r = &all[*count];
    *r = (claim_result){.claim = &claims[*count]};
    for (int i = 0; i < CLAIM_PARTS && r->claim->parts[i].row; i++) ask(e, &r->claim->parts[i], r);
    findings_decide(&r->findings);
    decide(r);
    count_seeds(r);
    find_evidence(e, r);
  }
  return all;
}

void claims_free(claim_result *results, size_t count) {
  for (size_t i = 0; i < count; i++) {
    findings_free(&results[i].findings);
    free(results[i].questions);
    free(results[i].evidence);
  }
  free(results);
}
