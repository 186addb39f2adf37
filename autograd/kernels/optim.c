/* optim.c - the update rules, one pass over the elements each.
 *
 * What depends on the hyper-parameters alone is computed in double and rounded once, as torch does with its
 * scalars. */
#ifndef AG_REAL
#include "kernels/optim.h"

#include <math.h>

#include "core/multiversion.h"

enum { BLOCK = 128 }; /* elements of a parameter that are written in one go */

#define AG_SELF "kernels/optim.c"
#include "core/each_real.h"
#else

/* The gradient with weight decay. A decay of 0 is left out instead of multiplied with, for 0 times infinity
 * is NaN. */
AG_INLINE AG_REAL AG_NAME(decayed)(AG_REAL decay, AG_REAL grad, AG_REAL param) {
  return decay != 0 ? grad + decay * param : grad;
}

/* A number of the state, or 0 where it is subnormal. A weight whose gradient stays 0, as behind a neuron that
 * never fires, lets its state decay to subnormal numbers that never reach 0, and a processor takes a hundred
 * cycles for each operation on one. */
AG_INLINE AG_REAL AG_NAME(kept)(AG_REAL x) {
  const AG_REAL least = sizeof x == sizeof(float) ? (AG_REAL)FLT_MIN : (AG_REAL)DBL_MIN;
  return AG_MATH(fabs)(x) < least ? 0 : x;
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
    const AG_REAL b = AG_NAME(kept)(first ? g : momentum * buffer[i] + share * g);
    buffer[i] = b;
    param[i] -= lr * (nesterov ? g + momentum * b : b);
  }
}

/* What the options choose is constant in each loop that calls this, for a choice inside keeps it scalar. */
AG_INLINE void AG_NAME(rmsprop)(bool centered, bool heavy, int64_t n, const agk_rmsprop *o,
                                const AG_REAL *restrict grad, AG_REAL *restrict param,
                                AG_REAL *restrict square, AG_REAL *restrict mean, AG_REAL *restrict buffer) {
  const AG_REAL lr = (AG_REAL)o->lr, alpha = (AG_REAL)o->alpha, share = (AG_REAL)(1 - o->alpha),
                eps = (AG_REAL)o->eps;
  const AG_REAL decay = (AG_REAL)o->weight_decay, momentum = (AG_REAL)o->momentum;
  for (int64_t i = 0; i < n; i++) {
    const AG_REAL g = AG_NAME(decayed)(decay, grad[i], param[i]);
    AG_REAL v = AG_NAME(kept)(alpha * square[i] + share * g * g);
    square[i] = v;
    if (centered) {
      mean[i] = AG_NAME(kept)(alpha * mean[i] + share * g);
      v -= mean[i] * mean[i];
    }
    const AG_REAL d = AG_MATH(sqrt)(v) + eps;
    if (heavy) {
      buffer[i] = AG_NAME(kept)(momentum * buffer[i] + g / d);
      param[i] -= lr * buffer[i];
    } else {
      param[i] -= lr * g / d;
    }
  }
}

AG_MULTIVERSION void AG_NAME(agk_rmsprop_step)(int64_t n, const agk_rmsprop *o, const AG_REAL *restrict grad,
                                               AG_REAL *restrict param, AG_REAL *restrict square,
                                               AG_REAL *restrict mean, AG_REAL *restrict buffer) {
  const bool heavy = o->momentum > 0;
  if (o->centered && heavy) {
    AG_NAME(rmsprop)(true, true, n, o, grad, param, square, mean, buffer);
  } else if (o->centered) {
    AG_NAME(rmsprop)(true, false, n, o, grad, param, square, mean, buffer);
  } else if (heavy) {
    AG_NAME(rmsprop)(false, true, n, o, grad, param, square, mean, buffer);
  } else {
    AG_NAME(rmsprop)(false, false, n, o, grad, param, square, mean, buffer);
  }
}

/* A parameter that other cores have read takes long to write, line after line unless the writes follow each
 * other at once. */
AG_MULTIVERSION void AG_NAME(agk_adam_step)(int64_t n, const agk_adam *o, const AG_REAL *restrict grad,
                                            AG_REAL *restrict param, AG_REAL *restrict m,
                                            AG_REAL *restrict v) {
  const AG_REAL beta1 = (AG_REAL)o->beta1, share1 = (AG_REAL)(1 - o->beta1);
  const AG_REAL beta2 = (AG_REAL)o->beta2, share2 = (AG_REAL)(1 - o->beta2), eps = (AG_REAL)o->eps;
  const AG_REAL rate = (AG_REAL)o->rate, scale = (AG_REAL)o->scale, decay = (AG_REAL)o->weight_decay;
  AG_REAL updated[BLOCK];
  for (int64_t begin = 0; begin < n; begin += BLOCK) {
    const int64_t block = begin + BLOCK < n ? BLOCK : n - begin;
    for (int64_t i = 0; i < block; i++) {
      const AG_REAL p = param[i], g = AG_NAME(decayed)(decay, grad[i], p);
      const AG_REAL first = AG_NAME(kept)(beta1 * m[i] + share1 * g);
      const AG_REAL second = AG_NAME(kept)(beta2 * v[i] + share2 * g * g);
      m[i] = first;
      v[i] = second;
      updated[i] = p - rate * first / (scale * AG_MATH(sqrt)(second) + eps);
    }
    for (int64_t i = 0; i < block; i++) param[i] = updated[i];
    grad += block, param += block, m += block, v += block;
  }
}
#endif
