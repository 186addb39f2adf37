#include "experiments/sitting.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "experiments/provenance.h"

/* A checkpoint takes at most this part of the time. */
static const double share = 0.01;

static double clock_seconds(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void sitting_begin(sitting *s, const train_options *options, run_place *place) {
  *s = (sitting){.options = options,
                 .parts = {.place = place},
                 .begun = clock_seconds(CLOCK_MONOTONIC),
                 .cpu_begun = clock_seconds(CLOCK_PROCESS_CPUTIME_ID)};
  s->written = s->begun;
  *place = (run_place){.started = clock_seconds(CLOCK_REALTIME)};
}

void sitting_clock(sitting *s) {
  run_place *p = s->parts.place;
  struct rusage usage;
  p->seconds = s->earlier.seconds + clock_seconds(CLOCK_MONOTONIC) - s->begun;
  p->cpu_seconds = s->earlier.cpu_seconds + clock_seconds(CLOCK_PROCESS_CPUTIME_ID) - s->cpu_begun;
  if (getrusage(RUSAGE_SELF, &usage) == 0 && usage.ru_maxrss > p->peak_kb) p->peak_kb = usage.ru_maxrss;
}

/* ---- The last checkpoint ------------------------------------------------------------------------------- */

static int put_back(void *user, bytes_reader content, message *m) {
  const sitting *s = user;
  return checkpoint_put_back(&s->parts, content, m);
}

static void warn(void *user, const char *line) {
  const sitting *s = user;
  if (s->options->warn) s->options->warn(s->options->user, line);
}

void sitting_resume(sitting *s, const char *key, const run_parts *parts) {
  s->parts = *parts;
  if (!s->options->store) return;
  s->maker = provenance_maker();
  s->pair = checkpoint_pair_of(s->options->store, key, s->maker);
  if (checkpoint_read(&s->pair, put_back, warn, s)) s->earlier = *parts->place;
}

/* ---- The next ones ------------------------------------------------------------------------------------- */

static bool due(const sitting *s, double now) {
  double since = now - s->written, every = s->options->checkpoint_every;
  return every <= 0 || (since >= every && since * share >= s->cost);
}

/* A full disk must not end a run that may end well: it is told once, and the next one is tried. */
static void write_checkpoint(sitting *s, double now) {
  message m;
  sitting_clock(s);
  bytes state = checkpoint_take(&s->parts);
  if (checkpoint_write(&s->pair, &state, &m) != 0 && !s->warned) {
    warn(s, m.text);
    s->warned = true;
  }
  free(state.data);
  s->written = clock_seconds(CLOCK_MONOTONIC);
  s->cost = s->written - now;
}

bool sitting_pause(sitting *s) {
  bool stop = s->options->stop && s->options->stop(s->options->user);
  double now = clock_seconds(CLOCK_MONOTONIC);
  if (s->options->store && (stop || due(s, now))) write_checkpoint(s, now);
  return stop;
}

void sitting_end(sitting *s) {
  checkpoint_pair_free(&s->pair);
  free(s->maker);
}
