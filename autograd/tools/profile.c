/* The profiler: what each operator costs, and how near that is to what the machine can do. */
#include "tools/profile.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#define MAX_EVENTS 100000

static const char forward[] = "forward", backward[] = "backward", update[] = "update", whole[] = "whole";

bool ag_profile_whole(const char *kind) { return kind == whole; }

/* ---- What an application costs ---- */

/* The elements of x that lie in memory: those of a broadcast axis once. */
static double bytes_of(const ag_tensor *x) {
  double n = (double)ag_dtype_size(x->dtype);
  for (int i = 0; i < x->rank; i++) n *= x->stride[i] != 0 || x->dim[i] == 0 ? (double)x->dim[i] : 1;
  return n;
}

static int results_of(const ag_call *call) { return call->op->n_out ? call->op->n_out : 1; }

/* A view moves nothing unless it had to copy. */
static bool shares(const ag_call *call) {
  return call->op->view && call->out[0]->storage == call->in[0]->storage;
}

static double bytes_moved(const ag_call *call) {
  double bytes = 0;
  if (shares(call)) return 0;
  for (int i = 0; i < call->n_in; i++) bytes += bytes_of(call->in[i]);
  for (int k = 0; k < results_of(call); k++) bytes += bytes_of(call->out[k]);
  return bytes;
}

static double flops_made(const ag_call *call) {
  if (call->op->view) return 0;
  if (call->op->flops) return call->op->flops(call);
  int64_t most = 0;
  for (int i = 0; i < call->n_in; i++) most = call->in[i]->numel > most ? call->in[i]->numel : most;
  for (int k = 0; k < results_of(call); k++) most = call->out[k]->numel > most ? call->out[k]->numel : most;
  return (double)most;
}

/* ---- Noting ---- */

/* The array with room for `more` elements; NULL, and an error, when there is no memory for it. */
static void *room_for(ag_profile *p, void *array, size_t used, size_t more, size_t *room, size_t size) {
  if (used + more <= *room) return array;
  const size_t larger = 2 * *room + more + 32;
  void *moved = ag_enlarge(p->tool.c, array, used * size, larger * size, "ag_profile_begin");
  if (moved) *room = larger;
  return moved;
}

/* The line of that name and kind, which are told apart by their addresses. */
static ag_profile_row *row_of(ag_profile *p, const char *name, const char *kind) {
  for (size_t i = 0; i < p->n_rows; i++) {
    if (p->rows[i].name == name && p->rows[i].kind == kind) return &p->rows[i];
  }
  ag_profile_row *rows = room_for(p, p->rows, p->n_rows, 1, &p->room_rows, sizeof *rows);
  if (!rows) return NULL;
  p->rows = rows;
  rows[p->n_rows] = (ag_profile_row){.name = name, .kind = kind};
  return &rows[p->n_rows++];
}

static void note_shape(ag_profile *p, const ag_tensor *x) {
  p->shapes[p->n_shapes++] = x->rank;
  for (int i = 0; i < x->rank; i++) p->shapes[p->n_shapes++] = x->dim[i];
}

static void note_event(ag_profile *p, ag_profile_event e, const ag_call *call) {
  if (p->n_events == p->max_events) {
    p->not_kept++;
    return;
  }
  const size_t most = (size_t)(e.n_in + e.n_out) * (AG_MAX_RANK + 1);
  ag_profile_event *events = room_for(p, p->events, p->n_events, 1, &p->room_events, sizeof *events);
  if (!events) return;
  p->events = events;
  int64_t *shapes = room_for(p, p->shapes, p->n_shapes, most, &p->room_shapes, sizeof *shapes);
  if (!shapes) return;
  p->shapes = shapes;
  e.shapes = p->n_shapes;
  events[p->n_events++] = e;
  for (int i = 0; i < e.n_in; i++) note_shape(p, call->in[i]);
  for (int k = 0; k < e.n_out; k++) note_shape(p, call->out[k]);
}

/* call is NULL for a stretch. */
static void note(ag_profile *p, ag_profile_event e, ag_interval when, double peak, const ag_call *call) {
  if (when.begun < p->begun) return; /* a scope that was open when the profile began */
  e.begun = when.begun - p->begun;
  e.took = when.ended - when.begun;
  ag_profile_row *row = row_of(p, e.name, e.kind);
  if (!row) return;
  row->calls++;
  row->seconds += 1e-9 * (double)e.took;
  row->bytes += e.bytes;
  row->flops += e.flops;
  row->bound += fmax(e.flops / peak, e.bytes / p->roofline.bandwidth);
  note_event(p, e, call);
}

