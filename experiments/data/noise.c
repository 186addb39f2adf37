#include "experiments/data/noise.h"

static const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);

static uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

noise noise_open(uint64_t stream, uint64_t item) {
  return (noise){.key = mix(mix(stream * golden + 1) ^ (item * golden)), .counter = 0};
}

uint64_t noise_bits(noise *r) { return mix(r->key + golden * ++r->counter); }

int64_t noise_uniform(noise *r, int64_t lo, int64_t hi) {
  /* 32 random bits times the length of the range: its bias, below 2^-20 here, is of no weight for a drawing.
   */
  const uint64_t length = (uint64_t)(hi - lo) + 1;
  return lo + (int64_t)(((noise_bits(r) >> 32) * length) >> 32);
}

int64_t noise_bell(noise *r, int64_t sd) {
  const uint64_t bits = noise_bits(r);
  int64_t sum = -2 * 65535;
  for (int k = 0; k < 4; k++) sum += (int64_t)(bits >> (16 * k) & 65535);
  return sum * sd / 37837; /* 65536 sqrt(4 / 12), the deviation of the sum */
}
