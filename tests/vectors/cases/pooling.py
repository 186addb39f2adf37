"""Pooling and interpolation."""
import math

import torch
import torch.nn.functional as F

from . import numbers

IMAGE, SEQUENCE = numbers(1, 2, 2, 5, 4), numbers(2, 2, 3, 7)
SMALL, WIDE = numbers(3, 1, 1, 3, 4), numbers(4, 1, 2, 4, 7)
EMPTY = torch.zeros(0, 2, 5, 4, dtype=torch.float64, requires_grad=True)


def given(shape, *values):
    return torch.tensor(values, dtype=torch.float64).reshape(shape).requires_grad_()


INF, NAN = math.inf, math.nan
HOLES = given((1, 1, 4, 4), 1, NAN, 3, 0, 2, 5, -INF, 4, INF, 0, 1, 2, -INF, 3, 2, 2)
DEEP = given((1, 1, 2, 3), -INF, -INF, 0, -INF, -INF, 1)
HOLES_LAST = HOLES.detach().reshape(1, 4, 2, 2).requires_grad_()
PIXELS = numbers(5, 2, 5, 6, 3)
PEAK = given((1, 1, 2, 4), 1, INF, 2, 0, 3, 1, -1, 2)



def last(pool):
    """A pooling of images (n, h, w, c)."""
    return lambda x: pool(x.permute(0, 3, 1, 2)).permute(0, 2, 3, 1)


