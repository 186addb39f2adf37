/* Recurrent cells and layers: gradients up to the second order, layers against cells, and what they refuse. Their values
 * are compared with PyTorch's (vectors/recurrent.c). */
#include "tests/operators/vectors.h"
#include "tests/operators/walk.h"

enum { IN = 3, HIDDEN = 4 };

/* ---- Layers whose weights lie in a row ---- */

/* The next elements of a row in that shape. */
static ag_tensor *take(ag_tensor *row, int64_t *at, ag_shape shape) {
  ag_tensor *part = ag_reshape(ag_narrow(row, 0, *at, numel_of(shape)), shape);
  *at += numel_of(shape);
  return part;
}

ag_tensor *rnn_outputs(ag_tensor *x, ag_tensor *row, bool states, ag_rnn_layer_new_args a) {
  const int directions = a.bidirectional ? 2 : 1, gates = a.kind == AG_LSTM ? 4 : a.kind == AG_GRU ? 3 : 1;
  ag_rnn_layer net = {.kind = a.kind, .hidden = HIDDEN, .layers = a.layers, .bidirectional = a.bidirectional, .batch_first = a.batch_first};
  ag_shape state = {.rank = ag_rank(x), .dim = {a.layers * directions, HIDDEN, HIDDEN}};
  if (state.rank == 3) state.dim[1] = ag_dim(x, a.batch_first ? 0 : 1);
  int64_t at = 0;
  ag_tensor *h0 = states ? take(row, &at, state) : NULL, *c0 = states && a.kind == AG_LSTM ? take(row, &at, state) : NULL;
  for (int i = 0; i < a.layers; i++) {
    for (int d = 0; d < directions; d++) {
      ag_rnn_weights *w = &net.weights[i][d];
      w->weight_ih = take(row, &at, AG_SHAPE(gates * HIDDEN, i ? directions * HIDDEN : IN));
      w->weight_hh = take(row, &at, AG_SHAPE(gates * HIDDEN, HIDDEN));
      if (a.no_bias) continue;
      w->bias_ih = take(row, &at, AG_SHAPE(gates * HIDDEN));
      w->bias_hh = take(row, &at, AG_SHAPE(gates * HIDDEN));
    }
  }
  ck_assert_int_eq(at, ag_numel(row));
  ag_tensor *out[3];
  out[0] = ag_rnn_layer_call(&net, x, h0, c0, .h = &out[1], .c = &out[2]);
  return in_a_row(a.kind == AG_LSTM ? 3 : 2, out);
}

/* ---- Gradients ---- */

static ag_tensor *cells(ag_tensor *const *in, void *user) {
  (void)user;
  ag_tensor *c1, *w = in[3], *u = in[4], *h = in[1], *parts[4];
  ag_tensor *w3 = ag_narrow(w, 0, 0, 6), *u3 = ag_narrow(u, 0, 0, 6), *w1 = ag_narrow(w, 0, 0, 2), *u1 = ag_narrow(u, 0, 0, 2);
  parts[0] = ag_lstm_cell(in[0], h, in[2], w, u, .next_c = &c1);
  parts[1] = c1;
  parts[2] = ag_gru_cell(in[0], h, w3, u3);
  parts[3] = ag_rnn_cell(in[0], h, w1, u1);
  return ag_concat(LENGTH(parts), parts, 0);
}

START_TEST(cells_are_differentiated) {
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(1, 2), 1, -1, 1), trained_leaf(c, AG_SHAPE(1, 2), 2, -1, 1),
                     trained_leaf(c, AG_SHAPE(1, 2), 3, -1, 1), trained_leaf(c, AG_SHAPE(8, 2), 4, -1, 1),
                     trained_leaf(c, AG_SHAPE(8, 2), 5, -1, 1)};
  ck_assert_msg(ag_gradcheck(c, cells, NULL, LENGTH(in), in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-6, .order = 2), "%s",
                ag_error_message(c));
}
END_TEST

static ag_tensor *layer_of(ag_tensor *const *in, void *user) {
  ag_tensor *y, *h;
  y = ag_rnn_layer_call(user, in[0], in[1], .h = &h);
  return in_a_row(2, (ag_tensor *[]){y, h});
}

