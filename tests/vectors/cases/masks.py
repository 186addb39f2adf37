"""Truths and what is chosen by them, triangles, tensors whose elements follow from their place."""
import torch
import torch.nn.functional as F

from . import integers, numbers

INF, NAN = float("inf"), float("nan")
X, BATCH, ROW, COLUMN, POINT = numbers(31, 3, 4), numbers(32, 2, 3, 3), numbers(33, 4), numbers(34, 3), numbers(35)
MASK, MASK_ROW, MASK_COLUMN = X.detach() > 0, ROW.detach() > -0.5, (COLUMN.detach() > 0).reshape(3, 1)
HOLES = torch.tensor([[NAN, 0.0, 1.0], [0.0, -0.0, 0.0], [INF, 2.0, -1.0]], dtype=torch.float64)
WHOLE, LABELS = integers([1, 0, 2], [0, 0, 0], [3, 4, 5]), integers([2, 0], [1, 1])
EMPTY, NOTHING = torch.zeros(2, 0, dtype=torch.float64), torch.zeros(2, 0, dtype=torch.bool)
C = "ag_context(in[0])"


def truth_cases():
    for name in "any", "all":
        f = getattr(torch, name)
        for kind, x in ("edges", HOLES), ("int64", WHOLE), ("bool", MASK):
            yield f"{name} {kind}", [x], f, f"ag_{name}(in[0])"
            yield f"{name} {kind} over 1", [x], lambda x, f=f: f(x, 1), f"ag_{name}(in[0], .axes = AG_AXES(1))"
            yield f"{name} {kind} over 0", [x], lambda x, f=f: f(x, 0, keepdim=True), f"ag_{name}(in[0], .axes = AG_AXES(0), .keepdim = true)"
        yield f"{name} empty", [EMPTY], lambda x, f=f: f(x, 1), f"ag_{name}(in[0], .axes = AG_AXES(1))"


def triangle_cases():
    for name in "tril", "triu":
        f = getattr(torch, name)
        for k in 0, 2, -1, -9:
            yield f"{name} {k}", [X], lambda x, f=f, k=k: f(x, k), f"ag_{name}(in[0], {k})"
        yield f"{name} batch", [BATCH], lambda x, f=f: f(x, 1), f"ag_{name}(in[0], 1)"
        yield f"{name} int64", [WHOLE], f, f"ag_{name}(in[0], 0)"
        yield f"{name} empty", [EMPTY], f, f"ag_{name}(in[0], 0)"


CASES = [
    *truth_cases(),
    *triangle_cases(),
    ("masked_fill", [X, MASK], lambda x, m: x.masked_fill(m, -2.5), "ag_masked_fill(in[0], in[1], -2.5)"),
    ("masked_fill row", [X, MASK_ROW], lambda x, m: x.masked_fill(m, INF), "ag_masked_fill(in[0], in[1], INFINITY)"),
    ("masked_fill broadcast", [ROW, MASK_COLUMN], lambda x, m: x.masked_fill(m, 1), "ag_masked_fill(in[0], in[1], 1)"),
    ("masked_select", [X, MASK], torch.masked_select, "ag_masked_select(in[0], in[1])"),
    ("masked_select broadcast", [ROW, MASK_COLUMN], torch.masked_select, "ag_masked_select(in[0], in[1])"),
    ("masked_select row", [X, MASK_ROW], torch.masked_select, "ag_masked_select(in[0], in[1])"),
    ("masked_select empty", [EMPTY, NOTHING], torch.masked_select, "ag_masked_select(in[0], in[1])"),
    ("masked_select point", [POINT, torch.tensor(True)], torch.masked_select, "ag_masked_select(in[0], in[1])"),
    ("one_hot", [LABELS], lambda i: F.one_hot(i, 4), "ag_one_hot(in[0], 4)"),
    ("one_hot inferred", [LABELS], F.one_hot, "ag_one_hot(in[0], -1)"),
    ("arange", [POINT.detach()], lambda x: torch.arange(0.5, -2, -0.7, dtype=torch.float64), f"ag_arange({C}, 0.5, -2, -0.7)"),
    ("arange int64", [POINT.detach()], lambda x: torch.arange(1, 9, 3), f"ag_arange({C}, 1, 9, 3, .dtype = AG_I64)"),
    ("linspace", [POINT.detach()], lambda x: torch.linspace(-1, 2.5, 6, dtype=torch.float64), f"ag_linspace({C}, -1, 2.5, 6)"),
    ("eye", [POINT.detach()], lambda x: torch.eye(2, 3, dtype=torch.float64), f"ag_eye({C}, 2, 3)"),
]
