#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/profile.h"
#include "experiments/progress.h"
#include "experiments/sweep.h"

enum { MOST_SETTINGS = 48, WARMUP_STEPS = 3, PROFILED_STEPS = 20 };

typedef struct {
  const char *settings[MOST_SETTINGS + 1];
  size_t setting_count;
  const catalogue_row **rows; /* NULL: all */
  const catalogue_profile *profile;
  const char *store, *trace;
  int64_t seeds, workers, threads, patience,
      checkpoint; /* workers and threads: 0 for as many as there are cores */
  bool dry, profile_ops;
} request;

/* ---- The command line ---------------------------------------------------------------------------------- */

static int add_setting(request *q, const char *setting) {
  if (q->setting_count == MOST_SETTINGS)
    return command_error(&command_run, "--set %s: too many settings, at most %d", setting, MOST_SETTINGS);
  q->settings[q->setting_count++] = setting;
  return 0;
}

static int choose_profile(request *q, const char *name) {
  q->profile = catalogue_profile_find(name);
  if (q->profile) return 0;
  char names[128] = "";
  for (const catalogue_profile *p = catalogue_profiles; p->name; p++)
    snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", names[0] ? " or " : "", p->name);
  return command_error(&command_run, "--profile %s: no such profile; choose %s", name, names);
}

static int choose_rows(request *q, char **names, int count) {
  if (count == 0) return 0;
  q->rows = memory_new((size_t)count + 1, sizeof *q->rows);
  for (int i = 0; i < count; i++) {
    q->rows[i] = catalogue_find(names[i]);
    if (!q->rows[i]) return command_error(&command_run, "%s: no such row; see agx list", names[i]);
  }
  return 0;
}

/* 0 to go on; COMMAND_HELP; AGX_ERROR. */
static int read_arguments(request *q, int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'},
                                          {"set", required_argument, NULL, 's'},
                                          {"seeds", required_argument, NULL, 'n'},
                                          {"jobs", required_argument, NULL, 'j'},
                                          {"threads", required_argument, NULL, 't'},
                                          {"profile", required_argument, NULL, 'p'},
                                          {"store", required_argument, NULL, 'o'},
                                          {"dry-run", no_argument, NULL, 'd'},
                                          {"patience", required_argument, NULL, 'w'},
                                          {"profile-ops", no_argument, NULL, 'q'},
                                          {"trace", required_argument, NULL, 'r'},
                                          {"checkpoint", required_argument, NULL, 'c'},
                                          {0}};
  int option, status = 0;
  while (status == 0 && (option = command_option(&command_run, argc, argv, options)) != -1) {
    switch (option) {
    case COMMAND_HELP: return COMMAND_HELP;
    case 's': status = add_setting(q, optarg); break;
    case 'n': status = command_integer(&command_run, "--seeds", optarg, 1, 10000, &q->seeds); break;
    case 'j': status = command_integer(&command_run, "--jobs", optarg, 1, 1024, &q->workers); break;
    case 't': status = command_integer(&command_run, "--threads", optarg, 1, 1024, &q->threads); break;
    case 'w': status = command_integer(&command_run, "--patience", optarg, 1, 1000000, &q->patience); break;
    case 'c':
      status = command_integer(&command_run, "--checkpoint", optarg, 0, 1000000, &q->checkpoint);
      break;
    case 'p': status = choose_profile(q, optarg); break;
    case 'o': q->store = optarg; break;
    case 'd': q->dry = true; break;
    case 'q': q->profile_ops = true; break;
    case 'r': q->trace = optarg; break;
    default: status = AGX_ERROR;
    }
  }
  if (status == 0 && q->trace && !q->profile_ops)
    status = command_error(&command_run, "--trace: only with --profile-ops");
  if (status == 0 && q->dry && q->profile_ops)
    status = command_error(&command_run, "--dry-run: not with --profile-ops, which trains");
  return status != 0 ? status : choose_rows(q, argv + optind, argc - optind);
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

