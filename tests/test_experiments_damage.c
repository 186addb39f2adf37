/* Files that are no store, or one that cannot be used: one clear line, and not a byte of them changes. */
#include "tests/test_experiments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/store_internal.h"

static char *read_all(size_t *size) {
  FILE *f = fopen(store_path, "rb");
  ck_assert_ptr_nonnull(f);
  char *bytes = memory_new(1 << 22, 1);
  *size = fread(bytes, 1, 1 << 22, f);
  fclose(f);
  return bytes;
}

/* Opening fails in every mode with this line and leaves the file as it is. */
static void refused(const char *rest) {
  size_t before_size, after_size;
  char *before = read_all(&before_size);
  for (store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
    ck_assert_ptr_null(store_open(store_path, mode, &line));
    expect_line(store_path, rest);
  }
  char *after = read_all(&after_size);
  ck_assert_uint_eq(before_size, after_size);
  ck_assert_mem_eq(before, after, before_size);
  free(before);
  free(after);
}

static void make_store(int runs) {
  store *s = store_open(store_path, STORE_WRITE, &line);
  ck_assert_msg(s != NULL, "%s", line.text);
  for (int i = 0; i < runs; i++) {
    run_result r = {.config = memory_text("lr=0.01\n"), .status = RUN_DONE};
    static const double zeros[512];
    snprintf(r.key, sizeof r.key, "%064d", i);
    run_result_tensor(&r, "test/mean", TENSOR_FLOAT64, 1, (const int64_t[]){512}, zeros);
    ck_assert_int_eq(store_save(s, &r, &line), 0);
    run_result_free(&r);
  }
  store_close(s);
}

static void execute(const char *sql) {
  sqlite3 *db;
  ck_assert_int_eq(sqlite3_open(store_path, &db), SQLITE_OK);
  ck_assert_int_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
  ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

START_TEST(a_text_file_is_refused) {
  static char text[4096];
  memset(text, 'x', sizeof text);
  write_text(store_path, text, sizeof text);
  refused(
      "not a store of runs, nor any SQLite file; choose another file with --store, or move this one away");
}
END_TEST

START_TEST(a_foreign_database_is_refused) {
  execute("CREATE TABLE recipes(name TEXT)");
  refused("an SQLite file of something else, not a store of runs; choose another file with --store");
}
END_TEST

START_TEST(a_newer_schema_is_refused) {
  make_store(1);
  execute("PRAGMA user_version=3");
  refused("a store of schema 3, but this program knows schema 2; use the program that made it, or another "
          "--store");
}
END_TEST

/* A store of schema 1 is read as it is, not a byte of it changes; the first that writes brings it up to date.
 */
START_TEST(an_older_schema_loses_nothing) {
  make_store(3);
  execute("DROP TABLE custom; PRAGMA user_version=1; PRAGMA journal_mode=DELETE");
  size_t before_size, after_size, count;
  char *before = read_all(&before_size);
  run_result *runs;
  store_custom *rows;
  for (store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
    store *s = store_open(store_path, mode, &line);
    ck_assert_msg(s != NULL, "%s", line.text);
    ck_assert_int_eq(store_list(s, &runs, &count, &line), 1);
    ck_assert_uint_eq(count, 3);
    free_runs(runs, count);
    run_tensor tensor;
    char key[STORE_KEY];
    snprintf(key, sizeof key, "%064d", 2);
    ck_assert_int_eq(store_tensor(s, key, "test/mean", &tensor, &line), 1);
    free(tensor.data);
    ck_assert_int_eq(store_customs(s, NULL, &rows, &count, &line), 0);
    free(rows);
    store_close(s);
    if (mode == STORE_READ) {
      char *after = read_all(&after_size);
      ck_assert_uint_eq(before_size, after_size);
      ck_assert_mem_eq(before, after, before_size);
      free(after);
    }
  }
  free(before);
  execute("SELECT name FROM custom");
  sqlite3 *db;
  sqlite3_stmt *q;
  ck_assert_int_eq(sqlite3_open(store_path, &db), SQLITE_OK);
  ck_assert_int_eq(sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &q, NULL), SQLITE_OK);
  ck_assert_int_eq(sqlite3_step(q), SQLITE_ROW);
  ck_assert_int_eq(sqlite3_column_int(q, 0), STORE_SCHEMA);
  sqlite3_finalize(q);
  sqlite3_close(db);
}
END_TEST

