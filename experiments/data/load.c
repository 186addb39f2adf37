/* Loading: obtain the files, parse them, keep their digest and where they came from. */
#include "experiments/data/say.h"
#include "experiments/data/obtain.h"
#include "experiments/data/parse.h"

#include <stdio.h>
#include <string.h>

/* What `sha256sum zip.train zip.test` prints is digested: a user can do the same by hand. */
static void digest_pair(const content file[2], char out[DIGEST_SIZE]) {
  char lines[2 * DIGEST_SIZE + 64];
  const int n =
      snprintf(lines, sizeof lines, "%s  zip.train\n%s  zip.test\n", file[0].sha256, file[1].sha256);
  sha256_hex(lines, (size_t)n, out);
}

/* The name for messages about the content of a file: its path, or the generator's. */
static const char *name_in(char *name, size_t size, const origin *from, const data_file *file) {
  (void)snprintf(name, size, "%s/%s", from->where, file->name);
  return name;
}

int digits_load(digits *d, const char *folder, char *message, size_t size) {
  content file[2];
  origin from;
  char name[PATH_MAX + 64];
  *d = (digits){0};
  if (obtain(digit_files, 2, folder, file, &from, message, size) != 0) return -1;
  digest_pair(file, d->digest);
  d->source = from.source;
  memcpy(d->where, from.where, sizeof d->where);
  int status = digits_parse(file[0].bytes, file[0].n, name_in(name, sizeof name, &from, &digit_files[0]),
                            DIGIT_TRAIN_ROWS, &d->train, message, size);
  if (status == 0)
    status = digits_parse(file[1].bytes, file[1].n, name_in(name, sizeof name, &from, &digit_files[1]),
                          DIGIT_TEST_ROWS, &d->test, message, size);
  content_free(&file[0]);
  content_free(&file[1]);
  if (status != 0) digits_free(d);
  return status;
}

void digits_free(digits *d) {
  digit_set_free(&d->train);
  digit_set_free(&d->test);
  *d = (digits){0};
}

int houses_load(houses *h, const char *folder, char *message, size_t size) {
  content file;
  origin from;
  char name[PATH_MAX + 64];
  *h = (houses){0};
  if (obtain(&house_file, 1, folder, &file, &from, message, size) != 0) return -1;
  const int status = houses_parse(file.bytes, file.n, name_in(name, sizeof name, &from, &house_file),
                                  HOUSE_ROWS, h, message, size);
  if (status == 0) {
    h->source = from.source;
    memcpy(h->digest, file.sha256, sizeof h->digest);
    memcpy(h->where, from.where, sizeof h->where);
  }
  content_free(&file);
  return status;
}
