#include "tests/test_experiments_sitting.h"

#include <stdio.h>
#include <string.h>

#include "experiments/leftovers.h"
#include "experiments/train.h"

#define SMALL                                                                                                \
  "epochs=3", "limit.train=70", "limit.evaluate=60", "batch=20", "conv.layers=2", "conv.channels=4"
const char *const sitting_cases[SITTING_CASES][12] = {
    {SMALL, "schedule.step=2", "optimizer=adam"},
    {SMALL, "optimizer=sgd", "momentum=0.9"},
    {SMALL, "optimizer=rmsprop", "momentum=0.5", "weight_decay=0.01"},
    {SMALL, "dtype=float64", "conv.dropout=0.4"},
    {"problem=houses", "model=gaussian", "epochs=3", "limit.train=70", "batch=20", "mlp.width=8",
     "record.every=2"},
    {"problem=houses", "epochs=3", "limit.train=70", "batch=20", "mlp.width=8", "optimizer=rmsprop"},
    {"problem=houses", "epochs=3", "limit.train=70", "batch=20", "mlp.width=8", "record.every=1",
     "record.test=end"}};
static void beat(void *user, int64_t step, int64_t epoch, double loss) {
  sitter *s = user;
  (void)epoch, (void)loss;
  s->step = step;
  if (s->first == 0) s->first = step;
}

static bool stop(void *user) {
  const sitter *s = user;
  return s->step == s->stop;
}

static void warn(void *user, const char *text) {
  sitter *s = user;
  size_t used = strlen(s->warned);
  snprintf(s->warned + used, sizeof s->warned - used, "%s\n", text);
}

static int sit_with(double every, run_result *r, const plan_job *job, int64_t until, sitter *s) {
  *s = (sitter){.stop = until};
  train_options options = {.threads = 1,
                           .beat = beat,
                           .stop = stop,
                           .warn = warn,
                           .user = s,
                           .store = store_path,
                           .checkpoint_every = every};
  return train(r, job, &data, &options, &line);
}

int sit(run_result *r, const plan_job *job, int64_t until, sitter *s) {
  return sit_with(until > 0 ? 0 : 1e9, r, job, until, s);
}

void stop_seldom_at(const plan_job *job, int64_t step) {
  run_result r;
  sitter s;
  ck_assert_int_eq(sit_with(1e9, &r, job, step, &s), TRAIN_STOPPED);
  ck_assert_str_eq(s.warned, "");
  run_result_free(&r);
}

void stop_at(const plan_job *job, int64_t step) {
  run_result r;
  sitter s;
  ck_assert_int_eq(sit(&r, job, step, &s), TRAIN_STOPPED);
  ck_assert_int_eq(s.step, step);
  ck_assert_str_eq(s.warned, "");
  run_result_free(&r);
}

run_result whole(const plan_job *job) {
  run_result r;
  ck_assert_msg(train(&r, job, &data, &(train_options){.threads = 1}, &line) == 0, "%s", line.text);
  return r;
}

void forget(const plan_job *job) { leftovers_remove(store_path, job->key); }

char *file_of(const plan_job *job, char which) {
  return memory_format("%s-checkpoints/%s-%c", store_path, job->key, which);
}

int64_t go_on(const plan_job *job, sitter *s) {
  run_result expected = whole(job), r;
  ck_assert_int_eq(sit(&r, job, 0, s), 0);
  ck_assert(same_run(&expected, &r));
  run_result_free(&expected);
  run_result_free(&r);
  return s->first;
}
