#include "experiments/sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/claim.h"
#include "experiments/leftovers.h"
#include "experiments/progress.h"
#include "experiments/provenance.h"
#include "experiments/worker.h"

enum { GRACE = 30 }; /* seconds to end after an interruption: more than an evaluation or a step takes */

typedef struct {
  const plan *plan;
  const dataset *data;
  const sweep_options *options;
  sweep_outcome *outcome;
  size_t *pending, count; /* positions in the plan; the supervisor counts jobs by this list */
  claim *claims;          /* one for each pending job */
  progress progress;
  progress_state state;
} sweep;

static const plan_job *job_at(const sweep *w, size_t job) { return &w->plan->jobs[w->pending[job]]; }

static void count_divergence(sweep_outcome *o, const plan_job *job) {
  o->diverged++;
  o->surprising += !job->diverges;
}

int sweep_pending(const plan *p, const char *path, size_t **pending, size_t *count,
                  sweep_outcome *found_there, message *m) {
  *pending = memory_new(p->count, sizeof **pending);
  *count = 0;
  *found_there = (sweep_outcome){.kept = 0};
  store *s;
  int status = store_look(&s, path, m) < 0 ? -1 : 0;
  for (size_t i = 0; i < p->count && status == 0; i++) {
    run_result r = {.status = RUN_FAILED};
    int found = s ? store_find(s, p->jobs[i].key, &r, m) : 0;
    status = found < 0 ? -1 : 0;
    if (found == 0 || (found == 1 && r.status == RUN_FAILED)) (*pending)[(*count)++] = i;
    if (found == 1 && r.status == RUN_DIVERGED) count_divergence(found_there, &p->jobs[i]);
    run_result_free(&r);
  }
  found_there->kept = p->count - *count;
  store_close(s);
  if (status != 0) free(*pending);
  return status;
}

/* ---- In the worker ------------------------------------------------------------------------------------- */

static work_end work(void *user, size_t job, worker_page *page) {
  sweep *w = user;
  for (size_t i = 0; i < w->count; i++) /* they are other workers' claims, inherited by the fork */
    if (i != job) claim_release(w->claims[i]);
  return worker_train(job_at(w, job), w->data, w->options, page);
}

/* ---- In the supervisor --------------------------------------------------------------------------------- */

/* The claim comes first and the store second: whoever finished this run meanwhile has written it before
 * letting the claim go. */
static job_begin begin(void *user, size_t job, message *m) {
  sweep *w = user;
  const char *key = job_at(w, job)->key;
  int taken = claim_take(&w->claims[job], w->options->store, key, m);
  if (taken <= 0) return taken == 0 ? BEGIN_LATER : BEGIN_ERROR;
  run_result r = {.status = RUN_FAILED};
  store *s = store_open(w->options->store, STORE_AGAIN, m);
  int found = s ? store_find(s, key, &r, m) : -1;
  store_close(s);
  bool finished = found == 1 && r.status != RUN_FAILED;
  run_result_free(&r);
  return found < 0 ? BEGIN_ERROR : finished ? BEGIN_NEVER : BEGIN_NOW;
}

static int save_failure(const sweep *w, const plan_job *run, const job_view *view, message *m) {
  run_result r = {
      .seed = run->seed, .status = RUN_FAILED, .seconds = view->seconds, .threads = w->options->threads};
  memcpy(r.key, run->key, sizeof r.key);
  r.config = config_text(&run->config);
  r.provenance = provenance_text();
  r.failed_step = view->page ? view->page->step : 0;
  snprintf(r.data_digest, sizeof r.data_digest, "%s", run->data_digest);
  snprintf(r.engine, sizeof r.engine, "%s", plan_engine());
  snprintf(r.message, sizeof r.message, "%.*s", (int)sizeof r.message - 1, view->reason);
  int status = worker_save(w->options->store, &r, m);
  run_result_free(&r);
  return status;
}

/* "validation 98.91 %, test 96.51 %" or "validation 8.93e+08, test 9.1e+08 dollars squared". */
static void describe(store *s, const plan_job *run, char *out, size_t size) {
  double validation = NAN, test = NAN;
  if (run->config.problem == PROBLEM_DIGITS) {
    store_metric(s, run->key, "validation_accuracy", &validation, NULL);
    store_metric(s, run->key, "test_accuracy", &test, NULL);
    snprintf(out, size, "validation %.2f %%, test %.2f %%", 100 * validation, 100 * test);
  } else {
    store_metric(s, run->key, "validation_mse", &validation, NULL);
    store_metric(s, run->key, "test_mse", &test, NULL);
    snprintf(out, size, "validation %.3g, test %.3g dollars squared", validation, test);
  }
}

/* What the worker wrote, counted and put into words. */
static int see_result(sweep *w, const plan_job *run, char *out, size_t size, message *m) {
  store *s = store_open(w->options->store, STORE_AGAIN, m);
  if (!s) return -1;
  run_result r;
  int found = store_find(s, run->key, &r, m);
  if (found == 1) {
    bool diverged = r.status == RUN_DIVERGED;
    w->outcome->done += !diverged;
    if (diverged) count_divergence(w->outcome, run);
    if (diverged)
      snprintf(out, size, "diverged: %s", r.message);
    else
      describe(s, run, out, size);
    run_result_free(&r);
  }
  store_close(s);
  if (found == 0)
    message_fail(m, "%s: run %.12s is gone; did somebody replace the store?", w->options->store, run->key);
  return found == 1 ? 0 : -1;
}

