/* Cells of recurrent networks, made of operators. With i = weight_ih x + bias_ih and k = weight_hh h +
 * bias_hh:
 *
 *   rnn_cell   tanh(i + k)
 *   gru_cell   m + z (h - m), r = s(i_r + k_r), z = s(i_z + k_z), m = tanh(i_m + r k_m)
 *   lstm_cell  s(o) tanh(c'), c' = s(f) c + s(i) tanh(g), (i, f, g, o) = i + k
 */
#include "ops/recurrent.h"

#include <inttypes.h>

#include "ops/check.h"

int ag_rnn_gates(ag_rnn_kind kind) { return kind == AG_LSTM ? 4 : kind == AG_GRU ? 3 : 1; }

/* Gate number `gate` of those side by side along the last axis. */
static ag_tensor *gate_of(ag_site at, ag_tensor *x, int gate, int64_t hidden) {
  return (ag_slice)(at, x, -1, gate * hidden, (gate + 1) * hidden, 1);
}

static ag_tensor *gru_step(ag_site at, ag_tensor *i, ag_tensor *k, ag_tensor *h) {
  const int64_t n = ag_dim(h, -1);
  ag_tensor *r = (ag_sigmoid)(at, (ag_add)(at, gate_of(at, i, 0, n), gate_of(at, k, 0, n)));
  ag_tensor *z = (ag_sigmoid)(at, (ag_add)(at, gate_of(at, i, 1, n), gate_of(at, k, 1, n)));
  ag_tensor *m = (ag_tanh)(at, (ag_addcmul)(at, gate_of(at, i, 2, n), r, gate_of(at, k, 2, n)));
  return (ag_addcmul)(at, m, z, (ag_sub)(at, h, m));
}

static ag_tensor *lstm_step(ag_site at, ag_tensor *i, ag_tensor *k, ag_tensor **c) {
  const int64_t n = ag_dim(*c, -1);
  ag_tensor *gates = (ag_add)(at, i, k);
  ag_tensor *in = (ag_sigmoid)(at, gate_of(at, gates, 0, n)),
            *keep = (ag_sigmoid)(at, gate_of(at, gates, 1, n)),
            *candidate = (ag_tanh)(at, gate_of(at, gates, 2, n)),
            *out = (ag_sigmoid)(at, gate_of(at, gates, 3, n));
  *c = (ag_addcmul)(at, (ag_mul)(at, keep, *c), in, candidate);
  return (ag_mul)(at, out, (ag_tanh)(at, *c));
}

ag_tensor *ag_rnn_step(ag_site at, ag_rnn_kind kind, ag_tensor *i, ag_tensor *k, ag_tensor *h,
                       ag_tensor **c) {
  if (kind == AG_LSTM) return lstm_step(at, i, k, c);
  if (kind == AG_GRU) return gru_step(at, i, k, h);
  ag_tensor *sum = (ag_add)(at, i, k);
  return kind == AG_RNN_RELU ? (ag_relu)(at, sum) : (ag_tanh)(at, sum);
}

/* Refuses a part of a cell that has another shape. */
static bool part_fits(ag_site at, const char *what, const char *name, const ag_tensor *x, ag_shape shape) {
  if (ag_shape_equal(ag_shape_of(x), shape)) return true;
  ag_fail(x->c, AG_ESHAPE, at, "%s: %s is %s, wanted is %s", what, name, ag_shape_text(x->c, ag_shape_of(x)),
          ag_shape_text(x->c, shape));
  return false;
}

/* The shape of x with another last axis. */
static ag_shape with_last(const ag_tensor *x, int64_t n) {
  ag_shape shape = ag_shape_of(x);
  shape.dim[shape.rank - 1] = n;
  return shape;
}

/* One step of a cell of that kind; an LSTM's c has moved on. */
static ag_tensor *step(const char *what, ag_rnn_kind kind, const ag_gru_cell_args *a, ag_tensor **c) {
  const ag_site at = a->at;
  const bool lstm = kind == AG_LSTM, biased = a->bias_ih || a->bias_hh;
  ag_tensor *result, *all[7] = {a->x, a->h};
  int n = 2;
  if (lstm) all[n++] = *c;
  all[n++] = a->weight_ih, all[n++] = a->weight_hh;
  if (biased) all[n++] = a->bias_ih, all[n++] = a->bias_hh;
  if (!ag_ready(at, what, n, all, &result)) return result;
  if ((a->x->rank != 1 && a->x->rank != 2) || a->h->rank != a->x->rank) {
    ag_fail(a->x->c, AG_ESHAPE, at,
            "%s: x and h must be (n, in) and (n, hidden), or (in) and (hidden), found %s and %s", what,
            ag_shape_text(a->x->c, ag_shape_of(a->x)), ag_shape_text(a->x->c, ag_shape_of(a->h)));
    return result;
  }
  const int64_t in = ag_dim(a->x, -1), hidden = ag_dim(a->h, -1), gates = ag_rnn_gates(kind) * hidden;
  if (!part_fits(at, what, "h", a->h, with_last(a->x, hidden)) ||
      !part_fits(at, what, "weight_ih", a->weight_ih, AG_SHAPE(gates, in)) ||
      !part_fits(at, what, "weight_hh", a->weight_hh, AG_SHAPE(gates, hidden)) ||
      (biased && !part_fits(at, what, "bias_ih", a->bias_ih, AG_SHAPE(gates))) ||
      (biased && !part_fits(at, what, "bias_hh", a->bias_hh, AG_SHAPE(gates))) ||
      (lstm && !part_fits(at, what, "c", *c, ag_shape_of(a->h))))
    return result;
  ag_tensor *i = (ag_linear)((ag_linear_args){at, a->x, a->weight_ih, a->bias_ih});
  ag_tensor *k = (ag_linear)((ag_linear_args){at, a->h, a->weight_hh, a->bias_hh});
  return ag_rnn_step(at, kind, i, k, a->h, c);
}

ag_tensor *(ag_rnn_cell)(ag_rnn_cell_args a) {
  const ag_gru_cell_args b = {a.at, a.x, a.h, a.weight_ih, a.weight_hh, a.bias_ih, a.bias_hh};
  return step("rnn_cell", a.relu ? AG_RNN_RELU : AG_RNN_TANH, &b, NULL);
}

ag_tensor *(ag_gru_cell)(ag_gru_cell_args a) { return step("gru_cell", AG_GRU, &a, NULL); }

ag_tensor *(ag_lstm_cell)(ag_lstm_cell_args a) {
  const ag_gru_cell_args b = {a.at, a.x, a.h, a.weight_ih, a.weight_hh, a.bias_ih, a.bias_hh};
  ag_tensor *c = a.c, *h = step("lstm_cell", AG_LSTM, &b, &c);
  if (a.next_c) *a.next_c = ag_is_nil(h) ? h : c;
  return h;
}
