/* Dropout (Srivastava et al. 2014), inverted: y = x mask, where the mask is 0 with probability p, else 1 / (1
 * - p), so that y has the mean of x and nothing is to be done in evaluation. The mask is a constant for
 * differentiation. */
#include "kernels/random.h"
#include "ops/check.h"

/* A mask like x from the stream "dropout", which moves on by the number of elements. */
static ag_tensor *random_mask(ag_site at, const ag_tensor *x, double p) {
  ag_ctx *c = x->c;
  ag_stream_state *stream = ag_stream_find(c, "dropout");
  ag_tensor *mask = stream ? ag_new_tensor(c, at, x->dtype, ag_shape_of(x)) : NULL;
  if (!mask) return &c->nil;
  if (x->dtype == AG_F32) {
    agk_random_mask_f32(c->threads, stream->key, stream->counter, p, mask->numel, ag_data(mask));
  } else {
    agk_random_mask_f64(c->threads, stream->key, stream->counter, p, mask->numel, ag_data(mask));
  }
  stream->counter += (uint64_t)mask->numel;
  return mask;
}

ag_tensor *(ag_dropout)(ag_site at, ag_tensor *x, double p, bool training) {
  ag_tensor *result;
  if (!ag_ready(at, "dropout", 1, &x, &result)) return result;
  if (!(p >= 0 && p <= 1)) {
    ag_fail(x->c, AG_EVALUE, at, "dropout: p %g is not in 0 .. 1", p);
    return result;
  }
  if (x->dtype != AG_F32 && x->dtype != AG_F64) {
    ag_fail(x->c, AG_EDTYPE, at, "dropout: x is %s, wanted is float32 or float64", ag_dtype_name(x->dtype));
    return result;
  }
  return training && p > 0 ? (ag_mul)(at, x, random_mask(at, x, p)) : x;
}
