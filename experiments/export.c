#include "experiments/export.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- CSV (RFC 4180) ------------------------------------------------------------------------------------ */

static void csv_text(FILE *out, const char *text) {
  if (!strpbrk(text, ",\"\n\r")) {
    fputs(text, out);
    return;
  }
  fputc('"', out);
  for (; *text; text++) {
    if (*text == '"') fputc('"', out);
    fputc(*text, out);
  }
  fputc('"', out);
}

static void csv_real(FILE *out, double value) {
  fputc(',', out);
  if (isfinite(value)) fprintf(out, "%.17g", value);
}

/* The canonical text on one line: values hold no blanks. */
static void csv_config(FILE *out, const char *config) {
  for (; *config; config++)
    if (*config != '\n')
      fputc(*config, out);
    else if (config[1])
      fputc(' ', out);
}

/* ---- JSON ---------------------------------------------------------------------------------------------- */

static void json_text(FILE *out, const char *text, size_t length) {
  fputc('"', out);
  for (size_t i = 0; i < length; i++) {
    unsigned char c = (unsigned char)text[i];
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c < ' ')
      fprintf(out, "\\u%04x", c);
    else
      fputc(c, out);
  }
  fputc('"', out);
}

static void json_member(FILE *out, const char *name, const char *text) {
  fprintf(out, ", \"%s\": ", name);
  json_text(out, text, strlen(text));
}

static void json_real(FILE *out, const char *before, const char *name, double value) {
  fprintf(out, "%s\"%s\": ", before, name);
  if (isfinite(value))
    fprintf(out, "%.17g", value);
  else
    fputs("null", out);
}

static void json_config(FILE *out, const char *text) {
  fputs(", \"config\": {", out);
  for (bool first = true; *text; first = false) {
    size_t length = strcspn(text, "\n"), key = strcspn(text, "=\n");
    if (!first) fputs(", ", out);
    json_text(out, text, key);
    fputs(": ", out);
    json_text(out, text + key + (key < length), length - key - (key < length));
    text += length + (text[length] == '\n');
  }
  fputc('}', out);
}

static int json_metrics(store *s, const char *key, FILE *out, message *m) {
  run_metric *metrics;
  size_t count;
  if (store_metrics(s, key, &metrics, &count, m) < 0) return -1;
  fputs(", \"metrics\": {", out);
  for (size_t i = 0; i < count; i++) json_real(out, i ? ", " : "", metrics[i].name, metrics[i].value);
  fputc('}', out);
  free(metrics);
  return 0;
}

static int json_history(store *s, const char *key, FILE *out, message *m) {
  run_point *points;
  size_t count;
  if (store_history(s, key, &points, &count, m) < 0) return -1;
  fputs(", \"history\": [", out);
  for (size_t i = 0; i < count; i++) {
    const run_point *p = &points[i];
    fprintf(out, "%s{\"epoch\": %" PRId64 ", \"step\": %" PRId64, i ? ", " : "", p->epoch, p->step);
    json_real(out, ", ", "lr", p->lr);
    json_real(out, ", ", "train_loss", p->train_loss);
    json_real(out, ", ", "validation_loss", p->validation_loss);
    json_real(out, ", ", "validation_metric", p->validation_metric);
    json_real(out, ", ", "test_loss", p->test_loss);
    json_real(out, ", ", "test_metric", p->test_metric);
    json_real(out, ", ", "seconds", p->seconds);
    fputc('}', out);
  }
  fputc(']', out);
  free(points);
  return 0;
}

static int json_run(store *s, const run_result *r, FILE *out, message *m) {
  fprintf(out,
          "{\"key\": \"%s\", \"seed\": %" PRId64 ", \"failed_step\": %" PRId64 ", \"peak_kb\": %" PRId64
          ", \"threads\": %d",
          r->key, r->seed, r->failed_step, r->peak_kb, r->threads);
  json_member(out, "status", run_status_name(r->status));
  json_member(out, "message", r->message);
  json_member(out, "engine", r->engine);
  json_member(out, "data_digest", r->data_digest);
  json_real(out, ", ", "started", r->started);
  json_real(out, ", ", "seconds", r->seconds);
  json_real(out, ", ", "cpu_seconds", r->cpu_seconds);
  json_member(out, "provenance", r->provenance);
  json_config(out, r->config);
  int status = json_metrics(s, r->key, out, m) == 0 && json_history(s, r->key, out, m) == 0 ? 0 : -1;
  fputc('}', out);
  return status;
}

