#include "report/table.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/message.h"

table table_new(size_t width, const table_column columns[]) {
  assert(width > 0 && width <= TABLE_COLUMNS);
  table t = {.width = width};
  memcpy(t.columns, columns, width * sizeof *columns);
  return t;
}

void table_cell(table *t, const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  t->cells = memory_resize(t->cells, t->count + 1, sizeof *t->cells);
  t->cells[t->count++] = memory_text(text);
}

/* In a code span only the backtick and, because this is a table, the bar are special. */
static void write_code(page *p, const char *text) {
  page_add(p, "`");
  for (const char *c = text; *c; c++) page_add(p, "%s%c", *c == '|' ? "\\" : "", *c == '`' ? '\'' : *c);
  page_add(p, "`");
}

static void write_cell(page *p, table_kind kind, const char *text) {
  page_add(p, " ");
  if (kind == TABLE_CODE && text[0])
    write_code(p, text);
  else
    page_add_plain(p, text);
  page_add(p, " |");
}

void table_write(const table *t, page *p) {
  assert(t->count % t->width == 0);
  page_add(p, "|");
  for (size_t i = 0; i < t->width; i++) write_cell(p, TABLE_TEXT, t->columns[i].heading);
  page_add(p, "\n|");
  for (size_t i = 0; i < t->width; i++)
    page_add(p, " %s |", t->columns[i].kind == TABLE_NUMBER ? "---:" : ":---");
  for (size_t i = 0; i < t->count; i++) {
    if (i % t->width == 0) page_add(p, "\n|");
    write_cell(p, t->columns[i % t->width].kind, t->cells[i]);
  }
  page_add(p, "\n\n");
}

void table_free(table *t) {
  for (size_t i = 0; i < t->count; i++) free(t->cells[i]);
  free(t->cells);
  *t = (table){.width = 0};
}
