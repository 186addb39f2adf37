"""Convolutions, and windows as columns."""
import torch
import torch.nn.functional as F

from . import fixed, numbers

IMAGE, SEQUENCE, WIDE = numbers(1, 2, 2, 5, 4), numbers(2, 2, 3, 7), numbers(4, 1, 2, 4, 7)
KERNEL, GROUPED = numbers(5, 3, 2, 3, 2), numbers(6, 4, 1, 2, 3)
TRIO, GROUPED_1D = numbers(8, 2, 3, 3), numbers(9, 6, 1, 2)
BIAS_2, BIAS_3, BIAS_4, BIAS_6 = numbers(10, 2), numbers(11, 3), numbers(12, 4), numbers(13, 6)
BACK, BACK_GROUPED, BACK_1D = numbers(14, 2, 3, 3, 2), numbers(15, 2, 2, 2, 3), numbers(16, 3, 2, 3)
EMPTY = torch.zeros(0, 2, 5, 4, dtype=torch.float64, requires_grad=True)

LAST = numbers(20, 2, 5, 4, 2)


GREY, OF_GREY, SCALE, SHIFT = numbers(23, 2, 6, 5, 1), numbers(24, 3, 1, 3, 2), numbers(25, 3), numbers(26, 3)
POOL = numbers(31, 2, 8, 6, 1)
BEHIND, BEHIND_GROUPED, MEAN, VAR = numbers(27, 2, 3, 2, 2), numbers(28, 4, 1, 3, 2), numbers(29, 2), numbers(30, 2, low=0.5, high=2)


def first(x):
    return x.permute(0, 3, 1, 2)


def last(x):
    return x.permute(0, 2, 3, 1)


def with_moments(x):
    """The elements of x, then mean and biased variance of each of its channels, in a row."""
    rows = x.flatten(0, 2)
    return torch.cat([x.flatten(), rows.mean(0), rows.var(0, unbiased=False)])


def chain(x, w, scale, shift, v, b):
    """Convolution, batch normalisation, rectifier, convolution."""
    h = F.relu(F.batch_norm(F.conv2d(first(x), w), None, None, scale, shift, True))
    return with_moments(last(F.conv2d(h, v, b, padding=1)))


def evaluated(x, w, b, mean, var):
    return with_moments(last(F.conv2d(F.relu(F.batch_norm(first(x), mean, var, eps=0.1)), w, b, stride=(2, 1), groups=2)))


def pooled(size):
    """Convolution, batch normalisation, rectifier, max pooling."""
    return lambda x, w, b, scale, shift: last(F.max_pool2d(F.relu(F.batch_norm(F.conv2d(first(x), w, b), None, None, scale, shift, True)), size))


def POOLED(size):
    return (f"ag_tensor *m, *y = ag_conv2d(in[0], in[1], in[2], .channels_last = true, .moments = &m, .pool = {size}, .pool_sign = in[3]); "
            "return ag_norm_relu(y, ag_batch_norm_map(y, m, in[3], in[4], .training = true, .count = 60))")


CHAIN = ("ag_tensor *m, *n, *y = ag_conv2d(in[0], in[1], .channels_last = true, .moments = &m), *norm = ag_batch_norm_map(y, m, in[2], in[3], .training = true), "
         "*z = ag_conv2d(y, in[4], in[5], .padding = 1, .channels_last = true, .norm = norm, .moments = &n)")
EVALUATED = ("ag_tensor *m, *norm = ag_batch_norm_map(in[0], .running_mean = in[3], .running_var = in[4], .eps = 0.1), "
             "*y = ag_conv2d(in[0], in[1], in[2], .stride = 2, .stride_w = 1, .groups = 2, .channels_last = true, .norm = norm, .moments = &m)")

