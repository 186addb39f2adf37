#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/identity.h"
#include "experiments/request.h"

/* The plan and the store, to look from one into the other. */
typedef struct {
  plan plan;
  run_result *runs;
  size_t count;
} both;

static identity of_job(const plan_job *job, char **text) {
  *text = config_text(&job->config);
  return (identity){*text, job->seed, job->data_digest, plan_engine()};
}

static identity of_run(const run_result *r) {
  return (identity){r->config, r->seed, r->data_digest, r->engine};
}

static const run_result *nearest_run(const both *b, const identity *wanted) {
  const run_result *best = NULL;
  size_t least = 0;
  for (size_t i = 0; i < b->count; i++) {
    identity one = of_run(&b->runs[i]);
    size_t distance = identity_compare(&one, wanted, NULL);
    if (best && distance >= least) continue;
    best = &b->runs[i];
    least = distance;
  }
  return best;
}

static const plan_job *nearest_job(const both *b, const identity *stored) {
  const plan_job *best = NULL;
  size_t least = 0;
  for (size_t i = 0; i < b->plan.count; i++) {
    char *text;
    identity one = of_job(&b->plan.jobs[i], &text);
    size_t distance = identity_compare(stored, &one, NULL);
    free(text);
    if (best && distance >= least) continue;
    best = &b->plan.jobs[i];
    least = distance;
  }
  return best;
}

static const run_result *run_of(const both *b, const char *key) {
  for (size_t i = 0; i < b->count; i++)
    if (strcmp(b->runs[i].key, key) == 0) return &b->runs[i];
  return NULL;
}

static const plan_job *job_of(const both *b, const char *key) {
  for (size_t i = 0; i < b->plan.count; i++)
    if (strcmp(b->plan.jobs[i].key, key) == 0) return &b->plan.jobs[i];
  return NULL;
}

/* A run that is wanted: there, failed, or missing, and then what of the key changed since the nearest one. */
static void explain_job(const both *b, const plan_job *job) {
  const run_result *there = run_of(b, job->key), *nearest = NULL;
  printf("%.12s  %s, seed %" PRId64 ": ", job->key, job->label, job->seed);
  if (there && there->status != RUN_FAILED) {
    printf("in the store, %s\n", run_status_name(there->status));
    return;
  }
  if (there) {
    printf("failed (%s), would be tried again\n", there->message);
    return;
  }
  char *text;
  identity wanted = of_job(job, &text);
  nearest = nearest_run(b, &wanted);
  if (nearest) {
    identity from = of_run(nearest);
    printf("would be trained; the nearest run in the store is %.12s, and this is different:\n", nearest->key);
    identity_compare(&from, &wanted, stdout);
  } else {
    puts("would be trained; the store has no runs");
  }
  free(text);
}

/* A run of the store: wanted by the plan, or what changed. */
static void explain_run(const both *b, const run_result *r) {
  const plan_job *job = job_of(b, r->key);
  if (job) {
    explain_job(b, job);
    return;
  }
  identity from = of_run(r);
  job = nearest_job(b, &from);
  printf("%.12s  in the store, %s, but not asked for here", r->key, run_status_name(r->status));
  if (!job) {
    putchar('\n');
    return;
  }
  char *text;
  identity to = of_job(job, &text);
  printf("; the nearest run that is, is %.12s (%s, seed %" PRId64 "), and this is different:\n", job->key,
         job->label, job->seed);
  identity_compare(&from, &to, stdout);
  free(text);
}

/* A key of the store or of the plan. */
static int explain_key(const both *b, const char *prefix, message *m) {
  const run_result *run = NULL;
  const plan_job *job = NULL;
  size_t found = 0;
  for (size_t i = 0; i < b->count; i++)
    if (strncmp(b->runs[i].key, prefix, strlen(prefix)) == 0) {
      run = &b->runs[i];
      found++;
    }
  for (size_t i = 0; i < b->plan.count; i++)
    if (strncmp(b->plan.jobs[i].key, prefix, strlen(prefix)) == 0 && !run_of(b, b->plan.jobs[i].key)) {
      job = &b->plan.jobs[i];
      found++;
    }
  if (found != 1)
    return message_fail(m,
                        found ? "%s: several runs have a key that begins so; give more digits"
                              : "%s: no run, in the store or asked for, has a key that begins so",
                        prefix);
  if (run)
    explain_run(b, run);
  else
    explain_job(b, job);
  return 0;
}

static int read_store(both *b, const char *path, message *m) {
  store *s;
  if (store_look(&s, path, m) < 0) return -1;
  int status = s && store_list(s, &b->runs, &b->count, m) < 0 ? -1 : 0;
  store_close(s);
  return status;
}

static int explain(const request *q, char **keys, int count, message *m) {
  dataset d = {.has = {false, false}};
  both b = {.runs = NULL};
  int status = request_plan(&b.plan, &d, q, m) == 0 && read_store(&b, q->store, m) == 0 ? 0 : -1;
  for (int i = 0; i < count && status == 0; i++) status = explain_key(&b, keys[i], m);
  for (size_t i = 0; i < b.plan.count && status == 0 && count == 0; i++) explain_job(&b, &b.plan.jobs[i]);
  for (size_t i = 0; i < b.count; i++) run_result_free(&b.runs[i]);
  free(b.runs);
  plan_free(&b.plan);
  dataset_free(&d);
  return status;
}

/* Arguments that are only hexadecimal digits and name no row are keys; they move behind the rows. */
static int sort_arguments(char **names, int count) {
  int rows = 0;
  for (int i = 0; i < count; i++) {
    if (!catalogue_find(names[i]) && strspn(names[i], "0123456789abcdef") == strlen(names[i])) continue;
    char *name = names[i];
    names[i] = names[rows];
    names[rows++] = name;
  }
  return rows;
}

static int run(int argc, char **argv) {
  static const struct option options[] = {{"help", no_argument, NULL, 'h'}, REQUEST_OPTIONS, {0}};
  request q = request_new();
  message m = {.text = ""};
  int option, status = 0;
  while (status == 0 && (option = command_option(&command_explain, argc, argv, options)) != -1)
    status = option == COMMAND_HELP ? COMMAND_HELP : request_option(&command_explain, &q, option, optarg);
  char **names = argv + optind;
  int count = argc - optind, rows = sort_arguments(names, count);
  if (status == 0) status = request_rows(&command_explain, &q, names, rows);
  if (status == 0 && explain(&q, names + rows, count - rows, &m) != 0)
    status = command_error(&command_explain, "%s", m.text);
  request_free(&q);
  return status == COMMAND_HELP ? AGX_FINE : status;
}

const command command_explain = {
    .name = "explain",
    .usage = "explain [RUN...] [ROW...] [--set key=value]... [options]",
    .summary =
        "Why runs would be trained: which part of their key changed since the nearest one in the store",
    .help = "RUN is a key of the store or of a run that is asked for, or as many of its first digits as tell "
            "it from the\n"
            "others; without any, it is about all runs that are asked for.\n" REQUEST_HELP
            "\nA key is made of the configuration, the seed, the digest of the data and the version of the "
            "engine.\n",
    .run = run,
};
