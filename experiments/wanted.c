#include "experiments/wanted.h"

#include <stdlib.h>
#include <string.h>

#include "experiments/custom.h"
#include "experiments/plan.h"

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static int add_row(wanted *w, const catalogue_row *row, const catalogue_profile *profile, message *m) {
  for (int i = 0; i < catalogue_cells(row); i++) {
    catalogue_cell cell;
    if (catalogue_cell_make(&cell, row, i, profile, NULL, m) != 0) return -1;
    w->configs = memory_resize(w->configs, w->count + 1, sizeof *w->configs);
    w->configs[w->count++] = config_text(&cell.config);
  }
  return 0;
}

static int add_rows(wanted *w, const catalogue_row *const *row, const catalogue_profile *profile,
                    message *m) {
  for (; *row; row++)
    if (add_row(w, *row, profile, m) != 0) return -1;
  return 0;
}

static int add_profile(wanted *w, store *s, const catalogue_profile *profile, message *m) {
  custom_rows added;
  if (add_rows(w, catalogue_rows, profile, m) != 0 || custom_rows_read(&added, s, profile, m) != 0) return -1;
  int status = add_rows(w, added.list, profile, m);
  custom_rows_free(&added);
  return status;
}

int wanted_of(wanted *w, store *s, message *m) {
  static const char *const problems[] = {"digits", "houses"};
  *w = (wanted){.configs = NULL};
  int status = 0;
  for (const catalogue_profile *p = catalogue_profiles; p->name && status == 0; p++)
    status = add_profile(w, s, p, m);
  for (int i = 0; i < 2 && status == 0; i++) status = store_data(s, problems[i], &w->data[i], m) < 0 ? -1 : 0;
  if (status != 0)
    wanted_free(w);
  else
    qsort(w->configs, w->count, sizeof *w->configs, by_text);
  return status;
}

void wanted_free(wanted *w) {
  for (size_t i = 0; i < w->count; i++) free(w->configs[i]);
  free(w->configs);
  *w = (wanted){.configs = NULL};
}

static bool uses_data(const wanted *w, const run_result *r) {
  for (int i = 0; i < 2; i++)
    if (strcmp(w->data[i].digest, r->data_digest) == 0) return true;
  return false;
}

const char *wanted_why_not(const wanted *w, const run_result *r) {
  if (strcmp(r->engine, plan_engine()) != 0) return "made by another version of the engine";
  if (!uses_data(w, r)) return "trained on other data than those last used";
  if (w->count == 0 || !bsearch(&r->config, w->configs, w->count, sizeof *w->configs, by_text))
    return "wanted by no row";
  return NULL;
}
