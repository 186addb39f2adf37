/* The parts of the report, each by itself. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "report/figure.h"
#include "report/files.h"
#include "report/gnuplot.h"
#include "report/json.h"
#include "report/numbers.h"
#include "report/table.h"
#include "report/template.h"
#include "tests/test_report.h"

/* ---- numbers ---- */

static const struct {
  double value;
  int decimals;
  const char *text;
} grouped[] = {
    {893181020.8, 2, "893,181,020.80"},
    {999.995, 2, "1,000.00"},
    {123, 0, "123"},
    {1234567.891, 1, "1,234,567.9"},
    {-45678.25, 2, "-45,678.25"},
    {-0.004, 2, "0.00"},
    {0, 3, "0.000"},
    {-999, 0, "-999"},
    {NAN, 2, "NaN"},
    {INFINITY, 2, "inf"},
    {-INFINITY, 0, "-inf"},
};

START_TEST(numbers_have_separators) {
  ck_assert_str_eq(number_grouped(grouped[_i].value, grouped[_i].decimals).text, grouped[_i].text);
}
END_TEST

START_TEST(numbers_of_each_kind) {
  ck_assert_str_eq(number_percent(0.99147).text, "99.15");
  ck_assert_str_eq(number_points(0.9904, 0.9915).text, "-0.11");
  ck_assert_str_eq(number_points(0.9735, 0.9711).text, "+0.24");
  ck_assert_str_eq(number_points(0.97112, 0.9711).text, "0.00");
  ck_assert_str_eq(number_relative(1.173e9, 1e9).text, "+17.3 %");
  ck_assert_str_eq(number_relative(8.1e8, 9e8).text, "-10.0 %");
  ck_assert_str_eq(number_relative(NAN, 9e8).text, "NaN");
  ck_assert_str_eq(number_significant(0.018437, 3).text, "0.0184");
  ck_assert_str_eq(number_significant(1234.5, 3).text, "1,234");
  ck_assert_str_eq(number_significant(3.8123e10, 3).text, "3.81e+10");
  ck_assert_str_eq(number_significant(0, 3).text, "0");
  ck_assert_str_eq(number_duration(3.24).text, "3.2 s");
  ck_assert_str_eq(number_duration(59.97).text, "1 min 00 s");
  ck_assert_str_eq(number_duration(843.4).text, "14 min 03 s");
  ck_assert_str_eq(number_duration(3599.8).text, "1 h 00 min");
  ck_assert_str_eq(number_date(1715938200).text, "2024-05-17 09:30 UTC");
  ck_assert_uint_eq(strlen(number_grouped(-1.7e308, 2).text),
                    1 + 309 + 102 + 3); /* sign, digits, commas, decimals */
}
END_TEST

/* ---- text ---- */

START_TEST(plain_text_is_escaped) {
  page p = {.text = NULL};
  ck_assert_str_eq(page_text(&p), "");
  page_add_plain(&p, "a|b *c* _d_ <e> [f]\n`g` \\ #&");
  ck_assert_str_eq(page_text(&p), "a\\|b \\*c\\* \\_d\\_ \\<e\\> \\[f\\] \\`g\\` \\\\ \\#\\&");
  page_free(&p);
}
END_TEST

START_TEST(pages_grow) {
  page p = {.text = NULL};
  for (int i = 0; i < 1000; i++) page_add(&p, "%d%300s,", i, "x");
  ck_assert_uint_eq(p.length, 1000 * 301 + 10 + 180 + 2700);
  ck_assert_ptr_nonnull(strstr(p.text, "x,999 "));
  page_add(&p, "end\n\n");
  page_trim(&p);
  ck_assert_str_eq(p.text + p.length - 3, "end");
  page_free(&p);
}
END_TEST

START_TEST(tables_are_aligned_and_escaped) {
  page p = {.text = NULL};
  table t =
      table_new(3, (const table_column[]){{"loss", TABLE_TEXT}, {"a|b", TABLE_NUMBER}, {"key", TABLE_CODE}});
  table_cell(&t, "mse_softmax");
  table_cell(&t, "%.2f", 97.114);
  table_cell(&t, "conv.layers|x");
  table_cell(&t, "%s", "");
  table_cell(&t, "not run");
  table_cell(&t, "%s", "");
  table_write(&t, &p);
  ck_assert_str_eq(page_text(&p), "| loss | a\\|b | key |\n"
                                  "| :--- | ---: | :--- |\n"
                                  "| mse\\_softmax | 97.11 | `conv.layers\\|x` |\n"
                                  "|  | not run |  |\n\n");
  table_free(&t);
  page_free(&p);
}
END_TEST