START_TEST(layers_are_differentiated) {
  ag_rnn_layer net = ag_rnn_layer_new(c, "net", 2, 2, AG_GRU, .bidirectional = true);
  ag_tensor *in[] = {trained_leaf(c, AG_SHAPE(2, 1, 2), 6, -1, 1), trained_leaf(c, AG_SHAPE(2, 1, 2), 7, -1, 1)};
  ck_assert_msg(ag_gradcheck(c, layer_of, &net, LENGTH(in), in, .eps = 1e-5, .rtol = 1e-6, .atol = 1e-6, .order = 2), "%s",
                ag_error_message(c));
}
END_TEST

/* ---- Layers ---- */

START_TEST(a_layer_is_a_cell_in_a_loop) {
  ag_rnn_layer net = ag_rnn_layer_new(c, "net", IN, HIDDEN, AG_LSTM);
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(6, 2, IN), 8, -1, 1), *last_h, *last_c;
  ag_tensor *y = ag_rnn_layer_call(&net, x, .h = &last_h, .c = &last_c);
  ag_tensor *h = ag_zeros(c, AG_SHAPE(2, HIDDEN)), *state = h;
  const ag_rnn_weights *w = &net.weights[0][0];
  for (int t = 0; t < 6; t++) {
    h = ag_lstm_cell(ag_select(x, 0, t), h, state, w->weight_ih, w->weight_hh, w->bias_ih, w->bias_hh, .next_c = &state);
    assert_close(ag_select(y, 0, t), h, 1e-13);
  }
  assert_close(ag_select(last_h, 0, 0), h, 1e-13);
  assert_close(ag_select(last_c, 0, 0), state, 1e-13);
}
END_TEST

/* PyTorch's names, in its order, and its distribution. */
START_TEST(parameters_are_named_as_in_pytorch) {
  static const char *const names[] = {"net.weight_ih_l0", "net.weight_hh_l0", "net.bias_ih_l0", "net.bias_hh_l0",
                                      "net.weight_ih_l0_reverse", "net.weight_hh_l0_reverse", "net.bias_ih_l0_reverse",
                                      "net.bias_hh_l0_reverse", "net.weight_ih_l1"};
  ag_rnn_layer_new(c, "net", 5, 16, AG_GRU, .layers = 2, .bidirectional = true);
  for (int i = 0; i < LENGTH(names); i++) ck_assert_str_eq(ag_name(ag_registered(c, i)), names[i]);
  ck_assert_int_eq(ag_parameter_count(c), 2 * 48 * (5 + 16 + 2) + 2 * 48 * (32 + 16 + 2));
  const double most = ag_item(ag_max(ag_abs(ag_find(c, "net.weight_hh_l1"))));
  ck_assert(most <= 0.25 && most > 0.24);
}
END_TEST

/* Dropout works between layers alone, in training alone. */
START_TEST(dropout_is_between_layers) {
  ag_rnn_layer one = ag_rnn_layer_new(c, "one", IN, HIDDEN, .dropout = 0.5), two = ag_rnn_layer_new(c, "two", IN, HIDDEN, .layers = 2, .dropout = 0.5);
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(6, 2, IN), 9, -1, 1), *y = ag_rnn_layer_call(&two, x);
  assert_same_bits(ag_rnn_layer_call(&one, x, .training = true), ag_rnn_layer_call(&one, x));
  assert_same_bits(ag_rnn_layer_call(&two, x), y);
  ck_assert_double_gt(ag_item(ag_sum(ag_abs(ag_sub(ag_rnn_layer_call(&two, x, .training = true), y)))), 0.1);
}
END_TEST

