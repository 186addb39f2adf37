#include "experiments/train.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/evaluate.h"
#include "experiments/loss.h"
#include "experiments/provenance.h"
#include "experiments/sitting.h"

typedef struct {
  const config *k;
  const train_options *options;
  run_result *result;
  ag_ctx *c;
  samples samples;
  network net;
  ag_optim *optim;
  ag_schedule schedule;
  int64_t *order; /* of the training samples, new for each epoch */
  run_place at;
  sitting sitting;
} trainer;

static void beat(void *user) {
  const trainer *t = user;
  if (t->options->beat) t->options->beat(t->options->user, t->at.step, t->at.epoch, t->at.loss);
}

/* ---- One step, one epoch ------------------------------------------------------------------------------- */

/* Computes a loss that was not finite once more, and keeps what the engine says of the first operator whose
 * result is not. Parameters that the last update spoilt are named as its operands. */
static void find_cause(trainer *t, const sample_batch *b) {
  ag_no_grad_begin(t->c);
  ag_set_detect_anomaly(t->c, true);
  loss_of(t->k, network_forward(&t->net, b->x, true), b->target, b->label);
  ag_set_detect_anomaly(t->c, false);
  ag_no_grad_end(t->c);
  const char *text = strstr(ag_error_message(t->c), ": "); /* behind the file and line */
  snprintf(t->result->message, sizeof t->result->message, "%s", text ? text : "");
  ag_clear_error(t->c);
}

/* Trains on n samples; false when the loss is not finite, or after an error of the engine. */
static bool train_step(trainer *t, const int64_t *rows, int64_t n) {
  ag_scope_begin(t->c);
  sample_batch b = samples_batch(t->c, &t->samples, &t->samples.part[SPLIT_TRAIN], rows, 0, n);
  ag_tensor *loss = loss_of(t->k, network_forward(&t->net, b.x, true), b.target, b.label);
  t->at.loss = ag_item(loss);
  if (t->at.step < FIRST_LOSSES) t->at.first[t->at.step] = t->at.loss;
  t->at.step++;
  bool finite = isfinite(t->at.loss) && ag_error(t->c) == AG_OK;
  if (!finite && ag_error(t->c) == AG_OK) find_cause(t, &b);
  if (finite) {
    ag_backward(loss);
    ag_optim_step(t->optim);
  }
  ag_scope_end(t->c);
  beat(t);
  return finite && ag_error(t->c) == AG_OK;
}

typedef enum { EPOCH_ENDED, EPOCH_STOPPED, EPOCH_BROKEN } epoch_end;

/* A pass over the training part in a new order, or what is left of one; the last batch may be smaller. *mean:
 * of the loss over its samples. */
static epoch_end train_epoch(trainer *t, double *mean) {
  run_place *at = &t->at;
  int64_t n = t->samples.part[SPLIT_TRAIN].n;
  ag_optim_set_lr(t->optim, ag_schedule_rate(&t->schedule, t->k->lr, at->epoch));
  if (at->at == 0) {
    at->sum = 0;
    ag_permutation(t->c, "shuffle", n, t->order);
  }
  while (at->at < n) {
    int64_t size = n - at->at < t->k->batch ? n - at->at : t->k->batch;
    if (!train_step(t, t->order + at->at, size)) return EPOCH_BROKEN;
    at->sum += (double)size * at->loss;
    at->at += size;
    if (sitting_pause(&t->sitting)) return EPOCH_STOPPED;
  }
  *mean = at->sum / (double)n;
  at->epoch++;
  at->at = 0;
  return EPOCH_ENDED;
}

/* ---- Results ------------------------------------------------------------------------------------------- */

/* What is not looked at has no numbers: NaN. */
static evaluation look_at(trainer *t, int part) {
  if (part == SPLIT_TEST && t->k->record_test == TEST_END && t->at.epoch < t->k->epochs)
    return (evaluation){.loss = NAN, .metric = NAN};
  return evaluate(t->c, &t->net, t->k, &t->samples, &t->samples.part[part], beat, t);
}

