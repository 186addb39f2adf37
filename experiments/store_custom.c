/* The rows that users added to the catalogue, and the removal of what is no longer wanted. */
#include <stdlib.h>
#include <string.h>

#include "experiments/store_internal.h"

static const char columns[] = "name, profile, settings, sweep_key, sweep_values, cross_key, cross_values";

void store_custom_free(store_custom *c) {
  free(c->settings);
  free(c->sweep_key);
  free(c->sweep_values);
  free(c->cross_key);
  free(c->cross_values);
  *c = (store_custom){.settings = NULL};
}

static void read_row(const store_query *q, store_custom *c) {
  *c = (store_custom){.settings = store_column_text(q, 2),
                      .sweep_key = store_column_text(q, 3),
                      .sweep_values = store_column_text(q, 4),
                      .cross_key = store_column_text(q, 5),
                      .cross_values = store_column_text(q, 6)};
  store_column_copy(q, 0, c->name, sizeof c->name);
  store_column_copy(q, 1, c->profile, sizeof c->profile);
}

int store_customs(store *s, const char *profile, store_custom **list, size_t *count, message *m) {
  *list = NULL;
  *count = 0;
  if (s->version < 2) return 0; /* of a time when there were none */
  char *sql =
      memory_format("SELECT %s FROM custom WHERE ?1='' OR profile=?1 ORDER BY name, profile", columns);
  store_query q = store_prepare(s, sql, "reading the added rows");
  free(sql);
  store_bind_text(&q, profile ? profile : "");
  int status;
  while ((status = store_step(&q, m)) == 1) {
    *list = memory_resize(*list, *count + 1, sizeof **list);
    read_row(&q, &(*list)[(*count)++]);
  }
  store_finish(&q);
  return status < 0 ? -1 : *count > 0;
}

static bool same(const store_custom *a, const store_custom *b) {
  return strcmp(a->settings, b->settings) == 0 && strcmp(a->sweep_key, b->sweep_key) == 0 &&
         strcmp(a->sweep_values, b->sweep_values) == 0 && strcmp(a->cross_key, b->cross_key) == 0 &&
         strcmp(a->cross_values, b->cross_values) == 0;
}

/* 1 when a row of this name is there and says the same, -1 when it says something else. */
static int look(store *s, const store_custom *wanted, message *m) {
  char *sql = memory_format("SELECT %s FROM custom WHERE name=? AND profile=?", columns);
  store_query q = store_prepare(s, sql, "reading the added rows");
  free(sql);
  store_bind_text(&q, wanted->name);
  store_bind_text(&q, wanted->profile);
  int found = store_step(&q, m);
  if (found == 1) {
    store_custom there;
    read_row(&q, &there);
    if (!same(&there, wanted))
      found = message_fail(
          m,
          "%s: the store has another row of this name; choose another name, or take that one away "
          "with agx gc --forget %s",
          wanted->name, wanted->name);
    store_custom_free(&there);
  }
  store_finish(&q);
  return found;
}

int store_custom_save(store *s, const store_custom *c, message *m) {
  int found = look(s, c, m);
  if (found != 0) return found < 0 ? -1 : 0;
  char *sql = memory_format("INSERT INTO custom(%s) VALUES(?,?,?,?,?,?,?)", columns);
  store_query q = store_prepare(s, sql, "adding a row");
  free(sql);
  const char *const values[] = {c->name,         c->profile,   c->settings,    c->sweep_key,
                                c->sweep_values, c->cross_key, c->cross_values};
  for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) store_bind_text(&q, values[i]);
  int status = store_step(&q, m);
  store_finish(&q);
  return status;
}

/* Deletes by the parameters bound so far: 1 when something was there. */
static int delete (store_query *q, message *m) {
  int status = store_step(q, m);
  store_finish(q);
  return status < 0 ? -1 : sqlite3_changes(q->s->db) > 0;
}

int store_custom_forget(store *s, const char *name, const char *profile, message *m) {
  store_query q = store_prepare(s, "DELETE FROM custom WHERE name=? AND profile=?", "taking a row away");
  store_bind_text(&q, name);
  store_bind_text(&q, profile);
  return delete (&q, m);
}

int store_delete(store *s, const char *key, message *m) {
  store_query q = store_prepare(s, "DELETE FROM run WHERE key=?", "deleting a run");
  store_bind_text(&q, key);
  return delete (&q, m);
}
