#include "report/page.h"

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/message.h"

/* Room for `length` more bytes and the end. */
static void reserve(page *p, size_t length) {
  if (p->length + length + 1 <= p->size) return;
  p->size = 2 * (p->length + length + 1);
  p->text = memory_resize(p->text, p->size, 1);
}

static void append(page *p, const char *text, size_t length) {
  reserve(p, length);
  memcpy(p->text + p->length, text, length);
  p->length += length;
  p->text[p->length] = '\0';
}

void page_add(page *p, const char *format, ...) {
  va_list arguments;
  reserve(p, 80);
  for (bool fits = false; !fits;) {
    size_t room = p->size - p->length;
    va_start(arguments, format);
    int length = vsnprintf(p->text + p->length, room, format, arguments);
    va_end(arguments);
    assert(length >= 0); /* only a wide character can fail, and there are none */
    fits = (size_t)length < room;
    if (fits)
      p->length += (size_t)length;
    else
      reserve(p, (size_t)length);
  }
}

void page_add_plain(page *p, const char *plain) {
  for (const char *c = plain; *c; c++) {
    if (strchr("\\`*_[]<>|#&", *c)) append(p, "\\", 1);
    append(p, *c == '\n' || *c == '\r' ? " " : c, 1);
  }
}

void page_trim(page *p) {
  while (p->length && p->text[p->length - 1] == '\n') p->text[--p->length] = '\0';
}

const char *page_text(const page *p) { return p->text ? p->text : ""; }

void page_free(page *p) {
  free(p->text);
  *p = (page){.text = NULL};
}
