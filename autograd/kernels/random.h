/* random.h - random numbers from the counter-based generator Philox4x32-10 (philox.h).
 *
 * Element i of a fill depends on (key, counter + i) alone, so a fill can be cut anywhere and gives the same
 * numbers on any number of threads. A stream is a key; whoever draws n elements moves its counter on by n.
 * Each distribution has its own part of the counter space, so draws of different kinds from one stream stay
 * independent. float and double fills draw the same numbers up to rounding, and masks are the same in both.
 */
#ifndef AG_REAL
#ifndef AG_KERNELS_RANDOM_H
#define AG_KERNELS_RANDOM_H
#include <stdint.h>

/* The raw numbers: n words of 64 uniform bits. */
void agk_random_bits(int threads, uint64_t key, uint64_t counter, int64_t n, uint64_t *out);

#define AG_SELF "kernels/random.h"
#include "core/each_real.h"
#endif
#else

/* out[i] uniform in [0, 1): a multiple of 2^-24 (float) or 2^-53 (double). */
void AG_NAME(agk_random_uniform)(int threads, uint64_t key, uint64_t counter, int64_t n, AG_REAL *out);

/* out[i] standard normal, by Box and Muller's transform in double. */
void AG_NAME(agk_random_normal)(int threads, uint64_t key, uint64_t counter, int64_t n, AG_REAL *out);

/* out[i] = 0 with probability p, else 1 / (1 - p): the mask of inverted dropout. 0 <= p <= 1; all zeros for p
 * = 1. */
void AG_NAME(agk_random_mask)(int threads, uint64_t key, uint64_t counter, double p, int64_t n, AG_REAL *out);
#endif
