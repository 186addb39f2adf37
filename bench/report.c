#include "bench/report.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "bench/growth.h"
#include "bench/text.h"

machine machine_here(void) {
  machine m = {.processor = "unknown", .cores = sysconf(_SC_NPROCESSORS_ONLN)};
  char line[512];
  FILE *file = fopen("/proc/cpuinfo", "r");
  while (file && fgets(line, sizeof line, file))
    if (sscanf(line, "model name : %127[^\n]", m.processor) == 1) break;
  if (file) fclose(file);
  return m;
}

/* "5.92", or nothing where there is nothing to compare. */
static number_text ratio_text(double ratio) {
  number_text t = {""};
  if (!isnan(ratio)) snprintf(t.text, sizeof t.text, "%.*f", ratio < 9.995 ? 2 : 1, ratio);
  return t;
}

/* "9.52 ms multiply-adds" */
static number_text bound_text(const result *r) {
  number_text t = text_of(r->of[BOUND].median, r->row->measured);
  const size_t length = strlen(t.text);
  if (length) snprintf(t.text + length, sizeof t.text - length, " %s", r->bound);
  return t;
}

static number_text share_text(double share) {
  number_text t = {""};
  if (!isnan(share)) snprintf(t.text, sizeof t.text, "%.0f %%", 100 * share);
  return t;
}

static void table_row(FILE *out, const result *r) {
  fprintf(out, "| %-22s | %7d | %-24s | %-24s | %5s | %-21s | %5s |\n", r->row->name, r->threads,
          text_spread(r->of[OURS], r->row->measured).text, text_spread(r->of[THEIRS], r->row->measured).text,
          ratio_text(result_ratio(r)).text, bound_text(r).text, share_text(result_share(r)).text);
}

void report_table(FILE *out, const machine *m, const result *results, size_t n) {
  fprintf(out, "# Benchmark\n\n%s, %ld cores\n\n- ours: %s\n- PyTorch: %s\n\n", m->processor, m->cores,
          m->ours, m->theirs[0] ? m->theirs : "not there");
  fprintf(out, "Medians and quartiles of runs in turns. Ratio: PyTorch's number by ours. Bound: what that "
               "work costs at the "
               "least, measured in the same turns; share: bound by ours.\n\n");
  fprintf(
      out,
      "| %-22s | %7s | %-24s | %-24s | %5s | %-21s | %5s |\n"
      "| :--------------------- | ------: | :----------------------- | :----------------------- | ----: | "
      ":-------------------- | ----: |\n",
      "workload", "threads", "ours", "PyTorch", "ratio", "bound", "share");
  for (size_t i = 0; i < n; i++) table_row(out, &results[i]);
  growth_table(out, results, n);
}

void report_speed(FILE *out, const result *results, size_t n) {
  const char *last = "";
  int place = 0;
  fprintf(out, "place,workload,threads,ours,pytorch,bound,ratio,share\n");
  for (size_t i = 0; i < n; i++) {
    const result *r = &results[i];
    if (strcmp(last, r->row->name) != 0) place++;
    last = r->row->name;
    fprintf(out, "%d,\"%s\",%d,%.6g,%.6g,%.6g,%.4g,%.4g\n", place, r->row->name, r->threads,
            r->of[OURS].median, r->of[THEIRS].median, r->of[BOUND].median, result_ratio(r), result_share(r));
  }
}
