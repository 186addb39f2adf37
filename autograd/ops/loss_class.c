/* Losses of classes: of labels or probabilities, and of two classes by the probability or the logit of one.
 *
 *   nll_loss       -weight[t] x[t]
 *   cross_entropy  (1 - s) nll_loss(y, t) - s / classes sum(weight y),   y = log_softmax(x)
 *   binary_cross_entropy               -weight (t log(x) + (1 - t) log(1 - x))
 *   binary_cross_entropy_with_logits   weight ((1 - t) x + (1 + (pos_weight - 1) t) log(1 + e^-x))
 */
#include <inttypes.h>
#include <string.h>

#include "ops/check.h"
#include "ops/loss.h"

/* ---- Labels ---- */

/* A loss of classes on its way: the axis of the classes, and how many labels are to be ignored. */
typedef struct {
  const char *what;
  const ag_class_loss_args *a;
  int axis;
  int64_t classes, ignore, ignored;
} plan;

/* Whether x is (n, classes, ...) or (classes), and weight (classes). */
static bool scores_ready(plan *p, ag_tensor **result) {
  const ag_class_loss_args *a = p->a;
  ag_tensor *x = a->x;
  if (!ag_ready(a->at, p->what, 2, (ag_tensor *[]){x, a->target}, result)) return false;
  ag_ctx *c = x->c;
  if (x->rank == 0) {
    ag_fail(c, AG_ESHAPE, a->at, "%s: x must be (n, classes, ...) or (classes), found scalar", p->what);
    return false;
  }
  p->axis = x->rank == 1 ? 0 : 1;
  p->classes = x->dim[p->axis];
  p->ignore = a->ignoring ? a->ignore_index : -100;
  if (!a->weight) return true;
  if (!ag_ready(a->at, p->what, 2, (ag_tensor *[]){x, a->weight}, result)) return false;
  if (ag_shape_equal(ag_shape_of(a->weight), AG_SHAPE(p->classes))) return true;
  ag_fail(c, AG_ESHAPE, a->at,
          "%s: weight %s must hold one number for each of the %" PRId64 " classes of x %s", p->what,
          ag_shape_text(c, ag_shape_of(a->weight)), p->classes, ag_shape_text(c, ag_shape_of(x)));
  return false;
}

/* The shape of x without its classes. */
static ag_shape without_classes(const plan *p) {
  ag_shape shape = ag_shape_of(p->a->x);
  for (int i = p->axis; i + 1 < shape.rank; i++) shape.dim[i] = shape.dim[i + 1];
  shape.rank--;
  return shape;
}

/* Whether target has a label, 0 .. classes - 1 or the one to be ignored, for each place of x. */
static bool labels_ready(plan *p, ag_tensor **result) {
  const ag_class_loss_args *a = p->a;
  if (!scores_ready(p, result)) return false;
  ag_ctx *c = a->x->c;
  const ag_shape wanted = without_classes(p);
  if (a->target->dtype != AG_I64) {
    ag_fail(c, AG_EDTYPE, a->at, "%s: target is %s, wanted is int64", p->what,
            ag_dtype_name(a->target->dtype));
    return false;
  }
  if (!ag_shape_equal(ag_shape_of(a->target), wanted)) {
    ag_fail(c, AG_ESHAPE, a->at, "%s: target %s must be %s, x %s without its classes", p->what,
            ag_shape_text(c, ag_shape_of(a->target)), ag_shape_text(c, wanted),
            ag_shape_text(c, ag_shape_of(a->x)));
    return false;
  }
  const ag_tensor *labels = ag_packed(a->at, a->target);
  if (!labels) return false;
  const int64_t *label = ag_data(labels);
  for (int64_t i = 0; i < labels->numel; i++) {
    if (label[i] == p->ignore) {
      p->ignored++;
    } else if (label[i] < 0 || label[i] >= p->classes) {
      ag_fail(c, AG_EVALUE, a->at, "%s: target %" PRId64 " at %" PRId64 " is not in 0 .. %" PRId64, p->what,
              label[i], i, p->classes - 1);
      return false;
    }
  }
  return true;
}

