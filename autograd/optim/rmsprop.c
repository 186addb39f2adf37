/* RMSprop (Tieleman and Hinton 2012; centered: Graves 2013), as torch.optim.RMSprop:
 *
 *   g += weight_decay p;  square = alpha square + (1 - alpha) g^2;  mean = alpha mean + (1 - alpha) g
 * (centered); d = sqrt(square - mean^2) + eps;  buffer = momentum buffer + g / d;  p -= lr buffer. */
#include "optim/optim.h"

#include <math.h>

#include "kernels/optim.h"

enum { SQUARE, BUFFER, MEAN };

static bool remembers(const ag_optim_new_args *options, int state) {
  if (state == BUFFER) return options->momentum != 0;
  if (state == MEAN) return options->centered;
  return state == SQUARE;
}

static void update(const ag_optim_new_args *o, const ag_optim_slot *s, ag_range r) {
  const agk_rmsprop h = {.lr = o->lr,
                         .alpha = o->alpha,
                         .eps = o->eps,
                         .weight_decay = o->weight_decay,
                         .momentum = o->momentum,
                         .centered = o->centered};
  const void *g = ag_optim_data(s->gradient, r.begin);
  void *p = ag_optim_data(s->parameter, r.begin), *square = ag_optim_data(s->state[SQUARE], r.begin);
  void *mean = ag_optim_data(s->state[MEAN], r.begin), *buffer = ag_optim_data(s->state[BUFFER], r.begin);
  if (s->parameter->dtype == AG_F32) {
    agk_rmsprop_step_f32(r.end - r.begin, &h, g, p, square, mean, buffer);
  } else {
    agk_rmsprop_step_f64(r.end - r.begin, &h, g, p, square, mean, buffer);
  }
}

static const ag_optim_type rmsprop = {
    .name = "rmsprop",
    .options = {AG_NUMBER(lr, 0.01, INFINITY), AG_NUMBER(alpha, 0.99, INFINITY),
                AG_NUMBER(eps, 1e-8, INFINITY), AG_NUMBER(momentum, 0, INFINITY),
                AG_NUMBER(weight_decay, 0, INFINITY), AG_FLAG(centered)},
    .state = {[SQUARE] = "square_avg", [BUFFER] = "momentum_buffer", [MEAN] = "grad_avg"},
    .remembers = remembers,
    .update = update,
};

const ag_optim_type *const ag_rmsprop = &rmsprop;