static int dry_run(const plan *p, const request *q, int workers, int threads, message *m) {
  size_t *pending, count;
  sweep_outcome found;
  if (sweep_pending(p, q->store, &pending, &count, &found, m) != 0) return -1;
  store *s;
  if (store_look(&s, q->store, m) < 0) {
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
static void share_cores(const request *q, size_t runs, int *workers, int *threads) {
  int cores = command_cores();
  *threads = (int)q->threads;
  *workers = (int)q->workers;
  if (*workers == 0) *workers = *threads ? cores / *threads : cores;
  if ((size_t)*workers > runs) *workers = runs > 0 ? (int)runs : 1;
  if (*workers < 1) *workers = 1;
  if (*threads == 0) *threads = cores / *workers;
  if (*threads < 1) *threads = 1;
  if (*workers * *threads > cores)
    fprintf(stderr,
            "agx run: warning: --jobs %d times --threads %d is more than the %d cores; it will be slow\n",
            *workers, *threads, cores);
}

static int report(const sweep_outcome *o, const request *q) {
  fprintf(stderr, "%zu runs done now, %zu finished before, %zu diverged, %zu failed; all of them are in %s\n",
          o->done, o->kept, o->diverged, o->failed, q->store);
  if (o->interrupted) {
    fprintf(stderr, "agx run: interrupted; finished runs and checkpoints are safe, the same command goes on "
                    "from there\n");
    return AGX_INTERRUPTED;
  }
  return o->surprising + o->failed > 0 ? AGX_RUNS : AGX_FINE;
}

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

/* A plan without data comes first: it finds the user's mistakes before any data are fetched or warned about,
 * and says which data the runs need. */
static int prepare(plan *p, dataset *d, const request *q, message *m) {
  if (make_plan(p, q, 1, d, m) != 0) return -1;
  int status = load(d, p, m);
  plan_free(p);
  return status == 0 ? make_plan(p, q, q->seeds, d, m) : -1;
}

/* The first run of the plan, which is the longest of the first seed. */
static int profile_ops(const plan *p, const dataset *d, const request *q, message *m) {
  const plan_job *job = &p->jobs[0];
  profile_options options = {.threads = (int)(q->threads ? q->threads : command_cores()),
                             .warmup = WARMUP_STEPS,
                             .steps = PROFILED_STEPS,
                             .table = stdout,
                             .trace = q->trace};
  printf("run %.12s, seed %" PRId64 ", %s", job->key, job->seed, job->label);
  if (p->count > 1) printf("; the longest of %zu runs", p->count);
  printf("\n%d steps of batch %" PRId64 ", after %d to warm up\n", PROFILED_STEPS, job->config.batch,
         WARMUP_STEPS);
  return profile_job(job, d, &options, m) == 0 ? AGX_FINE : AGX_ERROR;
}

static int execute(const plan *p, const dataset *d, const request *q, message *m) {
  size_t *pending, count;
  sweep_outcome found;
  int workers, threads;
  if (q->profile_ops) return profile_ops(p, d, q, m);
  if (!q->dry && sweep_prepare(p, d, q->store, m) != 0) return AGX_ERROR;
  if (sweep_pending(p, q->store, &pending, &count, &found, m) != 0) return AGX_ERROR;
  free(pending);
  share_cores(q, count, &workers, &threads);
  if (q->dry) return dry_run(p, q, workers, threads, m) == 0 ? AGX_FINE : AGX_ERROR;
  sweep_outcome outcome;
  sweep_options options = {.store = q->store,
                           .workers = workers,
                           .threads = threads,
                           .patience = (double)q->patience,
                           .checkpoint = (double)q->checkpoint,
                           .out = stderr};
  return sweep_run(p, d, &options, &outcome, m) == 0 ? report(&outcome, q) : AGX_ERROR;
}

static int run(int argc, char **argv) {
  request q = {.profile = catalogue_profile_find("full"),
               .store = "results.db",
               .seeds = 1,
               .patience = 300,
               .checkpoint = 10};
  dataset d = {.has = {false, false}};
  plan p = {.jobs = NULL};
  message m = {.text = ""};
  int status = read_arguments(&q, argc, argv);
  if (status == 0) {
    status = prepare(&p, &d, &q, &m) == 0 ? execute(&p, &d, &q, &m) : AGX_ERROR;
    if (status == AGX_ERROR) command_error(&command_run, "%s", m.text);
  }
  plan_free(&p);
  dataset_free(&d);
  free(q.rows);
  return status == COMMAND_HELP ? AGX_FINE : status;
}

const command command_run = {
    .name = "run",
    .usage = "run [ROW...] [--set key=value]... [options]",
    .summary = "Trains what is not in the store yet: whole rows of the catalogue (all without any), or one "
               "configuration",
    .help =
        "  --set key=value   changes a configuration (agx list --keys); without a row, trains that one "
        "configuration\n"
        "  --seeds N         seeds 1 to N, one after the other (1)\n"
        "  --profile NAME    full: as published; quick: a rehearsal on little data (full)\n"
        "  --jobs N          runs at a time (as many as cores)\n"
        "  --threads N       threads of each run (what cores are left over); the results are the same bits\n"
        "  --store FILE      the store of runs (results.db)\n"
        "  --patience N      seconds without a sign of life after which a run is given up (300)\n"
        "  --checkpoint N    seconds of training between two checkpoints of a run; 0: after every step (10)\n"
        "  --dry-run         only says what would run: parameters, multiply-adds of one sample, steps, "
        "expected time\n"
        "  --profile-ops     trains the first of these runs for 20 steps and tells what each operator costs; "
        "stores nothing\n"
        "  --trace FILE      with --profile-ops: what happened when, for chrome://tracing or Perfetto\n"
        "\n"
        "Finished runs are never repeated. A run that diverges or crashes is noted in the store and the "
        "others go on.\n"
        "SIGINT and SIGTERM let every run write a checkpoint and end; the same command goes on from there, "
        "as it "
        "does\nfrom the last checkpoint after a kill or a crash, and ends in the same bits as an "
        "uninterrupted one.\n"
        "Threads that wait give their core away; OMP_WAIT_POLICY=active in the environment makes them "
        "spin.\n",
    .run = run,
};
