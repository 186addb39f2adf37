#include "experiments/store_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char reading[] = "reading a result";

/* A stored name, as its position in a NULL-terminated list; 0 for a name that a hand edit put there. */
static int position(const store_query *q, int column, const char *const names[]) {
  const char *name = (const char *)sqlite3_column_text(q->statement, column);
  for (int i = 0; name && names[i]; i++)
    if (strcmp(names[i], name) == 0) return i;
  return 0;
}

#define RUN_COLUMNS                                                                                          \
  "key, config, seed, data_digest, engine, status, message, failed_step, started, seconds, cpu_seconds, "    \
  "peak_kb, threads, provenance"

static void read_run(const store_query *q, run_result *r) {
  static const char *const statuses[] = {"done", "diverged", "failed", NULL};
  *r = (run_result){.config = store_column_text(q, 1), .provenance = store_column_text(q, 13)};
  store_column_copy(q, 0, r->key, sizeof r->key);
  store_column_copy(q, 3, r->data_digest, sizeof r->data_digest);
  store_column_copy(q, 4, r->engine, sizeof r->engine);
  store_column_copy(q, 6, r->message, sizeof r->message);
  r->seed = sqlite3_column_int64(q->statement, 2);
  r->status = (run_status)position(q, 5, statuses);
  r->failed_step = sqlite3_column_int64(q->statement, 7);
  r->started = store_column_real(q, 8);
  r->seconds = store_column_real(q, 9);
  r->cpu_seconds = store_column_real(q, 10);
  r->peak_kb = sqlite3_column_int64(q->statement, 11);
  r->threads = sqlite3_column_int(q->statement, 12);
}

int store_find(store *s, const char *key, run_result *r, message *m) {
  store_query q = store_prepare(s, "SELECT " RUN_COLUMNS " FROM run WHERE key=?", reading);
  store_bind_text(&q, key);
  int found = store_step(&q, m);
  if (found == 1) read_run(&q, r);
  store_finish(&q);
  return found;
}

int store_find_prefix(store *s, const char *prefix, run_result *r, message *m) {
  store_query q = store_prepare(
      s, "SELECT " RUN_COLUMNS " FROM run WHERE substr(key, 1, length(?1))=?1 ORDER BY key", reading);
  store_bind_text(&q, prefix);
  int found = store_step(&q, m);
  if (found == 1) {
    read_run(&q, r);
    int another = store_step(&q, m);
    if (another == 1) message_fail(m, "%s: several runs have a key that begins so; give more digits", prefix);
    if (another != 0) {
      run_result_free(r);
      found = -1;
    }
  }
  store_finish(&q);
  return found;
}

int store_list(store *s, run_result **runs, size_t *count, message *m) {
  store_query q = store_prepare(s, "SELECT " RUN_COLUMNS " FROM run ORDER BY started, key", reading);
  *runs = NULL;
  *count = 0;
  int status;
  while ((status = store_step(&q, m)) == 1) {
    *runs = memory_resize(*runs, *count + 1, sizeof **runs);
    read_run(&q, &(*runs)[(*count)++]);
  }
  store_finish(&q);
  return status < 0 ? -1 : *count > 0;
}

int store_history(store *s, const char *key, run_point **points, size_t *count, message *m) {
  store_query q = store_prepare(
      s,
      "SELECT epoch, step, lr, train_loss, validation_loss, validation_metric, test_loss, test_metric,"
      " seconds FROM history WHERE run=? ORDER BY step",
      reading);
  store_bind_text(&q, key);
  *points = NULL;
  *count = 0;
  int status;
  while ((status = store_step(&q, m)) == 1) {
    *points = memory_resize(*points, *count + 1, sizeof **points);
    (*points)[(*count)++] = (run_point){
        .epoch = sqlite3_column_int64(q.statement, 0),
        .step = sqlite3_column_int64(q.statement, 1),
        .lr = store_column_real(&q, 2),
        .train_loss = store_column_real(&q, 3),
        .validation_loss = store_column_real(&q, 4),
        .validation_metric = store_column_real(&q, 5),
        .test_loss = store_column_real(&q, 6),
        .test_metric = store_column_real(&q, 7),
        .seconds = store_column_real(&q, 8),
    };
  }
  store_finish(&q);
  return status < 0 ? -1 : *count > 0;
}

int store_metric(store *s, const char *key, const char *name, double *value, message *m) {
  store_query q = store_prepare(s, "SELECT value FROM metric WHERE run=? AND name=?", reading);
  store_bind_text(&q, key);
  store_bind_text(&q, name);
  int found = store_step(&q, m);
  if (found == 1) *value = store_column_real(&q, 0);
  store_finish(&q);
  return found;
}

