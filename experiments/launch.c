#include "experiments/launch.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/profile.h"
#include "experiments/progress.h"
#include "experiments/sweep.h"

enum { WARMUP_STEPS = 3, PROFILED_STEPS = 20 };

launch_options launch_new(void) { return (launch_options){.patience = 300, .checkpoint = 10}; }

int launch_option(const command *c, launch_options *o, request *q, int option, const char *value) {
  switch (option) {
  case 'j': return command_integer(c, "--jobs", value, 1, 1024, &o->workers);
  case 't': return command_integer(c, "--threads", value, 1, 1024, &o->threads);
  case 'w': return command_integer(c, "--patience", value, 1, 1000000, &o->patience);
  case 'c': return command_integer(c, "--checkpoint", value, 0, 1000000, &o->checkpoint);
  case 'd': o->dry = true; return 0;
  case 'q': o->profile_ops = true; return 0;
  case 'r': o->trace = value; return 0;
  default: return request_option(c, q, option, value);
  }
}

/* ---- What would run ------------------------------------------------------------------------------------ */

/* Seconds a job takes with these threads: as measured for its configuration, else estimated. */
static double expected(store *s, const plan_job *job, int threads) {
  double seconds = NAN;
  char *text = config_text(&job->config);
  bool known = s && store_seconds(s, text, threads, &seconds, NULL) == 1;
  free(text);
  return known ? seconds : job->work / threads;
}

static int dry_run(const plan *p, const char *path, int workers, int threads, message *m) {
  size_t *pending, count;
  sweep_outcome found;
  if (sweep_pending(p, path, &pending, &count, &found, m) != 0) return -1;
  store *s;
  if (store_look(&s, path, m) < 0) {
    free(pending);
    return -1;
  }
  char text[32];
  double total = 0;
  printf("%-12s %4s %10s %12s %9s %13s  %s\n", "run", "seed", "parameters", "mult-adds", "steps", "expected",
         "what");
  for (size_t i = 0; i < count; i++) {
    const plan_job *job = &p->jobs[pending[i]];
    double seconds = expected(s, job, threads);
    total += seconds;
    printf("%.12s %4" PRId64 " %10" PRId64 " %12.0f %9" PRId64 " %13s  %s", job->key, job->seed,
           job->parameters, job->multiply_adds, job->steps, progress_time(seconds, text), job->label);
    for (char **row = job->rows + 1; *row; row++)
      printf("%s%s", row == job->rows + 1 ? "; also " : ", ", *row);
    putchar('\n');
  }
  printf("%zu runs, %zu of them finished already; the others take about %s with --jobs %d --threads %d\n",
         p->count, p->count - count, progress_time(total / workers, text), workers, threads);
  store_close(s);
  free(pending);
  return 0;
}

/* ---- Running ------------------------------------------------------------------------------------------- */

/* Fills the cores: with runs first, and where there are fewer runs than cores, with threads. */
static void share_cores(const command *c, const launch_options *o, size_t runs, int *workers, int *threads) {
  int cores = command_cores();
  *threads = (int)o->threads;
  *workers = (int)o->workers;
  if (*workers == 0) *workers = *threads ? cores / *threads : cores;
  if ((size_t)*workers > runs) *workers = runs > 0 ? (int)runs : 1;
  if (*workers < 1) *workers = 1;
  if (*threads == 0) *threads = cores / *workers;
  if (*threads < 1) *threads = 1;
  if (*workers * *threads > cores)
    fprintf(stderr,
            "agx %s: warning: --jobs %d times --threads %d is more than the %d cores; it will be slow\n",
            c->name, *workers, *threads, cores);
}

static int report(const command *c, const sweep_outcome *o, const char *path) {
  fprintf(stderr, "%zu runs done now, %zu finished before, %zu diverged, %zu failed; all of them are in %s\n",
          o->done, o->kept, o->diverged, o->failed, path);
  if (o->interrupted) {
    fprintf(stderr,
            "agx %s: interrupted; finished runs and checkpoints are safe, the same command goes on "
            "from there\n",
            c->name);
    return AGX_INTERRUPTED;
  }
  return o->surprising + o->failed > 0 ? AGX_RUNS : AGX_FINE;
}

/* The first run of the plan, which is the longest of the first seed. */
static int profile_ops(const launch_options *o, const plan *p, const dataset *d, message *m) {
  const plan_job *job = &p->jobs[0];
  profile_options options = {.threads = (int)(o->threads ? o->threads : command_cores()),
                             .warmup = WARMUP_STEPS,
                             .steps = PROFILED_STEPS,
                             .table = stdout,
                             .trace = o->trace};
  printf("run %.12s, seed %" PRId64 ", %s", job->key, job->seed, job->label);
  if (p->count > 1) printf("; the longest of %zu runs", p->count);
  printf("\n%d steps of batch %" PRId64 ", after %d to warm up\n", PROFILED_STEPS, job->config.batch,
         WARMUP_STEPS);
  return profile_job(job, d, &options, m) == 0 ? AGX_FINE : AGX_ERROR;
}

static int execute(const command *c, const launch_options *o, const plan *p, const dataset *d,
                   const request *q, message *m) {
  size_t *pending, count;
  sweep_outcome found;
  int workers, threads;
  if (o->profile_ops) return profile_ops(o, p, d, m);
  if (!o->dry && sweep_prepare(p, d, q->store, m) != 0) return AGX_ERROR;
  if (sweep_pending(p, q->store, &pending, &count, &found, m) != 0) return AGX_ERROR;
  free(pending);
  share_cores(c, o, count, &workers, &threads);
  if (o->dry) return dry_run(p, q->store, workers, threads, m) == 0 ? AGX_FINE : AGX_ERROR;
  sweep_outcome outcome;
  sweep_options options = {.store = q->store,
                           .workers = workers,
                           .threads = threads,
                           .patience = (double)o->patience,
                           .checkpoint = (double)o->checkpoint,
                           .out = stderr};
  return sweep_run(p, d, &options, &outcome, m) == 0 ? report(c, &outcome, q->store) : AGX_ERROR;
}

int launch(const command *c, const launch_options *o, const request *q) {
  if (o->trace && !o->profile_ops) return command_error(c, "--trace: only with --profile-ops");
  if (o->dry && o->profile_ops) return command_error(c, "--dry-run: not with --profile-ops, which trains");
  dataset d = {.has = {false, false}};
  plan p = {.jobs = NULL};
  message m = {.text = ""};
  int status = request_plan(&p, &d, q, &m) == 0 ? execute(c, o, &p, &d, q, &m) : AGX_ERROR;
  if (status == AGX_ERROR) command_error(c, "%s", m.text);
  plan_free(&p);
  dataset_free(&d);
  return status;
}
