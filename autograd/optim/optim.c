/* Optimisers: they hold a slot for each parameter and hand it, with its gradient, to the update of their
 * type. An update is one parallel loop over all parameters, so many small ones cost no more than a large one,
 * and gives a thread the same part of each: that whose gradient it added up. What another core holds costs
 * more to write than to compute. Everything that an optimiser remembers is a tensor in the root scope, so it
 * can be saved and restored by name. */
#include "optim/optim.h"

#include <math.h>
#include <string.h>

#include "core/tool.h"

enum {
  LINE = 16, /* elements: parts end where a cache line of float32 does */
  COST = 2,  /* of an element, in elementary operations: seven numbers move, not three */
};

struct ag_optim {
  ag_ctx *c;
  const ag_optim_type *type;
  ag_optim_new_args options; /* with standard values where none were given */
  int n_slots;
  ag_optim_slot *slot;
  int64_t elements; /* of all parameters */
};

/* ---- Types by name ---- */

static const ag_optim_type *const *const types[] = {&ag_sgd, &ag_rmsprop, &ag_adam};
#define N_TYPES (sizeof types / sizeof *types)

const ag_optim_type *ag_optim_type_find(const char *name) {
  for (size_t i = 0; i < N_TYPES; i++) {
    if (name && strcmp((*types[i])->name, name) == 0) return *types[i];
  }
  return NULL;
}

const char *ag_optim_type_name(const ag_optim_type *type) { return type ? type->name : ""; }

/* ---- Options ---- */

static double *number_at(ag_optim_new_args *a, const ag_optim_option *option) {
  return (double *)(void *)((char *)a + option->offset);
}

static double value_of(ag_optim_new_args *a, const ag_optim_option *option) {
  return option->flag ? (double)*(bool *)((char *)a + option->offset) : *number_at(a, option);
}

static bool knows(const ag_optim_type *type, const ag_optim_option *option) {
  for (const ag_optim_option *o = type->options; o->name; o++) {
    if (o->offset == option->offset) return true;
  }
  return false;
}

/* "lr, momentum, ...": what a type knows. */
static void list_options(const ag_optim_type *type, char *text, size_t room) {
  size_t length = 0;
  for (const ag_optim_option *o = type->options; o->name && length < room; o++) {
    length += (size_t)snprintf(text + length, room - length, "%s%s", length ? ", " : "", o->name);
  }
}

/* Options that another type knows and this one does not are mistakes, not decoration. */
static bool reject_foreign(ag_optim_new_args *a) {
  for (size_t i = 0; i < N_TYPES; i++) {
    for (const ag_optim_option *o = (*types[i])->options; o->name; o++) {
      if (knows(a->type, o) || value_of(a, o) == 0) continue;
      char known[160];
      list_options(a->type, known, sizeof known);
      ag_fail(a->c, AG_EVALUE, a->at, "%s: there is no option %s; the options are %s", a->type->name, o->name,
              known);
      return true;
    }
  }
  return false;
}

/* Puts standard values where none were given, and checks the ranges. */
static bool complete(ag_optim_new_args *a) {
  for (const ag_optim_option *o = a->type->options; o->name; o++) {
    if (o->flag) continue;
    double *value = number_at(a, o);
    if (*value == 0) *value = o->standard;
    if (*value >= 0 && *value < o->below) continue;
    if (isinf(o->below)) {
      ag_fail(a->c, AG_EVALUE, a->at, "%s: %s is %g; it must be a finite number, at least 0", a->type->name,
              o->name, *value);
    } else {
      ag_fail(a->c, AG_EVALUE, a->at, "%s: %s is %g; it must be at least 0 and less than %g", a->type->name,
              o->name, *value, o->below);
    }
    return false;
  }
  const char *contradiction = a->type->contradiction ? a->type->contradiction(a) : NULL;
  if (contradiction) ag_fail(a->c, AG_EVALUE, a->at, "%s: %s", a->type->name, contradiction);
  return !contradiction;
}

/* ---- State ---- */

/* A zero tensor of the root scope that carries the name "parameter.state". */
static ag_tensor *state_tensor(ag_site at, const ag_tensor *p, const char *state, ag_dtype dtype,
                               ag_shape shape) {
  const size_t length = strlen(ag_name(p)) + strlen(state) + 2;
  char *name = ag_scope_bytes(p->c, length, at);
  ag_tensor *x = name ? ag_new_tensor(p->c, at, dtype, shape) : NULL;
  if (!x) return NULL;
  snprintf(name, length, "%s.%s", ag_name(p), state);
  x->name = name;
  memset(x->data, 0, (size_t)x->numel * ag_dtype_size(dtype));
  return x;
}

static bool fill_slot(const ag_optim_new_args *a, ag_optim_slot *slot, ag_tensor *parameter) {
  *slot = (ag_optim_slot){.parameter = parameter};
  slot->steps = state_tensor(a->at, parameter, "step", AG_I64, AG_SCALAR);
  if (!slot->steps) return false;
  for (int i = 0; i < AG_OPTIM_STATES; i++) {
    if (!a->type->state[i] || !a->type->remembers(a, i)) continue;
    slot->state[i] =
        state_tensor(a->at, parameter, a->type->state[i], parameter->dtype, ag_shape_of(parameter));
    if (!slot->state[i]) return false;
  }
  return true;
}

ag_tensor *ag_optim_state(const ag_optim *o, int index) {
  for (int i = 0; o && i < o->n_slots; i++) {
    if (index-- == 0) return o->slot[i].steps;
    for (int k = 0; k < AG_OPTIM_STATES; k++) {
      if (o->slot[i].state[k] && index-- == 0) return o->slot[i].state[k];
    }
  }
  return NULL;
}