START_TEST(a_damaged_store_is_refused) {
  make_store(40);
  size_t size;
  char *bytes = read_all(&size);
  ck_assert_uint_gt(size, 100000);
  memset(bytes + 3 * 4096, 0x5a, 4096);
  memset(bytes + 9 * 4096, 0x5a, 4096);
  write_text(store_path, bytes, size);
  free(bytes);
  ck_assert_ptr_null(store_open(store_path, STORE_READ, &line));
  char begin[256];
  snprintf(begin, sizeof begin, "%s: the store is damaged (", store_path);
  ck_assert_msg(strncmp(line.text, begin, strlen(begin)) == 0, "%s", line.text);
  ck_assert_ptr_nonnull(strstr(line.text, "); restore a copy, or move it away to begin a new one"));
  ck_assert_ptr_null(strchr(line.text, '\n'));
  ck_assert_ptr_null(store_open(store_path, STORE_WRITE, &line));
}
END_TEST

START_TEST(a_missing_store_is_named) {
  ck_assert_ptr_null(store_open(store_path, STORE_READ, &line));
  expect_line(store_path,
              "No such file or directory; `agx run` makes a store, and --store names another one");
  ck_assert_ptr_null(store_open(in_folder("no/such/folder.db"), STORE_WRITE, &line));
  expect_line(
      in_folder("no/such/folder.db"),
      "the store cannot be made (No such file or directory); check the folder and its permissions, or "
      "choose another with --store");
}
END_TEST

/* Nobody may write into the folder; root may, and therefore becomes somebody else for a while. */
START_TEST(a_folder_that_is_closed_is_named_as_the_cause) {
  enum { NOBODY = 65534 };
  bool root = geteuid() == 0;
  ck_assert_int_eq(chmod(folder, 0555), 0);
  if (root) ck_assert_int_eq(seteuid(NOBODY), 0);
  store *s = store_open(store_path, STORE_WRITE, &line);
  if (root) ck_assert_int_eq(seteuid(0), 0);
  ck_assert_int_eq(chmod(folder, 0700), 0);
  ck_assert_ptr_null(s);
  expect_line(store_path,
              "the store cannot be made (Permission denied); check the folder and its permissions, or "
              "choose another with --store");
  ck_assert_int_eq(access(store_path, F_OK), -1);
}
END_TEST

START_TEST(a_folder_is_no_store) {
  store *s;
  for (store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
    ck_assert_ptr_null(store_open(folder, mode, &line));
    expect_line(folder, "a folder, not a store of runs; name a file with --store");
  }
  ck_assert_int_eq(store_look(&s, folder, &line), -1);
  expect_line(folder, "a folder, not a store of runs; name a file with --store");
}
END_TEST

/* No file, an empty one, one that a killed program began to set up, a store, a text. */
START_TEST(who_looks_for_a_store_sees_what_a_writer_would_take) {
  store *s;
  ck_assert_int_eq(store_look(&s, store_path, &line), 0);
  ck_assert_ptr_null(s);
  ck_assert_int_eq(access(store_path, F_OK), -1);
  write_text(store_path, "", 0);
  ck_assert_int_eq(store_look(&s, store_path, &line), 0);
  ck_assert_ptr_null(s);
  execute("PRAGMA journal_mode=WAL");
  ck_assert_int_eq(store_look(&s, store_path, &line), 0);
  ck_assert_ptr_null(s);
  make_store(1);
  ck_assert_msg(store_look(&s, store_path, &line) == 1, "%s", line.text);
  ck_assert_ptr_nonnull(s);
  store_close(s);
  write_text(store_path, "no store", 8);
  ck_assert_int_eq(store_look(&s, store_path, &line), -1);
  ck_assert_ptr_null(s);
  expect_line(store_path,
              "not a store of runs, nor any SQLite file; choose another file with --store, or move "
              "this one away");
}
END_TEST

