#include "experiments/evaluate.h"

#include "experiments/loss.h"

/* Samples that are evaluated at a time: few enough for their activations to stay in the cache, and enough for
 * what each batch does once, the transform of the weights. It depends on nothing but the network, since the
 * last bits of a loss depend on it. */
static int64_t batch_of(const config *k) {
  enum { ACTIVATIONS = 1 << 20, FEWEST = 5, MOST = 100 };
  int64_t n = ACTIVATIONS / network_activations(k);
  return n < FEWEST ? FEWEST : n > MOST ? MOST : n;
}

evaluation evaluate(ag_ctx *c, const network *net, const config *k, const samples *s, const sample_part *part,
                    void (*beat)(void *user), void *user) {
  evaluation e = {.said = judgement_new(s, k, part->n)};
  const int64_t batch = batch_of(k);
  double sum = 0;
  ag_no_grad_begin(c);
  for (int64_t at = 0; at < part->n && ag_error(c) == AG_OK; at += batch) {
    int64_t n = part->n - at < batch ? part->n - at : batch;
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
