#include "experiments/data/say.h"
#include "experiments/data/parse.h"
#include "experiments/data/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WANTED = HOUSE_FEATURES + 1 }; /* the features and the price */

static const char *const wanted[WANTED] = {"OverallQual", "YearBuilt", "TotalBsmtSF", "GrLivArea",
                                           "SalePrice"};

typedef struct {
  int64_t fields;        /* in a line */
  int64_t place[WANTED]; /* of each wanted column, -1 until it is found */
} header;

/* The field that begins at *at, as [*begin, *end) without its quotes, and *at behind it: on the comma or at
 * the end of the line. A doubled quote inside is left as it is: no wanted name or number holds one. */
static int next_field(text *t, const char **at, const char **begin, const char **end) {
  const char *p = *at;
  if (p == t->end || *p != '"') {
    *begin = p;
    while (p < t->end && *p != ',' && *p != '"') p++;
    if (p < t->end && *p == '"')
      return text_fail(t, p, "a comma or the end of the line", "a quote inside a field");
    *end = *at = p;
    return 0;
  }
  *begin = ++p;
  while (p < t->end && (*p != '"' || (p + 1 < t->end && p[1] == '"'))) p += *p == '"' ? 2 : 1;
  if (p >= t->end) return text_fail(t, *begin - 1, "a closing quote on the same line", "none");
  *end = p++;
  if (p < t->end && *p != ',')
    return text_fail(t, p, "a comma or the end of the line", "text behind a quoted field");
  *at = p;
  return 0;
}

static int equals(const char *begin, const char *end, const char *name) {
  return (size_t)(end - begin) == strlen(name) && memcmp(begin, name, strlen(name)) == 0;
}

static int parse_header(text *t, header *h) {
  *h = (header){.fields = 0};
  for (int k = 0; k < WANTED; k++) h->place[k] = -1;
  const int more = text_line(t);
  if (more < 0) return -1;
  if (more == 0)
    return say(t->message, t->size, "%s: expected a line of column names, found an empty file; replace it",
               t->name);
  for (const char *at = t->begin;; at++, h->fields++) {
    const char *begin, *end;
    if (next_field(t, &at, &begin, &end) != 0) return -1;
    for (int k = 0; k < WANTED; k++) {
      if (!equals(begin, end, wanted[k])) continue;
      if (h->place[k] >= 0) return text_fail_token(t, begin, end, "each column once");
      h->place[k] = h->fields;
    }
    if (at == t->end) break;
  }
  h->fields++;
  for (int k = 0; k < WANTED; k++)
    if (h->place[k] < 0)
      return say(t->message, t->size, "%s:1: expected a column %s, found none of that name; replace the file",
                 t->name, wanted[k]);
  return 0;
}

static int parse_row(text *t, const header *h, double value[WANTED]) {
  char expected[64];
  int64_t field = 0;
  for (const char *at = t->begin;; at++, field++) {
    const char *begin, *end;
    if (next_field(t, &at, &begin, &end) != 0) return -1;
    for (int k = 0; k < WANTED; k++) {
      if (h->place[k] != field) continue;
      (void)snprintf(expected, sizeof expected, "a number for %s", wanted[k]);
      if (text_number(t, begin, end, expected, &value[k]) != 0) return -1;
    }
    if (at == t->end) break;
  }
  if (++field == h->fields) return 0;
  char found[32];
  (void)snprintf(expected, sizeof expected, "%lld fields", (long long)h->fields);
  (void)snprintf(found, sizeof found, "%lld", (long long)field);
  return text_fail(t, t->end, expected, found);
}

static int parse_rows(text *t, int64_t rows, houses *h) {
  header columns;
  char expected[64];
  int more;
  if (parse_header(t, &columns) != 0) return -1;
  (void)snprintf(expected, sizeof expected, "%lld rows below the column names", (long long)rows);
  while ((more = text_line(t)) > 0) {
    double value[WANTED];
    if (h->n == rows) return text_fail(t, t->begin, expected, "one more");
    if (parse_row(t, &columns, value) != 0) return -1;
    memcpy(&h->x[h->n * HOUSE_FEATURES], value, HOUSE_FEATURES * sizeof *value);
    h->price[h->n++] = value[HOUSE_FEATURES];
  }
  if (more < 0) return -1;
  if (h->n < rows)
    return say(t->message, t->size, "%s: expected %s, found %lld; the file is cut short, replace it", t->name,
               expected, (long long)h->n);
  return 0;
}

int houses_parse(const char *bytes, size_t n, const char *name, int64_t rows, houses *h, char *message,
                 size_t size) {
  text t;
  *h = (houses){0};
  if (text_open(&t, name, bytes, n, message, size) != 0) return -1;
  h->x = calloc((size_t)rows * HOUSE_FEATURES, sizeof *h->x);
  h->price = calloc((size_t)rows, sizeof *h->price);
  const int status = h->x != NULL && h->price != NULL
                         ? parse_rows(&t, rows, h)
                         : say(message, size, "%s: no memory for %lld houses", name, (long long)rows);
  text_close(&t);
  if (status != 0) houses_free(h);
  return status;
}

void houses_free(houses *h) {
  free(h->x);
  free(h->price);
  *h = (houses){0};
}
