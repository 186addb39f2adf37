#include "report/json.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_space(const char *c) { return c + strspn(c, " \t\r\n{,"); }

/* The character after a backslash; *c stands on it and is moved to its last byte. */
static char unescape(const char **c) {
  static const char names[] = "nrtbf", meanings[] = "\n\r\t\b\f";
  const char *name = strchr(names, **c);
  if (name && *name) return meanings[name - names];
  if (**c == 'u' && strlen(*c) >= 5) {
    char digits[5] = {(*c)[1], (*c)[2], (*c)[3], (*c)[4], '\0'};
    unsigned long code = strtoul(digits, NULL, 16);
    *c += 4;
    return code < 128 ? (char)code : '?';
  }
  return **c;
}

/* A quoted string: what it says goes to `text`. Returns the place after it, or NULL. */
static const char *read_string(const char *c, char *text, size_t size) {
  size_t length = 0;
  if (*c != '"') return NULL;
  for (c++; *c && *c != '"'; c++) {
    char plain = *c;
    if (plain == '\\') {
      c++;
      if (!*c) return NULL;
      plain = unescape(&c);
    }
    if (length + 1 < size) text[length++] = plain;
  }
  text[length] = '\0';
  return *c ? c + 1 : NULL;
}

static const char *read_word(const char *c, char *text, size_t size) {
  size_t length = strcspn(c, ",} \t\r\n"), kept = length < size ? length : size - 1;
  memcpy(text, c, kept);
  text[kept] = '\0';
  return length ? c + length : NULL;
}

bool json_next(const char **text, json_pair *pair) {
  const char *c = read_string(skip_space(*text), pair->key, sizeof pair->key);
  if (!c) return false;
  c += strspn(c, " \t\r\n");
  if (*c != ':') return false;
  c += 1 + strspn(c + 1, " \t\r\n");
  c = *c == '"' ? read_string(c, pair->value, sizeof pair->value)
                : read_word(c, pair->value, sizeof pair->value);
  if (!c) return false;
  *text = c;
  return true;
}

void json_add_text(page *p, const char *text) {
  if (!text) {
    page_add(p, "null");
    return;
  }
  page_add(p, "\"");
  for (const char *c = text; *c; c++)
    if ((unsigned char)*c < ' ')
      page_add(p, "\\u%04x", (unsigned)*c);
    else
      page_add(p, "%s%c", *c == '"' || *c == '\\' ? "\\" : "", *c);
  page_add(p, "\"");
}

void json_add_number(page *p, double value) {
  char text[32] = "null";
  for (int digits = 15; isfinite(value) && digits <= 17; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  page_add(p, "%s", text);
}
