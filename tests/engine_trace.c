/* What a profile shows: the table, the trace file, and what it says to mistakes. */
#include "tests/test_engine.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BEGIN(...) ag_profile_begin(.c = c, .peak = 1e11, .bandwidth = 5e10, __VA_ARGS__)

/* ---- A reader of JSON: each function goes behind what it reads, or to NULL where that is no JSON ---- */

static const char *value(const char *at);

static const char *blanks(const char *at) { return at ? at + strspn(at, " \n\r\t") : NULL; }

static const char *letter(const char *at, char wanted) {
  at = blanks(at);
  return at && *at == wanted ? at + 1 : NULL;
}

static const char *string(const char *at) {
  for (at = letter(at, '"'); at && *at != '"'; at++) {
    if ((unsigned char)*at < ' ') return NULL;
    if (*at != '\\') continue;
    at++;
    if (*at == 'u' ? strspn(at + 1, "0123456789abcdefABCDEF") < 4 : !strchr("\"\\/bfnrt", *at)) return NULL;
  }
  return at ? at + 1 : NULL;
}

static const char *number(const char *at) {
  at += *at == '-';
  if (!isdigit((unsigned char)*at)) return NULL;
  at += *at == '0' ? 1 : strspn(at, "0123456789");
  if (*at != '.') return at;
  const size_t digits = strspn(at + 1, "0123456789");
  return digits ? at + 1 + digits : NULL;
}

static const char *members(const char *at, bool named, char end) {
  if (letter(at, end)) return letter(at, end);
  for (;;) {
    if (named) at = letter(string(at), ':');
    at = value(at);
    if (letter(at, end)) return letter(at, end);
    at = letter(at, ',');
    if (!at) return NULL;
  }
}

static const char *value(const char *at) {
  at = blanks(at);
  if (!at) return NULL;
  return *at == '{' ? members(at + 1, true, '}') : *at == '[' ? members(at + 1, false, ']') : *at == '"' ? string(at)
                                                                                                    : number(at);
}

/* ---- The trace ---- */

static char text[1 << 16], path[64], folder[] = "/tmp/test-trace-XXXXXX";

static const char *read_file(const char *name) {
  FILE *file = fopen(name, "rb");
  ck_assert_msg(file != NULL, "%s", name);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  return text;
}

static void make_folder(void) {
  strcpy(folder, "/tmp/test-trace-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
  snprintf(path, sizeof path, "%s/trace.json", folder);
}

static void remove_folder(void) {
  remove(path);
  ck_assert_int_eq(rmdir(folder), 0); /* nothing else was left behind */
}

static int count(const char *in, const char *part) {
  int n = 0;
  for (const char *at = in; (at = strstr(at, part)) != NULL; at++) n++;
  return n;
}

/* Begin and end, in microseconds, of the first event of that name and kind. */
static void times_of(const char *name, const char *kind, double *begin, double *end) {
  char head[128];
  snprintf(head, sizeof head, "\"name\": \"%s\", \"cat\": \"%s\", \"ts\": ", name, kind);
  const char *at = strstr(text, head);
  ck_assert_msg(at != NULL, "no %s of kind %s", name, kind);
  ck_assert_int_eq(sscanf(at + strlen(head), "%lf, \"dur\": %lf", begin, end), 2);
  *end += *begin;
}

START_TEST(traces_are_json_with_nested_events) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(32, 128), 1, -1, 1), *y = irregular_leaf(c, AG_SHAPE(128, 10), 2, -1, 1);
  BEGIN();
  ag_scope_begin(c);
  ag_backward(ag_sum(ag_matmul(x, y)));
  ag_scope_end(c);
  ag_profile_end(c);
  ck_assert(ag_profile_write_trace(c, path));
  ck_assert_ptr_eq(blanks(value(read_file(path))), text + strlen(text));
  ck_assert_int_eq(count(text, "\"ph\": \"X\""), 8); /* matmul sum | reshape expand permute matmul | pass scope */
  ck_assert_int_eq(count(text, "\"shapes\": \"32x128, 128x10 -> 32x10\", \"bytes\": 45568, \"flops\": 81920}}"), 1);
  ck_assert_int_eq(count(text, "\"shapes\": \"32x10 -> scalar\""), 1);
  ck_assert_int_eq(count(text, __FILE__ ":"), 7); /* all but the scope; vjps stand at the call that they are of */
  ck_assert_int_eq(count(text, "\"of\": \"matmul\""), 2);
  ck_assert_int_eq(count(text, "\"of\": \"sum\""), 2);
  ck_assert_int_eq(count(text, "\"events_not_kept\": 0"), 1);
  const char *const parts[][2] = {{"matmul", "forward"}, {"sum", "forward"}, {"matmul", "backward"}, {"pass", "whole"}};
  double begin, end, scope_begin, scope_end, pass_begin, pass_end, last = 0;
  times_of("scope", "whole", &scope_begin, &scope_end);
  times_of("pass", "whole", &pass_begin, &pass_end);
  for (int i = 0; i < LENGTH(parts); i++) {
    times_of(parts[i][0], parts[i][1], &begin, &end);
    ck_assert(scope_begin <= begin && end <= scope_end);
    if (i < 3) ck_assert(last <= begin);
    if (i == 2) ck_assert(pass_begin <= begin && end <= pass_end);
    last = end;
  }
}
END_TEST

