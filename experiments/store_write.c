#include "experiments/store_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void run_result_free(run_result *r) {
  for (size_t i = 0; i < r->tensor_count; i++) free(r->tensors[i].data);
  free(r->tensors);
  free(r->metrics);
  free(r->history);
  free(r->config);
  free(r->provenance);
  *r = (run_result){.config = NULL};
}

void run_result_point(run_result *r, run_point point) {
  r->history = memory_resize(r->history, r->history_count + 1, sizeof *r->history);
  r->history[r->history_count++] = point;
}

void run_result_metric(run_result *r, const char *name, double value) {
  r->metrics = memory_resize(r->metrics, r->metric_count + 1, sizeof *r->metrics);
  run_metric *metric = &r->metrics[r->metric_count++];
  snprintf(metric->name, sizeof metric->name, "%s", name);
  metric->value = value;
}

void run_result_tensor(run_result *r, const char *name, tensor_type type, int rank, const int64_t *shape,
                       const void *data) {
  r->tensors = memory_resize(r->tensors, r->tensor_count + 1, sizeof *r->tensors);
  run_tensor *t = &r->tensors[r->tensor_count++];
  *t = (run_tensor){.type = type, .rank = rank};
  snprintf(t->name, sizeof t->name, "%s", name);
  size_t count = 1;
  for (int i = 0; i < rank; i++) count *= (size_t)(t->shape[i] = shape[i]);
  t->data = memory_new(count, tensor_type_size(type));
  memcpy(t->data, data, count * tensor_type_size(type));
}

static const char saving[] = "saving a result";

static int once(store_query *q, message *m) {
  int status = store_step(q, m);
  store_finish(q);
  return status < 0 ? -1 : 0;
}

static int insert_run(store *s, const run_result *r, message *m) {
  store_query q = store_prepare(s, "INSERT INTO run VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)", saving);
  store_bind_text(&q, r->key);
  store_bind_text(&q, r->config);
  store_bind_integer(&q, r->seed);
  store_bind_text(&q, r->data_digest);
  store_bind_text(&q, r->engine);
  store_bind_text(&q, run_status_name(r->status));
  store_bind_text(&q, r->message);
  store_bind_integer(&q, r->failed_step);
  store_bind_real(&q, r->started);
  store_bind_real(&q, r->seconds);
  store_bind_real(&q, r->cpu_seconds);
  store_bind_integer(&q, r->peak_kb);
  store_bind_integer(&q, r->threads);
  store_bind_text(&q, r->provenance ? r->provenance : "{}");
  return once(&q, m);
}

static int insert_history(store *s, const run_result *r, message *m) {
  store_query q = store_prepare(s, "INSERT INTO history VALUES(?,?,?,?,?,?,?,?,?,?)", saving);
  int status = 0;
  for (size_t i = 0; i < r->history_count && status == 0; i++) {
    const run_point *p = &r->history[i];
    store_bind_text(&q, r->key);
    store_bind_integer(&q, p->step);
    store_bind_integer(&q, p->epoch);
    store_bind_real(&q, p->lr);
    store_bind_real(&q, p->train_loss);
    store_bind_real(&q, p->validation_loss);
    store_bind_real(&q, p->validation_metric);
    store_bind_real(&q, p->test_loss);
    store_bind_real(&q, p->test_metric);
    store_bind_real(&q, p->seconds);
    status = store_step(&q, m);
    store_run_again(&q);
  }
  store_finish(&q);
  return status;
}

static int insert_metrics(store *s, const run_result *r, message *m) {
  store_query q = store_prepare(s, "INSERT INTO metric VALUES(?,?,?)", saving);
  int status = 0;
  for (size_t i = 0; i < r->metric_count && status == 0; i++) {
    store_bind_text(&q, r->key);
    store_bind_text(&q, r->metrics[i].name);
    store_bind_real(&q, r->metrics[i].value);
    status = store_step(&q, m);
    store_run_again(&q);
  }
  store_finish(&q);
  return status;
}

static int insert_tensors(store *s, const run_result *r, message *m) {
  static const char *const types[] = {"float32", "float64", "int64"};
  store_query q = store_prepare(s, "INSERT INTO tensor VALUES(?,?,?,?,?)", saving);
  int status = 0;
  for (size_t i = 0; i < r->tensor_count && status == 0; i++) {
    const run_tensor *t = &r->tensors[i];
    size_t size = tensor_type_size(t->type);
    char shape[96] = "";
    for (int d = 0; d < t->rank; d++) {
      size *= (size_t)t->shape[d];
      snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%s%" PRId64, d ? "x" : "", t->shape[d]);
    }
    store_bind_text(&q, r->key);
    store_bind_text(&q, t->name);
    store_bind_text(&q, types[t->type]);
    store_bind_text(&q, shape);
    store_bind_blob(&q, t->data, size);
    status = store_step(&q, m);
    store_run_again(&q);
  }
  store_finish(&q);
  return status;
}

/* 1 when a finished run with this key is there; a failed one is taken away. */
static int make_way(store *s, const run_result *r, message *m) {
  store_query q = store_prepare(s, "DELETE FROM run WHERE key=? AND status='failed'", saving);
  store_bind_text(&q, r->key);
  if (once(&q, m) != 0) return -1;
  q = store_prepare(s, "SELECT 1 FROM run WHERE key=?", saving);
  store_bind_text(&q, r->key);
  int there = store_step(&q, m);
  store_finish(&q);
  return there;
}

int store_save(store *s, const run_result *r, message *m) {
  if (store_execute(s, "BEGIN IMMEDIATE", saving, m) != 0) return -1;
  int there = make_way(s, r, m);
  bool written = there == 0 && insert_run(s, r, m) == 0 && insert_history(s, r, m) == 0 &&
                 insert_metrics(s, r, m) == 0 && insert_tensors(s, r, m) == 0;
  if (written && store_execute(s, "COMMIT", saving, m) == 0) return 0;
  sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
  return there == 1 ? 0 : -1;
}

int store_data_used(store *s, const store_dataset *data, message *m) {
  store_query q = store_prepare(s, "INSERT OR REPLACE INTO data VALUES(?,?,?,?)", "noting the data");
  store_bind_text(&q, data->problem);
  store_bind_text(&q, data->digest);
  store_bind_text(&q, data->source);
  store_bind_text(&q, data->place);
  return once(&q, m);
}
