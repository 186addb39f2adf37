#include "experiments/checkpoint_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/data/digest.h"

static const char magic[] = "agxstate";
enum { MAGIC = sizeof magic - 1, DIGITS = DIGEST_SIZE - 1, MAKER = 1024 };

checkpoint_pair checkpoint_pair_of(const char *store, const char *key, const char *maker) {
  checkpoint_pair p = {.folder = memory_format("%s-checkpoints", store), .key = key, .maker = maker};
  p.stem = memory_format("%s/%s", p.folder, key);
  return p;
}

void checkpoint_pair_free(checkpoint_pair *p) {
  free(p->folder);
  free(p->stem);
  *p = (checkpoint_pair){.folder = NULL};
}

static char *path_of(const checkpoint_pair *p, int64_t serial, const char *suffix) {
  return memory_format("%s-%c%s", p->stem, serial % 2 ? 'a' : 'b', suffix);
}

/* ---- Writing ------------------------------------------------------------------------------------------- */

static bytes framed(const checkpoint_pair *p, int64_t serial, const bytes *content) {
  char digest[DIGEST_SIZE];
  bytes b = {.data = NULL};
  bytes_put(&b, magic, MAGIC);
  bytes_put_integer(&b, CHECKPOINT_VERSION);
  bytes_put_integer(&b, serial);
  bytes_put_text(&b, p->key);
  bytes_put_text(&b, p->maker);
  bytes_put_integer(&b, (int64_t)content->size);
  bytes_put(&b, content->data, content->size);
  sha256_hex(b.data, b.size, digest);
  bytes_put(&b, digest, DIGITS);
  return b;
}

static bool write_all(int file, const bytes *b) {
  for (size_t done = 0; done < b->size;) {
    ssize_t n = write(file, b->data + done, b->size - done);
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) done += (size_t)n;
  }
  return fsync(file) == 0;
}

/* A rename is safe once the folder is. */
static bool sync_folder(const char *path) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool synced = folder >= 0 && fsync(folder) == 0;
  if (folder >= 0) close(folder);
  return synced;
}

static bool write_file(const char *path, const bytes *b) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return false;
  bool written = write_all(file, b);
  int error = errno;
  close(file);
  errno = error;
  return written;
}

int checkpoint_write(checkpoint_pair *p, const bytes *content, message *m) {
  bytes b = framed(p, p->serial + 1, content);
  char *path = path_of(p, p->serial + 1, ""), *beside = path_of(p, p->serial + 1, ".tmp");
  bool folder = mkdir(p->folder, 0755) == 0 || errno == EEXIST;
  bool written = folder && write_file(beside, &b) && rename(beside, path) == 0 && sync_folder(p->folder);
  int status = 0;
  if (written) {
    p->serial++;
  } else {
    status = message_fail(m, "%s: the checkpoint cannot be written (%s); the one before is untouched", path,
                          strerror(errno));
    unlink(beside);
  }
  free(b.data);
  free(path);
  free(beside);
  return status;
}

/* ---- Reading ------------------------------------------------------------------------------------------- */

/* A file in memory; no byte of it is believed yet. */
typedef struct {
  void *data; /* NULL: there is none, or none that could be used */
  size_t size;
  int64_t serial;
  bytes_reader content;
} image;

static void release(image *i) {
  if (i->data) munmap(i->data, i->size);
  *i = (image){.data = NULL};
}

static int map(image *i, int file, message *m) {
  struct stat s;
  if (fstat(file, &s) != 0 || !S_ISREG(s.st_mode)) return message_fail(m, "not a file");
  if (s.st_size < MAGIC + DIGITS) return message_fail(m, "torn: only %lld bytes", (long long)s.st_size);
  i->size = (size_t)s.st_size;
  i->data = mmap(NULL, i->size, PROT_READ, MAP_PRIVATE, file, 0);
  if (i->data != MAP_FAILED) return 0;
  i->data = NULL;
  return message_fail(m, "%s", strerror(errno));
}

/* Takes the frame off. What is not even meant for us is told from what was broken on the way. */
static int unframe(image *i, const checkpoint_pair *p, message *m) {
  bytes_reader r = {.next = i->data, .left = i->size - DIGITS};
  char digest[DIGEST_SIZE], key[DIGEST_SIZE], maker[MAKER];
  if (memcmp(bytes_take(&r, MAGIC), magic, MAGIC) != 0) return message_fail(m, "not a checkpoint");
  int64_t version = bytes_take_integer(&r);
  if (!r.bad && version != CHECKPOINT_VERSION)
    return message_fail(m, "of version %" PRId64 ", but this program knows version %d", version,
                        CHECKPOINT_VERSION);
  i->serial = bytes_take_integer(&r);
  bytes_take_text(&r, key, sizeof key);
  bytes_take_text(&r, maker, sizeof maker);
  size_t size = bytes_take_count(&r, 1);
  i->content = (bytes_reader){.next = bytes_take(&r, size), .left = size};
  sha256_hex(i->data, i->size - DIGITS, digest);
  if (r.bad || r.left != 0 || memcmp(digest, (char *)i->data + i->size - DIGITS, DIGITS) != 0)
    return message_fail(m, "torn: its content is not what was written");
  if (strcmp(key, p->key) != 0) return message_fail(m, "of another run, %.12s", key);
  if (strcmp(maker, p->maker) != 0)
    return message_fail(m, "made by another build or on another processor (%s), which rounds otherwise",
                        maker);
  return i->serial > 0 ? 0 : message_fail(m, "without a serial number");
}

static image look(const checkpoint_pair *p, int64_t slot, checkpoint_warn *warn, void *user) {
  image i = {.data = NULL};
  message m;
  char *path = path_of(p, slot, "");
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  int status = file >= 0 ? map(&i, file, &m) : errno == ENOENT ? 1 : message_fail(&m, "%s", strerror(errno));
  if (status == 0) status = unframe(&i, p, &m);
  if (file >= 0) close(file);
  if (status != 0) release(&i);
  if (status < 0) {
    char *line = memory_format("checkpoint %s is not used: %s", path, m.text);
    warn(user, line);
    free(line);
  }
  free(path);
  return i;
}

bool checkpoint_read(checkpoint_pair *p, checkpoint_use *use, checkpoint_warn *warn, void *user) {
  image both[2] = {look(p, 0, warn, user), look(p, 1, warn, user)};
  int first = both[1].serial > both[0].serial;
  bool used = false;
  for (int n = 0; n < 2 && !used; n++) {
    const image *i = &both[n == 0 ? first : !first];
    message m;
    if (!i->data) continue;
    used = use(user, i->content, &m) == 0;
    if (used) {
      p->serial = i->serial;
      continue;
    }
    char *path = path_of(p, i->serial, "");
    char *line = memory_format("checkpoint %s is not used: %s", path, m.text);
    warn(user, line);
    free(line);
    free(path);
  }
  release(&both[0]);
  release(&both[1]);
  return used;
}

void checkpoint_remove(const checkpoint_pair *p) {
  static const char *const suffixes[] = {"", ".tmp"};
  for (int i = 0; i < 4; i++) {
    char *path = path_of(p, i % 2, suffixes[i / 2]);
    unlink(path);
    free(path);
  }
  rmdir(p->folder); /* by the last one; else it is not empty */
}
