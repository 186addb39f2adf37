/* conv2d_grey_last_rows.c - the pixels of a grey image's band, vector of channels by vector.
 *
 * Channels are taken in blocks of some vectors, and of one vector where fewer are left. Where the last vector
 * would reach past the end it is moved back, and does some channels twice: each has a sum of its own, whose
 * bits do not depend on its place. Only where all channels are less than a vector is there something behind
 * them, the next pixel. */
#ifndef AG_REAL
#include "kernels/conv2d_grey_last_rows.h"

#include <string.h>

#include "core/multiversion.h"
#include "core/parallel.h"

enum {
  VECTORS = 2,     /* of a block: their sums fill the registers with those of */
  PIXELS = 4,      /* so many pixels, which share the weights that are read, */
  TAPS = 5,        /* or of so many taps, which share the gradients that are read */
  LINE_BYTES = 64, /* of the cache */
};

#define AG_SELF "kernels/conv2d_grey_last_rows.c"
#include "core/each_isa.h"
#else

/* A block of channels begins at `first`; those before `fresh` belong to the block before, too. */
typedef struct {
  int64_t first, fresh, end;
  bool some; /* vectors, and not one */
} AG_NAME(block);

AG_INLINE AG_NAME(block) AG_NAME(block_at)(int64_t channels, int64_t c) {
  AG_NAME(block) b = {.first = c, .fresh = c, .end = c + VECTORS * AG_WIDTH};
  b.some = b.end <= channels;
  if (b.some) return b;
  b.end = c + AG_WIDTH < channels ? c + AG_WIDTH : channels;
  b.first = b.end < AG_WIDTH ? 0 : b.end - AG_WIDTH;
  return b;
}

#define EACH_BLOCK(b, channels)                                                                              \
  for (AG_NAME(block) b = AG_NAME(block_at)(channels, 0); b.fresh < (channels);                              \
       b = AG_NAME(block_at)(channels, b.end))

/* ---- y from x ---- */

void AG_NAME(agk_grey_turn_weights)(const agk_grey_windows *s, const AG_REAL *w, const AG_REAL *bias,
                                    AG_REAL *turned) {
  EACH_BLOCK(b, s->channels) {
    const int64_t width = b.some ? VECTORS * AG_WIDTH : AG_WIDTH;
    for (int64_t o = b.first; o < b.first + width; o++) *turned++ = bias && o < b.end ? bias[o] : 0;
    for (int64_t k = 0; k < s->taps; k++)
      for (int64_t o = b.first; o < b.first + width; o++) *turned++ = o < b.end ? w[o * s->taps + k] : 0;
  }
}

/* Some vectors of some pixels; both numbers are constants where this is inlined. */
AG_INLINE void AG_NAME(tile)(const int pixels, const int vectors, const agk_grey_windows *s,
                             const int64_t *place, const AG_REAL *field, const AG_REAL *turned, AG_REAL *y) {
  AG_VECTOR sum[PIXELS][VECTORS], w[VECTORS];
  const AG_REAL *from[PIXELS];
  for (int i = 0; i < pixels; i++) {
    from[i] = field + place[i];
    for (int j = 0; j < vectors; j++) sum[i][j] = AG_LOAD(turned + j * AG_WIDTH);
  }
  for (int64_t k = 0; k < s->taps; k++) {
    turned += vectors * AG_WIDTH;
    for (int j = 0; j < vectors; j++) w[j] = AG_LOAD(turned + j * AG_WIDTH);
    for (int i = 0; i < pixels; i++) {
      const AG_VECTOR x = AG_ALL(from[i][s->offset[k]]);
      for (int j = 0; j < vectors; j++) sum[i][j] = AG_FMA(x, w[j], sum[i][j]);
    }
  }
  for (int i = 0; i < pixels; i++)
    for (int j = 0; j < vectors; j++) AG_STORE(y + i * s->channels + j * AG_WIDTH, sum[i][j]);
}

/* All channels of some pixels, of which so many numbers of y may be written. A vector that is too long for
 * its pixel writes into the next ones, which come later. */
AG_INLINE void AG_NAME(all_channels)(const int pixels, const agk_grey_windows *s, const int64_t *place,
                                     const AG_REAL *field, const AG_REAL *turned, int64_t writable,
                                     AG_REAL *y) {
  AG_REAL end[PIXELS * AG_WIDTH];
  const bool is_free = writable >= (pixels - 1) * s->channels + AG_WIDTH;
  AG_REAL *to = is_free ? y : end;
  EACH_BLOCK(b, s->channels) {
    if (b.some)
      AG_NAME(tile)(pixels, VECTORS, s, place, field, turned, to + b.first);
    else
      AG_NAME(tile)(pixels, 1, s, place, field, turned, to + b.first);
    turned += (s->taps + 1) * (b.some ? VECTORS * AG_WIDTH : AG_WIDTH);
  }
  if (!is_free) memcpy(y, end, (size_t)(pixels * s->channels) * sizeof *y);
}

void AG_NAME(agk_grey_outputs)(const agk_grey_windows *s, int64_t pixels, const AG_REAL *field,
                               const AG_REAL *turned, AG_REAL *y) {
  int64_t p = 0;
#define TILES(count)                                                                                         \
  for (; p + (count) <= pixels; p += (count)) AG_NAME(all_channels)                                          \
  (count, s, s->place + p, field, turned, (pixels - p) * s->channels, y + p * s->channels)
  TILES(PIXELS);
  TILES(1);
#undef TILES
}

