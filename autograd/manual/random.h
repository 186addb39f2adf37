/* Random streams. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_RANDOM_H
#define AUTOGRAD_MANUAL_RANDOM_H

/* Philox4x32-10 (Salmon et al. 2011). One counter-based stream for each purpose, found by name ("init",
 * "shuffle", "dropout", ...): what one stream gives does not depend on how much another was used. */
void ag_seed(ag_ctx *c, uint64_t seed);
/* Gives one stream a seed of its own and starts it anew. */
void ag_seed_stream(ag_ctx *c, const char *stream, uint64_t seed);
uint64_t ag_random(ag_ctx *c, const char *stream);
/* A uniform random order of 0 .. n-1 (Fisher and Yates). */
void ag_permutation(ag_ctx *c, const char *stream, int64_t n, int64_t *out);
/* New tensors from the named stream, beside ag_uniform and ag_normal: uniform in [0, 1), standard normal, uniform int64 in
 * low .. high - 1, a random order of 0 .. n - 1 (int64). */
ag_tensor *ag_rand(ag_site at, ag_ctx *c, ag_shape shape, const char *stream);
ag_tensor *ag_randn(ag_site at, ag_ctx *c, ag_shape shape, const char *stream);
ag_tensor *ag_randint(ag_site at, ag_ctx *c, ag_shape shape, const char *stream, int64_t low, int64_t high);
ag_tensor *ag_randperm(ag_site at, ag_ctx *c, int64_t n, const char *stream);
/* 1 with probability p, else 0, for each element of p, which is in 0 .. 1. Shape and type are those of p; no gradient. */
ag_tensor *ag_bernoulli(ag_site at, ag_tensor *p, const char *stream);
/* The streams by index, for saving and restoring a run; false past the last one. */
typedef struct {
  char name[32];
  uint64_t key, counter;
} ag_stream_state;
bool ag_stream_get(const ag_ctx *c, int index, ag_stream_state *state);
void ag_stream_set(ag_ctx *c, const ag_stream_state *state);

#endif