static void record(trainer *t, double train_loss, evaluation found[SPLIT_PARTS]) {
  sitting_clock(&t->sitting);
  for (int i = SPLIT_VALIDATION; i < SPLIT_PARTS; i++) {
    judgement_free(&found[i].said);
    found[i] = look_at(t, i);
  }
  run_result_point(t->result, (run_point){.epoch = t->at.epoch,
                                          .step = t->at.step,
                                          .lr = ag_optim_lr(t->optim),
                                          .train_loss = train_loss,
                                          .validation_loss = found[SPLIT_VALIDATION].loss,
                                          .validation_metric = found[SPLIT_VALIDATION].metric,
                                          .test_loss = found[SPLIT_TEST].loss,
                                          .test_metric = found[SPLIT_TEST].metric,
                                          .seconds = t->at.seconds});
}

static void keep_parameters(const trainer *t) {
  ag_tensor *x;
  for (int i = 0; (x = ag_registered(t->c, i)) != NULL; i++) {
    char name[64];
    size_t count = (size_t)ag_numel(x);
    ag_shape shape = ag_shape_of(x);
    double *values = memory_new(count, sizeof *values);
    float *narrow = memory_new(count, sizeof *narrow);
    ag_to_double(x, values);
    for (size_t j = 0; j < count; j++) narrow[j] = (float)values[j];
    snprintf(name, sizeof name, "parameter/%s", ag_name(x));
    run_result_tensor(t->result, name, TENSOR_FLOAT32, shape.rank, shape.dim, narrow);
    free(values);
    free(narrow);
  }
}

static void keep_results(trainer *t, double train_loss, const evaluation found[SPLIT_PARTS]) {
  const judgement said[SPLIT_PARTS] = {
      [SPLIT_VALIDATION] = found[SPLIT_VALIDATION].said, [SPLIT_TEST] = found[SPLIT_TEST].said};
  run_result_metric(t->result, "train_loss", train_loss);
  for (int i = SPLIT_VALIDATION; i < SPLIT_PARTS; i++) {
    char name[32];
    snprintf(name, sizeof name, "%s_loss", samples_part_name(i));
    run_result_metric(t->result, name, found[i].loss);
    snprintf(name, sizeof name, "%s_%s", samples_part_name(i), t->samples.problem->metric);
    run_result_metric(t->result, name, found[i].metric);
  }
  keep_parameters(t);
  t->samples.problem->keep(&t->samples, said, t->result);
}

static void keep_first_losses(trainer *t) {
  int64_t n = t->at.step < FIRST_LOSSES ? t->at.step : FIRST_LOSSES;
  run_result_tensor(t->result, "train/first_losses", TENSOR_FLOAT64, 1, &n, t->at.first);
}

static void diverged(trainer *t) {
  run_result *r = t->result;
  r->status = RUN_DIVERGED;
  r->failed_step = t->at.step;
  char cause[sizeof r->message];
  memcpy(cause, r->message, sizeof cause);
  snprintf(r->message, sizeof r->message, "%s loss at step %" PRId64 "%.200s",
           isnan(t->at.loss) ? "NaN" : "infinite", t->at.step, cause);
}

/* All epochs that are left. Returns -1 only for an error of the engine, which stays in the context. */
static int train_all(trainer *t) {
  evaluation found[SPLIT_PARTS] = {{.said.value = NULL}};
  epoch_end how = EPOCH_ENDED;
  double train_loss = NAN;
  while (t->at.epoch < t->k->epochs && (how = train_epoch(t, &train_loss)) == EPOCH_ENDED)
    if (t->at.epoch % t->k->record_every == 0 || t->at.epoch == t->k->epochs) record(t, train_loss, found);
  int status = ag_error(t->c) != AG_OK ? -1 : how == EPOCH_STOPPED ? TRAIN_STOPPED : 0;
  if (status == 0) keep_first_losses(t);
  if (status == 0 && how == EPOCH_BROKEN)
    diverged(t);
  else if (status == 0)
    keep_results(t, train_loss, found);
  for (int i = 0; i < SPLIT_PARTS; i++) judgement_free(&found[i].said);
  return status;
}

/* ---- The run ------------------------------------------------------------------------------------------- */

static ag_schedule schedule_of(const config *k) {
  return k->schedule == SCHEDULE_STEP ? ag_step_lr(k->schedule_step, k->schedule_gamma) : ag_schedule_none();
}

