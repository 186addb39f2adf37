#include "experiments/profile.h"

#include <autograd.h>

#include <inttypes.h>

#include "experiments/train.h"

enum { MOST_EVENTS = 1000000 }; /* of a trace; a step has a few hundred */

typedef struct {
  const profile_options *options;
  ag_ctx *c;
  bool begun, ended;
} profiler;

static void watch(void *user, ag_ctx *c) { ((profiler *)user)->c = c; }

static void end(profiler *p) {
  p->ended = true;
  ag_profile_end(p->c);
  ag_profile_print(p->c, p->options->table);
  if (p->options->trace) (ag_profile_write_trace)("--trace", p->c, p->options->trace);
}

/* Between two steps. Errors stay in the context, where the training finds them. */
static void beat(void *user, int64_t step, int64_t epoch, double loss) {
  profiler *p = user;
  const int64_t last = p->options->warmup + p->options->steps;
  (void)epoch, (void)loss;
  if (step >= last && !p->ended) end(p);
  if (step < p->options->warmup || p->begun) return;
  p->begun = true;
  ag_profile_begin(.c = p->c, .max_events = MOST_EVENTS);
}

static bool stop(void *user) { return ((const profiler *)user)->ended; }

int profile_job(const plan_job *job, const dataset *d, const profile_options *options, message *m) {
  profiler p = {.options = options};
  plan_job endless = *job; /* until it is stopped, without evaluations in between */
  endless.config.epochs = endless.config.record_every = INT64_MAX;
  run_result r;
  int status = train(
      &r, &endless, d,
      &(train_options){.threads = options->threads, .watch = watch, .beat = beat, .stop = stop, .user = &p},
      m);
  if (status == 0)
    status = message_fail(m, "%s, before step %" PRId64 "; there is nothing to profile", r.message,
                          options->warmup + options->steps);
  run_result_free(&r);
  return status < 0 ? -1 : 0;
}
