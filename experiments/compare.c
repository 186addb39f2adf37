#include "experiments/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The quantile 0.975 of Student's t by degrees of freedom; beyond the table, of the normal distribution and
 * the first term of its expansion in 1 / degrees. */
static double t_quantile(size_t degrees) {
  static const double table[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228};
  enum { TABLE = sizeof table / sizeof table[0] };
  return degrees <= TABLE
             ? table[degrees - 1]
             : 1.95996 + 2.37227 / (double)degrees + 2.8225 / ((double)degrees * (double)degrees);
}

double compare_margin(const compare_side *a, const compare_side *b) {
  if (a->n == 0 || b->n == 0 || a->n + b->n < 3) return NAN;
  size_t degrees = a->n + b->n - 2;
  double pooled = ((double)(a->n - 1) * a->variance + (double)(b->n - 1) * b->variance) / (double)degrees;
  return t_quantile(degrees) * sqrt(pooled * (1 / (double)a->n + 1 / (double)b->n));
}

/* ---- Runs ---------------------------------------------------------------------------------------------- */

typedef struct {
  run_result *runs; /* sorted by configuration and seed */
  size_t count;
  store *from;
} side;

static int by_config(const void *x, const void *y) {
  const run_result *a = x, *b = y;
  int order = strcmp(a->config, b->config);
  if (order) return order;
  if (a->seed != b->seed) return a->seed < b->seed ? -1 : 1;
  return strcmp(a->key, b->key);
}

static int read_side(side *s, store *from, message *m) {
  *s = (side){.from = from};
  if (store_list(from, &s->runs, &s->count, m) < 0) return -1;
  if (s->count) qsort(s->runs, s->count, sizeof *s->runs, by_config);
  return 0;
}

static void free_side(side *s) {
  for (size_t i = 0; i < s->count; i++) run_result_free(&s->runs[i]);
  free(s->runs);
}

static void count_runs(compare_result *r, const side *a, const side *b) {
  size_t i = 0, j = 0;
  while (i < a->count || j < b->count) {
    int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->runs[i].config, b->runs[j].config);
    if (order == 0 && a->runs[i].seed != b->runs[j].seed) order = a->runs[i].seed < b->runs[j].seed ? -1 : 1;
    r->only_a += order < 0;
    r->only_b += order > 0;
    r->shared += order == 0;
    if (order == 0) r->changed += a->runs[i].status != b->runs[j].status;
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
}

/* ---- Metrics of one configuration ---------------------------------------------------------------------- */

/* The values of a metric over the done runs first .. first + n - 1. */
static int gather(const side *s, size_t first, size_t n, const char *metric, double *values, int64_t *seeds,
                  compare_side *out, message *m) {
  *out = (compare_side){.n = 0};
  for (size_t i = first; i < first + n; i++) {
    const run_result *r = &s->runs[i];
    double value;
    if (r->status != RUN_DONE) continue;
    int found = store_metric(s->from, r->key, metric, &value, m);
    if (found < 0) return -1;
    if (found == 0) continue;
    values[out->n] = value;
    seeds[out->n++] = r->seed;
  }
  for (size_t i = 0; i < out->n; i++) out->mean += values[i] / (double)out->n;
  for (size_t i = 0; i < out->n && out->n > 1; i++)
    out->variance += (values[i] - out->mean) * (values[i] - out->mean) / (double)(out->n - 1);
  return 0;
}

static compared judge(const comparison *c, const double *a, const double *b, const int64_t *seeds_a,
                      const int64_t *seeds_b) {
  bool same = c->a.n == c->b.n;
  for (size_t i = 0; i < c->a.n && same; i++)
    same = seeds_a[i] == seeds_b[i] && memcmp(&a[i], &b[i], sizeof a[i]) == 0;
  if (same) return COMPARED_EQUAL;
  double margin = compare_margin(&c->a, &c->b);
  if (isnan(margin)) return COMPARED_UNKNOWN;
  return fabs(c->a.mean - c->b.mean) <= margin ? COMPARED_WITHIN : COMPARED_BEYOND;
}

static int compare_metric(compare_result *r, const side *a, size_t at_a, size_t n_a, const side *b,
                          size_t at_b, size_t n_b, const char *metric, message *m) {
  double *values[2] = {memory_new(n_a, sizeof(double)), memory_new(n_b, sizeof(double))};
  int64_t *seeds[2] = {memory_new(n_a, sizeof(int64_t)), memory_new(n_b, sizeof(int64_t))};
  comparison c = {.config = NULL};
  int status = gather(a, at_a, n_a, metric, values[0], seeds[0], &c.a, m) == 0 &&
                       gather(b, at_b, n_b, metric, values[1], seeds[1], &c.b, m) == 0
                   ? 0
                   : -1;
  if (status == 0 && c.a.n > 0 && c.b.n > 0) {
    c.verdict = judge(&c, values[0], values[1], seeds[0], seeds[1]);
    c.config = memory_text(a->runs[at_a].config);
    memcpy(c.metric, metric, strlen(metric) + 1);
    r->metrics = memory_resize(r->metrics, r->count + 1, sizeof *r->metrics);
    r->metrics[r->count++] = c;
  }
  for (int i = 0; i < 2; i++) {
    free(values[i]);
    free(seeds[i]);
  }
  return status;
}

static size_t alike(const side *s, size_t first) {
  size_t n = 1;
  while (first + n < s->count && strcmp(s->runs[first + n].config, s->runs[first].config) == 0) n++;
  return n;
}

/* The metrics of the first done run name those of all. */
static int compare_config(compare_result *r, const side *a, size_t at_a, size_t n_a, const side *b,
                          size_t at_b, size_t n_b, message *m) {
  size_t first = at_a;
  while (first < at_a + n_a && a->runs[first].status != RUN_DONE) first++;
  if (first == at_a + n_a) return 0;
  run_metric *metrics;
  size_t count;
  int status = store_metrics(a->from, a->runs[first].key, &metrics, &count, m) < 0 ? -1 : 0;
  for (size_t i = 0; i < count && status == 0; i++)
    status = compare_metric(r, a, at_a, n_a, b, at_b, n_b, metrics[i].name, m);
  free(metrics);
  return status;
}

int compare_stores(compare_result *r, store *left, store *right, message *m) {
  side a, b = {.runs = NULL};
  *r = (compare_result){.metrics = NULL};
  int status = read_side(&a, left, m) == 0 && read_side(&b, right, m) == 0 ? 0 : -1;
  if (status == 0) count_runs(r, &a, &b);
  for (size_t i = 0, j = 0; i < a.count && j < b.count && status == 0;) {
    int order = strcmp(a.runs[i].config, b.runs[j].config);
    size_t n_a = alike(&a, i), n_b = alike(&b, j);
    if (order == 0) status = compare_config(r, &a, i, n_a, &b, j, n_b, m);
    if (order <= 0) i += n_a;
    if (order >= 0) j += n_b;
  }
  free_side(&a);
  free_side(&b);
  if (status != 0) compare_free(r);
  return status;
}

void compare_free(compare_result *r) {
  for (size_t i = 0; i < r->count; i++) free(r->metrics[i].config);
  free(r->metrics);
  *r = (compare_result){.metrics = NULL};
}