CASES = [
    ("max_pool2d, not square", [WIDE], lambda x: F.max_pool2d(x, (2, 3), (1, 2), (0, 1), (2, 1)),
     "ag_max_pool2d(in[0], .kernel = 2, .kernel_w = 3, .stride = 1, .stride_w = 2, .padding_w = 1, .dilation = 2, .dilation_w = 1)"),
    ("max_pool2d, stride of its kernel", [WIDE], lambda x: F.max_pool2d(x, (2, 3)), "ag_max_pool2d(in[0], .kernel = 2, .kernel_w = 3)"),
    ("max_pool2d, ceil_mode", [WIDE], lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True), "ag_max_pool2d(in[0], 3, 2, 1, .ceil_mode = true)"),
    ("max_pool2d, window larger than x", [SMALL], lambda x: F.max_pool2d(x, 4, 2, ceil_mode=True), "ag_max_pool2d(in[0], 4, 2, .ceil_mode = true)"),
    ("max_pool2d of NaN", [HOLES], lambda x: F.max_pool2d(x, (3, 2), 1), "ag_max_pool2d(in[0], 3, 1, .kernel_w = 2)"),
    ("max_pool2d of -infinity", [DEEP], lambda x: F.max_pool2d(x, 2, 1, 1), "ag_max_pool2d(in[0], 2, 1, 1)"),
    ("max_pool2d of nothing", [EMPTY], lambda x: F.max_pool2d(x, 2), "ag_max_pool2d(in[0], 2)"),
    ("max_pool2d indices", [WIDE], lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True, return_indices=True)[1], "ag_max_pool2d_indices(in[0], 3, 2, 1, .ceil_mode = true)"),
    ("max_pool2d indices of NaN", [HOLES], lambda x: F.max_pool2d(x, 2, return_indices=True)[1], "ag_max_pool2d_indices(in[0], 2)"),
    ("max_pool2d, channels last", [PIXELS], last(lambda x: F.max_pool2d(x, 2)), "ag_max_pool2d(in[0], 2, .channels_last = true)"),
    ("max_pool2d, channels last, not square", [PIXELS], last(lambda x: F.max_pool2d(x, (2, 3), (1, 2), (0, 1), (2, 1), ceil_mode=True)),
     "ag_max_pool2d(in[0], .kernel = 2, .kernel_w = 3, .stride = 1, .stride_w = 2, .padding_w = 1, .dilation = 2, .dilation_w = 1, .ceil_mode = true, "
     ".channels_last = true)"),
    ("max_pool2d of NaN, channels last", [HOLES_LAST], last(lambda x: F.max_pool2d(x, (3, 2), 1)), "ag_max_pool2d(in[0], 3, 1, .kernel_w = 2, .channels_last = true)"),
    ("max_pool2d indices, channels last", [PIXELS], last(lambda x: F.max_pool2d(x, 3, 2, 1, return_indices=True)[1]),
     "ag_max_pool2d_indices(in[0], 3, 2, 1, .channels_last = true)"),
    ("avg_pool2d, channels last", [PIXELS], last(lambda x: F.avg_pool2d(x, 2)), "ag_avg_pool2d(in[0], 2, .channels_last = true)"),
    ("avg_pool2d without padding, channels last", [PIXELS], last(lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False)),
     "ag_avg_pool2d(in[0], 3, 2, 1, .ceil_mode = true, .exclude_padding = true, .channels_last = true)"),
    ("max_pool1d", [SEQUENCE], lambda x: F.max_pool1d(x, 3, 2, 1, 2), "ag_max_pool1d(in[0], 3, 2, 1, 2)"),
    ("max_pool1d, ceil_mode", [SEQUENCE], lambda x: F.max_pool1d(x, 2, ceil_mode=True), "ag_max_pool1d(in[0], 2, .ceil_mode = true)"),
    ("max_pool1d indices", [SEQUENCE], lambda x: F.max_pool1d(x, 3, return_indices=True)[1], "ag_max_pool1d_indices(in[0], 3)"),
    ("avg_pool2d, not square", [WIDE], lambda x: F.avg_pool2d(x, (3, 2), (1, 3), (1, 0)),
     "ag_avg_pool2d(in[0], .kernel = 3, .kernel_w = 2, .stride = 1, .stride_w = 3, .padding = 1, .padding_w = AG_NO_PADDING)"),
    ("avg_pool2d, ceil_mode", [WIDE], lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True), "ag_avg_pool2d(in[0], 3, 2, 1, .ceil_mode = true)"),
    ("avg_pool2d without padding", [WIDE], lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, count_include_pad=False),
     "ag_avg_pool2d(in[0], 3, 2, 1, .ceil_mode = true, .exclude_padding = true)"),
    ("avg_pool2d by five", [WIDE], lambda x: F.avg_pool2d(x, 2, divisor_override=5), "ag_avg_pool2d(in[0], 2, .divisor = 5)"),
    ("avg_pool2d of NaN", [HOLES], lambda x: F.avg_pool2d(x, 2), "ag_avg_pool2d(in[0], 2)"),
    ("avg_pool2d of nothing", [EMPTY], lambda x: F.avg_pool2d(x, 2), "ag_avg_pool2d(in[0], 2)"),
    ("avg_pool1d", [SEQUENCE], lambda x: F.avg_pool1d(x, 3, 2, 1, ceil_mode=True), "ag_avg_pool1d(in[0], 3, 2, 1, .ceil_mode = true)"),
    ("avg_pool1d without padding", [SEQUENCE], lambda x: F.avg_pool1d(x, 4, 2, 2, count_include_pad=False), "ag_avg_pool1d(in[0], 4, 2, 2, .exclude_padding = true)"),
    ("adaptive_avg_pool2d", [WIDE], lambda x: F.adaptive_avg_pool2d(x, (3, 2)), "ag_adaptive_avg_pool2d(in[0], 3, 2)"),
    ("adaptive_avg_pool2d to one", [IMAGE], lambda x: F.adaptive_avg_pool2d(x, 1), "ag_adaptive_avg_pool2d(in[0], 1, 1)"),
    ("adaptive_avg_pool2d to more", [SMALL], lambda x: F.adaptive_avg_pool2d(x, (5, 6)), "ag_adaptive_avg_pool2d(in[0], 5, 6)"),
    ("adaptive_avg_pool2d to nothing", [IMAGE.detach()], lambda x: F.adaptive_avg_pool2d(x, (0, 2)), "ag_adaptive_avg_pool2d(in[0], 0, 2)"),
    ("adaptive_avg_pool1d", [SEQUENCE], lambda x: F.adaptive_avg_pool1d(x, 3), "ag_adaptive_avg_pool1d(in[0], 3)"),
    ("adaptive_max_pool2d", [WIDE], lambda x: F.adaptive_max_pool2d(x, (3, 2)), "ag_adaptive_max_pool2d(in[0], 3, 2)"),
    ("adaptive_max_pool2d of NaN", [HOLES], lambda x: F.adaptive_max_pool2d(x, (3, 3)), "ag_adaptive_max_pool2d(in[0], 3, 3)"),
    ("adaptive_max_pool2d of nothing", [EMPTY], lambda x: F.adaptive_max_pool2d(x, (3, 3)), "ag_adaptive_max_pool2d(in[0], 3, 3)"),
    ("adaptive_max_pool2d indices", [WIDE], lambda x: F.adaptive_max_pool2d(x, (3, 2), return_indices=True)[1], "ag_adaptive_max_pool2d_indices(in[0], 3, 2)"),
    ("adaptive_max_pool1d", [SEQUENCE], lambda x: F.adaptive_max_pool1d(x, 4), "ag_adaptive_max_pool1d(in[0], 4)"),
    ("adaptive_max_pool1d indices", [SEQUENCE], lambda x: F.adaptive_max_pool1d(x, 4, return_indices=True)[1], "ag_adaptive_max_pool1d_indices(in[0], 4)"),
    # Interpolation.
    ("interpolate nearest", [SMALL], lambda x: F.interpolate(x, (7, 5)), "ag_interpolate(in[0], 7, 5)"),
    ("interpolate nearest by a scale", [SMALL], lambda x: F.interpolate(x, scale_factor=(2, 1.7)), "ag_interpolate(in[0], .scale = 2, .scale_w = 1.7)"),
    ("interpolate nearest to less", [SEQUENCE], lambda x: F.interpolate(x, scale_factor=0.6), "ag_interpolate(in[0], .scale = 0.6)"),
    ("interpolate nearest-exact", [SMALL], lambda x: F.interpolate(x, (7, 5), mode="nearest-exact"), "ag_interpolate(in[0], 7, 5, .mode = AG_NEAREST_EXACT)"),
    ("interpolate nearest-exact by a scale", [SEQUENCE], lambda x: F.interpolate(x, scale_factor=1.4, mode="nearest-exact"),
     "ag_interpolate(in[0], .scale = 1.4, .mode = AG_NEAREST_EXACT)"),
    ("interpolate bilinear", [SMALL], lambda x: F.interpolate(x, (7, 3), mode="bilinear"), "ag_interpolate(in[0], 7, 3, .mode = AG_LINEAR)"),
    ("interpolate bilinear, corners aligned", [SMALL], lambda x: F.interpolate(x, (1, 7), mode="bilinear", align_corners=True),
     "ag_interpolate(in[0], 1, 7, .mode = AG_LINEAR, .align_corners = true)"),
    ("interpolate bilinear by a scale", [SMALL], lambda x: F.interpolate(x, scale_factor=(1.9, 0.8), mode="bilinear"),
     "ag_interpolate(in[0], .scale = 1.9, .scale_w = 0.8, .mode = AG_LINEAR)"),
    ("interpolate linear", [SEQUENCE], lambda x: F.interpolate(x, 4, mode="linear"), "ag_interpolate(in[0], 4, .mode = AG_LINEAR)"),
    ("interpolate linear, corners aligned", [SEQUENCE], lambda x: F.interpolate(x, scale_factor=1.5, mode="linear", align_corners=True),
     "ag_interpolate(in[0], .scale = 1.5, .mode = AG_LINEAR, .align_corners = true)"),
    ("interpolate bicubic", [SMALL], lambda x: F.interpolate(x, (5, 7), mode="bicubic"), "ag_interpolate(in[0], 5, 7, .mode = AG_CUBIC)"),
    ("interpolate bicubic, corners aligned", [IMAGE], lambda x: F.interpolate(x, 3, mode="bicubic", align_corners=True),
     "ag_interpolate(in[0], 3, .mode = AG_CUBIC, .align_corners = true)"),
    ("interpolate area", [WIDE], lambda x: F.interpolate(x, (3, 4), mode="area"), "ag_interpolate(in[0], 3, 4, .mode = AG_AREA)"),
    ("interpolate area of sequences", [SEQUENCE], lambda x: F.interpolate(x, scale_factor=0.5, mode="area"), "ag_interpolate(in[0], .scale = 0.5, .mode = AG_AREA)"),
    ("interpolate bilinear of infinity", [PEAK], lambda x: F.interpolate(x, (3, 4), mode="bilinear"), "ag_interpolate(in[0], 3, 4, .mode = AG_LINEAR)"),
    ("interpolate nearest of NaN", [HOLES], lambda x: F.interpolate(x, (3, 5)), "ag_interpolate(in[0], 3, 5)"),
    ("interpolate of nothing", [EMPTY], lambda x: F.interpolate(x, (3, 5)), "ag_interpolate(in[0], 3, 5)"),
]
