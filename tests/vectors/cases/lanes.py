"""What grows along an axis, and order there."""
import math

import torch

from . import fixed, given, numbers, second

INF, NAN = math.inf, math.nan
X, CUBE, ROW, POINT = numbers(21, 4, 5), numbers(22, 3, 2, 4), numbers(23, 9), numbers(24)
NONE, NO_ROWS = numbers(27, 3, 0), numbers(28, 0, 4)
ZEROS = given([2, 0, -3, 4], [0, 1.5, 0, 2], [0.5, -1, 2, 3], [0, 0, 0, 0])
TIES = given([1, 3, 3, -2, 1], [0, 0, 0, 0, 0], [-2, 5, -2, 5, 4])
ODD = given([1, NAN, 5, -INF], [-INF, -INF, -INF, -INF], [7, INF, NAN, NAN], [INF, 2, INF, -1])
ENDLESS = given([1, -INF, 2, 0.5], [-2, INF, 1, 3], [INF, 1, -INF, INF])
LOW = given([-INF, 1, 2, -INF], [0.5, -INF, -INF, 1])

CASES = [
    # What grows.
    ("cumsum", [CUBE], lambda x: x.cumsum(1), "ag_cumsum(in[0], 1)"),
    ("cumsum of a number", [POINT], lambda x: x.cumsum(0), "ag_cumsum(in[0], 0)"),
    ("cumsum of nothing", [NONE], lambda x: x.cumsum(-1), "ag_cumsum(in[0], -1)"),
    ("cumsum of what is odd", [ODD], lambda x: x.cumsum(1), "ag_cumsum(in[0], 1)"),
    ("cumprod", [CUBE], lambda x: x.cumprod(-1), "ag_cumprod(in[0], -1)"),
    ("cumprod with zeros", [ZEROS], lambda x: x.cumprod(1), "ag_cumprod(in[0], 1)"),
    ("cumprod of a number", [POINT], lambda x: x.cumprod(-1), "ag_cumprod(in[0], -1)"),
    ("cumprod of nothing", [NONE], lambda x: x.cumprod(1), "ag_cumprod(in[0], 1)"),
    ("cumprod of what is odd", [fixed(ODD)], lambda x: x.cumprod(1), "ag_cumprod(in[0], 1)"),
    ("logcumsumexp", [CUBE], lambda x: x.logcumsumexp(1), "ag_logcumsumexp(in[0], 1)"),
    ("logcumsumexp of far apart ones", [numbers(29, 3, 5, low=-800, high=800)], lambda x: x.logcumsumexp(1), "ag_logcumsumexp(in[0], 1)"),
    ("logcumsumexp of a number", [POINT], lambda x: x.logcumsumexp(0), "ag_logcumsumexp(in[0], 0)"),
    ("logcumsumexp of nothing", [NO_ROWS], lambda x: x.logcumsumexp(0), "ag_logcumsumexp(in[0], 0)"),
    ("logcumsumexp of -infinity", [fixed(LOW)], lambda x: x.logcumsumexp(1), "ag_logcumsumexp(in[0], 1)"),
    ("logcumsumexp of what is odd", [fixed(ODD)], lambda x: x.logcumsumexp(1), "ag_logcumsumexp(in[0], 1)"),
    ("logcumsumexp of infinity", [ENDLESS], lambda x: x.logcumsumexp(1), "ag_logcumsumexp(in[0], 1)"),
    ("cummax", [CUBE], lambda x: x.cummax(1).values, "ag_cummax(in[0], 1)"),
    ("cummax of equals", [TIES], lambda x: x.cummax(1).values, "ag_cummax(in[0], 1)"),
    ("cummax of equals, places", [TIES], lambda x: x.cummax(1).indices, second("ag_cummax(in[0], 1)")),
    ("cummax of what is odd", [ODD], lambda x: x.cummax(1).values, "ag_cummax(in[0], 1)"),
    ("cummax of what is odd, places", [ODD], lambda x: x.cummax(1).indices, second("ag_cummax(in[0], 1)")),
    ("cummin", [X], lambda x: x.cummin(0).values, "ag_cummin(in[0], 0)"),
    ("cummin of equals, places", [TIES], lambda x: x.cummin(1).indices, second("ag_cummin(in[0], 1)")),
    ("cummin of what is odd, places", [ODD], lambda x: x.cummin(1).indices, second("ag_cummin(in[0], 1)")),
    ("cummin of a number", [POINT], lambda x: x.cummin(0).values, "ag_cummin(in[0], 0)"),

    # Order.
    ("sort", [CUBE], lambda x: x.sort().values, "ag_sort(in[0])"),
    ("sort, places", [CUBE], lambda x: x.sort(1).indices, second("ag_sort(in[0], .axes = AG_AXES(1))")),
    ("sort of equals, places", [TIES], lambda x: x.sort(stable=True).indices, second("ag_sort(in[0])")),
    ("sort of equals, descending, places", [TIES], lambda x: x.sort(stable=True, descending=True).indices, second("ag_sort(in[0], .descending = true)")),
    ("sort of equals", [TIES], lambda x: x.sort(stable=True).values, "ag_sort(in[0])"),
    ("sort of what is odd", [ODD], lambda x: x.sort(stable=True).values, "ag_sort(in[0])"),
    ("sort of what is odd, descending", [ODD], lambda x: x.sort(stable=True, descending=True).values, "ag_sort(in[0], .descending = true)"),
    ("sort of a number", [POINT], lambda x: x.sort().values, "ag_sort(in[0])"),
    ("sort of nothing", [NONE], lambda x: x.sort().values, "ag_sort(in[0])"),
    ("argsort", [X], lambda x: x.argsort(0), "ag_argsort(in[0], .axes = AG_AXES(0))"),
    ("argsort, descending", [ODD], lambda x: x.argsort(descending=True), "ag_argsort(in[0], .descending = true)"),
    ("topk", [X], lambda x: x.topk(2).values, "ag_topk(in[0], 2)"),
    ("topk, places", [CUBE], lambda x: x.topk(2, 0).indices, second("ag_topk(in[0], 2, AG_AXES(0))")),
    ("topk, smallest", [ROW], lambda x: x.topk(4, largest=False).values, "ag_topk(in[0], 4, .smallest = true)"),
    ("topk, all", [ROW], lambda x: x.topk(9).indices, second("ag_topk(in[0], 9)")),
    ("topk, none", [X], lambda x: x.topk(0).values, "ag_topk(in[0], 0)"),
    ("topk of a number", [POINT], lambda x: x.topk(1).values, "ag_topk(in[0], 1)"),
    ("topk of what is odd", [fixed(ODD)], lambda x: x.topk(2).values, "ag_topk(in[0], 2)"),
    ("topk of what is odd, smallest", [fixed(ODD)], lambda x: x.topk(3, largest=False).values, "ag_topk(in[0], 3, .smallest = true)"),
    ("kthvalue", [CUBE], lambda x: x.kthvalue(2, 0, keepdim=True).values, "ag_kthvalue(in[0], 2, AG_AXES(0), .keepdim = true)"),
    ("kthvalue, places", [X], lambda x: x.kthvalue(3).indices, second("ag_kthvalue(in[0], 3)")),
    ("kthvalue of what is odd", [fixed(ODD)], lambda x: x.kthvalue(3).values, "ag_kthvalue(in[0], 3)"),
    ("kthvalue of a number", [POINT], lambda x: x.kthvalue(1).values, "ag_kthvalue(in[0], 1)"),
    ("median", [X], torch.median, "ag_median(in[0])"),
    ("median along", [CUBE], lambda x: x.median(-1).values, "ag_median(in[0], .axes = AG_AXES(-1))"),
    ("median along, places", [X], lambda x: x.median(1, keepdim=True).indices, second("ag_median(in[0], .axes = AG_AXES(1), .keepdim = true)")),
    ("median of what is odd", [fixed(ODD)], lambda x: x.median(1).values, "ag_median(in[0], .axes = AG_AXES(1))"),
    ("median of what is odd, places", [ODD[:1].detach()], lambda x: x.median(1).indices, second("ag_median(in[0], .axes = AG_AXES(1))")),
    ("median of a number", [POINT], torch.median, "ag_median(in[0])"),
]
