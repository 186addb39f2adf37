/* Statements of the store: prepare, bind, step, read columns. */
#include "experiments/store_internal.h"

#include <math.h>
#include <stdio.h>

store_query store_prepare(store *s, const char *sql, const char *doing) {
  store_query q = {.s = s, .doing = doing};
  q.code = sqlite3_prepare_v2(s->db, sql, -1, &q.statement, NULL);
  return q;
}

static void note(store_query *q, int code) {
  if (q->code == SQLITE_OK) q->code = code;
}

void store_bind_text(store_query *q, const char *text) {
  note(q, sqlite3_bind_text(q->statement, ++q->bound, text, -1, SQLITE_TRANSIENT));
}

void store_bind_integer(store_query *q, int64_t value) {
  note(q, sqlite3_bind_int64(q->statement, ++q->bound, value));
}

void store_bind_real(store_query *q, double value) {
  note(q, sqlite3_bind_double(q->statement, ++q->bound, value));
}

void store_bind_blob(store_query *q, const void *data, size_t size) {
  note(q, sqlite3_bind_blob64(q->statement, ++q->bound, size ? data : "", size, SQLITE_TRANSIENT));
}

int store_step(store_query *q, message *m) {
  if (q->code == SQLITE_OK) {
    int code = sqlite3_step(q->statement);
    if (code == SQLITE_ROW) return 1;
    if (code == SQLITE_DONE) return 0;
    q->code = code;
  }
  return store_complain(q->s, q->code, q->doing, m);
}

void store_run_again(store_query *q) {
  sqlite3_reset(q->statement);
  q->bound = 0;
}

void store_finish(store_query *q) {
  sqlite3_finalize(q->statement);
  q->statement = NULL;
}

static const char *text_of(const store_query *q, int column) {
  const char *text = (const char *)sqlite3_column_text(q->statement, column);
  return text ? text : "";
}

char *store_column_text(const store_query *q, int column) { return memory_text(text_of(q, column)); }

void store_column_copy(const store_query *q, int column, char *out, size_t size) {
  snprintf(out, size, "%s", text_of(q, column));
}

double store_column_real(const store_query *q, int column) {
  return sqlite3_column_type(q->statement, column) == SQLITE_NULL
             ? (double)NAN
             : sqlite3_column_double(q->statement, column);
}