/* ---- The object ---- */

static int count_parameters(const ag_ctx *c) {
  int n = 0;
  for (int i = 0; ag_registered(c, i); i++) n += ag_requires_grad(ag_registered(c, i));
  return n;
}

/* Whether an optimiser can be made here and now. */
static bool ready(const ag_optim_new_args *a) {
  if (ag_error(a->c) != AG_OK) return false;
  if (!a->type) {
    ag_fail(a->c, AG_EVALUE, a->at, "optim: there is no type; take ag_sgd, ag_rmsprop or ag_adam");
  } else if (a->c->depth > 0) {
    ag_fail(a->c, AG_ESTATE, a->at, "%s: optimisers belong to the root scope; make it before ag_scope_begin",
            a->type->name);
  } else if (count_parameters(a->c) == 0) {
    ag_fail(a->c, AG_ESTATE, a->at, "%s: the context has no parameters; make the layers before the optimiser",
            a->type->name);
  }
  return ag_error(a->c) == AG_OK;
}

ag_optim *(ag_optim_new)(ag_optim_new_args a) {
  if (!ready(&a) || reject_foreign(&a) || !complete(&a)) return NULL;
  const int n = count_parameters(a.c);
  ag_optim *o = ag_scope_bytes(a.c, sizeof *o, a.at);
  ag_optim_slot *slot = o ? ag_scope_bytes(a.c, (size_t)n * sizeof *slot, a.at) : NULL;
  if (!slot) return NULL;
  *o = (ag_optim){.c = a.c, .type = a.type, .options = a, .slot = slot};
  for (int i = 0; ag_registered(a.c, i); i++) {
    ag_tensor *x = ag_registered(a.c, i);
    if (!ag_requires_grad(x)) continue;
    if (!fill_slot(&a, &slot[o->n_slots], x)) return NULL;
    o->n_slots++;
    o->elements += x->numel;
  }
  return o;
}

/* Bytes that a step reads and writes: each gradient is read, each parameter and its state are read and
 * written. */
static double traffic(const ag_optim *o) {
  double bytes = 0;
  for (int i = 0; i < o->n_slots; i++) {
    const ag_optim_slot *slot = &o->slot[i];
    int tensors = slot->gradient ? 3 : 0;
    for (int k = 0; k < AG_OPTIM_STATES && slot->gradient; k++) tensors += slot->state[k] ? 2 : 0;
    bytes += tensors * (double)slot->parameter->numel * (double)ag_dtype_size(slot->parameter->dtype);
  }
  return bytes;
}

/* Counts the step of each parameter that has a gradient. Most have made as many as the one before them, and
 * share its numbers. */
static void count_step(ag_optim *o) {
  const ag_optim_slot *before = NULL;
  for (int i = 0; i < o->n_slots; i++) {
    ag_optim_slot *slot = &o->slot[i];
    if (!slot->gradient) continue;
    slot->step = ++*(int64_t *)(void *)slot->steps->data;
    ag_overwritten(slot->parameter);
    if (before && before->step == slot->step) {
      memcpy(slot->number, before->number, sizeof slot->number);
    } else if (o->type->prepare) {
      o->type->prepare(&o->options, slot->step, slot->number);
    }
    before = slot;
  }
}

/* Share t of `team`: its part of each parameter that has a gradient, in whole cache lines. */
static void update_share(const ag_optim *o, int64_t t, int64_t team) {
  for (const ag_optim_slot *slot = o->slot; slot < o->slot + o->n_slots; slot++) {
    const ag_range part = ag_chunk_lines(t, team, slot->parameter->numel, LINE);
    if (slot->gradient && part.begin < part.end) o->type->update(&o->options, slot, part);
  }
}

/* Elements do not see each other, so the shares may follow the team. */
static void update(const ag_optim *o) {
  const int team = ag_team(o->c->threads, ag_chunks(o->elements, LINE), COST * o->elements);
  if (team == 1) {
    update_share(o, 0, 1);
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t t = 0; t < team; t++) update_share(o, t, team);
}

/* All gradients are looked up, and packed where they are views, before the first parameter changes: a step
 * happens as a whole or not at all. */
static bool collect_gradients(ag_site at, ag_optim *o) {
  for (int i = 0; i < o->n_slots; i++) {
    ag_tensor *g = ag_gradient(o->slot[i].parameter);
    o->slot[i].gradient = g ? ag_packed(at, g) : NULL;
    if (g && !o->slot[i].gradient) return false;
  }
  return true;
}

void(ag_optim_step)(ag_site at, ag_optim *o) {
  if (!o || ag_error(o->c) != AG_OK) return;
  const int64_t begun = ag_tools_begin(o->c);
  if (!collect_gradients(at, o)) return;
  count_step(o);
  update(o);
  if (o->c->tools_on) ag_tools_stretched(o->c, &(ag_stretch){o->type->name, at, .bytes = traffic(o)}, begun);
}

double ag_optim_lr(const ag_optim *o) { return o ? o->options.lr : NAN; }

void ag_optim_set_lr(ag_optim *o, double lr) {
  if (!o) return;
  if (lr >= 0 && lr < INFINITY) {
    o->options.lr = lr;
  } else {
    ag_fail(o->c, AG_EVALUE, "ag_optim_set_lr", "%s: lr is %g; it must be a finite number, at least 0",
            o->type->name, lr);
  }
}

int64_t ag_optim_steps(const ag_optim *o) {
  int64_t most = 0;
  for (int i = 0; o && i < o->n_slots; i++) {
    const int64_t steps = *(const int64_t *)(const void *)o->slot[i].steps->data;
    if (steps > most) most = steps;
  }
  return most;
}