START_TEST(an_empty_file_becomes_a_store_only_for_a_writer) {
  write_text(store_path, "", 0);
  ck_assert_ptr_null(store_open(store_path, STORE_READ, &line));
  expect_line(store_path, "an empty file, not a store of runs; `agx run` makes one");
  make_store(1);
}
END_TEST

START_TEST(a_full_disk_costs_nothing_that_was_saved) {
  make_store(5);
  store *s = store_open(store_path, STORE_WRITE, &line);
  ck_assert_ptr_nonnull(s);
  ck_assert_int_eq(sqlite3_exec(s->db, "PRAGMA max_page_count=1", NULL, NULL, NULL),
                   SQLITE_OK); /* that is, as large as it is now */
  double *numbers = memory_new(100000, sizeof *numbers);
  run_result r = {.config = memory_text("lr=0.01\n"), .status = RUN_DONE, .key = "ff"};
  run_result_tensor(&r, "test/mean", TENSOR_FLOAT64, 1, (const int64_t[]){100000}, numbers);
  ck_assert_int_eq(store_save(s, &r, &line), -1);
  expect_line(store_path,
              "the disk is full while saving a result; the store is as it was, make room and run again");
  store_close(s);
  run_result_free(&r);
  free(numbers);
  run_result *runs;
  size_t count;
  s = store_open(store_path, STORE_READ, &line);
  ck_assert_int_eq(store_list(s, &runs, &count, &line), 1);
  ck_assert_uint_eq(count, 5);
  for (size_t i = 0; i < count; i++) run_result_free(&runs[i]);
  free(runs);
  store_close(s);
}
END_TEST

START_TEST(a_store_that_only_may_be_read_says_so) {
  make_store(1);
  store *s = store_open(store_path, STORE_READ, &line);
  run_result r = {.config = memory_text("lr=0.01\n"), .status = RUN_DONE, .key = "ff"};
  ck_assert_int_eq(store_save(s, &r, &line), -1);
  expect_line(store_path, "the store cannot be written to while saving a result; check its permissions, or "
                          "choose another with --store");
  store_close(s);
  run_result_free(&r);
}
END_TEST

START_TEST(a_path_may_hold_any_character) {
  snprintf(store_path, sizeof store_path, "%s", in_folder("a ?b%20#c.db"));
  make_store(1);
  ck_assert_int_eq(access(in_folder("a ?b%20#c.db"), R_OK), 0);
  store *s = store_open(store_path, STORE_READ, &line);
  ck_assert_msg(s != NULL, "%s", line.text);
  store_close(s);
}
END_TEST

TCase *experiments_damage_tests(void) {
  TCase *t = tcase_create("stores that cannot be used");
  tcase_add_test(t, a_text_file_is_refused);
  tcase_add_test(t, a_foreign_database_is_refused);
  tcase_add_test(t, a_newer_schema_is_refused);
  tcase_add_test(t, an_older_schema_loses_nothing);
  tcase_add_test(t, a_damaged_store_is_refused);
  tcase_add_test(t, a_missing_store_is_named);
  tcase_add_test(t, a_folder_that_is_closed_is_named_as_the_cause);
  tcase_add_test(t, a_folder_is_no_store);
  tcase_add_test(t, who_looks_for_a_store_sees_what_a_writer_would_take);
  tcase_add_test(t, an_empty_file_becomes_a_store_only_for_a_writer);
  tcase_add_test(t, a_full_disk_costs_nothing_that_was_saved);
  tcase_add_test(t, a_store_that_only_may_be_read_says_so);
  tcase_add_test(t, a_path_may_hold_any_character);
  return t;
}
