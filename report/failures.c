#include "report/failures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/labels.h"
#include "report/table.h"

/* "batch size 50, cross-entropy"; "" for a row without a sweep. */
static char *cell_name(const evidence_cell *c) {
  const catalogue_row *row = c->cell.row;
  if (!c->cell.sweep_value) return memory_text("");
  const char *value = label_value(row->sweep.key, c->cell.sweep_value);
  if (!c->cell.cross_value) return memory_format("%s %s", label_key(row->sweep.key), value);
  return memory_format("%s %s, %s", label_key(row->sweep.key), value,
                       label_value(row->cross.key, c->cell.cross_value));
}

static void add_line(table *t, const evidence_cell *c, const char *seed, const char *what) {
  char *name = cell_name(c);
  table_cell(t, "%s", c->cell.row->id);
  table_cell(t, "%s", name);
  table_cell(t, "%s", seed);
  table_cell(t, "%s", what);
  free(name);
}

static void add_cell(table *t, const evidence_cell *c) {
  if (c->count == 0) add_line(t, c, "", "not run");
  for (size_t i = 0; i < c->count; i++) {
    const run_result *r = c->runs[i];
    char seed[32];
    if (r->status == RUN_DONE) continue;
    snprintf(seed, sizeof seed, "%" PRId64, r->seed);
    bool expected = r->status == RUN_DIVERGED && catalogue_diverges(&c->cell);
    char *what = memory_format("%s: %s%s", run_status_name(r->status), r->message,
                               expected ? " (as the text says)" : "");
    add_line(t, c, seed, what);
    free(what);
  }
}

void failures_write(const evidence *e, page *p) {
  table t = table_new(4, (const table_column[]){{"Row", TABLE_CODE},
                                                {"Cell", TABLE_TEXT},
                                                {"Seed", TABLE_NUMBER},
                                                {"What happened", TABLE_TEXT}});
  for (size_t i = 0; i < e->row_count; i++)
    for (int j = 0; j < e->rows[i].width * e->rows[i].height; j++) add_cell(&t, &e->rows[i].cells[j]);
  if (t.count)
    table_write(&t, p);
  else
    page_add(p, "Every run ended in a number.\n\n");
  table_free(&t);
}

size_t failures_missing(const evidence *e) {
  size_t missing = 0;
  for (size_t i = 0; i < e->row_count; i++)
    for (int j = 0; j < e->rows[i].width * e->rows[i].height; j++) missing += e->rows[i].cells[j].count == 0;
  return missing;
}

static size_t mishaps_of(const evidence_cell *c) {
  return evidence_count(c, RUN_FAILED) + (catalogue_diverges(&c->cell) ? 0 : evidence_count(c, RUN_DIVERGED));
}

size_t failures_mishaps(const evidence *e) {
  size_t mishaps = 0;
  for (size_t i = 0; i < e->row_count; i++)
    for (int j = 0; j < e->rows[i].width * e->rows[i].height; j++)
      mishaps += mishaps_of(&e->rows[i].cells[j]);
  return mishaps;
}