/* The key of a run vouches for its data. */
static int check_data(const plan_job *job, const dataset *d, message *m) {
  store_dataset found = dataset_describe(d, (config_problem)job->config.problem);
  if (strcmp(found.digest, job->data_digest) == 0) return 0;
  return message_fail(
      m, "the run was planned for %s of SHA-256 %.16s..., found %.16s... (%s); start agx run again",
      found.problem, job->data_digest, found.digest, found.place);
}

/* The run's seed moves every stream, and a seed of its own one alone. */
static void seed_streams(ag_ctx *c, const config *k, int64_t seed) {
  const struct {
    const char *name;
    int64_t seed;
  } streams[] = {{"split", k->seed_split},
                 {"init", k->seed_init},
                 {"shuffle", k->seed_shuffle},
                 {"dropout", k->seed_dropout}};
  ag_seed(c, (uint64_t)seed);
  for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
    if (streams[i].seed > 0) ag_seed_stream(c, streams[i].name, (uint64_t)streams[i].seed);
}

static int train_in(trainer *t, const plan_job *job, const dataset *d, message *m) {
  const config *k = t->k;
  if (check_data(job, d, m) != 0) return -1;
  ag_set_threads(t->c, t->options->threads);
  ag_set_dtype(t->c, k->dtype == DTYPE_FLOAT64 ? AG_F64 : AG_F32);
  seed_streams(t->c, k, job->seed);
  if (samples_make(&t->samples, t->c, k, d, m) != 0) return -1;
  t->net = network_new(t->c, k);
  t->optim =
      ag_optim_new(.c = t->c, .type = ag_optim_type_find(config_find("optimizer")->choices[k->optimizer]),
                   .lr = k->lr, .momentum = k->optimizer == OPTIMIZER_ADAM ? 0 : k->momentum,
                   .weight_decay = k->weight_decay);
  t->schedule = schedule_of(k);
  t->order = memory_new((size_t)t->samples.part[SPLIT_TRAIN].n, sizeof *t->order);
  if (ag_error(t->c) == AG_OK)
    sitting_resume(&t->sitting, job->key,
                   &(run_parts){.place = &t->at,
                                .c = t->c,
                                .optim = t->optim,
                                .order = t->order,
                                .samples = t->samples.part[SPLIT_TRAIN].n,
                                .epochs = k->epochs,
                                .result = t->result});
  run_result_metric(t->result, "parameters", (double)ag_parameter_count(t->c));
  run_result_metric(t->result, "multiply_adds", (double)network_multiply_adds(k));
  if (t->options->watch) t->options->watch(t->options->user, t->c);
  int status = ag_error(t->c) == AG_OK ? train_all(t) : -1;
  if (status < 0) message_fail(m, "%s", ag_error_message(t->c));
  run_result_metric(t->result, "steps", (double)t->at.step);
  free(t->order);
  network_free(&t->net);
  samples_free(&t->samples);
  return status;
}

static void begin_result(run_result *r, const plan_job *job, int threads) {
  *r = (run_result){.seed = job->seed, .config = config_text(&job->config), .threads = threads};
  memcpy(r->key, job->key, sizeof r->key);
  snprintf(r->data_digest, sizeof r->data_digest, "%s", job->data_digest);
  snprintf(r->engine, sizeof r->engine, "%s", plan_engine());
  r->provenance = provenance_text();
}

int train(run_result *r, const plan_job *job, const dataset *d, const train_options *options, message *m) {
  begin_result(r, job, options->threads);
  trainer t = {.k = &job->config, .options = options, .result = r, .c = ag_ctx_new()};
  sitting_begin(&t.sitting, options, &t.at);
  int status = t.c ? train_in(&t, job, d, m) : message_fail(m, "no memory for a context of the engine");
  ag_ctx_free(t.c);
  sitting_clock(&t.sitting);
  sitting_end(&t.sitting);
  r->started = t.at.started;
  r->seconds = t.at.seconds;
  r->cpu_seconds = t.at.cpu_seconds;
  r->peak_kb = t.at.peak_kb;
  return status;
}
