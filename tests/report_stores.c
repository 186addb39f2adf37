/* Stores whose runs are made up: each cell's number is its place, so that a number in the wrong place is
 * seen. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/plan.h"
#include "experiments/store.h"
#include "report/files.h"
#include "tests/test_report.h"

/* Accuracies 0.9017, 0.9034, ... and squared errors 1.17e9, 1.34e9, ... with the cell's place in its row. */
static double place_value(const config *c, int place, int64_t seed) {
  double step = 0.0017 * (place + 1) + 0.0001 * (double)(seed - 1);
  return c->problem == PROBLEM_DIGITS ? 0.9 + step : 1e9 + 1e11 * step;
}

static void add_history(run_result *r, const config *c, double last, int points) {
  for (int i = 1; i <= points; i++) {
    double share = i / (double)points, metric = c->problem == PROBLEM_DIGITS ? last * share : last / share;
    bool tested = c->record_test == TEST_EVERY || i == points;
    run_result_point(r, (run_point){.epoch = i * c->record_every,
                                    .step = 9 * i,
                                    .lr = c->lr,
                                    .train_loss = 0.75 / i,
                                    .validation_loss = 0.875 / i,
                                    .validation_metric = metric,
                                    .test_loss = tested ? 0.9375 / i : NAN,
                                    .test_metric = tested ? metric * 0.96875 : NAN,
                                    .seconds = i});
  }
}

static void add_run(store *s, const make_up *how, const catalogue_cell *cell, int place, int64_t seed,
                    const char *digest) {
  const config *c = &cell->config;
  bool digits = c->problem == PROBLEM_DIGITS;
  run_result r = {.config = config_text(c),
                  .seed = seed,
                  .started = 1.7e9 + how->clock,
                  .seconds = 61.5 + how->clock,
                  .cpu_seconds = 60 + how->clock,
                  .peak_kb = 2048 * (int64_t)(1 + how->clock),
                  .threads = how->threads};
  plan_key(c, seed, digest, r.key);
  strcpy(r.data_digest, digest);
  snprintf(r.engine, sizeof r.engine, "%s", plan_engine());
  r.provenance = memory_text("{\"revision\": \"abc1234\", \"cpu\": \"Abacus|8\", \"cores\": 2}");
  double value = place_value(c, place, seed);
  if (!digits && c->optimizer == OPTIMIZER_SGD) {
    r.status = RUN_DIVERGED;
    r.failed_step = 3;
    strcpy(r.message, "NaN loss at step 3: linear: element 5 of the result is -inf");
  } else if (digits && c->optimizer == OPTIMIZER_RMSPROP && !how->healthy) {
    r.status = RUN_FAILED;
    strcpy(r.message, "ended by signal 11");
    add_history(&r, c, value, 4);
  } else {
    r.status = RUN_DONE;
    add_history(&r, c, value, 20);
    run_result_metric(&r, digits ? "validation_accuracy" : "validation_mse", value);
    run_result_metric(&r, digits ? "test_accuracy" : "test_mse", value * 0.96875);
  }
  ck_assert_msg(store_save(s, &r, &said) == 0, "%s", said.text);
  run_result_free(&r);
}

/* Runs that several rows share get the number of the first row: a store keeps what it has. */
static void add_rows(store *s, const make_up *how, const char *const digests[2]) {
  const catalogue_profile *profile = catalogue_profile_find(how->profile);
  for (const catalogue_row *const *row = catalogue_rows; *row; row++)
    for (int i = 0; i < catalogue_cells(*row); i++)
      for (int64_t seed = 1; seed <= how->seeds + ((*row)->shape == SHOWN_AS_MODEL) * how->more_seeds;
           seed++) {
        catalogue_cell cell;
        if (how->without && strcmp((*row)->id, how->without) == 0) continue;
        ck_assert_msg(catalogue_cell_make(&cell, *row, i, profile, NULL, &said) == 0, "%s", said.text);
        add_run(s, how, &cell, i, seed, digests[cell.config.problem]);
      }
}

void make_store(const char *name, const make_up *how) {
  char *path = in_home(name), digests[2][65];
  store *s = store_open(path, STORE_WRITE, &said);
  ck_assert_msg(s != NULL, "%s", said.text);
  for (int i = 0; i < 2; i++) {
    store_dataset data = {.place = "somewhere"};
    snprintf(data.problem, sizeof data.problem, "%s", i == PROBLEM_DIGITS ? "digits" : "houses");
    memset(data.digest, 'a' + i, 64);
    strcpy(digests[i], data.digest);
    snprintf(data.source, sizeof data.source, "%s", how->source);
    ck_assert_int_eq(store_data_used(s, &data, &said), 0);
  }
  add_rows(s, how, (const char *const[]){digests[0], digests[1]});
  store_close(s);
  free(path);
}

/* The report of a store of HOME into a folder of HOME. */
int render_rows(const char *store_name, const char *out_name, const char *profile,
                const catalogue_row *const rows[], report_outcome *outcome) {
  const char *source = getenv("srcdir");
  char *path = in_home(store_name), *out = in_home(out_name),
       *parts = memory_format("%s/report", source ? source : ".");
  report_request request = {
      .store = path, .out = out, .parts = parts, .profile = catalogue_profile_find(profile), .rows = rows};
  int status = report_write(&request, outcome, &said);
  free(path);
  free(out);
  free(parts);
  return status;
}

int render(const char *store_name, const char *out_name, const char *profile, report_outcome *outcome) {
  return render_rows(store_name, out_name, profile, catalogue_rows, outcome);
}

char *rendered(const make_up *how, const char *name, report_outcome *outcome) {
  char *store_name = memory_format("%s.db", name), *page_name = memory_format("%s/report.md", name);
  make_store(store_name, how);
  ck_assert_msg(render(store_name, name, how->profile, outcome) == 0, "%s", said.text);
  char *text = read_in_home(page_name);
  free(store_name);
  free(page_name);
  return text;
}
