/* A training step of the convolutional network: forward, cross entropy, backward, Adam; and an epoch of such
 * steps.
 *
 * Its bound are the multiply-adds of its convolutions, done directly: of each once for the result, once for
 * the gradient of the weights, and once for that of the input, which the first layer's images do not need. */
#include <stdlib.h>

#include "bench/kinds.h"
#include "models/cnn.h"

typedef struct {
  ag_ctx *c;
  cnn model;
  ag_optim *adam;
  ag_tensor *images, *labels;
  int64_t batch, next, count;
} state;

static cnn_config config_of(const sizes *s) {
  return (cnn_config){.in_channels = 1,
                      .side = s->side,
                      .layers = s->layers,
                      .channels = s->channels,
                      .kernel = 3,
                      .padding = s->padding,
                      .classes = 10,
                      .activation = "relu",
                      .batch_norm = true,
                      .pool = 2,
                      .dropout = 0.1};
}

static void *make(ag_ctx *c, const sizes *s) {
  state *t = state_new(sizeof *t);
  const cnn_config config = config_of(s);
  t->c = c;
  t->model = cnn_new(c, &config);
  t->adam = ag_optim_new(c, ag_adam, .lr = 0.001);
  t->batch = s->batch;
  t->count = s->n ? s->n : s->batch;
  t->images = numbers(c, AG_SHAPE(t->count, 1, s->side, s->side));
  t->labels = labels(c, t->count, 10);
  return t;
}

static void step(void *data) {
  state *t = data;
  const int64_t end = t->next + t->batch < t->count ? t->next + t->batch : t->count;
  ag_scope_begin(t->c);
  ag_tensor *x = ag_slice(t->images, 0, t->next, end, 1), *y = ag_slice(t->labels, 0, t->next, end, 1);
  ag_backward(ag_cross_entropy(cnn_forward(&t->model, x, true), y));
  ag_optim_step(t->adam);
  ag_scope_end(t->c);
  t->next = end < t->count ? end : 0;
}

static void epoch(void *data) {
  state *t = data;
  do {
    step(t);
  } while (t->next);
}

static bound multiply_adds(const sizes *s) {
  const cnn_config config = config_of(s);
  const int64_t after = s->side + 2 * s->padding - 2, images = 9 * s->channels * after * after;
  return bound_multiply_adds((double)s->batch * (double)(3 * cnn_multiply_adds(&config) - images),
                             s->threads);
}

const kind kind_cnn = {"cnn", make, step, multiply_adds, false};
const kind kind_epoch = {"epoch", make, epoch, NULL, false};
