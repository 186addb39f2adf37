#include "experiments/data/fetch.h"

#include "experiments/data/say.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static const char instead[] = "using the embedded data";

/* Every folder of the path that does not exist yet, as `mkdir -p` does. */
static int make_folders(const char *folder) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s", folder) >= (int)sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  for (char *p = path + 1;; p++) {
    if (*p != '/' && *p != '\0') continue;
    const char kept = *p;
    *p = '\0';
    if (mkdir(path, 0700) != 0 && errno != EEXIST) return -1;
    *p = kept;
    if (kept == '\0') return 0;
  }
}

/* Run curl with its output in `fd`. Returns its status, 127 where there is no curl, or -1 with errno set. */
static int run_curl(const char *url, int fd) {
  char source[512]; /* posix_spawn wants it writable */
  if (snprintf(source, sizeof source, "%s", url) >= (int)sizeof source) {
    errno = ENAMETOOLONG;
    return -1;
  }
  /* clang-format off */
  char *const arguments[] = {
      "curl", "--silent", "--fail", "--location", "--proto", "=http,https",
      "--connect-timeout", "5", "--max-time", "60", "--retry", "0", "--max-filesize", "67108864",
      "--", source, NULL};
  /* clang-format on */
  posix_spawn_file_actions_t files;
  pid_t child;
  int status = posix_spawn_file_actions_init(&files);
  if (status != 0) {
    errno = status;
    return -1;
  }
  if ((status = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)) == 0 &&
      (status = posix_spawn_file_actions_adddup2(&files, fd, 1)) == 0 &&
      (status = posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)) == 0)
    status = posix_spawnp(&child, "curl", &files, NULL, arguments, environ);
  (void)posix_spawn_file_actions_destroy(&files);
  if (status == ENOENT) return 127;
  if (status != 0) {
    errno = status;
    return -1;
  }
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static const char *curl_reason(int status) {
  switch (status) {
  case 5:
  case 6: return "the host was not found";
  case 7: return "no connection";
  case 22: return "the server has no such file";
  case 28: return "it took too long";
  case 127: return "curl is not installed";
  default: return "curl failed";
  }
}

static int download(const data_file *file, int fd, char *message, size_t size) {
  const int status = run_curl(file->url, fd);
  if (status == 0) return 0;
  if (status < 0)
    return say(message, size, "%s: not fetched from %s: %s; %s", file->name, file->url, strerror(errno),
               instead);
  return say(message, size, "%s: not fetched from %s: %s (status %d); %s", file->name, file->url,
             curl_reason(status), status, instead);
}

/* The verified temporary file gets its name, and both are on the disk before we say so. */
static int settle(int fd, const char *temporary, const char *path, const char *folder) {
  if (fsync(fd) != 0 || rename(temporary, path) != 0) return -1;
  const int parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return -1;
  const int status = fsync(parent);
  (void)close(parent); /* it was opened for reading alone */
  return status;
}

int fetch(const data_file *file, const char *folder, content *c, char *message, size_t size) {
  char temporary[PATH_MAX], path[PATH_MAX];
  *c = (content){0};
  errno = ENAMETOOLONG;
  if (snprintf(path, sizeof path, "%s/%s", folder, file->name) >= (int)sizeof path ||
      snprintf(temporary, sizeof temporary, "%s/.%s.XXXXXX", folder, file->name) >= (int)sizeof temporary ||
      make_folders(folder) != 0) {
    (void)say(message, size, "%s: the cache folder cannot be made: %s; %s", folder, strerror(errno), instead);
    return 1;
  }
  const int fd = mkostemp(temporary, O_CLOEXEC);
  if (fd < 0) {
    (void)say(message, size, "%s: the cache folder cannot be written: %s; %s", folder, strerror(errno),
              instead);
    return 1;
  }
  int status = download(file, fd, message, size);
  if (status == 0 && lseek(fd, 0, SEEK_SET) != 0)
    status = say(message, size, "%s: cannot be read again: %s; %s", temporary, strerror(errno), instead);
  if (status == 0) status = content_from(fd, file, file->url, instead, c, message, size);
  if (status == 0 && settle(fd, temporary, path, folder) != 0)
    status = say(message, size, "%s: cannot be written: %s; %s", path, strerror(errno), instead);
  if (status != 0) {
    (void)unlink(temporary); /* gone already where only the last sync failed */
    content_free(c);
  }
  (void)close(fd); /* its bytes are synced, or given up */
  return status == 0 ? 0 : 1;
}