/* -x at the labels, in the shape of target. */
static ag_tensor *pick(const plan *p, ag_tensor *x, ag_tensor *target) {
  const ag_site at = p->a->at;
  ag_tensor *index = (ag_unsqueeze)(at, target, p->axis);
  ag_tensor *picked = (ag_reshape)(at, (ag_gather)(at, x, p->axis, index), ag_shape_of(target));
  return (ag_neg)(at, picked);
}

/* weight along the axis of the classes, as it broadcasts against x. */
static ag_tensor *along_classes(const plan *p) {
  ag_shape shape = {.rank = p->a->x->rank};
  for (int i = 0; i < shape.rank; i++) shape.dim[i] = i == p->axis ? p->classes : 1;
  return (ag_reshape)(p->a->at, p->a->weight, shape);
}

/* -sum(weight x) over the classes. */
static ag_tensor *sum_classes(const plan *p, ag_tensor *x) {
  const ag_site at = p->a->at;
  if (p->a->weight) x = (ag_mul)(at, x, along_classes(p));
  return (ag_neg)(at, (ag_sum)((ag_reduce_args){.at = at, .x = x, .axes = AG_AXES(p->axis)}));
}

/* The losses of log-probabilities x where there are weights, labels to be ignored or some smoothing. */
static ag_tensor *weighted(const plan *p, ag_tensor *x, double smoothing) {
  const ag_class_loss_args *a = p->a;
  const ag_site at = a->at;
  ag_ctx *c = x->c;
  ag_tensor *target = (ag_detach)(at, a->target), *ignored = NULL, *weight = NULL;
  if (p->ignored) {
    ignored = (ag_eq_scalar)(at, target, (double)p->ignore);
    target = (ag_masked_fill)(at, target, ignored, 0);
  }
  ag_tensor *loss = pick(p, x, target);
  if (a->weight) {
    ag_tensor *flat = (ag_reshape)(at, target, AG_SHAPE(target->numel));
    weight = (ag_reshape)(at, (ag_index_select)(at, a->weight, 0, flat), ag_shape_of(target));
    loss = (ag_mul)(at, loss, weight);
  }
  if (smoothing > 0) {
    ag_tensor *of_all = (ag_mul_scalar)(at, sum_classes(p, x), smoothing / (double)p->classes);
    loss = (ag_add)(at, (ag_mul_scalar)(at, loss, 1 - smoothing), of_all);
  }
  if (ignored) loss = (ag_masked_fill)(at, loss, ignored, 0);
  if (a->reduction != AG_MEAN) return ag_loss_reduce(at, p->what, loss, a->reduction);
  ag_tensor *sum = (ag_sum)((ag_reduce_args){.at = at, .x = loss});
  if (!weight) return (ag_mul_scalar)(at, sum, 1 / (double)(target->numel - p->ignored));
  if (ignored) weight = (ag_masked_fill)(at, weight, ignored, 0);
  return c->status == AG_OK ? (ag_div)(at, sum, (ag_sum)((ag_reduce_args){.at = at, .x = weight})) : &c->nil;
}

static ag_tensor *of_labels(const plan *p, ag_tensor *x, double smoothing) {
  if (p->a->weight || p->ignored || smoothing > 0) return weighted(p, x, smoothing);
  return ag_loss_reduce(p->a->at, p->what, pick(p, x, p->a->target), p->a->reduction);
}

ag_tensor *(ag_nll_loss)(ag_class_loss_args a) {
  ag_tensor *result;
  plan p = {.what = "nll_loss", .a = &a};
  if (!labels_ready(&p, &result)) return result;
  if (a.label_smoothing == 0) return of_labels(&p, a.x, 0);
  ag_fail(a.x->c, AG_EVALUE, a.at, "nll_loss: label_smoothing is for cross_entropy");
  return result;
}

/* ---- Probabilities ---- */

/* -sum of weight p x over classes; the mean is that over the places. */
static ag_tensor *of_probabilities(const plan *p, ag_tensor *x, double smoothing) {
  const ag_class_loss_args *a = p->a;
  const ag_site at = a->at;
  ag_tensor *target = a->target;
  if (smoothing > 0) {
    target = (ag_add_scalar)(at, (ag_mul_scalar)(at, target, 1 - smoothing), smoothing / (double)p->classes);
  }
  return ag_loss_reduce(at, p->what, sum_classes(p, (ag_mul)(at, x, target)), a->reduction);
}

