/* Batch normalisation as a map of each element, for operators that make it on the way.
 *
 *   norm (3, c) = mean, weight / sqrt(var + eps), bias     of the batch in training, else the running ones
 *
 * so that (x - norm[0]) norm[1] + norm[2] is ag_batch_norm of x (..., c). It is made of operators on c
 * numbers, through which the gradients of weight, bias and the moments go. */
#include <inttypes.h>

#include "ops/batch_norm.h"
#include "ops/check.h"

/* Refuses what is given and has not one number, or two, for each channel. */
static bool fits(const ag_batch_norm_map_args *a, const char *name, ag_tensor *given, ag_shape shape,
                 const char *why) {
  ag_ctx *c = a->x->c;
  if (!given || (given->dtype == a->x->dtype && ag_shape_equal(ag_shape_of(given), shape))) return true;
  ag_fail(c, AG_ESHAPE, a->at, "batch_norm_map: %s is %s %s, x %s %s wants %s %s, %s", name,
          ag_dtype_name(given->dtype), ag_shape_text(c, ag_shape_of(given)), ag_dtype_name(a->x->dtype),
          ag_shape_text(c, ag_shape_of(a->x)), ag_dtype_name(a->x->dtype), ag_shape_text(c, shape), why);
  return false;
}

/* How many values of each channel the moments are of. */
static int64_t values(const ag_batch_norm_map_args *a) {
  const int64_t channels = a->x->dim[a->x->rank - 1];
  return a->count ? a->count : channels ? a->x->numel / channels : 0;
}

static bool acceptable(const ag_batch_norm_map_args *a, ag_tensor **result) {
  if (!ag_ready(a->at, "batch_norm_map", 1, &a->x, result)) return false;
  ag_tensor *const given[] = {a->moments, a->weight, a->bias, a->running_mean, a->running_var};
  for (int i = 0; i < 5; i++)
    if (given[i] && !ag_ready(a->at, "batch_norm_map", 2, (ag_tensor *[]){a->x, given[i]}, result))
      return false;
  ag_ctx *c = a->x->c;
  if (a->x->rank < 1) {
    ag_fail(c, AG_ESHAPE, a->at, "batch_norm_map: x must be (..., c), found scalar");
    return false;
  }
  const int64_t channels = a->x->dim[a->x->rank - 1];
  const ag_shape each = AG_SHAPE(channels), pair = AG_SHAPE(2, channels);
  if (a->training && !a->moments) {
    ag_fail(c, AG_EVALUE, a->at, "batch_norm_map: training wants the moments of x, found NULL");
  } else if (a->training && values(a) <= 1) {
    ag_fail(c, AG_ESHAPE, a->at,
            "batch_norm_map: training wants more than one value in each channel, x is %s, count %" PRId64,
            ag_shape_text(c, ag_shape_of(a->x)), a->count);
  } else if (!a->training && !(a->running_mean && a->running_var)) {
    ag_fail(c, AG_EVALUE, a->at,
            "batch_norm_map: evaluation wants running_mean and running_var, one of them is NULL");
  }
  return c->status == AG_OK && fits(a, "moments", a->moments, pair, "mean and variance of each channel") &&
         fits(a, "weight", a->weight, each, "one number for each channel") &&
         fits(a, "bias", a->bias, each, "one number for each channel") &&
         fits(a, "running_mean", a->running_mean, each, "one number for each channel") &&
         fits(a, "running_var", a->running_var, each, "one number for each channel");
}

/* Row i of the moments, as a vector. */
static ag_tensor *row(const ag_batch_norm_map_args *a, int i) {
  return (ag_reshape)(a->at, (ag_slice)(a->at, a->moments, 0, i, i + 1, 1), AG_SHAPE(a->moments->dim[1]));
}

ag_tensor *(ag_batch_norm_map)(ag_batch_norm_map_args a) {
  ag_tensor *result;
  if (!acceptable(&a, &result)) return result;
  if (a.training) a.moments = (ag_contiguous)(a.at, a.moments);
  ag_tensor *mean = a.training ? row(&a, 0) : a.running_mean, *var = a.training ? row(&a, 1) : a.running_var;
  ag_tensor *scale = (ag_pow_scalar)(a.at, (ag_add_scalar)(a.at, var, a.eps != 0 ? a.eps : 1e-5), -0.5);
  if (a.weight) scale = (ag_mul)(a.at, a.weight, scale);
  ag_tensor *bias = a.bias ? a.bias : ag_filled(a.at, a.x->c, a.x->dtype, ag_shape_of(mean), 0);
  result = (ag_stack)(a.at, 3, (ag_tensor *[]){mean, scale, bias}, 0);
  if (a.training && a.x->c->status == AG_OK)
    ag_batch_norm_remember(a.running_mean, a.running_var, a.momentum != 0 ? a.momentum : 0.1, a.moments,
                           values(&a) * a.moments->dim[1]);
  return result;
}