/* ---- Formats ------------------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b) {
  return strcmp(((const run_result *)a)->key, ((const run_result *)b)->key);
}

/* Calls `one` for each run in the order of the keys. */
static int each(store *s, FILE *out, int (*one)(store *s, const run_result *r, FILE *out, message *m),
                message *m) {
  run_result *runs;
  size_t count;
  int status = store_list(s, &runs, &count, m) < 0 ? -1 : 0;
  if (count) qsort(runs, count, sizeof *runs, by_key);
  for (size_t i = 0; i < count; i++) {
    if (status == 0) status = one(s, &runs[i], out, m);
    run_result_free(&runs[i]);
  }
  free(runs);
  return status;
}

static int csv_run(store *s, const run_result *r, FILE *out, message *m) {
  (void)s, (void)m;
  fprintf(out, "%s,%" PRId64 ",%s,", r->key, r->seed, run_status_name(r->status));
  csv_text(out, r->message);
  fprintf(out, ",%" PRId64, r->failed_step);
  csv_real(out, r->started);
  csv_real(out, r->seconds);
  csv_real(out, r->cpu_seconds);
  fprintf(out, ",%" PRId64 ",%d,%s,%s,", r->peak_kb, r->threads, r->engine, r->data_digest);
  csv_config(out, r->config);
  fputc(',', out);
  csv_text(out, r->provenance);
  fputc('\n', out);
  return 0;
}

static int csv_metrics(store *s, const run_result *r, FILE *out, message *m) {
  run_metric *metrics;
  size_t count;
  if (store_metrics(s, r->key, &metrics, &count, m) < 0) return -1;
  for (size_t i = 0; i < count; i++) {
    fprintf(out, "%s,%s", r->key, metrics[i].name);
    csv_real(out, metrics[i].value);
    fputc('\n', out);
  }
  free(metrics);
  return 0;
}

static int csv_history(store *s, const run_result *r, FILE *out, message *m) {
  run_point *points;
  size_t count;
  if (store_history(s, r->key, &points, &count, m) < 0) return -1;
  for (size_t i = 0; i < count; i++) {
    const run_point *p = &points[i];
    const double reals[] = {p->lr,        p->train_loss,  p->validation_loss, p->validation_metric,
                            p->test_loss, p->test_metric, p->seconds};
    fprintf(out, "%s,%" PRId64 ",%" PRId64, r->key, p->epoch, p->step);
    for (size_t j = 0; j < sizeof reals / sizeof reals[0]; j++) csv_real(out, reals[j]);
    fputc('\n', out);
  }
  free(points);
  return 0;
}

static int write_runs(store *s, FILE *out, message *m) {
  fputs("key,seed,status,message,failed_step,started,seconds,cpu_seconds,peak_kb,threads,engine,data_digest,"
        "config,"
        "provenance\n",
        out);
  return each(s, out, csv_run, m);
}

static int write_metrics(store *s, FILE *out, message *m) {
  fputs("run,name,value\n", out);
  return each(s, out, csv_metrics, m);
}

static int write_history(store *s, FILE *out, message *m) {
  fputs("run,epoch,step,lr,train_loss,validation_loss,validation_metric,test_loss,test_metric,seconds\n",
        out);
  return each(s, out, csv_history, m);
}

static int json_line(store *s, const run_result *r, FILE *out, message *m) {
  fputs("\n,", out);
  return json_run(s, r, out, m);
}

static int write_json(store *s, FILE *out, message *m) {
  fprintf(out, "[{\"schema\": %d}", STORE_SCHEMA);
  int status = each(s, out, json_line, m);
  fputs("\n]\n", out);
  return status;
}

const export_format export_formats[] = {{"runs", "runs.csv", write_runs},
                                        {"metrics", "metrics.csv", write_metrics},
                                        {"history", "history.csv", write_history},
                                        {"json", "runs.json", write_json},
                                        {NULL, NULL, NULL}};
