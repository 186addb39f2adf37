#include "experiments/data/digest.h"

#include <stdint.h>

void digest_begin(digest_stream *s) { SHA256Init(&s->state); }

void digest_add(digest_stream *s, const void *bytes, size_t n) {
  if (n > 0) SHA256Update(&s->state, bytes, n);
}

void digest_end(digest_stream *s, char out[DIGEST_SIZE]) {
  static const char hex[] = "0123456789abcdef";
  uint8_t sum[SHA256_DIGEST_LENGTH];
  SHA256Final(sum, &s->state);
  for (size_t i = 0; i < sizeof sum; i++) {
    out[2 * i] = hex[sum[i] >> 4];
    out[2 * i + 1] = hex[sum[i] & 15];
  }
  out[2 * sizeof sum] = '\0';
}

void sha256_hex(const void *bytes, size_t n, char out[DIGEST_SIZE]) {
  digest_stream s;
  digest_begin(&s);
  digest_add(&s, bytes, n);
  digest_end(&s, out);
}
