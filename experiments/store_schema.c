/* Whose a file is, of which schema, and how it is brought to ours. */
#include "experiments/store_internal.h"

#include <stdio.h>

enum { APPLICATION_ID = 0x61677831 }; /* "agx1": how a store is told from another SQLite file */

static const char schema[] =
    "CREATE TABLE run(key TEXT PRIMARY KEY, config TEXT NOT NULL, seed INTEGER NOT NULL, data_digest TEXT "
    "NOT NULL,"
    "  engine TEXT NOT NULL, status TEXT NOT NULL CHECK(status IN ('done', 'diverged', 'failed')), message "
    "TEXT NOT NULL,"
    "  failed_step INTEGER NOT NULL, started REAL NOT NULL, seconds REAL NOT NULL, cpu_seconds REAL NOT NULL,"
    "  peak_kb INTEGER NOT NULL, threads INTEGER NOT NULL, provenance TEXT NOT NULL);"
    "CREATE INDEX run_config ON run(config);"
    "CREATE TABLE history(run TEXT NOT NULL REFERENCES run(key) ON DELETE CASCADE, step INTEGER NOT NULL,"
    "  epoch INTEGER NOT NULL, lr REAL, train_loss REAL, validation_loss REAL, validation_metric REAL, "
    "test_loss REAL,"
    "  test_metric REAL, seconds REAL, PRIMARY KEY(run, step)) WITHOUT ROWID;"
    "CREATE TABLE metric(run TEXT NOT NULL REFERENCES run(key) ON DELETE CASCADE, name TEXT NOT NULL, value "
    "REAL,"
    "  PRIMARY KEY(run, name)) WITHOUT ROWID;"
    "CREATE TABLE tensor(run TEXT NOT NULL REFERENCES run(key) ON DELETE CASCADE, name TEXT NOT NULL, type "
    "TEXT NOT NULL,"
    "  shape TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY(run, name));"
    "CREATE TABLE data(problem TEXT PRIMARY KEY, digest TEXT NOT NULL, source TEXT NOT NULL, place TEXT NOT "
    "NULL) WITHOUT ROWID;";

/* What schema 2 has beyond schema 1. */
static const char schema_2[] = "CREATE TABLE custom(name TEXT NOT NULL, profile TEXT NOT NULL, settings TEXT "
                               "NOT NULL, sweep_key TEXT NOT NULL,"
                               "  sweep_values TEXT NOT NULL, cross_key TEXT NOT NULL, cross_values TEXT NOT "
                               "NULL, PRIMARY KEY(name, profile))"
                               "  WITHOUT ROWID;";

/* The first column of the first row of a query, an integer. */
static int ask(store *s, const char *sql, int64_t *answer, message *m) {
  store_query q = store_prepare(s, sql, "looking at it");
  int status = store_step(&q, m);
  if (status == 1) *answer = sqlite3_column_int64(q.statement, 0);
  store_finish(&q);
  return status < 0 ? -1 : 0;
}

/* Only one of several programs that start at once switches an empty file to WAL; SQLite does not wait for
 * that lock by itself. */
static int use_wal(store *s, message *m) {
  int code = SQLITE_BUSY;
  for (int waited = 0; code == SQLITE_BUSY && waited < STORE_PATIENCE_MS; waited += 20) {
    code = sqlite3_exec(s->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    if (code == SQLITE_BUSY) sqlite3_sleep(20);
  }
  return code == SQLITE_OK ? 0 : store_complain(s, code, "setting it up", m);
}

/* Brings the file from the version that it has to ours, an empty one too, in one transaction: several
 * programs may try at once. */
int store_bring_up(store *s, message *m) {
  static const char doing[] = "setting it up";
  if (store_execute(s, "BEGIN IMMEDIATE", doing, m) != 0) return -1;
  int64_t version = 0;
  char marks[96];
  snprintf(marks, sizeof marks, "PRAGMA application_id=%d; PRAGMA user_version=%d", APPLICATION_ID,
           STORE_SCHEMA);
  int status = ask(s, "PRAGMA user_version", &version, m);
  if (status == 0 && version < 1) status = store_execute(s, schema, doing, m);
  if (status == 0 && version < 2) status = store_execute(s, schema_2, doing, m);
  if (status == 0 && version < STORE_SCHEMA) status = store_execute(s, marks, doing, m);
  if (status == 0) status = store_execute(s, "COMMIT", doing, m);
  if (status == 0)
    s->version = STORE_SCHEMA;
  else
    sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
  return status;
}

static int create(store *s, message *m) { return use_wal(s, m) == 0 ? store_bring_up(s, m) : -1; }

/* Who made the file, of which schema, and how many tables it has: as of one moment, since another program may
 * be setting it up right now. */
static int identify(store *s, int64_t *owner, int64_t *version, int64_t *tables, message *m) {
  if (store_execute(s, "BEGIN", "looking at it", m) != 0) return -1;
  int status = ask(s, "PRAGMA application_id", owner, m) != 0 ||
                       ask(s, "PRAGMA user_version", version, m) != 0 ||
                       ask(s, "SELECT count(*) FROM sqlite_schema", tables, m) != 0
                   ? -1
                   : 0;
  sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
  return status;
}

int store_recognise(store *s, store_mode mode, message *m) {
  int64_t owner = 0, version = 0, tables = 0;
  if (identify(s, &owner, &version, &tables, m) != 0) return -1;
  if (owner == 0 && version == 0 && tables == 0) return mode == STORE_READ ? 0 : create(s, m) == 0 ? 1 : -1;
  if (owner != APPLICATION_ID)
    return message_fail(
        m, "%s: an SQLite file of something else, not a store of runs; choose another file with --store",
        s->path);
  if (version < 1 || version > STORE_SCHEMA)
    return message_fail(m,
                        "%s: a store of schema %lld, but this program knows schema %d; use the program that "
                        "made it, or another --store",
                        s->path, (long long)version, STORE_SCHEMA);
  s->version = (int)version;
  return 1;
}
