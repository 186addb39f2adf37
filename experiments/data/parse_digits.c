#include "experiments/data/say.h"
#include "experiments/data/parse.h"
#include "experiments/data/text.h"

#include <stdio.h>
#include <stdlib.h>

static int blank(char c) { return c == ' ' || c == '\t'; }

/* The next word of the line from *at on, as [begin, *at): empty at the end of the line. */
static const char *next_word(const text *t, const char **at) {
  const char *begin = *at;
  while (begin < t->end && blank(*begin)) begin++;
  *at = begin;
  while (*at < t->end && !blank(**at)) (*at)++;
  return begin;
}

static int parse_label(text *t, const char **at, int64_t *label) {
  static const char expected[] = "a label 0 to 9";
  double value;
  const char *begin = next_word(t, at);
  if (text_number(t, begin, *at, expected, &value) != 0) return -1;
  if (!(value >= 0 && value <= 9) || value != (double)(int)value)
    return text_fail_token(t, begin, *at, expected);
  *label = (int64_t)value;
  return 0;
}

static int parse_pixels(text *t, const char **at, float *x) {
  char expected[64];
  for (int i = 0; i < DIGIT_PIXELS; i++) {
    double value;
    const char *begin = next_word(t, at);
    (void)snprintf(expected, sizeof expected, "pixel %d of 256 within [-1, 1]", i + 1);
    if (text_number(t, begin, *at, expected, &value) != 0) return -1;
    if (!(value >= -1 && value <= 1)) return text_fail_token(t, begin, *at, expected);
    x[i] = (float)value;
  }
  const char *begin = next_word(t, at);
  return begin == *at ? 0 : text_fail_token(t, begin, *at, "the end of the line after 256 pixels");
}

static int parse_rows(text *t, int64_t rows, digit_set *set) {
  char expected[64];
  int more;
  while ((more = text_line(t)) > 0) {
    (void)snprintf(expected, sizeof expected, "%lld rows", (long long)rows);
    if (set->n == rows) return text_fail(t, t->begin, expected, "one more");
    const char *at = t->begin;
    if (parse_label(t, &at, &set->label[set->n]) != 0) return -1;
    if (parse_pixels(t, &at, &set->x[set->n * DIGIT_PIXELS]) != 0) return -1;
    set->n++;
  }
  if (more < 0) return -1;
  if (set->n < rows)
    return say(t->message, t->size, "%s: expected %lld rows, found %lld; the file is cut short, replace it",
               t->name, (long long)rows, (long long)set->n);
  return 0;
}

int digits_parse(const char *bytes, size_t n, const char *name, int64_t rows, digit_set *set, char *message,
                 size_t size) {
  text t;
  *set = (digit_set){0};
  if (text_open(&t, name, bytes, n, message, size) != 0) return -1;
  set->x = calloc((size_t)rows * DIGIT_PIXELS, sizeof *set->x);
  set->label = calloc((size_t)rows, sizeof *set->label);
  const int status = set->x != NULL && set->label != NULL
                         ? parse_rows(&t, rows, set)
                         : say(message, size, "%s: no memory for %lld digits", name, (long long)rows);
  text_close(&t);
  if (status != 0) digit_set_free(set);
  return status;
}

void digit_set_free(digit_set *set) {
  free(set->x);
  free(set->label);
  *set = (digit_set){0};
}
