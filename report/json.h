/* JSON: reads the provenance of a run, one object whose values are strings, numbers, true, false or null; and
 * writes strings and numbers. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>

#include "report/page.h"

typedef struct {
  char key[64], value[512]; /* cut short where they are longer */
} json_pair;

/* Takes the next pair from *text and moves on: begin with *text at the object, end at false, which a text
 * that is no such object gives too. Escapes are undone, \u for the first 128 characters alone. */
bool json_next(const char **text, json_pair *pair);

/* "text" with what JSON wants escaped; null for NULL. */
void json_add_text(page *p, const char *text);

/* In the fewest of 15 to 17 digits that read back to the same double; null for what is not finite. */
void json_add_number(page *p, double value);

#endif
