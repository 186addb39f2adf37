#include "experiments/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tensors in a store are little-endian");

enum {
  APPLICATION_ID = 0x61677831, /* "agx1": how a store is told from another SQLite file */
  PATIENCE_MS = 60000          /* how long to wait for another writer; a result takes milliseconds to write */
};

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

const char *run_status_name(run_status status) {
  static const char *const names[] = {"done", "diverged", "failed"};
  return names[status];
}

size_t tensor_type_size(tensor_type type) { return type == TENSOR_FLOAT32 ? 4 : 8; }

/* Whether the store's disk has no room: where SQLite meets that beside the store, it calls it something else.
 */
static bool disk_full(const store *s, int kind) {
  struct statvfs disk;
  if (kind == SQLITE_FULL) return true;
  if (kind != SQLITE_IOERR && kind != SQLITE_READONLY && kind != SQLITE_CANTOPEN) return false;
  return access(s->path, W_OK) == 0 && statvfs(s->path, &disk) == 0 && disk.f_bavail == 0;
}

/* Why a file that is there cannot be opened: not what was missed beside it, but that it can be made by
 * nobody. */
static const char *not_opened(const store *s) {
  int error = sqlite3_system_errno(s->db);
  if (error == ENOENT && access(s->path, F_OK) == 0 && access(s->path, W_OK) != 0) error = errno;
  return strerror(error);
}

int store_complain(const store *s, int code, const char *doing, message *m) {
  int kind = code & 0xff;
  if (disk_full(s, kind))
    return message_fail(m, "%s: the disk is full while %s; the store is as it was, make room and run again",
                        s->path, doing);
  switch (kind) {
  case SQLITE_NOTADB:
    return message_fail(m,
                        "%s: not a store of runs, nor any SQLite file; choose another file with --store, or "
                        "move this one away",
                        s->path);
  case SQLITE_CORRUPT:
    return message_fail(m,
                        "%s: the store is damaged (%s); restore a copy, or move it away to begin a new one",
                        s->path, sqlite3_errmsg(s->db));
  case SQLITE_READONLY:
    return message_fail(
        m,
        "%s: the store cannot be written to while %s; check its permissions, or choose another with --store",
        s->path, doing);
  case SQLITE_BUSY:
    return message_fail(
        m, "%s: another program has kept the store locked for %d s while %s; close it and run again", s->path,
        PATIENCE_MS / 1000, doing);
  case SQLITE_CANTOPEN:
    return message_fail(m,
                        "%s: the store cannot be opened (%s); check the folder and its permissions, or "
                        "choose another with --store",
                        s->path, not_opened(s));
  default: return message_fail(m, "%s: %s while %s", s->path, sqlite3_errmsg(s->db), doing);
  }
}

int store_execute(store *s, const char *sql, const char *doing, message *m) {
  int code = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
  return code == SQLITE_OK ? 0 : store_complain(s, code, doing, m);
}

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
  for (int waited = 0; code == SQLITE_BUSY && waited < PATIENCE_MS; waited += 20) {
    code = sqlite3_exec(s->db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    if (code == SQLITE_BUSY) sqlite3_sleep(20);
  }
  return code == SQLITE_OK ? 0 : store_complain(s, code, "setting it up", m);
}

/* Brings the file from the version that it has to ours, an empty one too, in one transaction: several
 * programs may try at once. */
static int bring_up(store *s, message *m) {
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
  if (status == 0) return 0;
  sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
  return -1;
}

static int create(store *s, message *m) { return use_wal(s, m) == 0 ? bring_up(s, m) : -1; }

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

/* Whether the file is a store of ours that this program understands: 1, -1 when it is something else. An
 * empty file becomes one when it may be written, else 0. */
