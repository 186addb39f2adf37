/* Inside of a line: escapes, code, emphasis, links, and images as data URIs. */
#include "report/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "report/files.h"

void html_text(page *out, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) switch (text[i]) {
    case '&': page_add(out, "&amp;"); break;
    case '<': page_add(out, "&lt;"); break;
    case '>': page_add(out, "&gt;"); break;
    case '"': page_add(out, "&quot;"); break;
    default: page_add(out, "%c", text[i]);
    }
}

/* Three bytes give four characters; what is missing at the end is filled with '='. */
static void base64(page *out, const char *bytes, size_t length) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < length; i += 3) {
    uint32_t three = 0;
    for (size_t k = 0; k < 3; k++) three = three << 8 | (i + k < length ? (unsigned char)bytes[i + k] : 0);
    for (size_t k = 0; k < 4; k++)
      page_add(out, "%c", i + k <= length ? digits[three >> (18 - 6 * k) & 63] : '=');
  }
}

static bool is_special(char c) { return c && strchr("\\`*_{}[]<>()#+-.!|&", c); }

/* Alternative texts and addresses: escapes are undone, and nothing else has a meaning. */
static void plain(page *out, const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\\' && i + 1 < length && is_special(text[i + 1])) i++;
    html_text(out, &text[i], 1);
  }
}

/* The place of an unescaped `end` in text[from ..], or `length`. */
static size_t find(const char *text, size_t from, size_t length, const char *end) {
  size_t size = strlen(end);
  for (size_t i = from; i + size <= length; i++) {
    if (text[i] == '\\')
      i++;
    else if (strncmp(text + i, end, size) == 0)
      return i;
  }
  return length;
}

/* "[text](address)": *label is the end of the text and *end the closing parenthesis, counted from the
 * bracket. */
static bool is_link(const char *text, size_t length, size_t *label, size_t *end) {
  *label = find(text, 1, length, "](");
  *end = find(text, *label, length, ")");
  return *label < length && *end < length;
}

static void image(page *out, const char *text, size_t label, size_t end, html_images *images) {
  char *path = memory_format("%s/%.*s", images->folder, (int)(end - label - 2), text + label + 2);
  char *svg = images->status == 0 ? file_read(path, images->m) : NULL;
  if (svg) {
    page_add(out, "<img alt=\"");
    plain(out, text + 1, label - 1);
    page_add(out, "\" src=\"data:image/svg+xml;base64,");
    base64(out, svg, strlen(svg));
    page_add(out, "\">");
  } else {
    images->status = -1;
  }
  free(svg);
  free(path);
}

static void link(page *out, const char *text, size_t label, size_t end, html_images *images) {
  page_add(out, "<a href=\"");
  plain(out, text + label + 2, end - label - 2);
  page_add(out, "\">");
  html_inline(out, text + 1, label - 1, images);
  page_add(out, "</a>");
}

/* What stands between `mark` and `mark`, in an element; returns how much of the text that took, 0 where it is
 * not closed. */
static size_t enclosed(page *out, const char *text, size_t length, const char *mark, const char *element,
                       html_images *images) {
  size_t size = strlen(mark), end = find(text, size, length, mark);
  if (strncmp(text, mark, size) != 0 || end >= length || end == size) return 0;
  page_add(out, "<%s>", element);
  html_inline(out, text + size, end - size, images);
  page_add(out, "</%s>", element);
  return end + size;
}

/* A code span knows no escapes, but for the bar that a table asks for. */
static size_t code(page *out, const char *text, size_t length) {
  const char *end = memchr(text + 1, '`', length - 1);
  if (!end) return 0;
  page_add(out, "<code>");
  for (const char *c = text + 1; c < end; c++)
    if (c[0] != '\\' || c[1] != '|') html_text(out, c, 1);
  page_add(out, "</code>");
  return (size_t)(end - text) + 1;
}

/* One piece of the line; returns its length. */
static size_t piece(page *out, const char *text, size_t length, html_images *images) {
  size_t label, end, took = 0;
  if (text[0] == '\\' && length > 1 && is_special(text[1])) {
    html_text(out, text + 1, 1);
    return 2;
  }
  if (text[0] == '!' && length > 1 && text[1] == '[' && is_link(text + 1, length - 1, &label, &end)) {
    image(out, text + 1, label, end, images);
    return end + 2;
  }
  if (text[0] == '[' && is_link(text, length, &label, &end)) {
    link(out, text, label, end, images);
    return end + 1;
  }
  if (text[0] == '`') took = code(out, text, length);
  if (!took) took = enclosed(out, text, length, "**", "strong", images);
  if (!took && text[0] == '*' && length > 1 && text[1] != ' ')
    took = enclosed(out, text, length, "*", "em", images);
  if (!took) html_text(out, text, 1);
  return took ? took : 1;
}

void html_inline(page *out, const char *text, size_t length, html_images *images) {
  for (size_t i = 0; i < length;) i += piece(out, text + i, length - i, images);
}
