#include "experiments/worker.h"

#include <stdio.h>

#include "experiments/leftovers.h"
#include "experiments/live.h"
#include "experiments/train.h"

typedef struct {
  worker_page *page;
  live *live;
} life;

static void show_life(void *user, int64_t step, int64_t epoch, double loss) {
  const life *l = user;
  worker_beat(l->page, step, epoch, loss);
  live_write(l->live, l->page->first, step, epoch);
}

static bool interrupted(void *user) {
  (void)user;
  return worker_interrupted();
}

static void warn(void *user, const char *line) {
  (void)user;
  fprintf(stderr, "agx: warning: %s\n", line);
}

int worker_save(const char *path, const run_result *r, message *m) {
  store *s = store_open(path, STORE_AGAIN, m);
  int status = s ? store_save(s, r, m) : -1;
  store_close(s);
  return status;
}

/* A result that cannot be saved would not be saved for the next run either; the checkpoint stays. */
static work_end keep(const char *path, const run_result *r, message *m) {
  if (worker_save(path, r, m) != 0) return WORK_HOPELESS;
  leftovers_remove(path, r->key);
  return WORK_DONE;
}

work_end worker_train(const plan_job *run, const dataset *d, const sweep_options *o, worker_page *page) {
  page->steps = run->steps;
  page->epochs = run->config.epochs;
  live l = live_begin(o->store, run->key, run->steps, run->config.epochs);
  train_options options = {.threads = o->threads,
                           .beat = show_life,
                           .stop = interrupted,
                           .warn = warn,
                           .user = &(life){page, &l},
                           .store = o->store,
                           .checkpoint_every = o->checkpoint};
  run_result result;
  message m = {.text = ""};
  int status = train(&result, run, d, &options, &m);
  live_end(&l);
  work_end how = status == TRAIN_STOPPED ? WORK_PUT_OFF
                 : status == 0           ? keep(o->store, &result, &m)
                                         : WORK_FAILED;
  snprintf(page->message, sizeof page->message, "%.*s", (int)sizeof page->message - 1, m.text);
  run_result_free(&result);
  return how;
}
