#include "report/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *file_read(const char *path, message *m) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    message_fail(m, "%s: cannot read it: %s", path, strerror(errno));
    return NULL;
  }
  char *text = NULL;
  size_t length = 0, size = 0, got = 1;
  while (got) {
    if (length + 1 >= size) text = memory_resize(text, size = 2 * size + 4096, 1);
    got = fread(text + length, 1, size - length - 1, file);
    length += got;
  }
  text[length] = '\0';
  if (ferror(file)) {
    message_fail(m, "%s: cannot read it: %s", path, strerror(errno));
    free(text);
    text = NULL;
  }
  fclose(file);
  return text;
}

int file_write(const char *path, const char *text, message *m) {
  FILE *file = fopen(path, "wb");
  if (!file) return message_fail(m, "%s: cannot write it: %s", path, strerror(errno));
  bool written = fputs(text, file) >= 0 && fflush(file) == 0;
  int why = errno;
  fclose(file); /* flushed already: nothing to lose */
  return written ? 0 : message_fail(m, "%s: cannot write it: %s", path, strerror(why));
}

bool file_is_empty(const char *path) {
  struct stat status;
  return stat(path, &status) != 0 || status.st_size == 0;
}

int folder_make(const char *path, message *m) {
  char *part = memory_text(path);
  int status = 0;
  for (char *end = part; status == 0 && *end;) {
    end += strspn(end, "/");
    end += strcspn(end, "/");
    char kept = *end;
    *end = '\0';
    struct stat already;
    if (mkdir(part, 0777) != 0 && !(stat(part, &already) == 0 && S_ISDIR(already.st_mode)))
      status = message_fail(m, "%s: cannot make this folder: %s", part,
                            strerror(errno == EEXIST ? ENOTDIR : errno));
    *end = kept;
  }
  free(part);
  return status;
}

/* Calls `visit` for every entry of a folder; stops at the first that does not return 0. */
static int each_entry(const char *path, int (*visit)(const char *name, void *data), void *data) {
  DIR *folder = opendir(path);
  if (!folder) return -1;
  int status = 0;
  for (struct dirent *entry; status == 0 && (entry = readdir(folder)) != NULL;)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      status = visit(entry->d_name, data);
  closedir(folder);
  return status;
}

static bool is_folder(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static int sync_to_disk(const char *path, message *m) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  bool synced = file >= 0 && fsync(file) == 0;
  int why = errno;
  if (file >= 0) close(file);
  return synced ? 0 : message_fail(m, "%s: cannot write it to the disk: %s", path, strerror(why));
}

static int move_file(const char *from, const char *to, message *m) {
  if (sync_to_disk(from, m) != 0) return -1;
  return rename(from, to) == 0 ? 0 : message_fail(m, "%s: cannot replace it: %s", to, strerror(errno));
}

typedef struct {
  const char *from, *to;
  message *m;
} move;

static int move_entry(const char *name, void *data) {
  const move *all = data;
  char *from = memory_format("%s/%s", all->from, name), *to = memory_format("%s/%s", all->to, name);
  int status = !is_folder(from)               ? move_file(from, to, all->m)
               : folder_make(to, all->m) == 0 ? folder_move_into(from, to, all->m)
                                              : -1;
  free(from);
  free(to);
  return status;
}

int folder_move_into(const char *from, const char *to, message *m) {
  move all = {from, to, m};
  if (each_entry(from, move_entry, &all) != 0) return -1;
  if (rmdir(from) != 0) return message_fail(m, "%s: cannot remove it: %s", from, strerror(errno));
  return sync_to_disk(to, m); /* a rename is on the disk when its folder is */
}

static int remove_entry(const char *name, void *data) {
  char *path = memory_format("%s/%s", (const char *)data, name);
  if (is_folder(path))
    folder_remove(path);
  else
    unlink(path);
  free(path);
  return 0;
}

void folder_remove(const char *path) {
  char *copy = memory_text(path);
  each_entry(path, remove_entry, copy);
  rmdir(path);
  free(copy);
}