START_TEST(recurrence_refuses_what_does_not_fit) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(2, IN), 10, -1, 1), *h = irregular_leaf(c, AG_SHAPE(2, HIDDEN), 11, -1, 1);
  ag_tensor *w = irregular_leaf(c, AG_SHAPE(12, IN), 12, -1, 1), *u = irregular_leaf(c, AG_SHAPE(12, HIDDEN), 13, -1, 1);
  ag_lstm_cell(x, h, h, w, u);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "lstm_cell: weight_ih is 12x3, wanted is 16x3");
  ag_gru_cell(x, h, w, w);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "gru_cell: weight_hh is 12x3, wanted is 12x4");
  ag_gru_cell(x, ag_select(h, 0, 0), w, u);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "gru_cell: x and h must be (n, in) and (n, hidden), or (in) and (hidden), found 2x3 and 4");
  ag_gru_cell(x, h, w, u, .bias_ih = ag_zeros(c, AG_SHAPE(12)));
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "gru_cell: operand 5 is NULL");
  ag_rnn_layer net = ag_rnn_layer_new(c, "net", IN, HIDDEN, AG_LSTM);
  ag_rnn_layer_call(&net, h);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "rnn: x must be (length, n, 3) or (length, 3) with one step or more, found 2x4");
  ag_rnn_layer_call(&net, ag_zeros(c, AG_SHAPE(0, 2, IN)));
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "rnn: x must be (length, n, 3) or (length, 3) with one step or more, found 0x2x3");
  ag_rnn_layer_call(&net, ag_zeros(c, AG_SHAPE(5, 2, IN)), .h0 = h);
  ASSERT_ERROR_ABOVE(c, AG_ESHAPE, "rnn: h0 is 2x4, wanted is 1x2x4");
  ag_rnn_layer_call(&net, NULL);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "rnn: operand 0 is NULL");
  ag_lstm_cell(x, h, NULL, w, u);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "lstm_cell: operand 2 is NULL");
  ag_rnn_layer_new(c, "deep", IN, HIDDEN, .layers = 9);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "rnn layer deep: in 3, hidden 4, layers 9; all must be at least 1, and layers at most 8");
  ag_rnn_layer_new(c, "odd", IN, HIDDEN, (ag_rnn_kind)4);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "rnn layer odd: kind 4 is none of AG_RNN_TANH, AG_RNN_RELU, AG_LSTM and AG_GRU");
  ag_rnn_layer gru = ag_rnn_layer_new(c, "gru", IN, HIDDEN, AG_GRU);
  ag_rnn_layer_call(&gru, x, .c0 = h);
  ASSERT_ERROR_ABOVE(c, AG_EVALUE, "rnn: c0 is given, but this layer is no LSTM");
}
END_TEST

/* Who goes on with a state that a failed call left must meet the nil tensor. */
START_TEST(states_after_an_error_are_nil) {
  ag_tensor *x = irregular_leaf(c, AG_SHAPE(5, 2, IN), 20, -1, 1), *h = x, *s = x;
  ag_rnn_layer lstm = ag_rnn_layer_new(c, "lstm", IN, HIDDEN, AG_LSTM), gru = ag_rnn_layer_new(c, "gru", IN, HIDDEN, AG_GRU);
  ag_rnn_layer_call(&gru, x, .h = &h, .c = &s);
  ck_assert(!ag_is_nil(h) && ag_is_nil(s));
  h = s = x;
  ag_rnn_layer_call(&lstm, ag_transpose(x, 0, 2), .h = &h, .c = &s);
  ck_assert(ag_error(c) == AG_ESHAPE && ag_is_nil(h) && ag_is_nil(s));
  h = s = x;
  ck_assert(ag_is_nil(ag_rnn_layer_call(&lstm, x, .h = &h, .c = &s)) && ag_is_nil(h) && ag_is_nil(s));
  ag_clear_error(c);
}
END_TEST

TCase *recurrent_tests(void) {
  TCase *t = tcase_create("recurrent");
  with_context(t);
  tcase_add_test(t, cells_are_differentiated);
  tcase_add_test(t, layers_are_differentiated);
  tcase_add_test(t, a_layer_is_a_cell_in_a_loop);
  tcase_add_test(t, parameters_are_named_as_in_pytorch);
  tcase_add_test(t, dropout_is_between_layers);
  tcase_add_test(t, recurrence_refuses_what_does_not_fit);
  tcase_add_test(t, states_after_an_error_are_nil);
  return t;
}
