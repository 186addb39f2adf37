/* Problem 2: house prices. Features and, where asked for, prices are standardised by the training part alone;
 * whatever leaves this file is in dollars again. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/samples.h"

static int64_t rows(const dataset *d) { return d->houses.n; }

static void layout(samples *s) {
  s->input = AG_SHAPE(HOUSE_FEATURES);
  s->inputs = HOUSE_FEATURES;
  s->outputs = 1;
  for (int i = 0; i < HOUSE_FEATURES; i++) s->feature_sd[i] = 1;
  s->target_sd = 1;
}

static sample_part take(const samples *s, const houses *set, split_part cut) {
  sample_part p = sample_part_new(s, cut.n);
  p.price = memory_new((size_t)cut.n, sizeof *p.price);
  for (int64_t i = 0; i < cut.n; i++) p.price[i] = set->price[cut.index[i]];
  memcpy(p.index, cut.index, (size_t)cut.n * sizeof *p.index);
  standard_apply(set->x, HOUSE_FEATURES, cut, s->feature_mean, s->feature_sd, p.x);
  standard_apply(set->price, 1, cut, &s->target_mean, &s->target_sd, p.target);
  return p;
}

static void limit(split_part *part, int64_t most) {
  if (most > 0 && most < part->n) part->n = most;
}

static int make(samples *s, const dataset *d, const config *k, const int64_t *order, message *m) {
  const houses *set = &d->houses;
  split_part cut[SPLIT_PARTS];
  char line[DATA_MESSAGE_SIZE];
  if (split_indices(set->n, (const double[]){k->split_train, k->split_validation, k->split_test}, order, cut,
                    line, sizeof line) != 0)
    return message_fail(m, "%s", line);
  limit(&cut[SPLIT_TRAIN], k->limit_train);
  limit(&cut[SPLIT_VALIDATION], k->limit_evaluate);
  limit(&cut[SPLIT_TEST], k->limit_evaluate);
  if (k->features == FEATURES_STANDARDISED)
    standard_fit(set->x, HOUSE_FEATURES, cut[SPLIT_TRAIN], s->feature_mean, s->feature_sd);
  if (k->target == TARGET_STANDARDISED)
    standard_fit(set->price, 1, cut[SPLIT_TRAIN], &s->target_mean, &s->target_sd);
  for (int i = 0; i < SPLIT_PARTS; i++) s->part[i] = take(s, set, cut[i]);
  return 0;
}

static void judge(const samples *s, network_output out, int64_t at, int64_t n, judgement j) {
  ag_to_double(out.value, j.value + at);
  for (int64_t i = at; i < at + n; i++) j.value[i] = s->target_mean + s->target_sd * j.value[i];
  if (!out.log_variance) return;
  ag_to_double(out.log_variance, j.sigma + at);
  for (int64_t i = at; i < at + n; i++) j.sigma[i] = s->target_sd * exp(0.5 * j.sigma[i]);
}

static double score(const sample_part *part, judgement j) {
  double sum = 0;
  for (int64_t i = 0; i < part->n; i++) {
    double error = j.value[i] - part->price[i];
    sum += error * error;
  }
  return sum / (double)part->n;
}

static void keep_part(const sample_part *part, const char *name, judgement j, run_result *r) {
  char full[64];
  int64_t n = part->n;
  snprintf(full, sizeof full, "%s/index", name);
  run_result_tensor(r, full, TENSOR_INT64, 1, &n, part->index);
  snprintf(full, sizeof full, "%s/price", name);
  run_result_tensor(r, full, TENSOR_FLOAT64, 1, &n, part->price);
  snprintf(full, sizeof full, "%s/mean", name);
  run_result_tensor(r, full, TENSOR_FLOAT64, 1, &n, j.value);
  if (!j.sigma) return;
  snprintf(full, sizeof full, "%s/sigma", name);
  run_result_tensor(r, full, TENSOR_FLOAT64, 1, &n, j.sigma);
}

static void keep(const samples *s, const judgement said[SPLIT_PARTS], run_result *r) {
  static const int64_t features = HOUSE_FEATURES, one = 1;
  run_result_tensor(r, "scale/feature_mean", TENSOR_FLOAT64, 1, &features, s->feature_mean);
  run_result_tensor(r, "scale/feature_sd", TENSOR_FLOAT64, 1, &features, s->feature_sd);
  run_result_tensor(r, "scale/target_mean", TENSOR_FLOAT64, 1, &one, &s->target_mean);
  run_result_tensor(r, "scale/target_sd", TENSOR_FLOAT64, 1, &one, &s->target_sd);
  for (int i = SPLIT_VALIDATION; i < SPLIT_PARTS; i++)
    keep_part(&s->part[i], samples_part_name(i), said[i], r);
}

static int recall_scale(store *from, const char *key, const char *name, int64_t count, double *out,
                        message *m) {
  run_tensor t;
  int found = store_tensor(from, key, name, &t, m);
  if (found < 0) return -1;
  if (found == 0)
    return message_fail(m, "run %.12s: no tensor %s in the store; it did not finish", key, name);
  bool fits = t.type == TENSOR_FLOAT64 && t.rank == 1 && t.shape[0] == count;
  if (fits) memcpy(out, t.data, (size_t)count * sizeof *out);
  free(t.data);
  return fits ? 0
              : message_fail(m, "run %.12s: tensor %s is not %d float64 numbers; the store is damaged", key,
                             name, (int)count);
}

static int recall(samples *s, store *from, const char *key, message *m) {
  bool all = recall_scale(from, key, "scale/feature_mean", HOUSE_FEATURES, s->feature_mean, m) == 0 &&
             recall_scale(from, key, "scale/feature_sd", HOUSE_FEATURES, s->feature_sd, m) == 0 &&
             recall_scale(from, key, "scale/target_mean", 1, &s->target_mean, m) == 0 &&
             recall_scale(from, key, "scale/target_sd", 1, &s->target_sd, m) == 0;
  return all ? 0 : -1;
}

static void encode(const samples *s, double *x) {
  for (int i = 0; i < HOUSE_FEATURES; i++) x[i] = (x[i] - s->feature_mean[i]) / s->feature_sd[i];
}

const problem problem_houses = {.metric = "mse",
                                .rows = rows,
                                .layout = layout,
                                .make = make,
                                .judge = judge,
                                .score = score,
                                .keep = keep,
                                .recall = recall,
                                .encode = encode};
