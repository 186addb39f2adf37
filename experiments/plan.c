#include "experiments/plan.h"

#include <autograd.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/data/data.h"
#include "experiments/data/digest.h"
#include "experiments/network.h"

const char *plan_engine(void) { return AG_VERSION; }

void plan_key(const config *c, int64_t seed, const char *data_digest, char key[STORE_KEY]) {
  char *text = config_text(c);
  char *whole =
      memory_format("%sseed=%" PRId64 "\ndata=%s\nengine=%s\n", text, seed, data_digest, plan_engine());
  sha256_hex(whole, strlen(whole), key);
  free(whole);
  free(text);
}

/* ---- What a run costs ---------------------------------------------------------------------------------- */

static double least(double a, double b) { return a < b ? a : b; }

static double limited(double n, int64_t limit) { return limit > 0 ? least(n, (double)limit) : n; }

static void estimate(plan_job *job) {
  const config *k = &job->config;
  double rows = k->problem == PROBLEM_DIGITS ? DIGIT_TRAIN_ROWS : HOUSE_ROWS;
  double validation = round(rows * k->split_validation);
  double test = k->problem == PROBLEM_DIGITS ? DIGIT_TEST_ROWS : round(rows * k->split_test);
  double train =
      limited(k->problem == PROBLEM_DIGITS ? rows - validation : rows - validation - test, k->limit_train);
  double records = ceil((double)k->epochs / (double)k->record_every);
  double evaluated = records * limited(validation, k->limit_evaluate) +
                     (k->record_test == TEST_END ? 1 : records) * limited(test, k->limit_evaluate);
  double step = network_step_seconds(k), sample = step / (double)k->batch / 3; /* forward alone is a third */
  job->parameters = network_parameters(k);
  job->multiply_adds = (double)network_multiply_adds(k);
  job->steps = k->epochs * (int64_t)ceil(train / (double)k->batch);
  job->work = (double)job->steps * step + evaluated * sample;
}

/* ---- The list ------------------------------------------------------------------------------------------ */

static plan_job *find(const plan *p, const char *key) {
  for (size_t i = 0; i < p->count; i++)
    if (strcmp(p->jobs[i].key, key) == 0) return &p->jobs[i];
  return NULL;
}

static void add_row(plan_job *job, const char *id) {
  size_t count = 0;
  for (; job->rows && job->rows[count]; count++)
    if (strcmp(job->rows[count], id) == 0) return;
  job->rows = memory_resize(job->rows, count + 2, sizeof *job->rows);
  job->rows[count] = memory_text(id);
  job->rows[count + 1] = NULL;
}

/* `label` becomes the plan's or is freed. */
static plan_job *add(plan *p, const plan_request *q, const config *c, int64_t seed, const char *row,
                     char *label) {
  char key[STORE_KEY];
  const char *digest = c->problem == PROBLEM_DIGITS ? q->digits_digest : q->houses_digest;
  plan_key(c, seed, digest, key);
  plan_job *job = find(p, key);
  if (!job) {
    p->jobs = memory_resize(p->jobs, p->count + 1, sizeof *p->jobs);
    job = &p->jobs[p->count++];
    *job = (plan_job){.config = *c, .seed = seed, .data_digest = digest, .label = label};
    memcpy(job->key, key, sizeof key);
    estimate(job);
  } else {
    free(label);
  }
  add_row(job, row);
  return job;
}

static char *cell_label(const catalogue_cell *cell) {
  char *sweep =
      cell->sweep_value ? memory_format(" %s=%s", cell->row->sweep.key, cell->sweep_value) : memory_text("");
  char *cross =
      cell->cross_value ? memory_format(" %s=%s", cell->row->cross.key, cell->cross_value) : memory_text("");
  char *label = memory_format("%s%s%s", cell->row->id, sweep, cross);
  free(sweep);
  free(cross);
  return label;
}

static int add_rows(plan *p, const plan_request *q, int64_t seed, message *m) {
  const catalogue_row *const *row = q->rows ? q->rows : catalogue_rows;
  for (; *row; row++)
    for (int i = 0; i < catalogue_cells(*row); i++) {
      catalogue_cell cell;
      if (catalogue_cell_make(&cell, *row, i, q->profile, q->settings, m) != 0) return -1;
      plan_job *job = add(p, q, &cell.config, seed, (*row)->id, cell_label(&cell));
      job->diverges = job->diverges || catalogue_diverges(&cell);
    }
  return 0;
}

static int add_custom(plan *p, const plan_request *q, int64_t seed, message *m) {
  config c;
  if (catalogue_custom(&c, q->profile, q->settings, m) != 0) return -1;
  add(p, q, &c, seed, "custom", config_summary(&c));
  return 0;
}

static int by_order(const void *left, const void *right) {
  const plan_job *a = left, *b = right;
  if (a->seed != b->seed) return a->seed < b->seed ? -1 : 1;
  if (a->work > b->work || a->work < b->work) return a->work > b->work ? -1 : 1;
  return strcmp(a->key, b->key);
}

int plan_make(plan *p, const plan_request *q, message *m) {
  *p = (plan){.jobs = NULL};
  for (int64_t seed = 1; seed <= q->seeds; seed++)
    if ((q->custom ? add_custom(p, q, seed, m) : add_rows(p, q, seed, m)) != 0) {
      plan_free(p);
      return -1;
    }
  if (p->count) qsort(p->jobs, p->count, sizeof *p->jobs, by_order);
  return 0;
}

void plan_free(plan *p) {
  for (size_t i = 0; i < p->count; i++) {
    for (char **row = p->jobs[i].rows; row && *row; row++) free(*row);
    free(p->jobs[i].rows);
    free(p->jobs[i].label);
  }
  free(p->jobs);
  *p = (plan){.jobs = NULL};
}
