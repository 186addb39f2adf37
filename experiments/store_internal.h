/* What the files of the store share: thin helpers over SQLite that turn its codes into lines
 * for people. */
#ifndef EXPERIMENTS_STORE_INTERNAL_H
#define EXPERIMENTS_STORE_INTERNAL_H

#include <sqlite3.h>

#include "experiments/store.h"

struct store {
  sqlite3 *db;
  char *path;
  int version; /* of the schema as it was opened */
};

/* How long to wait for another writer; a result takes milliseconds to write. */
enum { STORE_PATIENCE_MS = 60000 };

/* Whether the file is a store of ours that this program understands: 1, -1 when it is something else. An
 * empty file becomes one when it may be written, else 0. */
int store_recognise(store *s, store_mode mode, message *m);
/* Brings it from the schema that it has to ours, losing nothing. */
int store_bring_up(store *s, message *m);

/* The line for an SQLite error, with what to do about it; returns -1. */
int store_complain(const store *s, int code, const char *doing, message *m);

/* Runs statements without results. */
int store_execute(store *s, const char *sql, const char *doing, message *m);

/* A statement and where it stands. The first thing that goes wrong sticks, so binds need no check of their
 * own. */
typedef struct {
  store *s;
  sqlite3_stmt *statement;
  const char *doing;
  int code, bound; /* bound: how many parameters have their value */
} store_query;

store_query store_prepare(store *s, const char *sql, const char *doing);
void store_bind_text(store_query *q, const char *text);
void store_bind_integer(store_query *q, int64_t value);
void store_bind_real(store_query *q, double value); /* a value that is not a number becomes NULL */
void store_bind_blob(store_query *q, const void *data, size_t size);
int store_step(store_query *q, message *m); /* 1 a row, 0 no more, -1 an error */
void store_run_again(store_query *q);       /* for another set of parameters */
void store_finish(store_query *q);

/* Columns of the current row. */
char *store_column_text(const store_query *q, int column);                        /* to be freed */
void store_column_copy(const store_query *q, int column, char *out, size_t size); /* cut where it is longer */
double store_column_real(const store_query *q, int column);                       /* NULL becomes NaN */

size_t tensor_type_size(tensor_type type);

#endif
