#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/progress.h"
#include "experiments/request.h"
#include "experiments/standing.h"
#include "experiments/wanted.h"

/* A line for each run that has something to say; finished and waiting ones are only counted. */
static void print_run(const plan_job *job, const standing *s) {
  char left[32];
  if (s->kind == STANDING_DONE || s->kind == STANDING_WAITING) return;
  printf("%-11s  %.12s  %s, seed %" PRId64, standing_name(s->kind), job->key, job->label, job->seed);
  const live_line *l = &s->live;
  if (l->steps > 0)
    printf(": step %" PRId64 " of %" PRId64 ", epoch %" PRId64 " of %" PRId64, l->step, l->steps,
           l->epoch + 1, l->epochs);
  if (s->kind == STANDING_RUNNING && l->step >= l->first && l->step > 0)
    printf(", %s left",
           progress_time((double)(l->steps - l->step) * l->seconds / (double)(l->step - l->first + 1), left));
  if (s->reason[0] && s->kind != STANDING_RUNNING) printf(": %s", s->reason);
  if (s->kind == STANDING_DIVERGED && job->diverges) printf(", as expected");
  putchar('\n');
}

/* Runs of the store that no row wants. */
static int count_stale(store *s, size_t *stale, message *m) {
  wanted w;
  run_result *runs;
  size_t count;
  *stale = 0;
  if (!s) return 0;
  if (wanted_of(&w, s, m) != 0) return -1;
  int status = store_list(s, &runs, &count, m) < 0 ? -1 : 0;
  for (size_t i = 0; i < count; i++) {
    *stale += wanted_why_not(&w, &runs[i]) != NULL;
    run_result_free(&runs[i]);
  }
  free(runs);
  wanted_free(&w);
  return status;
}

static int print_all(const plan *p, const standing *list, size_t stale) {
  size_t counts[STANDINGS] = {0}, surprising = 0;
  char left[32];
  for (size_t i = 0; i < p->count; i++) {
    print_run(&p->jobs[i], &list[i]);
    counts[list[i].kind]++;
    surprising += list[i].kind == STANDING_DIVERGED && !p->jobs[i].diverges;
  }
  size_t over = counts[STANDING_DONE] + counts[STANDING_DIVERGED];
  printf("%zu runs:", p->count);
  for (int i = 0; i < STANDINGS; i++)
    printf("%s %zu %s", i ? "," : "", counts[i], standing_name((standing_kind)i));
  if (over < p->count) {
    int workers = counts[STANDING_RUNNING] ? (int)counts[STANDING_RUNNING] : command_cores();
    double seconds = standing_left(list, p, workers);
    if (!isnan(seconds)) printf("; about %s left", progress_time(seconds, left));
  }
  putchar('\n');
  if (stale) printf("%zu stale runs in the store, which agx gc lists\n", stale);
  if (surprising + counts[STANDING_FAILED] > 0) return AGX_RUNS;
  return over == p->count ? AGX_FINE : AGX_INCOMPLETE;
}

static int status_of(const request *q, message *m) {
  dataset d = {.has = {false, false}};
  plan p = {.jobs = NULL};
  store *s = NULL;
  standing *list = NULL;
  size_t stale;
  int status = AGX_ERROR;
  if (request_plan(&p, &d, q, m) == 0 && store_look(&s, q->store, m) >= 0 &&
      standing_of(&list, &p, s, q->store, m) == 0) {
    if (count_stale(s, &stale, m) == 0) status = print_all(&p, list, stale);
    free(list);
  }
  store_close(s);
  plan_free(&p);
  dataset_free(&d);
  return status;
}

static int run(int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'}, REQUEST_OPTIONS, {0}};
  request q = request_new();
  message m = {.text = ""};
  int option, status = 0;
  while (status == 0 && (option = command_option(&command_status, argc, argv, options)) != -1)
    status = option == COMMAND_HELP ? COMMAND_HELP : request_option(&command_status, &q, option, optarg);
  if (status == 0) status = request_rows(&command_status, &q, argv + optind, argc - optind);
  if (status == 0) {
    status = status_of(&q, &m);
    if (status == AGX_ERROR) command_error(&command_status, "%s", m.text);
  }
  request_free(&q);
  return status == COMMAND_HELP ? AGX_FINE : status;
}

const command command_status = {
    .name = "status",
    .usage = "status [ROW...] [--set key=value]... [options]",
    .summary = "How far the runs are: done, diverged, failed, running, interrupted, waiting, and the time "
               "that is left",
    .help = REQUEST_HELP
    "\nTakes the same rows and options as agx run, from any terminal, while it runs or not.\n"
    "Exit status 0 when all runs are done, 3 when one failed, 4 when some are missing.\n",
    .run = run,
};
