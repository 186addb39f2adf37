"""Sums, products and extremes of whole numbers and truths."""
import torch

from . import integers, second

X = integers([3, -7, 300, 3], [0, 5, -1, 8], [-300, 5, 6, -2])
TYPES = {"int64": X, "int32": X.to(torch.int32), "uint8": X.to(torch.uint8)}


def reductions(kind, x):
    for name, f in ("sum", torch.sum), ("prod", torch.prod), ("max", torch.amax), ("min", torch.amin):
        yield f"{name} {kind}", [x], lambda x, f=f: f(x, 1), f"ag_{name}(in[0], .axes = AG_AXES(1))"
        yield f"{name} {kind} of all", [x], lambda x, f=f: f(x) if f in (torch.sum, torch.prod) else f(x, (0, 1)), f"ag_{name}(in[0])"
    for name in "max", "min":
        call = f"ag_{name}_along(in[0], .axes = AG_AXES(0), .keepdim = true"
        yield f"{name} along {kind}", [x], lambda x, f=getattr(torch, name): f(x, 0, True)[0], call + ")"
        yield f"{name} along {kind}, places", [x], lambda x, f=getattr(torch, name): f(x, 0, True)[1], second(call + ")")
    for name in "cumsum", "cumprod":
        yield f"{name} {kind}", [x], lambda x, f=getattr(torch, name): f(x, 0), f"ag_{name}(in[0], 0)"


CASES = [case for kind, x in TYPES.items() for case in reductions(kind, x)]
CASES += reductions("bool", X > 2)
CASES += [("trace int64", [X], torch.trace, "ag_trace(in[0])"),
          ("sum of nothing int32", [TYPES["int32"][:, :0]], lambda x: x.sum(1), "ag_sum(in[0], .axes = AG_AXES(1))")]
