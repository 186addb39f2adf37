#include "experiments/bytes.h"

#include <string.h>

#include "experiments/message.h"

void bytes_put(bytes *b, const void *data, size_t size) {
  if (b->room - b->size < size) {
    b->room = 2 * b->room + size;
    b->data = memory_resize(b->data, b->room, 1);
  }
  if (size) memcpy(b->data + b->size, data, size);
  b->size += size;
}

void bytes_put_integer(bytes *b, int64_t value) { bytes_put(b, &value, sizeof value); }

void bytes_put_real(bytes *b, double value) { bytes_put(b, &value, sizeof value); }

void bytes_put_text(bytes *b, const char *text) {
  bytes_put_integer(b, (int64_t)strlen(text));
  bytes_put(b, text, strlen(text));
}

const void *bytes_take(bytes_reader *r, size_t size) {
  if (r->bad || r->left < size) {
    r->bad = true;
    return NULL;
  }
  const void *here = r->next;
  r->next += size;
  r->left -= size;
  return here;
}

int64_t bytes_take_integer(bytes_reader *r) {
  int64_t value = 0;
  const void *here = bytes_take(r, sizeof value);
  if (here) memcpy(&value, here, sizeof value);
  return value;
}

double bytes_take_real(bytes_reader *r) {
  double value = 0;
  const void *here = bytes_take(r, sizeof value);
  if (here) memcpy(&value, here, sizeof value);
  return value;
}

size_t bytes_take_count(bytes_reader *r, size_t size) {
  int64_t count = bytes_take_integer(r);
  if (count < 0 || (size > 0 && (uint64_t)count > r->left / size)) r->bad = true;
  return r->bad ? 0 : (size_t)count;
}

void bytes_take_text(bytes_reader *r, char *text, size_t room) {
  size_t length = bytes_take_count(r, 1);
  if (length >= room) r->bad = true;
  const void *here = r->bad ? NULL : bytes_take(r, length);
  if (here) memcpy(text, here, length);
  text[here ? length : 0] = '\0';
}
