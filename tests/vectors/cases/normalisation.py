"""Normalisation. PyTorch 1.13 has no rms_norm, and none whose statistics are given with a rectifier behind it, so their formulas stand for them."""
import torch
import torch.nn.functional as F

from . import fixed, given, numbers

X, WEIGHT, BIAS, PLANE = numbers(71, 2, 6, 5), numbers(72, 5), numbers(73, 5), numbers(74, 6, 5)
CHANNELS, SHIFT, IMAGE, LONG = numbers(75, 6), numbers(76, 6), numbers(77, 2, 6, 2, 3), numbers(78, 3, 40)
ROW, POINTS = numbers(79, 4), numbers(80, 3, 6)
EDGES = fixed(given([float("inf"), 1.0], [float("nan"), 1.0], [2.0, 2.0]))
PIXELS, NORM = numbers(81, 2, 5, 6, 3), numbers(82, 3, 3)
HOLES = fixed(given([[[float("nan"), 1.0, 2.0], [0.5, float("inf"), -1.0]], [[1.0, float("nan"), float("-inf")], [-1.0, 2.0, -0.5]]]))
NO_IMAGES = torch.zeros(0, 5, 6, 3, dtype=torch.float64, requires_grad=True)
NO_ROWS, NO_COLUMNS = torch.zeros(0, 4, dtype=torch.float64), torch.zeros(2, 0, 3, dtype=torch.float64)


def rms_norm(x, n, weight=None, eps=torch.finfo(torch.float64).eps):
    y = x * torch.rsqrt(x.square().mean(tuple(range(-n, 0)), keepdim=True) + eps)
    return y if weight is None else y * weight


def norm_relu(x, norm):
    return ((x - norm[0]) * norm[1] + norm[2]).relu()


CASES = [
    ("layer_norm", [X, WEIGHT, BIAS], lambda x, w, b: F.layer_norm(x, (5,), w, b), "ag_layer_norm(in[0], AG_SHAPE(5), in[1], in[2])"),
    ("layer_norm bare", [X], lambda x: F.layer_norm(x, (5,)), "ag_layer_norm(in[0], AG_SHAPE(5))"),
    ("layer_norm scale", [X, WEIGHT], lambda x, w: F.layer_norm(x, (5,), w), "ag_layer_norm(in[0], AG_SHAPE(5), in[1])"),
    ("layer_norm shift", [X, BIAS], lambda x, b: F.layer_norm(x, (5,), None, b), "ag_layer_norm(in[0], AG_SHAPE(5), .bias = in[1])"),
    ("layer_norm planes", [X, PLANE], lambda x, w: F.layer_norm(x, (6, 5), w, w, eps=0.01), "ag_layer_norm(in[0], AG_SHAPE(6, 5), in[1], in[1], .eps = 0.01)"),
    ("layer_norm all", [X], lambda x: F.layer_norm(x, (2, 6, 5)), "ag_layer_norm(in[0], AG_SHAPE(2, 6, 5))"),
    ("layer_norm long", [LONG], lambda x: F.layer_norm(x, (40,)), "ag_layer_norm(in[0], AG_SHAPE(40))"),
    ("layer_norm row", [ROW], lambda x: F.layer_norm(x, (4,)), "ag_layer_norm(in[0], AG_SHAPE(4))"),
    ("layer_norm edges", [EDGES], lambda x: F.layer_norm(x, (2,)), "ag_layer_norm(in[0], AG_SHAPE(2))"),
    ("layer_norm no rows", [NO_ROWS], lambda x: F.layer_norm(x, (4,)), "ag_layer_norm(in[0], AG_SHAPE(4))"),
    ("group_norm", [IMAGE, CHANNELS, SHIFT], lambda x, w, b: F.group_norm(x, 3, w, b), "ag_group_norm(in[0], 3, in[1], in[2])"),
    ("group_norm bare", [IMAGE], lambda x: F.group_norm(x, 2, eps=0.1), "ag_group_norm(in[0], 2, .eps = 0.1)"),
    ("group_norm one", [X, CHANNELS], lambda x, w: F.group_norm(x, 1, w), "ag_group_norm(in[0], 1, in[1])"),
    ("group_norm points", [POINTS, CHANNELS, SHIFT], lambda x, w, b: F.group_norm(x, 2, w, b), "ag_group_norm(in[0], 2, in[1], in[2])"),
    ("instance_norm", [IMAGE, CHANNELS, SHIFT], lambda x, w, b: F.instance_norm(x, weight=w, bias=b), "ag_instance_norm(in[0], in[1], in[2])"),
    ("instance_norm bare", [X], lambda x: F.instance_norm(x, eps=0.1), "ag_instance_norm(in[0], .eps = 0.1)"),
    ("rms_norm", [X, WEIGHT], lambda x, w: rms_norm(x, 1, w), "ag_rms_norm(in[0], AG_SHAPE(5), in[1], .eps = 2.220446049250313e-16)"),
    ("rms_norm planes", [X], lambda x: rms_norm(x, 2, eps=0.01), "ag_rms_norm(in[0], AG_SHAPE(6, 5), .eps = 0.01)"),
    ("normalize", [X], F.normalize, "ag_normalize(in[0])"),
    ("normalize 3", [X], lambda x: F.normalize(x, 3.0, -1), "ag_normalize(in[0], .p = 3, .axes = AG_AXES(-1))"),
    ("normalize 1", [X], lambda x: F.normalize(x, 1.0, 0), "ag_normalize(in[0], .p = 1, .axes = AG_AXES(0))"),
    ("normalize edges", [EDGES], F.normalize, "ag_normalize(in[0])"),
    ("normalize zeros", [torch.zeros(2, 3, dtype=torch.float64)], F.normalize, "ag_normalize(in[0])"),
    ("norm_relu", [PIXELS, NORM], norm_relu, "ag_norm_relu(in[0], in[1])"),
    ("norm_relu row", [numbers(83, 3), NORM], norm_relu, "ag_norm_relu(in[0], in[1])"),
    ("norm_relu edges", [HOLES, NORM.detach()], norm_relu, "ag_norm_relu(in[0], in[1])"),
    ("norm_relu nothing", [NO_IMAGES, NORM], norm_relu, "ag_norm_relu(in[0], in[1])"),
    ("normalize nothing", [NO_COLUMNS], F.normalize, "ag_normalize(in[0])"),
]
