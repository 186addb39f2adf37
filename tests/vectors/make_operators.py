#!/usr/bin/env python3
"""Writes operators.h: values and gradients that PyTorch gives for operators and losses, on small irregular inputs.

Run by hand, with PyTorch 1.13 (Debian: python3-torch):  ./make_operators.py > operators.h
Numbers are float64. The gradients are those of the sum of the result, weighted by 1/2, 1/3, 1/4, ... in row-major order.
"""
import math

import torch
import torch.nn.functional as F


def numbers(seed, *shape):
    """Irregular numbers in [-1.5, 1.5) with three decimals, so that C and Python read the same."""
    n = math.prod(shape)
    values = [round(3 * math.modf(math.sqrt(2 + 7 * seed + 3 * i) * 17.31)[0] - 1.5, 3) for i in range(n)]
    return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()


LABELS = torch.tensor([2, 0, 3, 2])
INDEX = torch.tensor([[2, 0, 2], [1, 1, 0]])
X, Y, V = numbers(1, 4, 4), numbers(2, 4, 4), numbers(3, 4, 4)
IMAGE, KERNEL, GROUPED, BIAS = numbers(4, 1, 2, 5, 4), numbers(5, 2, 2, 3, 2), numbers(6, 4, 1, 2, 2), numbers(7, 4)
PER_CHANNEL, SHIFT, BATCH = numbers(8, 2), numbers(9, 2), numbers(10, 3, 2, 2)
WIDE = numbers(11, 2, 3)

# Name, operands, function.
CASES = [
    ("sum", [BATCH], lambda x: x.sum((0, 2))),
    ("mean", [BATCH], lambda x: x.mean(1, keepdim=True)),
    ("var", [BATCH], lambda x: x.var((0, 2))),
    ("biased_var", [BATCH], lambda x: x.var(1, unbiased=False)),
    ("max", [BATCH], lambda x: x.amax((0, 1))),
    ("logsumexp", [X], lambda x: torch.logsumexp(x, 0)),
    ("softmax", [X], lambda x: torch.softmax(x, 1)),
    ("log_softmax", [BATCH], lambda x: torch.log_softmax(x, 1)),
    ("matmul", [BATCH, WIDE], lambda x, y: x @ y),
    ("linear", [X, numbers(12, 3, 4), numbers(13, 3)], lambda x, w, b: F.linear(x, w, b)),
    ("conv2d", [IMAGE, KERNEL, SHIFT], lambda x, w, b: F.conv2d(x, w, b, stride=(2, 1), padding=(0, 1))),
    ("grouped_conv2d", [IMAGE, GROUPED, BIAS], lambda x, w, b: F.conv2d(x, w, b, dilation=2, groups=2)),
    ("max_pool2d", [IMAGE], lambda x: F.max_pool2d(x, 3, 2, 1)),
    ("avg_pool2d", [IMAGE], lambda x: F.avg_pool2d(x, 3, 2, 1)),
    ("batch_norm", [BATCH, PER_CHANNEL, SHIFT], lambda x, w, b: F.batch_norm(x, None, None, w, b, True, eps=1e-3)),
    ("gather", [WIDE], lambda x: x.gather(1, INDEX)),
    ("gelu", [X], F.gelu),
    ("softplus", [X], F.softplus),
    ("leaky_relu", [X], lambda x: F.leaky_relu(x, 0.2)),
    ("pow", [X, Y], lambda x, y: torch.pow(x.exp(), y)),
    ("mse_loss", [X, Y], F.mse_loss),
    ("l1_loss", [X, Y], lambda x, y: F.l1_loss(x, y, reduction="none")),
    ("smooth_l1_loss", [X, Y], lambda x, y: F.smooth_l1_loss(x, y, reduction="sum", beta=0.7)),
    ("nll_loss", [X], lambda x: F.nll_loss(x, LABELS, reduction="none")),
    ("cross_entropy", [X], lambda x: F.cross_entropy(x, LABELS)),
    ("gaussian_nll_loss", [X, V, Y], lambda x, v, y: F.gaussian_nll_loss(x, y, v.exp(), full=True)),
]


def row(x):
    return "{" + ", ".join(f"{v:.13g}" for v in x.detach().flatten().tolist()) + "}"


def shape(x):
    return f"{{{x.dim()}, {{{', '.join(map(str, x.shape)) or '0'}}}}}"


print("/* Made by make_operators.py with PyTorch " + torch.__version__.split("a")[0] + ": change that instead. */")
print("/* clang-format off */")
most = max(x.numel() for _, operands, f in CASES for x in [*operands, f(*operands)])
print(f"#define VECTOR_SIZE {most} /* the most elements of a tensor */\n")
print("static const struct {\n  const char *name;\n  int n_in;\n  ag_shape in_shape[3];\n  double in[3][VECTOR_SIZE];")
print("  ag_shape out_shape;\n  double out[VECTOR_SIZE], gradient[3][VECTOR_SIZE];\n} operator_vectors[] = {")
for name, operands, function in CASES:
    result = function(*operands)
    weights = 1 / torch.arange(2, result.numel() + 2, dtype=torch.float64).reshape(result.shape)
    gradients = torch.autograd.grad((result * weights).sum(), operands)
    print(f'    {{"{name}", {len(operands)},\n     {{{", ".join(map(shape, operands))}}},')
    print("     {" + ",\n      ".join(map(row, operands)) + "},")
    print(f"     {shape(result)}, {row(result)},")
    print("     {" + ",\n      ".join(map(row, gradients)) + "}},")
print("};")
