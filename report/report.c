#include "report/report.h"

#include <stdlib.h>

#include "report/choices.h"
#include "report/evidence.h"
#include "report/failures.h"
#include "report/figure.h"
#include "report/files.h"
#include "report/gnuplot.h"
#include "report/html.h"
#include "report/notice.h"
#include "report/provenance.h"
#include "report/results.h"
#include "report/section.h"
#include "report/table_final.h"
#include "report/template.h"
#include "report/variation.h"
#include "report/verdicts.h"

/* The parts of the page, as template.md names them. */
enum {
  NOTICE,
  OVERVIEW,
  SUMMARY,
  CLAIMS,
  NUMBERS,
  DIGITS,
  HOUSES,
  APPENDIX,
  ADDED,
  FAILURES,
  CHOICES,
  VARIATION,
  PROVENANCE,
  TIMING,
  PARTS
};
static const char *const names[PARTS] = {"notice",  "overview",  "summary",    "claims", "numbers",
                                         "digits",  "houses",    "appendix",   "added",  "failures",
                                         "choices", "variation", "provenance", "timing"};

/* One line for each problem: the notices of the two differ in the data that they name. */
static void write_notices(const evidence *e, page *p) {
  for (int i = 0; i < EVIDENCE_PROBLEMS; i++) {
    char *notice = notice_text(e, (config_problem)i);
    if (notice)
      page_add(p, "> **%s: %s**\n%s", i == PROBLEM_DIGITS ? "Problem 1" : "Problem 2", notice,
               i == 0 ? ">\n" : "\n");
    free(notice);
  }
}

static void write_overview(const evidence *e, const verdicts *v, page *p) {
  verdicts_write_summary(v, e, p);
  size_t missing = failures_missing(e);
  if (missing) page_add(p, "\n%zu cells of its tables and figures were not run yet.", missing);
}

static int write_parts(const evidence *e, const verdicts *v, const char *figures, page parts[PARTS],
                       message *m) {
  write_notices(e, &parts[NOTICE]);
  write_overview(e, v, &parts[OVERVIEW]);
  table_of_models(e, &parts[SUMMARY]);
  verdicts_write_claims(v, e, &parts[CLAIMS]);
  verdicts_write_numbers(v, &parts[NUMBERS]);
  if (sections_write(e, ROWS_OF_DIGITS, figures, &parts[DIGITS], m) != 0) return -1;
  if (sections_write(e, ROWS_OF_HOUSES, figures, &parts[HOUSES], m) != 0) return -1;
  if (sections_write(e, ROWS_OF_APPENDIX, figures, &parts[APPENDIX], m) != 0) return -1;
  if (sections_write(e, ROWS_ADDED, figures, &parts[ADDED], m) != 0) return -1;
  failures_write(e, &parts[FAILURES]);
  choices_write(&parts[CHOICES]);
  variation_write(e, &parts[VARIATION]);
  provenance_write(e, &parts[PROVENANCE]);
  timing_write(e, &parts[TIMING]);
  return 0;
}

/* FRESH/report.html, from the Markdown. */
static int write_html(const report_request *r, const char *markdown, const char *fresh, message *m) {
  char *from = memory_format("%s/page.css", r->parts), *to = memory_format("%s/report.html", fresh),
       *style = file_read(from, m);
  page whole = {.text = NULL};
  int status =
      style && html_write(markdown, style, fresh, &whole, m) == 0 ? file_write(to, page_text(&whole), m) : -1;
  page_free(&whole);
  free(style);
  free(from);
  free(to);
  return status;
}

/* Fills the template with the parts into FRESH/report.md and FRESH/report.html. */
static int assemble(const report_request *r, page parts[PARTS], const char *fresh, message *m) {
  template_value values[PARTS + 1] = {{.name = NULL}};
  for (int i = 0; i < PARTS; i++) {
    page_trim(&parts[i]);
    values[i] = (template_value){names[i], page_text(&parts[i])};
  }
  char *from = memory_format("%s/template.md", r->parts), *to = memory_format("%s/report.md", fresh),
       *source = file_read(from, m);
  page whole = {.text = NULL};
  int status = source && template_fill(from, source, values, &whole, m) == 0
                   ? file_write(to, page_text(&whole), m)
                   : -1;
  if (status == 0) status = write_html(r, page_text(&whole), fresh, m);
  page_free(&whole);
  free(source);
  free(from);
  free(to);
  return status;
}

static int write_results(const evidence *e, const verdicts *v, const char *fresh, message *m) {
  char *path = memory_format("%s/results.json", fresh);
  page p = {.text = NULL};
  results_write(e, v, &p);
  int status = file_write(path, page_text(&p), m);
  page_free(&p);
  free(path);
  return status;
}

/* The common scripts go beside the figures, so that each figure can be drawn again from its folder. */
static int copy_scripts(const report_request *r, const char *figures, message *m) {
  int status = 0;
  for (int i = 0; status == 0 && figure_scripts[i]; i++) {
    char *from = memory_format("%s/%s", r->parts, figure_scripts[i]),
         *to = memory_format("%s/%s", figures, figure_scripts[i]);
    char *text = file_read(from, m);
    status = text ? file_write(to, text, m) : -1;
    free(text);
    free(from);
    free(to);
  }
  return status;
}

static int write_into(const report_request *r, const evidence *e, const verdicts *v, const char *fresh,
                      message *m) {
  char *figures = memory_format("%s/figures", fresh);
  page parts[PARTS] = {{.text = NULL}};
  int status = folder_make(figures, m);
  if (status == 0) status = copy_scripts(r, figures, m);
  if (status == 0) status = write_parts(e, v, figures, parts, m);
  if (status == 0) status = assemble(r, parts, fresh, m);
  if (status == 0) status = write_results(e, v, fresh, m);
  for (int i = 0; i < PARTS; i++) page_free(&parts[i]);
  free(figures);
  return status;
}

/* Figures first, so that report.md never speaks of one that is not there yet. */
static int put_in_place(const char *fresh, const char *out, message *m) {
  char *from = memory_format("%s/figures", fresh), *to = memory_format("%s/figures", out);
  int status =
      folder_make(to, m) == 0 && folder_move_into(from, to, m) == 0 ? folder_move_into(fresh, out, m) : -1;
  free(from);
  free(to);
  return status;
}

int report_write(const report_request *request, report_outcome *outcome, message *m) {
  evidence e;
  if (gnuplot_check(m) != 0 || evidence_load(&e, request->store, request->rows, request->profile, m) != 0)
    return -1;
  verdicts v = verdicts_reach(&e);
  char *fresh = memory_format("%s/.unfinished", request->out);
  folder_remove(fresh); /* what a killed program left */
  int status = write_into(request, &e, &v, fresh, m);
  if (status == 0) status = put_in_place(fresh, request->out, m);
  *outcome = (report_outcome){failures_missing(&e), failures_mishaps(&e), verdicts_against(&v)};
  if (status != 0) folder_remove(fresh);
  free(fresh);
  verdicts_free(&v);
  evidence_free(&e);
  return status;
}
