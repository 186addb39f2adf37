/* Cache, upstream and the way back to the embedded data, on a small known file and with a `curl` of the
 * test's own. */
#include "experiments/data/content.h"
#include "experiments/data/obtain.h"
#include "tests/test_data.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_cache(void) {
  char path[256];
  ck_assert_int_eq(mkdir(in_home(path, ".cache"), 0700), 0);
  ck_assert_int_eq(mkdir(cache, 0700), 0);
}

/* A program named curl that notes its last argument and runs `body`; the only one in PATH beside the system's
 * tools. */
static void make_curl(const char *body) {
  char path[512], script[1024];
  (void)mkdir(in_home(path, "bin"), 0700);
  const int n = snprintf(script, sizeof script,
                         "#!/bin/sh\nfor last; do :; done\necho \"$last\" >> \"$HOME/asked\"\n%s\n", body);
  write_file(in_home(path, "bin/curl"), script, (size_t)n, 0700);
  (void)snprintf(path, sizeof path, "%s/bin:/usr/bin:/bin", home);
  set("PATH", path);
  set("AUTOGRAD_OFFLINE", NULL);
}

static int exists(const char *folder, const char *name) {
  char path[512];
  (void)snprintf(path, sizeof path, "%s/%s", folder, name);
  return access(path, F_OK) == 0;
}

static int entries_in_cache(void) {
  char command[256];
  int n = -1;
  (void)snprintf(command, sizeof command, "ls -A '%s' | wc -l", cache);
  FILE *f = popen(command, "r");
  ck_assert_ptr_nonnull(f);
  ck_assert_int_eq(fscanf(f, "%d", &n), 1);
  ck_assert_int_eq(pclose(f), 0);
  return n;
}

/* A small known file: its content is "hello\n". */
static char *embedded_greeting(size_t *n) {
  *n = 4;
  return strdup("hail");
}

static const data_file greeting = {.name = "greeting.txt",
                                   .what = "the greeting",
                                   .url = "https://example.org/greeting.txt",
                                   .sha256 =
                                       "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
                                   .bytes = 6,
                                   .embedded = embedded_greeting};

static int get(content *c, origin *from) {
  return obtain(&greeting, 1, NULL, c, from, message, sizeof message);
}

START_TEST(upstream_then_cache) {
  content c;
  origin from;
  make_curl("echo hello");
  ck_assert_int_eq(get(&c, &from), 0);
  ck_assert_str_eq(message, "");
  ck_assert_int_eq(from.source, DATA_UPSTREAM);
  ck_assert_str_eq(from.where, cache);
  ck_assert_uint_eq(c.n, 6);
  ck_assert_mem_eq(c.bytes, "hello\n", 6);
  content_free(&c);
  ck_assert_int_eq(entries_in_cache(), 1);
  ck_assert(exists(cache, "greeting.txt"));
  ck_assert(exists(home, "asked"));

  char asked[256];
  ck_assert_int_eq(unlink(in_home(asked, "asked")), 0);
  ck_assert_int_eq(get(&c, &from), 0);
  ck_assert_str_eq(message, "");
  ck_assert_int_eq(from.source, DATA_CACHE);
  ck_assert_str_eq(c.sha256, greeting.sha256);
  content_free(&c);
  ck_assert(!exists(home, "asked")); /* nothing was fetched */
}
END_TEST

START_TEST(cache_follows_xdg) {
  content c;
  origin from;
  char folder[256];
  set("XDG_CACHE_HOME", in_home(folder, "deep/er"));
  make_curl("echo hello");
  ck_assert_int_eq(get(&c, &from), 0);
  content_free(&c);
  ck_assert(exists(folder, "libautograd/greeting.txt"));
  ck_assert(!exists(home, ".cache"));
  set("XDG_CACHE_HOME", "relative"); /* the specification wants it ignored */
  ck_assert_int_eq(get(&c, &from), 0);
  content_free(&c);
  ck_assert(exists(cache, "greeting.txt"));
}
END_TEST

static const struct {
  const char *body, *warning;
} bad_upstreams[] = {
    {"exit 6",
     "greeting.txt: not fetched from https://example.org/greeting.txt: the host was not found (status 6); "},
    {"exit 7", "greeting.txt: not fetched from https://example.org/greeting.txt: no connection (status 7); "},
    {"echo hello; exit 22", "greeting.txt: not fetched from https://example.org/greeting.txt: the server has "
                            "no such file (status 22); "},
    {"exit 28",
     "greeting.txt: not fetched from https://example.org/greeting.txt: it took too long (status 28); "},
    {"kill -9 $$",
     "greeting.txt: not fetched from https://example.org/greeting.txt: curl failed (status 137); "},
    {"echo hell", "https://example.org/greeting.txt: expected 6 bytes, found 5; "},
    {"echo Hello", "https://example.org/greeting.txt: expected SHA-256 5891b5b522d5df08... of its content, "
                   "found 66a045b452102c59...; "},
    {"exit 0", "https://example.org/greeting.txt: expected 6 bytes, found 0; "},
};

