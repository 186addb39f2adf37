#include "experiments/leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "experiments/checkpoint_file.h"
#include "experiments/claim.h"

static void remove_one(const char *path, const char *key, const char *suffix) {
  char *file = memory_format("%s-checkpoints/%s%s", path, key, suffix);
  unlink(file);
  free(file);
}

void leftovers_remove(const char *path, const char *key) {
  remove_one(path, key, "-live");
  checkpoint_pair p = checkpoint_pair_of(path, key, "");
  checkpoint_remove(&p);
  checkpoint_pair_free(&p);
}

static int by_key(const void *a, const void *b) {
  return strcmp(((const leftover *)a)->key, ((const leftover *)b)->key);
}

/* Whether a name is ours: a key, and one of the suffixes that we write. */
static bool parse(const char *name, leftover *found) {
  static const char *const suffixes[] = {"-a", "-b", "-a.tmp", "-b.tmp", "-live"};
  size_t digits = strspn(name, "0123456789abcdef");
  if (digits != STORE_KEY - 1) return false;
  for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
    if (strcmp(name + digits, suffixes[i]) != 0) continue;
    *found = (leftover){.checkpoint = i < 2};
    memcpy(found->key, name, digits);
    return true;
  }
  return false;
}

static void note(leftover **list, size_t *count, const leftover *found) {
  for (size_t i = 0; i < *count; i++)
    if (strcmp((*list)[i].key, found->key) == 0) {
      (*list)[i].checkpoint = (*list)[i].checkpoint || found->checkpoint;
      return;
    }
  *list = memory_resize(*list, *count + 1, sizeof **list);
  (*list)[(*count)++] = *found;
}

int leftovers_list(const char *path, leftover **list, size_t *count, message *m) {
  char *folder = memory_format("%s-checkpoints", path);
  DIR *entries = opendir(folder);
  leftover found;
  *list = NULL;
  *count = 0;
  int status = entries || errno == ENOENT ? 0 : message_fail(m, "%s: %s", folder, strerror(errno));
  for (struct dirent *e; entries && (e = readdir(entries)) != NULL;)
    if (parse(e->d_name, &found)) note(list, count, &found);
  if (entries) closedir(entries);
  free(folder);
  for (size_t i = 0; i < *count && status == 0; i++) {
    int held = claim_held(path, (*list)[i].key, m);
    if (held < 0) status = -1;
    (*list)[i].running = held == 1;
  }
  if (*count) qsort(*list, *count, sizeof **list, by_key);
  return status;
}

/* Under the run's claim, so that nobody begins it meanwhile. */
static int clean(const char *path, store *s, const char *key, message *m) {
  claim c;
  int taken = claim_take(&c, path, key, m);
  if (taken <= 0) return taken;
  run_result r = {.status = RUN_FAILED};
  int found = store_find(s, key, &r, m);
  if (found == 1 && r.status != RUN_FAILED) {
    leftovers_remove(path, key);
  } else {
    remove_one(path, key, "-a.tmp");
    remove_one(path, key, "-b.tmp");
    remove_one(path, key, "-live");
  }
  run_result_free(&r);
  claim_release(c);
  return found < 0 ? -1 : 0;
}

int leftovers_sweep(const char *path, message *m) {
  leftover *list;
  size_t count;
  int status = leftovers_list(path, &list, &count, m);
  store *s = status == 0 && count > 0 ? store_open(path, STORE_AGAIN, m) : NULL;
  if (status == 0 && count > 0 && !s) status = -1;
  for (size_t i = 0; i < count && status == 0; i++)
    if (!list[i].running) status = clean(path, s, list[i].key, m);
  store_close(s);
  free(list);
  return status;
}
