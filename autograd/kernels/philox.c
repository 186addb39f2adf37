/* philox.c - Philox4x32-10 on vectors.
 *
 * Ten rounds take (a, b, c, d) to (high(q) ^ b ^ key0, low(q), high(p) ^ d ^ key1, low(p)), where p and q are
 * the products of a and c with constants, and add constants to the key. A word has 64 bits to itself, the
 * half that widening products read; the upper half may hold anything, so nothing is moved between rounds. */
#ifndef AG_REAL
#include "kernels/philox.h"

#include <string.h>

#include "core/isa.h"
#include "core/multiversion.h"

enum { ABREAST = 2 }; /* vectors of each word, which with the products fill a small set of registers */

#define AG_SELF "kernels/philox.c"
#include "core/each_isa.h"

typedef void blocks(uint64_t, uint64_t, uint64_t, uint32_t *);

void agk_philox_blocks(uint64_t key, uint64_t kind, uint64_t first, uint32_t word[AGK_PHILOX_WORDS]) {
  static blocks *const of[] = AG_EACH_ISA(blocks_f64);
  of[ag_isa_here()](key, kind, first, word);
}

void agk_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]) {
  uint32_t word[AGK_PHILOX_WORDS];
  agk_philox_blocks((uint64_t)key[1] << 32 | key[0], (uint64_t)counter[3] << 32 | counter[2],
                    (uint64_t)counter[1] << 32 | counter[0], word);
  memcpy(out, word, 4 * sizeof *out);
}
#elif AG_REAL_BYTES == 8 /* words are as wide as a double, and need no second version */

typedef uint64_t AG_NAME(words) __attribute__((vector_size(AG_BYTES)));

/* The products of the lower halves of x with a number of 32 bits. */
AG_INLINE AG_NAME(words) AG_NAME(widening)(AG_NAME(words) x, uint32_t y) {
#if AG_BYTES == 64
  return (AG_NAME(words))_mm512_mul_epu32((__m512i)x, _mm512_set1_epi64((int64_t)y));
#elif AG_BYTES == 32
  return (AG_NAME(words))_mm256_mul_epu32((__m256i)x, _mm256_set1_epi64x((int64_t)y));
#elif defined(__SSE2__)
  return (AG_NAME(words))_mm_mul_epu32((__m128i)x, _mm_set1_epi64x((int64_t)y));
#else
  return (x & 0xFFFFFFFFu) * y;
#endif
}

/* The words i of ABREAST vectors of blocks, whose counters begin at `first`, in to[i]. */
AG_INLINE void AG_NAME(some_blocks)(uint64_t key, uint64_t kind, uint64_t first, uint64_t *const to[4]) {
  static const uint64_t place[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  AG_NAME(words) a[ABREAST], b[ABREAST], c[ABREAST], d[ABREAST];
  uint32_t key0 = (uint32_t)key, key1 = (uint32_t)(key >> 32);
  memcpy(a, place, sizeof a);
  for (int v = 0; v < ABREAST; v++) {
    a[v] += first;
    b[v] = a[v] >> 32;
    c[v] = (AG_NAME(words)){0} + kind;
    d[v] = c[v] >> 32;
  }
  for (int round = 0; round < 10; round++, key0 += 0x9E3779B9u, key1 += 0xBB67AE85u)
    for (int v = 0; v < ABREAST; v++) {
      const AG_NAME(words) p = AG_NAME(widening)(a[v], 0xD2511F53u), q = AG_NAME(widening)(c[v], 0xCD9E8D57u);
      a[v] = (q >> 32) ^ b[v] ^ key0;
      b[v] = q;
      c[v] = (p >> 32) ^ d[v] ^ key1;
      d[v] = p;
    }
  memcpy(to[0], a, sizeof a);
  memcpy(to[1], b, sizeof b);
  memcpy(to[2], c, sizeof c);
  memcpy(to[3], d, sizeof d);
}

static void AG_NAME(blocks)(uint64_t key, uint64_t kind, uint64_t first, uint32_t *word) {
  uint64_t lane[4][AGK_PHILOX_BLOCKS];
  for (int l = 0; l < AGK_PHILOX_BLOCKS; l += ABREAST * AG_BYTES / 8) AG_NAME(some_blocks)
  (key, kind, first + (uint64_t)l, (uint64_t *[]){lane[0] + l, lane[1] + l, lane[2] + l, lane[3] + l});
  for (int l = 0; l < AGK_PHILOX_BLOCKS; l++)
    for (int i = 0; i < 4; i++) word[4 * l + i] = (uint32_t)lane[i][l];
}
#endif
