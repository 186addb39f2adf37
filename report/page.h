/* Text that grows: what every part of the report is written into before anything reaches the disk. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stddef.h>

typedef struct {
  char *text; /* ends in '\0'; NULL while nothing was added */
  size_t length, size;
} page;

/* Adds formatted text, as it is. */
void page_add(page *p, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds plain text so that Markdown shows it as it stands: each of \ ` * _ [ ] < > | # & is escaped, a line
 * break becomes a space (a table cell cannot hold one). */
void page_add_plain(page *p, const char *plain);

/* Takes line breaks off the end. */
void page_trim(page *p);

/* What was written, never NULL; still owned by the page. */
const char *page_text(const page *p);

void page_free(page *p);

#endif
