/* From Markdown to HTML, and JSON. */
#include <stdlib.h>
#include <string.h>

#include "report/files.h"
#include "report/html.h"
#include "report/json.h"
#include "tests/test_report.h"

/* The body of the page for a text. */
static char *body_of(const char *markdown) {
  page p = {.text = NULL};
  ck_assert_msg(html_write(markdown, "", home, &p, &said) == 0, "%s", said.text);
  const char *begin = strstr(page_text(&p), "<body>\n") + 7;
  char *body = memory_text(begin);
  body[strstr(begin, "</body>") - begin] = '\0';
  page_free(&p);
  return body;
}

static const struct {
  const char *markdown, *html;
} texts[] = {
    {"# A & b\n", "<h1 id=\"a--b\">A &amp; b</h1>\n"},
    {"one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>\n"},
    {"*a* **b *c* d** 2 * 3 \\*e\\* `x*y` a_b", "<p><em>a</em> <strong>b <em>c</em> d</strong> 2 * 3 *e* "
                                                "<code>x*y</code> a_b</p>\n"},
    {"[t*x*](a/b.dat) \\[no\\](x)", "<p><a href=\"a/b.dat\">t<em>x</em></a> [no](x)</p>\n"},
    {"```sh\na < b | *c*\n```\nd", "<pre><code>a &lt; b | *c*\n</code></pre>\n<p>d</p>\n"},
    {"> **a**\n>\n> b\n", "<blockquote>\n<p><strong>a</strong></p>\n<p>b</p>\n</blockquote>\n"},
    {"- a\n    - b\n    - c\n- d\n",
     "\n<ul>\n<li>a\n<ul>\n<li>b</li>\n<li>c</li></ul>\n</li>\n<li>d</li></ul>\n"},
    {"1. a\n2. b\n\nc", "\n<ol>\n<li>a</li>\n<li>b</li></ol>\n<p>c</p>\n"},
    {"| a | b |\n| :--- | ---: |\n| x\\|y | `c\\|d` |\n|  | 2 |\n",
     "<div class=\"wide\"><table>\n<thead>\n<tr><th>a</th><th "
     "class=\"number\">b</th></tr>\n</thead>\n<tbody>\n"
     "<tr><td>x|y</td><td class=\"number\"><code>c|d</code></td></tr>\n"
     "<tr><td></td><td class=\"number\">2</td></tr>\n</tbody>\n</table></div>\n"},
    {"<details>\n<summary>a</summary>\n\nb\n\n</details>\n",
     "<details>\n<summary>a</summary>\n<p>b</p>\n</details>\n"},
};

START_TEST(blocks_and_lines) {
  char *body = body_of(texts[_i].markdown);
  ck_assert_str_eq(body, texts[_i].html);
  free(body);
}
END_TEST

/* "<svg>" in base64 is PHN2Zz4=, "<svg/>" PHN2Zy8+, "<svg />" PHN2ZyAvPg==. */
static const char *const images[][2] = {
    {"<svg>", "PHN2Zz4="}, {"<svg/>", "PHN2Zy8+"}, {"<svg />", "PHN2ZyAvPg=="}};

START_TEST(images_are_inside) {
  char *path = in_home("x.svg"),
       *html = memory_format("<p><img alt=\"a &lt;b&gt; [c]\" src=\"data:image/svg+xml;base64,%s\"></p>\n",
                             images[_i][1]);
  ck_assert_int_eq(file_write(path, images[_i][0], &said), 0);
  char *body = body_of("![a <b> \\[c\\]](x.svg)\n");
  ck_assert_str_eq(body, html);
  free(body);
  free(html);
  free(path);
}
END_TEST

START_TEST(missing_images_are_errors) {
  page p = {.text = NULL};
  char *line = memory_format("%s/none.svg: cannot read it: No such file or directory", home);
  ck_assert_int_eq(html_write("a ![b](none.svg)\n", "", home, &p, &said), -1);
  ck_assert_str_eq(said.text, line);
  page_free(&p);
  free(line);
}
END_TEST

START_TEST(json_is_written) {
  page p = {.text = NULL};
  json_add_text(&p, "a \"b\" \\ \n\x01 ±");
  json_add_text(&p, NULL);
  ck_assert_str_eq(page_text(&p), "\"a \\\"b\\\" \\\\ \\u000a\\u0001 ±\"null");
  page_free(&p);
  const double values[] = {0.1, 1 / 3.0, 893181020.8, 0, 1e300};
  for (int i = 0; i < 5; i++) {
    page number = {.text = NULL};
    json_add_number(&number, values[i]);
    ck_assert_double_eq(strtod(page_text(&number), NULL), values[i]);
    page_free(&number);
  }
  page number = {.text = NULL};
  json_add_number(&number, 0.1);
  json_add_number(&number, strtod("nan", NULL));
  ck_assert_str_eq(page_text(&number), "0.1null");
  page_free(&number);
}
END_TEST

TCase *report_html_tests(void) {
  TCase *tests = tcase_create("html");
  tcase_add_checked_fixture(tests, report_setup, report_teardown);
  tcase_add_loop_test(tests, blocks_and_lines, 0, sizeof texts / sizeof texts[0]);
  tcase_add_loop_test(tests, images_are_inside, 0, 3);
  tcase_add_test(tests, missing_images_are_errors);
  tcase_add_test(tests, json_is_written);
  return tests;
}
