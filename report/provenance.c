#include "report/provenance.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/labels.h"
#include "report/numbers.h"
#include "report/statistics.h"
#include "report/table.h"

/* The runs behind the report, each once: cells share some. In the order of their keys, which no clock can
 * change. */
typedef struct {
  const run_result **runs;
  size_t count;
} run_list;

static int by_key(const void *a, const void *b) {
  return strcmp((*(const run_result *const *)a)->key, (*(const run_result *const *)b)->key);
}

static run_list runs_behind(const evidence *e) {
  run_list list = {.runs = memory_new(e->run_count, sizeof *list.runs)};
  for (size_t i = 0; i < e->run_count; i++) {
    bool used = false;
    for (size_t j = 0; j < e->row_count; j++)
      for (int k = 0; k < e->rows[j].width * e->rows[j].height; k++)
        for (size_t n = 0; n < e->rows[j].cells[k].count; n++)
          used = used || e->rows[j].cells[k].runs[n] == &e->runs[i];
    if (used) list.runs[list.count++] = &e->runs[i];
  }
  qsort(list.runs, list.count, sizeof *list.runs, by_key);
  return list;
}

/* Keys of the provenance that say how a run was started, not what it computed. */
static bool of_the_moment(const char *key) {
  static const char *const keys[] = {"threads", "jobs"};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
    if (strcmp(keys[i], key) == 0) return true;
  return false;
}

typedef struct {
  json_pair *pairs;
  size_t count;
} pair_set;

static int by_pair(const void *a, const void *b) {
  const json_pair *first = a, *second = b;
  int keys = strcmp(first->key, second->key);
  return keys ? keys : strcmp(first->value, second->value);
}

static void add_pair(pair_set *set, const json_pair *pair) {
  for (size_t i = 0; i < set->count; i++)
    if (by_pair(&set->pairs[i], pair) == 0) return;
  set->pairs = memory_resize(set->pairs, set->count + 1, sizeof *set->pairs);
  set->pairs[set->count++] = *pair;
}

/* What the runs say of themselves; a key with several values says that the runs were not all made alike. */
static pair_set said_by(const run_list *list, bool moment) {
  pair_set set = {.pairs = NULL};
  json_pair pair;
  for (size_t i = 0; i < list->count; i++)
    for (const char *text = list->runs[i]->provenance; text && json_next(&text, &pair);)
      if (of_the_moment(pair.key) == moment) add_pair(&set, &pair);
  if (set.count) qsort(set.pairs, set.count, sizeof *set.pairs, by_pair);
  return set;
}

static void add_pairs(table *t, const pair_set *set) {
  for (size_t i = 0; i < set->count; i++) {
    table_cell(t, "%s", i && strcmp(set->pairs[i].key, set->pairs[i - 1].key) == 0 ? "" : set->pairs[i].key);
    table_cell(t, "%s", set->pairs[i].value);
  }
}

void provenance_write(const evidence *e, page *p) {
  run_list list = runs_behind(e);
  pair_set set = said_by(&list, false);
  table t = table_new(2, (const table_column[]){{"What", TABLE_TEXT}, {"Value", TABLE_CODE}});
  table_cell(&t, "profile");
  table_cell(&t, "%s", e->profile->name);
  table_cell(&t, "runs in this report");
  table_cell(&t, "%zu", list.count);
  add_pairs(&t, &set);
  for (int i = 0; i < EVIDENCE_PROBLEMS; i++) {
    if (!e->data[i].digest[0]) continue;
    table_cell(&t, "data of %s: source", e->data[i].problem);
    table_cell(&t, "%s", e->data[i].source);
    table_cell(&t, "data of %s: SHA-256", e->data[i].problem);
    table_cell(&t, "%s", e->data[i].digest);
  }
  table_write(&t, p);
  table_free(&t);
  free(set.pairs);
  free(list.runs);
}

/* How long each final model trained, beside the published time. */
static void write_model_times(const evidence *e, page *p) {
  table t = table_new(4, (const table_column[]){{"Model", TABLE_TEXT},
                                                {"Training time, ours", TABLE_NUMBER},
                                                {"Published", TABLE_NUMBER},
                                                {"n", TABLE_NUMBER}});
  for (size_t i = 0; i < e->row_count; i++) {
    const evidence_cell *c = &e->rows[i].cells[0];
    if (e->rows[i].row->shape != SHOWN_AS_MODEL) continue;
    double published;
    spread seconds = {0};
    for (size_t j = 0; j < c->count; j++)
      if (c->runs[j]->status == RUN_DONE) spread_add(&seconds, c->runs[j]->seconds);
    spread_end(&seconds);
    bool known = catalogue_published(&c->cell, "seconds", &published);
    table_cell(&t, "%s", e->rows[i].row->name);
    table_cell(&t, "%s", seconds.n ? number_duration(seconds.mean).text : "not run");
    table_cell(&t, "%s", known ? number_duration(published).text : "");
    table_cell(&t, "%zu", seconds.n);
  }
  table_write(&t, p);
  table_free(&t);
}

void timing_write(const evidence *e, page *p) {
  run_list list = runs_behind(e);
  pair_set set = said_by(&list, true);
  spread started = {0}, seconds = {0}, cpu = {0}, threads = {0}, memory = {0};
  for (size_t i = 0; i < list.count; i++) {
    spread_add(&started, list.runs[i]->started);
    spread_add(&seconds, list.runs[i]->seconds);
    spread_add(&cpu, list.runs[i]->cpu_seconds);
    spread_add(&threads, list.runs[i]->threads);
    spread_add(&memory, (double)list.runs[i]->peak_kb);
  }
  write_model_times(e, p);
  if (list.count) {
    table t = table_new(2, (const table_column[]){{"What", TABLE_TEXT}, {"Value", TABLE_TEXT}});
    table_cell(&t, "first run began");
    table_cell(&t, "%s", number_date(started.least).text);
    table_cell(&t, "last run began");
    table_cell(&t, "%s", number_date(started.most).text);
    table_cell(&t, "training time of all runs together");
    table_cell(&t, "%s", number_duration(seconds.sum).text);
    table_cell(&t, "processor time of all runs together");
    table_cell(&t, "%s", number_duration(cpu.sum).text);
    table_cell(&t, "longest run");
    table_cell(&t, "%s", number_duration(seconds.most).text);
    table_cell(&t, "most memory of a run");
    table_cell(&t, "%s MB", number_grouped(memory.most / 1024, 0).text);
    table_cell(&t, "threads of a run");
    if (threads.least == threads.most)
      table_cell(&t, "%.0f", threads.least);
    else
      table_cell(&t, "%.0f to %.0f", threads.least, threads.most);
    add_pairs(&t, &set);
    table_write(&t, p);
    table_free(&t);
  }
  free(set.pairs);
  free(list.runs);
}
