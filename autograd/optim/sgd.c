/* Stochastic gradient descent with momentum (Sutskever et al. 2013), as torch.optim.SGD:
 *
 *   g += weight_decay p;  buffer = momentum buffer + (1 - dampening) g  (the first: buffer = g);
 *   g = nesterov ? g + momentum buffer : buffer;  p -= lr g. */
#include "optim/optim.h"

#include <math.h>

#include "kernels/optim.h"

static bool remembers(const ag_optim_new_args *options, int state) {
  return state == 0 && options->momentum != 0;
}

static const char *contradiction(const ag_optim_new_args *options) {
  if (options->nesterov && (options->momentum == 0 || options->dampening != 0)) {
    return "nesterov needs a momentum above 0 and no dampening";
  }
  return NULL;
}

static void update(const ag_optim_new_args *o, const ag_optim_slot *s, ag_range r) {
  const agk_sgd h = {.lr = o->lr,
                     .momentum = o->momentum,
                     .dampening = o->dampening,
                     .weight_decay = o->weight_decay,
                     .nesterov = o->nesterov,
                     .first = s->step == 1};
  const void *g = ag_optim_data(s->gradient, r.begin);
  void *p = ag_optim_data(s->parameter, r.begin), *buffer = ag_optim_data(s->state[0], r.begin);
  if (s->parameter->dtype == AG_F32) {
    agk_sgd_step_f32(r.end - r.begin, &h, g, p, buffer);
  } else {
    agk_sgd_step_f64(r.end - r.begin, &h, g, p, buffer);
  }
}

static const ag_optim_type sgd = {
    .name = "sgd",
    .options = {AG_NUMBER(lr, 0.01, INFINITY), AG_NUMBER(momentum, 0, INFINITY),
                AG_NUMBER(dampening, 0, INFINITY), AG_NUMBER(weight_decay, 0, INFINITY), AG_FLAG(nesterov)},
    .state = {"momentum_buffer"},
    .remembers = remembers,
    .contradiction = contradiction,
    .update = update,
};

const ag_optim_type *const ag_sgd = &sgd;
