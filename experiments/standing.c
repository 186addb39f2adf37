#include "experiments/standing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/claim.h"
#include "experiments/leftovers.h"

const char *standing_name(standing_kind kind) {
  static const char *const names[] = {"done", "diverged", "failed", "running", "interrupted", "waiting"};
  return names[kind];
}

static const leftover *left_by(const leftover *list, size_t count, const char *key) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(list[i].key, key) == 0) return &list[i];
  return NULL;
}

/* Nothing final is known of it: it is running, interrupted or waiting. A failed one that nobody has taken up
 * again stays failed. */
static int look_beside(standing *s, const char *path, const char *key, const leftover *left, message *m) {
  int held = claim_held(path, key, m);
  if (held < 0) return -1;
  if (held)
    s->kind = STANDING_RUNNING;
  else if (s->kind == STANDING_WAITING && left && left->checkpoint)
    s->kind = STANDING_INTERRUPTED;
  if (s->kind == STANDING_RUNNING || s->kind == STANDING_INTERRUPTED)
    if (!live_read(path, key, &s->live)) s->live = (live_line){.step = 0};
  return 0;
}

static int look(standing *out, const char *key, store *s, message *m) {
  static const standing_kind kinds[] = {
      [RUN_DONE] = STANDING_DONE, [RUN_DIVERGED] = STANDING_DIVERGED, [RUN_FAILED] = STANDING_FAILED};
  run_result r;
  int found = s ? store_find(s, key, &r, m) : 0;
  *out = (standing){.kind = STANDING_WAITING};
  if (found != 1) return found;
  out->kind = kinds[r.status];
  out->seconds = r.seconds;
  snprintf(out->reason, sizeof out->reason, "%s", r.message);
  run_result_free(&r);
  return 0;
}

int standing_of(standing **list, const plan *p, store *s, const char *path, message *m) {
  leftover *left;
  size_t count;
  *list = memory_new(p->count, sizeof **list);
  int status = leftovers_list(path, &left, &count, m);
  for (size_t i = 0; i < p->count && status == 0; i++) {
    standing *one = &(*list)[i];
    const char *key = p->jobs[i].key;
    status = look(one, key, s, m);
    if (status == 0 && one->kind != STANDING_DONE && one->kind != STANDING_DIVERGED)
      status = look_beside(one, path, key, left_by(left, count, key), m);
  }
  free(left);
  if (status != 0) free(*list);
  return status;
}

/* Seconds of one unit of estimated work: from finished runs, and what running ones did in this sitting. */
static double pace(const standing *list, const plan *p) {
  double seconds = 0, work = 0;
  for (size_t i = 0; i < p->count; i++) {
    const standing *s = &list[i];
    const plan_job *job = &p->jobs[i];
    if (s->kind == STANDING_DONE) {
      seconds += s->seconds;
      work += job->work;
    } else if (s->kind == STANDING_RUNNING && s->live.steps > 0 && s->live.step >= s->live.first) {
      seconds += s->live.seconds;
      work += job->work * (double)(s->live.step - s->live.first + 1) / (double)s->live.steps;
    }
  }
  return work > 0 ? seconds / work : NAN;
}

double standing_left(const standing *list, const plan *p, int workers) {
  double work = 0;
  for (size_t i = 0; i < p->count; i++) {
    const standing *s = &list[i];
    if (s->kind == STANDING_DONE || s->kind == STANDING_DIVERGED) continue;
    double part = s->live.steps > 0 ? (double)s->live.step / (double)s->live.steps : 0;
    work += p->jobs[i].work * (1 - fmin(part, 1));
  }
  return work > 0 ? work * pace(list, p) / workers : 0;
}
