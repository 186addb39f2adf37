/* Reads the provenance of a run: one JSON object whose values are strings, numbers, true, false or null. */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdbool.h>

typedef struct {
  char key[64], value[512]; /* cut short where they are longer */
} json_pair;

/* Takes the next pair from *text and moves on: begin with *text at the object, end at false, which a text
 * that is no such object gives too. Escapes are undone, \u for the first 128 characters alone. */
bool json_next(const char **text, json_pair *pair);

#endif
