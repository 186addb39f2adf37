"""Choosing and placing elements by their index."""
import torch
import torch.nn.functional as F

from . import integers, numbers

X, Y, BATCH, EMPTY = numbers(3, 2, 3), numbers(4, 3, 4), numbers(5, 2, 3, 4), numbers(12, 0, 3)
WILD = torch.tensor([[float("nan"), 1, float("inf")], [-float("inf"), 2, float("nan")]], dtype=torch.float64).requires_grad_()
PLACES, FEW, NONE = integers(2, 0, 2, 1), integers([2, 0], [1, 0]), integers(1)[:0]
UNIQUE, WHOLE = integers([3, 0], [1, 2]), integers([4, 7, 1], [0, 2, 9])
BYTES = torch.tensor([200, 100, 250], dtype=torch.uint8)
TRUTH = torch.tensor([True, False, True])

CASES = [
    ("index_select", [BATCH, PLACES], lambda x, i: x.index_select(1, i), "ag_index_select(in[0], 1, in[1])"),
    ("index_select NaN", [WILD, PLACES], lambda x, i: x.index_select(-1, i), "ag_index_select(in[0], -1, in[1])"),
    ("index_select integers", [WHOLE, PLACES], lambda x, i: x.index_select(1, i), "ag_index_select(in[0], 1, in[1])"),
    ("index_select nothing", [X, NONE], lambda x, i: x.index_select(0, i), "ag_index_select(in[0], 0, in[1])"),
    ("index_add", [X, PLACES, numbers(14, 2, 4)], lambda x, i, s: x.index_add(1, i, s), "ag_index_add(in[0], 1, in[1], in[2])"),
    ("index_add integers", [WHOLE, integers(1, 1, 0), integers([1, 2, 3], [-4, 5, 6])], lambda x, i, s: x.index_add(1, i, s), "ag_index_add(in[0], 1, in[1], in[2])"),
    ("index_fill integers", [WHOLE, integers(2, 0)], lambda x, i: x.index_fill(1, i, 5), "ag_index_fill(in[0], 1, in[1], 5)"),
    ("index_copy", [Y, integers(2, 0), numbers(15, 2, 4)], lambda x, i, s: x.index_copy(0, i, s), "ag_index_copy(in[0], 0, in[1], in[2])"),
    ("index_fill", [Y, integers(3, 1)], lambda x, i: x.index_fill(1, i, 0.5), "ag_index_fill(in[0], 1, in[1], 0.5)"),
    ("embedding", [FEW, Y], F.embedding, "ag_embedding(in[0], in[1])"),
    ("embedding padded", [FEW, Y], lambda i, w: F.embedding(i, w, padding_idx=-3), "ag_embedding(in[0], in[1], .padded = true, .padding_idx = -3)"),
    ("embedding of nothing", [NONE, Y], F.embedding, "ag_embedding(in[0], in[1])"),
    ("gather NaN", [WILD, FEW], lambda x, i: x.gather(1, i), "ag_gather(in[0], 1, in[1])"),
    ("gather integers", [WHOLE, FEW], lambda x, i: x.gather(-1, i), "ag_gather(in[0], -1, in[1])"),
    ("gather truths", [TRUTH, PLACES], lambda x, i: x.gather(0, i), "ag_gather(in[0], 0, in[1])"),
    ("take_along_dim", [X, FEW], lambda x, i: torch.take_along_dim(x, i, 1), "ag_take_along_dim(in[0], in[1], AG_AXES(1))"),
    ("take_along_dim broadcasting", [X, FEW[:1]], lambda x, i: torch.take_along_dim(x, i, 1), "ag_take_along_dim(in[0], in[1], AG_AXES(1))"),
    ("take_along_dim broadcast", [numbers(16, 1, 3), FEW], lambda x, i: torch.take_along_dim(x, i, -1),
     "ag_take_along_dim(in[0], in[1], AG_AXES(-1))"),
    ("take_along_dim of all", [X, UNIQUE], lambda x, i: torch.take_along_dim(x, i), "ag_take_along_dim(in[0], in[1])"),
    ("scatter", [numbers(17, 3, 4), UNIQUE, X], lambda x, i, s: x.scatter(1, i, s[:, :2]), "ag_scatter(in[0], 1, in[1], in[2])"),
    ("scatter a number", [numbers(17, 3, 4), UNIQUE], lambda x, i: x.scatter(1, i, 0.75),
     "ag_scatter(in[0], 1, in[1], ag_scalar(ag_context(in[0]), 0.75))"),
    ("scatter NaN", [Y, integers([2, 0, 1]), WILD], lambda x, i, s: x.scatter(0, i, s[:1]), "ag_scatter(in[0], 0, in[1], in[2])"),
    ("scatter integers", [WHOLE, FEW, integers([5, 6], [7, 8])], lambda x, i, s: x.scatter(1, i, s), "ag_scatter(in[0], 1, in[1], in[2])"),
    ("scatter_add", [Y, FEW, X], lambda x, i, s: x.scatter_add(0, i, s[:, :2]), "ag_scatter_add(in[0], 0, in[1], in[2])"),
    ("scatter_add integers", [WHOLE, integers([0, 0, 0], [1, 2, 1]), integers([1, 2, 3], [4, 5, 6])], lambda x, i, s: x.scatter_add(1, i, s),
     "ag_scatter_add(in[0], 1, in[1], in[2])"),
    ("scatter_add bytes", [BYTES, integers(0, 1, 1), BYTES], lambda x, i, s: x.scatter_add(0, i, s), "ag_scatter_add(in[0], 0, in[1], in[2])"),
    ("scatter_add nothing", [EMPTY, NONE.reshape(0, 1), numbers(31, 0, 3)], lambda x, i, s: x.scatter_add(1, i, s[:, :1]), "ag_scatter_add(in[0], 1, in[1], in[2])"),
]