/* ---- template ---- */

static const template_value values[] = {{"title", "T {{body}}"}, {"body", "B"}, {.name = NULL}};

START_TEST(template_is_filled) {
  page p = {.text = NULL};
  ck_assert_int_eq(template_fill("t.md", "# {{title}}\n{ {{body}} } {{body}}.\n", values, &p, &said), 0);
  ck_assert_str_eq(page_text(&p), "# T {{body}}\n{ B } B.\n");
  page_free(&p);
}
END_TEST

static const struct {
  const char *source, *line;
} wrong_templates[] = {
    {"{{title}}\n\n{{boby}}", "t.md:3: {{boby}} is no part of the report; the parts are title, body"},
    {"{{title}}\n{{body", "t.md:2: {{ without }}"},
    {"{{body}}", "t.md: the part {{title}} is missing"},
};

START_TEST(template_errors) {
  page p = {.text = NULL};
  ck_assert_int_eq(template_fill("t.md", wrong_templates[_i].source, values, &p, &said), -1);
  ck_assert_str_eq(said.text, wrong_templates[_i].line);
  page_free(&p);
}
END_TEST

/* ---- provenance ---- */

START_TEST(json_pairs) {
  const char *text =
      " {\"cpu\": \"A \\\"B\\\" \\u0041\\n\", \"cores\" : 12,\"flags\":\"\",\n \"dirty\":true}";
  json_pair pair;
  ck_assert(json_next(&text, &pair));
  ck_assert_str_eq(pair.key, "cpu");
  ck_assert_str_eq(pair.value, "A \"B\" A\n");
  ck_assert(json_next(&text, &pair));
  ck_assert_str_eq(pair.key, "cores");
  ck_assert_str_eq(pair.value, "12");
  ck_assert(json_next(&text, &pair));
  ck_assert_str_eq(pair.value, "");
  ck_assert(json_next(&text, &pair));
  ck_assert_str_eq(pair.value, "true");
  ck_assert(!json_next(&text, &pair));
}
END_TEST

START_TEST(json_that_is_none) {
  static const char *const texts[] = {"",          "{}",      "null",        "{\"a\"",
                                      "{\"a\" 1}", "{\"a\":", "{\"a\": \"b", "{\"a\": \"b\\"};
  const char *text = texts[_i];
  json_pair pair;
  ck_assert(!json_next(&text, &pair));
}
END_TEST

/* ---- files ---- */

START_TEST(files_move_into_place) {
  char *from = in_home("new/figures"), *to = in_home("out/deep"), *old = in_home("out/deep/report.md");
  char *fresh = in_home("new/report.md"), *picture = in_home("new/figures/a.svg"), *above = in_home("new");
  ck_assert_int_eq(folder_make(from, &said), 0);
  ck_assert_int_eq(folder_make(to, &said), 0);
  ck_assert_int_eq(file_write(old, "old", &said), 0);
  ck_assert_int_eq(file_write(fresh, "new", &said), 0);
  ck_assert_int_eq(file_write(picture, "<svg/>", &said), 0);
  ck_assert_int_eq(folder_move_into(above, to, &said), 0);
  char *text = read_in_home("out/deep/report.md"), *moved = read_in_home("out/deep/figures/a.svg");
  ck_assert_str_eq(text, "new");
  ck_assert_str_eq(moved, "<svg/>");
  ck_assert(file_is_empty(above));
  char *mine[] = {from, to, old, fresh, picture, above, text, moved};
  for (size_t i = 0; i < sizeof mine / sizeof mine[0]; i++) free(mine[i]);
}
END_TEST

/* ---- figures ---- */

/* Two panels: a curve with a band and one that broke off; a series without any point. */
static figure made_up(const char *title) {
  figure f = {.name = memory_text("two-panels"),
              .title = memory_text(title),
              .script = "curves.gp",
              .x_label = "epoch",
              .legend = "rate",
              .notice = memory_text("not evidence")};
  figure_panel *p = figure_add_panel(&f, AXIS_ACCURACY, "accuracy (%)", "first \"quoted\" \\ _panel_");
  figure_series *s = figure_add_series(p, "0.1");
  figure_add_point(s, (figure_point){1, 81.25, 79.5, 83.75});
  figure_add_point(s, (figure_point){2, 98.5, 98.25, 100});
  s = figure_add_series(p, "0.3: diverged at step 7");
  figure_add_point(s, (figure_point){1, 12.5, 12.5, 12.5});
  s->broken = true;
  p = figure_add_panel(&f, AXIS_LOG, "loss", "");
  figure_add_series(p, "0.1: not run");
  return f;
}

