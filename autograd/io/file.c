/* A file is replaced by writing a new one beside it, syncing that and renaming it: whatever happens in
 * between, the name stands for the old bytes or for the new ones. */
#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/internal.h"

/* Stores an error of the system, and returns false. */
static bool fail(const ag_file_task *task, const char *text) {
  ag_fail(task->c, AG_EIO, task->at, "%s: %s: %s: %s", task->what, task->path, text, strerror(errno));
  return false;
}

/* Whether there is a path to go by. */
static bool has_path(const ag_file_task *task) {
  if (!task->path) ag_fail(task->c, AG_EVALUE, task->at, "%s: the path is NULL", task->what);
  return task->path;
}

/* ---- Reading ---- */

static unsigned char *read_all(const ag_file_task *task, FILE *file, size_t *size) {
  struct stat about;
  if (fstat(fileno(file), &about) != 0) {
    fail(task, "cannot be read");
    return NULL;
  }
  if (!S_ISREG(about.st_mode)) {
    ag_fail(task->c, AG_EIO, task->at, "%s: %s: is not a regular file", task->what, task->path);
    return NULL;
  }
  *size = (size_t)about.st_size;
  unsigned char *bytes = ag_allocate(task->c, *size + 1, task->at);
  if (!bytes || fread(bytes, 1, *size, file) == *size) return bytes;
  if (ferror(file)) {
    fail(task, "cannot be read");
  } else {
    ag_fail(task->c, AG_EIO, task->at, "%s: %s: became shorter while it was read", task->what, task->path);
  }
  ag_release(task->c, bytes);
  return NULL;
}

unsigned char *ag_file_read(const ag_file_task *task, size_t *size) {
  if (!has_path(task)) return NULL;
  FILE *file = fopen(task->path, "rb");
  if (!file) {
    fail(task, "cannot be opened");
    return NULL;
  }
  unsigned char *bytes = read_all(task, file, size);
  fclose(file);
  return bytes;
}

/* ---- Writing ---- */

/* Opens a file that did not exist, named after the process; numbers tell several contexts of it apart. */
static int open_temporary(ag_file_out *out, size_t room) {
  for (int number = 0; number < 1000; number++) {
    snprintf(out->temporary, room, "%s.%ld-%d.tmp", out->task.path, (long)getpid(), number);
    const int fd = open(out->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

bool ag_file_create(ag_file_out *out, ag_file_task task) {
  *out = (ag_file_out){.task = task};
  if (!has_path(&task)) return false;
  const size_t room = strlen(task.path) + 64;
  out->temporary = ag_allocate(task.c, room, task.at);
  if (!out->temporary) return false;
  const int fd = open_temporary(out, room);
  if (fd < 0) {
    ag_release(task.c, out->temporary);
    out->temporary = NULL;
    return fail(&task, "no new file can be made beside it");
  }
  out->file = fdopen(fd, "wb");
  if (out->file) return true;
  close(fd);
  return fail(&task, "cannot be written");
}

bool ag_file_write(ag_file_out *out, const void *data, size_t bytes) {
  if (bytes && fwrite(data, 1, bytes, out->file) != bytes) return fail(&out->task, "cannot be written");
  out->written += bytes;
  return true;
}

void ag_file_discard(ag_file_out *out) {
  if (out->file) fclose(out->file);
  if (out->temporary) unlink(out->temporary);
  ag_release(out->task.c, out->temporary);
  out->file = NULL;
  out->temporary = NULL;
}

/* Makes the rename durable. Folders that cannot be opened or synced (some network file systems) are left
 * alone: the data itself is safe. */
static void sync_folder(ag_file_out *out) {
  char *folder = out->temporary;
  char *slash = strrchr(folder, '/');
  memcpy(slash ? slash + (slash == folder) : folder, slash ? "" : ".", slash ? 1 : 2);
  const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)fsync(fd);
  close(fd);
}

bool ag_file_commit(ag_file_out *out) {
  FILE *file = out->file;
  if (fflush(file) != 0 || fsync(fileno(file)) != 0) return fail(&out->task, "cannot be written");
  out->file = NULL;
  if (fclose(file) != 0) return fail(&out->task, "cannot be written");
  if (rename(out->temporary, out->task.path) != 0) return fail(&out->task, "cannot be replaced");
  sync_folder(out);
  ag_release(out->task.c, out->temporary);
  out->temporary = NULL;
  return true;
}