/* What a worker has done of its run; what was done before it began is no work of this sweep. */
static void account(progress_state *state, const plan_job *run, const worker_page *page, int64_t step) {
  int64_t first = page && page->first > 0 ? page->first - 1 : 0;
  if (run->steps <= 0 || step < first) return;
  state->work -= run->work * (double)first / (double)run->steps;
  state->work_done += run->work * (double)(step - first) / (double)run->steps;
}

/* What another agx left behind, counted. */
static int see_skipped(sweep *w, const plan_job *run, message *m) {
  store *s = store_open(w->options->store, STORE_AGAIN, m);
  run_result r = {.status = RUN_FAILED};
  int found = s ? store_find(s, run->key, &r, m) : -1;
  w->outcome->kept++;
  if (r.status == RUN_DIVERGED) count_divergence(w->outcome, run);
  run_result_free(&r);
  store_close(s);
  return found < 0 ? -1 : 0;
}

/* Counts a job that has come to its end, and says how. */
static int conclude(sweep *w, size_t job, const job_view *view, message *m) {
  const plan_job *run = job_at(w, job);
  char words[512] = "", taken[32];
  int status = 0;
  if (view->state == JOB_OK) {
    status = see_result(w, run, words, sizeof words, m);
  } else if (view->state == JOB_SKIPPED) {
    status = see_skipped(w, run, m);
    snprintf(words, sizeof words, "trained by another agx meanwhile");
  } else {
    w->outcome->failed++;
    snprintf(words, sizeof words, "failed: %s", view->reason);
    status = save_failure(w, run, view, m);
  }
  w->state.ended++;
  account(&w->state, run, view->page, run->steps);
  char *line = memory_format("%s, seed %" PRId64 " (%.8s): %s, %s", run->label, run->seed, run->key, words,
                             progress_time(view->seconds, taken));
  progress_line(&w->progress, &w->state, line);
  free(line);
  return status;
}

static int end(void *user, size_t job, const job_view *view, message *m) {
  sweep *w = user;
  int status = view->state == JOB_PUT_OFF ? 0 : conclude(w, job, view, m);
  claim_release(w->claims[job]);
  w->claims[job] = -1;
  return status;
}

static void show(void *user, const job_view *views) {
  sweep *w = user;
  progress_state now = w->state;
  char detail[256] = "waiting for another agx";
  now.running = 0;
  for (size_t i = 0; i < w->count; i++) {
    if (views[i].state != JOB_RUNNING) continue;
    const worker_page *page = views[i].page;
    const plan_job *run = job_at(w, i);
    int64_t step = page->step, epoch = page->epoch, epochs = page->epochs;
    account(&now, run, page, step);
    if (now.running++ == 0)
      snprintf(detail, sizeof detail, "%s, epoch %" PRId64 " of %" PRId64 ", loss %.4g", run->label, epoch,
               epochs, page->loss);
  }
  now.detail = detail;
  progress_show(&w->progress, &now);
}

/* ---- The sweep ----------------------------------------------------------------------------------------- */

int sweep_prepare(const plan *p, const dataset *d, const char *path, message *m) {
  store *s = store_open(path, STORE_WRITE, m);
  int status = s ? 0 : -1;
  for (config_problem problem = PROBLEM_DIGITS; problem <= PROBLEM_HOUSES && status == 0; problem++) {
    bool used = false;
    for (size_t i = 0; i < p->count; i++) used = used || p->jobs[i].config.problem == (int64_t)problem;
    store_dataset described = dataset_describe(d, problem);
    if (used) status = store_data_used(s, &described, m);
  }
  store_close(s);
  return status == 0 ? leftovers_sweep(path, m) : -1;
}

int sweep_run(const plan *p, const dataset *d, const sweep_options *options, sweep_outcome *outcome,
              message *m) {
  sweep w = {.plan = p, .data = d, .options = options, .outcome = outcome};
  if (sweep_pending(p, options->store, &w.pending, &w.count, outcome, m) != 0) return -1;
  w.claims = memory_new(w.count, sizeof *w.claims);
  for (size_t i = 0; i < w.count; i++) w.claims[i] = -1;
  for (size_t i = 0; i < w.count; i++) w.state.work += job_at(&w, i)->work;
  w.state.total = w.count;
  w.progress = progress_begin(options->out);

  supervised how = supervise(&(supervisor){.count = w.count,
                                           .workers = options->workers,
                                           .patience = options->patience,
                                           .grace = GRACE,
                                           .user = &w,
                                           .begin = begin,
                                           .work = work,
                                           .end = end,
                                           .show = show},
                             m);
  progress_end(&w.progress);
  outcome->interrupted = how == SUPERVISED_INTERRUPTED;
  for (size_t i = 0; i < w.count; i++) claim_release(w.claims[i]);
  free(w.claims);
  free(w.pending);
  return how == SUPERVISED_ERROR ? -1 : 0;
}
