#include "experiments/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

request request_new(void) {
  return (request){.profile = catalogue_profile_find("full"), .store = "results.db", .seeds = 1};
}

void request_free(request *q) {
  custom_rows_free(&q->added);
  free(q->rows);
  q->rows = NULL;
}

/* ---- The command line ---------------------------------------------------------------------------------- */

static int add_setting(const command *c, request *q, const char *setting) {
  if (q->setting_count == MOST_SETTINGS)
    return command_error(c, "--set %s: too many settings, at most %d", setting, MOST_SETTINGS);
  q->settings[q->setting_count++] = setting;
  return 0;
}

static int choose_profile(const command *c, request *q, const char *name) {
  q->profile = catalogue_profile_find(name);
  if (q->profile) return 0;
  char names[128] = "";
  for (const catalogue_profile *p = catalogue_profiles; p->name; p++)
    snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] ? " or " : "", p->name);
  return command_error(c, "--profile %s: no such profile; choose %s", name, names);
}

int request_option(const command *c, request *q, int option, const char *value) {
  switch (option) {
  case 's': return add_setting(c, q, value);
  case 'n': return command_integer(c, "--seeds", value, 1, 10000, &q->seeds);
  case 'p': return choose_profile(c, q, value);
  case 'o': q->store = value; return 0;
  default: return AGX_ERROR;
  }
}

static const catalogue_row *find_row(const request *q, const char *name) {
  for (size_t i = 0; i < q->added.count; i++)
    if (strcmp(q->added.rows[i].row.id, name) == 0) return &q->added.rows[i].row;
  return catalogue_find(name);
}

/* The store is asked only for rows that the catalogue does not have. */
static int read_added(const command *c, request *q, char **names, int count) {
  bool known = true;
  for (int i = 0; i < count; i++) known = known && catalogue_find(names[i]);
  if (known) return 0;
  message m = {.text = ""};
  store *s;
  int status = store_look(&s, q->store, &m) < 0 ? -1 : custom_rows_read(&q->added, s, q->profile, &m);
  store_close(s);
  return status == 0 ? 0 : command_error(c, "%s", m.text);
}

int request_rows(const command *c, request *q, char **names, int count) {
  if (count == 0) return 0;
  if (read_added(c, q, names, count) != 0) return AGX_ERROR;
  q->rows = memory_new((size_t)count + 1, sizeof *q->rows);
  for (int i = 0; i < count; i++) {
    q->rows[i] = find_row(q, names[i]);
    if (!q->rows[i]) return command_error(c, "%s: no such row; see agx list", names[i]);
  }
  return 0;
}

/* ---- The plan ------------------------------------------------------------------------------------------ */

/* The data of the problems that the plan trains on. */
static int load(dataset *d, const plan *p, message *m) {
  for (size_t i = 0; i < p->count; i++)
    if (dataset_load(d, (config_problem)p->jobs[i].config.problem, command_warn, m) != 0) return -1;
  return 0;
}

static int make_plan(plan *p, const request *q, int64_t seeds, const dataset *d, message *m) {
  plan_request wanted = {.rows = q->rows,
                         .profile = q->profile,
                         .settings = q->settings,
                         .seeds = seeds,
                         .custom = !q->rows && q->setting_count > 0,
                         .digits_digest = d->digits.digest,
                         .houses_digest = d->houses.digest};
  return plan_make(p, &wanted, m);
}

int request_plan(plan *p, dataset *d, const request *q, message *m) {
  if (make_plan(p, q, 1, d, m) != 0) return -1;
  int status = load(d, p, m);
  plan_free(p);
  return status == 0 ? make_plan(p, q, q->seeds, d, m) : -1;
}
