"""Gradients of the second order of elementwise operators: what the operators that compute gradients give, and their own gradients."""
import torch
import torch.nn.functional as F

from . import again, numbers

# Smooth points on both sides of every kink.
X, Y, ROW = numbers(61, 3, 4, low=-2.5, high=2.5), numbers(62, 3, 4), numbers(64, 4)
WIDE, STEEP = numbers(65, 3, 4, low=-5, high=8), numbers(66, 3, 4, low=0.2, high=2)


def plain(name, x=X, f=None):
    return again(name, [x], f or getattr(F, name), f"ag_{name}(in[0])")


def activations():
    for name in "relu tanhshrink logsigmoid silu mish selu softplus softsign gelu".split():
        yield plain(name)
    for name in "relu6 hardswish".split():
        yield plain(name, WIDE)
    for name in "tanh sigmoid".split():
        yield plain(name, f=getattr(torch, name))
    yield again("leaky_relu", [X], lambda x: F.leaky_relu(x, 0.2), "ag_leaky_relu(in[0], 0.2)")
    yield again("hardtanh", [X], F.hardtanh, "ag_hardtanh(in[0], -1, 1)")
    yield again("threshold", [X], lambda x: F.threshold(x, 0.5, 2), "ag_threshold(in[0], 0.5, 2)")
    yield again("hardshrink", [X], F.hardshrink, "ag_hardshrink(in[0], 0.5)")
    yield again("softshrink", [X], F.softshrink, "ag_softshrink(in[0], 0.5)")
    yield again("elu", [X], lambda x: F.elu(x, 0.7), "ag_elu(in[0], 0.7)")
    yield again("celu", [X], lambda x: F.celu(x, 0.5), "ag_celu(in[0], 0.5)")  # 1 / alpha is a float32 in PyTorch
    yield again("softplus with beta", [X], lambda x: F.softplus(x, 2, 1.5), "ag_softplus_beta(in[0], 2, 1.5)")
    yield again("gelu by tanh", [X], lambda x: F.gelu(x, approximate="tanh"), "ag_gelu_tanh(in[0])")
    # Curvatures are operators, too.
    yield again(*again("elu", [X], lambda x: F.elu(x, 0.7), "ag_elu(in[0], 0.7)"))
    yield again(*plain("gelu"))
    yield again("prelu", [X, ROW], F.prelu, "ag_prelu(in[0], in[1])")


def arithmetic():
    yield again("pow", [STEEP, Y], torch.pow, "ag_pow(in[0], in[1])")
    yield again("xlogy", [Y, STEEP], torch.xlogy, "ag_xlogy(in[0], in[1])")
    yield again("maximum", [X, ROW], torch.maximum, "ag_maximum(in[0], in[1])")
    yield again("minimum", [X, Y], torch.minimum, "ag_minimum(in[0], in[1])")
    yield again("clamp", [X], lambda x: x.clamp(-1, 0.5), "ag_clamp(in[0], -1, 0.5)")
    yield again("nan_to_num", [X], torch.nan_to_num, "ag_nan_to_num(in[0], 0, NAN, NAN)")
    yield again("norm, p = 3", [X], lambda x: torch.linalg.vector_norm(x, 3, 1), "ag_norm(in[0], 3, AG_AXES(1))")
    yield again("cumprod", [X], lambda x: x.cumprod(1), "ag_cumprod(in[0], 1)")
    yield again("logcumsumexp", [X], lambda x: x.logcumsumexp(1), "ag_logcumsumexp(in[0], 1)")
    yield again("amax", [X], lambda x: x.amax(1), "ag_amax(in[0], AG_AXES(1))")


CASES = [*activations(), *arithmetic()]