ag_tensor *(ag_cross_entropy)(ag_class_loss_args a) {
  ag_tensor *result;
  plan p = {.what = "cross_entropy", .a = &a};
  if (!scores_ready(&p, &result)) return result;
  const bool probabilities = a.target->dtype == a.x->dtype && ag_alike(a.target, a.x);
  if (!probabilities && !labels_ready(&p, &result)) return result;
  const double s = a.label_smoothing;
  if (!(s >= 0 && s <= 1)) {
    ag_fail(a.x->c, AG_EVALUE, a.at, "cross_entropy: label_smoothing %g is not in 0 .. 1", s);
    return result;
  }
  if (probabilities && a.ignoring) {
    ag_fail(a.x->c, AG_EVALUE, a.at,
            "cross_entropy: ignore_index %" PRId64 " is for labels, target has probabilities",
            a.ignore_index);
    return result;
  }
  ag_tensor *x = (ag_log_softmax)(a.at, a.x, p.axis);
  return probabilities ? of_probabilities(&p, x, s) : of_labels(&p, x, s);
}

/* ---- Two classes ---- */

static const char *const two[] = {"x", "target"};

/* Whether x has probabilities alone. */
static bool probabilities_ready(ag_site at, ag_tensor *x) {
  const ag_tensor *packed = ag_packed(at, x);
  for (int64_t i = 0; packed && i < packed->numel; i++) {
    const double p = x->dtype == AG_F32 ? (double)((const float *)ag_data(packed))[i]
                                        : ((const double *)ag_data(packed))[i];
    if (p >= 0 && p <= 1) continue;
    ag_fail(x->c, AG_EVALUE, at, "binary_cross_entropy: x is %g at %" PRId64 ", which is not in 0 .. 1", p,
            i);
    return false;
  }
  return packed != NULL;
}

ag_tensor *(ag_binary_cross_entropy)(ag_binary_cross_entropy_args a) {
  static const char *const what = "binary_cross_entropy";
  ag_tensor *result, *x[] = {a.x, a.target};
  if (!ag_loss_ready(a.at, what, 2, x, two, &result)) return result;
  if (!ag_loss_weight_ready(a.at, what, "weight", a.x, a.weight, &result)) return result;
  if (a.x->dtype != AG_F32 && a.x->dtype != AG_F64) {
    ag_fail(a.x->c, AG_EDTYPE, a.at, "%s: x is %s, wanted is float32 or float64", what,
            ag_dtype_name(a.x->dtype));
    return result;
  }
  if (!probabilities_ready(a.at, a.x)) return result;
  ag_tensor *loss = (ag_bernoulli_nll)(a.at, a.x, a.target);
  if (a.weight) loss = (ag_mul)(a.at, loss, a.weight);
  return ag_loss_reduce(a.at, what, loss, a.reduction);
}

ag_tensor *(ag_binary_cross_entropy_with_logits)(ag_binary_cross_entropy_with_logits_args a) {
  static const char *const what = "binary_cross_entropy_with_logits";
  const ag_site at = a.at;
  ag_tensor *result, *x[] = {a.x, a.target};
  if (!ag_loss_ready(at, what, 2, x, two, &result)) return result;
  if (!ag_loss_weight_ready(at, what, "weight", a.x, a.weight, &result)) return result;
  if (!ag_loss_weight_ready(at, what, "pos_weight", a.x, a.pos_weight, &result)) return result;
  ag_tensor *of_one = (ag_softplus)(at, (ag_neg)(at, a.x));
  if (a.pos_weight) {
    ag_tensor *more = (ag_mul)(at, (ag_add_scalar)(at, a.pos_weight, -1), a.target);
    of_one = (ag_mul)(at, of_one, (ag_add_scalar)(at, more, 1));
  }
  ag_tensor *loss = (ag_add)(at, (ag_mul)(at, (ag_rsub_scalar)(at, a.target, 1), a.x), of_one);
  if (a.weight) loss = (ag_mul)(at, loss, a.weight);
  return ag_loss_reduce(at, what, loss, a.reduction);
}