static int recognise(store *s, store_mode mode, message *m) {
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

static int check_damage(store *s, message *m) {
  store_query q = store_prepare(s, "PRAGMA quick_check(1)", "reading it through");
  int status = store_step(&q, m);
  if (status == 1) {
    char *answer = store_column_text(&q, 0);
    if (strcmp(answer, "ok") != 0) {
      for (char *p = answer; *p; p++)
        if (*p == '\n') *p = ' ';
      status =
          message_fail(m, "%s: the store is damaged (%s); restore a copy, or move it away to begin a new one",
                       s->path, answer);
    }
    free(answer);
  }
  store_finish(&q);
  return status < 0 ? -1 : 0;
}

/* The address of a file for SQLite. A WAL store in a folder that cannot be written to (a released one, say)
 * can only be read by promising that nobody changes it. */
static char *address(const char *path, store_mode mode) {
  char *escaped = memory_new(3 * strlen(path) + 1, 1), *out = escaped;
  for (const char *p = path; *p; p++)
    out += sprintf(out, strchr("%?#", *p) ? "%%%02X" : "%c", (unsigned char)*p);
  char *folder = memory_text(path), *slash = strrchr(folder, '/');
  if (slash) slash[slash == folder] = '\0';
  char *log = memory_format("%s-wal", path);
  bool fixed = mode == STORE_READ && access(slash ? folder : ".", W_OK) != 0 && access(log, F_OK) != 0;
  char *uri = memory_format("file:%s%s", escaped, fixed ? "?immutable=1" : "");
  free(escaped);
  free(folder);
  free(log);
  return uri;
}

/* Makes the file where there is none and one is wanted. SQLite would try to read the file that it could not
 * make, and then know only that it is not there. */
static int find_file(const char *path, store_mode mode, message *m) {
  struct stat s;
  if (stat(path, &s) == 0)
    return S_ISDIR(s.st_mode)
               ? message_fail(m, "%s: a folder, not a store of runs; name a file with --store", path)
               : 0;
  if (mode != STORE_WRITE)
    return message_fail(m, "%s: %s; `agx run` makes a store, and --store names another one", path,
                        strerror(errno));
  int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0)
    return message_fail(m,
                        "%s: the store cannot be made (%s); check the folder and its permissions, or choose "
                        "another with --store",
                        path, strerror(errno));
  close(file);
  return 0;
}

static int connect_to(store *s, store_mode mode, message *m) {
  char *uri = address(s->path, mode);
  int flags = mode == STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  int code = sqlite3_open_v2(uri, &s->db, flags | SQLITE_OPEN_URI, NULL);
  free(uri);
  if (code != SQLITE_OK) return store_complain(s, code, "opening it", m);
  sqlite3_extended_result_codes(s->db, 1);
  sqlite3_busy_timeout(s->db, PATIENCE_MS);
  return store_execute(s, "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL", "opening it", m);
}

/* 1 and the store; 0 when the file is empty and may not be written; -1 and a line. */
static int open_as(store **out, const char *path, store_mode mode, message *m) {
  *out = NULL;
  if (find_file(path, mode, m) != 0) return -1;
  store *s = memory_new(1, sizeof *s);
  s->path = memory_text(path);
  int status = connect_to(s, mode, m) == 0 ? recognise(s, mode, m) : -1;
  if (status == 1 && mode != STORE_AGAIN && check_damage(s, m) != 0) status = -1;
  if (status == 1 && mode != STORE_READ && s->version < STORE_SCHEMA && bring_up(s, m) != 0) status = -1;
  if (status == 1)
    *out = s;
  else
    store_close(s);
  return status;
}

store *store_open(const char *path, store_mode mode, message *m) {
  store *s;
  if (open_as(&s, path, mode, m) == 0)
    message_fail(m, "%s: an empty file, not a store of runs; `agx run` makes one", path);
  return s;
}

int store_look(store **s, const char *path, message *m) {
  *s = NULL;
  return access(path, F_OK) == 0 ? open_as(s, path, STORE_READ, m) : 0;
}

void store_close(store *s) {
  if (!s) return;
  sqlite3_close(s->db);
  free(s->path);
  free(s);
}
