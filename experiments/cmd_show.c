#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "experiments/command.h"
#include "experiments/config.h"
#include "experiments/progress.h"
#include "experiments/store.h"

static char *summary_of(const run_result *r) {
  config c;
  return config_parse(&c, r->config, NULL) == 0 ? config_summary(&c)
                                                : memory_text("a configuration of another version");
}

static void print_line(const run_result *r) {
  char taken[32], *summary = summary_of(r);
  printf("%.12s  %-8s  seed %-3" PRId64 " %10s  %s%s%s\n", r->key, run_status_name(r->status), r->seed,
         progress_time(r->seconds, taken), summary, r->message[0] ? ": " : "", r->message);
  free(summary);
}

static int list(store *s, message *m) {
  run_result *runs;
  size_t count;
  if (store_list(s, &runs, &count, m) < 0) return -1;
  for (size_t i = 0; i < count; i++) {
    print_line(&runs[i]);
    run_result_free(&runs[i]);
  }
  if (count == 0) puts("no run has finished yet");
  free(runs);
  return 0;
}

/* "-" for what was not measured. */
static const char *number(double value, char text[32]) {
  if (isnan(value)) return "-";
  snprintf(text, 32, "%.6g", value);
  return text;
}

static void print_history(const run_point *points, size_t count) {
  enum { LINES = 12 }; /* enough to see the shape */
  puts("\n  epoch     step  lr         train loss   validation loss  metric       test metric");
  size_t stride = count > LINES ? (count + LINES - 1) / LINES : 1;
  for (size_t i = 0; i < count; i++) {
    if ((i + 1) % stride != 0 && i + 1 != count) continue;
    const run_point *p = &points[i];
    char train[32], loss[32], metric[32], test[32];
    printf("  %5" PRId64 " %8" PRId64 "  %-9.3g  %-11s  %-15s  %-11s  %-11s\n", p->epoch, p->step, p->lr,
           number(p->train_loss, train), number(p->validation_loss, loss),
           number(p->validation_metric, metric), number(p->test_metric, test));
  }
}

static int print_run(store *s, const run_result *r, message *m) {
  char taken[32], when[64];
  time_t started = (time_t)r->started;
  struct tm utc;
  strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&started, &utc));
  char *summary = summary_of(r);
  printf("run       %s\nwhat      %s, seed %" PRId64 "\nstatus    %s%s%s\n", r->key, summary, r->seed,
         run_status_name(r->status), r->message[0] ? ": " : "", r->message);
  printf("started   %s, took %s (%.1f s of processor time), peak %.0f MB, threads %d\n", when,
         progress_time(r->seconds, taken), r->cpu_seconds, (double)r->peak_kb / 1024, r->threads);
  printf("data      %s\nengine    %s\nmade by   %s\n\n%s\n", r->data_digest, r->engine, r->provenance,
         r->config);
  free(summary);

  run_metric *metrics = NULL;
  run_point *points = NULL;
  size_t metric_count = 0, point_count = 0;
  int status = store_metrics(s, r->key, &metrics, &metric_count, m) < 0 ||
                       store_history(s, r->key, &points, &point_count, m) < 0
                   ? -1
                   : 0;
  for (size_t i = 0; i < metric_count; i++) printf("%-20s %.10g\n", metrics[i].name, metrics[i].value);
  if (point_count) print_history(points, point_count);
  free(metrics);
  free(points);
  return status;
}

static int show(store *s, const char *prefix, message *m) {
  run_result r;
  int found = store_find_prefix(s, prefix, &r, m);
  if (found == 0)
    return message_fail(m, "%s: no run in the store has a key that begins so; agx show lists them", prefix);
  if (found < 0) return -1;
  int status = print_run(s, &r, m);
  run_result_free(&r);
  return status;
}

static int run(int argc, char **argv) {
  static const struct option options[] = {
      {"help", no_argument, NULL, 'h'}, {"store", required_argument, NULL, 's'}, {0}};
  const char *path = "results.db";
  int option;
  while ((option = command_option(&command_show, argc, argv, options)) != -1) {
    if (option == '?') return AGX_ERROR;
    if (option == COMMAND_HELP) return AGX_FINE;
    path = optarg;
  }
  message m;
  store *s = store_open(path, STORE_READ, &m);
  if (!s) return command_error(&command_show, "%s", m.text);
  int status = optind == argc ? list(s, &m) : 0;
  for (; optind < argc && status == 0; optind++) status = show(s, argv[optind], &m);
  store_close(s);
  return status == 0 ? AGX_FINE : command_error(&command_show, "%s", m.text);
}

const command command_show = {
    .name = "show",
    .usage = "show [RUN...] [--store FILE]",
    .summary = "What finished runs gave; without a run, the list of them",
    .help = "RUN is a key or as many of its first digits as tell it from the others.\n"
            "  --store FILE   the store of runs (results.db)\n",
    .run = run,
};
