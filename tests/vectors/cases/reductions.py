"""Products, extremes, deviations and norms."""
import math

import torch

from . import fixed, given, numbers, second

INF, NAN = math.inf, math.nan
X, CUBE, POINT = numbers(21, 4, 5), numbers(22, 3, 2, 4), numbers(24)
NONE, NO_ROWS = numbers(27, 3, 0), numbers(28, 0, 4)
ZEROS = given([2, 0, -3, 4], [0, 1.5, 0, 2], [0.5, -1, 2, 3], [0, 0, 0, 0])
TIES = given([1, 3, 3, -2, 1], [0, 0, 0, 0, 0], [-2, 5, -2, 5, 4])
ODD = given([1, NAN, 5, -INF], [-INF, -INF, -INF, -INF], [7, INF, NAN, NAN], [INF, 2, INF, -1])
NULL = given([0, 0, 0], [0, 3, -4], [1, 0, 0])

CASES = [
    # Products.
    ("prod", [X], torch.prod, "ag_prod(in[0])"),
    ("prod along an axis", [CUBE], lambda x: x.prod(1, keepdim=True), "ag_prod(in[0], .axes = AG_AXES(1), .keepdim = true)"),
    ("prod along two axes", [CUBE], lambda x: x.prod(2).prod(0), "ag_prod(in[0], .axes = AG_AXES(0, -1))"),
    ("prod with zeros", [ZEROS], lambda x: x.prod(1), "ag_prod(in[0], .axes = AG_AXES(1))"),
    ("prod of all with a zero", [given(2, 0, -3)], torch.prod, "ag_prod(in[0])"),
    ("prod of all with two zeros", [given(2, 0, 0, -3)], torch.prod, "ag_prod(in[0])"),
    ("prod of nothing", [NONE], lambda x: x.prod(1), "ag_prod(in[0], .axes = AG_AXES(1))"),
    ("prod of a number", [POINT], torch.prod, "ag_prod(in[0])"),
    ("prod of what is odd", [fixed(ODD)], lambda x: x.prod(1), "ag_prod(in[0], .axes = AG_AXES(1))"),

    # Extremes.
    ("min", [CUBE], lambda x: x.amin((0, 2)), "ag_min(in[0], .axes = AG_AXES(0, 2))"),
    ("amin of equals", [TIES], lambda x: x.amin(1), "ag_amin(in[0], .axes = AG_AXES(1))"),
    ("amax of equals", [TIES], lambda x: x.amax(1), "ag_amax(in[0], .axes = AG_AXES(1))"),
    ("amin of what is odd", [ODD], lambda x: x.amin(1), "ag_amin(in[0], .axes = AG_AXES(1))"),
    ("argmax", [CUBE], lambda x: x.argmax(-1, keepdim=True), "ag_argmax(in[0], .axes = AG_AXES(-1), .keepdim = true)"),
    ("argmax of all", [X], lambda x: x.argmax(), "ag_argmax(in[0])"),
    ("argmax of equals", [TIES], lambda x: x.argmax(1), "ag_argmax(in[0], .axes = AG_AXES(1))"),
    ("argmax of what is odd", [ODD], lambda x: x.argmax(1), "ag_argmax(in[0], .axes = AG_AXES(1))"),
    ("argmin", [CUBE], lambda x: x.argmin(1), "ag_argmin(in[0], .axes = AG_AXES(1))"),
    ("argmin of all", [X], lambda x: x.argmin(), "ag_argmin(in[0])"),
    ("argmin of what is odd", [ODD], lambda x: x.argmin(1), "ag_argmin(in[0], .axes = AG_AXES(1))"),
    ("max along", [CUBE], lambda x: x.max(1).values, "ag_max_along(in[0], .axes = AG_AXES(1))"),
    ("max along, places", [CUBE], lambda x: x.max(-1).indices, second("ag_max_along(in[0], .axes = AG_AXES(-1))")),
    ("max along, equals", [TIES], lambda x: x.max(1).values, "ag_max_along(in[0], .axes = AG_AXES(1))"),
    ("max along, odd", [ODD], lambda x: x.max(1).values, "ag_max_along(in[0], .axes = AG_AXES(1))"),
    ("max along, odd places", [ODD], lambda x: x.max(1).indices, second("ag_max_along(in[0], .axes = AG_AXES(1))")),
    ("min along", [CUBE], lambda x: x.min(0, keepdim=True).values, "ag_min_along(in[0], .axes = AG_AXES(0), .keepdim = true)"),
    ("min along, places", [X], lambda x: x.min(0).indices, second("ag_min_along(in[0], .axes = AG_AXES(0))")),
    ("min along, no lanes", [NO_ROWS], lambda x: x.min(1).values, "ag_min_along(in[0], .axes = AG_AXES(1))"),
    ("min along, odd places", [ODD], lambda x: x.min(1).indices, second("ag_min_along(in[0], .axes = AG_AXES(1))")),

    # Deviation and norms.
    ("std", [CUBE], lambda x: x.std((0, 2)), "ag_std(in[0], .axes = AG_AXES(0, 2))"),
    ("biased std", [CUBE], lambda x: x.std(1, unbiased=False, keepdim=True), "ag_std(in[0], .axes = AG_AXES(1), .keepdim = true, .biased = true)"),
    ("std of equals", [given([2, 2, 2], [1, 2, 4])], lambda x: x.std(1), "ag_std(in[0], .axes = AG_AXES(1))"),
    ("norm", [CUBE], torch.linalg.vector_norm, "ag_norm(in[0])"),
    ("norm of zeros", [NULL], lambda x: torch.linalg.vector_norm(x, dim=1), "ag_norm(in[0], .axes = AG_AXES(1))"),
    ("norm of nothing", [NONE], lambda x: torch.linalg.vector_norm(x, dim=1), "ag_norm(in[0], .axes = AG_AXES(1))"),
    ("norm of what is odd", [ODD], lambda x: torch.linalg.vector_norm(x, dim=1), "ag_norm(in[0], .axes = AG_AXES(1))"),
    ("norm of a number", [POINT], torch.linalg.vector_norm, "ag_norm(in[0])"),
    ("norm, p = 0", [fixed(NULL)], lambda x: torch.linalg.vector_norm(x, 0, 1), "ag_norm(in[0], .axes = AG_AXES(1), .nonzero = true)"),
    ("norm, p = 0, odd", [fixed(ODD)], lambda x: torch.linalg.vector_norm(x, 0), "ag_norm(in[0], .nonzero = true)"),
]
for p in (1, 1.5, 3, 0.5, -1, INF, -INF):
    name = {INF: "INFINITY", -INF: "-INFINITY"}.get(p, str(p))
    CASES += [
        (f"norm, p = {name}", [CUBE], lambda x, p=p: torch.linalg.vector_norm(x, p, (0, -1), keepdim=True),
         f"ag_norm(in[0], .p = {name}, .axes = AG_AXES(0, -1), .keepdim = true)"),
        (f"norm of zeros, p = {name}", [NULL], lambda x, p=p: torch.linalg.vector_norm(x, p, 1), f"ag_norm(in[0], .p = {name}, .axes = AG_AXES(1))"),
    ]
