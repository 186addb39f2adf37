/* random.c - fills from Philox4x32-10.
 *
 * The counter of a block of four 32-bit words is (number of the block, distribution). Masks take one word for
 * an element, the others two, so that float and double get the same numbers up to rounding. Blocks are made
 * in batches, side by side; a fill that begins or ends within a batch makes the whole batch and keeps its
 * part. */
#ifndef AG_REAL
#include "kernels/random.h"

#include <math.h>
#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"
#include "kernels/philox.h"

enum {
  BLOCKS = AGK_PHILOX_BLOCKS, /* of a batch */
  WORDS = AGK_PHILOX_WORDS,   /* 32-bit words of a batch, and elements of a batch of a mask */
  DRAWS = WORDS / 2,          /* elements of a batch that take two words each */
  RUN = 32,                   /* batches that are one unit of work */
};

/* Each distribution draws from its own part of the counter space; BITS are what UNIFORM rounds. */
typedef enum { BITS = 0, UNIFORM = 0, NORMAL = 1, MASK = 2 } distribution;

/* The 64 bits of draw i of a batch. */
static inline uint64_t draw(const uint32_t word[WORDS], int i) {
  return (uint64_t)word[2 * i] << 32 | word[2 * i + 1];
}

static inline double fraction(const uint32_t word[WORDS], int i) {
  return (double)(int64_t)(draw(word, i) >> 11) * 0x1p-53;
}

/* A fill of the elements counter <= e < counter + n, cut into batches of `size` elements and units of RUN
 * batches. */
typedef struct fill fill;
struct fill {
  uint64_t key;
  distribution kind;
  uint64_t counter, end, first_batch, batches;
  int64_t units;
  uint64_t size;
  double p;                                                                /* of a mask */
  void (*convert)(const fill *f, const uint32_t word[WORDS], void *value); /* the words of a batch */
  size_t bytes;                                                            /* of an element */
  void *out;
};

/* The elements of a batch. */
typedef union {
  uint64_t bits[WORDS];
  double f64[WORDS];
  float f32[WORDS];
} batch;

/* Copies the part of batch i of the fill that belongs to it. */
static void keep(const fill *f, uint64_t i, const batch *values) {
  const uint64_t start = (f->first_batch + i) * f->size;
  const uint64_t begin = start > f->counter ? start : f->counter;
  const uint64_t end = start + f->size < f->end ? start + f->size : f->end;
  memcpy((char *)f->out + (begin - f->counter) * f->bytes, (const char *)values + (begin - start) * f->bytes,
         (end - begin) * f->bytes);
}

/* Makes the units of a range, in the calling thread. */
static void make_units(const fill *f, ag_range range) {
  for (int64_t u = range.begin; u < range.end; u++) {
    const ag_range r = ag_chunk_range(u, f->units, (int64_t)f->batches);
    for (uint64_t i = (uint64_t)r.begin; i < (uint64_t)r.end; i++) {
      uint32_t word[WORDS];
      batch values;
      agk_philox_blocks(f->key, f->kind, (f->first_batch + i) * BLOCKS, word);
      f->convert(f, word, &values);
      keep(f, i, &values);
    }
  }
}

/* Makes n elements, each of which costs `cost` elementary operations. */
static void make(int threads, fill f, int64_t n, int64_t cost) {
  if (n == 0) return;
  f.end = f.counter + (uint64_t)n;
  f.first_batch = f.counter / f.size;
  f.batches = (f.end - 1) / f.size + 1 - f.first_batch;
  f.units = ag_chunks((int64_t)f.batches, RUN);
  const int team = ag_team(threads, f.units, cost * n);
  if (team == 1) {
    make_units(&f, (ag_range){0, f.units});
    return;
  }
  AG_PARALLEL_FOR(team)
  for (int64_t u = 0; u < f.units; u++) make_units(&f, (ag_range){u, u + 1});
}

static void to_bits(const fill *f, const uint32_t word[WORDS], void *value) {
  uint64_t *to = value;
  (void)f;
  for (int e = 0; e < DRAWS; e++) to[e] = draw(word, e);
}

void agk_random_bits(int threads, uint64_t key, uint64_t counter, int64_t n, uint64_t *out) {
  make(threads,
       (fill){.key = key,
              .kind = BITS,
              .counter = counter,
              .size = DRAWS,
              .convert = to_bits,
              .bytes = sizeof *out,
              .out = out},
       n, 4);
}

#define AG_SELF "kernels/random.c"
#include "core/each_real.h"
#else

/* Draw i of a batch as a number in [0, 1): the leading 24 or 53 bits, as many as the type holds. */
static inline AG_REAL AG_NAME(rounded)(const uint32_t word[WORDS], int i) {
  if (sizeof(AG_REAL) == sizeof(float)) return (AG_REAL)(int32_t)(word[2 * i] >> 8) * (AG_REAL)0x1p-24;
  return (AG_REAL)fraction(word, i);
}

static void AG_NAME(to_uniform)(const fill *f, const uint32_t word[WORDS], void *value) {
  AG_REAL *to = value;
  (void)f;
  for (int e = 0; e < DRAWS; e++) to[e] = AG_NAME(rounded)(word, e);
}

void AG_NAME(agk_random_uniform)(int threads, uint64_t key, uint64_t counter, int64_t n, AG_REAL *out) {
  make(threads,
       (fill){.key = key,
              .kind = UNIFORM,
              .counter = counter,
              .size = DRAWS,
              .convert = AG_NAME(to_uniform),
              .bytes = sizeof *out,
              .out = out},
       n, 4);
}

/* Both numbers of a block's pair come from its two draws: r cos(t) and r sin(t), r = sqrt(-2 log(1 - u)), t =
 * 2 pi v. */
static void AG_NAME(to_normal)(const fill *f, const uint32_t word[WORDS], void *value) {
  const double two_pi = 6.283185307179586476925;
  AG_REAL *to = value;
  (void)f;
  for (int e = 0; e < DRAWS; e += 2) {
    const double radius = sqrt(-2 * log(1 - fraction(word, e)));
    const double angle = two_pi * fraction(word, e + 1);
    to[e] = (AG_REAL)(radius * cos(angle));
    to[e + 1] = (AG_REAL)(radius * sin(angle));
  }
}

void AG_NAME(agk_random_normal)(int threads, uint64_t key, uint64_t counter, int64_t n, AG_REAL *out) {
  make(threads,
       (fill){.key = key,
              .kind = NORMAL,
              .counter = counter,
              .size = DRAWS,
              .convert = AG_NAME(to_normal),
              .bytes = sizeof *out,
              .out = out},
       n, 64);
}

AG_MULTIVERSION static void AG_NAME(to_mask)(const fill *f, const uint32_t word[WORDS], void *value) {
  const uint32_t dropped = f->p < 1 ? (uint32_t)(f->p * 0x1p32) : 0; /* of the 2^32 values of a word */
  const AG_REAL kept = f->p < 1 ? (AG_REAL)(1 / (1 - f->p)) : 0;
  AG_REAL *to = value;
  for (int e = 0; e < WORDS; e++) to[e] = word[e] < dropped ? 0 : kept;
}

void AG_NAME(agk_random_mask)(int threads, uint64_t key, uint64_t counter, double p, int64_t n,
                              AG_REAL *out) {
  make(threads,
       (fill){.key = key,
              .kind = MASK,
              .counter = counter,
              .size = WORDS,
              .p = p,
              .convert = AG_NAME(to_mask),
              .bytes = sizeof *out,
              .out = out},
       n, 2);
}
#endif
