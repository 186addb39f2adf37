/* Random integers for the embedded generators: counter-based, in integer arithmetic alone, so that every
 * compiler, flag and machine draws the same bits. The k-th draw of item i is a hash of (stream, i, k): an
 * item does not depend on the others. The hash is the finaliser of SplitMix64 (Steele, Lea, Flood: Fast
 * Splittable Pseudorandom Number Generators, 2014). */
#ifndef EXPERIMENTS_DATA_NOISE_H
#define EXPERIMENTS_DATA_NOISE_H

#include <stdint.h>

typedef struct {
  uint64_t key, counter;
} noise;

noise noise_open(uint64_t stream, uint64_t item);

/* The next 64 random bits. */
uint64_t noise_bits(noise *r);

/* Uniform over lo..hi, both included. */
int64_t noise_uniform(noise *r, int64_t lo, int64_t hi);

/* Bell-shaped with mean 0 and standard deviation `sd`, never beyond 3.47 sd: the sum of four 16-bit uniforms,
 * scaled. */
int64_t noise_bell(noise *r, int64_t sd);

#endif
