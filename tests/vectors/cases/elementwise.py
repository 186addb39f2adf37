"""Functions of numbers: smooth points, kinks, poles, NaN and infinity, broadcasting, no elements and rank 0."""
from math import inf, nan

import torch

from . import numbers


def row(*values):
    return torch.tensor(values, dtype=torch.float64).requires_grad_()


# As many points as PyTorch's vector code takes at once: what it does with fewer differs at NaN.
POINTS = row(nan, inf, -inf, 0.0, -0.0, 1, -1, 3, -3, 6, 0.5, -0.5, 2, -2, -6, 0.25)
HALVES = row(nan, inf, -inf, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49, -0.51, 7, -0.0)
TABLE, LINE, NUMBER, NOTHING = numbers(1, 3, 4), numbers(2, 4), numbers(3), numbers(4, 0, 3)
DIVIDEND, DIVISOR = row(5, -5, 5, -5, 6, 0, 5.5, inf, 5, nan, 1, 5, -5), row(3, 3, -3, -3, 3, 3, -2, 3, 0, 1, nan, inf, inf)


def unary(name):
    return (name, [POINTS], getattr(torch, name), f"ag_{name}(in[0])")


def rounding(name):
    return (name, [HALVES], getattr(torch, name), f"ag_{name}(in[0])")


def binary(name, x, y, note=""):
    return (name + note, [x, y], getattr(torch, name), f"ag_{name}(in[0], in[1])")


CASES = [
    *map(unary, ("reciprocal rsqrt exp2 expm1 log1p log2 log10 frac sin cos tan asin acos atan sinh cosh asinh acosh atanh "
                 "erf erfc erfinv").split()),
    *map(rounding, "floor ceil round trunc".split()),
    ("frac of halves", [HALVES], torch.frac, "ag_frac(in[0])"),
    ("rsub", [POINTS], lambda x: torch.rsub(x, 1.5), "ag_rsub_scalar(in[0], 1.5)"),
    ("lerp with a number", [TABLE, LINE], lambda x, y: torch.lerp(x, y, 0.75), "ag_lerp_scalar(in[0], in[1], 0.75)"),
    ("nan_to_num", [POINTS], lambda x: torch.nan_to_num(x, 0.5, 7, -8), "ag_nan_to_num(in[0], 0.5, 7, -8)"),
    ("lerp", [TABLE, LINE, row(0.25, 0.5, 1, -2)], torch.lerp, "ag_lerp(in[0], in[1], in[2])"),
    ("lerp to infinity", [row(0, 1, 1, nan), row(inf, 2, 2, 1), row(0.25, inf, nan, 0)], torch.lerp, "ag_lerp(in[0], in[1], in[2])"),
    binary("hypot", TABLE, LINE),
    binary("hypot", row(0, 3, inf, nan, nan, -3), row(0, 4, nan, inf, 1, 0), " at its corners"),
    binary("atan2", TABLE, LINE),
    binary("atan2", row(0, 0.0, -0.0, 1, -1, inf, inf, -inf, nan), row(0, -1, -1, 0, 0, 1, -inf, inf, 1), " at its corners"),
    binary("logaddexp", TABLE, LINE),
    binary("logaddexp", row(inf, -inf, inf, 1, nan, -inf, 80, -80), row(inf, -inf, 1, inf, 1, 2, -80, 80), " at its corners"),
    binary("xlogy", numbers(5, 3, 4, low=0, high=2), numbers(6, 4, low=0.2, high=2)),
    binary("xlogy", row(0, 0, 0, 0, 1, 2, 1, 0, nan), row(0, inf, nan, -1, 0, inf, -1, 3, 2), " at its corners"),
    binary("copysign", TABLE, LINE.detach()),
    binary("copysign", row(1, -1, 0, 2, nan, -3), row(-1, 0.0, -1, -0.0, -1, inf).detach(), " at its corners"),
    ("floor_divide", [DIVIDEND, DIVISOR], lambda x, y: torch.div(x, y, rounding_mode="floor"),
     "ag_floor_divide(in[0], in[1])"),
    binary("fmod", DIVIDEND, DIVISOR),
    binary("remainder", DIVIDEND, DIVISOR),
    binary("remainder", TABLE, NUMBER, " by a number"),
    ("expm1 of a number", [NUMBER], torch.expm1, "ag_expm1(in[0])"),
    ("erf of nothing", [NOTHING], torch.erf, "ag_erf(in[0])"),
    binary("atan2", NOTHING, NUMBER, " of nothing"),
    ("lerp of nothing", [NOTHING, NUMBER, row(1)], torch.lerp, "ag_lerp(in[0], in[1], in[2])"),
]
