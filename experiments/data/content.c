#include "experiments/data/content.h"

#include "experiments/data/embedded.h"
#include "experiments/data/gunzip.h"
#include "experiments/data/say.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST_FILE = 64 << 20 }; /* bytes; the known files are below 2 MB */

const data_file digit_files[2] = {
    {.name = "zip.train.gz",
     .what = "the USPS training digits",
     .url = "https://hastie.su.domains/ElemStatLearn/datasets/zip.train.gz",
     .sha256 = "abc9f5c75b997cabe66b5d01727d5a681c69298e1641a8d37b55433a52129dc0",
     .bytes = 14512253,
     .gzip = 1,
     .embedded = embedded_digits_train},
    {.name = "zip.test.gz",
     .what = "the USPS test digits",
     .url = "https://hastie.su.domains/ElemStatLearn/datasets/zip.test.gz",
     .sha256 = "6bde17b4f1cd68e0630cd2751d6495b5795d9165ab2dc4a0be8b7002b732f4cc",
     .bytes = 2029542,
     .gzip = 1,
     .embedded = embedded_digits_test},
};

const data_file house_file = {
    .name = "house-prices-train.csv",
    .what = "the house prices",
    .url = "https://d2l-data.s3-accelerate.amazonaws.com/kaggle_house_pred_train.csv",
    .sha256 = "1e18addf81e5e4d347cc17ee6075bbe4a42b7fa26b9e5b063e8f692a5f929d41",
    .bytes = 460676,
    .gzip = 0,
    .embedded = embedded_houses,
};

/* The whole file, as it is on the disk. */
static int read_raw(int fd, const char *shown, const char *remedy, char **bytes, size_t *n, char *message,
                    size_t size) {
  struct stat s;
  if (fstat(fd, &s) != 0) return say(message, size, "%s: cannot be read: %s", shown, strerror(errno));
  if (!S_ISREG(s.st_mode))
    return say(message, size, "%s: expected a file, found something else; %s", shown, remedy);
  if (s.st_size > LARGEST_FILE)
    return say(message, size, "%s: expected at most %d bytes, found %lld; %s", shown, LARGEST_FILE,
               (long long)s.st_size, remedy);
  const size_t expected = (size_t)s.st_size;
  char *buffer = malloc(expected + 1);
  if (buffer == NULL) return say(message, size, "%s: no memory for %zu bytes", shown, expected);
  size_t filled = 0;
  while (filled < expected) {
    const ssize_t got = read(fd, buffer + filled, expected - filled);
    if (got == 0) break; /* it shrank meanwhile: the hash will tell */
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      say(message, size, "%s: cannot be read: %s", shown, strerror(errno));
      free(buffer);
      return -1;
    }
    filled += (size_t)got;
  }
  *bytes = buffer;
  *n = filled;
  return 0;
}

/* Replaces the compressed content by the uncompressed one. */
static int uncompress_content(const data_file *file, const char *shown, const char *remedy, content *c,
                              char *message, size_t size) {
  char *raw = c->bytes;
  const gunzip_status status = gunzip(raw, c->n, file->bytes, &c->bytes, &c->n);
  free(raw);
  switch (status) {
  case GUNZIP_OK: return 0;
  case GUNZIP_SHORT:
    return say(message, size, "%s: expected %zu bytes uncompressed, found the file cut short after %zu; %s",
               shown, file->bytes, c->n, remedy);
  case GUNZIP_LONG:
    return say(message, size, "%s: expected %zu bytes uncompressed, found more; %s", shown, file->bytes,
               remedy);
  case GUNZIP_DAMAGED:
    return say(message, size,
               "%s: expected gzip data, found other bytes behind the first %zu uncompressed; %s", shown, c->n,
               remedy);
  case GUNZIP_NO_MEMORY: break;
  }
  return say(message, size, "%s: no memory to uncompress it", shown);
}

static int verify(const data_file *file, const char *shown, const char *remedy, const content *c,
                  char *message, size_t size) {
  if (c->n != file->bytes)
    return say(message, size, "%s: expected %zu bytes%s, found %zu; %s", shown, file->bytes,
               file->gzip ? " uncompressed" : "", c->n, remedy);
  if (strcmp(c->sha256, file->sha256) != 0)
    return say(message, size, "%s: expected SHA-256 %.16s... of its%s content, found %.16s...; %s", shown,
               file->sha256, file->gzip ? " uncompressed" : "", c->sha256, remedy);
  return 0;
}

int content_from(int fd, const data_file *file, const char *shown, const char *remedy, content *c,
                 char *message, size_t size) {
  *c = (content){0};
  int status = read_raw(fd, shown, remedy, &c->bytes, &c->n, message, size);
  if (status == 0 && file->gzip) status = uncompress_content(file, shown, remedy, c, message, size);
  if (status == 0) {
    sha256_hex(c->bytes, c->n, c->sha256);
    status = verify(file, shown, remedy, c, message, size);
  }
  if (status != 0) content_free(c);
  return status;
}

int content_read(const char *path, const data_file *file, const char *remedy, const char *missing, content *c,
                 char *message, size_t size) {
  *c = (content){0};
  const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO in its place must not hang us */
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
    (void)say(message, size, "%s: expected %s, found no such file; %s", path, file->what, missing);
    return 1;
  }
  if (fd < 0) return say(message, size, "%s: cannot be read: %s", path, strerror(errno));
  const int status = content_from(fd, file, path, remedy, c, message, size);
  (void)close(fd); /* nothing was written, so nothing can be lost here */
  return status;
}

int content_embedded(const data_file *file, content *c, char *message, size_t size) {
  *c = (content){0};
  c->bytes = file->embedded(&c->n);
  if (c->bytes == NULL) return say(message, size, "embedded generator: no memory for %s", file->what);
  sha256_hex(c->bytes, c->n, c->sha256);
  return 0;
}

void content_free(content *c) {
  free(c->bytes);
  *c = (content){0};
}
