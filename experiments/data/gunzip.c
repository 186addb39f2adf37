#define ZLIB_CONST
#include "experiments/data/gunzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

enum { GZIP_WINDOW = 15 + 16 }; /* zlib's way to ask for the gzip format alone */

/* Every member into the buffer that z points at. The buffer has one byte above the limit, so that a full one
 * means too much. */
static gunzip_status inflate_members(z_stream *z) {
  do {
    if (inflateReset(z) != Z_OK) return GUNZIP_NO_MEMORY;
    const int status = inflate(z, Z_FINISH);
    if (z->avail_out == 0) return GUNZIP_LONG;
    if (status == Z_MEM_ERROR) return GUNZIP_NO_MEMORY;
    if (status == Z_BUF_ERROR || status == Z_OK) return GUNZIP_SHORT;
    if (status != Z_STREAM_END) return GUNZIP_DAMAGED;
  } while (z->avail_in > 0);
  return GUNZIP_OK;
}

gunzip_status gunzip(const char *in, size_t n, size_t limit, char **out, size_t *m) {
  *out = NULL;
  *m = 0;
  if (n > UINT_MAX || limit >= UINT_MAX) return GUNZIP_LONG;
  char *buffer = malloc(limit + 1);
  z_stream z = {
      .next_in = (const unsigned char *)in, .avail_in = (unsigned)n, .next_out = (unsigned char *)buffer};
  z.avail_out = (unsigned)limit + 1;
  if (buffer == NULL || inflateInit2(&z, GZIP_WINDOW) != Z_OK) {
    free(buffer);
    return GUNZIP_NO_MEMORY;
  }
  const gunzip_status status = inflate_members(&z);
  *m = limit + 1 - z.avail_out;
  (void)inflateEnd(&z); /* releases; its result speaks of the stream, which is known already */
  if (status == GUNZIP_OK)
    *out = buffer;
  else
    free(buffer);
  return status;
}