/* ---- w from both ---- */

/* lanes[k] = the products with some taps of some vectors of channels, and where `bias` the sums of gy behind
 * them; the numbers of both and `bias` are constants where this is inlined. */
AG_INLINE void AG_NAME(sum_products)(const int vectors, const int taps, const bool bias, int64_t pixels,
                                     const int64_t *place, const int64_t *offset, const AG_REAL *field,
                                     int64_t channels, int64_t ahead, const AG_REAL *gy, AG_REAL *lanes) {
  AG_VECTOR sum[TAPS + 1][VECTORS], g[VECTORS];
  for (int k = 0; k < taps + bias; k++)
    for (int j = 0; j < vectors; j++) sum[k][j] = AG_ALL((AG_REAL)0);
  for (int64_t p = 0; p < pixels; p++, gy += channels) {
    const AG_REAL *from = field + place[p];
    for (int j = 0; j < vectors; j++) g[j] = AG_LOAD(gy + j * AG_WIDTH);
    for (int j = 0; j < vectors && bias; j += LINE_BYTES / AG_BYTES)
      __builtin_prefetch(gy + ahead + j * AG_WIDTH, 0, 2);
    for (int k = 0; k < taps; k++) {
      const AG_VECTOR x = AG_ALL(from[offset[k]]);
      for (int j = 0; j < vectors; j++) sum[k][j] = AG_FMA(x, g[j], sum[k][j]);
    }
    for (int j = 0; j < vectors && bias; j++) sum[taps][j] += g[j];
  }
  for (int k = 0; k < taps + bias; k++)
    for (int j = 0; j < vectors; j++) AG_STORE(lanes + (k * vectors + j) * AG_WIDTH, sum[k][j]);
}

typedef void AG_NAME(summation)(int64_t pixels, const int64_t *place, const int64_t *offset,
                                const AG_REAL *field, int64_t channels, int64_t ahead, const AG_REAL *gy,
                                AG_REAL *lanes);

#define SUMMATION(name, vectors, taps, bias)                                                                 \
  static void AG_NAME(name)(int64_t pixels, const int64_t *place, const int64_t *offset,                     \
                            const AG_REAL *field, int64_t channels, int64_t ahead, const AG_REAL *gy,        \
                            AG_REAL *lanes) {                                                                \
    AG_NAME(sum_products)(vectors, taps, bias, pixels, place, offset, field, channels, ahead, gy, lanes);    \
  }
#define COUNT(n)                                                                                             \
  SUMMATION(one_##n, 1, n, false)                                                                            \
  SUMMATION(one_last_##n, 1, n, true)                                                                        \
  SUMMATION(some_##n, VECTORS, n, false)                                                                     \
  SUMMATION(some_last_##n, VECTORS, n, true)
COUNT(1)
COUNT(2)
COUNT(3)
COUNT(4)
COUNT(5)
#undef COUNT
#undef SUMMATION

/* A block of channels. The taps are shared among as few pieces as can be, equally; the sums of gy come with
 * the last. */
static void AG_NAME(add_block)(const agk_grey_windows *s, const AG_NAME(block) * b, int64_t p, int64_t pixels,
                               const AG_REAL *field, const AG_REAL *gy, double *sums) {
#define COUNTS(kind)                                                                                         \
  { AG_NAME(kind##_1), AG_NAME(kind##_2), AG_NAME(kind##_3), AG_NAME(kind##_4), AG_NAME(kind##_5) }
  static AG_NAME(summation) *const of[2][2][TAPS] = {{COUNTS(one), COUNTS(one_last)},
                                                     {COUNTS(some), COUNTS(some_last)}};
#undef COUNTS
  AG_REAL lanes[(TAPS + 1) * VECTORS * AG_WIDTH] __attribute__((aligned(64)));
  const int64_t pieces = ag_chunks(s->taps, TAPS), width = b->some ? VECTORS * AG_WIDTH : AG_WIDTH;
  const int64_t ahead = b->end < s->channels ? width : pixels * s->channels - b->first;
  for (int64_t i = 0; i < pieces; i++) {
    const ag_range k = ag_chunk_range(i, pieces, s->taps);
    const bool last = i == pieces - 1;
    of[b->some][last][k.end - k.begin - 1](pixels, s->place + p, s->offset + k.begin, field, s->channels,
                                           ahead, gy + b->first, lanes);
    for (int64_t l = 0; l < k.end - k.begin + last; l++) {
      const AG_REAL *restrict lane = lanes + l * width;
      double *restrict sum = sums + (k.begin + l) * s->channels;
      for (int64_t o = b->fresh; o < b->end; o++) sum[o] += (double)lane[o - b->first];
    }
  }
}

void AG_NAME(agk_grey_add_products)(const agk_grey_windows *s, int64_t p, int64_t pixels,
                                    const AG_REAL *field, const AG_REAL *gy, int64_t readable, double *sums) {
  AG_REAL end[AGK_GREY_CHUNK * AG_WIDTH] = {0};
  if (readable < (pixels - 1) * s->channels + AG_WIDTH) {
    memcpy(end, gy, (size_t)(pixels * s->channels) * sizeof *gy);
    gy = end;
  }
  EACH_BLOCK(b, s->channels) AG_NAME(add_block)(s, &b, p, pixels, field, gy, sums);
}
#undef EACH_BLOCK
#endif
