"""Arrangement: views, copies, padding and diagonals."""
import torch
import torch.nn.functional as F

from . import integers, numbers

NUMBER, ROW, X, BATCH, LONG = numbers(1), numbers(2, 5), numbers(3, 2, 3), numbers(5, 2, 3, 4), numbers(9, 7)
THIN, CUBE, DEEP = numbers(7, 1, 3, 1, 2), numbers(8, 2, 2, 3, 2), numbers(13, 1, 2, 1, 2, 1, 1, 2, 1)
IMAGE, NOTHING = numbers(10, 1, 2, 4, 5), numbers(11, 2, 0)
WHOLE = integers([1, -2, 3], [4, 5, -6])
WILD = torch.tensor([[float("nan"), 1, float("inf")], [-float("inf"), 2, float("nan")]], dtype=torch.float64).requires_grad_()

CASES = [
    ("reshape", [BATCH], lambda x: x.reshape(4, -1), "ag_reshape(in[0], AG_SHAPE(4, -1))"),
    ("reshape what is turned", [BATCH], lambda x: x.transpose(0, 2).reshape(-1), "ag_reshape(ag_transpose(in[0], 0, 2), AG_SHAPE(-1))"),
    ("flatten", [BATCH], lambda x: x.flatten(1), "ag_flatten(in[0], 1)"),
    ("transpose", [BATCH], lambda x: x.transpose(0, -1), "ag_transpose(in[0], 0, -1)"),
    ("permute", [BATCH], lambda x: x.permute(2, 0, 1), "ag_permute(in[0], AG_AXES(2, 0, 1))"),
    ("expand", [THIN], lambda x: x.expand(2, 2, 3, 4, 2), "ag_expand(in[0], AG_SHAPE(2, 2, 3, 4, 2))"),
    ("contiguous", [BATCH], lambda x: x.transpose(0, 1).contiguous(), "ag_contiguous(ag_transpose(in[0], 0, 1))"),
    ("concat", [X, numbers(12, 2, 2), numbers(14, 2, 0)], lambda *x: torch.cat(x, 1), "ag_concat(3, in, 1)"),
    ("stack", [X, numbers(15, 2, 3)], lambda *x: torch.stack(x, 1), "ag_stack(2, in, 1)"),
    ("slice", [BATCH], lambda x: x[:, :, 1:4:2], "ag_slice(in[0], 2, 1, 4, 2)"),
    ("slice backwards", [ROW], lambda x: x.flip(0)[1:4:2], "ag_slice(in[0], 0, 3, 0, -2)"),
    ("squeeze", [THIN], lambda x: x.squeeze(), "ag_squeeze(in[0])"),
    ("squeeze an axis", [THIN], lambda x: x.squeeze(-2), "ag_squeeze(in[0], .axes = AG_AXES(-2))"),
    ("squeeze a longer axis", [THIN], lambda x: x.squeeze(1), "ag_squeeze(in[0], .axes = AG_AXES(1))"),
    ("squeeze rank 8", [DEEP], lambda x: x.squeeze(), "ag_squeeze(in[0])"),
    ("unsqueeze", [X], lambda x: x.unsqueeze(1), "ag_unsqueeze(in[0], 1)"),
    ("unsqueeze a number", [NUMBER], lambda x: x.unsqueeze(-1), "ag_unsqueeze(in[0], -1)"),
    ("flip", [BATCH], lambda x: x.flip(0, -1), "ag_flip(in[0], AG_AXES(0, -1))"),
    ("flip nothing", [NOTHING], lambda x: x.flip(1), "ag_flip(in[0], AG_AXES(1))"),
    ("roll", [BATCH], lambda x: x.roll(-5, 1), "ag_roll(in[0], -5, 1)"),
    ("roll nothing", [NOTHING], lambda x: x.roll(2, 1), "ag_roll(in[0], 2, 1)"),
    ("repeat", [X], lambda x: x.repeat(2, 1, 3), "ag_repeat(in[0], AG_SHAPE(2, 1, 3))"),
    ("repeat no times", [X], lambda x: x.repeat(0, 3), "ag_repeat(in[0], AG_SHAPE(0, 3))"),
    ("tile", [X], lambda x: x.tile(2), "ag_tile(in[0], AG_SHAPE(2))"),
    ("tile a number", [NUMBER], lambda x: x.tile(2, 2), "ag_tile(in[0], AG_SHAPE(2, 2))"),
    ("split", [ROW], lambda x: x.split(2)[2], "split_part(in[0], 2, 0, 2)"),
    ("chunk", [LONG], lambda x: x.chunk(4)[3], "chunk_part(in[0], 4, 0, 3)"),
    ("chunk nothing", [NOTHING], lambda x: x.chunk(3, 1)[2], "chunk_part(in[0], 3, 1, 2)"),
    ("unbind", [X], lambda x: x.unbind(1)[2], "unbind_part(in[0], 1, 2)"),
    ("narrow", [BATCH], lambda x: x.narrow(2, -3, 2), "ag_narrow(in[0], 2, -3, 2)"),
    ("select", [BATCH], lambda x: x.select(1, -2), "ag_select(in[0], 1, -2)"),
    ("movedim", [CUBE], lambda x: x.movedim((0, 2), (-1, 0)), "ag_movedim(in[0], AG_AXES(0, 2), AG_AXES(-1, 0))"),
    ("unfold", [LONG], lambda x: x.unfold(0, 3, 2), "ag_unfold(in[0], 0, 3, 2)"),
    ("unfold with gaps", [BATCH], lambda x: x.unfold(-1, 1, 2), "ag_unfold(in[0], -1, 1, 2)"),
    ("unfold of no elements", [X], lambda x: x.unfold(1, 0, 2), "ag_unfold(in[0], 1, 0, 2)"),
    ("diagonal", [BATCH], lambda x: x.diagonal(1, 1, 2), "ag_diagonal(in[0], 1, 1, 2)"),
    ("diagonal below", [BATCH], lambda x: x.diagonal(-1, 2, 0), "ag_diagonal(in[0], -1, 2, 0)"),
    ("diagonal nowhere", [X], lambda x: x.diagonal(9), "ag_diagonal(in[0], 9, 0, 1)"),
    ("diag of a matrix", [X], lambda x: x.diag(-1), "ag_diag(in[0], -1)"),
    ("diag of a row", [ROW], lambda x: x.diag(2), "ag_diag(in[0], 2)"),
    ("expand", [THIN], lambda x: x.expand(2, -1, 3, 4, -1), "ag_expand(in[0], AG_SHAPE(2, -1, 3, 4, -1))"),
    ("flatten a number", [NUMBER], lambda x: x.flatten(0), "ag_flatten(in[0], 0)"),
    ("squeeze a number", [NUMBER], lambda x: x.squeeze(-1), "ag_squeeze(in[0], .axes = AG_AXES(-1))"),
    ("pad", [BATCH], lambda x: F.pad(x, (1, 2, -1, 1), value=0.25), "ag_pad(in[0], AG_PADDING(1, 2, -1, 1), .value = 0.25)"),
    ("pad integers", [WHOLE], lambda x: F.pad(x, (1, 2, -1, 1), value=9), "ag_pad(in[0], AG_PADDING(1, 2, -1, 1), .value = 9)"),
    ("pad integers, circular", [WHOLE.reshape(1, 2, 3)], lambda x: F.pad(x, (2, 1), "circular"), "ag_pad(in[0], AG_PADDING(2, 1), AG_CIRCULAR)"),
    ("pad truths", [WHOLE > 3], lambda x: F.pad(x, (1, 0), value=True), "ag_pad(in[0], AG_PADDING(1, 0), .value = 1)"),
    ("pad NaN", [WILD], lambda x: F.pad(x, (1, -1), value=float("inf")), "ag_pad(in[0], AG_PADDING(1, -1), .value = INFINITY)"),
    ("pad nothing", [NOTHING], lambda x: F.pad(x, (1, 2), value=3), "ag_pad(in[0], AG_PADDING(1, 2), .value = 3)"),
    ("pad a number", [NUMBER], lambda x: F.pad(x, ()), "ag_pad(in[0])"),
    ("pad reflect", [IMAGE], lambda x: F.pad(x, (4, 1, 0, 3), "reflect"), "ag_pad(in[0], AG_PADDING(4, 1, 0, 3), AG_REFLECT)"),
    ("pad reflect less", [BATCH], lambda x: F.pad(x, (2, -1), "reflect"), "ag_pad(in[0], AG_PADDING(2, -1), AG_REFLECT)"),
    ("pad replicate", [IMAGE], lambda x: F.pad(x, (6, 1, 2, 0), "replicate"), "ag_pad(in[0], AG_PADDING(6, 1, 2, 0), AG_REPLICATE)"),
    ("pad replicate less", [BATCH], lambda x: F.pad(x, (-3, 2), "replicate"), "ag_pad(in[0], AG_PADDING(-3, 2), AG_REPLICATE)"),
    ("pad circular", [IMAGE], lambda x: F.pad(x, (5, 1, 2, 0), "circular"), "ag_pad(in[0], AG_PADDING(5, 1, 2, 0), AG_CIRCULAR)"),
    ("pad circular less", [IMAGE], lambda x: F.pad(x, (2, -1, -1, 3), "circular"), "ag_pad(in[0], AG_PADDING(2, -1, -1, 3), AG_CIRCULAR)"),
]
