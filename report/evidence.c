#include "report/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/plan.h"

static bool has_key(const run_result *r, const config *c, const char *digest) {
  char key[STORE_KEY];
  plan_key(c, r->seed, digest, key);
  return strcmp(key, r->key) == 0;
}

static int by_seed(const void *a, const void *b) {
  const run_result *first = *(const run_result *const *)a, *second = *(const run_result *const *)b;
  return (first->seed > second->seed) - (first->seed < second->seed);
}

static int load_cell(evidence *e, evidence_row *row, int index, message *m) {
  evidence_cell *c = &row->cells[index];
  if (catalogue_cell_make(&c->cell, row->row, index, e->profile, NULL, m) != 0) return -1;
  const char *digest = e->data[c->cell.config.problem].digest;
  c->runs = memory_new(e->run_count, sizeof *c->runs);
  for (size_t i = 0; *digest && i < e->run_count; i++)
    if (has_key(&e->runs[i], &c->cell.config, digest)) c->runs[c->count++] = &e->runs[i];
  qsort(c->runs, c->count, sizeof *c->runs, by_seed);
  if (c->count && c->runs[c->count - 1]->seed > e->seeds) e->seeds = c->runs[c->count - 1]->seed;
  return 0;
}

static int sweep_width(const catalogue_sweep *sweep) {
  int width = 0;
  while (sweep->key && width < CATALOGUE_VALUES && sweep->values[width]) width++;
  return width ? width : 1;
}

/* Whether every cell that was tried at all was tried with this seed. */
static bool is_common(const evidence_row *row, int64_t seed) {
  for (int i = 0; i < row->width * row->height; i++)
    if (row->cells[i].count && !evidence_run(&row->cells[i], seed)) return false;
  return true;
}

/* A seed moves the split of the data, which often weighs more than what a row compares. */
static void keep_common_seeds(evidence_row *row) {
  int cells = row->width * row->height;
  bool shared = false;
  for (int i = 0; i < cells; i++)
    for (size_t j = 0; j < row->cells[i].count; j++) shared |= is_common(row, row->cells[i].runs[j]->seed);
  for (int i = 0; shared && i < cells; i++) {
    evidence_cell *c = &row->cells[i];
    size_t kept = 0;
    for (size_t j = 0; j < c->count; j++)
      if (is_common(row, c->runs[j]->seed)) c->runs[kept++] = c->runs[j];
    c->count = kept;
  }
}

static int load_row(evidence *e, evidence_row *row, const catalogue_row *of, message *m) {
  *row = (evidence_row){.row = of, .width = sweep_width(&of->sweep)};
  int cells = catalogue_cells(of);
  row->height = cells / row->width;
  row->cells = memory_new((size_t)cells, sizeof *row->cells);
  for (int i = 0; i < cells; i++)
    if (load_cell(e, row, i, m) != 0) return -1;
  keep_common_seeds(row);
  return 0;
}

static int load_rows(evidence *e, const catalogue_row *const rows[], bool added, message *m) {
  for (const catalogue_row *const *row = rows; *row; row++) {
    e->rows = memory_resize(e->rows, e->row_count + 1, sizeof *e->rows);
    if (load_row(e, &e->rows[e->row_count++], *row, m) != 0) return -1;
    e->rows[e->row_count - 1].added = added;
  }
  return 0;
}

/* The pictures show one run of each final model, and the first losses of runs that diverged. */
static int load_tensors(evidence *e, store *s, message *m) {
  for (size_t i = 0; i < e->row_count; i++)
    for (int j = 0; j < e->rows[i].width * e->rows[i].height; j++)
      for (size_t k = 0; k < e->rows[i].cells[j].count; k++) {
        const evidence_cell *c = &e->rows[i].cells[j];
        run_result *r = &e->runs[c->runs[k] - e->runs];
        bool shown =
            r->status == RUN_DIVERGED || (e->rows[i].row->shape == SHOWN_AS_MODEL && r == evidence_done(c));
        if (shown && !r->tensors && store_tensors(s, r->key, &r->tensors, &r->tensor_count, m) < 0) return -1;
      }
  return 0;
}

