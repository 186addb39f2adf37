/* Rows that users add to the catalogue without touching C: one configuration with a name, or a sweep over one
 * or two keys. They are kept in the store, so that the report can show them in its appendix, and are rows
 * like all others. */
#ifndef EXPERIMENTS_CUSTOM_H
#define EXPERIMENTS_CUSTOM_H

#include "experiments/catalogue.h"
#include "experiments/store.h"

typedef struct {
  catalogue_row row;
  store_custom text; /* what the row was made from; its strings are the row's */
  char *id, *name, *title, *choice;
} custom_row;

/* Makes a row of its text, which it takes over; the text may be anything. The error names what is wrong with
 * it: a name that is none, too many settings or values, a configuration that makes no sense. */
int custom_row_make(custom_row *r, store_custom *text, message *m);
void custom_row_free(custom_row *r);

typedef struct {
  custom_row *rows;
  size_t count;
  const catalogue_row **list; /* the rows as the catalogue lists its own: NULL at the end */
} custom_rows;

/* The rows of a profile that a store has; none without a store (NULL). */
int custom_rows_read(custom_rows *rows, store *s, const catalogue_profile *profile, message *m);
void custom_rows_free(custom_rows *rows);

#endif
