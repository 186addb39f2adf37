/* Scaled dot-product attention (Vaswani et al. 2017), made of operators: softmax(q k' scale + mask) v. */
#include <math.h>

#include "ops/check.h"

/* Whether q (..., l, e), k (..., s, e) and v (..., s, d) fit. What is before them must broadcast, which
 * matmul sees to. */
static bool fits(const ag_scaled_dot_product_attention_args *a, ag_tensor **result) {
  static const char *const what = "scaled_dot_product_attention";
  ag_tensor *const all[] = {a->q, a->k, a->v, a->mask};
  if (!ag_ready(a->at, what, a->mask ? 4 : 3, all, result)) return false;
  ag_ctx *c = a->q->c;
  if (a->q->rank < 2 || a->k->rank < 2 || a->v->rank < 2 || ag_dim(a->q, -1) != ag_dim(a->k, -1) ||
      ag_dim(a->k, -2) != ag_dim(a->v, -2)) {
    ag_fail(c, AG_ESHAPE, a->at, "%s: q %s, k %s and v %s are not (..., l, e), (..., s, e) and (..., s, d)",
            what, ag_shape_text(c, ag_shape_of(a->q)), ag_shape_text(c, ag_shape_of(a->k)),
            ag_shape_text(c, ag_shape_of(a->v)));
    return false;
  }
  if (a->dropout_p >= 0 && a->dropout_p <= 1) return true;
  ag_fail(c, AG_EVALUE, a->at, "%s: dropout_p %g is not in 0 .. 1", what, a->dropout_p);
  return false;
}

/* scores with -inf where mask (bool) is false, or with a real mask added. */
static ag_tensor *masked(ag_site at, ag_tensor *scores, ag_tensor *mask) {
  ag_ctx *c = scores->c;
  ag_shape both;
  if (c->status != AG_OK) return &c->nil;
  const ag_shape shape = ag_shape_of(scores);
  if (!ag_broadcast(shape, ag_shape_of(mask), &both) || !ag_shape_equal(shape, both)) {
    ag_fail(c, AG_ESHAPE, at, "scaled_dot_product_attention: mask %s does not broadcast to %s",
            ag_shape_text(c, ag_shape_of(mask)), ag_shape_text(c, shape));
    return &c->nil;
  }
  if (mask->dtype != AG_BOOL) return (ag_add)(at, scores, mask);
  return (ag_masked_fill)(at, scores, (ag_logical_not)(at, mask), (double)-INFINITY);
}

/* Truths (l, s): row i takes part in the first i + 1 columns. */
static ag_tensor *causal_mask(ag_site at, ag_ctx *c, int64_t l, int64_t s) {
  ag_tensor *all = ag_filled(at, c, AG_BOOL, AG_SHAPE(l, s), 1);
  return all ? (ag_tril)(at, all, 0) : &c->nil;
}

ag_tensor *(ag_scaled_dot_product_attention)(ag_scaled_dot_product_attention_args a) {
  const ag_site at = a.at;
  ag_tensor *result;
  if (!fits(&a, &result)) {
    if (a.weights) *a.weights = result;
    return result;
  }
  const double scale = a.scale != 0 ? a.scale : 1 / sqrt((double)ag_dim(a.q, -1));
  ag_tensor *scores = (ag_matmul)(at, (ag_mul_scalar)(at, a.q, scale), (ag_transpose)(at, a.k, -2, -1));
  if (a.mask) scores = masked(at, scores, a.mask);
  if (a.causal) scores = masked(at, scores, causal_mask(at, a.q->c, ag_dim(a.q, -2), ag_dim(a.k, -2)));
  ag_tensor *weights = (ag_softmax)(at, scores, -1);
  if (a.weights) *a.weights = weights;
  if (a.dropout_p > 0) weights = (ag_dropout)(at, weights, a.dropout_p, true);
  return (ag_matmul)(at, weights, a.v);
}
