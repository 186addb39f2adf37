#include "experiments/identity.h"

#include <inttypes.h>
#include <string.h>

/* A line of a canonical text: "key=value\n". */
typedef struct {
  const char *key, *value;
  int key_length, value_length;
} field;

/* The next line; its key is empty at the end. */
static field next(const char **text) {
  const char *line = *text;
  size_t length = strcspn(line, "\n"), key = strcspn(line, "=\n");
  *text = line + length + (line[length] == '\n');
  size_t value = key < length ? key + 1 : length;
  return (field){line, line + value, (int)key, (int)(length - value)};
}

static int by_key(const field *a, const field *b) {
  if (!a->key_length || !b->key_length) return a->key_length ? -1 : b->key_length ? 1 : 0;
  int shorter = a->key_length < b->key_length ? a->key_length : b->key_length;
  int order = strncmp(a->key, b->key, (size_t)shorter);
  return order ? order : a->key_length - b->key_length;
}

static void print(FILE *out, const field *key, const field *from, const field *to) {
  if (!out) return;
  fprintf(out, "  %-18.*s %.*s -> %.*s\n", key->key_length, key->key, from ? from->value_length : 1,
          from ? from->value : "-", to ? to->value_length : 1, to ? to->value : "-");
}

/* Both texts are sorted by key: one walk over the two. */
static size_t compare_configs(const char *from, const char *to, FILE *out) {
  size_t count = 0;
  field a = next(&from), b = next(&to);
  while (a.key_length || b.key_length) {
    int order = by_key(&a, &b);
    if (order == 0 &&
        (a.value_length != b.value_length || strncmp(a.value, b.value, (size_t)a.value_length) != 0)) {
      count++;
      print(out, &a, &a, &b);
    } else if (order != 0) {
      count++;
      print(out, order < 0 ? &a : &b, order < 0 ? &a : NULL, order < 0 ? NULL : &b);
    }
    if (order <= 0) a = next(&from);
    if (order >= 0) b = next(&to);
  }
  return count;
}

size_t identity_compare(const identity *from, const identity *to, FILE *out) {
  size_t count = compare_configs(from->config, to->config, out);
  if (from->seed != to->seed) {
    count++;
    if (out) fprintf(out, "  %-18s %" PRId64 " -> %" PRId64 "\n", "(seed)", from->seed, to->seed);
  }
  if (strcmp(from->data_digest, to->data_digest) != 0) {
    count++;
    if (out) fprintf(out, "  %-18s %.12s -> %.12s\n", "(data)", from->data_digest, to->data_digest);
  }
  if (strcmp(from->engine, to->engine) != 0) {
    count++;
    if (out) fprintf(out, "  %-18s %s -> %s\n", "(engine)", from->engine, to->engine);
  }
  return count;
}
