/* Recurrent networks. A chapter of <autograd.h>, which includes it. */
#ifndef AUTOGRAD_MANUAL_RECURRENT_H
#define AUTOGRAD_MANUAL_RECURRENT_H

/* One step. x (n, in), or (in), and h (n, hidden), or (hidden), give the next h; the weights (gates hidden, in) and (gates
 * hidden, hidden), and both biases (gates hidden) or none, hold the gates one below the other. With s for sigmoid, and
 * each gate's rows of i = weight_ih x + bias_ih and k = weight_hh h + bias_hh:
 *   rnn_cell   tanh(i + k) (Elman 1990), or with relu max(i + k, 0)
 *   gru_cell   r = s(i_r + k_r), z = s(i_z + k_z), m = tanh(i_m + r k_m): z h + (1 - z) m; gates r, z, m (Cho et al. 2014)
 *   lstm_cell  c' = s(f) c + s(i) tanh(g), s(o) tanh(c'), where i, f, g, o are the gates of i + k (Hochreiter and
 *              Schmidhuber 1997; Gers et al. 2000); c has the shape of h, and next_c, where given, receives c'. */
typedef struct {
  ag_site at;
  ag_tensor *x, *h, *weight_ih, *weight_hh, *bias_ih, *bias_hh;
  bool relu;
} ag_rnn_cell_args;
ag_tensor *ag_rnn_cell(ag_rnn_cell_args a);
typedef struct {
  ag_site at;
  ag_tensor *x, *h, *weight_ih, *weight_hh, *bias_ih, *bias_hh;
} ag_gru_cell_args;
ag_tensor *ag_gru_cell(ag_gru_cell_args a);
typedef struct {
  ag_site at;
  ag_tensor *x, *h, *c, *weight_ih, *weight_hh, *bias_ih, *bias_hh;
  ag_tensor **next_c;
} ag_lstm_cell_args;
ag_tensor *ag_lstm_cell(ag_lstm_cell_args a);

typedef enum { AG_RNN_TANH, AG_RNN_RELU, AG_LSTM, AG_GRU } ag_rnn_kind;
#define AG_RNN_MOST_LAYERS 8

/* Parameters "name.weight_ih_l0" (gates hidden, in), "name.weight_hh_l0", "name.bias_ih_l0", "name.bias_hh_l0", those of the
 * other direction with the end _reverse, and so on for l1, ..., all U(+-1/sqrt(hidden)): torch.nn.RNN, LSTM, GRU. */
typedef struct {
  ag_tensor *weight_ih, *weight_hh, *bias_ih, *bias_hh;
} ag_rnn_weights;
typedef struct {
  ag_rnn_weights weights[AG_RNN_MOST_LAYERS][2]; /* by layer and direction */
  ag_rnn_kind kind;
  int64_t hidden;
  int layers;
  bool bidirectional, batch_first;
  double dropout;
} ag_rnn_layer;
typedef struct {
  ag_site at;
  ag_ctx *c;
  const char *name;
  int64_t in, hidden;
  ag_rnn_kind kind;
  int layers; /* 0 stands for 1; AG_RNN_MOST_LAYERS at most */
  bool no_bias, batch_first, bidirectional;
  double dropout; /* of what goes from one layer to the next */
} ag_rnn_layer_new_args;
ag_rnn_layer ag_rnn_layer_new(ag_rnn_layer_new_args a);
/* x (l, n, in), with batch_first (n, l, in), or (l, in) gives (l, n, directions hidden), and so on: the last layer's h at
 * each step, of both directions beside each other. h0 and c0 (layers directions, n, hidden), or without n, stand at the
 * start, zeros where they are NULL; h and c, where given, receive those of the end. c is for LSTM; others have no c0, and the
 * nil tensor for c. */
typedef struct {
  ag_site at;
  const ag_rnn_layer *layer;
  ag_tensor *x, *h0, *c0;
  bool training;
  ag_tensor **h, **c;
} ag_rnn_layer_call_args;
ag_tensor *ag_rnn_layer_call(ag_rnn_layer_call_args a);

#endif