static void copy_scripts(void) {
  const char *source = getenv("srcdir");
  for (int i = 0; figure_scripts[i]; i++) {
    char *from = memory_format("%s/report/%s", source ? source : ".", figure_scripts[i]);
    char *to = in_home(figure_scripts[i]), *text = file_read(from, &said);
    ck_assert_msg(text != NULL, "%s", said.text);
    ck_assert_int_eq(file_write(to, text, &said), 0);
    free(from);
    free(to);
    free(text);
  }
}

START_TEST(figure_leaves_four_files) {
  copy_scripts();
  figure f = made_up("A title & more");
  ck_assert_msg(figure_write(&f, home, &said) == 0, "%s", said.text);
  char *data = read_in_home("two-panels.dat"), *svg = read_in_home("two-panels.svg");
  char *png = read_in_home("two-panels.png"), *script = read_in_home("two-panels.gp");
  ck_assert_str_eq(data, "# A title & more\n# columns: x, value or mean over the seeds, its 95 % interval\n"
                         "# first \"quoted\" \\ _panel_: 0.1\n1 81.25 79.5 83.75\n2 98.5 98.25 100\n\n\n"
                         "# first \"quoted\" \\ _panel_: 0.3: diverged at step 7\n1 12.5 12.5 12.5\n\n\n"
                         "# 0.1: not run\nnan nan nan nan\n");
  ck_assert_ptr_nonnull(strstr(svg, "first \"quoted\" \\ _panel_"));
  ck_assert_ptr_nonnull(strstr(svg, "0.3: diverged at step 7"));
  ck_assert_ptr_nonnull(strstr(svg, "0.1: not run"));
  ck_assert_ptr_nonnull(strstr(svg, "not evidence"));
  ck_assert_mem_eq(png, "\x89PNG", 4);

  /* The script that lies beside the figure draws the same bytes again. */
  char *path = in_home("two-panels.svg");
  ck_assert_int_eq(remove(path), 0);
  ck_assert_int_eq(gnuplot_run(home, "two-panels.gp", &said), 0);
  char *again = read_in_home("two-panels.svg");
  ck_assert_str_eq(svg, again);
  char *mine[] = {data, svg, png, script, path, again};
  for (size_t i = 0; i < sizeof mine / sizeof mine[0]; i++) free(mine[i]);
  figure_free(&f);
}
END_TEST

START_TEST(gnuplot_errors) {
  char *script = in_home("wrong.gp");
  ck_assert_int_eq(file_write(script, "set terminal svg\nplod x\n", &said), 0);
  ck_assert_int_eq(gnuplot_run(home, "wrong.gp", &said), -1);
  ck_assert_str_eq(said.text, "gnuplot: wrong.gp failed with status 1: \"wrong.gp\" line 2: invalid command");

  char *path = memory_text(getenv("PATH"));
  ck_assert_int_eq(setenv("PATH", home, 1), 0);
  ck_assert_int_eq(gnuplot_check(&said), -1);
  ck_assert_int_eq(setenv("PATH", path, 1), 0);
  ck_assert_str_eq(said.text, "gnuplot: not found, and it draws the figures; on Debian or Ubuntu run: "
                              "apt-get install gnuplot-nox");
  ck_assert_int_eq(gnuplot_check(&said), 0);
  free(path);
  free(script);
}
END_TEST

TCase *report_parts_tests(void) {
  TCase *tests = tcase_create("parts");
  tcase_set_timeout(tests, 60);
  tcase_add_checked_fixture(tests, report_setup, report_teardown);
  tcase_add_loop_test(tests, numbers_have_separators, 0, (int)(sizeof grouped / sizeof grouped[0]));
  tcase_add_test(tests, numbers_of_each_kind);
  tcase_add_test(tests, plain_text_is_escaped);
  tcase_add_test(tests, pages_grow);
  tcase_add_test(tests, tables_are_aligned_and_escaped);
  tcase_add_test(tests, template_is_filled);
  tcase_add_loop_test(tests, template_errors, 0, (int)(sizeof wrong_templates / sizeof wrong_templates[0]));
  tcase_add_test(tests, json_pairs);
  tcase_add_loop_test(tests, json_that_is_none, 0, 8);
  tcase_add_test(tests, files_move_into_place);
  tcase_add_test(tests, figure_leaves_four_files);
  tcase_add_test(tests, gnuplot_errors);
  return tests;
}
