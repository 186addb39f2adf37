"""Comparisons and tests of numbers."""
import torch

from . import integers

INF, NAN = float("inf"), float("nan")
EDGES = torch.tensor([NAN, INF, -INF, 0.0, -0.0, 1.5, -1.5, 2.0], dtype=torch.float64)
OTHERS = torch.tensor([NAN, INF, INF, -0.0, 1.0, 1.5, -2.5, NAN], dtype=torch.float64)
WHOLE, OTHER_WHOLE = integers(-3, 0, 2, 2, 300, -1), integers(-3, 1, 2, 3, 299, 0)
BYTES, TRUTHS = WHOLE.to(torch.uint8), WHOLE > 0
GRID, EMPTY, POINT = EDGES.reshape(2, 4), torch.zeros(2, 0, dtype=torch.float64), torch.tensor(1.5, dtype=torch.float64)


def cases():
    pairs = [("edges", EDGES, OTHERS), ("int64", WHOLE, OTHER_WHOLE), ("uint8", BYTES, BYTES.flip(0)), ("bool", TRUTHS, TRUTHS.flip(0))]
    for i, name in enumerate(("eq", "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_xor")):
        for kind, x, y in pairs[:2] + [pairs[2 + i % 2]]:
            yield f"{name} {kind}", [x, y], getattr(torch, name), f"ag_{name}(in[0], in[1])"
    for name in "eq", "ne", "lt", "le", "gt", "ge":
        for kind, x in ("edges", EDGES), ("int64", WHOLE):
            yield f"{name}_scalar {kind}", [x], lambda x, f=getattr(torch, name): f(x, 2), f"ag_{name}_scalar(in[0], 2)"
    yield "lt broadcast", [GRID, POINT], torch.lt, "ag_lt(in[0], in[1])"
    yield "eq empty", [EMPTY, POINT], torch.eq, "ag_eq(in[0], in[1])"
    for name in "logical_not", "isnan", "isinf", "isfinite":
        for kind, x in ("edges", GRID), ("int64", WHOLE), ("point", POINT):
            yield f"{name} {kind}", [x], getattr(torch, name), f"ag_{name}(in[0])"


CASES = list(cases())
