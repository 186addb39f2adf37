#include "bench/measure.h"

#include <math.h>
#include <string.h>

#include "bench/serve.h"

enum { MOST_TURNS = 21, FEWEST_TURNS = 3 };
static const double shortest_turn = 0.02; /* seconds: long against what a clock and a wake-up cost */

/* One side in a row: what it is asked for, and what it said. */
typedef struct {
  side *side;
  const char *kind;
  sizes sizes;
  double factor; /* from the seconds of a run to the number of the table */
  long long times;
  double values[MOST_TURNS];
  size_t n;
} player;

static void leave(player *p, result *r) {
  if (!r->error[0]) memcpy(r->error, p->side->reply, sizeof r->error);
  p->side = NULL;
  p->n = 0;
}

/* Makes the work, warms it up and finds how many runs fill a turn. The first runs are the slowest by far, so
 * as many as fill one must do so twice. */
static bool warm_up(player *p) {
  double seconds = 0;
  int full = 0;
  if (!side_make(p->side, p->kind, &p->sizes) || !side_number(p->side, &seconds, "run 1")) return false;
  for (p->times = 1; full < 2 && p->times < 100000000;) {
    if (!side_number(p->side, &seconds, "run %lld", p->times)) return false;
    if (seconds >= shortest_turn) {
      full++;
      continue;
    }
    const double more = seconds > 1e-7 ? 1.2 * shortest_turn / seconds : 100;
    p->times = (long long)ceil((double)p->times * (more < 100 ? more : 100));
    full = 0;
  }
  return true;
}

/* The caches are full of what the side before worked on, and threads may be asleep, which is no part of work
 * that goes on and on, and takes more than one run to pass: a quarter of a turn goes before it, uncounted. */
static bool take_turn(player *p) {
  double seconds;
  if (!side_number(p->side, &seconds, "run %lld", 1 + p->times / 4)) return false;
  if (!side_number(p->side, &seconds, "run %lld", p->times)) return false;
  p->values[p->n++] = seconds / (double)p->times * p->factor;
  return true;
}

static void steady(player *players, result *r, double budget) {
  const double start = seconds_now();
  for (int i = 0; i < SIDES; i++)
    if (players[i].side && !warm_up(&players[i])) leave(&players[i], r);
  for (int turn = 0; turn < MOST_TURNS && (turn < FEWEST_TURNS || seconds_now() - start < budget); turn++)
    for (int i = 0; i < SIDES; i++)
      if (players[i].side && !take_turn(&players[i])) leave(&players[i], r);
}

/* A process of its own: from its start to the end of the first run, or what it then had in memory. */
static bool take_fresh_turn(player *p, measurement measured) {
  side fresh = {.command = p->side->command};
  double value = 0;
  const double start = seconds_now();
  bool well =
      side_start(&fresh) && side_make(&fresh, p->kind, &p->sizes) && side_number(&fresh, &value, "run 1");
  if (measured == START)
    value = seconds_now() - start;
  else
    well = well && side_number(&fresh, &value, "peak");
  side_end(&fresh);
  memcpy(p->side->reply, fresh.reply, sizeof fresh.reply);
  if (well) p->values[p->n++] = value;
  return well;
}

static void fresh(player *players, result *r, measurement measured, double budget) {
  const double start = seconds_now();
  for (int turn = 0; turn < MOST_TURNS && (turn == 0 || seconds_now() - start < budget); turn++)
    for (int i = 0; i < SIDES; i++)
      if (players[i].side && !take_fresh_turn(&players[i], measured)) leave(&players[i], r);
}

result measure(const workload *row, int threads, side sides[SIDES], double budget) {
  const kind *k = kind_find(row->kind);
  result r = {.row = row, .threads = threads};
  player players[SIDES] = {0};
  sizes s = row->sizes;
  s.threads = threads;
  const double factor = k->each ? 1 / (double)s.n : 1;
  players[OURS] = (player){&sides[OURS], k->name, s, factor};
  if (sides[THEIRS].process) players[THEIRS] = (player){&sides[THEIRS], k->name, s, factor};
  if (k->bound && row->measured == STEADY && sides[BOUND].process) {
    const bound b = k->bound(&s);
    players[BOUND] = (player){&sides[BOUND], b.kind, b.sizes, b.times * factor};
    r.bound = b.what;
  }
  if (row->measured == STEADY)
    steady(players, &r, budget);
  else
    fresh(players, &r, row->measured, budget);
  for (int i = 0; i < SIDES; i++) r.of[i] = quartiles_of(players[i].n, players[i].values);
  return r;
}

double result_ratio(const result *r) { return r->of[THEIRS].median / r->of[OURS].median; }

double result_share(const result *r) { return r->of[BOUND].median / r->of[OURS].median; }
