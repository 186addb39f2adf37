#include "report/results.h"

#include <inttypes.h>
#include <math.h>

#include "report/failures.h"
#include "report/json.h"

/* ,"key": in front of a value. */
static void key(page *p, const char *name) { page_add(p, ", \"%s\": ", name); }

static void add_text(page *p, const char *name, const char *text) {
  key(p, name);
  json_add_text(p, text);
}

static void add_number(page *p, const char *name, double value) {
  key(p, name);
  json_add_number(p, value);
}

static void add_range(page *p, const char *name, double low, double high) {
  key(p, name);
  page_add(p, "[");
  json_add_number(p, low);
  page_add(p, ", ");
  json_add_number(p, high);
  page_add(p, "]");
}

static void add_spread(page *p, const spread *s) {
  add_number(p, "mean", s->mean);
  add_range(p, "interval", s->low, s->high);
  add_number(p, "n", (double)s->n);
}

/* Before the i-th element of a list whose elements stand on lines of their own. */
static void next_line(page *p, size_t i, int indent) { page_add(p, "%s\n%*s", i ? "," : "", indent, ""); }

/* ---- Claims -------------------------------------------------------------------------------------------- */

static void add_question(const evidence *e, const claim_result *r, const claim_question *q, page *p) {
  const char *cross = evidence_at(evidence_find(e, q->part->row), q->cross, NULL)->cell.cross_value;
  page_add(p, "{\"row\": \"%s\"", q->part->row);
  add_text(p, "cross", cross);
  add_text(p, "verdict", verdict_name(q->verdict));
  key(p, "comparisons");
  page_add(p, "[");
  for (size_t i = q->first; i < q->first + q->count; i++) {
    const finding *f = &r->findings.list[i];
    page_add(p, "%s{\"text\": ", i > q->first ? ", " : "");
    json_add_text(p, f->text);
    add_number(p, "p", f->p);
    add_number(p, "p_holm", f->holm);
    add_number(p, "n", (double)f->n);
    add_text(p, "verdict", verdict_name(f->verdict));
    page_add(p, "}");
  }
  page_add(p, "]}");
}

static void add_claim(const evidence *e, const claim_result *r, size_t number, page *p) {
  page_add(p, "{\"claim\": %zu", number);
  add_text(p, "text", r->claim->text);
  add_text(p, "statistic", r->claim->statistic);
  add_text(p, "margin", r->claim->margin);
  add_text(p, "verdict", verdict_name(r->verdict));
  key(p, "readings_disagree");
  page_add(p, r->disagree ? "true" : "false");
  add_text(p, "evidence", r->evidence);
  key(p, "questions");
  page_add(p, "[");
  for (size_t i = 0; i < r->question_count; i++) {
    next_line(p, i, 6);
    add_question(e, r, &r->questions[i], p);
  }
  page_add(p, "]}");
}

/* ---- Published numbers --------------------------------------------------------------------------------- */

static void add_published(const published_number *n, page *p) {
  page_add(p, "{\"row\": \"%s\"", n->row->row->id);
  add_text(p, "value", n->value);
  add_text(p, "metric", n->metric);
  add_text(p, "verdict", verdict_name(n->verdict));
  key(p, "readings");
  page_add(p, "[");
  for (size_t i = 0; i < n->count; i++) {
    const published_reading *r = &n->readings[i];
    next_line(p, i, 6);
    page_add(p, "{\"metric\": \"%s\"", r->measure->metric);
    add_text(p, "cross", r->cell->cell.cross_value);
    add_number(p, "published", r->published);
    add_range(p, "margin", r->low, r->high);
    add_spread(p, &r->ours);
    add_text(p, "verdict", verdict_name(r->verdict));
    page_add(p, "}");
  }
  page_add(p, "]}");
}

/* ---- Cells --------------------------------------------------------------------------------------------- */

static void add_measure(const measure *m, const evidence_cell *c, page *p) {
  const spread over = measure_over(m, c);
  bool first = true;
  page_add(p, "{\"metric\": \"%s\"", m->metric);
  add_spread(p, &over);
  key(p, "by_seed");
  page_add(p, "[");
  for (size_t i = 0; i < c->count; i++) {
    double value = evidence_value(c->runs[i], m->metric);
    if (isnan(value)) continue;
    page_add(p, "%s{\"seed\": %" PRId64, first ? "" : ", ", c->runs[i]->seed);
    add_number(p, "value", value);
    page_add(p, "}");
    first = false;
  }
  page_add(p, "]}");
}

static void add_cell(const evidence_row *row, const evidence_cell *c, page *p) {
  page_add(p, "{\"row\": \"%s\"", row->row->id);
  add_text(p, "value", c->cell.sweep_value);
  add_text(p, "cross", c->cell.cross_value);
  add_number(p, "runs", (double)c->count);
  add_number(p, "done", (double)evidence_count(c, RUN_DONE));
  add_number(p, "diverged", (double)evidence_count(c, RUN_DIVERGED));
  add_number(p, "failed", (double)evidence_count(c, RUN_FAILED));
  key(p, "measures");
  page_add(p, "[");
  for (int i = 0; i < MEASURES; i++) {
    next_line(p, (size_t)i, 6);
    add_measure(&measures[measure_problem(row)][i], c, p);
  }
  page_add(p, "]}");
}

void results_write(const evidence *e, const verdicts *v, page *p) {
  size_t cells = 0;
  page_add(p, "{\"profile\": \"%s\"", e->profile->name);
  add_number(p, "seeds", (double)e->seeds);
  add_number(p, "missing", (double)failures_missing(e));
  add_number(p, "mishaps", (double)failures_mishaps(e));
  add_number(p, "against", (double)verdicts_against(v));
  page_add(p, ",\n  \"claims\": [");
  for (size_t i = 0; i < v->claim_count; i++) {
    next_line(p, i, 4);
    add_claim(e, &v->claims[i], i + 1, p);
  }
  page_add(p, "],\n  \"published\": [");
  for (size_t i = 0; i < v->number_count; i++) {
    next_line(p, i, 4);
    add_published(&v->numbers[i], p);
  }
  page_add(p, "],\n  \"cells\": [");
  for (size_t i = 0; i < e->row_count; i++)
    for (int j = 0; j < e->rows[i].width * e->rows[i].height; j++) {
      next_line(p, cells++, 4);
      add_cell(&e->rows[i], &e->rows[i].cells[j], p);
    }
  page_add(p, "]}\n");
}
