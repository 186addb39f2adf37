/* One update of n parameters, in ten tensors, from gradients that are there. It reads four numbers for each
 * and writes three. */
#include <stdio.h>

#include "bench/kinds.h"

enum { TENSORS = 10 };

typedef struct {
  ag_optim *adam;
} state;

/* The gradients live in a scope that stays open. */
static void *make(ag_ctx *c, const sizes *s) {
  state *t = state_new(sizeof *t);
  ag_tensor *p[TENSORS], *loss = NULL;
  for (int i = 0; i < TENSORS; i++) {
    char name[32];
    snprintf(name, sizeof name, "p%d", i);
    p[i] = ag_parameter(c, name, AG_SHAPE(s->n / TENSORS));
  }
  t->adam = ag_optim_new(c, ag_adam, .lr = 0.001);
  ag_scope_begin(c);
  for (int i = 0; i < TENSORS; i++) {
    ag_tensor *part = ag_sum(ag_mul(p[i], numbers(c, ag_shape_of(p[i]))));
    loss = loss ? ag_add(loss, part) : part;
  }
  ag_backward(loss);
  return t;
}

static void run(void *data) {
  const state *t = data;
  ag_optim_step(t->adam);
}

static bound copy(const sizes *s) {
  const double bytes = (double)s->n * sizeof(float);
  return bound_copy(4 * bytes, 7 * bytes, s->threads);
}

const kind kind_adam = {"adam", make, run, copy, false};
