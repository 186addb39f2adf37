/* New tensors of random numbers from named streams. */
#include <inttypes.h>

#include "kernels/random.h"
#include "ops/check.h"

ag_tensor *(ag_rand)(ag_site at, ag_ctx *c, ag_shape shape, const char *stream) {
  return (ag_uniform)(at, c, shape, stream, 0, 1);
}

ag_tensor *(ag_randn)(ag_site at, ag_ctx *c, ag_shape shape, const char *stream) {
  return (ag_normal)(at, c, shape, stream, 0, 1);
}

/* The difference of two int64 fits into uint64, and adding it back comes out right modulo 2^64. */
ag_tensor *(ag_randint)(ag_site at, ag_ctx *c, ag_shape shape, const char *stream, int64_t low,
                        int64_t high) {
  if (c->status != AG_OK) return &c->nil;
  if (low >= high) {
    ag_fail(c, AG_EVALUE, at, "randint: there is no integer from %" PRId64 " to below %" PRId64, low, high);
    return &c->nil;
  }
  ag_tensor *x = ag_new_tensor(c, at, AG_I64, shape);
  if (!x) return &c->nil;
  uint64_t *data = (uint64_t *)(void *)x->data;
  if (!ag_random_below(c, stream, (uint64_t)high - (uint64_t)low, x->numel, data)) return &c->nil;
  for (int64_t i = 0; i < x->numel; i++) data[i] += (uint64_t)low;
  return x;
}

ag_tensor *(ag_randperm)(ag_site at, ag_ctx *c, int64_t n, const char *stream) {
  ag_tensor *x = ag_new_tensor(c, at, AG_I64, AG_SHAPE(n));
  if (!x) return &c->nil;
  ag_permutation(c, stream, n, (int64_t *)(void *)x->data);
  return c->status == AG_OK ? x : &c->nil;
}

/* The first element that is no probability; NULL where there is none. */
static const double *no_probability(const double *p, int64_t n) {
  for (int64_t i = 0; i < n; i++) {
    if (!(p[i] >= 0 && p[i] <= 1)) return p + i;
  }
  return NULL;
}

/* Compared in double, so that both real types decide alike. */
ag_tensor *(ag_bernoulli)(ag_site at, ag_tensor *p, const char *stream) {
  ag_tensor *result;
  if (!ag_ready(at, "bernoulli", 1, &p, &result)) return result;
  ag_ctx *c = p->c;
  if (p->dtype != AG_F32 && p->dtype != AG_F64) {
    ag_fail(c, AG_EDTYPE, at, "bernoulli: p is %s, wanted is float32 or float64", ag_dtype_name(p->dtype));
    return result;
  }
  ag_stream_state *s = ag_stream_find(c, stream);
  ag_tensor *probability = s ? ag_new_tensor(c, at, AG_F64, ag_shape_of(p)) : NULL;
  ag_tensor *draw = probability ? ag_new_tensor(c, at, AG_F64, ag_shape_of(p)) : NULL;
  if (!draw) return result;
  const double *value = (const double *)(void *)probability->data;
  double *out = (double *)(void *)draw->data;
  ag_to_double(p, (double *)(void *)probability->data);
  const double *bad = no_probability(value, p->numel);
  if (bad) {
    ag_fail(c, AG_EVALUE, at, "bernoulli: p %g at %" PRId64 " is not in 0 .. 1", *bad,
            (int64_t)(bad - value));
    return result;
  }
  agk_random_uniform_f64(c->threads, s->key, s->counter, p->numel, out);
  s->counter += (uint64_t)p->numel;
  for (int64_t i = 0; i < p->numel; i++) out[i] = out[i] < value[i];
  return (ag_cast)(at, draw, p->dtype);
}
