/* Recorded operations on single numbers, where all the time goes to the engine: a chain with its backward
 * pass, and the price of each operation alone. */
#include "bench/kinds.h"

typedef struct {
  ag_ctx *c;
  ag_tensor *x;
  int64_t n;
} state;

static void *make(ag_ctx *c, const sizes *s) {
  state *t = state_new(sizeof *t);
  t->c = c;
  t->n = s->n;
  t->x = ag_scalar(c, 0.5);
  ag_set_requires_grad(t->x, true);
  return t;
}

/* y <- y x + x goes to 1. */
static void chain(void *data) {
  const state *t = data;
  ag_scope_begin(t->c);
  ag_tensor *y = t->x;
  for (int64_t i = 0; i < t->n; i += 2) y = ag_add(ag_mul(y, t->x), t->x);
  ag_backward(y);
  ag_scope_end(t->c);
}

static void alone(void *data) {
  const state *t = data;
  ag_scope_begin(t->c);
  for (int64_t i = 0; i < t->n; i++) ag_add(t->x, t->x);
  ag_scope_end(t->c);
}

const kind kind_chain = {"chain", make, chain, NULL, false};
const kind kind_one = {"one", make, alone, NULL, true};