static void applied(ag_tool *t, const ag_call *call, ag_interval when) {
  ag_profile *p = (ag_profile *)(void *)t;
  const ag_node *pulled = t->c->pulled;
  const bool wide = call->in[0]->dtype == AG_F64 || call->out[0]->dtype == AG_F64;
  note(p,
       (ag_profile_event){.name = call->op->name,
                          .kind = t->c->in_pass ? backward : forward,
                          .at = pulled ? pulled->at : call->at,
                          .of = pulled ? pulled->op->name : NULL,
                          .bytes = bytes_moved(call),
                          .flops = flops_made(call),
                          .n_in = call->n_in,
                          .n_out = results_of(call)},
       when, p->roofline.peak[wide], call);
}

static void stretched(ag_tool *t, const ag_stretch *s, ag_interval when) {
  ag_profile *p = (ag_profile *)(void *)t;
  note(p,
       (ag_profile_event){.name = s->name,
                          .kind = s->whole ? whole : update,
                          .at = s->at,
                          .bytes = s->bytes,
                          .flops = s->flops},
       when, p->roofline.peak[0], NULL);
}

/* ---- Begin and end ---- */

static void forget(ag_tool *t) {
  ag_profile *p = (ag_profile *)(void *)t;
  ag_release(t->c, p->rows);
  ag_release(t->c, p->events);
  ag_release(t->c, p->shapes);
  *p = (ag_profile){.tool = *t};
}

static const ag_tool_type profiler = {"profile", applied, stretched, forget};

static bool allowed(const ag_profile_begin_args *a) {
  const ag_tool *t = ag_tool_find(a->c, &profiler);
  if (t && t->on) {
    ag_fail(a->c, AG_ESTATE, a->at, "profile_begin: a profile is running; call ag_profile_end first");
  } else if (!(a->peak >= 0 && a->peak < INFINITY && a->bandwidth >= 0 && a->bandwidth < INFINITY)) {
    ag_fail(a->c, AG_EVALUE, a->at,
            "profile_begin: peak %g and bandwidth %g must be finite numbers, at least 0", a->peak,
            a->bandwidth);
  } else if (a->max_events < 0) {
    ag_fail(a->c, AG_EVALUE, a->at, "profile_begin: max_events %" PRId64 " must be at least 0",
            a->max_events);
  }
  return a->c->status == AG_OK;
}

void(ag_profile_begin)(ag_profile_begin_args a) {
  if (a.c->status != AG_OK || !allowed(&a)) return;
  ag_profile *p = (ag_profile *)(void *)ag_tool_make(a.c, a.at, &profiler, sizeof *p);
  if (!p) return;
  forget(&p->tool);
  p->threads = a.c->threads;
  p->roofline = (ag_roofline){{a.peak, a.peak / 2}, a.bandwidth};
  p->max_events = a.max_events ? (size_t)a.max_events : MAX_EVENTS;
  if (!ag_roofline_measure(a.c, a.at, &p->roofline)) return;
  ag_tool_switch(&p->tool, true);
  p->begun = ag_clock();
}

static int dearer(const void *a, const void *b) {
  const double x = ((const ag_profile_row *)a)->seconds, y = ((const ag_profile_row *)b)->seconds;
  return (x < y) - (x > y);
}

void(ag_profile_end)(ag_site at, ag_ctx *c) {
  ag_profile *p = (ag_profile *)(void *)ag_tool_find(c, &profiler);
  if (!p || !p->tool.on) {
    ag_fail(c, AG_ESTATE, at, "profile_end: no profile is running; call ag_profile_begin first");
    return;
  }
  p->took = ag_clock() - p->begun;
  ag_tool_switch(&p->tool, false);
  if (p->n_rows) qsort(p->rows, p->n_rows, sizeof *p->rows, dearer);
}

/* ---- What was measured ---- */

const ag_profile *ag_profile_of(const ag_ctx *c) {
  const ag_profile *p = (const ag_profile *)(const void *)ag_tool_find(c, &profiler);
  return p && p->begun > 0 && !p->tool.on ? p : NULL;
}

bool ag_profile_get(const ag_ctx *c, int index, ag_profile_row *row) {
  const ag_profile *p = ag_profile_of(c);
  if (!p || index < 0 || (size_t)index >= p->n_rows) return false;
  *row = p->rows[index];
  return true;
}

double ag_profile_seconds(const ag_ctx *c) {
  const ag_profile *p = ag_profile_of(c);
  return p ? 1e-9 * (double)p->took : 0;
}

const ag_profile *ag_profile_wanted(ag_site at, ag_ctx *c, const char *what) {
  const ag_profile *p = c->status == AG_OK ? ag_profile_of(c) : NULL;
  if (!p && c->status == AG_OK) {
    ag_fail(c, AG_ESTATE, at, "%s: there is no profile; call ag_profile_begin and ag_profile_end first",
            what);
  }
  return p;
}
