/* SHA-256 in lower-case hexadecimal. */
#ifndef EXPERIMENTS_DATA_DIGEST_H
#define EXPERIMENTS_DATA_DIGEST_H

#include <sha2.h>
#include <stddef.h>

enum { DIGEST_SIZE = 65 }; /* 64 hexadecimal digits and the final NUL */

/* Of one buffer. */
void sha256_hex(const void *bytes, size_t n, char out[DIGEST_SIZE]);

/* Of a stream: begin, any number of adds, end. The state lives on the caller's stack and needs no release. */
typedef struct {
  SHA2_CTX state;
} digest_stream;

void digest_begin(digest_stream *s);
void digest_add(digest_stream *s, const void *bytes, size_t n);
void digest_end(digest_stream *s, char out[DIGEST_SIZE]);

#endif
