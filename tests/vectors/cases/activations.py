"""Activations: smooth points, kinks, NaN and infinity, parameters, no elements and rank 0."""
from math import inf, nan

import torch
import torch.nn.functional as F

from . import numbers
from .elementwise import POINTS, row

# Where NaN becomes 0, or nearly everything becomes NaN, we differ.
NUMBERS = row(inf, -inf, 0.0, -0.0, 1, -1, 3, -3, 6, 0.5, -0.5, 2, -2, -6, 0.25, -0.25)
FINITE = row(nan, 4, -4, 0.0, -0.0, 1, -1, 3, -3, 6, 0.5, -0.5, 2, -2, -6, 0.25)
BATCH, WEIGHTS, NUMBER, NOTHING = numbers(1, 2, 3, 2), numbers(2, 3), numbers(3), numbers(4, 0, 3)


def plain(name, x=POINTS):
    return (name, [x], getattr(F, name), f"ag_{name}(in[0])")


CASES = [
    *map(plain, "relu relu6 hardswish tanhshrink logsigmoid silu mish selu softplus".split()),
    plain("softsign", FINITE),
    plain("hardsigmoid", POINTS.detach()),  # its derivative is 1 / 6 in float32 only
    ("hardsigmoid by relu6", [numbers(5, 3, 4, low=-5, high=5)], lambda x: F.relu6(x + 3) / 6, "ag_hardsigmoid(in[0])"),
    ("sigmoid", [POINTS], torch.sigmoid, "ag_sigmoid(in[0])"),
    ("tanh", [POINTS], torch.tanh, "ag_tanh(in[0])"),
    ("leaky_relu", [POINTS], lambda x: F.leaky_relu(x, 0.2), "ag_leaky_relu(in[0], 0.2)"),
    ("hardtanh", [POINTS], F.hardtanh, "ag_hardtanh(in[0], -1, 1)"),
    ("hardtanh with bounds", [POINTS], lambda x: F.hardtanh(x, 0.5, 2), "ag_hardtanh(in[0], 0.5, 2)"),
    ("hardtanh with crossed bounds", [POINTS], lambda x: F.hardtanh(x, 2, -0.5), "ag_hardtanh(in[0], 2, -0.5)"),
    ("clamp with crossed bounds", [POINTS], lambda x: x.clamp(2, -0.5), "ag_clamp(in[0], 2, -0.5)"),
    ("threshold", [POINTS], lambda x: F.threshold(x, 0.5, 2), "ag_threshold(in[0], 0.5, 2)"),
    ("hardshrink", [NUMBERS], F.hardshrink, "ag_hardshrink(in[0], 0.5)"),
    ("softshrink", [NUMBERS], F.softshrink, "ag_softshrink(in[0], 0.5)"),
    ("softshrink by 0", [NUMBERS], lambda x: F.softshrink(x, 0), "ag_softshrink(in[0], 0)"),
    ("elu", [POINTS], F.elu, "ag_elu(in[0], 1)"),
    ("elu with alpha", [POINTS], lambda x: F.elu(x, 0.5), "ag_elu(in[0], 0.5)"),
    ("celu", [POINTS], F.celu, "ag_celu(in[0], 1)"),
    ("celu with alpha", [POINTS], lambda x: F.celu(x, 0.5), "ag_celu(in[0], 0.5)"),
    ("softplus with beta", [POINTS], lambda x: F.softplus(x, 2, 1.5), "ag_softplus_beta(in[0], 2, 1.5)"),
    ("gelu", [POINTS], F.gelu, "ag_gelu(in[0])"),
    ("gelu by tanh", [POINTS], lambda x: F.gelu(x, approximate="tanh"), "ag_gelu_tanh(in[0])"),
    ("prelu", [BATCH, WEIGHTS], F.prelu, "ag_prelu(in[0], in[1])"),
    ("prelu with one weight", [POINTS, row(0.25)], F.prelu, "ag_prelu(in[0], in[1])"),
    ("prelu of nothing", [NOTHING, WEIGHTS], F.prelu, "ag_prelu(in[0], in[1])"),
    ("prelu of a number", [NUMBER, row(0.25)], F.prelu, "ag_prelu(in[0], in[1])"),
    ("silu of a number", [NUMBER], F.silu, "ag_silu(in[0])"),
    ("mish of nothing", [NOTHING], F.mish, "ag_mish(in[0])"),
]