START_TEST(names_are_escaped) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2), 1, -1, 1);
  BEGIN();
  (ag_exp)("a\\b\"c\"\n.c:1", x);
  ag_profile_end(c);
  ck_assert(ag_profile_write_trace(c, path));
  ck_assert_ptr_eq(blanks(value(read_file(path))), text + strlen(text));
  ck_assert_int_eq(count(text, "\"at\": \"a\\\\b\\\"c\\\"\\u000a.c:1\""), 1);
}
END_TEST

START_TEST(the_reader_sees_what_is_no_json) {
  static const char *const wrong[] = {"{\"a\": 1,}", "{\"a\" 1}",  "[1 2]",        "[01]",  "{1: 2}",
                                      "[1.]",        "[nan]",      "[\"a\nb\"]", "[1, 2", "\"\\q\""};
  for (int i = 0; i < LENGTH(wrong); i++) {
    const char *end = value(wrong[i]);
    ck_assert_msg(!end || *end, "%s", wrong[i]);
  }
  static const char right[] = "{\"a\": [1, -2.50, {}], \"b\": \"\\u00e4\\\"\"} \n";
  ck_assert_ptr_eq(blanks(value(right)), right + strlen(right));
}
END_TEST

/* ---- The limit ---- */

/* The table as text. */
static const char *table(void) {
  FILE *file = tmpfile();
  ck_assert_ptr_nonnull(file);
  ag_profile_print(c, file);
  rewind(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  return text;
}

START_TEST(what_the_trace_cannot_keep_is_said) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2), 1, -1, 1);
  BEGIN(.max_events = 3);
  for (int i = 0; i < 5; i++) ag_exp(x);
  ag_profile_end(c);
  ag_profile_row r;
  ck_assert(ag_profile_get(c, 0, &r));
  ck_assert_int_eq(r.calls, 5);
  ck_assert_int_eq(count(table(), "the trace keeps the first 3 events and lacks 2; set max_events for more\n"), 1);
  ck_assert(ag_profile_write_trace(c, path));
  ck_assert_int_eq(count(read_file(path), "\"ph\": \"X\""), 3);
  ck_assert_int_eq(count(text, "\"events_not_kept\": 2"), 1);
}
END_TEST

/* ---- The table ---- */

