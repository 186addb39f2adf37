#include "experiments/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first 15 hexadecimal digits of the key: 60 bits, so that two of a thousand runs share a byte with
 * probability 1e-12. */
static off_t place(const char *key) {
  char digits[16];
  snprintf(digits, sizeof digits, "%.15s", key);
  return (off_t)strtoull(digits, NULL, 16);
}

int claim_take(claim *c, const char *store_path, const char *key, message *m) {
  *c = -1;
  char *path = memory_format("%s-claims", store_path);
  int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  int status = 1;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = place(key), .l_len = 1};
  if (file < 0)
    status =
        message_fail(m, "%s: %s; it holds the claims on runs and must be writable", path, strerror(errno));
  else if (fcntl(file, F_OFD_SETLK, &lock) != 0)
    status = errno == EAGAIN || errno == EACCES
                 ? 0
                 : message_fail(m, "%s: cannot be locked: %s", path, strerror(errno));
  free(path);
  if (status == 1)
    *c = file;
  else if (file >= 0)
    close(file);
  return status;
}

int claim_held(const char *store_path, const char *key, message *m) {
  char *path = memory_format("%s-claims", store_path);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  int status = 0;
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = place(key), .l_len = 1};
  if (file < 0)
    status = errno == ENOENT ? 0 : message_fail(m, "%s: %s", path, strerror(errno));
  else if (fcntl(file, F_OFD_GETLK, &lock) != 0)
    status = message_fail(m, "%s: cannot be asked for locks: %s", path, strerror(errno));
  else
    status = lock.l_type != F_UNLCK;
  free(path);
  if (file >= 0) close(file);
  return status;
}

void claim_release(claim c) {
  if (c >= 0) close(c);
}
