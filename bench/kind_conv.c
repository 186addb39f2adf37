/* One 3x3 convolution of n x n channels with padding, alone: its result, the gradient of its input, or that
 * of its weights. */
#include <string.h>

#include "bench/kinds.h"

typedef struct {
  ag_ctx *c;
  ag_tensor *x, *weight, *y, *g;
  bool of_input, of_weight;
  int padding;
} state;

static void *make(ag_ctx *c, const sizes *s) {
  state *t = state_new(sizeof *t);
  t->c = c;
  t->padding = (int)s->padding;
  t->of_input = strcmp(s->op, "grad_input") == 0;
  t->of_weight = strcmp(s->op, "grad_weight") == 0;
  t->x = numbers(c, AG_SHAPE(s->batch, s->channels, s->side, s->side));
  t->weight = numbers(c, AG_SHAPE(s->channels, s->channels, 3, 3));
  ag_set_requires_grad(t->x, t->of_input);
  ag_set_requires_grad(t->weight, t->of_weight);
  t->y = ag_conv2d(t->x, t->weight, .padding = t->padding);
  t->g = numbers(c, ag_shape_of(t->y));
  return t;
}

static void run(void *data) {
  const state *t = data;
  ag_tensor *grad;
  ag_scope_begin(t->c);
  if (t->of_input || t->of_weight)
    ag_grad(.n_outputs = 1, .outputs = &t->y, .n_inputs = 1, .inputs = t->of_input ? &t->x : &t->weight,
            .grads = &grad, .grad_outputs = &t->g);
  else
    ag_conv2d(t->x, t->weight, .padding = t->padding);
  ag_scope_end(t->c);
}

static bound multiply_adds(const sizes *s) {
  const double after = (double)(s->side + 2 * s->padding - 2), channels = (double)s->channels;
  return bound_multiply_adds(9 * channels * channels * after * after * (double)s->batch, s->threads);
}

const kind kind_conv = {"conv", make, run, multiply_adds, false};
