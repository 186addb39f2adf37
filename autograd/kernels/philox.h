/* philox.h - the generator Philox4x32-10: a bijection of counters of four 32-bit words, for each key.
 *
 * Source: Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011. */
#ifndef AG_KERNELS_PHILOX_H
#define AG_KERNELS_PHILOX_H
#include <stdint.h>

/* The blocks that are made side by side, and their words. */
enum { AGK_PHILOX_BLOCKS = 16, AGK_PHILOX_WORDS = 4 * AGK_PHILOX_BLOCKS };

/* out = Philox4x32-10(counter, key). */
void agk_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The same for the counters (first, kind), (first + 1, kind), ..., whose halves of 64 bits these are; the
 * words come in the order of the counters. */
void agk_philox_blocks(uint64_t key, uint64_t kind, uint64_t first, uint32_t word[AGK_PHILOX_WORDS]);

#endif
