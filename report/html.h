/* The report as one HTML page that needs nothing beside it: its style and its figures are inside.
 *
 * It is made from the Markdown of the report, and reads what the report writes: headings, paragraphs, block
 * quotes, fenced code, nested lists, tables, lines of HTML (<details>), and inside of a line *emphasis*,
 * **strong**, `code`, links, images and backslash escapes, all with the meaning that GitHub gives them. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include "experiments/message.h"
#include "report/page.h"

/* Adds the page for `markdown`. Images are read from `folder`, which their names are relative to; an SVG
 * image that cannot be read is an error. `style` is the text of a style sheet. */
int html_write(const char *markdown, const char *style, const char *folder, page *out, message *m);

/* What stands inside of a line (html_inline.c). */
typedef struct {
  const char *folder;
  message *m;
  int status; /* -1 after the first image that could not be read */
} html_images;

void html_inline(page *out, const char *text, size_t length, html_images *images);

/* Text with & < > " replaced. */
void html_text(page *out, const char *text, size_t length);

#endif
