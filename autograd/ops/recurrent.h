/* One step of a recurrent network whose x has been multiplied already: what cells and layers share. */
#ifndef AG_OPS_RECURRENT_H
#define AG_OPS_RECURRENT_H

#include <autograd.h>

/* The number of gates: 1, 3 for AG_GRU, 4 for AG_LSTM. */
int ag_rnn_gates(ag_rnn_kind kind);
/* The next h of i = weight_ih x + bias_ih and k = weight_hh h + bias_hh (..., gates hidden); *c moves on for
 * AG_LSTM. */
ag_tensor *ag_rnn_step(ag_site at, ag_rnn_kind kind, ag_tensor *i, ag_tensor *k, ag_tensor *h, ag_tensor **c);

#endif