static int load_all(evidence *e, store *s, const catalogue_row *const rows[], message *m) {
  static const char *const problems[EVIDENCE_PROBLEMS] = {
      [PROBLEM_DIGITS] = "digits", [PROBLEM_HOUSES] = "houses"};
  for (int i = 0; i < EVIDENCE_PROBLEMS; i++)
    if (store_data(s, problems[i], &e->data[i], m) < 0) return -1;
  if (store_list(s, &e->runs, &e->run_count, m) < 0) return -1;
  for (size_t i = 0; i < e->run_count; i++) {
    run_result *r = &e->runs[i];
    if (store_history(s, r->key, &r->history, &r->history_count, m) < 0) return -1;
    if (store_metrics(s, r->key, &r->metrics, &r->metric_count, m) < 0) return -1;
  }
  if (custom_rows_read(&e->custom, s, e->profile, m) != 0 || load_rows(e, rows, false, m) != 0 ||
      load_rows(e, e->custom.list, true, m) != 0)
    return -1;
  return load_tensors(e, s, m);
}

int evidence_load(evidence *e, const char *store_path, const catalogue_row *const rows[],
                  const catalogue_profile *profile, message *m) {
  *e = (evidence){.profile = profile};
  store *s = store_open(store_path, STORE_READ, m);
  if (!s) return -1;
  int status = load_all(e, s, rows, m);
  store_close(s);
  if (status != 0) evidence_free(e);
  return status;
}

void evidence_free(evidence *e) {
  for (size_t i = 0; i < e->row_count; i++) {
    evidence_row *row = &e->rows[i];
    for (int j = 0; row->cells && j < row->width * row->height; j++) free(row->cells[j].runs);
    free(row->cells);
  }
  free(e->rows);
  custom_rows_free(&e->custom);
  for (size_t i = 0; i < e->run_count; i++) run_result_free(&e->runs[i]);
  free(e->runs);
  *e = (evidence){.profile = NULL};
}

const evidence_row *evidence_find(const evidence *e, const char *id) {
  for (size_t i = 0; i < e->row_count; i++)
    if (strcmp(e->rows[i].row->id, id) == 0) return &e->rows[i];
  return NULL;
}

const evidence_cell *evidence_at(const evidence_row *row, int cross, const char *sweep_value) {
  for (int i = 0; i < row->width; i++) {
    const evidence_cell *c = &row->cells[cross * row->width + i];
    if (!sweep_value || (c->cell.sweep_value && strcmp(c->cell.sweep_value, sweep_value) == 0)) return c;
  }
  return NULL;
}

const run_result *evidence_run(const evidence_cell *c, int64_t seed) {
  for (size_t i = 0; i < c->count; i++)
    if (c->runs[i]->seed == seed) return c->runs[i];
  return NULL;
}

double evidence_value(const run_result *r, const char *name) {
  for (size_t i = 0; r->status == RUN_DONE && i < r->metric_count; i++)
    if (strcmp(r->metrics[i].name, name) == 0) return r->metrics[i].value;
  return NAN;
}

const run_result *evidence_done(const evidence_cell *c) {
  for (size_t i = 0; i < c->count; i++)
    if (c->runs[i]->status == RUN_DONE) return c->runs[i];
  return NULL;
}

const run_tensor *evidence_tensor(const evidence_cell *c, const char *name) {
  const run_result *r = evidence_done(c);
  for (size_t i = 0; r && i < r->tensor_count; i++)
    if (strcmp(r->tensors[i].name, name) == 0) return &r->tensors[i];
  return NULL;
}

size_t evidence_count(const evidence_cell *c, run_status status) {
  size_t count = 0;
  for (size_t i = 0; i < c->count; i++) count += c->runs[i]->status == status;
  return count;
}

static const run_result *first_of(const evidence_cell *c, run_status status) {
  for (size_t i = 0; i < c->count; i++)
    if (c->runs[i]->status == status) return c->runs[i];
  return NULL;
}

char *evidence_divergence(const run_result *r) {
  size_t length = strcspn(r->message, ":");
  const char *loss = strstr(r->message, " loss at"),
             *operator= r->message + length + strspn(r->message + length, ": ");
  if (!loss || (size_t)(loss - r->message) >= length) return memory_text(r->message);
  const char *at = loss + strlen(" loss");
  char *when = memory_format("%.*s%.*s", (int)(loss - r->message), r->message,
                             (int)(length - (size_t)(at - r->message)), at);
  char *whole =
      *operator? memory_format("%s (%.*s)", when, (int)strcspn(operator, ":"), operator) : memory_text(when);
  free(when);
  return whole;
}

char *evidence_state(const evidence_cell *c) {
  const run_result *diverged = first_of(c, RUN_DIVERGED), *failed = first_of(c, RUN_FAILED);
  size_t count = evidence_count(c, RUN_DIVERGED);
  if (count && count < c->count) return memory_format("%zu of %zu diverged", count, c->count);
  if (diverged) return evidence_divergence(diverged);
  if (failed) return memory_format("failed: %s", failed->message);
  return memory_text(c->count ? "done, but this was not measured" : "not run");
}
