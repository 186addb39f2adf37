/* optim.h - one step of an optimiser over n elements of a parameter, in one pass and one thread.
 *
 * The formulas and their order of operations are those of torch.optim 1.13; names and meanings too. State
 * arrays have the parameter's size and start at 0; where they would become subnormal they become 0.
 * Hyper-parameters are double and are rounded once to the parameter's type. */
#ifndef AG_REAL
#ifndef AG_KERNELS_OPTIM_H
#define AG_KERNELS_OPTIM_H
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  double lr, momentum, dampening, weight_decay;
  bool nesterov;
  bool first; /* the first step's momentum buffer is the gradient without dampening */
} agk_sgd;

typedef struct {
  double lr, alpha, eps, weight_decay, momentum;
  bool centered;
} agk_rmsprop;

typedef struct {
  double beta1, beta2, eps, weight_decay;
  double rate;  /* lr / (1 - beta1^step), where step is 1 for the first */
  double scale; /* 1 / sqrt(1 - beta2^step): where torch divides by the root, which would cost a third more */
} agk_adam;

#define AG_SELF "kernels/optim.h"
#include "core/each_real.h"
#endif
#else

/* g += weight_decay p;  buffer = momentum buffer + (1 - dampening) g;  g = nesterov ? g + momentum buffer :
 * buffer;  p -= lr g. buffer is not used, and may be NULL, where momentum = 0. */
void AG_NAME(agk_sgd_step)(int64_t n, const agk_sgd *o, const AG_REAL *grad, AG_REAL *param, AG_REAL *buffer);

/* g += weight_decay p;  square = alpha square + (1 - alpha) g^2;  mean = alpha mean + (1 - alpha) g
 * (centered); d = sqrt(square - mean^2) + eps, without mean^2 unless centered;  buffer = momentum buffer + g
 * / d;  p -= lr buffer, or p -= lr g / d without momentum. buffer may be NULL where momentum = 0, mean where
 * not centered. */
void AG_NAME(agk_rmsprop_step)(int64_t n, const agk_rmsprop *o, const AG_REAL *grad, AG_REAL *param,
                               AG_REAL *square, AG_REAL *mean, AG_REAL *buffer);

/* g += weight_decay p;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2;
 * p -= rate m / (scale sqrt(v) + eps). */
void AG_NAME(agk_adam_step)(int64_t n, const agk_adam *o, const AG_REAL *grad, AG_REAL *param, AG_REAL *m,
                            AG_REAL *v);
#endif
