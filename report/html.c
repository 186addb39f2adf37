/* Blocks: a line says by how it begins which block it belongs to; blocks inside of each other are lists
 * alone. */
#include "report/html.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 8 };

typedef struct {
  const char *at; /* the line that comes next */
  page *out;
  html_images images;
  const char *open[DEPTH]; /* elements of the lists that are open: "ul" or "ol" */
  size_t depth;
} writer;

static size_t line_length(const char *line) { return strcspn(line, "\n"); }

static const char *next_line(const char *line) {
  return line + line_length(line) + (line[line_length(line)] == '\n');
}

static bool is_empty(const char *line) {
  return line[strspn(line, " ")] == '\n' || line[strspn(line, " ")] == '\0';
}

static void inside(writer *w, const char *text, size_t length) {
  html_inline(w->out, text, length, &w->images);
}

/* ---- Lists --------------------------------------------------------------------------------------------- */

/* "    - text" or "12. text": the place of the text, and the list's element. NULL: it is no item. */
static const char *item(const char *line, size_t *depth, const char **element) {
  size_t indent = strspn(line, " "), digits = strspn(line + indent, "0123456789");
  const char *mark = line + indent;
  *depth = indent / 4 + 1;
  *element = digits ? "ol" : "ul";
  if (digits && strncmp(mark + digits, ". ", 2) == 0) return mark + digits + 2;
  return strncmp(mark, "- ", 2) == 0 ? mark + 2 : NULL;
}

static void close_lists(writer *w, size_t depth) {
  while (w->depth > depth) page_add(w->out, "</li></%s>\n", w->open[--w->depth]);
}

static void write_item(writer *w, const char *text, size_t depth, const char *element) {
  if (depth > DEPTH) depth = DEPTH;
  close_lists(w, depth);
  if (w->depth == depth) page_add(w->out, "</li>\n");
  while (w->depth < depth) {
    page_add(w->out, "\n<%s>\n", element);
    w->open[w->depth++] = element;
    if (w->depth < depth) page_add(w->out, "<li>");
  }
  page_add(w->out, "<li>");
  inside(w, text, line_length(text));
  w->at = next_line(text);
}

/* ---- Tables -------------------------------------------------------------------------------------------- */

/* One cell of "| a | b |", where a bar inside of a cell is escaped: the place of the next, or NULL after the
 * last. */
static const char *next_cell(const char *cell, size_t *length) {
  const char *end = cell;
  while (*end && *end != '\n' && *end != '|') end += *end == '\\' && end[1] ? 2 : 1;
  if (*end != '|') return NULL;
  *length = (size_t)(end - cell);
  return end + 1;
}

static bool is_right(const char *rule, size_t column) {
  size_t length = 0;
  const char *cell = rule + 1;
  for (size_t i = 0; cell && i <= column; i++) {
    const char *next = next_cell(cell, &length);
    if (next && i == column) return memmem(cell, length, "-:", 2) != NULL;
    cell = next;
  }
  return false;
}

static void write_row(writer *w, const char *rule, const char *element) {
  size_t length = 0, column = 0;
  page_add(w->out, "<tr>");
  for (const char *cell = w->at + 1, *next; (next = next_cell(cell, &length)) != NULL;
       cell = next, column++) {
    while (length && *cell == ' ') cell++, length--;
    while (length && cell[length - 1] == ' ') length--;
    page_add(w->out, "<%s%s>", element, is_right(rule, column) ? " class=\"number\"" : "");
    inside(w, cell, length);
    page_add(w->out, "</%s>", element);
  }
  page_add(w->out, "</tr>\n");
  w->at = next_line(w->at);
}

static void write_table(writer *w) {
  const char *rule = next_line(w->at);
  page_add(w->out, "<div class=\"wide\"><table>\n<thead>\n");
  write_row(w, rule, "th");
  page_add(w->out, "</thead>\n<tbody>\n");
  w->at = next_line(rule);
  while (*w->at == '|') write_row(w, rule, "td");
  page_add(w->out, "</tbody>\n</table></div>\n");
}

/* ---- Other blocks -------------------------------------------------------------------------------------- */

/* A heading can be linked to by its words: "Final models" is #final-models. */
static void write_heading(writer *w) {
  size_t level = strspn(w->at, "#"), length = line_length(w->at);
  const char *text = w->at + level + 1;
  page_add(w->out, "<h%zu id=\"", level);
  for (const char *c = text; c < w->at + length; c++)
    if (isalnum((unsigned char)*c) || *c == ' ' || *c == '-')
      page_add(w->out, "%c", *c == ' ' ? '-' : tolower((unsigned char)*c));
  page_add(w->out, "\">");
  inside(w, text, length - level - 1);
  page_add(w->out, "</h%zu>\n", level);
  w->at = next_line(w->at);
}

static void write_code(writer *w) {
  page_add(w->out, "<pre><code>");
  for (w->at = next_line(w->at); *w->at && strncmp(w->at, "```", 3) != 0; w->at = next_line(w->at)) {
    html_text(w->out, w->at, line_length(w->at));
    page_add(w->out, "\n");
  }
  page_add(w->out, "</code></pre>\n");
  w->at = next_line(w->at);
}

static void write_quote(writer *w) {
  page_add(w->out, "<blockquote>\n");
  for (; *w->at == '>'; w->at = next_line(w->at)) {
    size_t skip = 1 + (w->at[1] == ' ');
    if (line_length(w->at) <= skip) continue;
    page_add(w->out, "<p>");
    inside(w, w->at + skip, line_length(w->at) - skip);
    page_add(w->out, "</p>\n");
  }
  page_add(w->out, "</blockquote>\n");
}

static void write_html(writer *w) {
  page_add(w->out, "%.*s\n", (int)line_length(w->at), w->at);
  w->at = next_line(w->at);
}

static bool begins_block(const char *line) {
  size_t depth;
  const char *element;
  return is_empty(line) || strchr("#|><`", *line) || item(line, &depth, &element);
}

/* The lines up to the next block are one text. */
static void write_paragraph(writer *w) {
  const char *end = next_line(w->at);
  while (*end && !begins_block(end)) end = next_line(end);
  size_t length = (size_t)(end - w->at);
  while (length && w->at[length - 1] == '\n') length--;
  page_add(w->out, "<p>");
  inside(w, w->at, length);
  page_add(w->out, "</p>\n");
  w->at = end;
}

static void write_block(writer *w) {
  size_t depth;
  const char *element, *text = item(w->at, &depth, &element);
  if (text) {
    write_item(w, text, depth, element);
    return;
  }
  close_lists(w, 0);
  if (is_empty(w->at))
    w->at = next_line(w->at);
  else if (*w->at == '#')
    write_heading(w);
  else if (*w->at == '|')
    write_table(w);
  else if (*w->at == '>')
    write_quote(w);
  else if (*w->at == '<')
    write_html(w);
  else if (strncmp(w->at, "```", 3) == 0)
    write_code(w);
  else
    write_paragraph(w);
}

int html_write(const char *markdown, const char *style, const char *folder, page *out, message *m) {
  writer w = {.at = markdown, .out = out, .images = {.folder = folder, .m = m}};
  size_t title = strspn(markdown, "# ");
  page_add(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
  html_text(out, markdown + title, line_length(markdown + title));
  page_add(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", style);
  while (*w.at && w.images.status == 0) write_block(&w);
  close_lists(&w, 0);
  page_add(out, "</body>\n</html>\n");
  return w.images.status;
}
