/* The report room: its parts (numbers, tables, template, figures), and whole reports from made-up stores. */
#include "tests/test_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/files.h"

char home[64];
message said;

void report_setup(void) {
  strcpy(home, "/tmp/test-report-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(home));
  said.text[0] = '\0';
}

void report_teardown(void) {
  folder_remove(home);
  ck_assert(file_is_empty(home));
}

char *in_home(const char *name) { return memory_format("%s/%s", home, name); }

char *read_in_home(const char *name) {
  char *path = in_home(name), *text = file_read(path, &said);
  ck_assert_msg(text != NULL, "%s", said.text);
  free(path);
  return text;
}

int main(void) {
  Suite *suite = suite_create("report");
  suite_add_tcase(suite, report_parts_tests());
  suite_add_tcase(suite, report_html_tests());
  suite_add_tcase(suite, report_pictures_tests());
  suite_add_tcase(suite, report_statistics_tests());
  suite_add_tcase(suite, report_whole_tests());
  suite_add_tcase(suite, report_verdicts_tests());
  SRunner *runner = srunner_create(suite);
  srunner_set_fork_status(runner, CK_NOFORK);
  srunner_run_all(runner, CK_ENV);
  int failed = srunner_ntests_failed(runner);
  srunner_free(runner);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
