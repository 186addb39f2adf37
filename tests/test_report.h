/* What the files of the report room's suite share. */
#ifndef TESTS_TEST_REPORT_H
#define TESTS_TEST_REPORT_H

#include "experiments/message.h"
#include "report/report.h"

#include <check.h>
#include <inttypes.h>
#include <stdbool.h>

/* A temporary folder for each test, removed after it, and the line that was last written. */
extern char home[64];
extern message said;

void report_setup(void);
void report_teardown(void);

/* HOME/name, to be freed. */
char *in_home(const char *name);

/* The whole of a file under HOME, to be freed. */
char *read_in_home(const char *name);

/* What a made-up store holds (report_stores.c). */
typedef struct {
  const char *profile, *source;
  int64_t seeds;
  double clock; /* moves dates and durations, and nothing else */
  int threads;
  const char *without; /* a row that was not run */
  int64_t more_seeds;  /* that only the final models were run with */
  bool healthy;        /* no run failed */
} make_up;

/* Makes a store in HOME. */
void make_store(const char *name, const make_up *how);

/* The report of a store of HOME into a folder of HOME. */
int render(const char *store_name, const char *out_name, const char *profile, report_outcome *outcome);
int render_rows(const char *store_name, const char *out_name, const char *profile,
                const catalogue_row *const rows[], report_outcome *outcome);

/* Makes HOME/NAME.db, renders it into HOME/NAME, and reads its report.md, to be freed. */
char *rendered(const make_up *how, const char *name, report_outcome *outcome);

#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "nothing like this in the report: %s", part)
#define HAS_NOT(text, part) ck_assert_msg(strstr(text, part) == NULL, "this is in the report: %s", part)

/* One group of tests a file. */
TCase *report_html_tests(void);
TCase *report_parts_tests(void);
TCase *report_pictures_tests(void);
TCase *report_statistics_tests(void);
TCase *report_verdicts_tests(void);
TCase *report_whole_tests(void);

#endif
