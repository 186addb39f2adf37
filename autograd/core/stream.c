/* Named random streams. A stream is a Philox key, made from the seed and the name, and a counter. */
#include <string.h>

#include "core/internal.h"
#include "kernels/random.h"

/* FNV-1a over the name, mixed with the seed by the finaliser of SplitMix64 (Steele et al. 2014). */
static uint64_t stream_key(uint64_t seed, const char *name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (const char *p = name; *p; p++) hash = (hash ^ (uint64_t)(unsigned char)*p) * 0x100000001b3u;
  uint64_t z = hash + seed * 0x9e3779b97f4a7c15u;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

ag_stream_state *ag_stream_find(ag_ctx *c, const char *name) {
  if (!name) {
    ag_fail(c, AG_EVALUE, "ag_stream", "the name of the stream is NULL");
    return NULL;
  }
  for (int i = 0; i < c->n_streams; i++) {
    if (strcmp(c->stream[i].name, name) == 0) return &c->stream[i];
  }
  if (c->n_streams == AG_MAX_STREAMS || strlen(name) >= sizeof c->stream[0].name) {
    ag_fail(c, AG_EVALUE, "ag_stream", "stream %s: at most %d streams, with names of at most %zu letters",
            name, AG_MAX_STREAMS, sizeof c->stream[0].name - 1);
    return NULL;
  }
  ag_stream_state *s = &c->stream[c->n_streams++];
  *s = (ag_stream_state){.key = stream_key(c->seed, name)};
  memcpy(s->name, name, strlen(name) + 1);
  return s;
}

void ag_seed(ag_ctx *c, uint64_t seed) {
  c->seed = seed;
  for (int i = 0; i < c->n_streams; i++) {
    c->stream[i].key = stream_key(seed, c->stream[i].name);
    c->stream[i].counter = 0;
  }
}

void ag_seed_stream(ag_ctx *c, const char *stream, uint64_t seed) {
  ag_stream_state *s = ag_stream_find(c, stream);
  if (!s) return;
  s->key = stream_key(seed, stream);
  s->counter = 0;
}

uint64_t ag_random(ag_ctx *c, const char *stream) {
  ag_stream_state *s = ag_stream_find(c, stream);
  if (!s) return 0;
  uint64_t bits;
  agk_random_bits(1, s->key, s->counter++, 1, &bits);
  return bits;
}

/* Words of a stream, made a block at a time: alone, each would cost as much as the block. */
typedef struct {
  ag_stream_state *stream;
  uint64_t block[64];
  int used;
} words;

static uint64_t next_word(words *w) {
  const int size = (int)(sizeof w->block / sizeof *w->block);
  if (w->used == size) w->used = 0;
  if (w->used == 0) agk_random_bits(1, w->stream->key, w->stream->counter, size, w->block);
  w->stream->counter++;
  return w->block[w->used++];
}

/* A uniform number below n, without the bias of a plain remainder. */
static uint64_t below(words *w, uint64_t n) {
  const uint64_t limit = UINT64_MAX - UINT64_MAX % n;
  uint64_t bits = next_word(w);
  while (bits >= limit) bits = next_word(w);
  return bits % n;
}

bool ag_random_below(ag_ctx *c, const char *stream, uint64_t n, int64_t count, uint64_t *out) {
  words w = {.stream = ag_stream_find(c, stream)};
  for (int64_t i = 0; i < count && w.stream; i++) out[i] = below(&w, n);
  return w.stream != NULL;
}

void ag_permutation(ag_ctx *c, const char *stream, int64_t n, int64_t *out) {
  words w = {.stream = ag_stream_find(c, stream)};
  for (int64_t i = 0; i < n; i++) {
    const int64_t j = w.stream ? (int64_t)below(&w, (uint64_t)i + 1) : i;
    if (j != i) out[i] = out[j];
    out[j] = i;
  }
}

bool ag_stream_get(const ag_ctx *c, int index, ag_stream_state *state) {
  if (index < 0 || index >= c->n_streams) return false;
  *state = c->stream[index];
  return true;
}

void ag_stream_set(ag_ctx *c, const ag_stream_state *state) {
  char name[sizeof state->name];
  memcpy(name, state->name, sizeof name);
  name[sizeof name - 1] = '\0';
  ag_stream_state *s = ag_stream_find(c, name);
  if (!s) return;
  s->key = state->key;
  s->counter = state->counter;
}
