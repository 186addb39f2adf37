"""Data types: conversions, arithmetic of integers and choosing between them."""
import torch

from . import integers, numbers

INF, NAN = float("inf"), float("nan")
EDGES = torch.tensor([NAN, INF, -INF, 0.0, -0.0, 1.5, -1.5, 2.0], dtype=torch.float64)
WHOLE, OTHER_WHOLE = integers(-3, 0, 2, 2, 300, -1), integers(-3, 1, 2, 3, 299, 0)
BYTES, SHORT, TRUTHS, OTHER_TRUTHS = WHOLE.to(torch.uint8), WHOLE.to(torch.int32), WHOLE > 0, OTHER_WHOLE > 0
SIGNED, ROW = numbers(21, 6, low=-300, high=300).detach(), numbers(22, 4)
TYPES = {"AG_F32": torch.float32, "AG_F64": torch.float64, "AG_I64": torch.int64, "AG_BOOL": torch.bool, "AG_I32": torch.int32, "AG_U8": torch.uint8}


def cast_cases():
    """Every pair of types; numbers that do not fit are left to the library's own tests, since PyTorch promises nothing there."""
    reals = numbers(23, 6, low=0, high=250).detach()
    for source, x in ("reals", reals), ("int64", WHOLE), ("int32", SHORT), ("uint8", BYTES), ("bool", TRUTHS):
        for name, dtype in TYPES.items():
            yield f"cast {source} to {name}", [x], lambda x, d=dtype: x.to(d), f"ag_cast(in[0], {name})"
    yield "cast edges to bool", [EDGES], lambda x: x.bool(), "ag_cast(in[0], AG_BOOL)"
    yield "cast negative to int64", [SIGNED], lambda x: x.long(), "ag_cast(in[0], AG_I64)"
    yield "cast gradient", [ROW], lambda x: (x.to(torch.float32) * 2).to(torch.float64), \
        "ag_cast(ag_mul_scalar(ag_cast(in[0], AG_F32), 2), ag_default_dtype(ag_context(in[0])))"


CASES = [
    ("where int64", [TRUTHS, WHOLE, OTHER_WHOLE], torch.where, "ag_where(in[0], in[1], in[2])"),
    ("where bool", [TRUTHS, OTHER_TRUTHS, TRUTHS], torch.where, "ag_where(in[0], in[1], in[2])"),
    ("add int64", [WHOLE, OTHER_WHOLE], torch.add, "ag_add(in[0], in[1])"),
    ("sub uint8", [BYTES, BYTES.flip(0)], torch.sub, "ag_sub(in[0], in[1])"),
    ("mul int32", [SHORT, SHORT.reshape(6, 1) * 2 ** 30], torch.mul, "ag_mul(in[0], in[1])"),
    ("neg uint8", [BYTES], torch.neg, "ag_neg(in[0])"),
    ("square int64", [WHOLE], torch.square, "ag_square(in[0])"),
    *cast_cases(),
]
