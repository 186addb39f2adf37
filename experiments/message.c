#include "experiments/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int message_fail(message *m, const char *format, ...) {
  if (m) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(m->text, sizeof m->text, format, arguments);
    va_end(arguments);
  }
  return -1;
}

int message_prefix(message *m, const char *format, ...) {
  if (m) {
    char prefix[256], rest[sizeof m->text];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    memcpy(rest, m->text, sizeof rest);
    snprintf(m->text, sizeof m->text, "%s: %.*s", prefix, (int)(sizeof m->text - sizeof prefix - 3), rest);
  }
  return -1;
}

static void *or_end(void *memory, size_t count, size_t size) {
  if (memory) return memory;
  fprintf(stderr, "out of memory: %zu items of %zu bytes were wanted; finished runs are safe in the store\n",
          count, size);
  exit(EXIT_FAILURE);
}

void *memory_new(size_t count, size_t size) { return or_end(calloc(count ? count : 1, size), count, size); }

void *memory_resize(void *old, size_t count, size_t size) {
  return or_end(reallocarray(old, count ? count : 1, size), count, size);
}

char *memory_text(const char *text) { return or_end(strdup(text), strlen(text) + 1, 1); }

char *memory_format(const char *format, ...) {
  char *text = NULL;
  va_list arguments;
  va_start(arguments, format);
  int length = vasprintf(&text, format, arguments);
  va_end(arguments);
  return or_end(length < 0 ? NULL : text, 1, 1);
}
