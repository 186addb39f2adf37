#include "bench/report.h"

#include <math.h>

static void json_text(FILE *out, const char *text) {
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') fputc('\\', out);
    fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
  }
  fputc('"', out);
}

/* JSON has no NaN. */
static void json_number(FILE *out, const char *name, double value) {
  if (isfinite(value))
    fprintf(out, ", \"%s\": %.6g", name, value);
  else
    fprintf(out, ", \"%s\": null", name);
}

static void json_quartiles(FILE *out, const char *name, quartiles q) {
  fprintf(out, ", \"%s\": {\"n\": %zu", name, q.n);
  json_number(out, "low", q.low);
  json_number(out, "median", q.median);
  json_number(out, "high", q.high);
  fputc('}', out);
}

static void json_result(FILE *out, const result *r) {
  fputs("{\"workload\": ", out);
  json_text(out, r->row->name);
  fprintf(out, ", \"threads\": %d, \"unit\": \"%s\"", r->threads, r->row->measured == PEAK ? "byte" : "s");
  json_quartiles(out, "ours", r->of[OURS]);
  json_quartiles(out, "pytorch", r->of[THEIRS]);
  json_quartiles(out, "bound", r->of[BOUND]);
  fputs(", \"bounded_by\": ", out);
  json_text(out, r->bound ? r->bound : "");
  json_number(out, "ratio", result_ratio(r));
  json_number(out, "share", result_share(r));
  fputs(", \"error\": ", out);
  json_text(out, r->error);
  fputc('}', out);
}

void report_json(FILE *out, const machine *m, const result *results, size_t n) {
  fputs("{\"processor\": ", out);
  json_text(out, m->processor);
  fprintf(out, ", \"cores\": %ld, \"ours\": ", m->cores);
  json_text(out, m->ours);
  fputs(", \"pytorch\": ", out);
  json_text(out, m->theirs);
  fputs(", \"results\": [", out);
  for (size_t i = 0; i < n; i++) {
    fputs(i ? ",\n " : "\n ", out);
    json_result(out, &results[i]);
  }
  fputs("\n]}\n", out);
}
