/* Attention. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_ATTENTION_H
#define AUTOGRAD_MANUAL_ATTENTION_H

/* softmax(q k' scale + mask) v (Vaswani et al. 2017): q (..., l, e), k (..., s, e) and v (..., s, d) give (..., l, d). scale
 * 0 stands for 1 / sqrt(e). mask broadcasts to (..., l, s): a real one is added, of a bool one the true elements take
 * part. causal lets row i see the first i + 1 keys alone, beside the mask if there is one. dropout_p drops weights, stream
 * "dropout". A row that sees no key is NaN, as in PyTorch up to 2.4. weights, where given, receives the softmax. */
typedef struct {
  ag_site at;
  ag_tensor *q, *k, *v, *mask;
  bool causal;
  double dropout_p, scale;
  ag_tensor **weights;
} ag_scaled_dot_product_attention_args;
ag_tensor *ag_scaled_dot_product_attention(ag_scaled_dot_product_attention_args a);

/* Parameters "name.in_proj_weight" (3 e, e), after Glorot and Bengio, "name.out_proj.weight" (e, e), U(+-1/sqrt(e)), and
 * "name.in_proj_bias" (3 e) and "name.out_proj.bias" (e), zeros: torch.nn.MultiheadAttention with batch_first. */
typedef struct {
  ag_tensor *in_proj_weight, *in_proj_bias, *out_proj_weight, *out_proj_bias;
  int64_t heads;
  double dropout;
} ag_multihead_attention_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t embed_dim, heads;
  double dropout;
  bool no_bias;
} ag_multihead_attention_layer_new_args;
ag_multihead_attention_layer ag_multihead_attention_layer_new(ag_multihead_attention_layer_new_args a);
/* q (n, l, e), k and v (n, s, e) give (n, l, e); each without n, too. Here, as in PyTorch, what is true in a bool mask is
 * left out: mask (l, s), or (n heads, l, s), and key_padding_mask (n, s), or (s) without n. A real mask is added. weights,
 * where given, receives the mean of the heads' weights (n, l, s). */
typedef struct {
  ag_site at;
  const ag_multihead_attention_layer *layer;
  ag_tensor *q, *k, *v, *mask, *key_padding_mask;
  bool causal, training;
  ag_tensor **weights;
} ag_multihead_attention_layer_call_args;
ag_tensor *ag_multihead_attention_layer_call(ag_multihead_attention_layer_call_args a);

#endif
