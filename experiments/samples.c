#include "experiments/samples.h"

#include <stdlib.h>
#include <string.h>

sample_part sample_part_new(const samples *s, int64_t n) {
  return (sample_part){.n = n,
                       .x = memory_new((size_t)(n * s->inputs), sizeof(double)),
                       .target = memory_new((size_t)(n * s->outputs), sizeof(double)),
                       .index = memory_new((size_t)n, sizeof(int64_t))};
}

const char *samples_part_name(int part) {
  static const char *const names[] = {
      [SPLIT_TRAIN] = "train", [SPLIT_VALIDATION] = "validation", [SPLIT_TEST] = "test"};
  return names[part];
}

const problem *problem_of(int64_t which) {
  static const problem *const problems[] = {
      [PROBLEM_DIGITS] = &problem_digits, [PROBLEM_HOUSES] = &problem_houses};
  return problems[which];
}

int samples_make(samples *s, ag_ctx *c, const config *k, const dataset *d, message *m) {
  *s = (samples){.problem = problem_of(k->problem)};
  s->problem->layout(s);
  int64_t rows = s->problem->rows(d);
  int64_t *order = memory_new((size_t)rows, sizeof *order);
  ag_permutation(c, "split", rows, order);
  int status = s->problem->make(s, d, k, order, m);
  free(order);
  for (int i = 0; i < SPLIT_PARTS && status == 0; i++)
    if (s->part[i].n == 0)
      status = message_fail(m, "split.%s: no sample is left for this part; raise its fraction",
                            samples_part_name(i));
  if (status != 0) samples_free(s);
  return status;
}

void samples_free(samples *s) {
  for (int i = 0; i < SPLIT_PARTS; i++) {
    free(s->part[i].x);
    free(s->part[i].target);
    free(s->part[i].label);
    free(s->part[i].price);
    free(s->part[i].index);
    s->part[i] = (sample_part){.n = 0};
  }
}

judgement judgement_new(const samples *s, const config *k, int64_t n) {
  bool spread = k->model == MODEL_GAUSSIAN;
  return (judgement){.value = memory_new((size_t)(n * s->outputs), sizeof(double)),
                     .sigma = spread ? memory_new((size_t)n, sizeof(double)) : NULL};
}

void judgement_free(judgement *j) {
  free(j->value);
  free(j->sigma);
  *j = (judgement){.value = NULL};
}

/* Rows of an array that is `width` wide: in place where they follow each other, else gathered into `room`. */
static const double *gather(const double *from, int64_t width, const int64_t *rows, int64_t first, int64_t n,
                            double *room) {
  if (!rows) return from + first * width;
  for (int64_t i = 0; i < n; i++)
    memcpy(room + i * width, from + rows[i] * width, (size_t)width * sizeof *room);
  return room;
}

sample_batch samples_batch(ag_ctx *c, const samples *s, const sample_part *part, const int64_t *rows,
                           int64_t from, int64_t n) {
  ag_shape shape = {.rank = s->input.rank + 1, .dim = {n}};
  memcpy(shape.dim + 1, s->input.dim, (size_t)s->input.rank * sizeof shape.dim[0]);
  double *room = memory_new((size_t)(n * (s->inputs > s->outputs ? s->inputs : s->outputs)), sizeof *room);
  sample_batch b = {.x = ag_from_double(c, shape, gather(part->x, s->inputs, rows, from, n, room))};
  b.target =
      ag_from_double(c, AG_SHAPE(n, s->outputs), gather(part->target, s->outputs, rows, from, n, room));
  free(room);
  if (part->label) {
    int64_t *label = memory_new((size_t)n, sizeof *label);
    for (int64_t i = 0; i < n; i++) label[i] = part->label[rows ? rows[i] : from + i];
    b.label = ag_from(c, AG_I64, AG_SHAPE(n), label);
    free(label);
  }
  return b;
}
