#include "experiments/data/obtain.h"

#include "experiments/data/fetch.h"
#include "experiments/data/say.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *data_source_name(data_source source) {
  switch (source) {
  case DATA_FOLDER: return "folder";
  case DATA_CACHE: return "cache";
  case DATA_UPSTREAM: return "upstream";
  case DATA_EMBEDDED: break;
  }
  return "embedded";
}

/* The value of a variable; one that is set to nothing counts as unset. */
static const char *variable(const char *name) {
  const char *value = getenv(name);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

static int offline(void) {
  const char *value = variable("AUTOGRAD_OFFLINE");
  return value != NULL && strcmp(value, "0") != 0;
}

/* The XDG base directory specification wants relative paths ignored. */
static int cache_folder(char folder[PATH_MAX]) {
  const char *cache = variable("XDG_CACHE_HOME"), *home = variable("HOME");
  int length = -1;
  if (cache != NULL && cache[0] == '/')
    length = snprintf(folder, PATH_MAX, "%s/libautograd", cache);
  else if (home != NULL && home[0] == '/')
    length = snprintf(folder, PATH_MAX, "%s/.cache/libautograd", home);
  return length > 0 && length < PATH_MAX ? 0 : -1;
}

static int join(char path[PATH_MAX], const char *folder, const char *name, char *message, size_t size) {
  if (snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX) return 0;
  return say(message, size, "%.100s...: the path is too long; choose a shorter folder", folder);
}

static int from_folder(const data_file *files, int count, const char *folder, content *c, char *message,
                       size_t size) {
  char path[PATH_MAX], remedy[256];
  for (int i = 0; i < count; i++) {
    (void)snprintf(remedy, sizeof remedy, "replace it by %s", files[i].url);
    if (join(path, folder, files[i].name, message, size) != 0) return -1;
    if (content_read(path, &files[i], remedy, "put it there or unset AUTOGRAD_DATA", &c[i], message, size) !=
        0)
      return -1;
  }
  return 0;
}

/* From the cache, and what is missing there from upstream. Returns 1, with the message empty or a warning,
 * where a file is to be had from neither. */
static int from_cache(const data_file *files, int count, const char *folder, content *c, data_source *source,
                      char *message, size_t size) {
  static const char remedy[] = "delete it, and it is fetched again";
  char path[PATH_MAX];
  *source = DATA_CACHE;
  for (int i = 0; i < count; i++) {
    if (join(path, folder, files[i].name, message, size) != 0) return -1;
    const int status = content_read(path, &files[i], remedy, remedy, &c[i], message, size);
    if (status < 0) return -1;
    if (size > 0) message[0] = '\0'; /* that the cache has no such file is no news */
    if (status == 0) continue;
    if (offline() || fetch(&files[i], folder, &c[i], message, size) != 0) return 1;
    *source = DATA_UPSTREAM;
  }
  return 0;
}

static int from_generator(const data_file *files, int count, content *c, char *message, size_t size) {
  for (int i = 0; i < count; i++)
    if (content_embedded(&files[i], &c[i], message, size) != 0) return -1;
  return 0;
}

static void release(int count, content *c) {
  for (int i = 0; i < count; i++) content_free(&c[i]);
}

int obtain(const data_file *files, int count, const char *folder, content *c, origin *from, char *message,
           size_t size) {
  char cache[PATH_MAX];
  const char *given = folder != NULL && folder[0] != '\0' ? folder : variable("AUTOGRAD_DATA");
  const char *where = given;
  int status;
  if (size > 0) message[0] = '\0';
  for (int i = 0; i < count; i++) c[i] = (content){0};
  *from = (origin){.source = DATA_FOLDER};
  if (given != NULL) {
    status = from_folder(files, count, given, c, message, size);
  } else if (cache_folder(cache) == 0) {
    where = cache;
    status = from_cache(files, count, cache, c, &from->source, message, size);
  } else {
    (void)say(message, size,
              "no cache folder: neither XDG_CACHE_HOME nor HOME names one; using the embedded data");
    status = 1;
  }
  if (status > 0) {
    release(count, c);
    where = "embedded generator";
    from->source = DATA_EMBEDDED;
    status = from_generator(files, count, c, message, size);
  }
  if (status != 0) release(count, c);
  (void)snprintf(from->where, sizeof from->where, "%s", where);
  return status;
}
