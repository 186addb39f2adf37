/* Recurrent layers, PyTorch's RNN, LSTM and GRU: cells along time, layer upon layer, in one direction or in
 * both. The products with x are taken for all steps at once, so that a step has one product to wait for. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "core/internal.h"
#include "nn/layer.h"
#include "ops/check.h"
#include "ops/recurrent.h"

static ag_tensor *parameter(const ag_rnn_layer_new_args *a, const char *what, int layer, int direction,
                            ag_shape shape) {
  char name[64];
  (void)snprintf(name, sizeof name, "%s_l%d%s", what, layer, direction ? "_reverse" : "");
  ag_tensor *x = ag_layer_tensor(a->at, a->c, a->name, name, AG_TRAINED, shape);
  const double bound = 1 / sqrt((double)a->hidden);
  ag_init_uniform(x, -bound, bound);
  return x;
}

ag_rnn_layer(ag_rnn_layer_new)(ag_rnn_layer_new_args a) {
  const int layers = a.layers == 0 ? 1 : a.layers, directions = a.bidirectional ? 2 : 1;
  ag_rnn_layer layer = {.kind = a.kind,
                        .hidden = a.hidden,
                        .layers = layers,
                        .bidirectional = a.bidirectional,
                        .batch_first = a.batch_first,
                        .dropout = a.dropout};
  if (a.in < 1 || a.hidden < 1 || a.hidden > INT64_MAX / 4 || layers < 1 || layers > AG_RNN_MOST_LAYERS) {
    ag_fail(a.c, AG_EVALUE, a.at,
            "rnn layer %s: in %" PRId64 ", hidden %" PRId64
            ", layers %d; all must be at least 1, and layers at most %d",
            a.name, a.in, a.hidden, layers, AG_RNN_MOST_LAYERS);
    layer.layers = 0;
  } else if ((unsigned)a.kind > AG_GRU) {
    ag_fail(a.c, AG_EVALUE, a.at,
            "rnn layer %s: kind %d is none of AG_RNN_TANH, AG_RNN_RELU, AG_LSTM and AG_GRU", a.name,
            (int)a.kind);
    layer.layers = 0;
  } else if (!(a.dropout >= 0 && a.dropout <= 1)) {
    ag_fail(a.c, AG_EVALUE, a.at, "rnn layer %s: dropout %g is not in 0 .. 1", a.name, a.dropout);
  }
  const int64_t gates = ag_rnn_gates(a.kind) * (layer.layers ? a.hidden : 1);
  for (int i = 0; i < layer.layers; i++) {
    const int64_t in = i == 0 ? a.in : directions * a.hidden;
    for (int d = 0; d < directions; d++) {
      ag_rnn_weights *w = &layer.weights[i][d];
      w->weight_ih = parameter(&a, "weight_ih", i, d, AG_SHAPE(gates, in));
      w->weight_hh = parameter(&a, "weight_hh", i, d, AG_SHAPE(gates, a.hidden));
      if (a.no_bias) continue;
      w->bias_ih = parameter(&a, "bias_ih", i, d, AG_SHAPE(gates));
      w->bias_hh = parameter(&a, "bias_hh", i, d, AG_SHAPE(gates));
    }
  }
  return layer;
}

/* A call on its way: length and number of sequences, and the state of each layer and direction. */
typedef struct {
  const ag_rnn_layer_call_args *a;
  int64_t length, n;
  ag_tensor *h[2 * AG_RNN_MOST_LAYERS], *c[2 * AG_RNN_MOST_LAYERS];
  ag_tensor **steps; /* room for the h of each */
} run;

/* (length, n, hidden) from x (length, n, in) in one direction; the state moves to the end. */
static ag_tensor *run_direction(run *r, ag_tensor *x, int layer, int direction, int state) {
  const ag_rnn_layer *net = r->a->layer;
  const ag_rnn_weights *w = &net->weights[layer][direction];
  const ag_site at = r->a->at;
  ag_tensor *of_x = (ag_linear)((ag_linear_args){at, x, w->weight_ih, w->bias_ih});
  for (int64_t step = 0; step < r->length; step++) {
    const int64_t t = direction ? r->length - 1 - step : step;
    ag_tensor *k = (ag_linear)((ag_linear_args){at, r->h[state], w->weight_hh, w->bias_hh});
    r->h[state] = ag_rnn_step(at, net->kind, (ag_select)(at, of_x, 0, t), k, r->h[state], &r->c[state]);
    r->steps[t] = r->h[state];
  }
  return (ag_stack)(at, (int)r->length, r->steps, 0);
}

