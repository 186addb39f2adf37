#include "report/verdicts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/labels.h"
#include "report/table.h"

verdicts verdicts_reach(const evidence *e) {
  verdicts v = {.claim_count = 0};
  v.claims = claims_judge(e, &v.claim_count);
  v.numbers = published_judge(e, &v.number_count);
  for (size_t i = 0; i < v.claim_count; i++) v.claims_with[v.claims[i].verdict]++;
  for (size_t i = 0; i < v.number_count; i++) v.numbers_with[v.numbers[i].verdict]++;
  return v;
}

void verdicts_free(verdicts *v) {
  claims_free(v->claims, v->claim_count);
  published_free(v->numbers, v->number_count);
  *v = (verdicts){.claims = NULL};
}

size_t verdicts_against(const verdicts *v) {
  return v->claims_with[VERDICT_NOT_REPRODUCED] + v->numbers_with[VERDICT_NOT_REPRODUCED];
}

/* "3 reproduced, 2 not reproduced, 10 inconclusive": what does not occur is left out. */
static void write_counts(const size_t counts[VERDICTS], page *p) {
  bool first = true;
  for (int i = 0; i < VERDICTS; i++) {
    if (!counts[i]) continue;
    page_add(p, "%s%zu %s", first ? "" : ", ", counts[i], verdict_name((verdict)i));
    first = false;
  }
}

void verdicts_write_summary(const verdicts *v, const evidence *e, page *p) {
  if (strcmp(e->profile->name, "full") != 0)
    page_add(p, "A run of the %s profile judges nothing: its verdicts are a rehearsal too. ",
             e->profile->name);
  page_add(p, "Of the %zu claims of the published text: ", v->claim_count);
  write_counts(v->claims_with, p);
  page_add(p, ". Of its %zu numbers: ", v->number_count);
  write_counts(v->numbers_with, p);
  page_add(p, ".");
  if (e->seeds < SPREAD_DECIDES)
    page_add(p, " There %s so far, and fewer than three seeds decide nothing that chance could do.",
             e->seeds == 1 ? "is one seed" : "are two seeds");
}

/* ---- Claims -------------------------------------------------------------------------------------------- */

static void add_claim(table *t, const claim_result *r, size_t number) {
  table_cell(t, "%zu", number);
  table_cell(t, "%s", r->claim->text);
  table_cell(t, "%s%s", verdict_name(r->verdict), r->disagree ? " (its readings disagree)" : "");
  table_cell(t, "%s", r->evidence);
}

static void write_question(const evidence *e, const claim_result *r, const claim_question *q, page *p) {
  const evidence_row *row = evidence_find(e, q->part->row);
  const char *with = label_cross(row, q->cross);
  page_add(p, "    - ");
  page_add_plain(p, row->row->name);
  page_add(p, "%s%s: *%s*\n", *with ? ", " : "", with, verdict_name(q->verdict));
  for (size_t i = q->first; i < q->first + q->count; i++) {
    page said = {.text = NULL};
    finding_write(&r->findings.list[i], &said);
    page_add(p, "        - ");
    page_add_plain(p, page_text(&said));
    page_add(p, ". *%s*\n", verdict_name(r->findings.list[i].verdict));
    page_free(&said);
  }
}

static void write_basis(const evidence *e, const claim_result *r, size_t number, page *p) {
  page_add(p, "%zu. ", number);
  page_add_plain(p, r->claim->text);
  page_add(p, " Decided by: %s; margin: %s.\n", r->claim->statistic, r->claim->margin);
  for (size_t i = 0; i < r->question_count; i++) write_question(e, r, &r->questions[i], p);
}

void verdicts_write_claims(const verdicts *v, const evidence *e, page *p) {
  table t = table_new(
      4, (const table_column[]){
             {"", TABLE_NUMBER}, {"Claim", TABLE_TEXT}, {"Verdict", TABLE_TEXT}, {"Evidence", TABLE_TEXT}});
  for (size_t i = 0; i < v->claim_count; i++) add_claim(&t, &v->claims[i], i + 1);
  table_write(&t, p);
  table_free(&t);
  page_add(p, "<details>\n<summary>All comparisons behind the verdicts</summary>\n\n");
  for (size_t i = 0; i < v->claim_count; i++) write_basis(e, &v->claims[i], i + 1, p);
  page_add(p, "\n</details>\n");
}

/* ---- Published numbers --------------------------------------------------------------------------------- */

static char *name_of(const published_number *n) {
  const char *key = n->row->row->sweep.key;
  return n->value ? memory_format("%s, %s %s", n->row->row->name, label_key(key), label_value(key, n->value))
                  : memory_text(n->row->row->name);
}

/* The reading that the number's verdict hangs on. */
static const published_reading *decisive(const published_number *n) {
  for (size_t i = 0; i < n->count; i++)
    if (n->readings[i].verdict == n->verdict) return &n->readings[i];
  return &n->readings[0];
}

static char *reading_name(const published_reading *r) {
  const char *cross = r->cell->cell.cross_value;
  return cross ? memory_format("%s, %s", r->measure->short_name, label_value(r->row->row->cross.key, cross))
               : memory_text(r->measure->short_name);
}

static void add_reading(table *t, const published_reading *r) {
  char ours[256], *reading = reading_name(r), *distance = published_distance(r);
  measure_text(r->measure, r->cell, ours, sizeof ours);
  table_cell(t, "%s", reading);
  table_cell(t, "%s", ours);
  table_cell(t, "%s", r->measure->number(r->published).text);
  table_cell(t, "%s to %s", r->measure->number(r->low).text, r->measure->number(r->high).text);
  table_cell(t, "%s", distance);
  table_cell(t, "%zu", r->ours.n);
  table_cell(t, "%s", verdict_name(r->verdict));
  free(reading);
  free(distance);
}

static const table_column reading_columns[] = {{"Number", TABLE_TEXT},
                                               {"Reading", TABLE_TEXT},
                                               {"Ours", TABLE_NUMBER},
                                               {"Published", TABLE_NUMBER},
                                               {"Margin around it", TABLE_NUMBER},
                                               {"Distance", TABLE_TEXT},
                                               {"n", TABLE_NUMBER},
                                               {"Verdict", TABLE_TEXT}};
enum { READING_COLUMNS = sizeof reading_columns / sizeof reading_columns[0] };

static void write_readings(const published_number *numbers, size_t count, bool all, page *p) {
  table t = table_new(READING_COLUMNS, reading_columns);
  for (size_t i = 0; i < count; i++)
    for (size_t k = 0; k < numbers[i].count; k++) {
      const published_reading *r = &numbers[i].readings[k];
      if (!all && r != decisive(&numbers[i])) continue;
      char *name = name_of(&numbers[i]);
      table_cell(&t, "%s", name);
      add_reading(&t, r);
      free(name);
    }
  table_write(&t, p);
  table_free(&t);
}

void verdicts_write_numbers(const verdicts *v, page *p) {
  write_readings(v->numbers, v->number_count, false, p);
  page_add(p, "<details>\n<summary>All readings of the numbers</summary>\n\n");
  write_readings(v->numbers, v->number_count, true, p);
  page_add(p, "</details>\n");
}
