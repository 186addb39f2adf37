/* Adam (Kingma and Ba 2015), as torch.optim.Adam:
 *
 *   g += weight_decay p;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
 *   p -= lr / (1 - beta1^step) m / (sqrt(v) / sqrt(1 - beta2^step) + eps). */
#include "optim/optim.h"

#include <math.h>

#include "kernels/optim.h"

static bool remembers(const ag_optim_new_args *options, int state) {
  (void)options;
  return state < 2;
}

enum { RATE, SCALE };

static void prepare(const ag_optim_new_args *o, int64_t step, double *number) {
  number[RATE] = o->lr / (1 - pow(o->beta1, (double)step));
  number[SCALE] = 1 / sqrt(1 - pow(o->beta2, (double)step));
}

static void update(const ag_optim_new_args *o, const ag_optim_slot *s, ag_range r) {
  const agk_adam h = {.beta1 = o->beta1,
                      .beta2 = o->beta2,
                      .eps = o->eps,
                      .weight_decay = o->weight_decay,
                      .rate = s->number[RATE],
                      .scale = s->number[SCALE]};
  const void *g = ag_optim_data(s->gradient, r.begin);
  void *p = ag_optim_data(s->parameter, r.begin);
  void *m = ag_optim_data(s->state[0], r.begin), *v = ag_optim_data(s->state[1], r.begin);
  if (s->parameter->dtype == AG_F32) {
    agk_adam_step_f32(r.end - r.begin, &h, g, p, m, v);
  } else {
    agk_adam_step_f64(r.end - r.begin, &h, g, p, m, v);
  }
}

static const ag_optim_type adam = {
    .name = "adam",
    .options = {AG_NUMBER(lr, 0.001, INFINITY), AG_NUMBER(beta1, 0.9, 1), AG_NUMBER(beta2, 0.999, 1),
                AG_NUMBER(eps, 1e-8, INFINITY), AG_NUMBER(weight_decay, 0, INFINITY)},
    .state = {"exp_avg", "exp_avg_sq"},
    .remembers = remembers,
    .prepare = prepare,
    .update = update,
};

const ag_optim_type *const ag_adam = &adam;
