#!/usr/bin/env python3
"""Writes functional.h: what torch.autograd.functional gives for tests/engine_functional.c.

Run by hand with PyTorch 1.13 (Debian: python3-torch):  ./make_functional.py > functional.h
The function is tanh(x w) exp(sum(x) / 4) of x (2, 3) and w (3, 2); for Hessians, log(1 + the sum of its squares).
"""
import torch
from torch.autograd import functional

torch.set_default_dtype(torch.float64)
X, W = torch.sin(torch.arange(1, 7.0)).reshape(2, 3), torch.cos(torch.arange(3, 9.0)).reshape(3, 2)
U, V, Z = torch.sin(torch.arange(2, 6.0)).reshape(2, 2), torch.cos(torch.arange(6.0)).reshape(2, 3), torch.sin(torch.arange(4, 10.0)).reshape(3, 2)


def matrix(x, w):
    return torch.tanh(x @ w) * torch.exp(x.sum() / 4)


def number(x, w):
    return torch.log1p((matrix(x, w) ** 2).sum())


def write(name, x):
    numbers = ", ".join(repr(v) for v in x.flatten().tolist())
    print(f"static const double torch_{name}[] = {{{numbers}}};")


def write_pair(name, pair):
    for letter, x in zip("xw", pair):
        write(f"{name}_{letter}", x)


print(f"/* Made by make_functional.py with PyTorch {torch.__version__.split('a')[0]}: change that instead. */\n/* clang-format off */")
for name, x in zip("xwuvz", (X, W, U, V, Z)):
    write(name, x)
value, products = functional.vjp(matrix, (X, W), U)
write("value", value)
write_pair("vjp", products)
write("jvp", functional.jvp(matrix, (X, W), (V, Z))[1])
write_pair("hvp", functional.hvp(number, (X, W), (V, Z))[1])
write_pair("jacobian", functional.jacobian(matrix, (X, W)))
for letter, row in zip("xw", functional.hessian(number, (X, W))):
    write_pair(f"hessian_{letter}", row)
