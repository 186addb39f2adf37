"""Arithmetic of real numbers: smooth points, NaN and infinity, equals, broadcasting, no elements and rank 0."""
from math import inf, nan

import torch

from . import fixed, numbers
from .elementwise import POINTS, row

TABLE, LINE, NUMBER, NOTHING = numbers(1, 3, 4), numbers(2, 4), numbers(3), numbers(4, 0, 3)
STEEP, BASES = numbers(5, 3, 4, low=0.2, high=2), row(0, 2, 2, 0.5, inf, 1, nan, 3)
LEFT, RIGHT = row(1, 2, 0, -3, inf, inf, nan, 1, -inf, 0.0), row(1, -2, 0, 4, 2, -inf, 1, nan, 5, -0.0)


def unary(name, x=POINTS):
    return name, [x], getattr(torch, name), f"ag_{name}(in[0])"


def binary_cases():
    for name in "add sub mul div maximum minimum".split():
        f, call = getattr(torch, name), f"ag_{name}(in[0], in[1])"
        yield name, [TABLE, LINE], f, call
        yield f"{name} at the edges", [LEFT, RIGHT], f, call
        yield f"{name} of nothing", [NOTHING, NUMBER], f, call
    yield "div by 0", [row(1, -1, 0, nan), row(0, 0, 0, 0)], torch.div, "ag_div(in[0], in[1])"
    yield "pow of a row", [STEEP, LINE], torch.pow, "ag_pow(in[0], in[1])"
    yield "pow at the edges", [fixed(BASES), fixed(row(0, 3, -1, 2, 0, inf, 0, nan))], torch.pow, "ag_pow(in[0], in[1])"


def scalar_cases():
    yield "add_scalar", [POINTS], lambda x: x + 1.5, "ag_add_scalar(in[0], 1.5)"
    yield "mul_scalar", [POINTS], lambda x: x * -0.5, "ag_mul_scalar(in[0], -0.5)"
    for p in 0, 0.5, 1, 2, 3, -1, 2.5:
        yield f"pow_scalar {p}", [STEEP], lambda x, p=p: x ** p, f"ag_pow_scalar(in[0], {p})"
    for p in 2, 3:
        yield f"pow_scalar {p} of what is odd", [POINTS], lambda x, p=p: x ** p, f"ag_pow_scalar(in[0], {p})"
    yield "clamp", [POINTS], lambda x: x.clamp(-1, 3), "ag_clamp(in[0], -1, 3)"
    yield "clamp from below", [POINTS], lambda x: x.clamp(min=0.25), "ag_clamp(in[0], 0.25, INFINITY)"


CASES = [
    *map(unary, "neg abs sign square sqrt exp log".split()),
    unary("sqrt", numbers(6, 3, 4, low=0.1, high=3)),
    unary("abs", NUMBER),
    unary("exp", NOTHING),
    *binary_cases(),
    *scalar_cases(),
    ("addcmul", [TABLE, LINE, numbers(7, 3, 1)], torch.addcmul, "ag_addcmul(in[0], in[1], in[2])"),
    # PyTorch has no name for these two.
    ("squared_difference", [TABLE, LINE], lambda x, y: (x - y).square(), "ag_squared_difference(in[0], in[1])"),
    ("addcmul_relu", [TABLE, LINE, numbers(7, 3, 1)], lambda x, y, z: torch.addcmul(x, y, z).relu(), "ag_addcmul_relu(in[0], in[1], in[2])"),
    ("where", [fixed(TABLE) > 0, TABLE, LINE], torch.where, "ag_where(in[0], in[1], in[2])"),
]
