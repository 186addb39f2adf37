/* Reading a text line by line and number by number, strictly, with errors that say file:line:column.
 *
 * Accepted: lines that end in LF or CRLF, the last one with or without its end. Refused: NUL bytes, lines
 * above 1 MiB, anything that is not a finite decimal number where a number belongs. Numbers are read in the
 * "C" locale whatever the locale of the program. Columns count bytes from 1. */
#ifndef EXPERIMENTS_DATA_TEXT_H
#define EXPERIMENTS_DATA_TEXT_H

#include <locale.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  const char *name;        /* of the file, for messages */
  const char *next, *last; /* what is still to be read */
  const char *begin, *end; /* the current line without its end */
  int64_t line;            /* its number, from 1 */
  locale_t c;              /* the "C" locale */
  char *message;
  size_t size;
} text;

/* Start reading `n` bytes. Returns 0, or -1 with a message; after 0 the text must be closed. */
int text_open(text *t, const char *name, const char *bytes, size_t n, char *message, size_t size);
void text_close(text *t);

/* Step to the next line: 1 when there is one, 0 at the end, -1 with a message. */
int text_line(text *t);

/* Read the whole of [begin, end) as a number: 0, or -1 with the message "expected <expected>, found ...". */
int text_number(text *t, const char *begin, const char *end, const char *expected, double *value);

/* Say "name:line:column: expected <expected>, found <found>; ..." about a place in the current line; -1. */
int text_fail(text *t, const char *at, const char *expected, const char *found);

/* The same, where what was found is the text of [begin, end), shortened where it is long. */
int text_fail_token(text *t, const char *begin, const char *end, const char *expected);

#endif
