/* Losses that ask for a margin, and the similarity that some of them measure. Targets are 1 and -1. */
#include <math.h>

#include "ops/check.h"
#include "ops/loss.h"

/* max(x, 0), whose derivative at 0 is 1, as PyTorch's clamp_min. */
static ag_tensor *positive(ag_site at, ag_tensor *x) { return (ag_clamp)(at, x, 0, (double)INFINITY); }

/* x where target is (or, with `not`, is not) that number, else 0. */
static ag_tensor *where_target(ag_site at, ag_tensor *target, bool not, double number, ag_tensor *x) {
  ag_tensor *zero = ag_filled(at, target->c, ag_dtype_of(x), AG_SCALAR, 0);
  if (!zero) return &target->c->nil;
  return (ag_where)(at, (not ? ag_ne_scalar : ag_eq_scalar)(at, target, number), x, zero);
}

ag_tensor *(ag_soft_margin_loss)(ag_loss_args a) {
  ag_tensor *result;
  static const char *const names[] = {"x", "target"};
  if (!ag_loss_ready(a.at, "soft_margin_loss", 2, (ag_tensor *[]){a.x, a.target}, names, &result))
    return result;
  ag_tensor *against = (ag_neg)(a.at, (ag_mul)(a.at, a.target, a.x));
  return ag_loss_reduce(a.at, "soft_margin_loss", (ag_softplus)(a.at, against), a.reduction);
}

ag_tensor *(ag_hinge_embedding_loss)(ag_hinge_embedding_loss_args a) {
  const ag_site at = a.at;
  ag_tensor *result;
  static const char *const names[] = {"x", "target"};
  if (!ag_loss_ready(at, "hinge_embedding_loss", 2, (ag_tensor *[]){a.x, a.target}, names, &result))
    return result;
  ag_tensor *short_of = positive(at, (ag_rsub_scalar)(at, a.x, a.margin == 0 ? 1 : a.margin));
  ag_tensor *loss =
      (ag_add)(at, where_target(at, a.target, true, 1, short_of), where_target(at, a.target, true, -1, a.x));
  return ag_loss_reduce(at, "hinge_embedding_loss", loss, a.reduction);
}

ag_tensor *(ag_margin_ranking_loss)(ag_pair_loss_args a) {
  const ag_site at = a.at;
  ag_tensor *result;
  static const char *const names[] = {"x", "x2", "target"};
  if (!ag_loss_ready(at, "margin_ranking_loss", 3, (ag_tensor *[]){a.x1, a.x2, a.target}, names, &result))
    return result;
  ag_tensor *lead = (ag_mul)(at, a.target, (ag_sub)(at, a.x1, a.x2));
  ag_tensor *loss = positive(at, (ag_rsub_scalar)(at, lead, a.margin));
  return ag_loss_reduce(at, "margin_ranking_loss", loss, a.reduction);
}

/* ---- Similarity ---- */

ag_tensor *(ag_cosine_similarity)(ag_cosine_similarity_args a) {
  const ag_site at = a.at;
  ag_tensor *result, *x[] = {a.x1, a.x2}, *unit[2];
  const ag_axes axes = a.axes.count ? a.axes : AG_AXES(1);
  ag_shape both;
  bool in_set[AG_MAX_RANK];
  if (!ag_ready(at, "cosine_similarity", 2, x, &result)) return result;
  ag_ctx *c = x[0]->c;
  if (!ag_broadcast(ag_shape_of(x[0]), ag_shape_of(x[1]), &both)) {
    ag_fail(c, AG_ESHAPE, at, "cosine_similarity: %s and %s do not broadcast",
            ag_shape_text(c, ag_shape_of(x[0])), ag_shape_text(c, ag_shape_of(x[1])));
    return result;
  }
  if (axes.count > 1) {
    ag_fail(c, AG_EVALUE, at, "cosine_similarity: %d axes are given; it takes one", axes.count);
    return result;
  }
  if (!ag_axis_set(c, at, "cosine_similarity", both, axes, in_set)) return result;
  for (int i = 0; i < 2; i++) {
    ag_tensor *whole = (ag_expand)(at, x[i], both);
    ag_tensor *size = (ag_norm)((ag_norm_args){.at = at, .x = whole, .axes = axes, .keepdim = true});
    unit[i] = (ag_div)(at, whole, (ag_clamp)(at, size, a.eps != 0 ? a.eps : 1e-8, (double)INFINITY));
  }
  return (ag_sum)((ag_reduce_args){.at = at, .x = (ag_mul)(at, unit[0], unit[1]), .axes = axes});
}

