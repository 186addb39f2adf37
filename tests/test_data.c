/* The data room: parsers and digest, the user's folder, cache and upstream, the data sets and their splits, a
 * file each.
 *
 * Every test runs in a temporary folder that is its HOME, offline unless it brings its own `curl`. The real
 * data are looked at when AUTOGRAD_DATA names them. */
#include "tests/test_data.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

char home[64], cache[128], message[DATA_MESSAGE_SIZE];

void set(const char *name, const char *value) {
  ck_assert_int_eq(value != NULL ? setenv(name, value, 1) : unsetenv(name), 0);
}

static void setup(void) {
  strcpy(home, "/tmp/test-data-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(home));
  (void)snprintf(cache, sizeof cache, "%s/.cache/libautograd", home);
  set("HOME", home);
  set("XDG_CACHE_HOME", NULL);
  set("AUTOGRAD_DATA", NULL);
  set("AUTOGRAD_OFFLINE", "1");
}

static int remove_entry(const char *path, const struct stat *s, int kind, struct FTW *walk) {
  (void)s, (void)kind, (void)walk;
  return remove(path);
}

static void teardown(void) { ck_assert_int_eq(nftw(home, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0); }

char *in_home(char *path, const char *name) {
  (void)snprintf(path, 256, "%s/%s", home, name);
  return path;
}

void write_file(const char *path, const char *bytes, size_t n, mode_t mode) {
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
  ck_assert_int_eq(fclose(f), 0);
  ck_assert_int_eq(chmod(path, mode), 0);
}

void expect(const char *before, const char *where, const char *after) {
  char expected[DATA_MESSAGE_SIZE];
  (void)snprintf(expected, sizeof expected, "%s%s%s", before, where, after);
  ck_assert_str_eq(message, expected);
}

size_t gzip(const char *bytes, size_t n, char *out, size_t size) {
  z_stream z = {
      .next_in = (unsigned char *)strdup(bytes), .avail_in = (unsigned)n, .next_out = (unsigned char *)out};
  unsigned char *in = z.next_in;
  z.avail_out = (unsigned)size;
  ck_assert_int_eq(deflateInit2(&z, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
  ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
  ck_assert_int_eq(deflateEnd(&z), Z_OK);
  free(in);
  return size - z.avail_out;
}

static void add(Suite *s, TCase *t) {
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
}

int main(void) {
  Suite *s = suite_create("data");
  add(s, data_parse_tests());
  add(s, data_folder_tests());
  add(s, data_cache_tests());
  add(s, data_sets_tests());
  SRunner *runner = srunner_create(s);
  srunner_run_all(runner, CK_ENV);
  const int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
