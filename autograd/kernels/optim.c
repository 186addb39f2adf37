/* optim.c - the update rules, one pass over the elements each.
 *
 * What depends on the hyper-parameters alone is computed in double and rounded once, as torch does with its
 * scalars. */
#ifndef AG_REAL
#include "kernels/optim.h"

#include <math.h>

#include "core/multiversion.h"

#define AG_SELF "kernels/optim.c"
#include "core/each_real.h"
#else

/* The gradient with weight decay. A decay of 0 is left out instead of multiplied with, for 0 times infinity
 * is NaN. */
AG_INLINE AG_REAL AG_NAME(decayed)(AG_REAL decay, AG_REAL grad, AG_REAL param) {
  return decay != 0 ? grad + decay * param : grad;
}

AG_MULTIVERSION void AG_NAME(agk_sgd_step)(int64_t n, const agk_sgd *o, const AG_REAL *restrict grad,
                                           AG_REAL *restrict param, AG_REAL *restrict buffer) {
  const AG_REAL lr = (AG_REAL)o->lr, decay = (AG_REAL)o->weight_decay, momentum = (AG_REAL)o->momentum;
  const AG_REAL share = (AG_REAL)(1 - o->dampening);
  const bool first = o->first, nesterov = o->nesterov;
  if (o->momentum == 0) {
    for (int64_t i = 0; i < n; i++) param[i] -= lr * AG_NAME(decayed)(decay, grad[i], param[i]);
    return;
  }
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL g = AG_NAME(decayed)(decay, grad[i], param[i]);
    const AG_REAL b = first ? g : momentum * buffer[i] + share * g;
    buffer[i] = b;
    param[i] -= lr * (nesterov ? g + momentum * b : b);
  }
}

AG_MULTIVERSION void AG_NAME(agk_rmsprop_step)(int64_t n, const agk_rmsprop *o, const AG_REAL *restrict grad,
                                               AG_REAL *restrict param, AG_REAL *restrict square,
                                               AG_REAL *restrict mean, AG_REAL *restrict buffer) {
  const AG_REAL lr = (AG_REAL)o->lr, alpha = (AG_REAL)o->alpha, share = (AG_REAL)(1 - o->alpha),
                eps = (AG_REAL)o->eps;
  const AG_REAL decay = (AG_REAL)o->weight_decay, momentum = (AG_REAL)o->momentum;
  const bool centered = o->centered, heavy = o->momentum > 0;
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL g = AG_NAME(decayed)(decay, grad[i], param[i]);
    AG_REAL v = alpha * square[i] + share * g * g;
    square[i] = v;
    if (centered) {
      mean[i] = alpha * mean[i] + share * g;
      v -= mean[i] * mean[i];
    }
    const AG_REAL d = AG_MATH(sqrt)(v) + eps;
    if (heavy) {
      buffer[i] = momentum * buffer[i] + g / d;
      param[i] -= lr * buffer[i];
    } else {
      param[i] -= lr * g / d;
    }
  }
}

AG_MULTIVERSION void AG_NAME(agk_adam_step)(int64_t n, const agk_adam *o, const AG_REAL *restrict grad,
                                            AG_REAL *restrict param, AG_REAL *restrict m,
                                            AG_REAL *restrict v) {
  const AG_REAL beta1 = (AG_REAL)o->beta1, share1 = (AG_REAL)(1 - o->beta1);
  const AG_REAL beta2 = (AG_REAL)o->beta2, share2 = (AG_REAL)(1 - o->beta2), eps = (AG_REAL)o->eps;
  const AG_REAL rate = (AG_REAL)o->rate, scale = (AG_REAL)o->scale, decay = (AG_REAL)o->weight_decay;
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL p = param[i], g = AG_NAME(decayed)(decay, grad[i], p);
    const AG_REAL first = beta1 * m[i] + share1 * g, second = beta2 * v[i] + share2 * g * g;
    m[i] = first;
    v[i] = second;
    param[i] = p - rate * first / (scale * AG_MATH(sqrt)(second) + eps);
  }
}
#endif