/* The sum along the last axis. */
static ag_tensor *sum_last(ag_site at, ag_tensor *x) {
  return (ag_sum)((ag_reduce_args){.at = at, .x = x, .axes = AG_AXES(-1)});
}

/* Whether the pairs are rows (n, d) with targets (n), or (d) with a scalar. */
static bool rows_ready(const ag_pair_loss_args *a, ag_tensor **result) {
  static const char *const names[] = {"x", "x2"}, *const what = "cosine_embedding_loss";
  ag_tensor *x = a->x1, *const all[] = {x, a->x2, a->target};
  if (!ag_ready(a->at, what, 3, all, result) || !ag_loss_ready(a->at, what, 2, all, names, result))
    return false;
  const ag_shape labels = {.rank = x->rank - 1, .dim = {x->rank == 2 ? x->dim[0] : 0}};
  if ((x->rank == 1 || x->rank == 2) && ag_shape_equal(ag_shape_of(a->target), labels)) return true;
  ag_fail(x->c, AG_ESHAPE, a->at, "%s: x must be (n, d) and target (n), or (d) and a scalar, found %s and %s",
          what, ag_shape_text(x->c, ag_shape_of(x)), ag_shape_text(x->c, ag_shape_of(a->target)));
  return false;
}

/* 1e-12 keeps the cosine of a row of zeros finite. */
ag_tensor *(ag_cosine_embedding_loss)(ag_pair_loss_args a) {
  const ag_site at = a.at;
  ag_tensor *result;
  if (!rows_ready(&a, &result)) return result;
  ag_tensor *square1 = (ag_add_scalar)(at, sum_last(at, (ag_square)(at, a.x1)), 1e-12),
            *square2 = (ag_add_scalar)(at, sum_last(at, (ag_square)(at, a.x2)), 1e-12);
  ag_tensor *cosine =
      (ag_div)(at, sum_last(at, (ag_mul)(at, a.x1, a.x2)), (ag_sqrt)(at, (ag_mul)(at, square1, square2)));
  ag_tensor *apart = positive(at, (ag_add_scalar)(at, cosine, -a.margin));
  ag_tensor *loss = (ag_add)(at, where_target(at, a.target, false, 1, (ag_rsub_scalar)(at, cosine, 1)),
                             where_target(at, a.target, false, -1, apart));
  return ag_loss_reduce(at, "cosine_embedding_loss", loss, a.reduction);
}

ag_tensor *(ag_triplet_margin_loss)(ag_triplet_margin_loss_args a) {
  const ag_site at = a.at;
  static const char *const names[] = {"anchor", "positive", "negative"};
  static const int pairs[3][2] = {{0, 1}, {0, 2}, {1, 2}};
  ag_tensor *result, *x[] = {a.anchor, a.positive, a.negative}, *d[3];
  if (!ag_loss_ready(at, "triplet_margin_loss", 3, x, names, &result)) return result;
  if (x[0]->rank == 0) {
    ag_fail(x[0]->c, AG_ESHAPE, at, "triplet_margin_loss: anchor must have an axis, found scalar");
    return result;
  }
  for (int i = 0; i < (a.swap ? 3 : 2); i++) {
    ag_tensor *apart = (ag_sub)(at, x[pairs[i][0]], x[pairs[i][1]]);
    d[i] = (ag_norm)((ag_norm_args){
        .at = at, .x = (ag_add_scalar)(at, apart, a.eps != 0 ? a.eps : 1e-6), .p = a.p, .axes = AG_AXES(-1)});
  }
  if (a.swap) d[1] = (ag_minimum)(at, d[1], d[2]);
  ag_tensor *lead = (ag_sub)(at, d[0], d[1]);
  ag_tensor *loss = positive(at, (ag_add_scalar)(at, lead, a.margin == 0 ? 1 : a.margin));
  return ag_loss_reduce(at, "triplet_margin_loss", loss, a.reduction);
}
