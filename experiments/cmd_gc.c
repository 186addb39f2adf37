#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiments/catalogue.h"
#include "experiments/checkpoint_file.h"
#include "experiments/command.h"
#include "experiments/leftovers.h"
#include "experiments/provenance.h"
#include "experiments/wanted.h"

typedef struct {
  const char *store, *forget;
  const catalogue_profile *profile;
  bool yes;
} gc_request;

/* Looks at a run, and deletes it when that was asked for. */
static int collect_run(store *s, const wanted *w, const run_result *r, const gc_request *q, size_t *found,
                       message *m) {
  const char *why = wanted_why_not(w, r);
  if (!why) return 0;
  config c;
  char *summary = config_parse(&c, r->config, NULL) == 0 ? config_summary(&c) : memory_text("?");
  printf("run         %.12s  %s, seed %" PRId64 ": %s\n", r->key, summary, r->seed, why);
  free(summary);
  (*found)++;
  return q->yes && store_delete(s, r->key, m) < 0 ? -1 : 0;
}

static int collect_runs(store *s, const gc_request *q, size_t *found, message *m) {
  wanted w;
  run_result *runs;
  size_t count;
  if (wanted_of(&w, s, m) != 0) return -1;
  int status = store_list(s, &runs, &count, m) < 0 ? -1 : 0;
  for (size_t i = 0; i < count; i++) {
    if (status == 0) status = collect_run(s, &w, &runs[i], q, found, m);
    run_result_free(&runs[i]);
  }
  free(runs);
  wanted_free(&w);
  return status;
}

static int usable(void *user, bytes_reader content, message *m) {
  (void)user, (void)content, (void)m;
  return 0;
}

static void ignore(void *user, const char *line) { (void)user, (void)line; }

/* Why nobody will go on from what a run left; NULL when somebody may. */
static const char *why_useless(store *s, const gc_request *q, const leftover *l) {
  run_result r;
  if (l->running) return NULL;
  int found = store_find(s, l->key, &r, NULL);
  bool finished = found == 1 && r.status != RUN_FAILED;
  if (found == 1) run_result_free(&r);
  if (finished) return "its run is finished";
  char *maker = provenance_maker();
  checkpoint_pair p = checkpoint_pair_of(q->store, l->key, maker);
  bool good = checkpoint_read(&p, usable, ignore, NULL);
  checkpoint_pair_free(&p);
  free(maker);
  return good ? NULL : "damaged, or made by another build or on another processor";
}

static int collect_leftovers(store *s, const gc_request *q, size_t *found, message *m) {
  leftover *list;
  size_t count;
  if (leftovers_list(q->store, &list, &count, m) != 0) return -1;
  for (size_t i = 0; i < count; i++) {
    const char *why = why_useless(s, q, &list[i]);
    if (!why) continue;
    printf("checkpoint  %.12s  %s\n", list[i].key, why);
    (*found)++;
    if (q->yes) leftovers_remove(q->store, list[i].key);
  }
  free(list);
  return 0;
}

static int forget(store *s, const gc_request *q, message *m) {
  int found = store_custom_forget(s, q->forget, q->profile->name, m);
  if (found < 0) return -1;
  if (found == 0)
    return message_fail(m, "%s: no added row of the store has this name and --profile %s", q->forget,
                        q->profile->name);
  printf("row         %s is taken away; its runs stay until agx gc --yes\n", q->forget);
  return 0;
}

static int collect(const gc_request *q, message *m) {
  size_t found = 0;
  bool write = q->yes || q->forget;
  store *s = store_open(q->store, STORE_READ, m); /* which makes no file where there is none */
  if (s && write) {
    store_close(s);
    s = store_open(q->store, STORE_WRITE, m);
  }
  if (!s) return -1;
  int status = q->forget ? forget(s, q, m) : 0;
  if (status == 0 && !q->forget) {
    status = collect_runs(s, q, &found, m) == 0 ? collect_leftovers(s, q, &found, m) : -1;
    if (status == 0 && found == 0) puts("nothing to collect");
    if (status == 0 && found > 0 && !q->yes) printf("%zu to collect; agx gc --yes deletes them\n", found);
    if (status == 0 && found > 0 && q->yes) printf("%zu deleted\n", found);
  }
  store_close(s);
  return status;
}

static int run(int argc, char **argv) {
  static const struct option options[] = {
      {"help", no_argument, NULL, 'h'},         {"store", required_argument, NULL, 's'},
      {"forget", required_argument, NULL, 'f'}, {"profile", required_argument, NULL, 'p'},
      {"yes", no_argument, NULL, 'y'},          {0}};
  gc_request q = {.store = "results.db", .profile = catalogue_profile_find("full")};
  message m = {.text = ""};
  int option;
  while ((option = command_option(&command_gc, argc, argv, options)) != -1) {
    switch (option) {
    case COMMAND_HELP: return AGX_FINE;
    case 's': q.store = optarg; break;
    case 'f': q.forget = optarg; break;
    case 'y': q.yes = true; break;
    case 'p':
      q.profile = catalogue_profile_find(optarg);
      if (q.profile) break;
      return command_error(&command_gc, "--profile %s: no such profile; choose full or quick", optarg);
    default: return AGX_ERROR;
    }
  }
  if (optind < argc)
    return command_error(&command_gc, "%s: takes no arguments; see agx gc --help", argv[optind]);
  return collect(&q, &m) == 0 ? AGX_FINE : command_error(&command_gc, "%s", m.text);
}

const command command_gc = {
    .name = "gc",
    .usage = "gc [--yes] [--forget NAME [--profile NAME]] [--store FILE]",
    .summary =
        "What nobody wants any more: stale runs of the store, and checkpoints that cannot be gone on from",
    .help =
        "Only lists, unless it is told to delete. A run is stale when no row of the catalogue, nor one that "
        "was\n"
        "added to the store, wants its configuration under any profile, or when another version of the "
        "engine\n"
        "made it, or when it was trained on other data than the store was last used with.\n\n"
        "  --yes             deletes what it lists\n"
        "  --forget NAME     takes an added row away, of --profile NAME (full); its runs stay until --yes\n"
        "  --store FILE      the store of runs (results.db)\n",
    .run = run,
};
