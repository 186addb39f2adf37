"""The order of whole numbers, and what is computed of them element by element."""
import torch

from . import integers, second
from .whole_reductions import TYPES, X

# Without equals, among which PyTorch chooses as it likes.
ROW = integers(4, -2, 9, 0, -5, 7)
ROWS = {"int64": ROW, "int32": ROW.int(), "uint8": ROW.byte()}


def order(kind, x, row):
    for name in "argmax", "argmin":
        yield f"{name} {kind}", [x], lambda x, f=getattr(torch, name): f(x, 1), f"ag_{name}(in[0], .axes = AG_AXES(1))"
        yield f"{name} {kind} of all", [row], getattr(torch, name), f"ag_{name}(in[0])"
    yield f"sort {kind}", [x], lambda x: x.sort(0)[0], "ag_sort(in[0], .axes = AG_AXES(0))"
    yield f"sort {kind}, places", [x], lambda x: x.sort(dim=1, stable=True, descending=True)[1], second("ag_sort(in[0], .axes = AG_AXES(1), .descending = true)")
    yield f"argsort {kind}", [row], torch.argsort, "ag_argsort(in[0])"
    yield f"topk {kind}", [x], lambda x: x.topk(2)[0], "ag_topk(in[0], 2)"
    yield f"topk {kind}, places", [row], lambda x: x.topk(3, largest=False)[1], second("ag_topk(in[0], 3, .smallest = true)")
    yield f"kthvalue {kind}", [x], lambda x: x.kthvalue(3)[0], "ag_kthvalue(in[0], 3)"
    yield f"kthvalue {kind}, places", [row], lambda x: x.kthvalue(2)[1], second("ag_kthvalue(in[0], 2)")
    yield f"median {kind}", [x], torch.median, "ag_median(in[0])"
    yield f"median {kind} along an axis", [x], lambda x: x.median(0)[0], "ag_median(in[0], .axes = AG_AXES(0))"


def elements(kind, x):
    for name in "abs", "sign":
        yield f"{name} {kind}", [x], getattr(torch, name), f"ag_{name}(in[0])"
    for name in "maximum", "minimum":
        yield f"{name} {kind}", [x, x.flip(0)[:1]], getattr(torch, name), f"ag_{name}(in[0], in[1])"
    yield f"clamp {kind}", [x], lambda x: x.clamp(1, 6), "ag_clamp(in[0], 1, 6)"
    yield f"clamp {kind} from above", [x], lambda x: x.clamp(max=4), "ag_clamp(in[0], -INFINITY, 4)"


CASES = [case for kind, x in TYPES.items() for case in (*order(kind, x, ROWS[kind]), *elements(kind, x))]
CASES += [("sort bool", [X > 2], lambda x: x.sort(1)[0], "ag_sort(in[0])")]
