#include "experiments/evaluate.h"

#include "experiments/loss.h"

enum {
  EVALUATION_BATCH = 100
}; /* activations of so many samples stay in the cache; the results do not depend on it much */

evaluation evaluate(ag_ctx *c, const network *net, const config *k, const samples *s, const sample_part *part,
                    void (*beat)(void *user), void *user) {
  evaluation e = {.said = judgement_new(s, k, part->n)};
  double sum = 0;
  ag_no_grad_begin(c);
  for (int64_t at = 0; at < part->n && ag_error(c) == AG_OK; at += EVALUATION_BATCH) {
    int64_t n = part->n - at < EVALUATION_BATCH ? part->n - at : EVALUATION_BATCH;
    ag_scope_begin(c);
    sample_batch b = samples_batch(c, s, part, NULL, at, n);
    network_output out = network_forward(net, b.x, false);
    sum += (double)n * ag_item(loss_of(k, out, b.target, b.label));
    if (ag_error(c) == AG_OK) s->problem->judge(s, out, at, n, e.said);
    ag_scope_end(c);
    if (beat) beat(user);
  }
  ag_no_grad_end(c);
  e.loss = sum / (double)part->n;
  e.metric = s->problem->score(part, e.said);
  return e;
}
