"""Recurrent cells and layers, whose weights lie in one row, in PyTorch's order."""
import torch
from torch import nn

from . import numbers, row, taken

X, H, C = numbers(91, 2, 3), numbers(92, 2, 4), numbers(93, 2, 4)
SEQUENCE, ALONE = numbers(94, 5, 2, 3), numbers(95, 5, 3)
KINDS = {"AG_RNN_TANH": (nn.RNN, {}), "AG_RNN_RELU": (nn.RNN, {"nonlinearity": "relu"}), "AG_LSTM": (nn.LSTM, {}), "AG_GRU": (nn.GRU, {})}


def cell_cases():
    for name, gates in ("rnn_cell", 1), ("rnn_cell relu", 1), ("gru_cell", 3), ("lstm_cell", 4):
        w = [numbers(103, gates * 4, 3), numbers(104, gates * 4, 4), numbers(105, gates * 4)]
        f = {"rnn_cell": torch.rnn_tanh_cell, "rnn_cell relu": torch.rnn_relu_cell, "gru_cell": torch.gru_cell, "lstm_cell": torch.lstm_cell}[name]
        if name == "lstm_cell":
            yield name, [X, H, C, *w], lambda x, h, c, a, b, d: torch.cat(torch.lstm_cell(x, (h, c), a, b, d, 2 * d), 1), \
                "ag_tensor *c; ag_tensor *h = ag_lstm_cell(in[0], in[1], in[2], in[3], in[4], in[5], ag_mul_scalar(in[5], 2), .next_c = &c); " \
                "return ag_concat(2, ((ag_tensor *[]){h, c}), 1)"
            yield f"{name} bare", [X, H, C, *w[:2]], lambda x, h, c, a, b: torch.lstm_cell(x, (h, c), a, b)[0], "ag_lstm_cell(in[0], in[1], in[2], in[3], in[4])"
            continue
        call, relu = f"ag_{name.split()[0]}(in[0], in[1], in[2], in[3], in[4], ag_mul_scalar(in[4], 2)", ", .relu = true)" if "relu" in name else ")"
        yield name, [X, H, *w], lambda x, h, a, b, d, f=f: f(x, h, a, b, d, 2 * d), call + relu
        yield f"{name} bare", [X, H, *w[:2]], lambda x, h, a, b, f=f: f(x, h, a, b), f"ag_{name.split()[0]}(in[0], in[1], in[2], in[3]{relu}"


def layer_case(kind, x, batch_first=False, bidirectional=False, layers=1, bias=True, states=True):
    """The outputs and the last states, in one row, as rnn_outputs in vectors.c gives them."""
    made, options = KINDS[kind]
    net = made(3, 4, layers, bias=bias, batch_first=batch_first, bidirectional=bidirectional, **options).double()
    n, lstm = x.shape[0 if batch_first else 1] if x.dim() == 3 else 0, kind == "AG_LSTM"
    state = (layers * (2 if bidirectional else 1), *((n,) if n else ()), 4)
    shapes = [state] * ((2 if lstm else 1) if states else 0) + [tuple(p.shape) for p in net.parameters()]
    weights = len(list(net.parameters()))

    def f(x, flat):
        parts = list(taken(flat, shapes))
        begin = len(shapes) - weights
        start = parts[:begin] if states else [torch.zeros(state, dtype=torch.float64)] * (2 if lstm else 1)
        if not n:
            x, start = x.unsqueeze(1), [h.unsqueeze(1) for h in start]
        function = getattr(torch, {"RNN": "rnn_" + options.get("nonlinearity", "tanh")}.get(made.__name__, made.__name__.lower()))
        results = function(x, tuple(start) if lstm else start[0], parts[begin:], bias, layers, 0.0, False, bidirectional, batch_first)
        return torch.cat([r.flatten() for r in results])

    flags = "".join(f", .{name} = true" for name, on in (("batch_first", batch_first), ("bidirectional", bidirectional), ("no_bias", not bias)) if on)
    name = f"{kind} {tuple(x.shape)} {layers}{flags}{'' if states else ' from zeros'}"
    call = f"rnn_outputs(in[0], in[1], {'true' if states else 'false'}, (ag_rnn_layer_new_args){{.kind = {kind}, .layers = {layers}{flags}}})"
    return name, [x, row(106, shapes)], f, call


def layer_cases():
    for kind in KINDS:
        yield layer_case(kind, SEQUENCE)
        yield layer_case(kind, SEQUENCE, layers=2, bidirectional=True)
        yield layer_case(kind, SEQUENCE, batch_first=True, bias=False, states=False)
        yield layer_case(kind, ALONE, bidirectional=True, states=kind != "AG_GRU")


CASES = [*cell_cases(), *layer_cases()]