START_TEST(upstream_that_fails) {
  content c;
  origin from;
  char expected[256];
  make_curl(bad_upstreams[_i].body);
  ck_assert_int_eq(get(&c, &from), 0);
  (void)snprintf(expected, sizeof expected, "%susing the embedded data", bad_upstreams[_i].warning);
  ck_assert_str_eq(message, expected);
  ck_assert_int_eq(from.source, DATA_EMBEDDED);
  ck_assert_str_eq(from.where, "embedded generator");
  ck_assert_uint_eq(c.n, 4);
  ck_assert_mem_eq(c.bytes, "hail", 4);
  content_free(&c);
  ck_assert_int_eq(entries_in_cache(), 0); /* no remains */
}
END_TEST

START_TEST(no_curl_no_cache_folder) {
  content c;
  origin from;
  char path[256];
  make_curl("echo hello");
  set("PATH", in_home(path, "empty"));
  ck_assert_int_eq(get(&c, &from), 0);
  expect("", "greeting.txt",
         ": not fetched from https://example.org/greeting.txt: curl is not installed (status 127); using the "
         "embedded data");
  content_free(&c);
  set("HOME", NULL);
  ck_assert_int_eq(get(&c, &from), 0);
  expect("no cache folder: neither XDG_CACHE_HOME nor HOME names one; using the embedded data", "", "");
  content_free(&c);
  set("XDG_CACHE_HOME", "/dev/null");
  ck_assert_int_eq(get(&c, &from), 0);
  expect("", "/dev/null",
         "/libautograd: the cache folder cannot be made: Not a directory; using the embedded data");
  ck_assert_int_eq(from.source, DATA_EMBEDDED);
  content_free(&c);
}
END_TEST

START_TEST(corrupt_cache_is_refused) {
  content c;
  origin from;
  char path[256], kept[16] = "";
  make_curl("echo hello");
  make_cache();
  (void)snprintf(path, sizeof path, "%s/greeting.txt", cache);
  write_file(path, "jello\n", 6, 0600);
  ck_assert_int_eq(get(&c, &from), -1);
  expect("", cache,
         "/greeting.txt: expected SHA-256 5891b5b522d5df08... of its content, found 8b128914480c08c1...; "
         "delete it, and it is fetched again");
  ck_assert_ptr_null(c.bytes);
  ck_assert(!exists(home, "asked"));
  FILE *f = fopen(path, "r");
  ck_assert_ptr_nonnull(f);
  ck_assert_ptr_nonnull(fgets(kept, sizeof kept, f));
  ck_assert_int_eq(fclose(f), 0);
  ck_assert_str_eq(kept, "jello\n");
}
END_TEST

START_TEST(one_missing_file_makes_all_embedded) {
  data_file pair[2] = {greeting, greeting};
  content c[2];
  origin from;
  pair[1].name = "other.txt";
  make_curl("echo hello");
  make_cache();
  char path[256];
  (void)snprintf(path, sizeof path, "%s/greeting.txt", cache);
  write_file(path, "hello\n", 6, 0600);
  make_curl("exit 7");
  ck_assert_int_eq(obtain(pair, 2, NULL, c, &from, message, sizeof message), 0);
  expect("", "other.txt",
         ": not fetched from https://example.org/greeting.txt: no connection (status 7); using the embedded "
         "data");
  ck_assert_int_eq(from.source, DATA_EMBEDDED);
  ck_assert_mem_eq(c[0].bytes, "hail", 4);
  ck_assert_mem_eq(c[1].bytes, "hail", 4);
  content_free(&c[0]);
  content_free(&c[1]);
}
END_TEST

START_TEST(offline_asks_nobody) {
  content c;
  origin from;
  make_curl("echo hello");
  set("AUTOGRAD_OFFLINE", "1");
  ck_assert_int_eq(get(&c, &from), 0);
  ck_assert_str_eq(message, "");
  ck_assert_int_eq(from.source, DATA_EMBEDDED);
  content_free(&c);
  ck_assert(!exists(home, "asked"));
  ck_assert(!exists(home, ".cache"));
  set("AUTOGRAD_OFFLINE", "0");
  ck_assert_int_eq(get(&c, &from), 0);
  ck_assert_int_eq(from.source, DATA_UPSTREAM);
  content_free(&c);
}
END_TEST

TCase *data_cache_tests(void) {
  TCase *t = tcase_create("cache");
  tcase_add_test(t, upstream_then_cache);
  tcase_add_test(t, cache_follows_xdg);
  tcase_add_loop_test(t, upstream_that_fails, 0, LENGTH(bad_upstreams));
  tcase_add_test(t, no_curl_no_cache_folder);
  tcase_add_test(t, corrupt_cache_is_refused);
  tcase_add_test(t, one_missing_file_makes_all_embedded);
  tcase_add_test(t, offline_asks_nobody);
  return t;
}
