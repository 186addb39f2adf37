/* Problem 1: digits. Training and validation part come from the official training file, the test part is the
 * official test file. Pixels stay as they are, -1 to +1. */
#include <stdio.h>
#include <stdlib.h>

#include "experiments/samples.h"

static int64_t rows(const dataset *d) { return d->digits.train.n; }

static void layout(samples *s) {
  s->input = AG_SHAPE(1, DIGIT_SIDE, DIGIT_SIDE);
  s->inputs = DIGIT_PIXELS;
  s->outputs = DIGIT_CLASSES;
}

static int64_t limited(int64_t n, int64_t limit) { return limit > 0 && limit < n ? limit : n; }

static sample_part take(const samples *s, const digit_set *set, const int64_t *index, int64_t n) {
  sample_part p = sample_part_new(s, n);
  p.label = memory_new((size_t)n, sizeof *p.label);
  for (int64_t i = 0; i < n; i++) {
    int64_t row = index ? index[i] : i;
    p.index[i] = row;
    p.label[i] = set->label[row];
    p.target[i * DIGIT_CLASSES + set->label[row]] = 1;
    for (int64_t j = 0; j < DIGIT_PIXELS; j++)
      p.x[i * DIGIT_PIXELS + j] = (double)set->x[row * DIGIT_PIXELS + j];
  }
  return p;
}

static int make(samples *s, const dataset *d, const config *k, const int64_t *order, message *m) {
  const digits *set = &d->digits;
  split_part cut[SPLIT_PARTS];
  char line[DATA_MESSAGE_SIZE];
  if (split_indices(set->train.n, (const double[]){k->split_train, k->split_validation, 0}, order, cut, line,
                    sizeof line) != 0)
    return message_fail(m, "%s", line);
  s->part[SPLIT_TRAIN] =
      take(s, &set->train, cut[SPLIT_TRAIN].index, limited(cut[SPLIT_TRAIN].n, k->limit_train));
  s->part[SPLIT_VALIDATION] =
      take(s, &set->train, cut[SPLIT_VALIDATION].index, limited(cut[SPLIT_VALIDATION].n, k->limit_evaluate));
  s->part[SPLIT_TEST] = take(s, &set->test, NULL, limited(set->test.n, k->limit_evaluate));
  return 0;
}

static void judge(const samples *s, network_output out, int64_t at, int64_t n, judgement j) {
  (void)s;
  (void)n;
  ag_to_double(ag_softmax(out.value, 1), j.value + at * DIGIT_CLASSES);
}

static int64_t likeliest(const double *probability) {
  int64_t best = 0;
  for (int64_t i = 1; i < DIGIT_CLASSES; i++)
    if (probability[i] > probability[best]) best = i;
  return best;
}

static double score(const sample_part *part, judgement j) {
  int64_t right = 0;
  for (int64_t i = 0; i < part->n; i++) right += likeliest(j.value + i * DIGIT_CLASSES) == part->label[i];
  return (double)right / (double)part->n;
}

static void keep_part(const sample_part *part, const char *name, judgement j, run_result *r) {
  char full[64];
  int64_t n = part->n, count = n * DIGIT_CLASSES;
  float *probability = memory_new((size_t)count, sizeof *probability);
  for (int64_t i = 0; i < count; i++) probability[i] = (float)j.value[i];
  snprintf(full, sizeof full, "%s/index", name);
  run_result_tensor(r, full, TENSOR_INT64, 1, &n, part->index);
  snprintf(full, sizeof full, "%s/label", name);
  run_result_tensor(r, full, TENSOR_INT64, 1, &n, part->label);
  snprintf(full, sizeof full, "%s/probability", name);
  run_result_tensor(r, full, TENSOR_FLOAT32, 2, (const int64_t[]){n, DIGIT_CLASSES}, probability);
  free(probability);
}

static void keep(const samples *s, const judgement said[SPLIT_PARTS], run_result *r) {
  for (int i = SPLIT_VALIDATION; i < SPLIT_PARTS; i++)
    keep_part(&s->part[i], samples_part_name(i), said[i], r);
}

/* Pixels have no scale of their own. */
static int recall(samples *s, store *from, const char *key, message *m) {
  (void)s, (void)from, (void)key, (void)m;
  return 0;
}

static void encode(const samples *s, double *x) { (void)s, (void)x; }

const problem problem_digits = {.metric = "accuracy",
                                .rows = rows,
                                .layout = layout,
                                .make = make,
                                .judge = judge,
                                .score = score,
                                .keep = keep,
                                .recall = recall,
                                .encode = encode};