CASES = [
    ("conv1d", [SEQUENCE, TRIO, BIAS_2], lambda x, w, b: F.conv1d(x, w, b, stride=2, padding=1), "ag_conv1d(in[0], in[1], in[2], .stride = 2, .padding = 1)"),
    ("conv1d plain", [SEQUENCE, TRIO], F.conv1d, "ag_conv1d(in[0], in[1])"),
    ("conv1d depthwise", [SEQUENCE, GROUPED_1D, BIAS_6], lambda x, w, b: F.conv1d(x, w, b, padding=2, dilation=3, groups=3),
     "ag_conv1d(in[0], in[1], in[2], .padding = 2, .dilation = 3, .groups = 3)"),
    ("conv1d same", [SEQUENCE, numbers(17, 2, 3, 4)], lambda x, w: F.conv1d(x, w, padding="same", dilation=1), "ag_conv1d(in[0], in[1], .same = true)"),
    ("conv1d causal", [SEQUENCE, TRIO], lambda x, w: F.conv1d(F.pad(x, (4, 0)), w, dilation=2),
     "ag_conv1d(in[0], in[1], .dilation = 2, .sides = AG_SIDES(0, 0, 4, 0))"),
    ("conv2d same", [IMAGE, KERNEL, BIAS_3], lambda x, w, b: F.conv2d(x, w, b, padding="same"), "ag_conv2d(in[0], in[1], in[2], .same = true)"),
    ("conv2d same, dilated", [IMAGE, KERNEL], lambda x, w: F.conv2d(x, w, padding="same", dilation=(1, 3)), "ag_conv2d(in[0], in[1], .dilation_w = 3, .same = true)"),
    ("conv2d with sides", [IMAGE, KERNEL, BIAS_3], lambda x, w, b: F.conv2d(F.pad(x, (0, 2, 3, 1)), w, b, stride=2),
     "ag_conv2d(in[0], in[1], in[2], .stride = 2, .sides = AG_SIDES(3, 1, 0, 2))"),
    ("conv2d padded in height", [IMAGE, KERNEL], lambda x, w: F.conv2d(x, w, padding=(1, 0)), "ag_conv2d(in[0], in[1], .padding = 1, .padding_w = AG_NO_PADDING)"),
    ("conv2d depthwise", [IMAGE, GROUPED, BIAS_4], lambda x, w, b: F.conv2d(x, w, b, stride=(1, 2), padding=1, groups=2),
     "ag_conv2d(in[0], in[1], in[2], .stride_w = 2, .padding = 1, .groups = 2)"),
    ("conv2d, channels last", [LAST, KERNEL, BIAS_3], lambda x, w, b: last(F.conv2d(first(x), w, b, stride=(2, 1), padding=(0, 1))),
     "ag_conv2d(in[0], in[1], in[2], .stride = 2, .stride_w = 1, .padding_w = 1, .channels_last = true)"),
    ("conv2d depthwise, channels last", [LAST, GROUPED, BIAS_4], lambda x, w, b: last(F.conv2d(first(x), w, b, padding=1, groups=2)),
     "ag_conv2d(in[0], in[1], in[2], .padding = 1, .groups = 2, .channels_last = true)"),
    ("conv2d of a grey image, channels last", [numbers(21, 2, 5, 4, 1), numbers(22, 3, 1, 3, 2), BIAS_3], lambda x, w, b: last(F.conv2d(first(x), w, b, padding=1)),
     "ag_conv2d(in[0], in[1], in[2], .padding = 1, .channels_last = true)"),
    ("conv2d with moments, of grey images", [GREY, OF_GREY, BIAS_3], lambda x, w, b: with_moments(last(F.conv2d(first(x), w, b))),
     "ag_tensor *m, *y = ag_conv2d(in[0], in[1], in[2], .channels_last = true, .moments = &m); return in_a_row(2, (ag_tensor *[]){y, m})"),
    ("conv2d between normalisations", [GREY, OF_GREY, SCALE, SHIFT, BEHIND, BIAS_2], chain, CHAIN + "; return in_a_row(2, (ag_tensor *[]){z, n})"),
    ("conv2d between normalisations, evaluated", [LAST, BEHIND_GROUPED, BIAS_4, fixed(MEAN), fixed(VAR)], evaluated, EVALUATED + "; return in_a_row(2, (ag_tensor *[]){y, m})"),
    ("conv2d pooled before its normalisation", [POOL, OF_GREY, BIAS_3, SCALE, SHIFT], pooled(2), POOLED(2)),
    ("conv2d pooled by three", [POOL, OF_GREY, BIAS_3, SCALE, SHIFT], pooled(3), POOLED(3)),
    ("conv2d of nothing", [EMPTY, KERNEL, BIAS_3], F.conv2d, "ag_conv2d(in[0], in[1], in[2])"),
    ("conv_transpose2d", [IMAGE, BACK, BIAS_3], F.conv_transpose2d, "ag_conv_transpose2d(in[0], in[1], in[2])"),
    ("conv_transpose2d, strided", [IMAGE, BACK, BIAS_3], lambda x, w, b: F.conv_transpose2d(x, w, b, stride=(2, 3), padding=(1, 0), output_padding=(1, 2)),
     "ag_conv_transpose2d(in[0], in[1], in[2], .stride = 2, .stride_w = 3, .padding = 1, .padding_w = AG_NO_PADDING, .output_padding = 1, .output_padding_w = 2)"),
    ("conv_transpose2d, groups", [IMAGE, BACK_GROUPED, BIAS_4], lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, groups=2, dilation=2),
     "ag_conv_transpose2d(in[0], in[1], in[2], .stride = 2, .groups = 2, .dilation = 2)"),
    ("conv_transpose2d, padded by a stride", [IMAGE, BACK], lambda x, w: F.conv_transpose2d(x, w, padding=1, output_padding=(2, 1), dilation=3),
     "ag_conv_transpose2d(in[0], in[1], .padding = 1, .output_padding = 2, .output_padding_w = 1, .dilation = 3)"),
    ("conv_transpose2d of nothing", [EMPTY, BACK, BIAS_3], F.conv_transpose2d, "ag_conv_transpose2d(in[0], in[1], in[2])"),
    ("conv_transpose1d", [SEQUENCE, BACK_1D, BIAS_2], lambda x, w, b: F.conv_transpose1d(x, w, b, stride=2, padding=1, output_padding=1),
     "ag_conv_transpose1d(in[0], in[1], in[2], .stride = 2, .padding = 1, .output_padding = 1)"),
    ("conv_transpose1d, dilated", [SEQUENCE, BACK_1D], lambda x, w: F.conv_transpose1d(x, w, dilation=2), "ag_conv_transpose1d(in[0], in[1], .dilation = 2)"),
    # Windows as columns.
    ("unfold", [IMAGE], lambda x: F.unfold(x, (2, 3)), "ag_im2col(in[0], .kernel = 2, .kernel_w = 3)"),
    ("unfold with options", [WIDE], lambda x: F.unfold(x, 2, (1, 2), (2, 1), (1, 3)),
     "ag_im2col(in[0], 2, .dilation_w = 2, .padding = 2, .padding_w = 1, .stride_w = 3)"),
    ("unfold of nothing", [EMPTY], lambda x: F.unfold(x, 2), "ag_im2col(in[0], 2)"),
    ("fold", [numbers(18, 2, 8, 6)], lambda x: F.fold(x, (3, 4), 2), "ag_col2im(in[0], 3, 4, 2)"),
    ("fold with options", [numbers(19, 1, 6, 4)], lambda x: F.fold(x, (3, 4), (3, 1), 1, (1, 1), (2, 3)),
     "ag_col2im(in[0], 3, 4, .kernel = 3, .kernel_w = 1, .padding = 1, .stride = 2, .stride_w = 3)"),
]