START_TEST(the_table_has_all_lines_and_their_total) {
  ag_tensor *x = trained_leaf(c, AG_SHAPE(100, 100), 1, -1, 1);
  BEGIN();
  ag_backward(ag_sum(ag_exp(ag_matmul(x, x))));
  ag_profile_end(c);
  table();
  char name[32], kind[32];
  long long calls, sum = 0;
  double ms, share, summed_ms = 0, summed_share = 0;
  bool totalled = false;
  for (const char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
    if (sscanf(line, "total %lld %lf %lf", &calls, &ms, &share) == 3) {
      totalled = true;
      ck_assert_int_eq(calls, sum);
      ck_assert_double_eq_tol(ms, summed_ms, 0.01);
      ck_assert_double_eq_tol(share, summed_share, 1);
      ck_assert_double_le(share, 100);
    } else if (!totalled && sscanf(line, "%31s %31s %lld %lf %lf", name, kind, &calls, &ms, &share) == 5) {
      sum += calls;
      summed_ms += ms;
      summed_share += share;
    }
  }
  ck_assert(totalled);
  ck_assert_int_eq(sum, 11); /* matmul exp sum | reshape expand mul permute matmul permute matmul add */
  ck_assert_int_eq(count(text, "100.0 GFLOP/s in float32 and 50.0 GB/s"), 1);
  ck_assert_int_eq(count(text, "\npass "), 1);
  ck_assert_int_eq(count(text, "the trace keeps"), 0);
}
END_TEST

/* ---- Mistakes ---- */

START_TEST(mistakes_give_one_line) {
  ag_profile_row r;
  ck_assert(!ag_profile_get(c, 0, &r));
  ck_assert_double_eq(ag_profile_seconds(c), 0);
  ag_profile_end(c);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "profile_end: no profile is running; call ag_profile_begin first");
  ag_profile_print(c, stderr);
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "profile_print: there is no profile; call ag_profile_begin and ag_profile_end first");
  ck_assert(!ag_profile_write_trace(c, path));
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "profile_write_trace: there is no profile; call ag_profile_begin and ag_profile_end first");
  ag_profile_begin(.c = c, .peak = -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "profile_begin: peak -1 and bandwidth 0 must be finite numbers, at least 0");
  ag_profile_begin(.c = c, .max_events = -1);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "profile_begin: max_events -1 must be at least 0");
  BEGIN();
  BEGIN();
  ASSERT_ERROR_ABOVE(c, AG_ESTATE, "profile_begin: a profile is running; call ag_profile_end first");
  ck_assert(!ag_profile_get(c, 0, &r));
  ag_profile_end(c);
  ck_assert(!ag_profile_get(c, 0, &r)); /* nothing happened */
  ck_assert(!ag_profile_write_trace(c, "/nowhere/trace.json"));
  ASSERT_ERROR_ABOVE(c, AG_EIO, "profile_write_trace: /nowhere/trace.json: no new file can be made beside it: No such file or directory");
  ck_assert(ag_profile_write_trace(c, path));
}
END_TEST

/* ---- Memory ---- */

/* What comes to an end with the context although it is still running. Returns whether all went well. */
static bool profile_something(counter *counted) {
  ag_ctx *k = ag_ctx_new_with(counting(counted));
  if (!k) return false;
  ag_profile_begin(.c = k);
  ag_tensor *x = ag_zeros(k, AG_SHAPE(2, 2));
  for (int i = 0; i < 100; i++) ag_exp(x);
  const bool fine = ag_error(k) == AG_OK;
  ck_assert(fine || ag_error(k) == AG_EMEMORY);
  ag_ctx_free(k);
  ck_assert_int_eq(counted->live, 0);
  return fine;
}

START_TEST(memory_is_the_allocators_and_may_run_out) {
  counter counted = {.fail_at = -1};
  ck_assert(profile_something(&counted));
  const int64_t calls = counted.calls;
  for (int64_t i = 0; i < calls; i++) {
    counted = (counter){.fail_at = i, .once = true};
    ck_assert(!profile_something(&counted));
  }
}
END_TEST

TCase *trace_tests(void) {
  TCase *t = tcase_create("trace");
  with_context(t);
  tcase_add_checked_fixture(t, make_folder, remove_folder);
  tcase_set_timeout(t, 60);
  tcase_add_test(t, traces_are_json_with_nested_events);
  tcase_add_test(t, names_are_escaped);
  tcase_add_test(t, the_reader_sees_what_is_no_json);
  tcase_add_test(t, what_the_trace_cannot_keep_is_said);
  tcase_add_test(t, the_table_has_all_lines_and_their_total);
  tcase_add_test(t, mistakes_give_one_line);
  tcase_add_test(t, memory_is_the_allocators_and_may_run_out);
  return t;
}