static ag_tensor *run_layers(run *r, ag_tensor *x) {
  const ag_rnn_layer *net = r->a->layer;
  const ag_site at = r->a->at;
  for (int i = 0, state = 0; i < net->layers; i++) {
    ag_tensor *y[2];
    if (i > 0) x = (ag_dropout)(at, x, net->dropout, r->a->training);
    y[0] = run_direction(r, x, i, 0, state++);
    if (net->bidirectional) y[1] = run_direction(r, x, i, 1, state++);
    x = net->bidirectional ? (ag_concat)(at, 2, y, -1) : y[0];
  }
  return x;
}

/* The states at the start, each (n, hidden): parts of what is given as (states, n, hidden), or without n, or
 * zeros. */
static bool begin_states(const run *r, const char *name, ag_tensor *given, int states, ag_tensor **state) {
  const ag_rnn_layer_call_args *a = r->a;
  const int64_t hidden = a->layer->hidden;
  ag_ctx *c = a->x->c;
  if (!given) {
    ag_tensor *zeros = ag_filled(a->at, c, a->x->dtype, AG_SHAPE(r->n, hidden), 0);
    for (int i = 0; i < states; i++) state[i] = zeros;
    return zeros != NULL;
  }
  if (!ag_usable(a->at, "rnn", 0, given)) return false;
  const ag_shape wanted = a->x->rank == 3 ? AG_SHAPE(states, r->n, hidden) : AG_SHAPE(states, hidden);
  if (!ag_shape_equal(ag_shape_of(given), wanted)) {
    ag_fail(c, AG_ESHAPE, a->at, "rnn: %s is %s, wanted is %s", name, ag_shape_text(c, ag_shape_of(given)),
            ag_shape_text(c, wanted));
    return false;
  }
  for (int i = 0; i < states; i++)
    state[i] = (ag_reshape)(a->at, (ag_select)(a->at, given, 0, i), AG_SHAPE(r->n, hidden));
  return c->status == AG_OK;
}

/* The states at the end, as one tensor in the shape of that at the start. */
static void end_states(const run *r, int states, ag_tensor *const *state, ag_tensor **out) {
  if (!out) return;
  *out = (ag_stack)(r->a->at, states, state, 0);
  if (r->a->x->rank == 2) *out = (ag_reshape)(r->a->at, *out, AG_SHAPE(states, r->a->layer->hidden));
}

/* Whether x is (length, n, in), or has one of the other orders that the call takes. */
static bool sequence_ready(const run *r) {
  ag_tensor *x = r->a->x;
  const int64_t in = ag_dim(r->a->layer->weights[0][0].weight_ih, 1);
  if ((x->rank == 2 || x->rank == 3) && ag_dim(x, -1) == in && r->length >= 1 && r->length <= INT32_MAX)
    return true;
  ag_fail(
      x->c, AG_ESHAPE, r->a->at,
      "rnn: x must be (length, n, %" PRId64 ") or (length, %" PRId64 ") with one step or more, found %s%s",
      in, in, ag_shape_text(x->c, ag_shape_of(x)), r->a->layer->batch_first ? " for (n, length, in)" : "");
  return false;
}

ag_tensor *(ag_rnn_layer_call)(ag_rnn_layer_call_args a) {
  const ag_rnn_layer *net = a.layer;
  const ag_site at = a.at;
  ag_tensor *x = a.x, *result, *const all[] = {x, net->weights[0][0].weight_ih};
  const bool ready = ag_ready(at, "rnn", 2, all, &result);
  if (a.h) *a.h = result;
  if (a.c) *a.c = result;
  if (!ready) return result;
  ag_ctx *c = x->c;
  if (net->kind != AG_LSTM && a.c0) {
    ag_fail(c, AG_EVALUE, at, "rnn: c0 is given, but this layer is no LSTM");
    return result;
  }
  const bool plain = x->rank == 2, turned = net->batch_first && !plain;
  const int states = net->layers * (net->bidirectional ? 2 : 1);
  run r = {.a = &a, .length = ag_dim(x, turned ? 1 : 0), .n = plain ? 1 : ag_dim(x, turned ? 0 : 1)};
  if (!sequence_ready(&r) || !begin_states(&r, "h0", a.h0, states, r.h) ||
      (net->kind == AG_LSTM && !begin_states(&r, "c0", a.c0, states, r.c)))
    return result;
  r.steps = ag_scope_bytes(c, (size_t)r.length * sizeof(ag_tensor *), at);
  if (!r.steps) return result;
  if (turned) x = (ag_transpose)(at, x, 0, 1);
  if (plain) x = (ag_unsqueeze)(at, x, 1);
  ag_tensor *y = run_layers(&r, x);
  end_states(&r, states, r.h, a.h);
  if (net->kind == AG_LSTM) end_states(&r, states, r.c, a.c);
  if (turned) return (ag_transpose)(at, y, 0, 1);
  return plain ? (ag_squeeze)((ag_squeeze_args){.at = at, .x = y, .axes = AG_AXES(1)}) : y;
}
