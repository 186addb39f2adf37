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
        STORE_PATIENCE_MS / 1000, doing);
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
  sqlite3_busy_timeout(s->db, STORE_PATIENCE_MS);
  return store_execute(s, "PRAGMA foreign_keys=ON; PRAGMA synchronous=FULL", "opening it", m);
}

/* 1 and the store; 0 when the file is empty and may not be written; -1 and a line. */
static int open_as(store **out, const char *path, store_mode mode, message *m) {
  *out = NULL;
  if (find_file(path, mode, m) != 0) return -1;
  store *s = memory_new(1, sizeof *s);
  s->path = memory_text(path);
  int status = connect_to(s, mode, m) == 0 ? store_recognise(s, mode, m) : -1;
  if (status == 1 && mode != STORE_AGAIN && check_damage(s, m) != 0) status = -1;
  if (status == 1 && mode != STORE_READ && s->version < STORE_SCHEMA && store_bring_up(s, m) != 0)
    status = -1;
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
