#include "report/finding.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "experiments/message.h"

static void add(findings *f, finding one) {
  f->list = memory_resize(f->list, f->count + 1, sizeof *f->list);
  f->list[f->count++] = one;
}

void finding_test(findings *f, char *text, double p, size_t n, verdict called) {
  add(f, (finding){
             .text = text, .p = p, .holm = NAN, .n = n, .called = called, .verdict = VERDICT_INCONCLUSIVE});
}

void finding_fact(findings *f, char *text, size_t n, verdict is) {
  add(f, (finding){.text = text, .p = NAN, .holm = NAN, .n = n, .called = is, .verdict = is});
}

void findings_decide(findings *f) {
  double *p = memory_new(f->count, sizeof *p), *adjusted = memory_new(f->count, sizeof *adjusted);
  for (size_t i = 0; i < f->count; i++) p[i] = f->list[i].p;
  holm_adjust(p, f->count, adjusted);
  for (size_t i = 0; i < f->count; i++) {
    f->list[i].holm = adjusted[i];
    if (!isnan(p[i])) f->list[i].verdict = adjusted[i] < 0.05 ? f->list[i].called : VERDICT_INCONCLUSIVE;
  }
  free(p);
  free(adjusted);
}

void findings_free(findings *f) {
  for (size_t i = 0; i < f->count; i++) free(f->list[i].text);
  free(f->list);
  *f = (findings){.list = NULL};
}

void finding_write(const finding *f, page *p) {
  page_add(p, "%s", f->text);
  if (!isnan(f->holm) && f->holm < 0.001)
    page_add(p, "; p < 0.001");
  else if (!isnan(f->holm))
    page_add(p, "; p = %.3f", f->holm);
  if (f->n) page_add(p, "; n = %zu", f->n);
}

/* A fact is as sure as can be. */
static double doubt(const finding *f) { return isnan(f->holm) ? (f->called == f->verdict ? 0 : 1) : f->holm; }

const finding *findings_decisive(const findings *f, size_t from, size_t to, verdict v) {
  const finding *best = NULL;
  for (size_t i = from; i < to; i++) {
    const finding *one = &f->list[i];
    if (one->verdict != v) continue;
    bool surer = best && doubt(one) < doubt(best);
    if (!best || (v == VERDICT_NOT_REPRODUCED ? surer : doubt(one) > doubt(best))) best = one;
  }
  return best;
}
