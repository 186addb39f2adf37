/* Multi-head attention (Vaswani et al. 2017): heads attentions side by side, each on its share of the
 * projections.
 *
 *   q, k, v = x w' + b with the three thirds of in_proj,   y = concat(attention of each head) out_proj' + b
 */
#include "nn/layer.h"
#include "ops/check.h"

#include <inttypes.h>
#include <math.h>

ag_multihead_attention_layer(ag_multihead_attention_layer_new)(ag_multihead_attention_layer_new_args a) {
  int64_t e = a.embed_dim;
  if (e < 1 || a.heads < 1 || e % a.heads != 0 || e > INT64_MAX / 3) {
    ag_fail(a.c, AG_EVALUE, a.at,
            "multihead_attention layer %s: %" PRId64 " heads do not divide embed_dim %" PRId64, a.name,
            a.heads, e);
    e = 1; /* after an error no tensor is made */
  } else if (!(a.dropout >= 0 && a.dropout <= 1)) {
    ag_fail(a.c, AG_EVALUE, a.at, "multihead_attention layer %s: dropout %g is not in 0 .. 1", a.name,
            a.dropout);
  }
  ag_multihead_attention_layer layer = {
      .in_proj_weight = ag_layer_tensor(a.at, a.c, a.name, "in_proj_weight", AG_TRAINED, AG_SHAPE(3 * e, e)),
      .heads = a.heads,
      .dropout = a.dropout};
  if (!a.no_bias)
    layer.in_proj_bias = ag_layer_tensor(a.at, a.c, a.name, "in_proj_bias", AG_TRAINED, AG_SHAPE(3 * e));
  layer.out_proj_weight = ag_layer_tensor(a.at, a.c, a.name, "out_proj.weight", AG_TRAINED, AG_SHAPE(e, e));
  if (!a.no_bias)
    layer.out_proj_bias = ag_layer_tensor(a.at, a.c, a.name, "out_proj.bias", AG_TRAINED, AG_SHAPE(e));
  const double bound = 1 / sqrt((double)e);
  ag_init_xavier_uniform(layer.in_proj_weight, 1);
  ag_init_uniform(layer.out_proj_weight, -bound, bound);
  return layer;
}

typedef const ag_multihead_attention_layer_call_args call_args;

/* Whether all that was given is there. */
static bool all_ready(call_args *a, ag_tensor **result) {
  ag_tensor *all[6] = {a->q, a->k, a->v, a->layer->in_proj_weight};
  int n = 4;
  if (a->mask) all[n++] = a->mask;
  if (a->key_padding_mask) all[n++] = a->key_padding_mask;
  return ag_ready(a->at, "multihead_attention", n, all, result);
}

/* Whether x is (n, l, e), or (l, e) where q is; n, l and e are set. */
static bool operand_ready(call_args *a, const char *name, const ag_tensor *x, int64_t *n, int64_t *l) {
  const int rank = ag_rank(a->q);
  const int64_t e = ag_dim(a->layer->in_proj_weight, 1);
  ag_ctx *c = ag_context(a->q);
  *n = rank == 3 ? ag_dim(x, 0) : 1;
  *l = ag_dim(x, -2);
  if ((rank == 2 || rank == 3) && ag_rank(x) == rank && ag_dim(x, -1) == e &&
      (rank == 2 || *n == ag_dim(a->q, 0)))
    return true;
  ag_fail(c, AG_ESHAPE, a->at,
          "multihead_attention: %s %s must be (n, l, %" PRId64 ") or (l, %" PRId64 "), as q %s", name,
          ag_shape_text(c, ag_shape_of(x)), e, e, ag_shape_text(c, ag_shape_of(a->q)));
  return false;
}

/* x with third number `part` of the projection, as (n, heads, l, e / heads). */
static ag_tensor *project(call_args *a, ag_tensor *x, int part, int64_t n, int64_t l) {
  const ag_multihead_attention_layer *layer = a->layer;
  const ag_site at = a->at;
  const int64_t e = ag_dim(layer->in_proj_weight, 1), begin = part * e;
  ag_tensor *weight = (ag_slice)(at, layer->in_proj_weight, 0, begin, begin + e, 1);
  ag_tensor *bias = layer->in_proj_bias ? (ag_slice)(at, layer->in_proj_bias, 0, begin, begin + e, 1) : NULL;
  ag_tensor *y = (ag_linear)((ag_linear_args){.at = at, .x = x, .weight = weight, .bias = bias});
  y = (ag_reshape)(at, y, AG_SHAPE(n, l, layer->heads, e / layer->heads));
  return (ag_transpose)(at, y, 1, 2);
}

