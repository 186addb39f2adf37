/* Markdown tables. Cells are plain text and are escaped here; a column of numbers is aligned to the right.
 *
 *   table t = table_new(2, (const table_column[]){{"loss", TABLE_TEXT}, {"accuracy, %", TABLE_NUMBER}});
 *   table_cell(&t, "cross-entropy");
 *   table_cell(&t, "%.2f", 97.11);       // the next row begins by itself
 *   table_write(&t, &page);
 *   table_free(&t); */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "report/page.h"

typedef enum { TABLE_TEXT, TABLE_NUMBER, TABLE_CODE } table_kind; /* code stands between backticks */

typedef struct {
  const char *heading;
  table_kind kind;
} table_column;

enum { TABLE_COLUMNS = 10 };

typedef struct {
  table_column columns[TABLE_COLUMNS];
  size_t width, count; /* columns; cells so far */
  char **cells;
} table;

table table_new(size_t width, const table_column columns[]);
void table_cell(table *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void table_write(const table *t,
                 page *p); /* and an empty line after it; a row that was begun must be complete */
void table_free(table *t);

#endif
