#include "experiments/predictor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes one stored parameter into the registered tensor x. */
static int restore(store *s, const char *key, ag_tensor *x, message *m) {
  char name[80];
  snprintf(name, sizeof name, "parameter/%s", ag_name(x));
  run_tensor t = {.data = NULL};
  int found = store_tensor(s, key, name, &t, m);
  if (found < 0) return -1;
  if (found == 0)
    return message_fail(m, "run %.12s: no tensor %s in the store; only a run that is done can predict", key,
                        name);
  int64_t count = 1;
  for (int i = 0; i < t.rank; i++) count *= t.shape[i];
  bool fits = count == ag_numel(x) && t.type == TENSOR_FLOAT32;
  if (fits) {
    double *wide = memory_new((size_t)count, sizeof *wide);
    for (int64_t i = 0; i < count; i++) wide[i] = (double)((const float *)t.data)[i];
    ag_assign(x, wide);
    free(wide);
  }
  free(t.data);
  if (fits) return 0;
  return message_fail(
      m, "run %.12s: tensor %s has not the %" PRId64 " float32 numbers of the model; the store is damaged",
      key, name, ag_numel(x));
}

static int build(predictor *p, store *s, const run_result *run, message *m) {
  p->samples.problem = problem_of(p->config.problem);
  p->samples.problem->layout(&p->samples);
  ag_set_dtype(p->c, p->config.dtype == DTYPE_FLOAT64 ? AG_F64 : AG_F32);
  ag_set_threads(p->c, 1);
  p->net = network_new(p->c, &p->config);
  ag_tensor *x;
  for (int i = 0; ag_error(p->c) == AG_OK && (x = ag_registered(p->c, i)) != NULL; i++)
    if (restore(s, run->key, x, m) != 0) return -1;
  if (p->samples.problem->recall(&p->samples, s, run->key, m) != 0) return -1;
  return ag_error(p->c) == AG_OK ? 0 : message_fail(m, "%s", ag_error_message(p->c));
}

int predictor_open(predictor *p, store *s, const run_result *run, message *m) {
  *p = (predictor){.c = NULL};
  if (run->status != RUN_DONE)
    return message_fail(m, "run %.12s %s (%s); only a run that is done can predict", run->key,
                        run_status_name(run->status), run->message);
  if (config_parse(&p->config, run->config, m) != 0) return message_prefix(m, "run %.12s", run->key);
  p->c = ag_ctx_new();
  int status = p->c ? build(p, s, run, m) : message_fail(m, "no memory for a context of the engine");
  if (status != 0) predictor_close(p);
  return status;
}

void predictor_close(predictor *p) {
  network_free(&p->net);
  ag_ctx_free(p->c);
  p->c = NULL;
}

int predictor_ask(predictor *p, const double *x, int64_t n, judgement *j, message *m) {
  const samples *s = &p->samples;
  *j = judgement_new(s, &p->config, n);
  double *seen = memory_new((size_t)(n * s->inputs), sizeof *seen);
  memcpy(seen, x, (size_t)(n * s->inputs) * sizeof *seen);
  for (int64_t i = 0; i < n; i++) s->problem->encode(s, seen + i * s->inputs);
  ag_shape shape = {.rank = s->input.rank + 1, .dim = {n}};
  memcpy(shape.dim + 1, s->input.dim, (size_t)s->input.rank * sizeof shape.dim[0]);
  ag_no_grad_begin(p->c);
  ag_scope_begin(p->c);
  network_output out = network_forward(&p->net, ag_from_double(p->c, shape, seen), false);
  if (ag_error(p->c) == AG_OK) s->problem->judge(s, out, 0, n, *j);
  ag_scope_end(p->c);
  ag_no_grad_end(p->c);
  free(seen);
  if (ag_error(p->c) == AG_OK) return 0;
  judgement_free(j);
  return message_fail(m, "%s", ag_error_message(p->c));
}
