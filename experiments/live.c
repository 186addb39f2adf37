#include "experiments/live.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "experiments/message.h"

enum { LINE = 160 }; /* every line is so long, so that no rest of a longer one is left behind it */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static char *path_of(const char *store, const char *key) {
  return memory_format("%s-checkpoints/%s-live", store, key);
}

live live_begin(const char *store, const char *key, int64_t steps, int64_t epochs) {
  char *folder = memory_format("%s-checkpoints", store);
  mkdir(folder, 0755);
  free(folder);
  live l = {.path = path_of(store, key), .begun = now(), .steps = steps, .epochs = epochs};
  l.file = open(l.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  return l;
}

void live_write(live *l, int64_t first, int64_t step, int64_t epoch) {
  double time = now();
  if (l->file < 0 || (l->written > 0 && time - l->written < 1)) return;
  char text[LINE + 1];
  int used = snprintf(text, sizeof text, "%" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %" PRId64 " %.3f",
                      first, step, l->steps, epoch, l->epochs, time - l->begun);
  memset(text + used, ' ', LINE - (size_t)used);
  text[LINE - 1] = '\n';
  if (pwrite(l->file, text, LINE, 0) == LINE) l->written = time;
}

void live_end(live *l) {
  if (l->file >= 0) close(l->file);
  unlink(l->path);
  free(l->path);
  *l = (live){.file = -1};
}

bool live_read(const char *store, const char *key, live_line *line) {
  char *path = path_of(store, key), text[LINE + 1] = "";
  int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  free(path);
  if (file < 0) return false;
  ssize_t size = pread(file, text, LINE, 0);
  close(file);
  return size == LINE &&
         sscanf(text, "%" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %lf", &line->first,
                &line->step, &line->steps, &line->epoch, &line->epochs, &line->seconds) == 6;
}
