#include "experiments/data/text.h"

#include "experiments/data/say.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_LINE = 1 << 20, LONGEST_NUMBER = 63, LONGEST_QUOTE = 24 };

int text_open(text *t, const char *name, const char *bytes, size_t n, char *message, size_t size) {
  *t = (text){.name = name, .next = bytes, .last = bytes + n, .message = message, .size = size};
  t->c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
  if (t->c == (locale_t)0) return say(message, size, "%s: no \"C\" locale: %s", name, strerror(errno));
  return 0;
}

void text_close(text *t) {
  if (t->c != (locale_t)0) freelocale(t->c);
  t->c = (locale_t)0;
}

int text_fail(text *t, const char *at, const char *expected, const char *found) {
  return say(t->message, t->size, "%s:%lld:%lld: expected %s, found %s; correct the line or replace the file",
             t->name, (long long)t->line, (long long)(at - t->begin) + 1, expected, found);
}

int text_fail_token(text *t, const char *begin, const char *end, const char *expected) {
  char found[LONGEST_QUOTE + 8];
  if (begin == end) return text_fail(t, begin, expected, "nothing");
  const int shown = end - begin <= LONGEST_QUOTE ? (int)(end - begin) : LONGEST_QUOTE;
  (void)snprintf(found, sizeof found, end - begin <= LONGEST_QUOTE ? "'%.*s'" : "'%.*s...'", shown, begin);
  return text_fail(t, begin, expected, found);
}

int text_line(text *t) {
  if (t->next == t->last) return 0;
  t->line++;
  t->begin = t->next;
  const char *newline = memchr(t->begin, '\n', (size_t)(t->last - t->begin));
  t->end = newline != NULL ? newline : t->last;
  t->next = newline != NULL ? newline + 1 : t->last;
  if (t->end - t->begin > LONGEST_LINE)
    return text_fail(t, t->begin + LONGEST_LINE, "a line of at most 1 MiB", "a longer one");
  const char *nul = memchr(t->begin, '\0', (size_t)(t->end - t->begin));
  if (nul != NULL) return text_fail(t, nul, "text", "a NUL byte");
  if (t->end > t->begin && t->end[-1] == '\r') t->end--;
  return 1;
}

int text_number(text *t, const char *begin, const char *end, const char *expected, double *value) {
  /* strtod alone would take hexadecimal digits, infinities, NaNs and leading blanks, so the alphabet is
   * checked first. The copy gives the NUL that strtod stops at. */
  char copy[LONGEST_NUMBER + 1];
  const size_t n = (size_t)(end - begin);
  if (n == 0 || n > LONGEST_NUMBER) return text_fail_token(t, begin, end, expected);
  for (size_t i = 0; i < n; i++)
    if (strchr("0123456789+-.eE", begin[i]) == NULL) return text_fail_token(t, begin, end, expected);
  memcpy(copy, begin, n);
  copy[n] = '\0';
  char *stop;
  *value = strtod_l(copy, &stop, t->c);
  if (stop != copy + n || !isfinite(*value)) return text_fail_token(t, begin, end, expected);
  return 0;
}