int store_metrics(store *s, const char *key, run_metric **metrics, size_t *count, message *m) {
  store_query q = store_prepare(s, "SELECT name, value FROM metric WHERE run=? ORDER BY name", reading);
  store_bind_text(&q, key);
  *metrics = NULL;
  *count = 0;
  int status;
  while ((status = store_step(&q, m)) == 1) {
    *metrics = memory_resize(*metrics, *count + 1, sizeof **metrics);
    run_metric *metric = &(*metrics)[(*count)++];
    store_column_copy(&q, 0, metric->name, sizeof metric->name);
    metric->value = store_column_real(&q, 1);
  }
  store_finish(&q);
  return status < 0 ? -1 : *count > 0;
}

/* A tensor from columns name, type, shape, data; refused where the bytes do not fill the shape. */
static int read_tensor(const store_query *q, run_tensor *t, message *m) {
  static const char *const types[] = {"float32", "float64", "int64", NULL};
  *t = (run_tensor){.type = (tensor_type)position(q, 1, types)};
  store_column_copy(q, 0, t->name, sizeof t->name);
  char *shape = store_column_text(q, 2), *rest = shape;
  size_t size = tensor_type_size(t->type), held = (size_t)sqlite3_column_bytes(q->statement, 3);
  bool fits = true;
  for (char *word = strtok_r(shape, "x", &rest); word && fits; word = strtok_r(NULL, "x", &rest)) {
    int64_t dimension = strtoll(word, NULL, 10);
    fits = t->rank < 4 && dimension >= 0 && !__builtin_mul_overflow(size, (size_t)dimension, &size);
    if (fits) t->shape[t->rank++] = dimension;
  }
  free(shape);
  if (!fits || size != held)
    return message_fail(m, "%s: tensor %s holds %zu bytes, its shape asks for %zu; the store is damaged",
                        q->s->path, t->name, held, size);
  t->data = memory_new(size, 1);
  const void *data = sqlite3_column_blob(q->statement, 3);
  if (data) memcpy(t->data, data, size);
  return 1;
}

int store_tensor(store *s, const char *key, const char *name, run_tensor *tensor, message *m) {
  store_query q =
      store_prepare(s, "SELECT name, type, shape, data FROM tensor WHERE run=? AND name=?", reading);
  store_bind_text(&q, key);
  store_bind_text(&q, name);
  int found = store_step(&q, m);
  if (found == 1) found = read_tensor(&q, tensor, m);
  store_finish(&q);
  return found;
}

int store_tensors(store *s, const char *key, run_tensor **tensors, size_t *count, message *m) {
  store_query q =
      store_prepare(s, "SELECT name, type, shape, data FROM tensor WHERE run=? ORDER BY rowid", reading);
  store_bind_text(&q, key);
  *tensors = NULL;
  *count = 0;
  int status;
  while ((status = store_step(&q, m)) == 1) {
    *tensors = memory_resize(*tensors, *count + 1, sizeof **tensors);
    if ((status = read_tensor(&q, &(*tensors)[*count], m)) != 1) break;
    (*count)++;
  }
  store_finish(&q);
  return status < 0 ? -1 : *count > 0;
}

int store_provenance(store *s, store_pair **pairs, size_t *count, message *m) {
  store_query q =
      store_prepare(s,
                    "SELECT j.key, j.value FROM run, json_each(run.provenance) AS j"
                    " WHERE json_valid(run.provenance)"
                    " UNION SELECT 'engine', engine FROM run UNION SELECT 'data', data_digest FROM run"
                    " UNION SELECT 'threads', threads FROM run ORDER BY 1, 2",
                    reading);
  *pairs = NULL;
  *count = 0;
  int status;
  while ((status = store_step(&q, m)) == 1) {
    *pairs = memory_resize(*pairs, *count + 1, sizeof **pairs);
    (*pairs)[(*count)++] = (store_pair){store_column_text(&q, 0), store_column_text(&q, 1)};
  }
  store_finish(&q);
  return status < 0 ? -1 : *count > 0;
}

int store_seconds(store *s, const char *config, int threads, double *seconds, message *m) {
  store_query q = store_prepare(
      s, "SELECT avg(seconds) FROM run WHERE config=? AND threads=? AND status='done'", reading);
  store_bind_text(&q, config);
  store_bind_integer(&q, threads);
  int found = store_step(&q, m);
  if (found == 1) *seconds = store_column_real(&q, 0);
  store_finish(&q);
  return found == 1 ? !isnan(*seconds) : found;
}

int store_data(store *s, const char *problem, store_dataset *data, message *m) {
  store_query q =
      store_prepare(s, "SELECT problem, digest, source, place FROM data WHERE problem=?", reading);
  store_bind_text(&q, problem);
  int found = store_step(&q, m);
  if (found == 1) {
    store_column_copy(&q, 0, data->problem, sizeof data->problem);
    store_column_copy(&q, 1, data->digest, sizeof data->digest);
    store_column_copy(&q, 2, data->source, sizeof data->source);
    store_column_copy(&q, 3, data->place, sizeof data->place);
  }
  store_finish(&q);
  return found;
}
