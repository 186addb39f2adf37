/* Normalisation that is made of operators.
 *
 *   group_norm      layer_norm of x (n, groups, rest)
 *   instance_norm   the same with a group for each channel
 *   rms_norm        x / sqrt(mean(x^2) + eps)
 *   normalize       x / max(|x|_p, eps)
 */
#include "ops/normalise.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

#include "ops/check.h"

/* Whether the part that is given has that shape. */
static bool part_ready(ag_site at, const char *what, const char *part, ag_tensor *x, ag_tensor *given,
                       ag_shape shape, ag_tensor **result) {
  if (!given) return true;
  if (!ag_ready(at, what, 2, (ag_tensor *[]){x, given}, result)) return false;
  if (ag_shape_equal(ag_shape_of(given), shape)) return true;
  ag_fail(x->c, AG_ESHAPE, at, "%s: %s is %s, x %s wants %s", what, part,
          ag_shape_text(x->c, ag_shape_of(given)), ag_shape_text(x->c, ag_shape_of(x)),
          ag_shape_text(x->c, shape));
  return false;
}

bool ag_normalised_ready(ag_site at, const char *what, ag_tensor *x, ag_shape shape, ag_tensor *weight,
                         ag_tensor *bias, ag_tensor **result) {
  if (!ag_ready(at, what, 1, &x, result)) return false;
  const int before = x->rank - shape.rank;
  bool same = shape.rank >= 1 && before >= 0;
  for (int i = 0; i < shape.rank && same; i++) same = x->dim[before + i] == shape.dim[i];
  if (!same) {
    ag_fail(x->c, AG_ESHAPE, at, "%s: the shape %s is not that of the last axes of x %s", what,
            ag_shape_text(x->c, shape), ag_shape_text(x->c, ag_shape_of(x)));
    return false;
  }
  return part_ready(at, what, "weight", x, weight, shape, result) &&
         part_ready(at, what, "bias", x, bias, shape, result);
}

ag_tensor *ag_affine(ag_site at, ag_tensor *x, ag_tensor *weight, ag_tensor *bias) {
  if (weight && bias) return (ag_addcmul)(at, bias, x, weight);
  if (weight) return (ag_mul)(at, x, weight);
  return bias ? (ag_add)(at, x, bias) : x;
}

/* One number for each channel, as it broadcasts against x. */
static ag_tensor *per_channel(ag_site at, ag_tensor *values, const ag_tensor *x) {
  ag_shape shape = {.rank = x->rank, .dim = {1, x->dim[1], 1, 1, 1, 1, 1, 1}};
  return values ? (ag_reshape)(at, values, shape) : NULL;
}

/* layer_norm of the groups of channels, of which there are as many as channels where groups is 0. */
static ag_tensor *norm_groups(const char *what, const ag_group_norm_args *a, ag_tensor **result) {
  ag_tensor *x = a->x;
  const ag_site at = a->at;
  const int64_t channels = x->dim[1], groups = a->groups == 0 ? channels : a->groups;
  if (!part_ready(at, what, "weight", x, a->weight, AG_SHAPE(channels), result) ||
      !part_ready(at, what, "bias", x, a->bias, AG_SHAPE(channels), result))
    return *result;
  if (x->numel == 0) return ag_affine(at, x, per_channel(at, a->weight, x), per_channel(at, a->bias, x));
  const int64_t rest = x->numel / (x->dim[0] * groups);
  ag_tensor *rows = (ag_reshape)(at, x, AG_SHAPE(x->dim[0] * groups, rest));
  ag_tensor *y =
      (ag_layer_norm)((ag_layer_norm_args){.at = at, .x = rows, .shape = AG_SHAPE(rest), .eps = a->eps});
  return ag_affine(at, (ag_reshape)(at, y, ag_shape_of(x)), per_channel(at, a->weight, x),
                   per_channel(at, a->bias, x));
}

ag_tensor *(ag_group_norm)(ag_group_norm_args a) {
  ag_tensor *result, *x = a.x;
  if (!ag_ready(a.at, "group_norm", 1, &x, &result)) return result;
  if (x->rank < 2) {
    ag_fail(x->c, AG_ESHAPE, a.at, "group_norm: x must be (n, c, ...), found %s",
            ag_shape_text(x->c, ag_shape_of(x)));
    return result;
  }
  if (a.groups < 1 || x->dim[1] % a.groups != 0) {
    ag_fail(x->c, AG_EVALUE, a.at, "group_norm: groups %" PRId64 " must divide the channels of x %s",
            a.groups, ag_shape_text(x->c, ag_shape_of(x)));
    return result;
  }
  return norm_groups("group_norm", &a, &result);
}

ag_tensor *(ag_instance_norm)(ag_instance_norm_args a) {
  ag_tensor *result, *x = a.x;
  if (!ag_ready(a.at, "instance_norm", 1, &x, &result)) return result;
  const ag_shape shape = ag_shape_of(x);
  int64_t elements = 1;
  for (int i = 2; i < shape.rank; i++) elements *= shape.dim[i];
  if (shape.rank < 3 || elements == 1) {
    ag_fail(x->c, AG_ESHAPE, a.at,
            "instance_norm: x must be (n, c, ...) with more than one element in each channel, found %s",
            ag_shape_text(x->c, shape));
    return result;
  }
  const ag_group_norm_args groups = {.at = a.at, .x = x, .weight = a.weight, .bias = a.bias, .eps = a.eps};
  return norm_groups("instance_norm", &groups, &result);
}

ag_tensor *(ag_rms_norm)(ag_rms_norm_args a) {
  ag_tensor *result, *x = a.x;
  if (!ag_normalised_ready(a.at, "rms_norm", x, a.shape, a.weight, NULL, &result)) return result;
  const double eps = a.eps != 0 ? a.eps : x->dtype == AG_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
  ag_axes axes = {.count = a.shape.rank};
  for (int i = 0; i < axes.count; i++) axes.axis[i] = -1 - i;
  const ag_reduce_args squares = {a.at, (ag_square)(a.at, x), axes, true};
  ag_tensor *r = (ag_rsqrt)(a.at, (ag_add_scalar)(a.at, (ag_mean)(squares), eps));
  return ag_affine(a.at, (ag_mul)(a.at, x, r), a.weight, NULL);
}

ag_tensor *(ag_normalize)(ag_normalize_args a) {
  ag_tensor *result;
  if (!ag_ready(a.at, "normalize", 1, &a.x, &result)) return result;
  const ag_axes axes = a.axes.count ? a.axes : AG_AXES(1);
  bool in_set[AG_MAX_RANK];
  if (!ag_axis_set(a.x->c, a.at, "normalize", ag_shape_of(a.x), axes, in_set)) return result;
  ag_tensor *size = (ag_norm)((ag_norm_args){.at = a.at, .x = a.x, .p = a.p, .axes = axes, .keepdim = true});
  return (ag_div)(a.at, a.x, (ag_clamp)(a.at, size, a.eps != 0 ? a.eps : 1e-12, (double)INFINITY));
}