/* A mask as real numbers that are added: -inf where it is true. */
static ag_tensor *added(ag_site at, ag_tensor *mask, ag_tensor *like) {
  if (ag_is_nil(mask) || ag_dtype_of(mask) != AG_BOOL) return mask;
  ag_tensor *zeros = (ag_cast)(at, (ag_zeros_like)(at, mask), ag_dtype_of(like));
  return (ag_masked_fill)(at, zeros, mask, (double)-INFINITY);
}

/* Both masks as one that is added to (n, heads, l, s); NULL where there is none. */
static bool join_masks(call_args *a, int64_t n, int64_t l, int64_t s, ag_tensor **mask) {
  const ag_site at = a->at;
  const int64_t heads = a->layer->heads;
  ag_ctx *c = ag_context(a->q);
  *mask = NULL;
  if (a->mask) {
    const bool each = ag_rank(a->mask) == 3;
    if ((!each && ag_rank(a->mask) != 2) || ag_dim(a->mask, -1) != s || ag_dim(a->mask, -2) != l ||
        (each && ag_dim(a->mask, 0) != n * heads)) {
      ag_fail(c, AG_ESHAPE, at,
              "multihead_attention: mask %s must be (%" PRId64 ", %" PRId64 ") or (%" PRId64 ", %" PRId64
              ", %" PRId64 ")",
              ag_shape_text(c, ag_shape_of(a->mask)), l, s, n * heads, l, s);
      return false;
    }
    *mask = added(at, a->mask, a->q);
    if (each) *mask = (ag_reshape)(at, *mask, AG_SHAPE(n, heads, l, s));
  }
  if (!a->key_padding_mask) return true;
  if (ag_rank(a->key_padding_mask) != ag_rank(a->q) - 1 || ag_numel(a->key_padding_mask) != n * s ||
      ag_dim(a->key_padding_mask, -1) != s) {
    ag_fail(c, AG_ESHAPE, at,
            "multihead_attention: key_padding_mask %s must be (%" PRId64 ", %" PRId64 "), or (s) without n",
            ag_shape_text(c, ag_shape_of(a->key_padding_mask)), n, s);
    return false;
  }
  ag_tensor *padding = (ag_reshape)(at, added(at, a->key_padding_mask, a->q), AG_SHAPE(n, 1, 1, s));
  *mask = *mask ? (ag_add)(at, *mask, padding) : padding;
  return true;
}

ag_tensor *(ag_multihead_attention_layer_call)(ag_multihead_attention_layer_call_args a) {
  const ag_site at = a.at;
  ag_tensor *const x[] = {a.q, a.k, a.v}, *part[3], *mask, *weights, *result;
  static const char *const names[] = {"q", "k", "v"};
  int64_t n[3], l[3];
  const bool ready = all_ready(&a, &result);
  if (a.weights) *a.weights = result;
  if (!ready) return result;
  for (int i = 0; i < 3; i++) {
    if (!operand_ready(&a, names[i], x[i], &n[i], &l[i])) return result;
    part[i] = project(&a, x[i], i, n[i], l[i]);
  }
  if (!join_masks(&a, n[0], l[0], l[1], &mask)) return result;
  ag_tensor *y = (ag_scaled_dot_product_attention)((ag_scaled_dot_product_attention_args){
      .at = at,
      .q = part[0],
      .k = part[1],
      .v = part[2],
      .mask = mask,
      .causal = a.causal,
      .dropout_p = a.training ? a.layer->dropout : 0,
      .weights = &weights});
  y = (ag_reshape)(at, (ag_transpose)(at, y, 1, 2), ag_shape_of(a.q));
  if (a.weights) {
    *a.weights = (ag_mean)((ag_reduce_args){.at = at, .x = weights, .axes = AG_AXES(1)});
    if (ag_rank(a.q) == 2) *a.weights = (ag_reshape)(at, *a.weights, AG_SHAPE(l[0], l[1]));
  }
  return (ag_linear)((ag_linear_args){
      .at = at, .x = y, .weight = a.layer->out_proj_weight, .bias = a.layer->out_proj_bias});
}
